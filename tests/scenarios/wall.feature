Feature: Several orders in one tote, sorted at the put wall

  Scenario Outline: A bulk tote is sorted, and each complete order is to be packed out of its slot
    Given the order O1 wants 2 TEA and 1 CUP
    And the order O2 wants 1 TEA and 1 CUP
    And the orders O1 and O2 are let onto the floor for the put wall
    When Ada opens the pick
    And Ada scans T-9, A-01, TEA, TEA, TEA, A-02, CUP, CUP, LANE-1
    Then Ada is asked for nothing more
    And tote T-9 holds 3 TEA and 2 CUP
    When Ada takes T-9 to the wall
    And the network turns <first>
    And Ada sorts TEA into W-1, TEA into W-1, CUP into W-1
    Then Ada sees that slot W-1 is to be packed
    When the network turns <then>
    And Ada sorts TEA into W-2, CUP into W-2
    Then the wall asks Ada for the empty tote
    When Ada scans T-9
    Then the wall asks Ada for nothing more
    And O1 has 2 TEA and 1 CUP
    And O2 has 1 TEA and 1 CUP
    And tote T-9 holds nothing
    And O1 waits to be packed in W-1 at LANE-1
    And O2 waits to be packed in W-2 at LANE-1

    Examples:
      | first | then |
      | good  | good |
      | bad   | bad  |
      | bad   | good |
      | good  | bad  |

  Scenario Outline: What is wrong at the wall is refused and counts for nothing
    Given the order O1 wants 1 TEA and 1 CUP
    And the order O2 wants 2 TEA
    And the orders O1 and O2 are let onto the floor for the put wall
    When Ada opens the pick
    And Ada scans T-9, A-01, TEA, TEA, TEA, A-02, CUP, LANE-1
    And everything has reached the office
    And Ada takes T-9 to the wall
    And the network turns <network>
    And Ada scans W-1
    Then Ada is told: not now
    When Ada scans SOMETHING
    Then Ada is refused: unknown code
    When Ada scans CASE
    Then Ada is refused: too many
    When Ada scans TEA, W-2
    Then Ada is refused: wrong slot
    When Ada scans CUP
    Then Ada is refused: slot first
    When Ada scans W-1
    And Ada scans T-9
    Then Ada is refused: sums open
    When Ada sorts CUP into W-1, TEA into W-2, TEA into W-2
    And Ada scans T-8
    Then Ada is refused: wrong tote
    When Ada scans T-9
    Then the wall asks Ada for nothing more
    And O1 has 1 TEA and 1 CUP
    And tote T-9 holds nothing
    And O2 waits to be packed in W-2 at LANE-1

    Examples:
      | network |
      | good    |
      | bad     |

  Scenario Outline: What belongs to nobody goes into a tote of its own
    Given the order O1 wants 1 TEA and 1 CUP
    And the order O1 is let onto the floor for the put wall
    When Ada opens the pick
    And Ada scans T-9, A-01, TEA, A-02, CUP, LANE-1
    And everything has reached the office
    And Ada takes T-9 to the wall
    And the network turns <network>
    And Ada sorts TEA into W-1
    And Ada scans <stray>
    Then the wall asks Ada for a tote for what is too much
    When Ada scans W-2
    Then Ada is refused: not a tote
    When Ada scans T-9
    Then Ada is refused: tote in use
    When Ada scans T-66
    And Ada sorts CUP into W-1
    And Ada uses the button "the tote is empty"
    Then the wall asks Ada for nothing more
    And tote T-66 holds 1 <stray>
    And O1 waits to be packed in W-1 at LANE-1
    And what is left to be done is <left>

    Examples:
      | network | stray | left                       |
      | good    | JAR   | nothing                    |
      | bad     | JAR   | nothing                    |
      | good    | TEA   | count of A-01 and put_back |
      | bad     | TEA   | count of A-01 and put_back |

  Scenario: What is missing is fetched at once where there is more of it
    Given the order O1 wants 2 TEA
    And the order O1 is let onto the floor for the put wall
    When Ada opens the pick
    And Ada scans T-9, A-01, TEA, TEA, LANE-1
    And everything has reached the office
    And Ada takes T-9 to the wall
    And Ada sorts TEA into W-1
    And Ada uses the button "units are missing"
    And Ada uses the button "they are really missing"
    Then Ada sees that slot W-1 waits for 1 TEA from A-01
    When Ada uses the button "the tote is empty"
    And Ada opens the pick of O1
    And Ada scans T-10, A-01, TEA, LANE-1
    Then O1 has 2 TEA
    And what is left to be done is count of A-01

  Scenario Outline: What is missing and nowhere to be had makes the order short
    Given bin B-01 holds 1 JAR
    And the order O1 wants 1 JAR and 1 CUP
    And the order O1 is let onto the floor for the put wall
    When Ada opens the pick
    And Ada scans T-9, A-02, CUP, B-01, JAR, LANE-1
    And everything has reached the office
    And Ada takes T-9 to the wall
    And the network turns <network>
    And Ada sorts CUP into W-1
    And Ada uses the button "units are missing"
    And Ada uses the button "they are really missing"
    And Ada uses the button "the tote is empty"
    Then the wall asks Ada for nothing more
    And O1 has 1 CUP and lacks 1 JAR
    And what is left to be done is count of B-01

    Examples:
      | network |
      | good    |
      | bad     |

  Scenario: It was not missing after all
    Given the order O1 wants 2 TEA
    And the order O1 is let onto the floor for the put wall
    When Ada opens the pick
    And Ada scans T-9, A-01, TEA, TEA, LANE-1
    And everything has reached the office
    And Ada takes T-9 to the wall
    And Ada sorts TEA into W-1
    And Ada uses the button "units are missing"
    Then the wall asks Ada for whether units are missing
    When Ada uses the button "back into the tote"
    And Ada sorts TEA into W-1
    And Ada scans T-9
    Then O1 has 2 TEA
    And O1 waits to be packed in W-1 at LANE-1

  Scenario Outline: A put is taken back, and a unit is put back into the tote
    Given the order O1 wants 2 TEA
    And the order O2 wants 2 TEA
    And the orders O1 and O2 are let onto the floor for the put wall
    When Ada opens the pick
    And Ada scans T-9, A-01, TEA, TEA, TEA, TEA, LANE-1
    And everything has reached the office
    And Ada takes T-9 to the wall
    And the network turns <network>
    And Ada sorts TEA into W-1
    And Ada uses the button "take back"
    And Ada scans TEA
    Then the wall asks Ada for its slot
    When Ada uses the button "back into the tote"
    Then the wall asks Ada for a unit
    When Ada scans TEA, TEA
    And Ada uses the button "it lies in its slot"
    Then Ada sees that slot W-1 is to be packed
    When Ada sorts TEA into W-2, TEA into W-2
    And Ada scans T-9
    Then O1 waits to be packed in W-1 at LANE-1
    And O2 waits to be packed in W-2 at LANE-1
    And tote T-9 holds nothing

    Examples:
      | network |
      | good    |
      | bad     |

  Scenario Outline: A bulk pick is short, and the wall sorts what is there
    Given the order O1 wants 2 JAR and 1 CUP
    And the order O2 wants 1 JAR and 1 CUP
    And the orders O1 and O2 are let onto the floor for the put wall
    When Ada opens the pick
    And Ada scans T-9, A-02, CUP, CUP, B-01, JAR, JAR
    And Ada gives up the rest: <reason>
    And Ada scans LANE-1
    And everything has reached the office
    And Ada takes T-9 to the wall
    And Ada sorts JAR into W-1, JAR into W-1, CUP into W-1, CUP into W-2
    And Ada scans T-9
    Then O1 has 2 JAR and 1 CUP
    And O2 has 1 CUP and lacks 1 JAR
    And O1 waits to be packed in W-1 at LANE-1
    And what is left to be done is <left>

    Examples:
      | reason            | left          |
      | not found         | count of B-01 |
      | wrong item in bin | count of B-01 |

  Scenario Outline: Spoiled goods of a bulk pick go to quarantine
    Given the order O1 wants 2 JAR and 1 CUP
    And the order O1 is let onto the floor for the put wall
    When Ada opens the pick
    And Ada scans T-9, A-02, CUP, B-01, JAR
    And Ada gives up the rest: <reason>
    And Ada scans LANE-1
    And everything has reached the office
    And Ada takes T-9 to the wall
    And Ada sorts JAR into W-1, CUP into W-1
    And Ada scans T-9
    Then O1 has 1 JAR and 1 CUP and lacks 1 JAR
    And bin QUAR-1 holds 1 JAR
    And O1 waits to be packed in W-1 at LANE-1

    Examples:
      | reason  |
      | damaged |
      | expired |

  Scenario: The wall is full until somebody packs
    Given the order O1 wants 2 TEA
    And the order O2 wants 2 TEA
    And the order O3 wants 2 TEA
    And the order O4 wants 2 TEA
    And the orders O1, O2, O3 and O4 are let onto the floor for the put wall
    When Ada opens the pick
    And Ada scans T-9, A-01, CASE, TEA, TEA, LANE-1
    And everything has reached the office
    And Ada takes T-9 to the wall
    And Ada sorts TEA into W-1, TEA into W-1, TEA into W-2, TEA into W-2, TEA into W-3, TEA into W-3
    And Ada scans TEA
    Then Ada is refused: wall full
    And O3 waits to be packed in W-3 at LANE-1
    And tote T-9 holds 2 TEA

  Scenario Outline: An order is cancelled while its tote is sorted
    Given the order O1 wants 2 TEA
    And the order O2 wants 2 TEA
    And the orders O1 and O2 are let onto the floor for the put wall
    When Ada opens the pick
    And Ada scans T-9, A-01, TEA, TEA, TEA, TEA, LANE-1
    And everything has reached the office
    And Ada takes T-9 to the wall
    And Ada sorts TEA into W-1
    And everything has reached the office
    And the office cancels O1
    Then Ada sees that slot W-1 belongs to nobody any more
    When the network turns <network>
    And Ada sorts TEA into W-2, TEA into W-2
    And Ada scans TEA
    Then the wall asks Ada for a tote for what is too much
    When Ada scans T-66, T-9
    Then the wall asks Ada for nothing more
    And O1 is cancelled in the books
    And O2 waits to be packed in W-2 at LANE-1
    And tote T-9 holds nothing
    And tote T-66 holds 1 TEA
    And what is left to be done is put_back and put_back

    Examples:
      | network |
      | good    |
      | bad     |

  Scenario: Somebody else goes on with the tote when its right has run out
    Given the order O1 wants 2 TEA
    And the order O1 is let onto the floor for the put wall
    When Ada opens the pick
    And Ada scans T-9, A-01, TEA, TEA, LANE-1
    And everything has reached the office
    And Ada takes T-9 to the wall
    And Ada sorts TEA into W-1
    And everything has reached the office
    And Ada's network goes away
    And a quarter of an hour passes without a word
    And Ben goes on with T-9 at the wall
    And Ben sorts TEA into W-1
    And Ben scans T-9
    Then O1 has 2 TEA
    And O1 waits to be packed in W-1 at LANE-1
