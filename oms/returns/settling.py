"""How a return ends: paid back (all, less, with a fee), exchanged, neither, or sent back to its customer. Money follows through the order:
what is due becomes less, and payments and credit notes follow from that, so that nothing is paid back twice or beyond what was paid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from oms.inventory.models import StockBalance
from oms.inventory.rules import SHIPPED, SUPPLIER
from oms.money.currencies import ZERO, rounded
from oms.money.due import worth
from oms.money.models import OrderMoney
from oms.returns import scene
from oms.returns.codes import Resolution, ReturnRefusal, ReturnState
from oms.returns.models import ReturnLine, ReturnReceipt
from oms.returns.refused import Refused
from oms.returns.rules import Terms, less_fee, payable
from oms.returns.terms import terms_for
from oms.sales.capture import Address, CaptureResult, SaleDraft, SaleDraftLine, capture
from oms.sales.codes import EventKind
from oms.sales.events import note
from oms.sales.heads import money
from oms.sales.models import CustomerOrderLine
from oms.sales.ports import PORTS
from oms.sales.scene import Sale
from oms.sales.scene import settle_state as settle_sale
from sync.contract.returns import Disposition

if TYPE_CHECKING:
    from oms.db.work import Work

#: Where goods go that nobody wants, and those that their supplier takes.
SCRAP: Final = "scrap"
_AWAY: Final = {Disposition.SCRAP: SCRAP, Disposition.TO_SUPPLIER: SUPPLIER}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How a return is to end. `amounts` are what is paid back by line of the return, where a person says it; `fee` None: as it was
    approved. `instead` are items for an exchange (SKU, units); empty: the same again."""

    how: Resolution
    amounts: Mapping[int, Decimal] = field(default_factory=dict)
    fee: Decimal | None = None
    instead: Sequence[tuple[str, int]] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """Units of an order's line that are settled: what they are worth, and what of it is paid back."""

    line: ReturnLine
    sold: CustomerOrderLine
    units: int
    worth: Decimal
    refund: Decimal


def settle(w: "Work", number: str, wish: Wish, revision: int | None = None) -> scene.Scene:
    """Ends a return whose goods were looked at. Raises `Refused`: the unit of work is then to be given up."""
    found = scene.lock(w, number, revision)
    settle_locked(w, found, wish)
    return found


def by_itself(w: "Work", found: scene.Scene, terms: Terms) -> bool:
    """Pays back where the rules let that happen without a person; whether it did."""
    most, back = terms.refund_up_to, found.back
    if most is None or back.signs or back.state is not ReturnState.GRADED or found.sale is None:
        return False
    if any(one.order_line is None for one in found.lines) or scene.worth_of(found) > most:
        return False
    settle_locked(w, found, Wish(how=Resolution.REFUND))
    return True


def settle_locked(w: "Work", found: scene.Scene, wish: Wish) -> None:
    """As `settle`, of a return that is locked."""
    back = found.back
    if back.state is not ReturnState.GRADED:
        raise Refused(ReturnRefusal.NOT_NOW, state=back.state.value)
    if found.sale is None and wish.how in (Resolution.REFUND, Resolution.EXCHANGE):
        raise Refused(ReturnRefusal.NO_ORDER)
    terms = terms_for(w.db, back.channel, back.site_id)
    if wish.how is Resolution.SEND_BACK:
        for n, one in enumerate(found.receipts):
            _out(w, one, SHIPPED, n)
    else:
        _keep(w, found, wish, terms)
    if wish.how is Resolution.EXCHANGE:
        back.exchange_order = _exchange(w, found, wish)
    back.resolution, back.closed_at = wish.how, w.now
    scene.settle_state(w, found)
    w.audit(
        "return.closed", number=back.number, order=back.order_no, resolution=wish.how.value, refund=money(back.refund),
        fee=money(back.fee), exchange=back.exchange_order,
    )  # fmt: skip
    scene.tell(
        w, back, EventKind.RETURN_CLOSED, key=f"return-closed:{back.number}", resolution=wish.how.value,
        refund=money(back.refund), currency=back.currency, exchange=back.exchange_order or "",
    )  # fmt: skip


def _keep(w: "Work", found: scene.Scene, wish: Wish, terms: Terms) -> None:
    """The goods stay here: those nobody wants go, and the order has as many units less."""
    for n, one in enumerate(found.receipts):
        if one.disposition in _AWAY:
            _away(w, one, _AWAY[one.disposition], n)
    if found.sale is not None:
        parts = _parts(found, found.sale, wish, terms)
        _less_due(w, found, found.sale, parts, sending=wish.how is Resolution.REFUND and terms.sending_back)


def _parts(found: scene.Scene, sale: Sale, wish: Wish, terms: Terms) -> list[_Part]:
    parts, left = [], {line.line_no: line.shipped - line.returned for line in sale.lines}
    back = found.back
    for one in found.lines:
        sold = sale.line(one.order_line) if one.order_line is not None else None
        units = min(found.units(one.line_no), left[sold.line_no]) if sold is not None else 0
        if sold is None or units <= 0:
            continue
        left[sold.line_no] -= units
        whole = worth(sold, units, back.currency)
        asked = payable(whole, units, found.came(one.line_no), one.reason, terms, back.currency)
        said = wish.amounts.get(one.line_no)
        if said is not None and (said > whole or said != rounded(said, back.currency)):
            raise Refused(ReturnRefusal.BAD_AMOUNT, line=one.line_no, most=money(whole))
        refund = asked if said is None else said
        parts.append(_Part(one, sold, units, whole, refund if wish.how is Resolution.REFUND else ZERO))
    unknown = set(wish.amounts) - {one.line.line_no for one in parts}
    if unknown:
        raise Refused(ReturnRefusal.UNKNOWN_LINE, line=min(unknown))
    if wish.how is not Resolution.REFUND:
        back.fee = ZERO
        return parts
    fee = rounded(back.fee if wish.fee is None else wish.fee, back.currency)
    back.fee = min(fee, sum((one.refund for one in parts), ZERO))
    kept = less_fee({one.line.line_no: one.refund for one in parts}, back.fee)
    return [_Part(one.line, one.sold, one.units, one.worth, kept[one.line.line_no]) for one in parts]


def _less_due(w: "Work", found: scene.Scene, sale: Sale, parts: Sequence[_Part], *, sending: bool) -> None:
    before = sale.order.total
    for one in parts:
        one.sold.returned += one.units
        one.sold.withheld += one.worth - one.refund
        one.line.taken, one.line.refund = one.units, one.refund
        note(
            w, sale.order.number, EventKind.RETURNED, site=found.back.site_id, line=one.sold.line_no, sku=one.line.sku,
            qty=one.units, number=found.back.number,
        )  # fmt: skip
    w.db.flush()
    settle_sale(w, sale)
    if parts:
        _money(w, sale).sending_kept = not sending
        w.db.flush()
    PORTS.reprice(w, sale)
    found.back.refund = before - sale.order.total


def _money(w: "Work", sale: Sale) -> OrderMoney:
    money = w.db.get(OrderMoney, sale.order.number)
    if money is None:
        # Its money was written by somebody else: it is believed as it is.
        money = OrderMoney(order_no=sale.order.number, counted={str(line.line_no): line.qty for line in sale.lines})
        w.db.add(money)
    return money


def _exchange(w: "Work", found: scene.Scene, wish: Wish) -> str:
    """The order of what the customer gets in place of what came: it costs them nothing."""
    assert found.sale is not None
    order, back = found.sale.order, found.back
    same = [(one.sku, one.taken) for one in found.lines if one.taken]
    wanted = list(wish.instead) or same
    if not same or not wanted or any(qty <= 0 for _, qty in wanted):
        raise Refused(ReturnRefusal.NO_LINES)
    draft = SaleDraft(
        channel=order.channel, reference=f"{back.number}-X", email=order.email, phone=order.phone, language=order.language,
        ship=Address(
            order.ship_name, order.ship_street, order.ship_postcode, order.ship_city, order.ship_region, order.ship_country
        ),
        lines=[SaleDraftLine(sku=sku, qty=qty, price=ZERO) for sku, qty in wanted], currency=order.currency,
        tax_included=order.tax_included, flags=("exchange",), note=back.number,
    )  # fmt: skip
    [got] = capture(w, [draft])
    if got.result not in (CaptureResult.CREATED, CaptureResult.HELD):
        raise Refused(ReturnRefusal.BAD_VALUE, field="exchange")
    note(w, got.number, EventKind.NOTE, exchange_of=order.number, number=back.number)
    return got.number


def _out(w: "Work", one: ReturnReceipt, to: str, n: int) -> None:
    if _there(w, one) < one.qty:
        raise Refused(ReturnRefusal.GOODS_GONE, sku=one.sku, bin=one.account.partition(":")[2])
    w.beside(one.site_id).move(f"{one.return_no}:out", n, one.sku, one.lot, one.account, to, one.qty)


def _away(w: "Work", one: ReturnReceipt, to: str, n: int) -> None:
    """What of it is still where it was put: a person may have moved it meanwhile."""
    qty = min(one.qty, _there(w, one))
    if qty > 0:
        w.beside(one.site_id).move(f"{one.return_no}:away", n, one.sku, one.lot, one.account, to, qty)


def _there(w: "Work", one: ReturnReceipt) -> int:
    w.db.flush()
    key = (one.site_id, one.account, one.sku, one.lot)
    held = select(StockBalance.qty).where(
        StockBalance.site_id == key[0], StockBalance.account == key[1], StockBalance.sku == key[2], StockBalance.lot == key[3]
    )  # fmt: skip
    return w.db.scalar(held.with_for_update()) or 0
