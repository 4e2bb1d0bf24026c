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
    #: How many labels of what was put down last.
    LABELS = "labels"
    DONE = "done"


class LabelsStand(StrEnum):
    """How the labels of what was put down last stand."""

    NONE = "none"
    PRINTING = "printing"
    PRINTED = "printed"
    #: Nothing was sent to the printer.
    FAILED = "failed"
    #: They may have come out, or some of them: somebody looks.
    UNSURE = "unsure"


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
    """A delivery at one moment, or the list. `order` is what the work is kept under; `named` the order's number, '' where there is none.

    `label` is the item that labels are asked for, `more_labels`: others come after it. `can_label`: what was put down may bear some.
    """

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
    can_label: bool = False
    label: ReceiveLine | None = None
    more_labels: bool = False
    labels: LabelsStand = LabelsStand.NONE
