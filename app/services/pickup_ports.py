"""What a presenter may ask of orders that customers fetch in the store. Implemented by `app.services.pickup`."""

from typing import Protocol

from app.core.outcome import Outcome
from app.core.scan import ScanInput
from app.core.views_pickup import PickupView


class Pickup(Protocol):
    """Orders to set aside and to hand over. Calls run on the store worker; none of them needs the centre."""

    def view(self) -> Outcome[PickupView]:
        """What is open, exactly where it was left (also after a crash), or the list."""

    def on_scan(self, scan: ScanInput) -> Outcome[PickupView]: ...
    def open(self, order: str) -> Outcome[PickupView]:
        """Brings an order to the screen: one that stands ready to be handed over, any other to be set aside."""

    def code(self, text: str) -> Outcome[PickupView]:
        """The customer's code as they said it aloud."""

    def name_right(self) -> Outcome[PickupView]:
        """The person is who the order is for."""

    def all_here(self) -> Outcome[PickupView]: ...
    def sign(self, strokes: str) -> Outcome[PickupView]:
        """The customer has signed for it."""

    def not_wanted(self) -> Outcome[PickupView]: ...
    def because(self, reason: str) -> Outcome[PickupView]:
        """Why not: a `NotTaken`."""

    def undo(self) -> Outcome[PickupView]: ...
    def cancel(self) -> Outcome[PickupView]: ...
    def leave(self) -> Outcome[PickupView]:
        """Puts it down; it can be resumed here."""
