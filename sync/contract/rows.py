"""Rows that come down to a device: the latest version of each entity, as plain values.

`ENTITIES` maps the short entity name on the wire to its type. Weights are grams, lengths millimetres, times RFC 3339 UTC.
"""

from msgspec import Struct

from sync.contract.codes import (
    BinKind,
    JobKind,
    JobState,
    OrderState,
    PalletState,
    ParcelState,
    Policy,
    Role,
    SlotProof,
    Substitution,
    WorkState,
)
from sync.contract.inbound import PurchaseRow as PurchaseRow
from sync.contract.packing import ParcelPlan, ServiceSaid
from sync.contract.returns import ReturnRow as ReturnRow
from sync.contract.shipping import CarrierLabel, PaperKind


class SiteRow(Struct, frozen=True, kw_only=True):
    """The warehouse this device belongs to, and its floor policies. id = site id."""

    id: str
    name: str
    bin_scan_required: bool = True
    #: Weight tolerance: the larger of the two.
    weight_tolerance_g: int = 30
    weight_tolerance_permille: int = 20
    ship_from: list[str] = []
    #: What happens when another lot expires later than the one asked for.
    fefo: Policy = Policy.WARN
    #: What proves a put into a slot of a cart; a put wall always wants the slot or its tote.
    slot_proof: SlotProof = SlotProof.SLOT
    #: Whether a bin that should be empty by the books is asked about.
    ask_empty: bool = True
    #: Whether a started product is finished for all orders of a cart before the next.
    product_first: bool = False
    #: Minutes after which a tote that was passed on and not received counts as lost on the way.
    no_mans_land_min: int = 10


class BinRow(Struct, frozen=True, kw_only=True):
    """A location. id = code (what its label says). `seq` is its place in the walk."""

    id: str
    zone: str
    kind: BinKind
    seq: int
    x_mm: int = 0
    y_mm: int = 0


class PackCode(Struct, frozen=True, kw_only=True):
    """A barcode of an item and how many base units it stands for (1 = each, more = case)."""

    gtin: str
    qty: int = 1


class Learned(Struct, frozen=True, kw_only=True):
    """What weighed parcels taught about one unit of an item, or one carton with its filling. Milligrams: the mean, how far single ones
    stray from it and how far it may be off itself (both one sigma); and from how many parcels that is known."""

    mean_mg: int
    spread_mg: int
    error_mg: int
    parcels: int


class ItemRow(Struct, frozen=True, kw_only=True):
    """An item. id = SKU. `codes` hold GTIN-14 strings (or the shop's own codes, as printed)."""

    id: str
    name: str
    codes: list[PackCode]
    weight_g: int | None = None
    size_mm: tuple[int, int, int] | None = None
    lot_tracked: bool = False
    serial_tracked: bool = False
    expiry_tracked: bool = False
    fragile: bool = False
    #: `#rrggbb`, to tell look-alikes apart where there is no picture.
    colour: str = ""
    #: Items that may be taken instead, best first.
    substitutes: list[str] = []
    #: Items this one was mistaken for: a second check is asked where history says so.
    look_alikes: list[str] = []
    #: What one unit was found to weigh; None until it was weighed often enough.
    learned: Learned | None = None


class CartonRow(Struct, frozen=True, kw_only=True):
    """A carton of the shop. id = code (its barcode)."""

    id: str
    name: str
    inner_mm: tuple[int, int, int]
    outer_mm: tuple[int, int, int]
    tare_g: int
    max_g: int
    #: What it is made of, in the shop's words.
    material: str = ""
    #: What it was found to weigh with its filling; None until it was weighed often enough.
    learned: Learned | None = None


class Slot(Struct, frozen=True, kw_only=True):
    """One order's place on a cart (`tote` once bound) or in a put wall (`place` is the wall slot's bin code, once chosen)."""

    n: int
    order: str
    tote: str | None = None
    place: str | None = None


class JobRow(Struct, frozen=True, kw_only=True):
    """What one person does in one go: a trip, a sort, a packing session or a task. id = job id. Its work items are `WorkRow`s with
    `job = id`.

    `method` is a `Method` for picks. `slots` are those of a cluster's cart or of a sort. `trip` joins the legs of a passed tote and the
    parts of an order picked in several zones; `found_at` is where the tote waits to be received, `passed_at` since when.
    """

    id: str
    kind: JobKind
    method: str
    state: JobState
    priority: int
    orders: list[str]
    lines: int
    units: int
    holder: str | None = None
    worker: str | None = None
    tote: str | None = None
    lane: str | None = None
    cut_off: str | None = None
    slots: list[Slot] = []
    cart: str | None = None
    wave: str | None = None
    zone: str | None = None
    trip: str | None = None
    #: This leg or part, from 1, of so many; `parts_here` of them have arrived at the lane.
    leg: int = 1
    legs: int = 1
    parts_here: int = 0
    found_at: str | None = None
    passed_at: str | None = None
    #: Units that an earlier leg or part could not find: the red flag on the tote.
    missing: int = 0
    #: Of a packing job: units of its order that are still being fetched.
    awaited: int = 0
    #: Other totes of a packing job.
    more_totes: list[str] = []


class WorkRow(Struct, frozen=True, kw_only=True):
    """One work item: so many of one item out of one bin (pick, replenish), tote (sort, pack) or account (put back, put away), for one
    order line or, with `order` empty, for none. id = item id. A count has `qty_req` 0: it is blind.

    `slot` is the number of its order's slot; `to_place` the bin or wall slot that goods go to, where that is fixed. `token` is the
    fencing number of the newest grant; a fact made under an older one is diverted.
    """

    id: str
    job: str
    kind: JobKind
    order: str
    sku: str
    qty_req: int
    qty_done: int
    state: WorkState
    seq: int
    from_bin: str
    lot: str | None = None
    expiry: str | None = None
    holder: str | None = None
    token: tuple[int, int] = (0, 0)
    slot: int | None = None
    to_place: str | None = None
    #: History says that this line goes wrong easily: the bin and every unit want a second proof.
    careful: bool = False
    #: By the books nothing is left in the bin once its open work is done.
    empties: bool = False
    #: Units that lie in a tote already and are not wanted any more: `qty_done` and `qty_req` still contain them.
    put_back: int = 0


class OrderLineRow(Struct, frozen=True, kw_only=True):
    """One line of an order, for lists and papers."""

    line: int
    sku: str
    qty: int
    picked: int = 0
    packed: int = 0
    short: int = 0


class OrderRow(Struct, frozen=True, kw_only=True):
    """An order on this site. id = order number."""

    id: str
    state: OrderState
    customer: str
    ship_to: list[str]
    country: str
    lines: list[OrderLineRow]
    priority: int
    carrier: str
    service: str
    channel: str = ""
    note: str = ""
    flags: list[str] = []
    cut_off: str | None = None
    placed_at: str = ""
    held_reason: str = ""
    #: What the customer said about other items in place of missing ones.
    substitution: Substitution = Substitution.NEVER
    #: Why it goes with its service; None before release and where no rate table is.
    service_why: ServiceSaid | None = None
    #: The customer fetches it here: since when it stands ready, on which shelf and in which pieces (labels), and what is known of the
    #: customer's one-time code (`pickup.code_digest`).
    pick_up: bool = False
    ready_at: str | None = None
    shelf: str = ""
    pieces: list[str] = []
    code_digest: str = ""
    #: Orders with the same word may share a parcel: same customer, address, carrier's service and promise. Empty: it goes alone.
    together: str = ""


class ParcelRow(Struct, frozen=True, kw_only=True):
    """A parcel with the identity its label will carry, fixed before packing so that a label can be printed offline. id = parcel id."""

    id: str
    order: str
    number: int
    sscc: str
    carrier: str
    service: str
    tracking: str
    state: ParcelState
    carton: str | None = None
    grams: int | None = None
    #: Whose label goes on it. A carrier's is fetched once it is `READY`; its number is `tracking` from then on.
    label: CarrierLabel = CarrierLabel.OWN
    #: How it is meant to be packed; None while nobody knows.
    plan: ParcelPlan | None = None
    #: What goes with it on paper; papers of the order go with its last parcel.
    papers: list[PaperKind] = []
    #: When its label was scanned back.
    shipped_at: str | None = None
    #: The manifest it is in (id), the pallet it stands on (SSCC) and the truck it went into (id of the load), alone or on its pallet.
    manifest: str = ""
    pallet: str = ""
    load: str = ""
    #: Other orders whose goods are in it, as (order, packing job).
    joined: list[tuple[str, str]] = []


class PalletRow(Struct, frozen=True, kw_only=True):
    """A pallet that has not left. id = its SSCC. `parcels` stand on it; `device` has its label, or made it. One that is only planned is
    sent while it is some device's: that is its stock of numbers for days without the network."""

    id: str
    state: PalletState
    carrier: str = ""
    place: str = ""
    parcels: int = 0
    grams: int | None = None
    device: str | None = None
    load: str = ""


class WorkerRow(Struct, frozen=True, kw_only=True):
    """A person, without any secret. id = worker id. Who may not work here any more is gone. `trust_n` grows when badge, PIN or roles
    change: sign-ins given under a lower number are void."""

    id: str
    name: str
    number: str
    roles: list[Role]
    language: str = "en"
    trust_n: int = 0


class ExceptionRow(Struct, frozen=True, kw_only=True):
    """Something a person must do or settle. id = exception id. `action` is a message code, `params` its words."""

    id: str
    kind: str
    state: str
    action: str
    params: dict[str, str | int] = {}
    op_id: str | None = None
    item: str | None = None
    job: str | None = None
    worker: str | None = None
    device: str | None = None


Row = (
    SiteRow
    | BinRow
    | ItemRow
    | CartonRow
    | JobRow
    | WorkRow
    | OrderRow
    | ParcelRow
    | PalletRow
    | PurchaseRow
    | ReturnRow
    | WorkerRow
    | ExceptionRow
)

ENTITIES: dict[str, type[Row]] = {
    "site": SiteRow,
    "bin": BinRow,
    "item": ItemRow,
    "carton": CartonRow,
    "job": JobRow,
    "work": WorkRow,
    "order": OrderRow,
    "parcel": ParcelRow,
    "pallet": PalletRow,
    "purchase": PurchaseRow,
    "return": ReturnRow,
    "worker": WorkerRow,
    "exception": ExceptionRow,
}
