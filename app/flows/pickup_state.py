"""Where a person stands with an order that its customer fetches: states, what can happen, prompts, which step may follow. Used by
`flows.pickup` and its service. What the order is made of comes from rows and facts each time."""

from dataclasses import dataclass

from app.core.facts import NotTaken
from app.core.messages import Code, Message, say
from app.core.views_pickup import PickupStep as Step

#: Which step may follow which, besides staying.
TRANSITIONS: dict[Step, frozenset[Step]] = {
    Step.ASIDE: frozenset({Step.STANDS}),
    Step.STANDS: frozenset({Step.ASIDE}),
    Step.NAME: frozenset({Step.PIECES, Step.SIGN, Step.WHY, Step.GONE}),
    Step.PIECES: frozenset({Step.SIGN, Step.WHY, Step.GONE}),
    Step.SIGN: frozenset({Step.PIECES, Step.GONE, Step.WHY}),
    Step.WHY: frozenset({Step.NAME, Step.PIECES, Step.SIGN, Step.BACK}),
    Step.GONE: frozenset(),
    Step.BACK: frozenset(),
}

#: So many pieces of one order are told apart; letters of a signature: what the server keeps.
MOST_PIECES, MOST_STROKES = 50, 8000


@dataclass(frozen=True, slots=True)
class PickupState:
    """One order. `wanted` are the pieces that stand on its shelf, `seen` those scanned now; `code` is the customer's, checked; `came` the
    step from which it was asked why it is not taken."""

    order: str
    step: Step
    customer: str = ""
    shelf: str = ""
    wanted: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    code: str = ""
    came: Step | None = None

    @property
    def left(self) -> int:
        """Pieces that are still to be scanned."""
        return len(set(self.wanted) - set(self.seen))


@dataclass(frozen=True, slots=True)
class SawPiece:
    """A parcel's, a tote's or a bag's label, or the order's own; `order` is whose it is as far as known here."""

    text: str
    piece: str
    order: str = ""


@dataclass(frozen=True, slots=True)
class SawShelf:
    """A place of the store."""

    text: str
    shelf: str


@dataclass(frozen=True, slots=True)
class SawCode:
    """A customer's code, and whether it is the right one of this order."""

    text: str
    order: str
    code: str
    right: bool


@dataclass(frozen=True, slots=True)
class SawOther:
    """Anything else. `known`: it is something, but nothing of an order."""

    text: str
    known: bool = False


@dataclass(frozen=True, slots=True)
class NameRight:
    """The person is who the order is for."""


@dataclass(frozen=True, slots=True)
class AllHere:
    """Everything lies on the counter, though it could not be scanned."""


@dataclass(frozen=True, slots=True)
class Signed:
    """The customer has signed; the strokes as on the wire."""

    strokes: str


@dataclass(frozen=True, slots=True)
class NotWanted:
    """The customer does not take it, or did not come."""


@dataclass(frozen=True, slots=True)
class Because:
    """Why."""

    reason: NotTaken


@dataclass(frozen=True, slots=True)
class Undo:
    """The last scan is taken back; of an order that has just been set aside: that it stands there."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """Back from a question."""


Scan = SawPiece | SawShelf | SawCode | SawOther
Event = Scan | NameRight | AllHere | Signed | NotWanted | Because | Undo | Cancel


def prompt(state: PickupState) -> Message:
    """What to do now."""
    match state.step:
        case Step.ASIDE:
            return say(Code.PICKUP_SCAN_SHELF) if state.seen else say(Code.PICKUP_SCAN_PIECE)
        case Step.STANDS:
            return say(Code.PICKUP_STANDS, bin=state.shelf)
        case Step.NAME:
            return say(Code.PICKUP_CHECK_NAME, name=state.customer)
        case Step.PIECES:
            return say(Code.PICKUP_SCAN_OUT, n=state.left) if state.wanted else say(Code.PICKUP_ALL_HERE)
        case Step.SIGN:
            return say(Code.PICKUP_SIGN, name=state.customer)
        case Step.WHY:
            return say(Code.PICKUP_WHY)
        case Step.BACK:
            return say(Code.PICKUP_BACK)
    return say(Code.PICKUP_OVER, name=state.customer)
