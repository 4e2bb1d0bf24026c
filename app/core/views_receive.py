"""Pictures of goods that come in, as the service hands them to its presenter: frozen and Qt-free like `views`."""

from dataclasses import dataclass
from enum import StrEnum

from app.core.messages import Message


class ReceiveStep(StrEnum):
    """Where a person stands with a delivery."""

    LIST = "list"
    #: Goods are scanned, then the place where they are put.
    GOODS = "goods"
    #: How many of the item that was scanned last.
    NUMBER = "number"
    LOT = "lot"
    DAY = "day"
    SERIAL = "serial"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class ReceiveCard:
    """An order that is expected: who sends it, on which day, and the units that are still to come."""

    order: str
    sender: str
    day: str
    units: int


@dataclass(frozen=True, slots=True)
class ReceiveLine:
    """An item in hand (`damaged` units of it are broken), or one that is still to come."""

    name: str
    qty: int
    damaged: int = 0
    lot: str = ""


@dataclass(frozen=True, slots=True)
class ReceiveView:
    """A delivery at one moment, or the list. `order` is what the work is kept under; `named` the order's number, '' where there is none."""

    step: ReceiveStep
    prompt: Message
    expected: tuple[ReceiveCard, ...] = ()
    order: str = ""
    named: str = ""
    sender: str = ""
    hand: tuple[ReceiveLine, ...] = ()
    to_come: tuple[ReceiveLine, ...] = ()
    in_hand: int = 0
    open: int = 0
    can_undo: bool = False
