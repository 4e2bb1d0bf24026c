"""What order entry shows in the pictures. Used by `tools.shots_data` and `tools.shots`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.core.messages import Code, say
from app.core.outcome import Outcome
from app.services.order_entry_ports import (
    AddressIn,
    EntryCustomer,
    EntryItem,
    EntryLook,
    EntryPlace,
    EntryTaken,
    HoldWord,
    LookedLine,
    TypedOrder,
)

if TYPE_CHECKING:
    from tools.shots import Canned

_DAY = "2026-11-23"
CUSTOMERS = tuple(
    EntryCustomer(
        number=f"C10{n}", name=name, email=f"{name.split()[0].lower()}@example.org", phone=f"+31 30 123 45{n}",
        address=AddressIn(name=name, street=f"Oudegracht {n}2", postcode="3511 AZ", city=city, country="NL"),
        flags=["vip"] if n == 0 else [],
    )
    for n, (name, city) in enumerate((("Ada Jansen", "Utrecht"), ("Bob Jansma", "Amersfoort"), ("Dörte Jansen-Großmann", "Osnabrück")))
)  # fmt: skip
ITEMS = (
    EntryItem(sku="TEA-EG", name="Earl Grey, 100 g"),
    EntryItem(sku="TEA-EG-250", name="Earl Grey, 250 g"),
    EntryItem(sku="CUP-BL", name="Cup, blue"),
)
_PRICES = {
    "TEA-EG": (4.95, 0.41, 40, "2026-11-25"),
    "TEA-EG-250": (9.95, 0.82, 3, "2026-11-25"),
    "CUP-BL": (7.5, 1.3, 0, "2026-12-02"),
}
PLACES = (EntryPlace(site="S", name="Store Utrecht"), EntryPlace(site="M", name="Store Amersfoort"))


@dataclass(frozen=True, slots=True)
class EntryMoment:
    """What the centre says; `away`: nothing. `holds` are codes of what would hold the order."""

    away: bool = False
    holds: tuple[str, ...] = ()
    waiting: int = 0


class CannedEntry:
    """A centre with these customers and items."""

    def __init__(self, canned: Canned) -> None:
        self._canned = canned

    @property
    def _now(self) -> EntryMoment:
        view = self._canned.moment.view
        return view if isinstance(view, EntryMoment) else EntryMoment()

    def online(self) -> bool:
        """See the port."""
        return not self._now.away

    def fresh(self) -> TypedOrder:
        """See the port."""
        return TypedOrder(key="0123456789abcdef", placed_at=f"{_DAY}T09:12:00Z")

    def customers(self, text: str) -> Outcome[Any]:
        """See the port."""
        return Outcome("customers", tuple(one for one in CUSTOMERS if text.lower() in one.name.lower()))

    def items(self, text: str) -> Outcome[Any]:
        """See the port."""
        found = [one for one in ITEMS if text.lower() in f"{one.sku} {one.name}".lower()]
        exact = [EntryItem(sku=one.sku, name=one.name, exact=True) for one in found if one.sku == text]
        return Outcome("items", tuple(exact or found))

    def places(self) -> Outcome[Any]:
        """See the port."""
        return Outcome("places", PLACES)

    def look(self, order: TypedOrder) -> Outcome[Any]:
        """See the port."""
        lines, goods, taxes = [], 0.0, 0.0
        for n, one in enumerate(order.lines, 1):
            price, tax, free, day = _PRICES.get(one.sku, (0.0, 0.0, 0, ""))
            goods, taxes = goods + price * one.qty, taxes + tax * one.qty
            lines.append(LookedLine(
                line=n, sku=one.sku, name=one.name, qty=one.qty, price=f"{price:.2f}", tax=f"{tax * one.qty:.2f}",
                total=f"{price * one.qty:.2f}", free=free, arrives=day or None,
            ))  # fmt: skip
        holds = [HoldWord(code=code, params={"postcode": "38 11"}) for code in self._now.holds]
        view = EntryLook(
            key=order.key, currency="EUR", goods=f"{goods:.2f}", shipping="4.95", tax=f"{taxes:.2f}", total=f"{goods + 4.95:.2f}",
            lines=lines, holds=holds, epoch=1, server_time=f"{_DAY}T09:12:00Z",
        )  # fmt: skip
        return Outcome("look", view)

    def send(self, order: TypedOrder) -> Outcome[Any]:
        """See the port."""
        if self._now.away:
            return Outcome("waiting", None, say(Code.ENTRY_WAITS))
        taken = EntryTaken(key=order.key, number="P100101", held=False, holds=[], epoch=1, server_time=_DAY)
        return Outcome("taken", taken, say(Code.ENTRY_TAKEN, order="P100101"))

    def keep(self, order: TypedOrder) -> Outcome[None]:
        """See the port."""
        return Outcome("kept", None)

    def kept(self) -> Outcome[TypedOrder | None]:
        """See the port."""
        return Outcome("kept", None)

    def waiting(self) -> Outcome[int]:
        """See the port."""
        return Outcome("waiting", self._now.waiting)
