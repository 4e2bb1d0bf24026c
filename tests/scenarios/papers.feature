Feature: Papers at the bench

  Scenario: No paper: the slips of both orders in the parcel wait, also over a night, and come out once
    Given a return slip goes with every order
    And the order O1 of 1 TEA stands picked in T-1
    And the order O2 of 1 CUP stands picked in T-2
    And there is a paper printer at the bench
    And the paper printer has no paper
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    And Paul scans T-2, TEA
    And Paul packs the rest CUP and sends it off
    And Paul sees that 2 papers are still to come
    And Paul's bench is switched off and on
    And Paul sees that 2 papers are still to come
    And somebody puts paper in
    Then the return slips of O1, O2 came out once
    And O1 and O2 went out in one parcel of 1 TEA and 1 CUP, charged once

  Scenario: The paper ends under a slip, which the printer prints itself once there is more
    Given a return slip goes with every order
    And the order O1 of 1 TEA stands picked in T-1
    And there is a paper printer at the bench
    And the paper printer finds no page for the next paper
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    And Paul packs the rest TEA and sends it off
    And the paper printer holds a paper that it cannot print
    And somebody puts paper in
    Then the return slip of O1 came out once
    And O1 went out with 1 TEA in 1 parcel

  Scenario: The office is away: the slip comes when it can be drawn, and the parcel has not waited for it
    Given a return slip goes with every order
    And the order O1 of 1 TEA stands picked in T-1
    And there is a paper printer at the bench
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    And the network goes away
    And Paul packs the rest TEA and sends it off
    And Paul sees that 1 paper is still to come
    And Paul's bench is switched off and on
    And everything has reached the office
    Then the return slip of O1 came out once
    And O1 went out with 1 TEA in 1 parcel
