"""Pictures of orders that customers fetch in the store, as the service hands them to its presenter: frozen and Qt-free like `views`."""

from dataclasses import dataclass
from enum import StrEnum

from app.core.messages import Message


class PickupStep(StrEnum):
    """Where a person stands with an order that is fetched: it is set aside (`ASIDE`, `STANDS`) or handed over (`NAME` and on)."""

    LIST = "list"
    #: Its pieces are scanned, then the shelf.
    ASIDE = "aside"
    #: It stands on its shelf, the customer is told.
    STANDS = "stands"
    #: No code was shown: the name is checked.
    NAME = "name"
    PIECES = "pieces"
    SIGN = "sign"
    GONE = "gone"
    #: Why the customer does not take it.
    WHY = "why"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class PickupCard:
    """An order of the list. `shelf` empty: it is to be set aside; `picked`: all of it is together; `since`: when it stood ready."""

    order: str
    customer: str
    units: int
    picked: bool
    shelf: str = ""
    since: str = ""
    pieces: int = 0
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PickupLine:
    """What is in it: units of an item."""

    name: str
    qty: int


@dataclass(frozen=True, slots=True)
class PickupView:
    """One order at one moment, or the list. `pieces` are those wanted (or, while it is set aside, scanned), `seen` how many of them were
    scanned; `by_code`: the customer showed the right code."""

    step: PickupStep
    prompt: Message
    todo: tuple[PickupCard, ...] = ()
    waiting: tuple[PickupCard, ...] = ()
    order: str = ""
    customer: str = ""
    shelf: str = ""
    pieces: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    lines: tuple[PickupLine, ...] = ()
    flags: tuple[str, ...] = ()
    by_code: bool = False
    can_undo: bool = False
