"""Where a person stands with a task on stock, goods to bring somewhere or a bin to count: states, prompts, which step may follow."""

from dataclasses import dataclass, replace

from app.core.messages import Code, Message, say
from app.core.scan import ScanKind
from app.core.views_work import TaskStep
from app.flows.resolve import Expect
from app.flows.units import Asks, Counted, Line

#: Which step may follow which, besides staying; moves, then counts.
TRANSITIONS: dict[TaskStep, frozenset[TaskStep]] = {
    TaskStep.FROM: frozenset({TaskStep.ITEM, TaskStep.SHORT}),
    TaskStep.ITEM: frozenset({TaskStep.FROM, TaskStep.TO, TaskStep.SHORT, TaskStep.NUMBER}),
    TaskStep.TO: frozenset({TaskStep.ITEM, TaskStep.DONE}),
    TaskStep.SHORT: frozenset({TaskStep.FROM, TaskStep.ITEM, TaskStep.DONE}),
    TaskStep.BIN: frozenset({TaskStep.COUNT}),
    TaskStep.COUNT: frozenset({TaskStep.NUMBER, TaskStep.DONE}),
    TaskStep.NUMBER: frozenset({TaskStep.COUNT, TaskStep.ITEM, TaskStep.TO}),
    TaskStep.DONE: frozenset(),
}

#: The account of goods that lie in somebody's hands; nothing to scan there.
_HANDS = "surplus"
_BIN = "bin"


@dataclass(frozen=True, slots=True)
class Source:
    """Where goods of a task lie: the ledger's account, its label, and whether that label can be scanned."""

    account: str
    label: str
    labelled: bool = True


def source_of(place: str) -> Source:
    """The source behind `WorkRow.from_bin`: a bin's code, or an account such as `tote:T-1` or `surplus:<device>`."""
    kind, colon, code = place.partition(":")
    if not colon:
        return Source(f"{_BIN}:{place}", place)
    return Source(place, code, kind != _HANDS)


@dataclass(frozen=True, slots=True)
class MoveState:
    """Goods on their way: `line.place` is where they come from, `to` where they go (None: wherever there is room). `hand` are the units
    taken and not yet brought; nothing is written down before they are. `brought` is what was brought last, and `brought_to` where."""

    job: str
    line: Line
    to: str | None
    step: TaskStep = TaskStep.FROM
    there: bool = False
    hand: tuple[Counted, ...] = ()
    asks: Asks | None = None
    scanned: str | None = None
    brought: tuple[Counted, ...] = ()
    brought_to: str = ""

    @property
    def in_hand(self) -> int:
        """Units in the hand."""
        return sum(unit.qty for unit in self.hand)

    @property
    def held(self) -> Line:
        """The line as it is once what is in the hand has arrived."""
        serials = tuple(unit.serial for unit in self.hand if unit.serial)
        line = self.line
        return replace(line, done=line.done + self.in_hand, serials=(*line.serials, *serials))

    @property
    def source(self) -> Source:
        """Where the goods come from."""
        return source_of(self.line.place)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a count asks about: a work item, its item and lot. `careful`: two equal counts are wanted."""

    item: str
    sku: str
    lot: str | None = None
    lot_tracked: bool = False
    serial_tracked: bool = False
    careful: bool = False


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted of one item and lot."""

    sku: str
    lot: str | None
    qty: int = 0
    serials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CountState:
    """A bin being counted without knowing what the books say. `now` is the item and lot in hand; `trail` each scan, newest last; `before`
    the count of the round before."""

    job: str
    bin: str
    wanted: tuple[Wanted, ...]
    step: TaskStep = TaskStep.BIN
    tallies: tuple[Tally, ...] = ()
    now: tuple[str, str | None] | None = None
    asks: Asks | None = None
    trail: tuple[tuple[Tally, ...], ...] = ()
    before: tuple[Tally, ...] | None = None
    round: int = 1
    scanned: str | None = None


@dataclass(frozen=True, slots=True)
class TaskState:
    """One task: a move or a count."""

    kind: str
    move: MoveState | None = None
    count: CountState | None = None

    @property
    def now(self) -> MoveState | CountState:
        """The one it is."""
        state = self.move or self.count
        assert state is not None
        return state


def begin_move(job: str, line: Line, to: str | None) -> MoveState:
    """A move as it is first opened here; goods in somebody's hands need not be fetched."""
    return fetch(MoveState(job, line, to))


def fetch(state: MoveState) -> MoveState:
    """The state with empty hands: on the way to the goods, among them, or done."""
    clean = replace(state, hand=(), asks=None, scanned=None)
    if clean.line.closed:
        return replace(clean, step=TaskStep.DONE)
    return replace(clean, step=TaskStep.ITEM if state.there or not state.source.labelled else TaskStep.FROM)


def among(state: MoveState) -> MoveState:
    """The state with what is in the hand: taking more, or on the way when it is all."""
    full = state.held.closed
    return replace(state, step=TaskStep.TO if full else TaskStep.ITEM, asks=None, scanned=None)


def prompt(state: MoveState | CountState) -> Message:
    """What to do now."""
    match state.step:
        case TaskStep.DONE:
            return say(Code.TASK_FINISHED)
        case TaskStep.NUMBER:
            return say(Code.TYPE_COUNT)
    if state.asks is not None:
        return _proof(state.asks, state.line.lot if isinstance(state, MoveState) else None)
    if isinstance(state, CountState):
        return say(Code.SCAN_BIN, bin=state.bin) if state.step is TaskStep.BIN else say(Code.COUNT_GOODS)
    match state.step:
        case TaskStep.FROM:
            return say(Code.SCAN_BIN, bin=state.source.label)
        case TaskStep.TO if state.to:
            return say(Code.BRING_TO, n=state.in_hand, bin=state.to)
        case TaskStep.TO:
            return say(Code.BRING_ANYWHERE, n=state.in_hand)
        case TaskStep.SHORT:
            return say(Code.CHOOSE_SHORT_REASON, n=state.line.open)
    return say(Code.SCAN_MORE if state.hand else Code.SCAN_ITEM, n=state.held.open)


def _proof(asks: Asks, lot: str | None) -> Message:
    return say(Code.SCAN_LOT, lot=lot or "") if asks.what is Code.SCAN_LOT else say(Code.SCAN_SERIAL, n=1)


def expect(state: MoveState | CountState) -> Expect:
    """What a scan is most likely to be here."""
    if isinstance(state, CountState):
        skus = frozenset(wanted.sku for wanted in state.wanted)
        at_bin = state.step is TaskStep.BIN
        kinds = frozenset({ScanKind.BIN if at_bin else ScanKind.ITEM})
        return Expect(kinds, frozenset({state.bin}) if at_bin else skus)
    match state.step:
        case TaskStep.FROM:
            return Expect(frozenset({ScanKind.BIN, ScanKind.TOTE}), frozenset({state.source.label}))
        case TaskStep.TO:
            return Expect(frozenset({ScanKind.BIN}), frozenset({state.to} if state.to else ()))
    return Expect(frozenset({ScanKind.ITEM}), frozenset({state.line.sku}))
