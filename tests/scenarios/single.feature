Feature: One order, one tote

  Scenario Outline: An order is picked from end to end
    Given the order O1 wants 2 TEA and 1 CUP
    And the order O1 is let onto the floor one by one
    And the network is <network>
    When Ada opens the pick of O1
    And Ada scans T-1, A-01, TEA, TEA
    Then Ada is sent to A-02
    When Ada scans A-02, CUP, LANE-1
    Then Ada is asked for nothing more
    And O1 has 2 TEA and 1 CUP
    And tote T-1 holds 2 TEA and 1 CUP
    And bin A-01 holds 18 TEA
    And O1 waits to be packed in T-1 at LANE-1

    Examples:
      | network      |
      | good         |
      | away         |
      | back halfway |
      | lost halfway |

  Scenario Outline: What is wrong is refused and counts for nothing
    Given the order O1 wants 2 TEA
    And the order O1 is let onto the floor one by one
    And the network is <network>
    When Ada opens the pick of O1
    And Ada scans A-01
    Then Ada is refused: not a tote
    When Ada scans T-1, A-02
    Then Ada is refused: wrong bin
    When Ada scans A-01, CUP
    Then Ada is refused: wrong item
    When Ada scans SOMETHING
    Then Ada is refused: unknown code
    When Ada scans CASE
    Then Ada is refused: too many
    When Ada scans TEA, TEA, A-01
    Then Ada is refused: not a lane
    When Ada scans LANE-1
    Then Ada is asked for nothing more
    And O1 has 2 TEA
    And bin A-01 holds 18 TEA

    Examples:
      | network      |
      | good         |
      | away         |
      | back halfway |

  Scenario Outline: A case and a number, and one too many of each
    Given the order O1 wants 9 TEA
    And the order O1 is let onto the floor one by one
    And the network is <network>
    When Ada opens the pick of O1
    And Ada scans T-1, A-01, CASE, CASE
    Then Ada is refused: too many
    When Ada types 4
    Then Ada is refused: too many
    When Ada types 3
    And Ada scans LANE-1
    Then Ada is asked for nothing more
    And O1 has 9 TEA

    Examples:
      | network      |
      | good         |
      | away         |
      | lost halfway |

  Scenario Outline: A number counts only after the goods were scanned
    Given the order O1 wants 3 TEA
    And the order O1 is let onto the floor one by one
    And the network is <network>
    When Ada opens the pick of O1
    And Ada scans T-1, A-01
    And Ada types 3
    Then Ada is refused: scan first
    When Ada scans TEA
    And Ada types 2
    And Ada scans LANE-1
    Then O1 has 3 TEA

    Examples:
      | network |
      | good    |
      | away    |

  Scenario Outline: The tote of another order is refused
    Given the order O1 wants 2 TEA
    And the order O2 wants 1 CUP
    And the orders O1 and O2 are let onto the floor one by one
    And the network is <network>
    When Ada opens the pick of O1
    And Ada scans T-1, A-01, TEA
    And Ada presses "leave"
    And Ada opens the pick of O2
    And Ada scans T-1
    Then Ada is refused: tote in use
    When Ada scans T-2, A-02, CUP, LANE-1
    Then Ada is asked for nothing more
    When Ada opens the pick of O1
    And Ada scans A-01, TEA, LANE-1
    Then O1 has 2 TEA
    And O2 has 1 CUP
    And tote T-1 holds 2 TEA
    And tote T-2 holds 1 CUP

    Examples:
      | network |
      | good    |
      | away    |

  Scenario Outline: The tote is full and stays with the picker
    Given the order O1 wants 2 TEA and 1 CUP
    And the order O1 is let onto the floor one by one
    And the network is <network>
    When Ada opens the pick of O1
    And Ada scans T-1, A-01, TEA
    And Ada presses "tote full"
    Then Ada is asked for where the full tote stands
    When Ada scans T-2, TEA, A-02, CUP, LANE-1
    Then O1 has 2 TEA and 1 CUP
    And tote T-1 holds 1 TEA
    And tote T-2 holds 1 TEA and 1 CUP
    And O1 waits to be packed in T-1 and T-2 at LANE-1

    Examples:
      | network      |
      | good         |
      | away         |
      | back halfway |

  Scenario Outline: The tote is full and goes to the lane
    Given the order O1 wants 2 TEA
    And the order O1 is let onto the floor one by one
    And the network is <network>
    When Ada opens the pick of O1
    And Ada scans T-1, A-01, TEA
    And Ada presses "tote full"
    And Ada scans LANE-1
    Then Ada is asked for a tote
    When Ada scans T-2, TEA, LANE-1
    Then O1 has 2 TEA
    And O1 waits to be packed in T-1 and T-2 at LANE-1

    Examples:
      | network      |
      | good         |
      | lost halfway |

  Scenario Outline: A stop is skipped and come back to
    Given the order O1 wants 1 TEA and 1 CUP
    And the order O1 is let onto the floor one by one
    And the network is <network>
    When Ada opens the pick of O1
    And Ada scans T-1, A-01
    And Ada presses "skip"
    Then Ada is sent to A-02
    When Ada scans A-02, CUP
    Then Ada is sent to A-01
    When Ada scans A-01, TEA, LANE-1
    Then O1 has 1 TEA and 1 CUP

    Examples:
      | network      |
      | good         |
      | away         |
      | back halfway |

  Scenario Outline: A unit is taken back, and the same unit again at the lane
    Given the order O1 wants 2 TEA
    And the order O1 is let onto the floor one by one
    And the network is <network>
    When Ada opens the pick of O1
    And Ada scans T-1, A-01, TEA
    And Ada presses "take back"
    And Ada scans TEA, TEA
    Then Ada is asked for a lane
    When Ada presses "take back"
    Then Ada is asked for goods
    When Ada scans TEA, LANE-1
    Then O1 has 2 TEA
    And bin A-01 holds 18 TEA

    Examples:
      | network      |
      | good         |
      | away         |
      | back halfway |
      | lost halfway |

  Scenario: There is nothing to take back
    Given the order O1 wants 1 TEA
    And the order O1 is let onto the floor one by one
    When Ada opens the pick of O1
    And Ada scans T-1, FH:UNDO
    Then Ada is told: nothing to undo
    When Ada scans A-01, TEA, LANE-1
    Then O1 has 1 TEA

  Scenario Outline: Cards on the wrist press the buttons
    Given the order O1 wants 2 TEA and 1 CUP
    And the order O1 is let onto the floor one by one
    And the network is <network>
    When Ada opens the pick of O1
    And Ada scans T-1, A-01, FH:SKIP, A-02, CUP, A-01, TEA, FH:UNDO, TEA, FH:QTY:1, LANE-1
    Then Ada is asked for nothing more
    And O1 has 2 TEA and 1 CUP

    Examples:
      | network |
      | good    |
      | away    |

  Scenario: Where bins need not be scanned the goods are enough
    Given the rule that bins need not be scanned
    And the order O1 wants 1 TEA and 1 CUP
    And the order O1 is let onto the floor one by one
    When Ada opens the pick of O1
    And Ada scans T-1, TEA, CUP, LANE-1
    Then O1 has 1 TEA and 1 CUP
    And bin A-01 holds 19 TEA

  Scenario: Where bins must be scanned the goods are not enough
    Given the order O1 wants 1 TEA
    And the order O1 is let onto the floor one by one
    When Ada opens the pick of O1
    And Ada scans T-1, TEA
    Then Ada is refused: scan bin first
    When Ada scans A-01, TEA, LANE-1
    Then O1 has 1 TEA
