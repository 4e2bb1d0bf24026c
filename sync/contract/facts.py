"""Bodies of the facts a device reports. A fact has happened: the OMS decides how it counts, never whether.

Quantities are whole units of the item's base unit, weights whole grams. Field sets only grow; a change of meaning is a new
version of the kind, and the old reader stays.
"""

from msgspec import Struct

from sync.contract.amends import MoveUndo as MoveUndo
from sync.contract.amends import PickUnshort as PickUnshort
from sync.contract.amends import SubstituteAsk as SubstituteAsk
from sync.contract.amends import SubstituteUndo as SubstituteUndo
from sync.contract.codes import ShortReason
from sync.contract.inbound import INBOUND_HANDLED, InboundFact
from sync.contract.loads import LOAD_HANDLED, LoadFact
from sync.contract.loads import LoadHandover as LoadHandover
from sync.contract.loads import LoadScan as LoadScan
from sync.contract.loads import LoadTake as LoadTake
from sync.contract.loads import PalletClose as PalletClose
from sync.contract.loads import PalletOpen as PalletOpen
from sync.contract.loads import PalletPut as PalletPut
from sync.contract.loads import PalletTake as PalletTake
from sync.contract.pack_facts import PackHold as PackHold
from sync.contract.pack_facts import PackJoin as PackJoin
from sync.contract.pack_facts import PackPart as PackPart
from sync.contract.pack_facts import PackResume as PackResume
from sync.contract.pack_facts import PhotoTaken as PhotoTaken
from sync.contract.pickup import PICKUP_HANDLED, PickupFact
from sync.contract.pickup import PickupHandOver as PickupHandOver
from sync.contract.pickup import PickupReady as PickupReady
from sync.contract.pickup import PickupRefuse as PickupRefuse
from sync.contract.pickup import PickupUnready as PickupUnready
from sync.contract.returns import RETURNS_HANDLED, ReturnFact


class ToteBind(Struct, frozen=True, kw_only=True):
    """`tote.bind@1`: an empty tote was scanned for a job, or for one order's `slot` of it; or a tote that was passed on was received.
    item = None."""

    job: str
    tote: str
    order: str | None = None
    slot: int | None = None


class CartBind(Struct, frozen=True, kw_only=True):
    """`cart.bind@1`: the cart of a cluster was scanned. item = None."""

    job: str
    cart: str


class ToteDrop(Struct, frozen=True, kw_only=True):
    """`tote.drop@1`: one tote of a job was set down while the job goes on: it was `full`, or the cart is unloaded tote by tote.
    item = None. What is picked later for its order goes into another tote."""

    job: str
    tote: str
    lane: str
    full: bool = False


class PickAtBin(Struct, frozen=True, kw_only=True):
    """`pick.at_bin@1`: the picker stands at the bin (scanned). item = work item. No stock effect; feeds walk times."""

    job: str
    bin: str


class PickConfirm(Struct, frozen=True, kw_only=True):
    """`pick.confirm@1`: `qty` units went from the bin into the tote. item = work item."""

    job: str
    sku: str
    qty: int
    from_bin: str
    tote: str
    lot: str | None = None
    serial: str | None = None
    #: What was scanned, for the dispute dossier.
    scan: str = ""


class PickUndo(Struct, frozen=True, kw_only=True):
    """`pick.undo@1`: the last `qty` units went back from the tote into the bin. item = work item."""

    job: str
    sku: str
    qty: int
    from_bin: str
    tote: str
    lot: str | None = None
    serial: str | None = None


class PickShort(Struct, frozen=True, kw_only=True):
    """`pick.short@1`: the line was closed with `missing` units not taken. item = work item. `damaged` is how many broken units lie in the
    bin, where the reason says so and the number was given; else as many as are missing. Lines given up together are counted once: with the
    others it is 0."""

    job: str
    sku: str
    missing: int
    reason: ShortReason
    bin: str
    note: str = ""
    damaged: int | None = None


class PickSkip(Struct, frozen=True, kw_only=True):
    """`pick.skip@1`: the line was put at the end of the walk. item = work item. No stock effect."""

    job: str
    bin: str


class PutConfirm(Struct, frozen=True, kw_only=True):
    """`put.confirm@1`: `qty` units went from the cart's or bulk tote's hand (`from_tote`) into a slot (`tote`: the slot's tote, or the
    code of the wall slot). item = work item of the order line they are for (pick line of a cluster, sort line of a wall)."""

    job: str
    sku: str
    qty: int
    slot: int
    from_tote: str
    tote: str
    lot: str | None = None
    serial: str | None = None
    scan: str = ""


class PutUndo(Struct, frozen=True, kw_only=True):
    """`put.undo@1`: the last put was taken back. item = work item."""

    job: str
    sku: str
    qty: int
    slot: int
    from_tote: str
    tote: str
    lot: str | None = None
    serial: str | None = None


class PutShort(Struct, frozen=True, kw_only=True):
    """`put.short@1`: `missing` units that were picked are not in the bulk tote. item = work item (sort line)."""

    job: str
    sku: str
    missing: int
    from_tote: str
    note: str = ""


class PutExtra(Struct, frozen=True, kw_only=True):
    """`put.extra@1`: a unit in the bulk tote that fits no order went into the exception tote. item = None."""

    job: str
    sku: str
    qty: int
    from_tote: str
    tote: str
    lot: str | None = None
    serial: str | None = None


class PickSubstitute(Struct, frozen=True, kw_only=True):
    """`pick.substitute@1`: `qty` units of `other` went into the tote in place of `sku`, as the customer allows. item = work item of the
    line, which needs as many units less."""

    job: str
    sku: str
    other: str
    qty: int
    from_bin: str
    tote: str
    lot: str | None = None
    serial: str | None = None
    scan: str = ""


class BinEmpty(Struct, frozen=True, kw_only=True):
    """`bin.empty@1`: the answer to "is it empty?" after a pick that should have emptied it; "no" asks for a count. item = work item."""

    job: str
    bin: str
    sku: str
    empty: bool
    lot: str | None = None


class ReplenishCall(Struct, frozen=True, kw_only=True):
    """`replenish.call@1`: the picker asks for goods at a pick face. item = work item."""

    job: str
    bin: str
    sku: str


class CountObserved(Struct, frozen=True, kw_only=True):
    """`count.observed@1`: `qty` units of an item and lot lie in a bin, counted without seeing what the books say. item = work item of
    the count, or None when nobody asked."""

    job: str | None
    bin: str
    sku: str
    qty: int
    lot: str | None = None


class MoveConfirm(Struct, frozen=True, kw_only=True):
    """`move.confirm@1`: `qty` units went from one place to another for a task (put back, replenish, put away). Places are accounts of
    the ledger (`bin:A-01`, `tote:T-1`, `surplus:<device>`). item = work item."""

    job: str
    sku: str
    qty: int
    from_account: str
    to_account: str
    lot: str | None = None
    serial: str | None = None
    scan: str = ""


class TaskShort(Struct, frozen=True, kw_only=True):
    """`task.short@1`: a task could not be done in full. item = work item."""

    job: str
    sku: str
    missing: int
    reason: ShortReason
    bin: str = ""
    note: str = ""


class ZoneEnter(Struct, frozen=True, kw_only=True):
    """`zone.enter@1`: the person signed in to a zone, or with None out of it. item = None."""

    zone: str | None


class JobDrop(Struct, frozen=True, kw_only=True):
    """`job.drop@1`: the tote was set down at a lane and the pick job is finished. item = None."""

    job: str
    tote: str | None
    lane: str


class PackOpen(Struct, frozen=True, kw_only=True):
    """`pack.open@1`: a tote was opened at a station. item = None."""

    job: str
    tote: str | None
    station: str


class PackConfirm(Struct, frozen=True, kw_only=True):
    """`pack.confirm@1`: `qty` units went from the tote into the parcel, scanned one by one. item = work item (pack line)."""

    job: str
    sku: str
    qty: int
    tote: str
    parcel: str
    lot: str | None = None
    serial: str | None = None
    scan: str = ""


class PackUndo(Struct, frozen=True, kw_only=True):
    """`pack.undo@1`: `qty` units were taken out of the parcel again and lie in the tote. item = work item (pack line)."""

    job: str
    sku: str
    qty: int
    tote: str
    parcel: str
    lot: str | None = None
    serial: str | None = None


class PackShort(Struct, frozen=True, kw_only=True):
    """`pack.short@1`: `missing` units were not in the tote; the order ships without them. item = work item (pack line)."""

    job: str
    sku: str
    missing: int
    tote: str
    reason: ShortReason
    released_by: str
    note: str = ""


class PackHot(Struct, frozen=True, kw_only=True):
    """`pack.hot@1`: `missing` units are not in the tote, or no good, and are to be fetched at once; the packing waits for them. With
    `other` another item is fetched in their place, as the customer allows. item = work item (pack line)."""

    job: str
    sku: str
    missing: int
    tote: str
    reason: ShortReason
    other: str = ""


class ParcelWeighed(Struct, frozen=True, kw_only=True):
    """`parcel.weighed@1`: a stable weight was taken. `released_by` is set when a supervisor let a mismatch pass. item = None."""

    job: str
    parcel: str
    carton: str
    grams: int
    expected_g: int
    tolerance_g: int
    within: bool
    scale: str = ""
    released_by: str | None = None
    reason: str = ""
    #: What of the parcel's checklist went in (`packing.Supply.key`); None: nothing was asked.
    supplies: list[str] | None = None


class LabelFate(Struct, frozen=True, kw_only=True):
    """`label.fate@1`: what became of a label. `fate` is printed | failed | unsure | verified | reprint_asked. item = None.

    `level` is the rung of the confirmation ladder: 0 sent, 1 clean before, 2 consumed, 3 printed (per-job evidence), 4 scanned.
    """

    job: str
    parcel: str
    sscc: str
    print_job: str
    fate: str
    level: int
    printer: str = ""
    detail: str = ""


class ParcelShip(Struct, frozen=True, kw_only=True):
    """`parcel.ship@1`: the label stuck on the parcel was scanned back; the parcel is on its way, and the job is done. item = None."""

    job: str
    parcel: str
    sscc: str


class ParcelLeave(Struct, frozen=True, kw_only=True):
    """`parcel.leave@1`: as `parcel.ship`, but more of the order is to be packed: the job goes on with its next parcel. item = None."""

    job: str
    parcel: str
    sscc: str


class ScanRefused(Struct, frozen=True, kw_only=True):
    """`scan.refused@1`: a scan that counted for nothing, and why. item = the work item on screen, if any. Feeds the look-alike guard."""

    job: str | None
    text: str
    code: str
    expected: str = ""


class ExceptionAck(Struct, frozen=True, kw_only=True):
    """`exception.ack@1`: the person read an instruction and did what it says. item = None."""

    exception: str


class HandedItem(Struct, frozen=True, kw_only=True):
    """A work item that is handed over, and the token under which the giver had it."""

    item: str
    token: tuple[int, int]


class LeaseHandedOver(Struct, frozen=True, kw_only=True):
    """`lease.handed_over@1`: from here on this device does nothing more for these items; another that it showed them to may. item = None.

    `handover` is the id of the hand-over (32 hex digits)."""

    handover: str
    leases: list[HandedItem] = []


class HandoverReceived(Struct, frozen=True, kw_only=True):
    """`handover.received@1`: this device took over what `device` showed. `digest` is the SHA-256 (hex) of all that was shown; `core` and
    `signature` are what the giver signed (`sync.contract.handover.pack_core`): its facts travel in it. item = None."""

    handover: str
    device: str
    digest: str
    core: str
    signature: str


Fact = (
    ToteBind
    | PickAtBin
    | PickConfirm
    | PickUndo
    | PickShort
    | PickSkip
    | PickUnshort
    | CartBind
    | ToteDrop
    | PutConfirm
    | PutUndo
    | PutShort
    | PutExtra
    | PickSubstitute
    | SubstituteAsk
    | SubstituteUndo
    | BinEmpty
    | ReplenishCall
    | CountObserved
    | MoveConfirm
    | MoveUndo
    | TaskShort
    | ZoneEnter
    | JobDrop
    | PackOpen
    | PackConfirm
    | PackUndo
    | PackShort
    | PackHot
    | PackHold
    | PackResume
    | PackJoin
    | PackPart
    | PhotoTaken
    | ParcelWeighed
    | LabelFate
    | ParcelShip
    | ParcelLeave
    | LoadFact
    | PickupFact
    | ReturnFact
    | InboundFact
    | ScanRefused
    | ExceptionAck
    | LeaseHandedOver
    | HandoverReceived
)

#: (kind, version) -> body type. Old versions stay here for at least 90 days after the last device that sends them.
HANDLED: dict[tuple[str, int], type[Fact]] = {
    ("tote.bind", 1): ToteBind,
    ("pick.at_bin", 1): PickAtBin,
    ("pick.confirm", 1): PickConfirm,
    ("pick.undo", 1): PickUndo,
    ("pick.short", 1): PickShort,
    ("pick.skip", 1): PickSkip,
    ("pick.unshort", 1): PickUnshort,
    ("cart.bind", 1): CartBind,
    ("tote.drop", 1): ToteDrop,
    ("put.confirm", 1): PutConfirm,
    ("put.undo", 1): PutUndo,
    ("put.short", 1): PutShort,
    ("put.extra", 1): PutExtra,
    ("pick.substitute", 1): PickSubstitute,
    ("substitute.ask", 1): SubstituteAsk,
    ("substitute.undo", 1): SubstituteUndo,
    ("bin.empty", 1): BinEmpty,
    ("replenish.call", 1): ReplenishCall,
    ("count.observed", 1): CountObserved,
    ("move.confirm", 1): MoveConfirm,
    ("move.undo", 1): MoveUndo,
    ("task.short", 1): TaskShort,
    ("zone.enter", 1): ZoneEnter,
    ("job.drop", 1): JobDrop,
    ("pack.open", 1): PackOpen,
    ("pack.confirm", 1): PackConfirm,
    ("pack.undo", 1): PackUndo,
    ("pack.short", 1): PackShort,
    ("pack.hot", 1): PackHot,
    ("pack.hold", 1): PackHold,
    ("pack.resume", 1): PackResume,
    ("pack.join", 1): PackJoin,
    ("pack.part", 1): PackPart,
    ("photo.taken", 1): PhotoTaken,
    ("parcel.weighed", 1): ParcelWeighed,
    ("label.fate", 1): LabelFate,
    ("parcel.ship", 1): ParcelShip,
    ("parcel.leave", 1): ParcelLeave,
    **LOAD_HANDLED,
    **PICKUP_HANDLED,
    **RETURNS_HANDLED,
    **INBOUND_HANDLED,
    ("scan.refused", 1): ScanRefused,
    ("exception.ack", 1): ExceptionAck,
    ("lease.handed_over", 1): LeaseHandedOver,
    ("handover.received", 1): HandoverReceived,
}

#: body type -> the (kind, version) a device of today writes.
WRITTEN: dict[type[Fact], tuple[str, int]] = {body: key for key, body in HANDLED.items()}
