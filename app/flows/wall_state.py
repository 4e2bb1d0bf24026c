"""Where a sorter stands with one bulk tote at the put wall: the state, its sums, what it asks for, and which step may follow which."""

from dataclasses import dataclass, replace

from app.core.messages import Code, Message, say
from app.core.scan import ScanKind
from app.core.views_work import SlotState, WallStep
from app.flows.resolve import Expect
from app.flows.units import Asks, Counted, Unit
from app.flows.wall_rule import Place, Seat, Sort

#: Which step may follow which, besides staying.
TRANSITIONS: dict[WallStep, frozenset[WallStep]] = {
    WallStep.UNIT: frozenset({WallStep.SLOT, WallStep.EXTRA, WallStep.MISSING, WallStep.CLOSE}),
    WallStep.SLOT: frozenset({WallStep.UNIT, WallStep.CLOSE}),
    WallStep.EXTRA: frozenset({WallStep.UNIT, WallStep.CLOSE}),
    WallStep.MISSING: frozenset({WallStep.UNIT, WallStep.CLOSE}),
    WallStep.CLOSE: frozenset({WallStep.EXTRA, WallStep.UNIT, WallStep.DONE}),
    WallStep.DONE: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Put:
    """One confirmed put: enough to take it back."""

    item: str
    slot: int
    place: str
    units: tuple[Counted, ...]

    @property
    def qty(self) -> int:
        """How many units."""
        return sum(unit.qty for unit in self.units)


@dataclass(frozen=True, slots=True)
class WallState:
    """One bulk tote in one sorter's hands. `hand` are the units on their way into the slot of line `at`; `spare` the unit that fits no
    order; `puts` what was put, newest last; `near` the slot of the last put; `extra` units set aside; `lane` where its orders are
    packed."""

    job: str
    tote: str
    sorts: tuple[Sort, ...]
    seats: tuple[Seat, ...]
    step: WallStep = WallStep.UNIT
    at: int | None = None
    hand: tuple[Counted, ...] = ()
    asks: Asks | None = None
    spare: Unit | None = None
    puts: tuple[Put, ...] = ()
    near: Place | None = None
    extra: int = 0
    lane: str = ""
    scanned: str | None = None

    @property
    def sort(self) -> Sort | None:
        """The line the units in the hand are for."""
        return None if self.at is None else self.sorts[self.at]

    @property
    def seat(self) -> Seat | None:
        """The slot they go to."""
        return None if self.sort is None else self.seat_of(self.sort.slot)

    def seat_of(self, n: int) -> Seat:
        """The order with this number."""
        return next(seat for seat in self.seats if seat.n == n)

    @property
    def in_hand(self) -> int:
        """Units in the hand."""
        return sum(unit.qty for unit in self.hand)

    @property
    def left(self) -> int:
        """Units that are neither put, nor set aside, nor said to be missing: while there are any, the sums are not proved."""
        return sum(sort.open for sort in self.sorts)

    @property
    def can_undo(self) -> bool:
        """The last scan can be taken back: a unit in the hand, or the last put, unless its line was given up since."""
        if self.hand:
            return True
        if not self.puts or self.step not in (WallStep.UNIT, WallStep.CLOSE):
            return False
        return all(s.line.short == 0 and not s.gone for s in self.sorts if s.line.item == self.puts[-1].item)


def start(
    job: str, tote: str, sorts: tuple[Sort, ...], seats: tuple[Seat, ...], extra: int = 0, lane: str = ""
) -> WallState:
    """A tote as it is first opened here, maybe with counts from before."""
    return arrive(WallState(job, tote, sorts, seats, extra=extra, lane=lane))


def arrive(state: WallState) -> WallState:
    """The state with empty hands: at the next unit, or at the end when none is left."""
    clean = replace(state, at=None, hand=(), asks=None, spare=None, scanned=None)
    return replace(clean, step=WallStep.UNIT if clean.left else WallStep.CLOSE)


def caught_up(state: WallState, rows: tuple[Sort, ...], seats: tuple[Seat, ...]) -> WallState:
    """The state with what the centre has changed since: lines added or cancelled, orders more urgent. What was counted here stays; a
    unit in the hand for a cancelled line goes back into the tote."""
    here = {sort.line.item: sort for sort in state.sorts}
    sorts = tuple(_newer(here[new.line.item], new) if new.line.item in here else new for new in rows)
    placed = {seat.n: seat.place for seat in state.seats}
    seats = tuple(replace(seat, place=placed.get(seat.n) or seat.place) for seat in seats)
    if (sorts, seats) == (state.sorts, state.seats) or state.step is WallStep.DONE:
        return state
    held = state.sort.line.item if state.sort else None
    at = next((n for n, sort in enumerate(sorts) if sort.line.item == held and not sort.gone), None)
    after = replace(state, sorts=sorts, seats=seats, at=at)
    at_rest = state.step in (WallStep.UNIT, WallStep.CLOSE)
    return arrive(after) if (held is not None and at is None) or (at_rest and not state.asks) else after


def _newer(here: Sort, new: Sort) -> Sort:
    """A line as the centre has changed it, with what was counted here; it never needs less than what was."""
    need = max(new.line.need, here.line.done + here.line.short + here.aside)
    return replace(here, line=replace(here.line, need=need), gone=new.gone, slot=new.slot)


def slot_state(state: WallState, seat: Seat) -> SlotState:
    """How one slot stands."""
    own = [sort for sort in state.sorts if sort.slot == seat.n]
    if own and all(sort.gone for sort in own):
        return SlotState.CANCELLED
    live = [sort for sort in own if not sort.gone]
    if any(sort.open for sort in live):
        return SlotState.FILLING if seat.place else SlotState.FREE
    return SlotState.WAITING if any(sort.line.short for sort in live) else SlotState.PACK


def prompt(state: WallState) -> Message:
    """What to do now."""
    match state.step:
        case WallStep.SLOT if state.seat:
            return say(Code.PUT_IN_SLOT, n=state.in_hand, slot=state.seat.place or "")
        case WallStep.EXTRA:
            return say(Code.SCAN_EXCEPTION_TOTE)
        case WallStep.MISSING:
            return say(Code.CONFIRM_MISSING, n=state.left)
        case WallStep.CLOSE:
            return say(Code.SCAN_EMPTY_TOTE, tote=state.tote)
        case WallStep.DONE:
            return say(Code.SORT_DONE, tote=state.tote)
    return asked(state) or say(Code.SCAN_UNIT, n=state.left)


def asked(state: WallState) -> Message | None:
    """The lot or serial number that is still to be scanned."""
    if state.asks is None:
        return None
    if state.asks.what is Code.SCAN_LOT:
        return say(Code.SCAN_LOT, lot=state.sort.line.lot or "" if state.sort else "")
    return say(Code.SCAN_SERIAL, n=1)


def expect(state: WallState) -> Expect:
    """What a scan is most likely to be here: narrows down a code that could be two things."""
    match state.step:
        case WallStep.SLOT:
            ids = {state.seat.place} if state.seat else set()
            return Expect(frozenset({ScanKind.BIN}), frozenset(id for id in ids if id))
        case WallStep.EXTRA:
            return Expect(frozenset({ScanKind.TOTE}))
        case WallStep.CLOSE:
            return Expect(frozenset({ScanKind.TOTE}), frozenset({state.tote}))
    wanted = frozenset(sort.line.sku for sort in state.sorts if sort.open > 0)
    return Expect(frozenset({ScanKind.ITEM}), wanted)
