"""Where a packer stands with one tote: the state, what it asks for, and which step may follow which."""

from dataclasses import dataclass, replace

from app.core.facts import HoldReason
from app.core.messages import Code, Message, say
from app.core.scan import ScanKind
from app.core.views import PackStep
from app.flows.pick_prompt import item_prompt
from app.flows.resolve import Expect
from app.flows.units import Asks, Counted, Line
from app.flows.weight import Cause

#: Which step may follow which, besides staying. `WAITING` is no state of a job: nothing is open then.
TRANSITIONS: dict[PackStep, frozenset[PackStep]] = {
    PackStep.UNITS: frozenset({PackStep.CARTON, PackStep.DONE, PackStep.GOODS, PackStep.HOLD}),
    PackStep.CARTON: frozenset({PackStep.UNITS, PackStep.WEIGHT, PackStep.HOLD, PackStep.GOODS, PackStep.DONE}),
    PackStep.WEIGHT: frozenset(
        {PackStep.UNITS, PackStep.CARTON, PackStep.LABEL, PackStep.HOLD, PackStep.GOODS, PackStep.DONE}
    ),
    PackStep.GOODS: frozenset({PackStep.UNITS, PackStep.CARTON, PackStep.DONE, PackStep.HOLD}),
    PackStep.HOLD: frozenset({PackStep.UNITS, PackStep.CARTON, PackStep.GOODS, PackStep.ASIDE}),
    PackStep.ASIDE: frozenset({PackStep.UNITS, PackStep.CARTON, PackStep.GOODS}),
    PackStep.LABEL: frozenset({PackStep.LABEL_UNSURE, PackStep.SCAN_BACK, PackStep.NEXT_PARCEL, PackStep.DONE}),
    PackStep.LABEL_UNSURE: frozenset({PackStep.LABEL, PackStep.SCAN_BACK, PackStep.NEXT_PARCEL, PackStep.DONE}),
    PackStep.SCAN_BACK: frozenset({PackStep.LABEL, PackStep.NEXT_PARCEL, PackStep.DONE}),
    PackStep.NEXT_PARCEL: frozenset({PackStep.UNITS, PackStep.GOODS}),
    PackStep.DONE: frozenset(),
}

#: How the label fares: nothing asked yet, on its way, or given up unsent. What follows is a step of its own.
WAITING, PRINTING, FAILED = "waiting", "printing", "failed"

#: As long as the parcel is open on the bench.
BEFORE_LABEL = (PackStep.UNITS, PackStep.CARTON, PackStep.WEIGHT, PackStep.GOODS)


@dataclass(frozen=True, slots=True)
class Weighed:
    """A stable weight that was checked, in grams. `expected` None: not known. `causes` are what may be wrong, the likeliest first."""

    grams: int
    expected: int | None
    tolerance: int
    within: bool
    causes: tuple[Cause, ...] = ()


@dataclass(frozen=True, slots=True)
class Guest:
    """Another order in the parcel: its packing `job` with the work items `items`, its totes, and the parcel it would have had alone."""

    order: str
    job: str
    tote: str
    others: tuple[str, ...]
    parcel: str
    sscc: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PackState:
    """One order on one bench: a tote, and `others` when it was picked into several. `at` is the line touched last, `missing` that a
    supervisor was asked for, `prints` how often the label was asked for, `confirm` the carton that is taken when chosen again (empty:
    none at all), `scanned` the wrong item on screen. `awaited` units are being fetched, `hold` is why the tote is put
    aside. `inside` is what went into this parcel, oldest first; the first `kept` entries were counted before it was opened here, so nobody
    knows any more which scan they were."""

    job: str
    order: str
    tote: str | None
    parcel: str
    sscc: str
    lines: tuple[Line, ...]
    step: PackStep = PackStep.UNITS
    at: int = 0
    asks: Asks | None = None
    missing: bool = False
    carton: str | None = None
    confirm: str | None = None
    weighed: Weighed | None = None
    prints: int = 0
    label: str = WAITING
    label_reason: str = ""
    scanned: str | None = None
    others: tuple[str, ...] = ()
    inside: tuple[Counted, ...] = ()
    kept: int = 0
    awaited: int = 0
    hold: HoldReason | None = None
    #: Lines of the parcel's checklist that were confirmed.
    confirmed: tuple[str, ...] = ()
    #: Other orders that go in the same parcel, the first that joined first; `joining`: one more is asked for.
    guests: tuple[Guest, ...] = ()
    joining: bool = False
    #: Pictures taken of this parcel.
    photos: int = 0

    @property
    def totes(self) -> tuple[str, ...]:
        """All totes of the order, the one it was opened with first."""
        guests = (tote for guest in self.guests for tote in (guest.tote, *guest.others) if tote)
        return tuple(dict.fromkeys((*((self.tote,) if self.tote else ()), *self.others, *guests)))

    @property
    def orders(self) -> tuple[str, ...]:
        """All orders that the parcel is for, its own first."""
        return (self.order, *(guest.order for guest in self.guests))

    def job_of(self, item: str) -> str:
        """The packing that a work item belongs to."""
        return next((guest.job for guest in self.guests if item in guest.items), self.job)

    @property
    def line(self) -> Line | None:
        """The line in hand: the one touched last while it is open, else the first that is."""
        if not self.lines[self.at].closed:
            return self.lines[self.at]
        return next((line for line in self.lines if not line.closed), None)

    @property
    def packed(self) -> int:
        """Units in the order's parcels."""
        return sum(line.done for line in self.lines)

    @property
    def in_parcel(self) -> int:
        """Units in this parcel."""
        return sum(counted.qty for counted in self.inside)

    def inside_of(self, line: Line) -> int:
        """Units of a line in this parcel."""
        return sum(counted.qty for counted in self.inside if counted.item == line.item)

    @property
    def can_undo(self) -> bool:
        """Whether a unit can come out again."""
        return self.step in BEFORE_LABEL and len(self.inside) > self.kept

    @property
    def open(self) -> int:
        """Units still in the tote, as far as anybody knows."""
        return sum(line.open for line in self.lines)

    @property
    def to_come(self) -> int:
        """Units of the parcel's own order that are not packed yet: in the tote, or on their way."""
        shared = {item for guest in self.guests for item in guest.items}
        return sum(line.open for line in self.lines if line.item not in shared) + self.awaited

    @property
    def print_job(self) -> str:
        """Name of the newest print job of this label."""
        return f"{self.parcel}.{self.prints}"

    @property
    def blocked(self) -> bool:
        """The weight on the scale is out of tolerance."""
        return self.step is PackStep.WEIGHT and self.weighed is not None and not self.weighed.within


def start(
    job: str,
    order: str,
    tote: str | None,
    parcel: str,
    sscc: str,
    lines: tuple[Line, ...],
    others: tuple[str, ...] = (),
    first: bool = True,
    awaited: int = 0,
    guests: tuple[Guest, ...] = (),
) -> PackState:
    """A tote as it is first opened here, maybe with units packed before: in this parcel when it is the order's `first`. `others` are
    more totes of the order, `awaited` units that are being fetched, `guests` orders that share the parcel."""
    inside = tuple(Counted(line.item, line.done) for line in lines if line.done and first)
    state = PackState(job, order, tote, parcel, sscc, lines, others=others, inside=inside, kept=len(inside))
    state = replace(state, awaited=awaited, guests=guests)
    return state if state.open else onwards(state) if awaited else replace(state, step=PackStep.CARTON)


def onwards(state: PackState) -> PackState:
    """Where the parcel in hand goes on: more units, those that are being fetched, its carton."""
    if state.open:
        return replace(state, step=PackStep.UNITS)
    if state.awaited:
        return replace(state, step=PackStep.GOODS)
    # A tote with nothing in it makes no parcel: its order goes back to the office.
    return replace(state, step=PackStep.CARTON if state.in_parcel else PackStep.DONE)


def opened_again(state: PackState) -> PackState:
    """The parcel with its flaps up."""
    return replace(
        state,
        step=PackStep.UNITS,
        asks=None,
        missing=False,
        joining=False,
        carton=None,
        confirm=None,
        weighed=None,
        scanned=None,
    )


def prompt(state: PackState) -> Message:
    """What to do now."""
    line = state.line
    if line is not None and state.missing:
        return say(Code.CHOOSE_SHORT_REASON, n=line.open)
    if state.joining and state.step in BEFORE_LABEL:
        return say(Code.SCAN_JOIN_TOTE)
    if line is not None and state.asks is not None and state.step is not PackStep.HOLD:
        return item_prompt(line, state.asks)
    if state.step is PackStep.LABEL and state.label == FAILED:
        return say(Code.LABEL_FAILED, reason=state.label_reason)
    return {
        PackStep.UNITS: say(Code.SCAN_UNITS, n=state.open),
        PackStep.CARTON: say(Code.CHOOSE_CARTON),
        PackStep.WEIGHT: say(Code.PUT_ON_SCALE),
        PackStep.LABEL: say(Code.WAIT_FOR_LABEL),
        PackStep.LABEL_UNSURE: say(Code.LABEL_UNSURE_ASK),
        PackStep.SCAN_BACK: say(Code.SCAN_LABEL),
        PackStep.NEXT_PARCEL: say(Code.WAIT_FOR_PARCEL, n=state.to_come),
        PackStep.GOODS: say(Code.WAIT_FOR_GOODS, n=state.awaited),
        PackStep.HOLD: say(Code.SCAN_ASIDE_PLACE) if state.hold else say(Code.WHY_ASIDE),
        PackStep.ASIDE: say(Code.SCAN_TOTE_TO_PACK),
        PackStep.DONE: say(Code.PARCEL_DONE, order=state.order),
    }[state.step]


def expect(state: PackState) -> Expect:
    """What a scan is most likely to be here."""
    if state.joining and state.step in BEFORE_LABEL:
        return Expect(frozenset({ScanKind.TOTE}))
    if state.step is PackStep.UNITS:
        skus = frozenset(line.sku for line in state.lines if not line.closed)
        return Expect(frozenset({ScanKind.ITEM}), skus)
    if state.step in (PackStep.CARTON, PackStep.WEIGHT):
        return Expect(frozenset({ScanKind.CARTON}))
    if state.step in (PackStep.GOODS, PackStep.HOLD):
        return Expect(frozenset({ScanKind.TOTE if state.step is PackStep.GOODS else ScanKind.BIN}))
    return Expect(frozenset({ScanKind.PARCEL}), frozenset({state.parcel}))
