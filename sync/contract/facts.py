"""Bodies of the facts a device reports. A fact has happened: the OMS decides how it counts, never whether.

Quantities are whole units of the item's base unit, weights whole grams. Field sets only grow; a change of meaning is a new
version of the kind, and the old reader stays.
"""

from msgspec import Struct

from sync.contract.codes import ShortReason


class ToteBind(Struct, frozen=True, kw_only=True):
    """`tote.bind@1`: an empty tote was scanned for a job. item = None."""

    job: str
    tote: str


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
    """`pick.short@1`: the line was closed with `missing` units not taken. item = work item."""

    job: str
    sku: str
    missing: int
    reason: ShortReason
    bin: str
    note: str = ""


class PickSkip(Struct, frozen=True, kw_only=True):
    """`pick.skip@1`: the line was put at the end of the walk. item = work item. No stock effect."""

    job: str
    bin: str


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


class PackShort(Struct, frozen=True, kw_only=True):
    """`pack.short@1`: `missing` units were not in the tote; the order ships without them. item = work item (pack line)."""

    job: str
    sku: str
    missing: int
    tote: str
    reason: ShortReason
    released_by: str
    note: str = ""


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
    """`parcel.ship@1`: the label stuck on the parcel was scanned back; the parcel is on its way. item = None."""

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


Fact = (
    ToteBind
    | PickAtBin
    | PickConfirm
    | PickUndo
    | PickShort
    | PickSkip
    | JobDrop
    | PackOpen
    | PackConfirm
    | PackShort
    | ParcelWeighed
    | LabelFate
    | ParcelShip
    | ScanRefused
    | ExceptionAck
)

#: (kind, version) -> body type. Old versions stay here for at least 90 days after the last device that sends them.
HANDLED: dict[tuple[str, int], type[Fact]] = {
    ("tote.bind", 1): ToteBind,
    ("pick.at_bin", 1): PickAtBin,
    ("pick.confirm", 1): PickConfirm,
    ("pick.undo", 1): PickUndo,
    ("pick.short", 1): PickShort,
    ("pick.skip", 1): PickSkip,
    ("job.drop", 1): JobDrop,
    ("pack.open", 1): PackOpen,
    ("pack.confirm", 1): PackConfirm,
    ("pack.short", 1): PackShort,
    ("parcel.weighed", 1): ParcelWeighed,
    ("label.fate", 1): LabelFate,
    ("parcel.ship", 1): ParcelShip,
    ("scan.refused", 1): ScanRefused,
    ("exception.ack", 1): ExceptionAck,
}

#: body type -> the (kind, version) a device of today writes.
WRITTEN: dict[type[Fact], tuple[str, int]] = {body: key for key, body in HANDLED.items()}
