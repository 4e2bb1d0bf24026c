"""Other items in place of what cannot be had: taken at once where the customer allows it, else offered and answered.

`onward` and the routes call it."""

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from oms.catalog.models import Item
from oms.sales.codes import EventKind
from oms.sales.due import share
from oms.sales.events import Words, note
from oms.sales.models import CustomerOrderLine, SubstituteOffer
from oms.sales.ports import PORTS
from oms.sales.scene import Sale
from sync.contract.codes import Substitution

if TYPE_CHECKING:
    from oms.db.work import Work

#: How long an offer may be answered.
OFFERED_FOR: Final = timedelta(days=7)


def instead(w: "Work", sale: Sale) -> bool:
    """Replaces what is open and cannot be had, or asks the customer; whether there is something new to give to sites."""
    allowed = sale.order.substitution
    if allowed is Substitution.NEVER:
        return False
    changed = False
    for line in list(sale.lines):
        if not line.open or line.instead_of is not None:
            continue
        found = _other(w, line)
        if found is None:
            continue
        if allowed is Substitution.ALLOWED:
            _replace(w, sale, line, *found)
            changed = True
        else:
            _offer(w, sale, line, *found)
    return changed


def answer(w: "Work", sale: Sale, line_no: int, *, accepted: bool, code: str | None = None) -> bool:
    """The customer's word about what was offered for a line; False when nothing is, any more. The caller then lets the order go on."""
    offer = offer_of(w, sale.order.number, line_no)
    line = sale.line(line_no)
    if offer is None or line is None or offer.until < w.now:
        return False
    if code is not None and not secrets.compare_digest(code.encode(), offer.code.encode()):
        return False
    offer.answered_at, offer.accepted = w.now, accepted
    words: Words = {"line": line_no, "sku": line.sku, "other": offer.sku, "qty": offer.qty, "accepted": accepted}
    note(w, sale.order.number, EventKind.SUBSTITUTE_ANSWERED, **words)
    units = min(offer.qty, line.backordered + line.open)
    if accepted and units:
        line.backordered -= min(units, line.backordered)
        _replace(w, sale, line, offer.sku, units)
    return True


def offer_of(w: "Work", order_no: str, line_no: int) -> SubstituteOffer | None:
    """What is offered for a line and was not answered."""
    mine = (SubstituteOffer.order_no == order_no) & (SubstituteOffer.line_no == line_no)
    return w.db.scalar(select(SubstituteOffer).where(mine, SubstituteOffer.answered_at.is_(None)))


def close_offers(w: "Work", sale: Sale) -> None:
    """Nobody need answer about lines that do not wait any more."""
    mine = select(SubstituteOffer).where(
        SubstituteOffer.order_no == sale.order.number, SubstituteOffer.answered_at.is_(None)
    )
    for offer in w.db.scalars(mine):
        line = sale.line(offer.line_no)
        if line is None or not line.backordered + line.open:
            offer.answered_at = w.now


def _other(w: "Work", line: CustomerOrderLine) -> tuple[str, int] | None:
    """The best other item that is there for everything that is open, and the units."""
    lists = w.db.scalars(select(Item.substitutes).where(Item.sku == line.sku).order_by(Item.site_id))
    others = list(dict.fromkeys(sku for some in lists for sku in some if sku != line.sku))
    has = PORTS.free(w, others) if others else {}
    return next(((sku, line.open) for sku in others if has.get(sku, 0) >= line.open), None)


def _replace(w: "Work", sale: Sale, line: CustomerOrderLine, sku: str, units: int) -> None:
    """So many open units become a line of their own, at what the customer pays for the line they stand for."""
    line.cancelled += units
    last = select(func.max(CustomerOrderLine.line_no)).where(CustomerOrderLine.order_no == line.order_no)
    made = CustomerOrderLine(
        order_no=line.order_no, line_no=w.db.scalars(last).one() + 1, sku=sku, qty=units, price=line.price,
        tax_rate=line.tax_rate, instead_of=line.line_no, flags=list(line.flags),
        name=w.db.scalar(select(Item.name).where(Item.sku == sku).limit(1)) or "",
    )  # fmt: skip
    # The new line carries the share of the line's money that its units had.
    made.discount = share(line.discount, units, line.qty)
    made.tax, made.total = share(line.tax, units, line.qty), share(line.total, units, line.qty)
    w.db.add(made)
    w.db.flush()
    sale.lines.append(made)
    words: Words = {"line": line.line_no, "sku": line.sku, "other": sku, "qty": units, "new_line": made.line_no}
    note(w, sale.order.number, EventKind.CHANGED, what="substitute", **words)


def _offer(w: "Work", sale: Sale, line: CustomerOrderLine, sku: str, units: int) -> None:
    """Once for a line: what was declined is not offered again."""
    mine = (SubstituteOffer.order_no == line.order_no) & (SubstituteOffer.line_no == line.line_no)
    if w.db.scalar(select(SubstituteOffer.code).where(mine).limit(1)) is not None:
        return
    code = secrets.token_urlsafe(24)
    made = SubstituteOffer(
        code=code, order_no=line.order_no, line_no=line.line_no, sku=sku, qty=units, at=w.now, until=w.now + OFFERED_FOR
    )
    w.db.add(made)
    words: Words = {
        "line": line.line_no,
        "sku": line.sku,
        "other": sku,
        "qty": units,
        "until": made.until.date().isoformat(),
    }
    note(w, sale.order.number, EventKind.SUBSTITUTE_OFFERED, **words)
