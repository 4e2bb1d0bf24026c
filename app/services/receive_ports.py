"""What a presenter may ask of goods that come in. Implemented by `app.services.receive`."""

from typing import Protocol

from app.core.outcome import Outcome
from app.core.scan import ScanInput
from app.core.views_receive import ReceiveView


class Receive(Protocol):
    """Deliveries. Calls run on the store worker; none of them needs the centre."""

    def view(self) -> Outcome[ReceiveView]:
        """What is open, exactly where it was left (also after a crash), or what is expected."""

    def on_scan(self, scan: ScanInput) -> Outcome[ReceiveView]: ...
    def open(self, order: str) -> Outcome[ReceiveView]:
        """A delivery of an order; '' without one."""

    def typed(self, text: str) -> Outcome[ReceiveView]:
        """The number, lot, day or serial number that was asked for."""

    def ask_number(self) -> Outcome[ReceiveView]: ...
    def broken(self) -> Outcome[ReceiveView]:
        """One of the item that was scanned last is damaged."""

    def undo(self) -> Outcome[ReceiveView]: ...
    def cancel(self) -> Outcome[ReceiveView]: ...
    def finish(self) -> Outcome[ReceiveView]:
        """Nothing more came."""

    def leave(self) -> Outcome[ReceiveView]:
        """Puts it down; it can be resumed here."""
