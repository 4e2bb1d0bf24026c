Feature: Waves: orders that are worked on together

  Scenario Outline: A wave is planned, let go by hand, and picked by its method
    Given the order O1 wants 1 TEA and 1 CUP
    And the order O2 wants 1 CUP
    And a wave of O1 and O2 <way>
    When the supervisor plans the wave
    Then the wave is planned
    And the plan has 2 orders with 3 units
    And Ada gets no work
    When the supervisor releases the wave
    And Ada opens the pick of <first>
    And Ada scans <scans>
    Then Ada is asked for nothing more
    And <first> has <has>
    When the keeper of the floor makes a round
    Then the wave is in_progress

    Examples:
      | way              | first | scans                                                     | has             |
      | one by one       | O1    | T-1, A-01, TEA, A-02, CUP, LANE-1                         | 1 TEA and 1 CUP |
      | one by one       | O2    | T-1, A-02, CUP, LANE-1                                    | 1 CUP           |
      | on one cart      | O1    | C-7, T-1, T-2, A-01, TEA, T-1, A-02, CUP, CUP, T-1, T-2, LANE-1 | 1 TEA and 1 CUP |
      | for the put wall | O1    | T-9, A-01, TEA, A-02, CUP, CUP, LANE-1                    | 1 TEA and 1 CUP |
      | zone by zone     | O2    | T-1, A-02, CUP, LANE-1                                    | 1 CUP           |

  Scenario: A plan says everything that is wrong at once
    Given bin A-01 holds 1 TEA
    And bin A-03 holds 0 TEA
    And the order O1 wants 1 CUP
    And the order O2 wants 5 TEA and 30 JAR
    And the order O3 wants 1 CUP
    And the order O4 wants 1 CUP
    And the order O5 wants 1 CUP
    And O1 has to leave in 5 minutes
    And a wave of O1, O2, O3, O4 and O5 for the put wall
    When the supervisor plans the wave
    Then the plan has 4 orders with 4 units, leaves out O2 and says: not enough stock 4 O2 TEA; not enough stock 10 O2 JAR; replenish first 4 24 TEA; wall too small 4 3; too late
    When the supervisor releases the wave
    Then the wave is released
    And O2 is open in the books
    And O1 is released in the books

  Scenario: Without any stock the plan has failed
    Given the order O1 wants 30 JAR
    And a wave of O1 one by one
    When the supervisor plans the wave
    Then the wave is failed
    And the supervisor who releases the wave is refused: not in this state

  Scenario: A template that cannot work is refused with all reasons
    Given the order O1 wants 1 TEA
    And the order O1 is let onto the floor one by one
    When Ada opens the pick
    And Ada scans T-1, A-01, TEA, LANE-1
    Then a template that is all wrong is refused for: name missing, not a time, min above max, slots out of range, lane unknown, zone unknown and carrier unknown
    And O1 has 1 TEA

  Scenario: A wave goes by itself before its truck leaves
    Given the order O1 wants 1 TEA
    And O1 has to leave in 30 minutes
    And a template that goes before its trucks
    When the keeper of the floor makes a round
    Then the wave is released
    When Ada opens the pick of O1
    And Ada scans T-1, A-01, TEA, LANE-1
    Then O1 has 1 TEA

  Scenario: A wave whose truck leaves tomorrow waits
    Given the order O1 wants 1 TEA
    And O1 has to leave in 1400 minutes
    And a template that goes before its trucks
    When the keeper of the floor makes a round
    Then the wave is planned
    And Ada gets no work

  Scenario: The floor always has a little work, and not more
    Given the order O1 wants 3 TEA
    And the order O2 wants 2 CUP
    And a template that keeps the floor busy
    When the keeper of the floor makes a round
    And the keeper of the floor makes a round
    Then 1 pick is free for anybody
    When Ada opens the pick of O1
    And Ada scans T-1, A-01, TEA, TEA, TEA, LANE-1
    And the keeper of the floor makes a round
    Then O1 has 3 TEA
    When Ada opens the pick of O2
    And Ada scans T-2, A-02, CUP, CUP, LANE-1
    Then O2 has 2 CUP

  Scenario: A wave that nobody has begun is taken back
    Given the order O1 wants 1 TEA
    And a wave of O1 one by one
    When the supervisor plans the wave
    And the supervisor releases the wave
    And the supervisor takes back the wave
    Then the wave is planned
    And O1 is open in the books
    And Ada gets no work
    When the supervisor releases the wave
    And Ada opens the pick of O1
    And Ada scans T-1, A-01, TEA, LANE-1
    Then O1 has 1 TEA
    And the supervisor who takes back the wave is refused: already begun

  Scenario: A wave is called off before it is let go
    Given the order O1 wants 1 TEA
    And a wave of O1 one by one
    When the supervisor plans the wave
    And the supervisor calls off the wave
    Then the wave is cancelled
    And O1 is open in the books
    And Ada gets no work

  Scenario Outline: A wave is called off while it is picked, and the goods go back
    Given the order O1 wants 2 TEA
    And a wave of O1 one by one
    When the supervisor plans the wave
    And the supervisor releases the wave
    And Ada opens the pick of O1
    And Ada scans T-1, A-01, TEA
    And everything has reached the office
    And the network turns <network>
    And the supervisor calls off the wave
    Then Ada is asked for the goods to put back
    When Ada scans TEA
    Then Ada is asked for nothing more
    And bin A-01 holds 20 TEA
    And tote T-1 holds nothing
    And 1 fact counts for nobody
    When the keeper of the floor makes a round
    Then O1 is open in the books
    And the wave is cancelled

    Examples:
      | network |
      | good    |
      | bad     |

  Scenario: An order is pulled out of a wave and goes first
    Given the order O1 wants 1 TEA
    And the order O2 wants 1 CUP
    And a wave of O1 and O2 on one cart
    When the supervisor plans the wave
    And the supervisor releases the wave
    And the supervisor pulls O2 out of the wave
    And Ada opens the pick of O2
    And Ada scans T-1, A-02, CUP, LANE-1
    Then O2 has 1 CUP
    And O2 waits to be packed in T-1 at LANE-1
    When Ada opens the pick of O1
    And Ada scans C-7, T-2
    And Ada presses "totes later"
    And Ada scans A-01, TEA, T-2, LANE-1
    Then O1 has 1 TEA

  Scenario Outline: An order is pulled off a cart that is set up already
    Given the order O1 wants 1 TEA
    And the order O2 wants 1 CUP
    And a wave of O1 and O2 on one cart
    When the supervisor plans the wave
    And the supervisor releases the wave
    And Ada opens the pick
    And Ada scans <set up>
    And everything has reached the office
    And the supervisor pulls O2 out of the wave
    Then Ada is told: <told>
    When Ada scans A-01, TEA, T-1, LANE-1
    Then Ada is asked for nothing more
    And O1 has 1 TEA
    When Ada opens the pick of O2
    And Ada scans T-2, A-02, CUP, LANE-1
    Then O2 has 1 CUP
    And O2 waits to be packed in T-2 at LANE-1

    Examples:
      | set up        | told             |
      | C-7, T-1, T-2 | take tote off    |
      | C-7, T-1      | order taken away |

  Scenario: An order is pulled off a cart whose picker is out of earshot
    Given the order O1 wants 1 TEA
    And the order O2 wants 1 CUP
    And a wave of O1 and O2 on one cart
    When the supervisor plans the wave
    And the supervisor releases the wave
    And Ada opens the pick
    And Ada scans C-7, T-1
    And everything has reached the office
    And the network goes away
    And the supervisor pulls O2 out of the wave
    And Ada scans T-2, A-01, TEA, T-1, A-02, CUP, T-2
    Then Ada is asked for a lane
    When the network comes back
    Then Ada is asked for the goods to put back
    When Ada scans CUP, LANE-1
    Then Ada is asked for nothing more
    And O1 has 1 TEA
    And bin A-02 holds 20 CUP
    And tote T-2 holds nothing
    And 3 facts count for nobody
    When Ada opens the pick of O2
    And Ada scans T-2, A-02, CUP, LANE-1
    Then O2 has 1 CUP

  Scenario: An order is pulled out of a wave that is only planned
    Given the order O1 wants 1 TEA
    And the order O2 wants 1 CUP
    And a wave of O1 and O2 on one cart
    When the supervisor plans the wave
    And the supervisor pulls O2 out of the wave
    And Ada opens the pick of O2
    And Ada scans T-1, A-02, CUP, LANE-1
    Then O2 has 1 CUP
    And O1 is open in the books

  Scenario: An order is added to a planned wave, which is planned anew
    Given the order O1 wants 1 TEA
    And the order O2 wants 1 CUP
    And a wave of O1 one by one
    When the supervisor plans the wave
    And the supervisor adds O2 to the wave
    Then the wave is collecting
    When the supervisor plans the wave
    Then the plan has 2 orders with 2 units
    When the supervisor releases the wave
    And Ada opens the pick of O2
    And Ada scans T-1, A-02, CUP, LANE-1
    Then O2 has 1 CUP

  Scenario: A wave that is paused gives nobody more work
    Given the order O1 wants 1 TEA
    And a wave of O1 one by one
    When the supervisor plans the wave
    And the supervisor releases the wave
    And the supervisor pauses the wave
    Then Ada gets no work
    When the supervisor resumes the wave
    And Ada opens the pick of O1
    And Ada scans T-1, A-01, TEA, LANE-1
    Then O1 has 1 TEA

  Scenario: What a wave lacks is looked for again when there is more of it
    Given bin B-01 holds 1 JAR
    And the order O1 wants 1 JAR and 1 CUP
    And a wave of O1 one by one
    When the supervisor plans the wave
    And the supervisor releases the wave
    And Ada opens the pick of O1
    And Ada scans T-1, A-02, CUP, B-01
    And Ada gives up the rest: not found
    And Ada scans LANE-1
    Then O1 has 1 CUP and lacks 1 JAR
    And the supervisor who looks again for what lacks in the wave is refused: nothing found
    When 3 JAR are brought to B-05
    And the supervisor looks again for what lacks in the wave
    And Ada opens the pick of O1
    And Ada scans T-2, B-05, JAR, LANE-1
    Then O1 has 1 CUP and 1 JAR
    And what is left to be done is count of B-01
