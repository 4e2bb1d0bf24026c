Feature: Lots, dates, serial numbers and codes that say several things

  Scenario Outline: One code says goods, lot and date
    Given the order O1 wants 2 MILK
    And the order O1 is let onto the floor one by one
    And the network is <network>
    When Ada opens the pick of O1
    And Ada scans T-1, B-02, MILK/L1, MILK/L1, LANE-1
    Then O1 has 2 MILK
    And bin B-02 holds 4 MILK

    Examples:
      | network      |
      | good         |
      | away         |
      | back halfway |

  Scenario Outline: A code without a lot is asked for it
    Given the order O1 wants 2 MILK
    And the order O1 is let onto the floor one by one
    And the network is <network>
    When Ada opens the pick of O1
    And Ada scans T-1, B-02, MILK, L1, MILK, LANE-1
    Then Ada is asked for nothing more
    And O1 has 2 MILK
    And bin B-02 holds 4 MILK

    Examples:
      | network |
      | good    |
      | away    |

  Scenario Outline: A later lot is taken only when it is scanned again
    Given the order O1 wants 1 MILK
    And the order O1 is let onto the floor one by one
    And the network is <network>
    When Ada opens the pick of O1
    And Ada scans T-1, B-02, MILK/L2
    Then Ada is told: other lot
    When Ada scans MILK/L2, LANE-1
    Then Ada is asked for nothing more
    And O1 has 1 MILK
    And it is left to somebody: count of B-02

    Examples:
      | network |
      | good    |
      | away    |

  Scenario: Where the earliest date goes first without exception, a later lot is refused
    Given the rule that the earliest date goes first without exception
    And the order O1 wants 1 MILK
    And the order O1 is let onto the floor one by one
    When Ada opens the pick of O1
    And Ada scans T-1, B-02, MILK/L2, MILK/L2
    Then Ada is refused: wrong lot
    When Ada scans MILK/L1, LANE-1
    Then O1 has 1 MILK
    And bin B-02 holds 5 MILK

  Scenario Outline: What is out of date is never taken
    Given the order O1 wants 1 MILK
    And the order O1 is let onto the floor one by one
    And the network is <network>
    When Ada opens the pick of O1
    And Ada scans T-1, B-02, MILK/L1/200131, MILK/L1/200131
    Then Ada is refused: out of date
    When Ada scans MILK/L1, LANE-1
    Then O1 has 1 MILK

    Examples:
      | network |
      | good    |
      | away    |

  Scenario Outline: Each serial number counts once
    Given the order O1 wants 2 LAMP
    And the order O1 is let onto the floor one by one
    And the network is <network>
    When Ada opens the pick of O1
    And Ada scans T-1, B-04, LAMP#1, LAMP#1
    Then Ada is refused: duplicate serial
    When Ada scans LAMP, 4711, LANE-1
    Then Ada is asked for nothing more
    And O1 has 2 LAMP
    And bin B-04 holds 4 LAMP

    Examples:
      | network      |
      | good         |
      | away         |
      | back halfway |

  Scenario Outline: One unit with its serial number is taken out again
    Given the order O1 wants 3 LAMP
    And the order O1 is let onto the floor one by one
    And the network is <network>
    When Ada opens the pick of O1
    And Ada scans T-1, B-04, LAMP#1, LAMP#2
    And Ada presses "take one out"
    Then Ada is asked for the unit to take out
    When Ada scans LAMP#9
    Then Ada is refused: serial not here
    When Ada scans LAMP#1
    And Ada scans LAMP#3, LAMP#4, LANE-1
    Then Ada is asked for nothing more
    And O1 has 3 LAMP
    And tote T-1 holds 3 LAMP

    Examples:
      | network |
      | good    |
      | away    |

  Scenario Outline: A code with a count
    Given the order O1 wants 3 TEA
    And the order O1 is let onto the floor one by one
    And the network is <network>
    When Ada opens the pick of O1
    And Ada scans T-1, A-01, 2-TEA, 2-TEA
    Then Ada is refused: too many
    When Ada scans TEA, LANE-1
    Then O1 has 3 TEA

    Examples:
      | network |
      | good    |
      | away    |
