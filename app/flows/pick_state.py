"""Where a picker stands in a single-order pick: the state, what it asks for, and which step may follow which."""

from dataclasses import dataclass, replace

from app.core.messages import Code, Message, say
from app.core.scan import ScanKind
from app.core.views import PickStep
from app.flows.resolve import Expect
from app.flows.units import Asks, Counted, Line

#: Which step may follow which, besides staying. Tests, the drawings of the flows and the step function read this table.
TRANSITIONS: dict[PickStep, frozenset[PickStep]] = {
    PickStep.TOTE: frozenset({PickStep.BIN, PickStep.DROP}),
    PickStep.BIN: frozenset({PickStep.ITEM, PickStep.SHORT, PickStep.DROP}),
    PickStep.ITEM: frozenset({PickStep.BIN, PickStep.SHORT, PickStep.DROP}),
    PickStep.SHORT: frozenset({PickStep.BIN, PickStep.ITEM, PickStep.DROP, PickStep.DONE}),
    PickStep.DROP: frozenset({PickStep.BIN, PickStep.ITEM, PickStep.DONE}),
    PickStep.DONE: frozenset(),
}


@dataclass(frozen=True, slots=True)
class PickState:
    """One job in one picker's hands. `walk` is the order in which the lines are visited; `bin_at` the bin whose label was scanned
    last; `trail` what was counted, newest last; `confirm` the code that confirms when scanned again; `scanned` the wrong item that is
    on screen."""

    job: str
    order: str
    lines: tuple[Line, ...]
    walk: tuple[int, ...]
    step: PickStep = PickStep.TOTE
    tote: str | None = None
    lane: str | None = None
    bin_required: bool = True
    bin_at: str | None = None
    asks: Asks | None = None
    confirm: str | None = None
    trail: tuple[Counted, ...] = ()
    scanned: str | None = None

    @property
    def at(self) -> int | None:
        """Index of the line in hand: the first of the walk that is not closed."""
        return next((n for n in self.walk if not self.lines[n].closed), None)

    @property
    def line(self) -> Line | None:
        """The line in hand."""
        return None if self.at is None else self.lines[self.at]

    @property
    def bin_confirmed(self) -> bool:
        """Whether the label of the present line's bin was scanned."""
        return self.line is not None and self.bin_at == self.line.place

    @property
    def picked(self) -> int:
        """Units in the tote."""
        return sum(line.done for line in self.lines)

    @property
    def can_skip(self) -> bool:
        """There is another line to go to first."""
        return self.step in _AT_LINE and sum(not line.closed for line in self.lines) > 1

    @property
    def can_short(self) -> bool:
        """There is a line that can be given up."""
        return self.step in _AT_LINE and self.line is not None

    @property
    def can_undo(self) -> bool:
        """The last unit counted can still go back: its line was not given up since."""
        if not self.trail or self.step in (PickStep.TOTE, PickStep.DONE):
            return False
        return all(line.short == 0 for line in self.lines if line.item == self.trail[-1].item)


_AT_LINE = (PickStep.BIN, PickStep.ITEM)


def start(
    job: str, order: str, lines: tuple[Line, ...], tote: str | None, lane: str | None, bin_required: bool
) -> PickState:
    """A job as it is first opened here, maybe with a tote and counts from before. `lines` come in walking order."""
    state = PickState(job, order, lines, tuple(range(len(lines))), tote=tote, lane=lane, bin_required=bin_required)
    return state if tote is None else arrive(state)


def arrive(state: PickState) -> PickState:
    """The state on the way to the next line; at the lane when none is left. The next line in the same bin needs no second bin scan."""
    clean = replace(state, asks=None, confirm=None, scanned=None)
    if clean.line is None:
        return replace(clean, step=PickStep.DROP)
    return replace(clean, step=PickStep.ITEM if clean.bin_confirmed else PickStep.BIN)


def prompt(state: PickState) -> Message:
    """What to do now."""
    line = state.line
    if state.step is PickStep.TOTE:
        return say(Code.SCAN_TOTE)
    if state.step is PickStep.DONE:
        return say(Code.ALL_PICKED, order=state.order)
    if line is None:
        return say(Code.SCAN_LANE)
    if state.step is PickStep.SHORT:
        return say(Code.CHOOSE_SHORT_REASON, n=line.open)
    return say(Code.SCAN_BIN, bin=line.place) if state.step is PickStep.BIN else item_prompt(line, state.asks)


def item_prompt(line: Line, asks: Asks | None) -> Message:
    """What to scan of a line: its lot or serial number if the unit in hand lacks it, else the first or the next unit."""
    if asks is not None and asks.what is Code.SCAN_LOT:
        return say(Code.SCAN_LOT, lot=line.lot or "")
    if asks is not None:
        return say(Code.SCAN_SERIAL, n=line.open)
    return say(Code.SCAN_MORE if line.done else Code.SCAN_ITEM, n=line.open)


_WANTED: dict[PickStep, ScanKind] = {
    PickStep.TOTE: ScanKind.TOTE,
    PickStep.BIN: ScanKind.BIN,
    PickStep.ITEM: ScanKind.ITEM,
    PickStep.DROP: ScanKind.BIN,
}


def expect(state: PickState) -> Expect:
    """What a scan is most likely to be here: narrows down a code that could be two things."""
    kind = _WANTED.get(state.step)
    line = state.line
    ids = {state.tote} if state.step is PickStep.TOTE else {line.place, line.sku} if line else {state.lane}
    return Expect(frozenset({kind} if kind else ()), frozenset(id for id in ids if id))
