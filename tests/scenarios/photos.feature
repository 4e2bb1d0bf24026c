Feature: Pictures at the bench

  Scenario: The damage is shown while the office is away, and the bench brings the picture once when it is back
    Given the order O1 of 1 TEA stands picked in T-1
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    And the network goes away
    And Paul shows a picture of the damage from a file
    And Paul packs the rest TEA and sends it off
    And Paul's bench is switched off and on
    And the network comes back
    Then the office has a picture of the damage at O1, brought once, and so has the dossier
    And O1 went out with 1 TEA in 1 parcel

  Scenario: A tote is put aside for damage with a picture of what is in it
    Given the order O1 of 1 TEA stands picked in T-1
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    And Paul uses "put aside"
    And Paul uses "damaged"
    And Paul shows a picture of the contents from a file
    And Paul scans LANE-2
    And Paul opens T-1 at the bench
    And Paul packs the rest TEA and sends it off
    Then the office has a picture of the contents at O1, brought once, and so has the dossier
    And O1 went out with 1 TEA in 1 parcel
