Feature: Tasks on stock: counting, filling, putting back and away

  Scenario Outline: A bin is counted blind, and the books are put right
    Given somebody is to count CUP in A-02
    And the network is <network>
    When Ada takes the task count at A-02
    Then Ada does not see what the books say
    And the task asks Ada for the bin
    When Ada scans A-02, CUP
    And Ada counts <counted> by number
    And Ada uses the button "finish"
    Then the task asks Ada for nothing more
    And bin A-02 holds <counted> CUP

    Examples:
      | network | counted |
      | good    | 20      |
      | good    | 18      |
      | away    | 19      |
      | away    | 21      |

  Scenario: A count that is far off is done once more by somebody else, and agrees
    Given somebody is to count CUP in A-02
    When Ada takes the task count at A-02
    And Ada scans A-02, CUP
    And Ada counts 12 by number
    And Ada uses the button "finish"
    Then bin A-02 holds 20 CUP
    When Ben takes the task count at A-02
    And Ben scans A-02, CUP
    And Ben counts 12 by number
    And Ben uses the button "finish"
    Then bin A-02 holds 12 CUP

  Scenario Outline: Goods that were brought are taken back, and somebody is asked again
    Given somebody is to fill TEA in A-01
    And the network is <network>
    When Ada takes the task fill at R-01
    And Ada scans R-01, TEA
    And Ada takes 24 by number
    And Ada scans A-01
    Then the task asks Ada for nothing more
    When Ada uses the button "take back"
    Then Ada is told: move undone
    And bin A-01 holds 20 TEA
    And bin R-01 holds 24 TEA
    And it is left to somebody: replenish of R-01

    Examples:
      | network |
      | good    |
      | away    |

  Scenario: A task of somebody who went out of earshot is taken by another
    Given somebody is to fill TEA in A-01
    And Ben is on the floor too
    When Ada takes the task fill at R-01
    And Ada's work has reached the office
    And Ada's network goes away
    And a quarter of an hour passes without a word
    And the keeper of the floor makes a round meanwhile
    And Ben takes the task fill at R-01
    And Ben scans R-01, TEA
    And Ben takes 24 by number
    And Ben scans A-01
    Then the task asks Ben for nothing more
    When Ada's network comes back
    And Ada scans R-01
    Then Ada is refused: task gone
    And bin A-01 holds 44 TEA
    And bin R-01 holds nothing

  Scenario: What was done out of earshot counts as long as nobody else took the task
    Given somebody is to fill TEA in A-01
    When Ada takes the task fill at R-01
    And everything has reached the office
    And the network goes away
    And Ada scans R-01, TEA
    And a quarter of an hour passes without a word
    And the keeper of the floor makes a round meanwhile
    And Ada takes 24 by number
    And Ada scans A-01
    Then the task asks Ada for nothing more
    And bin A-01 holds 44 TEA
    And bin R-01 holds nothing

  Scenario Outline: Two people count differently, and the supervisor decides
    Given somebody is to count CUP in A-02
    When Ada takes the task count at A-02
    And Ada scans A-02, CUP
    And Ada counts 12 by number
    And Ada uses the button "finish"
    And everything has reached the office
    And Ben takes the task count at A-02
    And Ben scans A-02, CUP
    And Ben counts 14 by number
    And Ben uses the button "finish"
    And the supervisor <decides>
    Then bin A-02 holds <after> CUP
    And what is left to be done is <left>

    Examples:
      | decides                  | after | left          |
      | believes the count       | 14    | nothing       |
      | has it counted once more | 20    | count of A-02 |

  Scenario Outline: An empty bin is counted with one press
    Given bin A-04 holds 2 MUG
    And somebody is to count MUG in A-04
    And the network is <network>
    When Ada takes the task count at A-04
    And Ada scans A-04
    And Ada uses the button "the bin is empty"
    Then the task asks Ada for nothing more
    And bin A-04 holds nothing

    Examples:
      | network |
      | good    |
      | away    |

  Scenario: Goods that nobody asked about are counted as well
    Given bin A-04 holds 1 MUG
    And somebody is to count MUG in A-04
    When Ada takes the task count at A-04
    And Ada scans A-02
    Then Ada is refused: wrong bin
    When Ada scans MUG
    Then Ada is refused: scan bin first
    When Ada scans A-04, MUG, MUG
    And Ada uses the button "take back"
    And Ada uses the button "finish"
    Then bin A-04 holds 1 MUG

  Scenario Outline: A pick face is filled from the reserve
    Given somebody is to fill TEA in A-01
    And the network is <network>
    When Ada takes the task fill at R-01
    And Ada scans A-01
    Then Ada is refused: wrong bin
    When Ada scans R-01, CUP
    Then Ada is refused: wrong item
    When Ada scans TEA
    And Ada takes <taken> by number
    And Ada scans A-02
    Then Ada is refused: wrong bin
    When Ada scans A-01
    Then the task asks Ada for nothing more
    And bin A-01 holds 44 TEA
    And bin R-01 holds nothing

    Examples:
      | network | taken |
      | good    | 24    |
      | away    | 24    |

  Scenario Outline: There is less in the reserve than was asked for
    Given somebody is to fill TEA in A-01
    And the network is <network>
    When Ada takes the task fill at R-01
    And Ada scans R-01, TEA
    And Ada takes 10 by number
    And Ada scans A-01
    And Ada cannot do it: <reason>
    Then the task asks Ada for nothing more
    And bin A-01 holds 30 TEA
    And what is left to be done is count of R-01

    Examples:
      | network | reason            |
      | good    | not found         |
      | away    | not found         |
      | good    | damaged           |

  Scenario Outline: Goods at the dock are put away
    Given 5 MUG lie at the dock
    And somebody is to put away 5 MUG from surplus:dock to B-05
    And the network is <network>
    When Ada takes the task put away at dock
    And Ada scans MUG, MUG
    And Ada scans B-05
    And Ada scans MUG, MUG, MUG, B-05
    Then the task asks Ada for nothing more
    And bin B-05 holds 5 MUG
    And nothing lies at the dock

    Examples:
      | network      |
      | good         |
      | away         |

  Scenario: Goods that are gone from the dock cannot be put away
    Given 2 MUG lie at the dock
    And somebody is to put away 2 MUG from surplus:dock to B-05
    When Ada takes the task put away at dock
    And Ada cannot do it: not found
    Then the task asks Ada for nothing more
    And bin B-05 holds nothing
    And it is left to somebody: task_not_done

  Scenario Outline: What one person left in a tote is put back by another
    Given the order O1 wants 2 TEA
    And the order O1 is let onto the floor one by one
    When Ada opens the pick of O1
    And Ada scans T-1, A-01, TEA, TEA, LANE-1
    And everything has reached the office
    And the office cancels O1
    And the keeper of the floor makes a round
    And Ben takes the task put back at T-1
    And the network turns <network>
    And Ben scans T-1, TEA, TEA, A-01
    Then the task asks Ben for nothing more
    And bin A-01 holds 20 TEA
    And tote T-1 holds nothing
    And O1 is cancelled in the books

    Examples:
      | network |
      | good    |
      | bad     |

  Scenario: A task of a dark device is taken back and done by somebody else
    Given somebody is to fill TEA in A-01
    When Ada takes the task fill at R-01
    And Ada scans R-01, TEA
    And everything has reached the office
    And Ada's network goes away
    And the supervisor takes back what Ada has
    And Ben takes the task fill at R-01
    And Ben scans R-01, TEA
    And Ben takes 24 by number
    And Ben scans A-01
    Then bin A-01 holds 44 TEA
    And bin R-01 holds nothing

  Scenario: A picker calls for goods, and somebody brings them
    Given bin A-01 holds 2 TEA
    And bin A-03 holds 0 TEA
    And the order O1 wants 2 TEA
    And the order O1 is let onto the floor one by one
    When Ada opens the pick of O1
    And Ada scans T-1, A-01
    And Ada presses "call for goods"
    And Ada scans TEA, TEA
    And Ada presses "yes"
    And Ada scans LANE-1
    And everything has reached the office
    And Ben takes the task fill at R-01
    And Ben scans R-01, TEA
    And Ben takes 24 by number
    And Ben scans A-01
    Then O1 has 2 TEA
    And bin A-01 holds 24 TEA
