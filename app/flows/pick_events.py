"""What can happen while somebody picks: scans and buttons. Made by `services.pick`, answered by `flows.pick`."""

from dataclasses import dataclass

from app.core.facts import ShortReason
from app.core.scan import ScanMeaning
from app.flows.units import Line


@dataclass(frozen=True, slots=True)
class Scanned:
    """A scan with its meaning. For a tote or cart `used_by` is the other job it belongs to; for a bin `lane` says that goods may be set
    down there. `today` is the day as an ISO date, empty when nobody knows. `only` is the tote that was passed on to this leg: it has the
    goods of the zones before, and no other will do."""

    meaning: ScanMeaning
    used_by: str | None = None
    lane: bool = False
    today: str = ""
    only: str | None = None


@dataclass(frozen=True, slots=True)
class Typed:
    """The picker types that `qty` more units of the item just scanned are in hand."""

    qty: int


@dataclass(frozen=True, slots=True)
class OnScale:
    """So many more units of the item just scanned lie on the scale, which shows `grams`; None where the weight does not say how many."""

    qty: int | None
    grams: int


@dataclass(frozen=True, slots=True)
class AskShort:
    """The picker wants to give up the line."""


@dataclass(frozen=True, slots=True)
class GiveReason:
    """The picker says why. `damaged` is how many broken units lie in the bin, where that is not the number missing."""

    reason: ShortReason
    note: str = ""
    damaged: int | None = None


@dataclass(frozen=True, slots=True)
class CancelShort:
    """The question on screen is closed without an answer; the work goes on where it was."""


@dataclass(frozen=True, slots=True)
class Skip:
    """The line goes to the end of the walk."""


@dataclass(frozen=True, slots=True)
class Undo:
    """The last act is taken back: a counted scan, a put, or a line that was given up."""


@dataclass(frozen=True, slots=True)
class AskRemove:
    """The picker wants to take a unit with a serial number out again."""


@dataclass(frozen=True, slots=True)
class AskSubstitute:
    """The picker wants to take another item instead. `others` are what may be taken, one `Line` each with how it is tracked; `allowed` is
    what the customer said; `ask`: that they want to be asked."""

    others: tuple[Line, ...]
    allowed: bool
    ask: bool = False


@dataclass(frozen=True, slots=True)
class CallGoods:
    """The picker calls for goods to be brought to the bin."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to "is the bin empty?"."""

    empty: bool


@dataclass(frozen=True, slots=True)
class ToteFull:
    """Nothing more fits into the tote; or into the tote of the slot on screen, after `fits` more units."""

    fits: int = 0


@dataclass(frozen=True, slots=True)
class Walk:
    """The picker starts walking: slots without a tote get theirs when something is put into them."""


@dataclass(frozen=True, slots=True)
class Put:
    """The picker says that the units are in their slot: counts only where the site wants no proof."""


@dataclass(frozen=True, slots=True)
class RestLater:
    """No new tote for this slot: what its order still needs is picked by somebody later."""


@dataclass(frozen=True, slots=True)
class Unload:
    """The cart is full: its totes are set down, then the walk goes on."""


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """The picker has read the refusal."""


Event = (
    Scanned
    | Typed
    | OnScale
    | AskShort
    | GiveReason
    | CancelShort
    | Skip
    | Undo
    | AskRemove
    | AskSubstitute
    | CallGoods
    | Answer
    | ToteFull
    | Walk
    | Put
    | RestLater
    | Unload
    | Acknowledge
)


@dataclass(frozen=True, slots=True)
class Rights:
    """Whether the job may still be worked: `over` when the lease ran out with the centre away, `gone` when it was given to somebody else
    (`by` is who), or cancelled with nothing left to put back."""

    over: bool = False
    gone: bool = False
    by: str = ""
