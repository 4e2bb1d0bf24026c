"""What can happen at a bench: the events of the pack flow."""

from dataclasses import dataclass

from app.core.facts import HoldReason, PhotoOf, ShortReason
from app.core.scan import ScanMeaning
from app.flows.units import Line
from app.flows.weight import Check


@dataclass(frozen=True, slots=True)
class Scanned:
    """A scan with its meaning. `fits` says of a carton whether it holds what is packed, of a bin whether totes are put aside there, `void`
    of a label that its parcel is no more, `now` what its goods travel under instead."""

    meaning: ScanMeaning
    fits: bool = True
    void: bool = False
    now: str = ""


@dataclass(frozen=True, slots=True)
class Undo:
    """The unit that went in last comes out again."""


@dataclass(frozen=True, slots=True)
class CloseParcel:
    """This parcel is full; what is left goes into the next one."""


@dataclass(frozen=True, slots=True)
class NextParcel:
    """The identity of the order's next parcel is known here."""

    parcel: str
    sscc: str


@dataclass(frozen=True, slots=True)
class ChooseCarton:
    """A carton was chosen by key or finger; no code: the goods go without one."""

    code: str
    fits: bool


@dataclass(frozen=True, slots=True)
class WeightSeen:
    """A stable, fresh weight in grams, and what it should be."""

    grams: int
    check: Check
    scale: str = ""
    #: Lines of the checklist that nobody has confirmed.
    unchecked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConfirmSupplies:
    """What goes in beside the goods is in: these lines of the checklist."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReleaseWeight:
    """A supervisor (worker id `by`, already proven) lets a mismatch pass."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class AskMissing:
    """Units of the line in hand are not in the tote."""


@dataclass(frozen=True, slots=True)
class GiveMissing:
    """A supervisor (worker id `by`, already proven) lets the order go without them."""

    by: str
    reason: ShortReason


@dataclass(frozen=True, slots=True)
class FetchHot:
    """Units of the line in hand are missing or no good, and are fetched at once; or `other` (its `name`) in their place,
    where `allowed`."""

    reason: ShortReason
    other: str = ""
    name: str = ""
    allowed: bool = True


@dataclass(frozen=True, slots=True)
class GoodsCame:
    """What the centre says of goods that were sent for: the order's lines now, and how many units are still on their way."""

    lines: tuple[Line, ...]
    awaited: int


@dataclass(frozen=True, slots=True)
class AskHold:
    """The tote is to be put aside."""


@dataclass(frozen=True, slots=True)
class GiveHold:
    """Why it is put aside."""

    reason: HoldReason


@dataclass(frozen=True, slots=True)
class Resume:
    """A tote that was put aside is on the bench `station` again."""

    station: str


@dataclass(frozen=True, slots=True)
class AskJoin:
    """Another order is to go into the same parcel; `offered`: there is one that may."""

    offered: bool


@dataclass(frozen=True, slots=True)
class Join:
    """The tote of another order was scanned: its packing `job` with `lines`, in `tote` and `others`, has `parcel` and `sscc` of its own.
    `reason` says why it may not go along (`other_address`, `other_service`, `on_hold`, `begun`)."""

    order: str
    job: str = ""
    tote: str = ""
    others: tuple[str, ...] = ()
    parcel: str = ""
    sscc: str = ""
    lines: tuple[Line, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """The order that joined last goes in a parcel of its own after all."""


@dataclass(frozen=True, slots=True)
class PhotoKept:
    """A picture of the parcel in hand is on the disk: SHA-256 (hex), bytes, pixels, and what it shows."""

    sha256: str
    size: int
    width: int
    height: int
    of: PhotoOf


@dataclass(frozen=True, slots=True)
class LabelTold:
    """The print queue says how print job `print_job` fares: `state` is queued | sending | printed | failed | unsure."""

    print_job: str
    state: str
    level: int
    printer: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Reopened:
    """The centre has opened the parcel in hand again: its goods are packed anew, by a job of their own."""


@dataclass(frozen=True, slots=True)
class CameOut:
    """The packer says whether the label lies there."""

    yes: bool


@dataclass(frozen=True, slots=True)
class Reprint:
    """The packer wants the label once more."""

    reason: str


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """The packer has read the refusal."""


Event = (
    Scanned
    | Undo
    | CloseParcel
    | NextParcel
    | ChooseCarton
    | ConfirmSupplies
    | WeightSeen
    | ReleaseWeight
    | AskMissing
    | GiveMissing
    | FetchHot
    | GoodsCame
    | AskHold
    | GiveHold
    | Resume
    | AskJoin
    | Join
    | Part
    | PhotoKept
    | LabelTold
    | Reopened
    | CameOut
    | Reprint
    | Acknowledge
)
