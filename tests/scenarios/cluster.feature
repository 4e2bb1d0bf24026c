Feature: Several orders on one cart

  Background:
    Given the order O1 wants 2 TEA and 1 CUP
    And the order O2 wants 1 TEA and 1 JAR

  Scenario Outline: A cart of two orders from end to end
    Given the orders O1 and O2 are let onto the floor on one cart
    And the network is <network>
    When Ada opens the pick
    And Ada scans C-7, T-1, T-2
    Then Ada is sent to A-01
    And Ada is to take 3
    When Ada scans A-01, TEA, TEA, TEA
    Then Ada is asked for a slot
    When Ada scans T-1, T-2, A-02, CUP, T-1, B-01, JAR, T-2
    Then Ada is asked for a lane
    When Ada scans LANE-1
    Then Ada is asked for nothing more
    And O1 has 2 TEA and 1 CUP
    And O2 has 1 TEA and 1 JAR
    And tote T-1 holds 2 TEA and 1 CUP
    And tote T-2 holds 1 TEA and 1 JAR
    And tote C-7 holds nothing
    And O1 waits to be packed in T-1 at LANE-1
    And O2 waits to be packed in T-2 at LANE-1

    Examples:
      | network      |
      | good         |
      | away         |
      | back halfway |
      | lost halfway |

  Scenario Outline: What is wrong is refused and counts for nothing
    Given the orders O1 and O2 are let onto the floor on one cart
    And the network is <network>
    When Ada opens the pick
    And Ada scans T-1
    Then Ada is refused: not a cart
    When Ada scans C-7, T-1, T-1
    Then Ada is refused: tote in slot
    When Ada scans T-2, A-02
    Then Ada is refused: wrong bin
    When Ada scans A-01, CUP
    Then Ada is refused: wrong item
    When Ada scans CASE
    Then Ada is refused: too many
    When Ada scans SOMETHING
    Then Ada is refused: unknown code
    When Ada scans TEA, TEA, TEA, T-1, T-2, A-02, CUP, T-1, B-01, JAR, T-2, A-01
    Then Ada is refused: not a lane
    When Ada scans LANE-1
    Then O1 has 2 TEA and 1 CUP
    And O2 has 1 TEA and 1 JAR
    And bin A-01 holds 17 TEA

    Examples:
      | network      |
      | good         |
      | away         |
      | back halfway |

  Scenario Outline: The wrong slot and the wrong tote are refused, and a put is taken back
    Given the orders O1 and O2 are let onto the floor on one cart
    And the network is <network>
    When Ada opens the pick
    And Ada scans C-7, T-1, T-2, A-01, TEA, TEA, TEA, C-7-2
    Then Ada is refused: wrong slot
    When Ada scans T-2
    Then Ada is refused: wrong slot
    When Ada scans C-7-1
    And Ada presses "take back"
    Then Ada is asked for a slot
    When Ada scans T-1, C-7-2, A-02, CUP, T-1, B-01, JAR, T-2, LANE-1
    Then O1 has 2 TEA and 1 CUP
    And O2 has 1 TEA and 1 JAR
    And tote T-1 holds 2 TEA and 1 CUP
    And tote T-2 holds 1 TEA and 1 JAR

    Examples:
      | network      |
      | good         |
      | away         |
      | back halfway |

  Scenario Outline: A unit is taken back before it is sorted
    Given the orders O1 and O2 are let onto the floor on one cart
    And the network is <network>
    When Ada opens the pick
    And Ada scans C-7, T-1, T-2, A-01, TEA, TEA
    And Ada presses "take back"
    And Ada scans TEA, TEA, T-1, T-2, A-02, CUP, T-1, B-01, JAR, T-2, LANE-1
    Then O1 has 2 TEA and 1 CUP
    And O2 has 1 TEA and 1 JAR
    And bin A-01 holds 17 TEA

    Examples:
      | network |
      | good    |
      | away    |

  Scenario Outline: Totes come to their slots when something is put into them, and leave the cart one by one
    Given the orders O1 and O2 are let onto the floor on one cart
    And the network is <network>
    When Ada opens the pick
    And Ada scans C-7
    And Ada presses "totes later"
    And Ada scans A-01, TEA, TEA, TEA, T-1, T-1, T-2, T-2, A-02, CUP, T-1, B-01, JAR, T-2
    Then Ada is asked for a lane
    When Ada scans T-9
    Then Ada is refused: not on cart
    When Ada scans T-1, LANE-1, T-2, LANE-1
    Then Ada is asked for nothing more
    And O1 waits to be packed in T-1 at LANE-1
    And O2 waits to be packed in T-2 at LANE-1

    Examples:
      | network      |
      | good         |
      | away         |
      | lost halfway |

  Scenario Outline: The tote of a slot is full, and the rest goes into another
    Given the orders O1 and O2 are let onto the floor on one cart
    And the network is <network>
    When Ada opens the pick
    And Ada scans C-7, T-1, T-2, A-01, TEA, TEA, TEA
    And Ada has the tote closed with room for 1
    And Ada scans T-3, T-3, T-2, A-02, CUP, T-3, B-01, JAR, T-2, LANE-1
    Then O1 has 2 TEA and 1 CUP
    And tote T-1 holds 1 TEA
    And tote T-3 holds 1 TEA and 1 CUP
    And O1 waits to be packed in T-1 and T-3 at LANE-1

    Examples:
      | network      |
      | good         |
      | away         |
      | back halfway |

  Scenario: The tote of a slot is full, and the rest is picked later by anybody
    Given the orders O1 and O2 are let onto the floor on one cart
    When Ada opens the pick
    And Ada scans C-7, T-1, T-2, A-01, TEA, TEA, TEA, T-1, T-2, A-02, CUP
    And Ada has the tote closed with room for 0
    And Ada presses "rest later"
    And Ada scans B-01, JAR, T-2, LANE-1
    Then Ada is asked for nothing more
    And bin A-02 holds 20 CUP
    When Ada opens the pick of O1
    And Ada scans T-3, A-02, CUP, LANE-1
    Then O1 has 2 TEA and 1 CUP
    And O2 has 1 TEA and 1 JAR
    And tote C-7 holds nothing
    And O1 waits to be packed in T-1 and T-3 at LANE-1

  Scenario Outline: The cart is full and unloaded halfway
    Given the orders O1 and O2 are let onto the floor on one cart
    And the network is <network>
    When Ada opens the pick
    And Ada scans C-7, T-1, T-2, A-01, TEA, TEA, TEA, T-1, T-2
    And Ada presses "unload the cart"
    Then Ada is asked for a lane
    When Ada scans LANE-1, A-02, CUP, T-3, T-3, B-01, JAR, T-4, T-4, LANE-1
    Then Ada is asked for nothing more
    And O1 waits to be packed in T-1 and T-3 at LANE-1
    And O2 waits to be packed in T-2 and T-4 at LANE-1

    Examples:
      | network      |
      | good         |
      | away         |
      | back halfway |

  Scenario: What is short is lacking to the later order, and found elsewhere
    Given the orders O1 and O2 are let onto the floor on one cart
    When Ada opens the pick
    And Ada scans C-7, T-1, T-2, A-01, TEA, TEA
    And Ada gives up the rest: not found
    And Ada scans T-1, A-02, CUP, T-1
    Then Ada is sent to A-03
    When Ada scans A-03, TEA, T-2, B-01, JAR, T-2, LANE-1
    Then Ada is asked for nothing more
    And O1 has 2 TEA and 1 CUP
    And O2 has 1 TEA and 1 JAR
    And it is left to somebody: count of A-01

  Scenario Outline: What is short and nowhere else is lacking to the later order
    Given bin A-03 holds 0 TEA
    And the orders O1 and O2 are let onto the floor on one cart
    And the network is <network>
    When Ada opens the pick
    And Ada scans C-7, T-1, T-2, A-01, TEA, TEA
    And Ada gives up the rest: <reason>
    And Ada scans T-1, A-02, CUP, T-1, B-01, JAR, T-2, LANE-1
    Then Ada is asked for nothing more
    And O1 has 2 TEA and 1 CUP
    And O2 has 1 JAR and lacks 1 TEA
    And bin A-01 holds <rest>
    And bin QUAR-1 holds <aside>
    And it is left to somebody: <left>

    Examples:
      | reason            | network      | rest    | aside   | left          |
      | not found         | good         | nothing | nothing | count of A-01 |
      | not found         | away         | nothing | nothing | count of A-01 |
      | not found         | back halfway | nothing | nothing | count of A-01 |
      | damaged           | good         | 17 TEA  | 1 TEA   | nothing       |
      | damaged           | away         | 17 TEA  | 1 TEA   | nothing       |
      | expired           | good         | 17 TEA  | 1 TEA   | nothing       |
      | wrong item in bin | away         | 18 TEA  | nothing | count of A-01 |

  Scenario: One order of the cart is cancelled and comes out of its tote
    Given the orders O1 and O2 are let onto the floor on one cart
    When Ada opens the pick
    And Ada scans C-7, T-1, T-2, A-01, TEA, TEA, TEA, T-1, T-2
    And everything has reached the office
    And the office cancels O1
    Then Ada is asked for the goods to put back
    When Ada scans TEA, TEA, B-01, JAR, T-2, LANE-1
    Then Ada is asked for nothing more
    And tote T-1 holds nothing
    And tote T-2 holds 1 TEA and 1 JAR
    And bin A-01 holds 19 TEA
    And O1 is cancelled in the books
    And O2 has 1 TEA and 1 JAR
    And 2 facts count for nobody

  Scenario: One order of the cart is cancelled out of earshot
    Given the orders O1 and O2 are let onto the floor on one cart
    When Ada opens the pick
    And Ada scans C-7, T-1, T-2, A-01, TEA, TEA, TEA, T-1, T-2
    And everything has reached the office
    And the network goes away
    And the office cancels O1
    And Ada scans A-02, CUP, T-1
    Then Ada is sent to B-01
    When the network comes back
    Then Ada is asked for the goods to put back
    When Ada scans CUP
    Then Ada is sent to A-01
    When Ada scans A-01, TEA, TEA, B-01, JAR, T-2, LANE-1
    Then Ada is asked for nothing more
    And tote T-1 holds nothing
    And bin A-01 holds 19 TEA
    And bin A-02 holds 20 CUP
    And O2 has 1 TEA and 1 JAR
    And 5 facts count for nobody

  Scenario: One order of the cart is cancelled while its goods are in the hand
    Given the orders O1 and O2 are let onto the floor on one cart
    When Ada opens the pick
    And Ada scans C-7, T-1, T-2, A-01, TEA, TEA, TEA
    And everything has reached the office
    And the office cancels O1
    And Ada is told: order taken away
    And Ada scans T-2, TEA, TEA, B-01, JAR, T-2, LANE-1
    Then Ada is asked for nothing more
    And tote T-1 holds nothing
    And bin A-01 holds 19 TEA
    And O2 has 1 TEA and 1 JAR
    And 2 facts count for nobody

  Scenario Outline: Where the tote proves the slot, the slot does not
    Given the rule that the tote proves the slot
    And the orders O1 and O2 are let onto the floor on one cart
    And the network is <network>
    When Ada opens the pick
    And Ada scans C-7, T-1, T-2, A-01, TEA, TEA, TEA, C-7-1
    Then Ada is refused: scan its tote
    When Ada scans T-1, T-2, A-02, CUP, T-1, B-01, JAR, T-2, LANE-1
    Then O1 has 2 TEA and 1 CUP
    And O2 has 1 TEA and 1 JAR

    Examples:
      | network |
      | good    |
      | away    |

  Scenario: Where slots need no proof, a button is enough
    Given the rule that slots need no proof
    And the orders O1 and O2 are let onto the floor on one cart
    When Ada opens the pick
    And Ada scans C-7, T-1, T-2, A-01, TEA, TEA, TEA
    And Ada presses "put"
    And Ada presses "put"
    And Ada scans A-02, CUP, T-1, B-01, JAR, T-2, LANE-1
    Then O1 has 2 TEA and 1 CUP
    And tote T-1 holds 2 TEA and 1 CUP
    And tote T-2 holds 1 TEA and 1 JAR

  Scenario Outline: A stop is skipped and come back to
    Given the orders O1 and O2 are let onto the floor on one cart
    And the network is <network>
    When Ada opens the pick
    And Ada scans C-7, T-1, T-2, A-01
    And Ada presses "skip"
    And Ada scans A-02, CUP, T-1, B-01, JAR, T-2
    Then Ada is sent to A-01
    When Ada scans A-01, TEA, TEA, TEA, T-1, T-2, LANE-1
    Then O1 has 2 TEA and 1 CUP
    And O2 has 1 TEA and 1 JAR

    Examples:
      | network |
      | good    |
      | away    |

  Scenario Outline: A number is typed, and one too many
    Given the orders O1 and O2 are let onto the floor on one cart
    And the network is <network>
    When Ada opens the pick
    And Ada scans C-7, T-1, T-2, A-01, TEA
    And Ada types 3
    Then Ada is refused: too many
    When Ada types 2
    And Ada scans T-1, T-2, A-02, CUP, T-1, B-01, JAR, T-2, LANE-1
    Then O1 has 2 TEA and 1 CUP
    And O2 has 1 TEA and 1 JAR

    Examples:
      | network |
      | good    |
      | away    |

  Scenario: A cart in use by another is refused
    Given the orders O1 and O2 are let onto the floor on one cart
    And the order O3 wants 1 MUG
    And the order O4 wants 1 MUG
    And the orders O3 and O4 are let onto the floor on one cart
    When Ada opens the pick of O1
    And Ada scans C-7, T-1, T-2
    And Ada presses "leave"
    And Ada opens the pick of O3
    And Ada scans C-7
    Then Ada is refused: cart in use
    When Ada scans C-8, T-1
    Then Ada is refused: tote in use
    When Ada scans T-3, T-4, A-04, MUG, MUG, T-3, T-4, LANE-1
    Then O3 has 1 MUG
    And O4 has 1 MUG
    And O1 has nothing

  Scenario: A cart that stayed behind goes on after the right to it has run out
    Given the orders O1 and O2 are let onto the floor on one cart
    And the network is away
    When Ada opens the pick
    And Ada scans C-7, T-1, T-2, A-01, TEA, TEA
    And a quarter of an hour passes without a word
    And Ada scans TEA, T-1, T-2
    And the network comes back
    And Ada scans A-02, CUP, T-1, B-01, JAR, T-2, LANE-1
    Then O1 has 2 TEA and 1 CUP
    And O2 has 1 TEA and 1 JAR

  Scenario Outline: Another item stands in on a cart
    Given the order O3 wants 2 CUP, or other goods instead
    And the orders O1 and O3 are let onto the floor on one cart
    And the network is <network>
    When Ada opens the pick
    And Ada scans C-7, T-1, T-3, A-01, TEA, TEA, T-1, A-02, CUP, CUP
    And Ada presses "other goods"
    And Ada scans A-04, MUG, T-1, T-3, LANE-1
    Then Ada is asked for nothing more
    And O1 has 2 TEA and 1 CUP
    And tote T-3 holds 1 CUP and 1 MUG
    And bin A-04 holds 19 MUG

    Examples:
      | network |
      | good    |
      | away    |

  Scenario: Lots and serial numbers go into their slots
    Given the order O3 wants 1 MILK and 1 LAMP
    And the order O4 wants 1 MILK and 1 LAMP
    And the orders O3 and O4 are let onto the floor on one cart
    When Ada opens the pick
    And Ada scans C-7, T-3, T-4, B-02, MILK/L1, MILK, T-3, T-4, B-04, LAMP#1, LAMP#1
    Then Ada is refused: duplicate serial
    When Ada scans LAMP#2, T-3, T-4, LANE-1
    Then Ada is asked for nothing more
    And O3 has 1 MILK and 1 LAMP
    And O4 has 1 MILK and 1 LAMP
    And tote T-3 holds 1 MILK and 1 LAMP
