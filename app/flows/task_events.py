"""What can happen in a task on stock: scans, buttons, and the rights they happen under. Used by `flows.task`, `flows.count` and their
service."""

from dataclasses import dataclass

from app.core.facts import ShortReason
from app.core.scan import ScanMeaning


@dataclass(frozen=True, slots=True)
class Scanned:
    """A scan with its meaning. `stock`: a bin that goods may be put into; `lot` and `serial`: the scanned item is tracked by them."""

    meaning: ScanMeaning
    stock: bool = False
    lot: bool = False
    serial: bool = False


@dataclass(frozen=True, slots=True)
class AskShort:
    """The person cannot do all of it."""


@dataclass(frozen=True, slots=True)
class GiveReason:
    """Why not."""

    reason: ShortReason


@dataclass(frozen=True, slots=True)
class AskNumber:
    """The number is going to be typed."""


@dataclass(frozen=True, slots=True)
class Number:
    """So many of the item in hand."""

    count: int


@dataclass(frozen=True, slots=True)
class Empty:
    """There is nothing in the bin."""


@dataclass(frozen=True, slots=True)
class Finish:
    """All that lies here has been counted."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """Back from a question."""


@dataclass(frozen=True, slots=True)
class Undo:
    """The last scan is taken back."""


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """The refusal has been read."""


Event = Scanned | AskShort | GiveReason | AskNumber | Number | Empty | Finish | Cancel | Undo | Acknowledge


@dataclass(frozen=True, slots=True)
class Rights:
    """Whether the task may still be worked: `over` when the lease ran out with the centre away, `gone` when it is somebody else's."""

    over: bool = False
    gone: bool = False


#: Nothing stands in the way.
FREE = Rights()
