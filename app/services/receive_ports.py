"""What a presenter may ask of goods that come in, and what that service needs beside the store. Implemented by `app.services.receive`."""

from dataclasses import dataclass
from typing import Final, Protocol

from app.core.outcome import Outcome
from app.core.scan import ScanInput
from app.core.views_receive import ReceiveView
from app.flows.goods_code import GoodsCode

#: How names of print jobs of goods' labels begin: nobody waits for them at the bench.
GOODS_JOB: Final = "goods-"


class Receive(Protocol):
    """Deliveries. Calls run on the store worker; none of them needs the centre."""

    def view(self) -> Outcome[ReceiveView]:
        """What is open, exactly where it was left (also after a crash), or what is expected."""

    def on_scan(self, scan: ScanInput) -> Outcome[ReceiveView]: ...
    def open(self, order: str) -> Outcome[ReceiveView]:
        """A delivery of an order; '' without one."""

    def typed(self, text: str) -> Outcome[ReceiveView]:
        """The number, lot, day or serial number that was asked for; how many labels of one unit each."""

    def ask_number(self) -> Outcome[ReceiveView]: ...
    def broken(self) -> Outcome[ReceiveView]:
        """One of the item that was scanned last is damaged."""

    def undo(self) -> Outcome[ReceiveView]: ...
    def labels(self) -> Outcome[ReceiveView]:
        """Asks how many labels what was put down last is to bear."""

    def one_label(self) -> Outcome[ReceiveView]:
        """One for all units of the item that is asked for."""

    def no_label(self) -> Outcome[ReceiveView]:
        """None for it; the next item."""

    def cancel(self) -> Outcome[ReceiveView]: ...
    def finish(self) -> Outcome[ReceiveView]:
        """Nothing more came."""

    def leave(self) -> Outcome[ReceiveView]:
        """Puts it down; it can be resumed here."""


@dataclass(frozen=True, slots=True)
class GoodsLabel:
    """A label for `units` units of an item. `expiry` and `day` (they came) are ISO dates; `lot`, `expiry`, `order` and `place` (where they
    are to lie) are '' where there is none or nobody knows."""

    name: str
    sku: str
    units: int
    lot: str
    expiry: str
    order: str
    day: str
    place: str
    code: GoodsCode


class GoodsLabels(Protocol):
    """The way to the label printer of this station."""

    def has_label_printer(self) -> bool:
        """Whether labels can come out here at all."""

    def print_goods(self, print_job: str, label: GoodsLabel, copies: int) -> None:
        """Queues a label and returns at once; inside no unit of work, for the queue has a journal in the same store. Raises
        `app.services.ports.NoPrinter`."""
