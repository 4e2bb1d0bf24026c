"""One scenario: its hall, its people and their network; and the look at the books that no scenario ends without."""

from contextlib import ExitStack

from app.bootstrap import Client, Place
from app.demo.link import Link
from app.demo.show import KeptInMemory
from app.screens.preferences import Preferences
from devices.simulated.scale_sim import ScaleBuild, ScaleSim
from devices.simulated.zpl_machine import PrinterBuild
from devices.simulated.zpl_sim import ZplSim
from sync.contract.codes import Role
from tests.scenarios.person import Person, until

#: When the network of a scenario goes and comes. `away`: from the moment somebody has opened work, to the end. `back halfway` and
#: `lost halfway`: it comes back, or goes, when half of the acts that follow are done.
NETWORKS = ("good", "away", "back halfway", "lost halfway")


def same(found, wanted, what):
    """Fails with both where they differ."""
    assert found == wanted, f"{what}: {found}, not {wanted}"


class Floor:
    """People are there from the moment they are first named; everybody's device reaches the office by a link of its own."""

    def __init__(self, office, folder):
        self._office, self._folder = office, folder
        self.hall = office.new_hall()
        self.people = {}
        self.announced = []
        self.uncounted = 0
        self.looked = False
        self.network = "good"
        self._acts = self._ahead = 0
        self.printer = self.scale = self.paper = None
        #: What goes off after the people have left.
        self.closing = ExitStack()
        self._opened = False
        #: The story itself says that the network is away: what the office does meanwhile reaches nobody.
        self.cut_off = False

    def person(self, name, *, desk=False, printer=False, scale=False, roles=tuple(Role)):
        """The person with that name, signed in at a device of their own."""
        if name not in self.people:
            badge = f"B-{1001 + len(self.people)}"
            self.hall.hire(name, badge, roles)
            link = Link(self._office.port)
            printers = ((self._printer_on().url, "Printer"),) if printer else ()
            scales = ((self._scale_on().url, "Scale"),) if scale else ()
            papers = ((self.paper.url, "Pages"),) if self.paper else ()
            place = Place(
                self._folder / name, name, desk=desk, wedge=False, printers=printers, scales=scales, papers=papers
            )
            device = self._office.pair(self.hall, place, link.port)
            client = Client(place, KeptInMemory(Preferences(volume=0)))
            client.start()
            self.people[name] = Person(name, badge, client, link, device, self.tick)
            self.people[name].place = place
            self.people[name].sign_in()
        return self.people[name]

    def _printer_on(self):
        """A label printer that prints at once."""
        if self.printer is None:
            self.printer = ZplSim(self._folder / "labels", PrinterBuild(print_s=0.0))
            self.printer.start()
            self.closing.callback(self.printer.stop)
        return self.printer

    def _scale_on(self):
        """A scale whose load comes to rest soon."""
        if self.scale is None:
            self.scale = ScaleSim(ScaleBuild(settle_s=0.05), tcp_port=0)
            self.scale.start()
            self.closing.callback(self.scale.stop)
        return self.scale

    def start_again(self, name):
        """The device of a person goes off and on again, with whatever its disk holds."""
        before = self.people[name]
        before.put_away()
        client = Client(before.place, KeptInMemory(Preferences(volume=0)))
        client.start()
        self.people[name] = Person(name, before.badge, client, before.link, before.device, self.tick)
        self.people[name].place = before.place
        return self.people[name]

    def end(self):
        """Everybody goes home."""
        for person in self.people.values():
            person.end()
        self.closing.close()
        if self.paper is not None:
            self.paper.off()

    # --- the network ---

    def plan(self, acts):
        """How many acts (scans, presses, words of the office) there will be after the work was opened."""
        self._acts = self._ahead = acts

    def opened(self):
        """Somebody has opened work: a network that is away goes now."""
        self._opened = True
        if self.network in ("away", "back halfway"):
            self.cut()

    def tick(self):
        """One act is about to happen."""
        if not self._opened:
            return
        if self._ahead * 2 <= self._acts:
            if self.network == "back halfway":
                self.mend()
            elif self.network == "lost halfway" and self._ahead * 2 + 2 > self._acts:
                self.cut()
        self._ahead -= 1

    def cut(self):
        """Nobody reaches the office."""
        for person in self.people.values():
            person.cut()

    def mend(self):
        """Everybody may reach the office again."""
        for person in self.people.values():
            person.mend()

    # --- the books ---

    def settle(self):
        """Everything that was done is with the office, however the network was."""
        self.network, self.cut_off = "good", False
        self.mend()
        for person in self.people.values():
            person.quiet()

    def books(self, asked, wanted, what):
        """Waits until the books answer `asked()` with `wanted`."""
        self.settle()
        self.looked = True
        found = []

        def so():
            found[:] = [asked()]
            return found[0] == wanted

        until(so, lambda: f"{what}: the books say {found[0]}, not {wanted}; {self.hall.facts()}")

    def close_books(self):
        """What every scenario ends with: each fact of each device arrived once and in order, no rule of the books is broken, nothing
        counts for nobody and nothing is left to be done but what the scenario said, and it said something of the books at all."""
        assert self.looked, "a scenario must say what is in the books in the end"
        self.settle()
        for person in self.people.values():
            head = person.client.look(lambda u: u.journal.head())
            heard = self._office.log_of(person.device)
            same(heard, (head.next_seq - 1, head.chain), f"what the office heard of {person.name}")
        same(self.hall.uncounted(), self.uncounted, "facts that count for nobody")
        same(self.hall.loose_ends(), sorted(self.announced), "what is left to be done")
        same(self._office.broken_rules(), [], "rules of the books that are broken")
