"""What all presenters share: work goes to a worker, answers come back, one state goes out. No Qt, no threads of its own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from app.core.clock import Clock
from app.core.messages import Message, Tone
from app.core.outcome import Changes, Outcome
from app.core.scan import ScanInput
from app.core.views import DeviceStatus, LinkStatus
from app.core.work import Worker
from app.screens.frame import Frame

S = TypeVar("S")
V = TypeVar("V")

#: What a command barcode means on screens whose service does not read it itself.
COMMANDS = {
    "FH:OK": "ok",
    "FH:BACK": "back",
    "FH:NEXT": "next",
    "FH:SHORT": "short",
    "FH:SKIP": "skip",
    "FH:UNDO": "undo",
}


@dataclass(frozen=True, slots=True)
class Stage:
    """What a presenter may do to the world around its screen.

    `show(state)` draws; `say(message)` is heard and seen for a moment; `go(screen)` changes the screen; `answered(scan, message)` reports
    that a scan has its answer on the way to the screen.
    """

    store: Worker
    network: Worker
    clock: Clock
    show: Callable[[object], None]
    say: Callable[[Message], None]
    go: Callable[[str], None]
    answered: Callable[[ScanInput, Message | None], None]


class Presenter(ABC, Generic[S]):
    """One screen without its pixels. `enter` and `leave` frame its time on the glass; scans older than that are dropped."""

    name = ""
    #: True where the service itself gives command barcodes their meaning, as one more scan.
    service_reads_commands = False

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.refusal: Message | None = None
        self.link: LinkStatus | None = None
        self.dropped = 0
        self.busy = False
        self._since = float("inf")

    def enter(self) -> None:
        """The screen comes to the front."""
        self._since = self.stage.clock.mono()
        self.refusal = None
        self.refresh()

    def leave(self) -> None:
        """The screen is no longer in front; what still arrives is not for it."""
        self._since = float("inf")

    @property
    def in_front(self) -> bool:
        """True while this is the screen people see."""
        return self._since != float("inf")

    def on_scan(self, scan: ScanInput) -> None:
        """A scan, in the order of scanning. One that is older than the screen was meant for another and is dropped."""
        if scan.at < self._since:
            self.dropped += 1
            self.stage.answered(scan, None)
        elif (act := COMMANDS.get(scan.text)) and (
            act == "back" or (act == "ok" and self.refusal) or not self.service_reads_commands
        ):
            self.on_intent(act)
            self.stage.answered(scan, None)
        else:
            self.scan(scan)

    def on_intent(self, intent: str) -> None:
        """A button, a key or a command barcode. `ok` acknowledges what stands on the screen."""
        name, _, argument = intent.partition(":")
        if name == "back" and self.refusal is None:
            name = self.frame().leave or name
        if self.refusal is not None and name in ("ok", "back"):
            self.acknowledge()
            return
        self.intent(name, argument)

    def on_changes(self, changes: Changes) -> None:
        """Something on disk changed behind this screen's back."""
        if self.in_front:
            self.refresh()

    def on_link(self, link: LinkStatus) -> None:
        """The connection to the centre stands so."""
        self.link = link

    def on_devices(self, devices: tuple[DeviceStatus, ...]) -> None:
        """All devices of this place, as they stand now."""

    def forget(self) -> None:
        """The person has left: nothing that was theirs stays for the next one."""
        self.refusal = None
        self.busy = False

    def on_fault(self) -> None:
        """What was being waited for failed inside; the shell has said so."""
        self.busy = False
        self.show()

    def show(self) -> None:
        """Sends the present state out."""
        if self.in_front:
            self.stage.show(self.state())

    def hear(self, message: Message | None) -> None:
        """Takes over what a service said: a refusal stays, good news ends it, all is said aloud."""
        if message is None:
            return
        if message.look.sticky:
            self.refusal = message
        elif message.look.tone in (Tone.GOOD, Tone.ASK):
            self.refusal = None
        self.stage.say(message)

    def acknowledge(self) -> None:
        """The person has understood."""
        self.refusal = None
        self.show()

    def ask(
        self, job: Callable[[], Outcome[V]], take: Callable[[Outcome[V]], None], scan: ScanInput | None = None
    ) -> None:
        """Runs a service call on the store worker; the answer is taken, said and shown."""

        def done(outcome: Outcome[V]) -> None:
            self.hear(outcome.message)
            take(outcome)
            if scan is not None:
                self.stage.answered(scan, outcome.message)

        self.stage.store.submit(job, done)

    @abstractmethod
    def state(self) -> S:
        """What the view draws now."""

    @abstractmethod
    def frame(self) -> Frame:
        """What the shell draws around it now."""

    @abstractmethod
    def refresh(self) -> None:
        """Asks the service how things stand, and shows it."""

    @abstractmethod
    def scan(self, scan: ScanInput) -> None:
        """A scan meant for this screen."""

    @abstractmethod
    def intent(self, name: str, argument: str) -> None:
        """An intent of this screen; unknown ones are ignored."""
