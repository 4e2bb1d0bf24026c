"""Pictures of goods that come back, as the service hands them to its presenter: frozen and Qt-free like `views`."""

from dataclasses import dataclass
from enum import StrEnum

from app.core.facts import Disposition, Grade, ReturnReason
from app.core.messages import Message


class ReturnStep(StrEnum):
    """Where a person stands with a box that came back."""

    #: Whose it is: what stands on it is scanned.
    BOX = "box"
    #: What is in it is scanned, one by one.
    ITEM = "item"
    #: What state it is in.
    GRADE = "grade"
    #: What becomes of it, and where it is put.
    PLACE = "place"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """Units that were taken out; `bin` '': where the site keeps what somebody has to look at."""

    name: str
    qty: int
    grade: Grade
    way: Disposition
    bin: str = ""


@dataclass(frozen=True, slots=True)
class AnnouncedUnits:
    """Units that are still to come, and why they come back."""

    name: str
    qty: int
    reason: ReturnReason


@dataclass(frozen=True, slots=True)
class ReturnView:
    """One box at one moment, or none. `found` is what stood on it ('': nothing), `name` and `qty` are what is in the hand; `way` is what is
    to become of it. `known`: it was announced, and `to_come` is what has not come of it; `refused`: its customer was told to keep it."""

    step: ReturnStep
    prompt: Message
    found: str = ""
    name: str = ""
    qty: int = 0
    grade: Grade | None = None
    way: Disposition | None = None
    lines: tuple[ReturnedLine, ...] = ()
    units: int = 0
    can_undo: bool = False
    known: bool = False
    refused: bool = False
    to_come: tuple[AnnouncedUnits, ...] = ()
