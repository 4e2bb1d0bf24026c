"""Where a picker stands in a pick of any method: the state, which step may follow which, and what comes next by itself.

One order in one tote, several on a cart, sums into a bulk tote: they differ in what the state holds, never in the rules.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from app.core.facts import Method, Policy, SlotProof
from app.core.messages import Message
from app.core.views import PickStep
from app.flows.route import merged, together
from app.flows.units import Asks, Line, Unit

_LINE = frozenset({PickStep.BIN, PickStep.ITEM, PickStep.BACK_BIN, PickStep.BACK_ITEM})
#: Where a line that is finished, given up or put off leads to.
_ON = _LINE | {PickStep.SORT, PickStep.DROP}
_QUESTIONS = frozenset({PickStep.CHECK, PickStep.SHORT, PickStep.SUBSTITUTE, PickStep.FULL, PickStep.REMOVE})

#: Which step may follow which, besides staying. Tests, the drawings of the flows and the step function read this table.
TRANSITIONS: dict[PickStep, frozenset[PickStep]] = {
    PickStep.CART: _ON | {PickStep.SLOTS},
    PickStep.SLOTS: _ON,
    PickStep.TOTE: _LINE | {PickStep.DROP},
    PickStep.BIN: _ON | _QUESTIONS | {PickStep.EMPTY, PickStep.DONE},
    PickStep.ITEM: _ON | _QUESTIONS | {PickStep.EMPTY, PickStep.DONE},
    PickStep.CHECK: _ON | {PickStep.EMPTY},
    PickStep.REMOVE: _LINE,
    PickStep.SHORT: _ON | {PickStep.SUBSTITUTE, PickStep.DONE},
    PickStep.SUBSTITUTE: _ON,
    PickStep.SORT: _ON | {PickStep.EMPTY},
    PickStep.EMPTY: _ON | {PickStep.CHECK, PickStep.DONE},
    PickStep.FULL: _LINE | {PickStep.TOTE},
    PickStep.BACK_BIN: _LINE,
    PickStep.BACK_ITEM: _ON | {PickStep.DONE},
    PickStep.DROP: _ON | {PickStep.DONE},
    PickStep.DONE: frozenset(),
}


class Act(StrEnum):
    """What can be taken back."""

    PICK = "pick"
    PUT = "put"
    SHORT = "short"
    SWAP = "swap"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Trace:
    """One thing done, with all it takes to take it back. One scan may leave several, with the same `n`. `sku` and `place`: what was taken
    instead, and where from."""

    n: int
    act: Act
    item: str
    qty: int
    lot: str | None = None
    serial: str | None = None
    tote: str = ""
    slot: int | None = None
    fixed: bool = False
    sku: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class CartSlot:
    """One order's place on the cart. `gone`: its order was cancelled."""

    n: int
    order: str
    tote: str | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """What the site and the method say: see `SiteRow`. `product_first`: a started product is finished for all orders before the next."""

    bin_required: bool = True
    fefo: Policy = Policy.WARN
    ask_empty: bool = True
    proof: SlotProof = SlotProof.SLOT
    method: str = Method.SINGLE.value
    product_first: bool = False


@dataclass(frozen=True, slots=True)
class PickState:
    """One job in one picker's hands. `walk` is the order in which the lines are visited; `bin_at` the bin whose label was scanned
    last; `trail` what was done, newest last; `confirm` the code that confirms when scanned again; `scanned` the wrong item that is
    on screen; `banner` what the centre changed.

    `check` is the unit of a careful line that waits for its second scan, `proven` says that one unit of the stop was scanned, `swap` what
    may be taken instead; `slot` the slot that is bound or put into, `dropping` the tote that was scanned at the lane, `emptied` the line
    after which the bin should be empty, `cancelled` that the whole job was.
    `totes` are full ones that stay with the picker. `legs` and `parts_here` count the parts of the order; `fixed_lane` says that the
    first part has chosen the lane.
    """

    job: str
    order: str
    lines: tuple[Line, ...]
    walk: tuple[int, ...]
    rules: Rules = Rules()
    step: PickStep = PickStep.TOTE
    tote: str | None = None
    lane: str | None = None
    lane_seq: int | None = None
    fixed_lane: bool = False
    part: int = 1
    legs: int = 1
    parts_here: int = 0
    bin_at: str | None = None
    asks: Asks | None = None
    confirm: str | None = None
    check: Unit | None = None
    proven: bool = False
    swap: tuple[Line, ...] = ()
    trail: tuple[Trace, ...] = ()
    scanned: str | None = None
    banner: Message | None = None
    emptied: int | None = None
    cancelled: bool = False
    totes: tuple[str, ...] = ()
    cart: str | None = None
    slots: tuple[CartSlot, ...] = ()
    slot: int | None = None
    dropping: str | None = None

    @property
    def bin_required(self) -> bool:
        """Whether the label of the bin in hand has to be scanned before the item."""
        return self.rules.bin_required or (self.line is not None and (self.line.careful or self.line.back))

    @property
    def stop(self) -> tuple[int, ...]:
        """Indices of the lines taken together with the line in hand, the most urgent first."""
        return together(self.lines, self.walk)

    @property
    def line(self) -> Line | None:
        """The stop in hand, as one line."""
        stop = self.stop
        return merged([self.lines[n] for n in stop]) if stop else None

    @property
    def bin_confirmed(self) -> bool:
        """Whether the label of the present line's bin was scanned."""
        return self.line is not None and self.bin_at == self.line.place

    @property
    def picked(self) -> int:
        """Units in the tote, the slots or the hand."""
        return sum(line.done for line in self.lines if not line.back)

    @property
    def passed_on(self) -> bool:
        """The tote has come from another zone, with goods of the order in it."""
        return self.rules.method == Method.LEGS.value and self.part > 1

    @property
    def swapped(self) -> int:
        """Units of substitutes taken."""
        return sum(line.swapped for line in self.lines)

    @property
    def hand(self) -> tuple[int, ...]:
        """Indices of the lines whose units are on the way into a slot, in the order of slots."""
        held = [n for n, line in enumerate(self.lines) if line.hand]
        return tuple(sorted(held, key=lambda n: (self.lines[n].slot or 0, n)))

    @property
    def cluster(self) -> bool:
        """Whether units go into slots of a cart."""
        return bool(self.slots)

    @property
    def into(self) -> str:
        """Where a unit goes that leaves its bin: the tote, or the hand that pushes the cart."""
        return (self.cart if self.cluster else self.tote) or ""

    @property
    def can_skip(self) -> bool:
        """There is another stop to go to first."""
        stop = self.stop
        return self.step in _LINE and any(not line.closed and n not in stop for n, line in enumerate(self.lines))

    @property
    def can_short(self) -> bool:
        """There is a line that can be given up."""
        return self.step in (PickStep.BIN, PickStep.ITEM) and self.line is not None

    @property
    def can_undo(self) -> bool:
        """The last act can still be taken back: the centre has not taken its line away, and its tote is still here. What went back into its
        bin can come out again, to go back once more."""
        if not self.trail or self.step in (PickStep.CART, PickStep.SLOTS, PickStep.TOTE, PickStep.DONE):
            return False
        last = self.trail[-1]
        if last.act is Act.BACK:
            return not last.fixed
        line = line_of(self, last.item)
        goes_back = any(other.back and other.item == last.item and not other.closed for other in self.lines)
        return not last.fixed and line is not None and not line.gone and not goes_back

    @property
    def can_fill(self) -> bool:
        """There is a tote with something in it that can be called full."""
        return (
            self.step in (PickStep.BIN, PickStep.ITEM)
            and not self.cluster
            and self.tote is not None
            and self.picked > 0
        )


def line_of(state: PickState, item: str) -> Line | None:
    """The pick line of a work item."""
    return next((line for line in state.lines if line.item == item and not line.back), None)


def slot_of(state: PickState, n: int | None) -> CartSlot | None:
    """The slot of this number."""
    return next((slot for slot in state.slots if slot.n == n), None)


def with_line(state: PickState, at: int, line: Line) -> PickState:
    """The state with one line changed."""
    return replace(state, lines=tuple(line if n == at else other for n, other in enumerate(state.lines)))


def start(
    job: str, order: str, lines: tuple[Line, ...], tote: str | None = None, lane: str | None = None,
    rules: Rules = Rules(), cart: str | None = None, slots: tuple[CartSlot, ...] = (),
) -> PickState:  # fmt: skip
    """A job as it is first opened here, maybe with a tote and counts from before. `lines` come in walking order."""
    walk = tuple(range(len(lines)))
    state = PickState(job, order, lines, walk, rules, tote=tote, lane=lane, cart=cart, slots=slots)
    if not slots:
        return state if tote is None else arrive(state)
    if cart is None:
        return replace(state, step=PickStep.CART)
    return next_slot(state)


def next_slot(state: PickState) -> PickState:
    """The cart is being set up: the next slot that has no tote, or the walk."""
    empty = next((slot.n for slot in state.slots if slot.tote is None and not slot.gone), None)
    begun = any(line.done for line in state.lines)
    return arrive(state) if empty is None or begun else replace(state, step=PickStep.SLOTS, slot=empty, scanned=None)


def arrive(state: PickState) -> PickState:
    """The state on the way to what comes next: units in hand to their slots, the question about the bin, the next stop, the lane. The
    next line in the same bin needs no second bin scan, unless it is a careful one."""
    clean = replace(
        state, asks=None, confirm=None, scanned=None, check=None, proven=False, swap=(), slot=None, dropping=None
    )
    hand = clean.hand
    if hand and (clean.line is None or not set(hand) & set(clean.stop)):
        return replace(clean, step=PickStep.SORT, slot=clean.lines[hand[0]].slot)
    if clean.emptied is not None:
        return replace(clean, step=PickStep.EMPTY)
    if clean.line is None:
        return replace(clean, step=PickStep.DROP)
    there = clean.bin_confirmed
    if clean.line.back:
        return replace(clean, step=PickStep.BACK_ITEM if there else PickStep.BACK_BIN)
    return replace(clean, step=PickStep.ITEM if there else PickStep.BIN)
