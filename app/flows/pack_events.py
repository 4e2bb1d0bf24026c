"""What can happen at a bench: the events of the pack flow."""

from dataclasses import dataclass

from app.core.facts import ShortReason
from app.core.scan import ScanMeaning
from app.flows.weight import Check


@dataclass(frozen=True, slots=True)
class Scanned:
    """A scan with its meaning. For a carton `fits` says whether it holds what is packed."""

    meaning: ScanMeaning
    fits: bool = True


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
class LabelTold:
    """The print queue says how print job `print_job` fares: `state` is queued | sending | printed | failed | unsure."""

    print_job: str
    state: str
    level: int
    printer: str = ""
    reason: str = ""


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
    | WeightSeen
    | ReleaseWeight
    | AskMissing
    | GiveMissing
    | LabelTold
    | CameOut
    | Reprint
    | Acknowledge
)
