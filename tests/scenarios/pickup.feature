Feature: Orders that customers fetch in the store

  Scenario Outline: An order is set aside and handed over with its code
    Given the order O1 wants 2 TEA
    And O1 is fetched by its customer
    And the order O1 is let onto the floor one by one
    When Ada opens the pick of O1
    And Ada scans T-1, A-01, TEA, TEA, LANE-1
    And Ada is at the counter
    And Ada scans T-1
    Then the counter asks Ada for the shelf
    When Ada scans B-05
    Then Ada is told: pickup ready
    And O1 stands on B-05 in the books
    When Ada knows that O1 is ready
    And the network turns <network>
    And Ada finds "to the list"
    And Ada is shown a wrong code of O1
    Then Ada is refused: pickup wrong code
    When Ada is shown the code of O1
    Then the counter asks Ada for the bags
    When Ada scans T-1
    Then Ada is told: pickup handed
    And O1 was handed to Eva with the code
    And O1 is shipped in the books

    Examples:
      | network |
      | good    |
      | bad     |

  Scenario: Everything from the first pick to the signature without the network
    Given the order O1 wants 1 TEA and 1 CUP
    And O1 is fetched by its customer
    And the order O1 is let onto the floor one by one
    And the network is away
    When Ada opens the pick of O1
    And Ada scans T-1, A-01, TEA, A-02, CUP, LANE-1
    And Ada is at the counter
    And Ada scans T-1, B-05
    And Ada finds "to the list"
    And Ada opens O1 from the list
    Then the counter asks Ada for the name
    When Ada finds "it is them"
    And Ada scans T-1
    Then the counter asks Ada for the signature
    When Ada finds "signed"
    Then Ada is refused: pickup sign first
    When the customer signs at Ada's handheld
    Then the counter asks Ada for the next customer
    And O1 was handed to Eva with a signature
    And O1 is shipped in the books

  Scenario Outline: What was set aside is taken back, and stands elsewhere then
    Given the order O1 wants 1 TEA
    And O1 is fetched by its customer
    And the order O1 is let onto the floor one by one
    And the network is <network>
    When Ada opens the pick of O1
    And Ada scans T-1, A-01, TEA, LANE-1
    And Ada is at the counter
    And Ada scans T-1, B-05
    And Ada finds "take back"
    Then the counter asks Ada for the shelf
    When Ada scans B-01
    Then the counter asks Ada for nothing more of it
    And O1 stands on B-01 in the books

    Examples:
      | network      |
      | good         |
      | away         |
      | back halfway |

  Scenario Outline: Nobody comes, or the customer does not want it
    Given the order O1 wants 2 TEA
    And O1 is fetched by its customer
    And the order O1 is let onto the floor one by one
    And the network is <network>
    When Ada opens the pick of O1
    And Ada scans T-1, A-01, TEA, TEA, LANE-1
    And Ada is at the counter
    And Ada scans T-1, B-05
    And Ada finds "to the list"
    And Ada opens O1 from the list
    And Ada finds "not taken"
    Then the counter asks Ada for why not
    When Ada finds "never mind"
    Then the counter asks Ada for the name
    When Ada finds "not taken"
    And Ada finds "<why>"
    Then the counter asks Ada for nothing that goes back
    And O1 is cancelled in the books
    And it is left to somebody: put_back

    Examples:
      | network | why              |
      | good    | nobody came      |
      | away    | does not want it |

  Scenario: The bag of another order is refused, and the code may be said aloud
    Given the order O1 wants 1 TEA
    And the order O2 wants 1 CUP
    And O1 is fetched by its customer
    And O2 is fetched by its customer
    And the orders O1 and O2 are let onto the floor one by one
    When Ada opens the pick of O1
    And Ada scans T-1, A-01, TEA, LANE-1
    And Ada opens the pick of O2
    And Ada scans T-2, A-02, CUP, LANE-1
    And Ada is at the counter
    And Ada scans T-1, B-05
    And Ada scans T-2, B-05
    Then O1 stands on B-05 in the books
    And O2 stands on B-05 in the books
    When Ada knows that O1 is ready
    And Ada knows that O2 is ready
    And Ada finds "to the list"
    And Ada opens O1 from the list
    And Ada is told the code of O1 aloud
    And Ada scans T-2
    Then Ada is refused: pickup others
    When Ada scans T-1
    Then Ada is told: pickup handed
    And O1 was handed to Eva with the code
    And O1 is shipped in the books
