"""Lets a customer order go on that is kept back, mended by a person where something must be. The workbench and the routes call it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from oms.channels.addresses import normalise
from oms.channels.models import ForeignSku
from oms.sales import known
from oms.sales.codes import EventKind, SaleRefusal
from oms.sales.drafts import Address, HoldCode, SaleDraftLine
from oms.sales.events import note
from oms.sales.holding import hold, parts_go_on
from oms.sales.models import CustomerOrderLine, OrderHold
from oms.sales.onward import go_on
from oms.sales.ports import PORTS
from oms.sales.scene import Sale, settle_state
from oms.sales.searching import index
from oms.sales.sums import in_base_units

if TYPE_CHECKING:
    from oms.db.work import Work

__all__ = ["Mend", "hold", "release_hold"]

_ADDRESS: Final = frozenset({
    HoldCode.NO_NAME, HoldCode.NO_ADDRESS, HoldCode.BAD_COUNTRY, HoldCode.BAD_POSTCODE, HoldCode.BAD_REGION,
})  # fmt: skip
#: Nobody's word makes these good; they must be mended.
_MUST_MEND: Final = frozenset({
    HoldCode.NO_NAME, HoldCode.NO_ADDRESS, HoldCode.BAD_COUNTRY, HoldCode.UNKNOWN_SKU, HoldCode.NO_LINES, HoldCode.BAD_CURRENCY,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mend:
    """What a person puts right with a release: where it goes, their e-mail address, which of our goods a line means (and how many base
    units of it one is) or how many of them."""

    address: Address | None = None
    email: str = ""
    sku: str = ""
    units: int = 1
    qty: int | None = None


def release_hold(
    w: "Work", sale: Sale, hold_id: str, because: str, *, mend: Mend | None = None, remember: bool = True
) -> str | None:
    """Lets go of one hold of the locked order, mended by `mend`; what is still wrong stays held, or is held anew. `remember`: a SKU that
    was found for what the channel calls it is known from now on. The last release lets the order go on. None, or the code why not."""
    one = next((h for h in sale.holds if h.id == hold_id), None)
    if one is None or one.released_at is not None:
        return SaleRefusal.NOTHING_TO_DO
    wrong = _mended(w, sale, one, mend or Mend(), remember)
    if wrong is not None:
        return wrong
    for each in [one, *_settled_with(sale, one)]:
        _let_go(w, sale, each, because)
    if not sale.held:
        parts_go_on(w, sale)
    settle_state(w, sale)
    if not sale.held:
        go_on(w, sale)
    index(w, [sale.order.number])
    return None


def _let_go(w: "Work", sale: Sale, one: OrderHold, because: str) -> None:
    one.released_at, one.released_by, one.because = w.now, w.actor.worker or w.actor.source, because[:500]
    note(w, sale.order.number, EventKind.HOLD_RELEASED, code=one.code, line=one.line_no, because=because[:500])


def _settled_with(sale: Sale, one: OrderHold) -> Sequence[OrderHold]:
    """Other holds about the address, which was looked at as a whole."""
    if one.code not in _ADDRESS:
        return []
    return [h for h in sale.holds if h.released_at is None and h.id != one.id and h.code in _ADDRESS]


def _mended(w: "Work", sale: Sale, one: OrderHold, mend: Mend, remember: bool) -> str | None:
    """Puts right what the hold is about; the code of what is still wrong."""
    if one.code in _ADDRESS:
        return _mend_address(sale, mend.address)
    line = sale.line(one.line_no) if one.line_no is not None else None
    if one.code == HoldCode.UNKNOWN_SKU and line is not None:
        return _mend_sku(w, sale, line, mend, remember)
    if one.code == HoldCode.BAD_QUANTITY and line is not None:
        return _mend_qty(w, sale, line, mend)
    if one.code in (HoldCode.MISSING_EMAIL, HoldCode.BAD_EMAIL) and mend.email:
        sale.order.email = mend.email[:200]
    return one.code if one.code in _MUST_MEND else None


def _mend_address(sale: Sale, address: Address | None) -> str | None:
    """With an address, all of it must be right; without, a person may say that a postcode or a region is right as it is."""
    order = sale.order
    kept = Address(
        order.ship_name, order.ship_street, order.ship_postcode, order.ship_city, order.ship_region, order.ship_country
    )
    made, troubles = normalise(address or kept)
    wrong = [trouble.code for trouble in troubles]
    if order.pick_up_site is not None:
        wrong = [code for code in wrong if code == HoldCode.NO_NAME]
    if address is None:
        wrong = [code for code in wrong if code in _MUST_MEND]
    if wrong:
        return wrong[0]
    order.ship_name, order.ship_street, order.ship_postcode = made.name, made.street, made.postcode
    order.ship_city, order.ship_region, order.ship_country = made.city, made.region, made.country
    return None


def _mend_sku(w: "Work", sale: Sale, line: CustomerOrderLine, mend: Mend, remember: bool) -> str | None:
    """The SKU a person names, or the one a mapping made since then names."""
    called = line.foreign_sku or line.sku
    asked = SaleDraftLine(sku=mend.sku) if mend.sku else SaleDraftLine(sku=line.sku, foreign_sku=called)
    found = known.Goods(w.db, [(sale.order.channel, asked)])(sale.order.channel, asked)
    if found is None or not 0 < mend.units <= 100_000:
        return HoldCode.UNKNOWN_SKU
    sku, units = found[0], found[1] * mend.units
    if mend.sku and remember and called:
        _remember(w, sale.order.channel, called, sku, units)
    line.foreign_sku, line.sku, line.problem = called, sku, ""
    if units > 1:
        _in_units(line, units)
    PORTS.reprice(w, sale)
    return None


def _in_units(line: CustomerOrderLine, units: int) -> None:
    if line.price is not None:
        line.price, line.discount = in_base_units(line.price, line.discount, line.qty, units)
    line.qty *= units


def _remember(w: "Work", channel: str, called: str, sku: str, units: int) -> None:
    if known.ways(w.db, [channel]).get(channel) is None or not channel:
        return
    w.db.merge(ForeignSku(channel=channel, foreign_sku=called, sku=sku, units=units))
    w.audit("channel.sku_mapped", channel=channel, foreign=called, sku=sku, units=units)


def _mend_qty(w: "Work", sale: Sale, line: CustomerOrderLine, mend: Mend) -> str | None:
    """A line of nothing may stay where another line has something."""
    if mend.qty is not None and 0 < mend.qty <= 1_000_000:
        line.qty, line.problem = mend.qty, ""
        if line.price is not None:
            line.total = line.price * line.qty - line.discount
        PORTS.reprice(w, sale)
    return None if any(one.qty > one.cancelled for one in sale.lines) else HoldCode.BAD_QUANTITY
