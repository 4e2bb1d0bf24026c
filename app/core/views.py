"""What services hand to presenters: frozen, Qt-free pictures of one moment. Presenters turn them into what a screen draws."""

from dataclasses import dataclass, field
from enum import StrEnum

from app.core.messages import Message
from app.core.pack_plan import PlanCard, ServiceCard, SupplyCard


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in."""

    id: str
    name: str
    number: str
    roles: frozenset[str]
    language: str = "en"
    session: str = ""
    offline: bool = False
    #: The number of their row (`WorkerRow.trust_n`) under which they came in.
    trust_n: int = 0


@dataclass(frozen=True, slots=True)
class SignInView:
    """The sign-in screen. `asks_pin` is the worker whose PIN is wanted, else None; `recent` the last three people here. While `locked`,
    `person` is at work here but must show who they are."""

    asks_pin: str | None = None
    recent: tuple[Person, ...] = ()
    person: Person | None = None
    locked: bool = False


@dataclass(frozen=True, slots=True)
class JobCard:
    """One job in a list: an order to pick or a tote to pack."""

    id: str
    title: str
    lines: int
    units: int
    started: bool
    tote: str | None = None
    flags: tuple[str, ...] = ()
    cut_off: str | None = None
    #: Of a parcel put down: what its label waits for (`pending`, `problem`, `fetching`), or that it only has to be scanned (`printed`).
    label: str = ""


@dataclass(frozen=True, slots=True)
class HomeView:
    """Where a person lands: the jobs this device holds and what their role may open (`pick`, `pack`, `orders`, `settings`). `counts`
    says how much waits behind a door."""

    person: Person
    jobs: tuple[JobCard, ...]
    doors: tuple[str, ...]
    prompt: Message
    counts: dict[str, int] = field(default_factory=dict)


class PickStep(StrEnum):
    """Where the picker stands, whatever the method."""

    #: A cluster is set up: the cart, then a tote for each slot.
    CART = "cart"
    SLOTS = "slots"
    TOTE = "tote"
    BIN = "bin"
    ITEM = "item"
    #: A careful line: the same unit once more.
    CHECK = "check"
    #: A unit with a serial number is taken out again.
    REMOVE = "remove"
    SHORT = "short"
    SUBSTITUTE = "substitute"
    #: Units in hand go into the slots of the cart.
    SORT = "sort"
    #: "Is the bin empty?"
    EMPTY = "empty"
    #: The tote is full: where does it stand?
    FULL = "full"
    #: Units of a line that was taken away go back to their bin.
    BACK_BIN = "back_bin"
    BACK_ITEM = "back_item"
    DROP = "drop"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class ItemCard:
    """An item as a person recognises it. `code` is the barcode printed on it, `colour` stands in for a picture."""

    sku: str
    name: str
    code: str
    colour: str = ""
    lot: str | None = None
    expiry: str | None = None
    fragile: bool = False


@dataclass(frozen=True, slots=True)
class CartSlotCard:
    """One slot of a cart. `n` gives it its colour; `units` are on their way into it now, `state` is `empty`, `filling`, `done` or
    `cancelled`; `here` marks the slot that is bound or put into."""

    n: int
    order: str
    tote: str | None
    state: str
    units: int = 0
    here: bool = False


@dataclass(frozen=True, slots=True)
class PickView:
    """The pick screen at one moment. Counts are units; `line` and `lines` count stops, from 1.

    `scanned` is what was scanned instead when a wrong item or bin is refused (shown beside what is needed). `method` is a `Method`;
    `orders` how many orders the walk is for. `slots` are those of a cart, `hand` the units that go into slot `slot` of tote `slot_tote`.
    `back` says that units go back to their bin; `others` what may be mistaken for the item (a careful line) or taken instead; `losers`
    who goes without if the line is given up, as (order, units); `serials` those counted at this stop. `banner` is what the centre changed.
    """

    job: str
    order: str
    step: PickStep
    prompt: Message
    line: int
    lines: int
    lines_done: int
    bin: str | None = None
    bin_confirmed: bool = False
    next_bin: str | None = None
    item: ItemCard | None = None
    take: int = 0
    in_hand: int = 0
    tote: str | None = None
    lane: str | None = None
    scanned: ItemCard | None = None
    can_undo: bool = False
    can_skip: bool = False
    can_short: bool = False
    flags: tuple[str, ...] = ()
    note: str = ""
    method: str = "single_order"
    orders: int = 1
    cart: str | None = None
    slots: tuple[CartSlotCard, ...] = ()
    slot: int | None = None
    slot_tote: str | None = None
    hand: int = 0
    back: bool = False
    others: tuple[ItemCard, ...] = ()
    losers: tuple[tuple[str, int], ...] = ()
    serials: tuple[str, ...] = ()
    banner: Message | None = None
    totes: tuple[str, ...] = ()
    part: int = 1
    legs: int = 1
    parts_here: int = 0
    can_type: bool = False
    can_weigh: bool = False
    can_take_out: bool = False
    can_substitute: bool = False
    can_call: bool = False
    can_fill: bool = False
    can_unload: bool = False
    can_put: bool = False


class PackStep(StrEnum):
    """Where the packer stands with one tote."""

    WAITING = "waiting"
    UNITS = "units"
    CARTON = "carton"
    WEIGHT = "weight"
    LABEL = "label"
    LABEL_UNSURE = "label_unsure"
    SCAN_BACK = "scan_back"
    NEXT_PARCEL = "next_parcel"
    #: All that is here is packed; the rest is being fetched.
    GOODS = "goods"
    #: The tote is put aside: the reason, then the place.
    HOLD = "hold"
    ASIDE = "aside"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class PackLine:
    """One order line at the bench."""

    item: ItemCard
    qty: int
    packed: int
    short: int
    current: bool
    #: The order it is for, where several are in the parcel.
    order: str = ""


@dataclass(frozen=True, slots=True)
class CartonCard:
    """A carton on offer. `key` is the number key that chooses it; `fits` and `reason` say why it is or is not suggested."""

    code: str
    name: str
    inner_mm: tuple[int, int, int]
    fill_percent: int
    fits: bool
    key: int
    suggested: bool = False


@dataclass(frozen=True, slots=True)
class WeightCard:
    """The weight check: grams throughout. `grams` is None while nothing stable and fresh lies on the scale. `causes` are what may be
    wrong with a parcel that is off, the likeliest first."""

    grams: int | None
    stable: bool
    expected: int | None
    tolerance: int
    within: bool | None
    blocked: bool = False
    causes: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class PaperCard:
    """A paper that comes out with the last scan, and how it fared: `waiting`, `printing`, `printed`, `unsure`, `failed`; a carrier's label
    also `pending`, `problem` or `fetching`, other papers `fetching` or `no_printer`."""

    name: str
    state: str
    #: Whose it is, where papers of several orders are shown.
    order: str = ""


@dataclass(frozen=True, slots=True)
class JoinCard:
    """Another order of the same customer that may go in the parcel in hand: packing `job`, `units` in `tote`, which stands at `lane`.
    `held`: this station may pack it already."""

    order: str
    job: str
    tote: str
    units: int
    lane: str = ""
    held: bool = True


@dataclass(frozen=True, slots=True)
class PackView:
    """The pack station at one moment."""

    step: PackStep
    prompt: Message
    queue: tuple[JobCard, ...]
    job: str | None = None
    order: str | None = None
    tote: str | None = None
    lines: tuple[PackLine, ...] = ()
    packed: int = 0
    units: int = 0
    cartons: tuple[CartonCard, ...] = ()
    carton: CartonCard | None = None
    weight: WeightCard | None = None
    papers: tuple[PaperCard, ...] = ()
    flags: tuple[str, ...] = ()
    note: str = ""
    sscc: str | None = None
    #: How the parcel in hand is meant to be packed; None when nobody planned it, or it is packed in another way.
    plan: PlanCard | None = None
    supplies: tuple[SupplyCard, ...] = ()
    #: The parcel in hand; empty when there is none.
    parcel: str = ""
    scanned: ItemCard | None = None
    can_undo: bool = False
    #: All totes of the order, the one it was opened with first.
    totes: tuple[str, ...] = ()
    #: Units in the parcel in hand, of `packed` in all the order's parcels.
    in_parcel: int = 0
    #: Units that are being fetched for it.
    awaited: int = 0
    #: What may be fetched in place of the item in hand, best first.
    others: tuple[ItemCard, ...] = ()
    #: The closed parcel (its SSCC) that is to be opened again.
    reopen: str | None = None
    #: The centre is being asked for it.
    opening: bool = False
    #: All orders in the parcel, its own first; and those that may go along, `joining` when one is asked for.
    orders: tuple[str, ...] = ()
    offers: tuple[JoinCard, ...] = ()
    joining: bool = False
    #: Pictures taken of the parcel in hand.
    photos: int = 0


@dataclass(frozen=True, slots=True)
class OrderCard:
    """One order in the supervisor's list."""

    no: str
    state: str
    customer: str
    lines: int
    units: int
    done_units: int
    priority: int
    carrier: str
    cut_off: str | None
    flags: tuple[str, ...] = ()
    note: str = ""
    service: str = ""
    service_why: ServiceCard | None = None


@dataclass(frozen=True, slots=True)
class ExceptionCard:
    """Something that needs the supervisor."""

    id: str
    message: Message
    state: str
    worker: str | None = None


@dataclass(frozen=True, slots=True)
class OrdersView:
    """The supervisor's orders. `counts` are orders by state over all of them, not only those shown."""

    orders: tuple[OrderCard, ...]
    counts: dict[str, int]
    needs_you: tuple[ExceptionCard, ...]
    filter: str
    can_release: bool
    prompt: Message


@dataclass(frozen=True, slots=True)
class NoticeCard:
    """An instruction from the centre that stays until the person has read it."""

    id: int
    message: Message


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """The connection to the centre, for the chips. Ages in seconds; `None` means never. `trouble`: `revoked` when the centre has shut this
    device out, `wrong_key` when whoever answers is not the centre known here."""

    online: bool
    since_s: float
    waiting: int
    oldest_s: float | None
    data_age_s: float | None
    catching_up: bool = False
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class DeviceStatus:
    """One scanner, scale or printer, for the device strip. `message` says what is wrong, if anything is."""

    role: str
    name: str
    ready: bool
    message: Message | None = None
    reading: str | None = None
