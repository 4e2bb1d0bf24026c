Feature: At the bench

  # The six parcel cases.

  Scenario: A tote is packed into the box that was offered
    Given the order O1 of 2 TEA and 1 CUP stands picked in T-1
    And the shop has the box M1
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    And Paul scans TEA, TEA, CUP, M1
    And Paul weighs it
    And the bench asks Paul for the label
    And Paul scans the label
    Then O1 went out with 2 TEA and 1 CUP in 1 parcel

  Scenario: The same goods go into another box
    Given the order O1 of 2 TEA stands picked in T-1
    And the shop has the box M1
    And the shop has the box M2
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    And Paul scans TEA, TEA, M1, M2
    And Paul weighs it
    And Paul scans the label
    Then O1 went out with 2 TEA in 1 parcel

  Scenario: Two totes of an order become one parcel
    Given the order O1 of 2 TEA and 2 CUP stands picked in T-1 and T-2
    And Paul stands at a bench
    When Paul opens T-2 at the bench
    And Paul packs the rest TEA, TEA, CUP, CUP and sends it off
    Then O1 went out with 2 TEA and 2 CUP in 1 parcel

  Scenario: A full parcel leaves and the rest goes into the next one
    Given the order O1 of 3 TEA stands picked in T-1
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    And Paul scans TEA, TEA
    And Paul uses "parcel full"
    And Paul uses "without a box"
    And Paul weighs it
    And Paul scans the label
    And the bench asks Paul for units
    And Paul packs the rest TEA and sends it off
    Then O1 went out with 3 TEA in 2 parcels

  Scenario: Any unit opens the order that needs it
    Given the order O1 of 1 JAR stands picked in T-1
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    And Paul uses "put down"
    And Paul opens JAR at the bench
    And Paul scans FH:UNDO
    And Paul packs the rest JAR and sends it off
    Then O1 went out with 1 JAR in 1 parcel

  Scenario: Goods go without a box
    Given the order O1 of 1 MUG stands picked in T-1
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    And Paul packs the rest MUG and sends it off
    Then O1 went out with 1 MUG in 1 parcel

  # Wrong units, and out of reach of the office.

  Scenario Outline: What does not belong in is refused
    Given the order O1 of 1 TEA and 1 MILK stands picked in T-1
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    And Paul scans <first>
    Then Paul is refused: <why>
    When Paul packs the rest <rest> and sends it off
    Then O1 went out with 1 TEA and 1 MILK in 1 parcel

    Examples:
      | first     | why          | rest         |
      | JAR       | not in order | TEA, MILK/L1 |
      | TEA, TEA  | too many     | MILK/L1      |
      | MILK/L2   | wrong lot    | MILK/L1, TEA |
      | T-9       | wrong tote   | TEA, MILK/L1 |

  Scenario: A bench out of reach of the office sends its parcel
    Given the order O1 of 2 TEA stands picked in T-1
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    And the network goes away
    And Paul packs the rest TEA, TEA and sends it off
    Then O1 went out with 2 TEA in 1 parcel

  # Scale and printer.

  Scenario: Without a printer the parcel waits for its label, and is not called sent
    Given the order O1 of 1 TEA stands picked in T-1
    And Paul stands at a bench without a printer
    When Paul opens T-1 at the bench
    And Paul scans TEA
    And Paul uses "without a box"
    And Paul weighs it
    Then the bench asks Paul for a label that does not come
    And O1 is label_pending in the books
    When Paul scans the label
    Then O1 went out with 1 TEA in 1 parcel

  Scenario: A parcel that is too light is stopped until who leads the shift lets it pass
    Given the order O1 of 2 TEA stands picked in T-1
    And Paul stands at a bench
    And Vera leads the shift
    When Paul opens T-1 at the bench
    And Paul scans TEA, TEA
    And Paul uses "without a box"
    And Paul weighs it, 90 g too light
    Then Paul is told: weight out
    When Paul uses "let it pass"
    And Paul uses "counted again"
    And Vera shows her badge at Paul's bench
    And Paul scans the label
    Then O1 went out with 2 TEA in 1 parcel

  Scenario: A label is printed once more, and the parcel has one number
    Given the order O1 of 1 TEA stands picked in T-1
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    And Paul scans TEA
    And Paul uses "without a box"
    And Paul weighs it
    And the bench asks Paul for the label
    And Paul uses "print again"
    And Paul scans the label
    Then O1 went out with 1 TEA in 1 parcel

  # Put aside.

  Scenario Outline: A tote is put aside and taken up again
    Given the order O1 of 2 TEA stands picked in T-1
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    And Paul scans TEA
    And Paul uses "put aside"
    And Paul uses "<reason>"
    And Paul scans A-01
    Then Paul is refused: not an aside place
    When Paul scans LANE-2
    Then the bench asks Paul for a tote
    And Paul sees that T-1 stands aside
    When Paul's bench is switched off and on
    Then Paul sees that T-1 stands aside
    When Paul opens T-1 at the bench
    And Paul packs the rest TEA and sends it off
    Then O1 went out with 2 TEA in 1 parcel

    Examples:
      | reason             |
      | a question         |

  Scenario: A tote that is put aside without the office is on the supervisor's list later
    Given the order O1 of 2 TEA stands picked in T-1
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    And the network goes away
    And Paul scans FH:ASIDE, FH:ASIDE:DAMAGED, LANE-2
    Then the bench asks Paul for a tote
    And it is left to somebody: pack_held

  Scenario: Not aside after all
    Given the order O1 of 1 TEA stands picked in T-1
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    And Paul uses "put aside"
    And Paul uses "back"
    And Paul packs the rest TEA and sends it off
    Then O1 went out with 1 TEA in 1 parcel

  # Missing, and fetched.

  Scenario Outline: What is missing is fetched while another tote is packed
    Given the order O1 of 2 TEA stands picked in T-1
    And the order O2 of 1 JAR stands picked in T-2
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    And Paul scans TEA
    And Paul uses "<key>"
    Then the bench asks Paul for goods that are fetched
    When Paul uses "put down"
    Then Paul sees that T-1 waits for goods
    When Paul opens T-2 at the bench
    And Paul packs the rest JAR and sends it off
    And somebody fetches 1 TEA for O1 into T-9
    Then Paul sees that T-1 has its goods here
    When Paul opens T-9 at the bench
    And Paul packs the rest TEA and sends it off
    Then O1 went out with 2 TEA in 1 parcel
    And bin QUAR-1 holds <aside>
    And it is left to somebody: <left>

    Examples:
      | key                   | aside   | left          |
      | fetch it              | nothing | count of A-01 |
      | broken, fetch another | 1 TEA   | nothing       |

  Scenario: A bench out of reach of the office asks for goods, is switched off, and packs them when they come
    Given the order O1 of 2 TEA stands picked in T-1
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    And the network goes away
    And Paul scans TEA, FH:FETCH:DAMAGED
    And Paul's bench is switched off and on
    Then the bench asks Paul for goods that are fetched
    When somebody fetches 1 TEA for O1 into T-9
    Then the bench asks Paul for units
    When Paul packs the rest TEA and sends it off
    Then O1 went out with 2 TEA in 1 parcel

  Scenario: What nobody finds does not come, and the parcel goes without it
    Given bin A-03 holds 0 TEA
    And the order O1 of 2 TEA stands picked in T-1
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    And Paul scans TEA, FH:FETCH:DAMAGED
    And nobody finds what is fetched for O1
    Then the bench asks Paul for a box
    When Paul uses "without a box"
    And Paul weighs it
    And Paul scans the label
    Then O1 went out with 1 TEA in 1 parcel
    And it is left to somebody: count of A-01

  Scenario: What the house has not is decided by who leads the shift
    Given bin B-01 holds 2 JAR
    And the order O1 of 2 JAR stands picked in T-1
    And Paul stands at a bench
    And Vera leads the shift
    When Paul opens T-1 at the bench
    And Paul scans JAR, FH:FETCH
    Then Paul is told: goods not had
    When Paul uses "missing"
    And Paul uses "not found"
    And Paul scans SOMETHING
    Then Paul is refused: badge unknown
    When Vera shows her badge at Paul's bench
    Then the bench asks Paul for a box
    When Paul uses "without a box"
    And Paul weighs it
    And Paul scans the label
    Then O1 went out with 1 JAR in 1 parcel
    And it is left to somebody: count of B-01

  Scenario: Other goods are fetched for who takes them
    Given the order O1 of 2 CUP, or other goods instead, stands picked in T-1
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    And Paul scans CUP, FH:OTHER
    And somebody fetches 1 MUG for O1 into T-9
    And the bench asks Paul for units
    And Paul packs the rest MUG and sends it off
    Then O1 went out with 1 CUP and 1 MUG in 1 parcel
    And it is left to somebody: count of A-02

  Scenario: Nobody gets other goods who wants none
    Given the order O1 of 2 CUP stands picked in T-1
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    And Paul scans FH:OTHER
    Then Paul is refused: substitute forbidden
    When Paul packs the rest CUP, CUP and sends it off
    Then O1 went out with 2 CUP in 1 parcel

  Scenario: A parcel does not wait for what is fetched
    Given the order O1 of 2 TEA stands picked in T-1
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    And Paul scans TEA, FH:FETCH:DAMAGED, FH:FULL
    And Paul uses "without a box"
    And Paul weighs it
    And Paul scans the label
    And the bench asks Paul for goods that are fetched
    And somebody fetches 1 TEA for O1 into T-9
    And the bench asks Paul for units
    And Paul packs the rest TEA and sends it off
    Then O1 went out with 2 TEA in 2 parcels

  # Opened again.

  Scenario: A parcel on the bench is opened again and packed anew
    Given the order O1 of 2 TEA stands picked in T-1
    And Paul stands at a bench
    When Paul opens T-1 at the bench
    And Paul scans TEA, TEA
    And Paul uses "without a box"
    And Paul weighs it
    And the bench asks Paul for the label
    And everything has reached the office
    And Paul uses "open again"
    And Paul uses "wrong goods in it"
    Then Paul is told: parcel reopened
    And the bench asks Paul for units
    When Paul packs the rest TEA, TEA and sends it off
    Then O1 went out with 2 TEA in 1 parcel
    And O1 has 1 label that is void

  Scenario: A parcel that left the bench is opened by who leads the shift
    Given the order O1 of 2 TEA stands picked in T-1
    And Paul stands at a bench
    And Vera leads the shift
    When Paul opens T-1 at the bench
    And Paul packs the rest TEA, TEA and sends it off
    And everything has reached the office
    And Paul scans the label of the parcel that left
    And Paul uses "wrong box"
    Then Paul is told: needs supervisor
    When Vera shows her badge at Paul's bench
    Then the bench asks Paul for units
    And O1 is on a bench in the books
    When Paul packs the rest TEA, TEA and sends it off
    Then O1 went out with 2 TEA in 1 parcel
    And O1 has 1 label that is void

  Scenario Outline: What the carrier has, and what the office cannot be asked about, stays closed
    Given the order O1 of 1 TEA stands picked in T-1
    And Paul stands at a bench
    And Vera leads the shift
    When Paul opens T-1 at the bench
    And Paul packs the rest TEA and sends it off
    And everything has reached the office
    And <event>
    And Paul scans the label of the parcel that left
    And Paul uses "wrong box"
    Then Paul is told: <answer>
    And O1 went out with 1 TEA in 1 parcel

    Examples:
      | event                     | answer            |
      | the carrier takes the parcels | parcel manifested |
      | the network goes away     | needs centre      |
