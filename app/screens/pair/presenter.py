"""Making this device known to a centre, once. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.messages import Code, Message, say
from app.core.scan import ScanInput
from app.screens.frame import Action, Frame, Refusal, phrase
from app.screens.pair.port import Pairing
from app.screens.presenter import Presenter, Stage
from app.screens.words import Word


@dataclass(frozen=True, slots=True)
class PairState:
    """What the pairing screen draws: the addresses announced nearby, as a hint that the network is the right one."""

    frame: Frame
    servers: tuple[str, ...]


class PairPresenter(Presenter[PairState]):
    """A new device, or one that is `paired` again. The code on the supervisor's screen says which centre it is, and proves it."""

    name = "pair"

    def __init__(self, stage: Stage, pairing: Pairing, paired: bool = False) -> None:
        super().__init__(stage)
        self._pairing = pairing
        self._paired = paired
        self._servers: tuple[str, ...] = ()

    def refresh(self) -> None:
        """Looks who is announced nearby."""
        self.stage.network.submit(self._pairing.servers, self._found)
        self.show()

    def scan(self, scan: ScanInput) -> None:
        """The pairing code, scanned or typed."""

        def done(message: Message) -> None:
            self.busy = False
            self.hear(message)
            self.show()
            self.stage.answered(scan, message)
            if message.code is Code.PAIRED:
                self._paired = True
                self.stage.go("signin")

        self.busy = True
        self.show()
        self.stage.network.submit(lambda: self._pairing.pair(scan.text), done)

    def intent(self, name: str, argument: str) -> None:
        """Looking again."""
        if name == "again":
            self.refresh()
        elif name == "leave":
            self.stage.go("back")

    def state(self) -> PairState:
        """The screen now."""
        return PairState(self.frame(), self._servers)

    def frame(self) -> Frame:
        """What stands around it."""
        return Frame(
            title=phrase(Word.PAIR),
            prompt=say(Code.PAIR_DEVICE),
            actions=(Action("type", Word.PAIR_TYPE, "F9"), Action("again", Word.RETRY, "F5")),
            refusal=Refusal(self.refusal) if self.refusal else None,
            busy=phrase(Word.PAIRING_NOW) if self.busy else None,
            help=(Word.HELP_PAIR,),
            leave="leave" if self._paired else "",
        )

    def _found(self, servers: tuple[str, ...]) -> None:
        self._servers = servers
        self.show()
