Feature: Pallets, trucks and carriers' lists

  Scenario Outline: A pallet is built parcel by parcel and closed by its own label
    Given the parcels P1, P2 of DHL are packed
    And there are labels for the pallet PAL-1
    When Ada is at the dock
    And the network turns <network>
    And Ada reads PAL-1
    Then the dock asks Ada for parcels
    When Ada reads P1, P2
    Then Ada counts 2 of them
    When Ada reads PAL-1
    Then the dock asks Ada for nothing more on the pallet
    And on PAL-1 stand P1, P2, and it is closed

    Examples:
      | network |
      | good    |
      | bad     |

  Scenario: What does not belong on a pallet is refused, each with its own answer
    Given the parcels P1, P2 of DHL are packed
    And the parcel P3 of GLS is packed
    And the parcel P4 of DHL is void
    And there are labels for the pallets PAL-1, PAL-2
    When Ada is at the dock
    And Ada reads PAL-2, P2, PAL-2, PAL-1, P1
    And Ada reads P1
    Then Ada is refused: already on pallet
    When Ada reads P3
    Then Ada is refused: other carrier
    When Ada reads P4
    Then Ada is refused: parcel is void
    When Ada reads P2
    Then Ada is refused: on other pallet
    When Ada reads PAL-2
    Then Ada is refused: other pallet open
    When Ada reads SOMETHING
    Then Ada is refused: unknown code
    When Ada reads LANE-1
    Then Ada is told: not now
    And on PAL-1 stands P1, and it is open
    And on PAL-2 stands P2, and it is closed

  Scenario: A parcel is taken off, the last scan is taken back, and an empty pallet is not closed
    Given the parcels P1, P2, P3 of DHL are packed
    And there are labels for the pallet PAL-1
    When Ada is at the dock
    And Ada reads PAL-1
    And Ada reads PAL-1
    Then Ada is refused: pallet is empty
    When Ada reads P1, P2, P3
    And Ada says "take off"
    Then the dock asks Ada for the parcel that comes off
    When Ada reads P1
    Then Ada counts 2 of them
    When Ada says "take off"
    And Ada reads P1
    Then Ada is refused: not on pallet
    When Ada says "back"
    And Ada says "take back"
    Then Ada counts 3 of them
    When Ada says "take back"
    Then Ada counts 2 of them
    And on PAL-1 stand P1, P2, and it is open

  Scenario: A closed pallet is opened once more
    Given the parcels P1, P2 of DHL are packed
    And there are labels for the pallet PAL-1
    When Ada is at the dock
    And Ada reads PAL-1, P1, PAL-1
    And Ada says "open again"
    And Ada reads P2, PAL-1
    Then on PAL-1 stand P1, P2, and it is closed

  Scenario: Somebody else goes on with a pallet
    Given the parcels P1, P2 of DHL are packed
    And there are labels for the pallet PAL-1
    When Ada is at the dock
    And Ada reads PAL-1, P1
    Then on PAL-1 stands P1, and it is open
    When Ben is at the dock
    And Ben reads PAL-1
    Then Ben counts 1 of them
    When Ben reads P2, PAL-1
    Then on PAL-1 stand P1, P2, and it is closed
    And the dock asks Ada for nothing more on the pallet

  Scenario Outline: A truck is checked by scan and handed over to its driver
    Given the parcels P1, P2, P3 of DHL are on the list
    And there are labels for the pallet PAL-1
    When Ada is at the dock
    And Ada reads PAL-1, P1, P2, PAL-1
    Then on PAL-1 stand P1, P2, and it is closed
    When the network turns <network>
    And Ada says "put down"
    And Ada fills the truck of DHL
    And Ada reads LANE-1
    Then Ada sees that PAL-1, P3 are missing
    When Ada reads PAL-1, P3
    Then Ada counts 2 of them
    When Ada says "that is all"
    Then the dock asks Ada for the driver
    When Ada types in "Jan"
    And Ada says "none"
    And Ada reads S-4711
    Then the dock asks Ada for the signature
    When the driver signs at Ada
    And Ada says "handed over"
    Then Jan took PAL-1, P3 for DHL under the seal S-4711
    And on PAL-1 stand P1, P2, and it is gone

    Examples:
      | network |
      | good    |
      | bad     |

  Scenario: What does not belong in a truck is refused, each with its own answer
    Given the parcels P1, P2 of DHL are on the list
    And the parcel P3 of GLS is on the list
    And the parcel P4 of DHL is packed
    And the parcel P5 of DHL is not labelled
    And there are labels for the pallets PAL-1, PAL-2
    When Ada is at the dock
    And Ada reads PAL-1, P1
    And Ada says "put down"
    And Ada fills the truck of DHL
    And Ada reads PAL-1
    Then Ada is refused: pallet not wrapped
    When Ada reads P1
    Then Ada is refused: scan its pallet
    When Ada reads P3
    Then Ada is refused: other carrier
    When Ada reads P4
    Then Ada is refused: not manifested
    When Ada reads P5
    Then Ada is refused: not labelled
    When Ada reads P2, P2
    Then Ada is refused: already in truck
    When Ada says "take off"
    And Ada reads P3
    Then Ada is refused: not in truck
    When Ada reads P2
    Then Ada counts 0 of them
    And on PAL-1 stands P1, and it is open

  Scenario: What is missing is named, and stays only when somebody says so
    Given the parcels P1, P2 of DHL are on the list
    When Ada is at the dock
    And Ada fills the truck of DHL
    And Ada reads P1
    And Ada says "that is all"
    Then the dock asks Ada for whether they stay
    And Ada sees that P2 is missing
    When Ada says "back"
    And Ada says "that is all"
    And Ada says "they stay here"
    And Ada types in "Jan"
    And Ada types in "12-ABC-3"
    And Ada says "none"
    And Ada says "handed over"
    Then Jan took P1 for DHL
    When Ada says "the list as a file"
    Then Ada has the file hand-over-

  Scenario: The supervisor closes the carrier's list, and then the truck takes it
    Given the parcels P1, P2 of DHL are packed
    When Ada is at the dock
    And Ada fills the truck of DHL
    And Ada reads P1
    Then Ada is refused: not manifested
    When Ada closes the list of DHL
    Then 2 parcels of DHL are on a list
    When Ada knows the list of DHL
    And Ada fills the truck of DHL
    And Ada reads P1, P2
    Then Ada counts 2 of them

  Scenario: What went into one truck does not go into another
    Given the parcels P1, P2 of DHL are on the list
    When Ada is at the dock
    And Ada fills the truck of DHL
    And Ada reads P1
    And Ada says "that is all"
    And Ada says "they stay here"
    And Ada types in "Jan"
    And Ada says "none"
    And Ada says "none"
    And Ada says "handed over"
    And Ada says "put down"
    And Ada fills the truck of DHL
    And Ada reads P1
    Then Ada is refused: parcel left
    And Jan took P1 for DHL

  Scenario: A carrier's list has nothing to be closed twice
    Given the parcels P1 of DHL are packed
    When Ada is at the dock
    And Ada closes the list of DHL
    Then 1 parcel of DHL is on a list

  Scenario: Without a label printer no number is used up
    Given the parcels P1 of DHL are packed
    When Ada is at the dock
    And Ada says "a new label"
    Then Ada is refused: no label printer
    When Ada says "put down"
    And Ada closes the list of DHL
    Then 1 parcel of DHL is on a list

  Scenario: The list of a closed pallet comes out of the dock's printer once, and again only with a reason
    Given the parcels P1, P2 of DHL are packed
    And there are labels for the pallet PAL-1
    And there is a paper printer at the dock
    When Ada is at the dock
    And Ada reads PAL-1, P1, P2, PAL-1
    Then one list of PAL-1 came out
    And Ada sees that the list is printed
    When Ada says "the list again"
    And Ada says "it is not there"
    Then two lists of PAL-1 came out
    And on PAL-1 stand P1, P2, and it is closed

  Scenario: A list that cannot come out is owed, which the screen says, and comes when it can
    Given the parcels P1 of DHL are packed
    And there are labels for the pallet PAL-1
    And there is a paper printer at the dock
    And the paper printer is off
    When Ada is at the dock
    And Ada reads PAL-1, P1, PAL-1
    Then Ada sees that the list is owed
    When the paper printer is switched on
    Then one list of PAL-1 came out
    And Ada sees that the list is printed
    And on PAL-1 stands P1, and it is closed

  Scenario: A carrier's list comes out where it is closed
    Given the parcels P1, P2 of DHL are packed
    And there is a paper printer at the dock
    When Ada is at the dock
    And Ada closes the list of DHL
    Then 2 parcels of DHL are on a list
    And one list of DHL came out
    And Ada sees that the list is printed

  Scenario: The office is away and the paper printer off: the truck leaves all the same, and the lists come later
    Given the parcels P1, P2 of DHL are on the list
    And there are labels for the pallet PAL-1
    And there is a paper printer at the dock
    And the paper printer is off
    When Ada is at the dock
    And the network goes away
    And Ada reads PAL-1, P1, P2, PAL-1
    Then Ada sees that the list is owed
    When Ada says "put down"
    And Ada fills the truck of DHL
    And Ada reads PAL-1
    And Ada says "that is all"
    And Ada types in "Jan"
    And Ada says "none"
    And Ada says "none"
    And Ada says "handed over"
    And the paper printer is switched on
    And the network comes back
    Then one list of PAL-1 came out
    And Jan took PAL-1 for DHL
    And on PAL-1 stand P1, P2, and it is gone
