Feature: Goods that are not there, not good, or others in their place

  Scenario: What is not in its bin joins the walk elsewhere
    Given the order O1 wants 2 TEA and 1 CUP
    And the order O1 is let onto the floor one by one
    When Ada opens the pick of O1
    And Ada scans T-1, A-01, TEA
    And Ada gives up the rest: not found
    And Ada scans A-02, CUP
    Then Ada is sent to A-03
    When Ada scans A-03, TEA, LANE-1
    Then Ada is asked for nothing more
    And O1 has 2 TEA and 1 CUP
    And bin A-01 holds nothing
    And bin A-03 holds 19 TEA
    And it is left to somebody: count of A-01

  Scenario: Out of reach of the office, what is not there is fetched by whoever comes next
    Given the order O1 wants 2 TEA and 1 CUP
    And the order O1 is let onto the floor one by one
    When Ada opens the pick of O1
    And the network goes away
    And Ada scans T-1, A-01, TEA
    And Ada gives up the rest: not found
    And Ada scans A-02, CUP, LANE-1
    Then Ada is asked for nothing more
    When the network comes back
    And Ada opens the pick of O1
    And Ada scans T-2, A-03, TEA, LANE-1
    Then O1 has 2 TEA and 1 CUP
    And tote T-2 holds 1 TEA
    And O1 waits to be packed in T-1 and T-2 at LANE-1
    And it is left to somebody: count of A-01

  Scenario Outline: The last of the goods is given up, whatever the reason
    Given the order O1 wants 2 JAR and 1 CUP
    And the order O1 is let onto the floor one by one
    And the network is <network>
    When Ada opens the pick of O1
    And Ada scans T-1, A-02, CUP, B-01, JAR
    And Ada gives up the rest: <reason>
    And Ada scans LANE-1
    Then Ada is asked for nothing more
    And O1 has 1 CUP, 1 JAR and lacks 1 JAR
    And bin B-01 holds <rest>
    And bin QUAR-1 holds <aside>
    And it is left to somebody: <left>

    Examples:
      | reason            | network      | rest   | aside   | left          |
      | not found         | good         | nothing | nothing | count of B-01 |
      | not found         | away         | nothing | nothing | count of B-01 |
      | wrong item in bin | good         | 19 JAR | nothing | count of B-01 |
      | wrong item in bin | back halfway | 19 JAR | nothing | count of B-01 |
      | damaged           | good         | 18 JAR | 1 JAR   | nothing       |
      | damaged           | away         | 18 JAR | 1 JAR   | nothing       |
      | damaged           | back halfway | 18 JAR | 1 JAR   | nothing       |
      | expired           | good         | 18 JAR | 1 JAR   | nothing       |
      | expired           | away         | 18 JAR | 1 JAR   | nothing       |

  Scenario Outline: Only some of what is given up is broken
    Given the order O1 wants 4 JAR
    And the order O1 is let onto the floor one by one
    And the network is <network>
    When Ada opens the pick of O1
    And Ada scans T-1, B-01, JAR
    And Ada gives up the rest: damaged, 2 of them
    And Ada scans LANE-1
    Then O1 has 1 JAR and lacks 3 JAR
    And bin QUAR-1 holds 2 JAR
    And bin B-01 holds 17 JAR

    Examples:
      | network |
      | good    |
      | away    |

  Scenario: Broken goods that two lines of a cart want are counted once
    Given the order O1 wants 2 JAR
    And the order O2 wants 3 JAR
    And the orders O1 and O2 are let onto the floor on one cart
    When Ada opens the pick
    And Ada scans C-7, T-1, T-2, B-01, JAR
    And Ada gives up the rest: damaged, 1 of them
    Then bin QUAR-1 holds 1 JAR
    And bin B-01 holds 18 JAR

  Scenario Outline: Another reason has a note
    Given the order O1 wants 2 JAR
    And the order O1 is let onto the floor one by one
    And the network is <network>
    When Ada opens the pick of O1
    And Ada scans T-1, B-01, JAR
    And Ada gives up the rest and notes "it is nailed to the shelf"
    And Ada scans LANE-1
    Then O1 has 1 JAR and lacks 1 JAR
    And it is left to somebody: count of B-01

    Examples:
      | network |
      | good    |
      | away    |

  Scenario: What is picked later is anybody's work
    Given the order O1 wants 1 JAR and 1 CUP
    And the order O1 is let onto the floor one by one
    When Ada opens the pick of O1
    And Ada scans T-1, A-02, CUP
    And Ada gives up the rest: pick later
    And Ada scans LANE-1
    Then Ada is asked for nothing more
    When everything has reached the office
    And Ada opens the pick of O1
    And Ada scans T-2, B-01, JAR, LANE-1
    Then O1 has 1 JAR and 1 CUP
    And O1 waits to be packed in T-1 and T-2 at LANE-1

  Scenario Outline: Nothing at all was there
    Given the order O1 wants 1 JAR
    And the order O1 is let onto the floor one by one
    And the network is <network>
    When Ada opens the pick of O1
    And Ada scans T-1, B-01
    And Ada gives up the rest: not found
    Then Ada is asked for nothing more
    And O1 has nothing and lacks 1 JAR
    And bin B-01 holds nothing
    And it is left to somebody: count of B-01
    And it is left to somebody: order_not_picked

    Examples:
      | network |
      | good    |
      | away    |

  Scenario Outline: What was given up is taken back and found after all
    Given the order O1 wants 3 JAR
    And the order O1 is let onto the floor one by one
    And the network is <network>
    When Ada opens the pick of O1
    And Ada scans T-1, B-01, JAR
    And Ada gives up the rest: not found
    Then Ada is asked for a lane
    When Ada presses "take back"
    Then Ada is asked for goods
    When Ada scans JAR, JAR, LANE-1
    Then O1 has 3 JAR
    And tote T-1 holds 3 JAR

    Examples:
      | network      |
      | away         |
      | lost halfway |

  Scenario: A question that is not answered leaves no trace
    Given the order O1 wants 1 JAR
    And the order O1 is let onto the floor one by one
    When Ada opens the pick of O1
    And Ada scans T-1, B-01
    And Ada presses "there are fewer"
    Then Ada is asked for a reason
    When Ada presses "back"
    And Ada scans JAR, LANE-1
    Then O1 has 1 JAR
    And bin B-01 holds 19 JAR

  Scenario Outline: The bin should be empty now, and is
    Given bin B-01 holds 2 JAR
    And the order O1 wants 2 JAR
    And the order O1 is let onto the floor one by one
    And the network is <network>
    When Ada opens the pick of O1
    And Ada scans T-1, B-01, JAR, JAR
    Then Ada is asked for whether the bin is empty
    When Ada presses "yes"
    And Ada scans LANE-1
    Then O1 has 2 JAR
    And bin B-01 holds nothing

    Examples:
      | network |
      | good    |
      | away    |

  Scenario Outline: The bin should be empty now, and is not
    Given bin B-01 holds 2 JAR
    And the order O1 wants 2 JAR
    And the order O1 is let onto the floor one by one
    And the network is <network>
    When Ada opens the pick of O1
    And Ada scans T-1, B-01, JAR, JAR
    And Ada presses "no"
    And Ada scans LANE-1
    Then O1 has 2 JAR
    And it is left to somebody: count of B-01

    Examples:
      | network      |
      | good         |
      | away         |
      | back halfway |

  Scenario Outline: Another item stands in where the customer allows it
    Given the order O1 wants 2 CUP, or other goods instead
    And the order O1 is let onto the floor one by one
    And the network is <network>
    When Ada opens the pick of O1
    And Ada scans T-1, A-02, CUP
    And Ada presses "other goods"
    And Ada scans MUG
    Then Ada is refused: scan its bin first
    When Ada scans A-04, JAR
    Then Ada is refused: wrong item
    When Ada scans MUG
    Then Ada is asked for a lane
    When Ada scans LANE-1
    Then tote T-1 holds 1 CUP and 1 MUG
    And bin A-02 holds 19 CUP
    And bin A-04 holds 19 MUG

    Examples:
      | network      |
      | good         |
      | away         |
      | back halfway |

  Scenario Outline: What stood in is taken back, and the line wants its own again
    Given the order O1 wants 2 CUP, or other goods instead
    And the order O1 is let onto the floor one by one
    And the network is <network>
    When Ada opens the pick of O1
    And Ada scans T-1, A-02, CUP
    And Ada presses "other goods"
    And Ada scans A-04, MUG
    Then Ada is asked for a lane
    When Ada presses "take back"
    Then Ada is sent to A-02
    When Ada scans A-02, CUP, LANE-1
    Then tote T-1 holds 2 CUP
    And bin A-02 holds 18 CUP
    And bin A-04 holds 20 MUG
    And O1 has 2 CUP

    Examples:
      | network      |
      | good         |
      | away         |
      | back halfway |

  Scenario Outline: A customer who wants to be asked agrees, and the answer is a stop of the walk
    Given the order O1 wants 2 CUP and 1 JAR, or what its customer says when asked
    And the order O1 is let onto the floor one by one
    When Ada opens the pick of O1
    And Ada scans T-1, A-02, CUP
    And the network turns <network>
    And Ada presses "other goods"
    Then Ada is told: customer asked
    And Ada is sent to B-01
    When everything has reached the office
    And the customer takes something else
    Then Ada is told: line added
    When Ada scans <rest>
    Then Ada is asked for nothing more
    And tote T-1 holds 1 CUP and 1 MUG and 1 JAR
    And O1 waits to be packed in T-1 at LANE-1
    And it is left to somebody: count of A-02

    Examples:
      | network | rest                           |
      | good    | A-04, MUG, B-01, JAR, LANE-1   |
      | bad     | A-04, MUG, B-01, JAR, LANE-1   |

  Scenario: A customer who was asked takes nothing else, and the order goes without
    Given the order O1 wants 2 CUP and 1 JAR, or what its customer says when asked
    And the order O1 is let onto the floor one by one
    When Ada opens the pick of O1
    And Ada scans T-1, A-02, CUP
    And Ada presses "other goods"
    And Ada scans B-01, JAR, LANE-1
    Then Ada is asked for nothing more
    And O1 is picking in the books
    When the customer takes nothing else
    Then O1 has 1 CUP and 1 JAR and lacks 1 CUP
    And O1 waits to be packed in T-1 at LANE-1
    And it is left to somebody: count of A-02

  Scenario: No other item stands in where the customer does not want it
    Given the order O1 wants 1 CUP
    And the order O1 is let onto the floor one by one
    When Ada opens the pick of O1
    And Ada scans T-1, A-02, FH:OTHER
    Then Ada is refused: substitute forbidden
    When Ada scans CUP, LANE-1
    Then O1 has 1 CUP

  Scenario: Nothing stands in for goods that are like no other
    Given the order O1 wants 1 JAR, or other goods instead
    And the order O1 is let onto the floor one by one
    When Ada opens the pick of O1
    And Ada scans T-1, B-01, FH:OTHER
    Then Ada is refused: no substitute
    When Ada scans JAR, LANE-1
    Then O1 has 1 JAR

  Scenario Outline: Goods are called for, and the walk goes on elsewhere meanwhile
    Given the order O1 wants 1 TEA and 1 CUP
    And the order O1 is let onto the floor one by one
    And the network is <network>
    When Ada opens the pick of O1
    And Ada scans T-1, A-01
    And Ada presses "call for goods"
    Then Ada is sent to A-02
    When Ada scans A-02, CUP, A-01, TEA, LANE-1
    Then O1 has 1 TEA and 1 CUP
    And it is left to somebody: replenish of R-01

    Examples:
      | network |
      | good    |
      | away    |

  Scenario Outline: Where it goes wrong often, each unit is looked at twice
    Given TEA in A-01 has gone wrong often
    And the order O1 wants 2 TEA
    And the order O1 is let onto the floor one by one
    And the network is <network>
    When Ada opens the pick of O1
    And Ada scans T-1, A-01, TEA
    Then Ada is asked for a second look
    When Ada scans CUP
    Then Ada is refused: wrong item
    When Ada scans TEA, TEA, TEA, LANE-1
    Then O1 has 2 TEA
    And bin A-01 holds 18 TEA

    Examples:
      | network |
      | good    |
      | away    |
