Feature: Zones: a tote that travels, and parts that meet

  Scenario Outline: A tote walks from zone to zone with two scans each time
    Given the order O1 wants 1 TEA and 1 JAR
    And the order O1 is let onto the floor from zone to zone
    When Ada works in zone A
    And Ben works in zone B
    And Ada begins O1 at A-01
    And the network turns <first>
    And Ada scans T-7, A-01, TEA
    Then Ada is asked for a lane
    When Ada scans HAND-A
    Then Ada is asked for nothing more
    When everything has reached the office
    Then Ben sees T-7 waiting at HAND-A
    When Ben receives T-7
    And the network turns <then>
    And Ben scans B-01, JAR, LANE-1
    Then Ben is asked for nothing more
    And O1 has 1 TEA and 1 JAR
    And O1 waits to be packed in T-7 at LANE-1

    Examples:
      | first | then |
      | good  | good |
      | bad   | bad  |
      | bad   | good |
      | good  | bad  |

  Scenario Outline: A tote is handed over at the right point only
    Given the order O1 wants 1 TEA and 1 JAR
    And the order O1 is let onto the floor from zone to zone
    When Ada works in zone A
    And Ada begins O1 at A-01
    And the network turns <network>
    And Ada scans T-7, A-01, TEA, <wrong>
    Then Ada is refused: <why>
    And Ada is asked for a lane
    When Ada scans HAND-A
    Then Ada is asked for nothing more
    And tote T-7 holds 1 TEA
    And O1 has 1 TEA

    Examples:
      | network | wrong  | why        |
      | good    | LANE-1 | not a lane |
      | bad     | LANE-1 | not a lane |
      | good    | B-01   | not a lane |
      | bad     | W-1    | not a lane |

  Scenario: Only the tote that was handed over opens the next leg
    Given the order O1 wants 1 TEA and 1 JAR
    And the order O1 is let onto the floor from zone to zone
    When Ada works in zone A
    And Ada begins O1 at A-01
    And Ada scans T-7, A-01, TEA, HAND-A
    And everything has reached the office
    And Ada works in zone B
    And Ada scans T-8
    Then Ada is refused: tote unknown here
    When Ada receives T-7
    And Ada scans B-01, JAR, LANE-1
    Then O1 waits to be packed in T-7 at LANE-1

  Scenario: A zone in which nothing is left is skipped
    Given the order O1 wants 1 TEA and 1 JAR
    And the order O1 is let onto the floor from zone to zone
    When Ada works in zone A
    And Ada begins O1 at A-01
    And Ada scans T-7, A-01, TEA
    And everything has reached the office
    And the office lets O1 have only 0 JAR
    And Ada scans HAND-A
    Then Ada is asked for nothing more
    And O1 has 1 TEA
    And O1 waits to be packed in T-7 at HAND-A
    When Ada works in zone B
    Then nothing waits for Ada

  Scenario: An order of the second zone only starts there
    Given the order O1 wants 1 JAR
    And the order O1 is let onto the floor from zone to zone
    When Ben works in zone B
    And Ben begins O1 at B-01
    And Ben scans T-7, B-01, JAR, LANE-1
    Then O1 has 1 JAR
    And O1 waits to be packed in T-7 at LANE-1

  Scenario: A tote that nobody receives is in no man's land until somebody does
    Given the order O1 wants 1 TEA and 1 JAR
    And the order O1 is let onto the floor from zone to zone
    When Ada works in zone A
    And Ada begins O1 at A-01
    And Ada scans T-7, A-01, TEA, HAND-A
    And everything has reached the office
    And 11 minutes pass on the way
    And the keeper of the floor makes a round
    Then the supervisor is told: no mans land
    When Ada works in zone B
    And Ada receives T-7
    And Ada scans B-01, JAR, LANE-1
    And the keeper of the floor makes a round
    Then O1 waits to be packed in T-7 at LANE-1

  Scenario: A tote for which no later zone has anything goes straight to the lane
    Given the order O1 wants 1 TEA and 1 JAR
    And the order O1 is let onto the floor from zone to zone
    When the office lets O1 have only 0 JAR
    And Ada works in zone A
    And Ada begins O1 at A-01
    And Ada scans T-7, A-01, TEA, LANE-1
    Then O1 has 1 TEA
    And O1 waits to be packed in T-7 at LANE-1

  Scenario Outline: A short does not stop the tote; it travels with a flag and a list
    Given bin B-01 holds 1 JAR
    And the order O1 wants 2 MUG and 1 JAR
    And the order O1 is let onto the floor from zone to zone
    When Ada works in zone A
    And Ada begins O1 at A-04
    And the network turns <network>
    And Ada scans T-7, A-04, MUG
    And Ada gives up the rest: <reason>
    And Ada scans HAND-A
    And everything has reached the office
    And Ada works in zone B
    Then Ada sees T-7 waiting at HAND-A and 1 unit missing
    When Ada receives T-7
    And Ada scans B-01, JAR, LANE-1
    Then O1 has 1 MUG and 1 JAR and lacks 1 MUG
    And O1 waits to be packed in T-7 at LANE-1
    And what is left to be done is count of A-04

    Examples:
      | network | reason            |
      | good    | not found         |
      | bad     | not found         |
      | good    | wrong item in bin |
      | bad     | wrong item in bin |

  Scenario Outline: Spoiled goods of a zone go to quarantine
    Given the order O1 wants 2 MUG and 1 JAR
    And the order O1 is let onto the floor <way>
    When Ada works in zone A
    And Ada begins O1 at A-04
    And Ada scans T-7, A-04, MUG
    And Ada gives up the rest: damaged
    And Ada scans <place>
    Then O1 has 1 MUG and lacks 1 MUG
    And bin QUAR-1 holds 1 MUG

    Examples:
      | way               | place  |
      | from zone to zone | HAND-A |
      | zone by zone      | LANE-1 |

  Scenario Outline: The first part fixes the lane, and the last one makes the order ready to pack
    Given the order O1 wants 1 TEA and 1 JAR
    And the order O1 is let onto the floor zone by zone
    When Ada works in zone A
    And Ben works in zone B
    And Ada begins O1 at A-01
    And Ada scans T-1, A-01, TEA
    And Ben begins O1 at B-01
    And Ben scans T-2, B-01
    And Ada scans LANE-2
    And everything has reached the office
    Then Ben sees 1 of 2 parts of T-2 at LANE-2
    When Ben begins O1 at B-01
    And the network turns <network>
    And Ben scans JAR, LANE-1
    Then Ben is refused: lane fixed
    When Ben scans LANE-2
    Then Ben is asked for nothing more
    And O1 has 1 TEA and 1 JAR
    And O1 waits to be packed in T-1 and T-2 at LANE-2

    Examples:
      | network |
      | good    |
      | bad     |

  Scenario: Parts are set down out of the buffer
    Given the order O1 wants 1 TEA and 1 JAR
    And the order O1 is let onto the floor zone by zone
    When Ada works in zone A
    And Ada begins O1 at A-01
    And Ada scans T-1, A-01, TEA
    And Ada unloads T-1 at LANE-1
    And Ada works in zone B
    And Ada begins O1 at B-01
    And Ada scans T-2, B-01, JAR
    And Ada unloads T-2 at LANE-1
    Then O1 has 1 TEA and 1 JAR
    And O1 waits to be packed in T-1 and T-2 at LANE-1

  Scenario: What is of another zone, or nobody's, is refused
    Given the order O1 wants 1 TEA
    And the order O1 is let onto the floor zone by zone
    When Ada works in zone A
    And Ada scans B-01
    Then Ada is refused: not in zone
    When Ada scans A-02
    Then Ada is refused: no work at
    When Ada scans SOMETHING
    Then Ada is refused: unknown code
    When Ada begins O1 at A-01
    And Ada scans T-1, A-01, TEA, LANE-1
    Then O1 has 1 TEA

  Scenario: A stopped zone gives out no new work; what was begun goes on, and a start gives it out again
    Given the order O1 wants 1 TEA
    And the order O2 wants 1 CUP
    And the order O1 is let onto the floor zone by zone
    When Ada works in zone A
    And Ada begins O1 at A-01
    And Ada scans T-1, A-01
    And everything has reached the office
    And the supervisor stops zone A
    And the order O2 is let onto the floor zone by zone
    And Ada scans TEA, LANE-1
    Then Ada is asked for nothing more
    And O1 has 1 TEA
    When Ada works in zone A
    Then Ada sees O2 to be picked at A-02
    When Ada scans A-02
    Then Ada is refused: zone stopped
    When the supervisor starts zone A
    And Ada begins O2 at A-02
    And Ada scans T-2, A-02, CUP, LANE-1
    Then O2 has 1 CUP

  Scenario: A line is claimed by the first scan
    Given the order O1 wants 1 TEA
    And the order O1 is let onto the floor zone by zone
    When Ada works in zone A
    And Ben works in zone A
    And Ada begins O1 at A-01
    And everything has reached the office
    And Ben scans A-01
    Then Ben is refused: no work at
    When Ada scans T-1, A-01, TEA, LANE-1
    Then O1 has 1 TEA

  Scenario Outline: An order is cancelled while it is picked in a zone
    Given the order O1 wants 2 TEA and 1 JAR
    And the order O1 is let onto the floor <way>
    When Ada works in zone A
    And Ada begins O1 at A-01
    And Ada scans T-1, A-01, TEA
    And everything has reached the office
    And the network turns <network>
    And the office cancels O1
    And the network turns good
    Then Ada is asked for the goods to put back
    When Ada scans TEA
    Then Ada is asked for nothing more
    And O1 is cancelled in the books
    And bin A-01 holds 20 TEA
    And tote T-1 holds nothing
    And 1 fact counts for nobody

    Examples:
      | way               | network |
      | from zone to zone | good    |
      | from zone to zone | bad     |
      | zone by zone      | good    |

  Scenario: An order is cancelled while its tote is on the way
    Given the order O1 wants 1 TEA and 1 JAR
    And the order O1 is let onto the floor from zone to zone
    When Ada works in zone A
    And Ada begins O1 at A-01
    And Ada scans T-7, A-01, TEA, HAND-A
    And everything has reached the office
    And the office cancels O1
    Then O1 is cancelled in the books
    And it is left to somebody: put_back
