Feature: Trouble at the bench

  # Printer.

  Scenario Outline: The printer stops in the middle of a label, and goes on with it
    Given the order O1 of 2 TEA stands picked in T-1
    And Paul stands at a bench
    And the printer <trouble> in the middle of the next label
    When Paul opens T-1 at the bench
    And Paul scans TEA, TEA
    And Paul uses "without a box"
    And Paul weighs it
    And Paul sees what is wrong with the printer
    And somebody puts the printer right
    And Paul scans the label
    Then O1 went out with 2 TEA in 1 parcel
    And 1 label of O1 has come out

    Examples:
      | trouble            |
      | runs out of labels |
      | runs out of ribbon |

  Scenario: A jam at a reprint costs one label more and no second parcel
    Given the order O1 of 1 TEA stands picked in T-1
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    And Paul scans TEA
    And Paul uses "without a box"
    And Paul weighs it
    And the bench asks Paul for the label
    And the printer jams in the middle of the next label
    And Paul uses "print again"
    And Paul sees what is wrong with the printer
    And somebody puts the printer right
    And 2 labels of O1 have come out
    And Paul scans the label
    Then O1 went out with 1 TEA in 1 parcel

  Scenario: Nobody knows whether it came out, so the packer looks
    Given the order O1 of 1 TEA stands picked in T-1
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    And Paul scans TEA
    And Paul uses "without a box"
    And the line to the printer breaks in the middle of the next label
    And Paul weighs it
    And the bench asks Paul for whether the label came out
    And somebody puts the printer right
    And Paul uses "it did not come out"
    And Paul scans the label
    Then O1 went out with 1 TEA in 1 parcel
    And 1 label of O1 has come out

  Scenario: A label that waited at the printer when the bench was switched off prints by itself
    Given the order O1 of 1 TEA stands picked in T-1
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    And Paul scans TEA
    And Paul uses "without a box"
    And the printer is opened
    And Paul weighs it
    And the bench asks Paul for a label that does not come
    And Paul's bench is switched off and on
    And somebody puts the printer right
    And the bench asks Paul for the label
    And Paul scans the label
    Then O1 went out with 1 TEA in 1 parcel
    And 1 label of O1 has come out

  # Scale.

  Scenario: The scale is unplugged while a parcel is packed, and comes back
    Given the order O1 of 2 TEA stands picked in T-1
    And Paul stands at a bench with a scale
    When Paul opens T-1 at the bench
    And the scale is unplugged
    And Paul scans TEA, TEA
    And Paul uses "without a box"
    And the bench asks Paul for the scale
    And the scale is plugged in again
    And Paul puts the parcel on the scale
    And Paul scans the label
    Then O1 went out with 2 TEA in 1 parcel

  # A carrier that gives its own labels.

  Scenario: The carrier is away, the packer goes on, and the label comes by itself
    Given the carrier ACME gives its own labels
    And the order O1 of 1 TEA stands picked in T-1
    And the order O2 of 1 CUP stands picked in T-2
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    And Paul scans TEA
    And Paul uses "without a box"
    And Paul weighs it
    Then the bench tells Paul that the label comes later
    When the carrier is asked in vain
    And Paul goes on with T-2
    Then Paul sees the label of T-1 missing
    When the carrier gives 1 label
    Then Paul is told: label has come
    And Paul sees the label of T-1 printed
    When Paul uses "put down"
    And Paul scans the carrier's label of O1
    Then O1 went out with 1 TEA in 1 parcel
    And the carrier is paid once for O1
    And O2 is on a bench in the books

  Scenario: A late label is waited for across a night
    Given the carrier ACME gives its own labels
    And the order O1 of 1 TEA stands picked in T-1
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    And Paul scans TEA
    And Paul uses "without a box"
    And Paul weighs it
    Then the bench tells Paul that the label comes later
    When Paul uses "put down"
    Then Paul sees the label of T-1 missing
    When Paul's bench is switched off and on
    Then Paul sees the label of T-1 missing
    When the carrier gives 1 label
    And Paul scans the carrier's label of O1
    Then O1 went out with 1 TEA in 1 parcel
    And the carrier is paid once for O1

  Scenario: The office is away when the parcel is weighed, and the carrier's label comes later
    Given the carrier ACME gives its own labels
    And the order O1 of 1 TEA stands picked in T-1
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    And the network goes away
    And Paul scans TEA
    And Paul uses "without a box"
    And Paul weighs it
    Then the bench tells Paul that the label comes later
    When Paul scans the label of the parcel in hand
    Then Paul is told: not now
    When the network comes back
    And the carrier gives 1 label
    And the bench asks Paul for the label
    And Paul scans the carrier's label of O1
    Then O1 went out with 1 TEA in 1 parcel
    And the carrier is paid once for O1

  # Opened again.

  Scenario: What waits at the printer for a parcel that is opened again is called back
    Given the order O1 of 1 TEA stands picked in T-1
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    And Paul scans TEA
    And Paul uses "without a box"
    And the printer is opened
    And Paul weighs it
    And everything has reached the office
    And Paul uses "open again"
    And Paul uses "wrong box"
    Then Paul is told: label called back
    When the bench asks Paul for units
    And somebody puts the printer right
    And Paul packs the rest TEA and sends it off
    Then O1 went out with 1 TEA in 1 parcel
    And O1 has 1 label that is void
    And 1 label of O1 has come out

  Scenario: The label that was taken off does not go on the new parcel
    Given the order O1 of 1 TEA stands picked in T-1
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    And Paul scans TEA
    And Paul uses "without a box"
    And Paul weighs it
    And Paul holds the label in his hand
    And everything has reached the office
    And Paul uses "open again"
    And Paul uses "wrong box"
    And the bench asks Paul for units
    And Paul scans TEA
    And Paul uses "without a box"
    And Paul weighs it
    And the bench asks Paul for the label
    And Paul scans the label that he took off
    Then Paul is refused: label void
    When Paul scans the label
    Then O1 went out with 1 TEA in 1 parcel
    And 2 labels of O1 have come out
    And O1 has 1 label that is void

  # All of it.

  Scenario: No office, no scale, no carrier, no labels: one parcel, one label, paid once
    Given the carrier ACME gives its own labels
    And the shop has the box M1
    And the order O1 of 2 TEA stands picked in T-1
    And Paul stands at a bench with a scale
    When Paul opens T-1 at the bench
    And the network goes away
    And the scale is unplugged
    And Paul scans TEA, TEA, M1
    And the bench asks Paul for the scale
    And Paul's bench is switched off and on
    And the scale is plugged in again
    And Paul puts the parcel on the scale
    And the bench asks Paul for a label that does not come
    And the printer runs out of labels
    And the network comes back
    And the carrier is asked in vain
    And the carrier gives 1 label
    And Paul sees what is wrong with the printer
    And somebody puts the printer right
    And Paul scans the carrier's label of O1
    Then O1 went out with 2 TEA in 1 parcel
    And the carrier is paid once for O1
    And 1 label of O1 has come out

  Scenario: Two orders in one box, the office away and the labels out: one label for both
    Given the order O1 of 1 TEA stands picked in T-1
    And the order O2 of 1 CUP stands picked in T-2
    And Paul stands at a bench
    When Paul opens T-2 at the bench
    And Paul uses "put down"
    And Paul opens T-1 at the bench
    And the network goes away
    And Paul scans T-2, TEA, CUP
    And Paul uses "without a box"
    And the printer runs out of labels
    And Paul weighs it
    And Paul sees what is wrong with the printer
    And Paul's bench is switched off and on
    And somebody puts the printer right
    And the bench asks Paul for the label
    And Paul scans the label
    Then O1 and O2 went out in one parcel of 1 TEA and 1 CUP, charged once
    And 1 label of O1 has come out

  Scenario: What was put aside while the printer jams and the office is away goes on in one parcel
    Given the order O1 of 2 TEA stands picked in T-1
    And the order O2 of 1 CUP stands picked in T-2
    And Paul stands at a bench
    When Paul opens T-2 at the bench
    And Paul uses "put down"
    And Paul opens T-1 at the bench
    And the network goes away
    And Paul scans TEA, FH:ASIDE, FH:ASIDE:QUESTION, LANE-2
    And the printer jams
    And Paul goes on with T-2
    And Paul scans CUP
    And Paul uses "without a box"
    And Paul weighs it
    And Paul sees what is wrong with the printer
    And somebody puts the printer right
    And Paul scans the label
    And the network comes back
    And Paul goes on with T-1
    And Paul packs the rest TEA and sends it off
    Then O1 went out with 2 TEA in 1 parcel
    And O2 went out with 1 CUP in 1 parcel
    And 1 label of O2 has come out

  Scenario: Too light, the office away and the labels out: who leads the shift lets it pass, and one label comes
    Given the order O1 of 2 TEA stands picked in T-1
    And Paul stands at a bench
    And Vera leads the shift
    When Paul opens T-1 at the bench
    And the network goes away
    And Paul scans TEA, TEA
    And Paul uses "without a box"
    And the printer runs out of labels
    And Paul weighs it, 90 g too light
    Then Paul is told: weight out
    When Paul uses "let it pass"
    And Paul uses "counted again"
    And Vera shows her badge at Paul's bench
    Then Paul is told: needs centre
    When the network comes back
    And Paul uses "let it pass"
    And Paul uses "counted again"
    And Vera shows her badge at Paul's bench
    And Paul sees what is wrong with the printer
    And somebody puts the printer right
    And Paul scans the label
    Then O1 went out with 2 TEA in 1 parcel
    And 1 label of O1 has come out

  Scenario: A full parcel and its rest, the office away, the labels out under the first and a jam under the second
    Given the order O1 of 3 TEA stands picked in T-1
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    And the network goes away
    And Paul scans TEA, TEA
    And Paul uses "parcel full"
    And Paul uses "without a box"
    And the printer runs out of labels
    And Paul weighs it
    And Paul sees what is wrong with the printer
    And somebody puts the printer right
    And Paul scans the label
    And the bench asks Paul for the next parcel
    And the network comes back
    And the bench asks Paul for units
    And Paul scans TEA
    And Paul uses "without a box"
    And the network goes away
    And the printer jams
    And Paul weighs it
    And Paul sees what is wrong with the printer
    And somebody puts the printer right
    And Paul scans the label
    Then O1 went out with 3 TEA in 2 parcels
    And 2 labels of O1 have come out

  Scenario: What is fetched comes while the scale is unplugged and the printer jams
    Given the order O1 of 2 TEA stands picked in T-1
    And Paul stands at a bench with a scale
    When Paul opens T-1 at the bench
    And the scale is unplugged
    And Paul scans TEA, FH:FETCH:DAMAGED
    And the bench asks Paul for goods that are fetched
    And the printer jams
    And somebody fetches 1 TEA for O1 into T-9
    And the bench asks Paul for units
    And Paul scans TEA
    And Paul uses "without a box"
    And the bench asks Paul for the scale
    And the scale is plugged in again
    And Paul puts the parcel on the scale
    And Paul sees what is wrong with the printer
    And somebody puts the printer right
    And Paul scans the label
    Then O1 went out with 2 TEA in 1 parcel
    And bin QUAR-1 holds 1 TEA
    And 1 label of O1 has come out

  Scenario: What the house has not, with the scale unplugged, the office away and the labels out
    Given bin B-01 holds 2 JAR
    And the order O1 of 2 JAR stands picked in T-1
    And Paul stands at a bench with a scale
    And Vera leads the shift
    When Paul opens T-1 at the bench
    And the scale is unplugged
    And Paul scans JAR, FH:FETCH
    Then Paul is told: goods not had
    When Paul uses "missing"
    And Paul uses "not found"
    And Vera shows her badge at Paul's bench
    Then the bench asks Paul for a box
    When the network goes away
    And Paul uses "without a box"
    And the bench asks Paul for the scale
    And the printer runs out of labels
    And the scale is plugged in again
    And Paul puts the parcel on the scale
    And Paul sees what is wrong with the printer
    And somebody puts the printer right
    And Paul scans the label
    Then O1 went out with 1 JAR in 1 parcel
    And 1 label of O1 has come out
    And it is left to somebody: count of B-01

  Scenario: Other goods go along, with the office and the carrier away and a jam
    Given the carrier ACME gives its own labels
    And the order O1 of 2 CUP, or other goods instead, stands picked in T-1
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    And Paul scans CUP, FH:OTHER
    And somebody fetches 1 MUG for O1 into T-9
    And the bench asks Paul for units
    And the network goes away
    And Paul scans MUG
    And Paul uses "without a box"
    And Paul weighs it
    Then the bench tells Paul that the label comes later
    When the network comes back
    And the carrier is asked in vain
    And the printer jams
    And the carrier gives 1 label
    And Paul sees what is wrong with the printer
    And somebody puts the printer right
    And Paul scans the carrier's label of O1
    Then O1 went out with 1 CUP and 1 MUG in 1 parcel
    And the carrier is paid once for O1
    And 1 label of O1 has come out
    And it is left to somebody: count of A-02
