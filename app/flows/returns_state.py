"""Where a person stands with a box that came back: states, what can happen, prompts, which step may follow. Used by `flows.returns` and its
service. All of it is known here: whose the box is, the centre finds out."""

from dataclasses import dataclass
from hashlib import sha256

from app.core.facts import Disposition, Grade, ReturnReason
from app.core.messages import Code, Message, say
from app.core.views_returns import ReturnStep as Step

#: Which step may follow which, besides staying.
TRANSITIONS: dict[Step, frozenset[Step]] = {
    Step.BOX: frozenset({Step.ITEM, Step.GRADE}),
    Step.ITEM: frozenset({Step.GRADE, Step.OVER}),
    Step.GRADE: frozenset({Step.PLACE, Step.ITEM}),
    Step.PLACE: frozenset({Step.ITEM, Step.GRADE}),
    Step.OVER: frozenset(),
}
#: Units of one scan and rows of one box: more is a mistake.
MOST_UNITS, MOST_KEPT = 999, 200


@dataclass(frozen=True, slots=True)
class Kept:
    """Units that were taken out and put somewhere."""

    receipt: str
    sku: str
    qty: int
    grade: Grade
    way: Disposition
    bin: str = ""


@dataclass(frozen=True, slots=True)
class Announced:
    """Units of an item that are still to come, and why they come back."""

    sku: str
    qty: int
    reason: ReturnReason = ReturnReason.OTHER


@dataclass(frozen=True, slots=True)
class ReturnState:
    """One box. `found` is what stood on it; `sku` and what follows is what is in the hand. `told` counts the receipts ever made of it;
    `to_come` is what was announced and has not come, as far as this device knows (`known`: it knows the return)."""

    box: str
    step: Step
    found: str = ""
    sku: str = ""
    name: str = ""
    qty: int = 0
    lot: str = ""
    serial: str = ""
    scan: str = ""
    grade: Grade | None = None
    way: Disposition | None = None
    kept: tuple[Kept, ...] = ()
    told: int = 0
    known: bool = False
    to_come: tuple[Announced, ...] = ()

    @property
    def units(self) -> int:
        """Units that were taken out."""
        return sum(one.qty for one in self.kept)

    def reason(self, sku: str) -> ReturnReason:
        """Why it comes back, where that was said."""
        return next((one.reason for one in self.to_come if one.sku == sku), ReturnReason.OTHER)

    def surplus(self, sku: str, qty: int) -> int:
        """How many of these units nobody announced; 0 where nothing is known."""
        waits = sum(one.qty for one in self.to_come if one.sku == sku)
        return max(0, qty - max(0, waits)) if self.known else 0

    def next_receipt(self) -> str:
        """The name of the next units, the same if it is asked again."""
        return sha256(f"{self.box}\n{self.told}".encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class SawItem:
    """Units of an item: one, or those of its case."""

    text: str
    sku: str
    name: str
    qty: int = 1
    lot: str = ""
    serial: str = ""


@dataclass(frozen=True, slots=True)
class SawBin:
    """A place of the site."""

    text: str
    bin: str


@dataclass(frozen=True, slots=True)
class SawText:
    """Anything else: on a closed box, what says whose it is."""

    text: str


@dataclass(frozen=True, slots=True)
class NoLabel:
    """Nothing stands on it."""


@dataclass(frozen=True, slots=True)
class Graded:
    """What state it is in."""

    grade: Grade


@dataclass(frozen=True, slots=True)
class Way:
    """Something else is to become of it than was suggested."""

    way: Disposition


@dataclass(frozen=True, slots=True)
class PutAside:
    """It lies where the site keeps what somebody has to look at."""


@dataclass(frozen=True, slots=True)
class Empty:
    """Nothing more is in the box."""


@dataclass(frozen=True, slots=True)
class Undo:
    """What is in the hand was not scanned; with nothing in it: the last units were not taken out."""


Scan = SawItem | SawBin | SawText
Event = Scan | NoLabel | Graded | Way | PutAside | Empty | Undo


def prompt(state: ReturnState) -> Message:
    """What to do now."""
    match state.step:
        case Step.BOX:
            return say(Code.RETURN_SCAN_BOX)
        case Step.ITEM:
            return say(Code.RETURN_SCAN_ITEM)
        case Step.GRADE:
            return say(Code.RETURN_GRADE, name=state.name)
        case Step.PLACE:
            return say(Code.RETURN_PLACE if state.way is Disposition.RESTOCK else Code.RETURN_PLACE_ANY)
    return say(Code.RETURN_OVER)
