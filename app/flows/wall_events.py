"""What can happen at the put wall: scans, buttons, and the rights they happen under. Used by `flows.wall` and its service."""

from dataclasses import dataclass

from app.core.scan import ScanMeaning
from app.flows.wall_rule import Place


@dataclass(frozen=True, slots=True)
class Scanned:
    """A scan with its meaning. `free` are the wall's empty slots, `used_by` the other job a tote belongs to."""

    meaning: ScanMeaning
    free: tuple[Place, ...] = ()
    used_by: str | None = None


@dataclass(frozen=True, slots=True)
class Confirm:
    """The button in place of the slot's label."""


@dataclass(frozen=True, slots=True)
class AskMissing:
    """The sorter finds no more in the tote although more should be there."""


@dataclass(frozen=True, slots=True)
class ReallyMissing:
    """It is so."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """Back from a question; what is in the hand goes back into the tote."""


@dataclass(frozen=True, slots=True)
class Close:
    """The button in place of the empty tote's label."""


@dataclass(frozen=True, slots=True)
class Undo:
    """The last unit in the hand, or the last put, is taken back."""


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """The sorter has read the refusal."""


Event = Scanned | Confirm | AskMissing | ReallyMissing | Cancel | Close | Undo | Acknowledge


@dataclass(frozen=True, slots=True)
class Rights:
    """Whether the sort may still be worked: `over` when the lease ran out with the centre away, `gone` when it is somebody else's."""

    over: bool = False
    gone: bool = False


#: Nothing stands in the way.
FREE = Rights()
