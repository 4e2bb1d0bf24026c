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
    And O1 waits to be packed in T-1 at LANE-1

    Examples:
      | network      |
      | good         |
      | away         |
      | back halfway |
      | lost halfway |

  Scenario: What is wrong is refused and counts for nothing
    Given the order O1 wants 2 TEA
    And the order O1 is let onto the floor one by one
    When Ada opens the pick of O1
    And Ada scans T-1, A-02
    Then Ada is refused: wrong bin
    When Ada scans A-01, CUP
    Then Ada is refused: wrong item
    When Ada scans CASE
    Then Ada is refused: too many
    When Ada scans TEA, TEA, LANE-1
    Then Ada is asked for nothing more
    And O1 has 2 TEA
    And bin A-01 holds 18 TEA
