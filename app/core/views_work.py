"""Pictures of the put wall, of zone work and of stock tasks, as services hand them to presenters: frozen and Qt-free like `views`."""

from dataclasses import dataclass
from enum import StrEnum

from app.core.messages import Message
from app.core.views import ItemCard, JobCard


class WallStep(StrEnum):
    """Where the sorter stands with one bulk tote. `WAITING` when none is open."""

    WAITING = "waiting"
    UNIT = "unit"
    SLOT = "slot"
    EXTRA = "extra"
    MISSING = "missing"
    CLOSE = "close"
    DONE = "done"


class SlotState(StrEnum):
    """How one order's slot of the wall stands."""

    #: Nothing lies in it yet.
    FREE = "free"
    #: Units are in it, more are in the bulk tote.
    FILLING = "filling"
    #: Everything in the tote for it is in, but units are missing.
    WAITING = "waiting"
    #: Complete: whoever scans the slot packs it.
    PACK = "pack"
    #: The order was cancelled: what lies in it goes back.
    CANCELLED = "cancelled"


class Whereabouts(StrEnum):
    """Where a missing unit should be."""

    TOTE = "tote"
    BIN = "bin"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class MissingCard:
    """Units that a slot or tote waits for: `place` is the tote, or the bin a hot pick fetches them from."""

    item: ItemCard
    qty: int
    where: Whereabouts
    place: str = ""


@dataclass(frozen=True, slots=True)
class SlotCard:
    """One order's slot. `n` gives it its colour and shape; `place` is its label, None until its first unit comes. Counts are units."""

    n: int
    order: str
    place: str | None
    state: SlotState
    put: int
    units: int
    missing: tuple[MissingCard, ...] = ()


@dataclass(frozen=True, slots=True)
class WallView:
    """The put wall at one moment. `slot` is where the `hand` units of `item` go; `left` units of the tote are still to be sorted."""

    step: WallStep
    prompt: Message
    queue: tuple[JobCard, ...]
    job: str | None = None
    tote: str | None = None
    slots: tuple[SlotCard, ...] = ()
    slot: SlotCard | None = None
    item: ItemCard | None = None
    hand: int = 0
    put: int = 0
    units: int = 0
    left: int = 0
    extra: int = 0
    missing: tuple[MissingCard, ...] = ()
    scanned: ItemCard | None = None
    can_undo: bool = False


class ZoneStep(StrEnum):
    """What the person in (or on the way to) a zone is doing."""

    CHOOSE = "choose"
    WORK = "work"
    UNLOAD = "unload"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class ZoneCard:
    """One zone and what is open in it."""

    zone: str
    lines: int
    orders: int
    urgent_lines: int = 0
    urgent_orders: int = 0
    totes: int = 0


@dataclass(frozen=True, slots=True)
class ZoneLine:
    """One line of the zone's list. `holder` is who works it, `mine` whether that is this device."""

    job: str
    order: str
    bin: str
    item: ItemCard
    qty: int
    urgent: bool = False
    mine: bool = False
    taken: bool = False


@dataclass(frozen=True, slots=True)
class ToteCard:
    """A tote that waits at `at` to be received, or that is bound to me (`at` None). `minutes` since it was passed on; `lost` when that
    is too long; `missing` what earlier zones did not find. One that `travels` is not set down before its lines are picked."""

    job: str
    tote: str
    order: str
    at: str | None = None
    leg: int = 1
    legs: int = 1
    parts_here: int = 0
    lane: str | None = None
    lines: int = 0
    lines_done: int = 0
    minutes: int = 0
    lost: bool = False
    missing_units: int = 0
    missing: tuple[MissingCard, ...] = ()
    travels: bool = False

    @property
    def open(self) -> int:
        """Lines still to pick."""
        return self.lines - self.lines_done


@dataclass(frozen=True, slots=True)
class ZoneView:
    """Zone work at one moment. `by` is `priority` or `route`; `tote` the one that is being set down."""

    step: ZoneStep
    prompt: Message
    zone: str | None = None
    zones: tuple[ZoneCard, ...] = ()
    here: ZoneCard | None = None
    by: str = "priority"
    lines: tuple[ZoneLine, ...] = ()
    waiting: tuple[ToteCard, ...] = ()
    mine: tuple[ToteCard, ...] = ()
    tote: str | None = None
    #: A pick that this answer opened: the screen goes there.
    opened: str | None = None


class TaskStep(StrEnum):
    """Where a person stands with a task on stock. `LIST` when none is open; `BIN` and on are counts, the others moves."""

    LIST = "list"
    FROM = "from"
    ITEM = "item"
    TO = "to"
    SHORT = "short"
    BIN = "bin"
    COUNT = "count"
    NUMBER = "number"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class TaskCard:
    """One task in the list. `place` is where it begins, `to` where goods go; a count shows no quantity."""

    job: str
    kind: str
    place: str
    item: str
    qty: int
    lines: int
    to: str | None = None
    urgent: bool = False
    started: bool = False
    mine: bool = False


@dataclass(frozen=True, slots=True)
class TallyCard:
    """What was counted of one item and lot so far."""

    item: ItemCard
    qty: int
    current: bool = False


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task at one moment, or the list. `hand` units are on the way, `done` of `need` have arrived. `round` is 2 at the second blind
    count."""

    step: TaskStep
    prompt: Message
    tasks: tuple[TaskCard, ...] = ()
    job: str | None = None
    kind: str = ""
    place: str | None = None
    confirmed: bool = False
    to: str | None = None
    item: ItemCard | None = None
    need: int = 0
    hand: int = 0
    done: int = 0
    tallies: tuple[TallyCard, ...] = ()
    round: int = 1
    scanned: ItemCard | None = None
    can_undo: bool = False
    can_short: bool = False
    can_empty: bool = False
    can_finish: bool = False
