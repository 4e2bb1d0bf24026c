"""What order entry may ask, and what it is given. Implemented by `app.services.order_entry`."""

from typing import Protocol

from app.core.outcome import Outcome
from sync.contract.customer_orders import AddressIn, HoldWord
from sync.contract.order_entry import (
    MOST_LINES,
    EntryCustomer,
    EntryItem,
    EntryKind,
    EntryLine,
    EntryLook,
    EntryPayment,
    EntryPlace,
    EntryTaken,
    LookedLine,
    TypedOrder,
)

#: What a presenter may speak of without knowing the wire.
__all__ = [
    "MOST_LINES",
    "AddressIn",
    "EntryCustomer",
    "EntryItem",
    "EntryKind",
    "EntryLine",
    "EntryLook",
    "EntryPayment",
    "EntryPlace",
    "EntryTaken",
    "HoldWord",
    "LookedLine",
    "OrderEntry",
    "TypedOrder",
]


class OrderEntry(Protocol):
    """Orders that are typed. All but `online` and `fresh` wait for the centre or the disk: `keep` and `kept` run on the store worker, the
    others on the network's."""

    def online(self) -> bool:
        """Whether the centre answered last time."""

    def fresh(self) -> TypedOrder:
        """An empty order with a key of its own, placed now."""

    def customers(self, text: str) -> Outcome[tuple[EntryCustomer, ...] | None]:
        """Who fits what was typed; None: nobody answered."""

    def items(self, text: str) -> Outcome[tuple[EntryItem, ...] | None]:
        """What fits what was typed or scanned; None: nobody answered."""

    def places(self) -> Outcome[tuple[EntryPlace, ...] | None]:
        """Where orders can be fetched; None: nobody answered."""

    def look(self, order: TypedOrder) -> Outcome[EntryLook | None]:
        """What it would come to, and what would hold it; None: nobody answered."""

    def send(self, order: TypedOrder) -> Outcome[EntryTaken | None]:
        """Keeps the order here and sends it: state `taken` with the order there is now, `waiting` when nobody answered and it goes by
        itself later, or `refused`: then nothing of it was kept."""

    def keep(self, order: TypedOrder) -> Outcome[None]:
        """Keeps the order that is being typed, in place of another one, for whoever is signed in; one with nothing in it is forgotten."""

    def kept(self) -> Outcome[TypedOrder | None]:
        """What whoever is signed in was typing here when the program ended; None: nothing."""

    def waiting(self) -> Outcome[int]:
        """How many typed orders wait here for the centre."""
