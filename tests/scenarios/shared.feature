Feature: Two orders in one parcel

  Scenario: The second tote of the same customer goes along
    Given the order O1 of 2 TEA and 1 CUP stands picked in T-1
    And the order O2 of 1 TEA stands picked in T-2
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    Then Paul sees that O2 may go along
    When Paul scans TEA, TEA, T-2
    Then Paul is told: order joined
    When Paul packs the rest CUP, TEA and sends it off
    Then O1 and O2 went out in one parcel of 3 TEA and 1 CUP, charged once
    And everybody can see where O2 is
    And T-1 is at nobody's bench, and neither is T-2

  Scenario: A bench out of reach of the office joins, is switched off, and sends both
    Given the order O1 of 1 TEA stands picked in T-1
    And the order O2 of 1 CUP stands picked in T-2
    And Paul stands at a bench
    When Paul opens T-2 at the bench
    And Paul uses "put down"
    And Paul opens T-1 at the bench
    And the network goes away
    And Paul scans TEA, FH:JOIN, T-2
    And Paul's bench is switched off and on
    And the bench asks Paul for units
    And Paul packs the rest CUP and sends it off
    Then O1 and O2 went out in one parcel of 1 TEA and 1 CUP, charged once

  Scenario: The other order was called off while the bench was out of reach
    Given the order O1 of 1 TEA stands picked in T-1
    And the order O2 of 1 CUP stands picked in T-2
    And Paul stands at a bench
    When Paul opens T-2 at the bench
    And Paul uses "put down"
    And Paul opens T-1 at the bench
    And the network goes away
    And Paul scans T-2, CUP
    And the office cancels O2
    And everything has reached the office
    And Paul scans TEA
    Then Paul is refused: join gone
    When Paul uses "take apart"
    And Paul packs the rest TEA and sends it off
    Then O1 went out with 1 TEA in 1 parcel
    And O2 is cancelled in the books
    And 3 facts count for nobody
    And it is left to somebody: put_back

  Scenario: Taken apart before the label, each goes in its own
    Given the order O1 of 1 TEA stands picked in T-1
    And the order O2 of 1 CUP stands picked in T-2
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    And Paul scans T-2, CUP, TEA
    And Paul scans FH:PART
    Then Paul is told: order parted
    When Paul packs the rest and sends it off
    And Paul opens T-2 at the bench
    And Paul packs the rest CUP and sends it off
    Then O1 went out with 1 TEA in 1 parcel
    And O2 went out with 1 CUP in 1 parcel

  Scenario: Opened again, both are on the bench and go together once more
    Given the order O1 of 1 TEA stands picked in T-1
    And the order O2 of 1 CUP stands picked in T-2
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    And Paul scans T-2, CUP, TEA
    And Paul uses "without a box"
    And Paul weighs it
    And the bench asks Paul for the label
    And everything has reached the office
    And Paul uses "open again"
    And Paul uses "wrong box"
    Then Paul is told: parcel reopened
    And Paul sees that the other order may go along
    When Paul scans the old label
    Then Paul is told: order joined
    When Paul packs the rest TEA, CUP and sends it off
    Then O1 and O2 went out in one parcel of 1 TEA and 1 CUP, charged once

  Scenario Outline: What does not belong together is refused
    Given the order O1 of 1 TEA stands picked in T-1
    And the order O2 of 1 CUP stands picked in T-2
    And the order O3 of 1 JAR stands picked in T-3 for <whom>
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    And Paul scans T-2, T-3
    Then Paul is refused: join refused
    When Paul packs the rest TEA, CUP and sends it off
    Then O1 and O2 went out in one parcel of 1 TEA and 1 CUP, charged once

    Examples:
      | whom            |
      | another address |
      | another day     |

  Scenario: What does not fit goes in the next parcel of both
    Given the order O1 of 2 TEA stands picked in T-1
    And the order O2 of 2 CUP stands picked in T-2
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    And Paul scans T-2, TEA, CUP
    And Paul uses "parcel full"
    And Paul uses "without a box"
    And Paul weighs it
    And Paul scans the label
    And the bench asks Paul for units
    And Paul packs the rest TEA, CUP and sends it off
    Then O1 went out with 2 TEA in 2 parcels
    And O2 is shipped in the books

  Scenario Outline: Another bench takes the box over with all that is in it
    Given the order O1 of 1 TEA and 1 JAR stands picked in T-1
    And the order O2 of 1 CUP stands picked in T-2
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    And Paul scans T-2, TEA
    And Paul's work has reached the office
    And Paul's network goes away
    And Paul scans CUP
    Given Mia stands at a bench
    When a quarter of an hour passes without a word
    And Mia opens <tote> at the bench
    Then Mia has O1 and O2 in one parcel with 1 unit in it
    When Mia packs the rest CUP, JAR and sends it off
    And everything has reached the office
    Then O1 and O2 went out in one parcel of 1 TEA, 1 JAR and 1 CUP, charged once
    And 1 fact counts for nobody
    And it is left to somebody: put_back

    Examples:
      | tote |
      | T-1  |
      | T-2  |

  Scenario: A box that is packed and not weighed yet is taken over as it is
    Given the order O1 of 1 TEA stands picked in T-1
    And the order O2 of 1 CUP stands picked in T-2
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    And Paul scans T-2, TEA, CUP
    And Paul's work has reached the office
    And Paul's network goes away
    Given Mia stands at a bench
    When a quarter of an hour passes without a word
    And Mia opens T-1 at the bench
    Then Mia has O1 and O2 in one parcel with 2 units in it
    When Mia packs the rest and sends it off
    Then O1 and O2 went out in one parcel of 1 TEA and 1 CUP, charged once
