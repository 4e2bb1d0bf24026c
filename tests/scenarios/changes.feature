Feature: The office, the clock and colleagues change what is being picked

  Scenario Outline: An order is cancelled before anything was picked
    Given the order O1 wants 2 TEA
    And the order O1 is let onto the floor one by one
    When Ada opens the pick of O1
    And Ada scans <begun>
    And everything has reached the office
    And the office cancels O1
    Then Ada is asked for nothing more
    And O1 has nothing
    And O1 is cancelled in the books
    And bin A-01 holds 20 TEA

    Examples:
      | begun     |
      | T-1       |
      | T-1, A-01 |

  Scenario: An order is cancelled while it is picked, and goes back bin by bin
    Given the order O1 wants 2 TEA and 1 CUP
    And the order O1 is let onto the floor one by one
    When Ada opens the pick of O1
    And Ada scans T-1, A-01, TEA, TEA
    And everything has reached the office
    And the office cancels O1
    Then Ada is asked for the goods to put back
    And Ada is told: order taken away
    When Ada scans CUP
    Then Ada is refused: wrong item
    When Ada scans TEA, TEA
    Then Ada is asked for nothing more
    And bin A-01 holds 20 TEA
    And tote T-1 holds nothing
    And O1 is cancelled in the books
    And 2 facts count for nobody

  Scenario Outline: A unit that was put back by mistake comes out again, and goes back once more
    Given the order O1 wants 3 TEA and 1 CUP
    And the order O1 is let onto the floor one by one
    When Ada opens the pick of O1
    And Ada scans T-1, A-01, TEA, TEA
    And everything has reached the office
    And the office <does>
    Then Ada is asked for the goods to put back
    When the network turns <network>
    And Ada scans TEA
    And Ada presses "take back"
    Then Ada is asked for the <again> to put back
    When Ada scans <rest>
    Then Ada is asked for nothing more
    And tote T-1 holds <tote>
    And bin A-01 holds <bin> TEA
    And <n> facts count for nobody

    Examples:
      | does                      | network | again | rest                         | tote            | bin | n |
      | cancels O1                | good    | goods | TEA, TEA                     | nothing         | 20  | 4 |
      | cancels O1                | bad     | goods | TEA, TEA                     | nothing         | 20  | 4 |
      | lets O1 have only 1 TEA   | bad     | goods | TEA, A-02, CUP, LANE-1       | 1 TEA and 1 CUP | 19  | 2 |

  Scenario: An order is cancelled out of earshot, and goes back when its picker hears of it
    Given the order O1 wants 2 TEA and 1 CUP
    And the order O1 is let onto the floor one by one
    When Ada opens the pick of O1
    And Ada scans T-1, A-01, TEA, TEA
    And everything has reached the office
    And the network goes away
    And the office cancels O1
    And Ada scans A-02, CUP
    Then Ada is asked for a lane
    When the network comes back
    Then Ada is asked for the goods to put back
    When Ada scans CUP
    Then Ada is asked for the bin to put back to
    When Ada scans A-02
    Then Ada is refused: wrong bin
    When Ada scans A-01, TEA, TEA
    Then Ada is asked for nothing more
    And bin A-01 holds 20 TEA
    And bin A-02 holds 20 CUP
    And tote T-1 holds nothing
    And 4 facts count for nobody

  Scenario: An order is cancelled after its tote was set down
    Given the order O1 wants 1 TEA
    And the order O1 is let onto the floor one by one
    When Ada opens the pick of O1
    And Ada scans T-1, A-01, TEA, LANE-1
    And everything has reached the office
    And the office cancels O1
    Then O1 is cancelled in the books
    And tote T-1 holds 1 TEA
    And it is left to somebody: put_back

  Scenario Outline: The customer wants fewer of what is in the tote, and it goes back on the way
    Given the order O1 wants 3 TEA and 1 CUP
    And the order O1 is let onto the floor one by one
    When Ada opens the pick of O1
    And Ada scans T-1, A-01, TEA, TEA
    And everything has reached the office
    And the office lets O1 have only 1 TEA
    Then Ada is told: line fewer
    And Ada is asked for the goods to put back
    When the network turns <network>
    And Ada scans TEA
    Then Ada is sent to A-02
    When Ada scans A-02, CUP, LANE-1
    Then Ada is asked for nothing more
    And O1 has 1 TEA and 1 CUP
    And tote T-1 holds 1 TEA and 1 CUP
    And bin A-01 holds 19 TEA

    Examples:
      | network |
      | good    |
      | bad     |

  Scenario: Fewer are wanted of two orders' goods on one cart, and they go back out of the order's own tote
    Given the order O1 wants 2 TEA and 1 CUP
    And the order O2 wants 2 TEA
    And the orders O1 and O2 are let onto the floor on one cart
    When Ada opens the pick
    And Ada scans C-1, T-1, T-2, A-01, TEA, TEA, TEA, TEA, C-1-1, C-1-2
    And everything has reached the office
    And the office lets O2 have only 1 TEA
    Then Ada is told: line fewer
    And Ada is asked for the goods to put back
    When Ada scans TEA, A-02, CUP, C-1-1, LANE-1
    Then Ada is asked for nothing more
    And O1 has 2 TEA and 1 CUP
    And O2 has 1 TEA
    And tote T-2 holds 1 TEA
    And bin A-01 holds 17 TEA

  Scenario: What was to go back is put back by the office's own hand, and nobody walks for it
    Given the order O1 wants 2 TEA and 1 CUP
    And the order O1 is let onto the floor one by one
    When Ada opens the pick of O1
    And Ada scans T-1, A-01, TEA, TEA
    And everything has reached the office
    And the office lets O1 have only 1 TEA
    Then Ada is asked for the goods to put back
    When the office settles what is to be put back
    Then Ada is sent to A-02
    When Ada scans A-02, CUP, LANE-1
    Then O1 has 1 TEA and 1 CUP
    And bin A-01 holds 19 TEA

  Scenario: The customer wants fewer of what was not picked yet
    Given the order O1 wants 3 TEA and 2 CUP
    And the order O1 is let onto the floor one by one
    When Ada opens the pick of O1
    And Ada scans T-1, A-01, TEA
    And everything has reached the office
    And the office lets O1 have only 1 CUP
    And Ada is told: line fewer
    And Ada scans TEA, TEA, A-02, CUP
    Then Ada is asked for a lane
    When Ada scans LANE-1
    Then O1 has 3 TEA and 1 CUP

  Scenario: The customer wants fewer, and the picker hears of it too late
    Given the order O1 wants 3 TEA
    And the order O1 is let onto the floor one by one
    When Ada opens the pick of O1
    And Ada scans T-1
    And everything has reached the office
    And the network goes away
    And the office lets O1 have only 1 TEA
    And Ada scans A-01, TEA, TEA, TEA
    Then Ada is asked for a lane
    When the network comes back
    Then Ada is asked for the goods to put back
    When Ada scans TEA, TEA, LANE-1
    Then O1 has 1 TEA
    And tote T-1 holds 1 TEA
    And bin A-01 holds 19 TEA
    And 4 facts count for nobody

  Scenario Outline: Work that nobody else took stays with who was away too long
    Given the order O1 wants 2 TEA
    And the order O1 is let onto the floor one by one
    And the network is <network>
    When Ada opens the pick of O1
    And Ada scans T-1, A-01, TEA
    And a quarter of an hour passes without a word
    And Ada scans TEA, LANE-1
    Then Ada is asked for nothing more
    And O1 has 2 TEA

    Examples:
      | network      |
      | good         |
      | away         |
      | back halfway |

  Scenario: Work is taken over by scanning its order
    Given the order O1 wants 2 TEA and 1 CUP
    And the order O1 is let onto the floor one by one
    When Ada opens the pick of O1
    And Ada scans T-1, A-01, TEA
    And Ada's work has reached the office
    And Ben is on the floor too
    And Ben goes to the screen home
    And Ben scans O1
    Then Ben is told: offer take over
    When Ben scans O1
    Then Ben is asked for a tote
    When Ben scans T-1, A-01, TEA, A-02, CUP, LANE-1
    Then Ben is asked for nothing more
    When everything has reached the office
    And Ada scans TEA
    Then Ada is told: taken over
    And O1 has 2 TEA and 1 CUP
    And tote T-1 holds 2 TEA and 1 CUP
    And it is left to somebody: job_gone

  Scenario: What was picked out of earshot after work was taken over counts for nobody and goes back
    Given the order O1 wants 2 TEA
    And the order O1 is let onto the floor one by one
    When Ada opens the pick of O1
    And Ada scans T-1, A-01, TEA
    And Ada's work has reached the office
    And Ben is on the floor too
    And Ada's network goes away
    And Ben goes to the screen home
    And Ben scans O1, O1
    Then Ben is asked for a tote
    When Ben scans T-1, A-01, TEA, LANE-1
    Then Ben is asked for nothing more
    When Ben's work has reached the office
    And Ada scans TEA
    And the network comes back
    Then Ada is instructed: put back
    And O1 has 2 TEA
    And bin A-01 holds 17 TEA
    And it is left to somebody: put_back
    And it is left to somebody: job_gone
    And 1 fact counts for nobody
