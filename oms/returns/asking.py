"""A return is asked for: by the customer's link, by a program, at the desk. Checked against what is taken back; approved by itself where
the rules say so. Routes call it, in one unit of work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from oms.catalog.models import Site
from oms.returns import deciding, labels, scene
from oms.returns.codes import CameBy, ReturnRefusal
from oms.returns.models import CustomerReturn, ReturnLine, ReturnPhoto
from oms.returns.refused import Refused
from oms.returns.rules import Terms
from oms.returns.signs import look_at_customer
from oms.returns.terms import terms_for
from oms.sales.codes import EventKind
from oms.sales.models import CustomerOrderLine, OrderEvent
from oms.sales.scene import Sale, lock_sale
from sync.contract.codes import OrderState
from sync.contract.returns import ReturnReason

if TYPE_CHECKING:
    from oms.db.work import Work

_MOST_LINES: Final = 200
_MOST_TEXT: Final = 2000


@dataclass(frozen=True, slots=True)
class Wanted:
    """`qty` units of an order's line, and why."""

    line: int
    qty: int
    reason: ReturnReason
    note: str = ""


def ask(
    w: "Work",
    order_no: str,
    wanted: Sequence[Wanted],
    came_by: CameBy,
    *,
    site: str = "",
    said: str = "",
    all_the_same: bool = False,
) -> CustomerReturn:
    """A return of these lines. `site` is where it will come to ('': the site that sent it). `all_the_same`: a person lets it pass though it
    is late, or of an item or for a reason that is not taken back. Raises `Refused`."""
    sale = lock_sale(w, order_no)
    if sale is None:
        raise Refused(ReturnRefusal.UNKNOWN_ORDER, order=order_no[:60])
    if not 0 < len(wanted) <= _MOST_LINES or len({one.line for one in wanted}) < len(wanted):
        raise Refused(ReturnRefusal.NO_LINES)
    there = site or sent_from(w, sale)
    if w.db.get(Site, there) is None:
        raise Refused(ReturnRefusal.UNKNOWN_SITE, site=there[:60])
    terms = terms_for(w.db, sale.order.channel, there)
    if not all_the_same and late(w, sale, terms):
        raise Refused(ReturnRefusal.TOO_LATE, days=terms.window_days)
    for one in wanted:
        _check(w, sale, one, terms, all_the_same)
    back = scene.make(w, sale, came_by, there, said[:_MOST_TEXT])
    for n, one in enumerate(wanted, 1):
        line = _line(sale, one)
        w.db.add(
            ReturnLine(
                return_no=back.number, line_no=n, sku=line.sku, qty=one.qty, order_line=one.line, reason=one.reason,
                note=one.note[:_MOST_TEXT],
            )
        )  # fmt: skip
    w.db.flush()
    scene.show(w, back)
    units = sum(one.qty for one in wanted)
    w.audit("return.asked", number=back.number, order=order_no, units=units, came_by=came_by.value)
    scene.tell(w, back, EventKind.RETURN_ASKED, units=units)
    go_on(w, scene.lock(w, back.number), terms)
    return back


def go_on(w: "Work", found: scene.Scene, terms: Terms) -> None:
    """What follows by itself: approved, when it is worth little enough, its pictures are there, and nothing is odd about it."""
    look_at_customer(w, found, terms)
    most = terms.approve_up_to
    if most is None or found.back.signs or found.back.decided_at is not None:
        return
    if scene.worth_of(found) <= most and not missing_photos(w, found, terms):
        deciding.approve_locked(w, found, terms)
        no = labels.why_not(w, found, terms)
        if no is None:
            deciding.make_label_locked(w, found, terms)
        elif no.code is ReturnRefusal.NO_WEIGHT:
            # The customer waits for a label, and nobody was there to hear that there is none.
            labels.none_to_be(w, found, terms)


def missing_photos(w: "Work", found: scene.Scene, terms: Terms) -> list[int]:
    """Lines whose reason wants a picture and that have none."""
    mine = select(ReturnPhoto.line_no).where(ReturnPhoto.return_no == found.back.number).distinct()
    there = set(w.db.scalars(mine))
    return [one.line_no for one in found.lines if one.reason in terms.photo_reasons and one.line_no not in there]


def came_to_customer(w: "Work", sale: Sale) -> datetime | None:
    """When the customer got the last of it: as the carrier said, else when it left."""
    told = select(func.max(OrderEvent.at)).where(
        OrderEvent.order_no == sale.order.number, OrderEvent.kind.in_((EventKind.DELIVERED, EventKind.PICKED_UP))
    )
    left = [one.shipped_at for one in sale.parts if one.state is OrderState.SHIPPED and one.shipped_at is not None]
    known = [at for at in (w.db.scalars(told).one(), *left) if at is not None]
    return max(known, default=None)


def late(w: "Work", sale: Sale, terms: Terms) -> bool:
    """Whether the time is over in which something is taken back."""
    at = came_to_customer(w, sale)
    return at is not None and w.now - at > timedelta(days=terms.window_days)


def _check(w: "Work", sale: Sale, one: Wanted, terms: Terms, all_the_same: bool) -> None:
    line = _line(sale, one)
    most = scene.left(w, sale, one.line)
    if not 0 < one.qty <= most:
        raise Refused(ReturnRefusal.BAD_QUANTITY, line=one.line, left=most)
    if all_the_same:
        return
    if line.sku in terms.kept_skus:
        raise Refused(ReturnRefusal.NOT_RETURNABLE, sku=line.sku)
    if not terms.takes(one.reason):
        raise Refused(ReturnRefusal.REASON_NOT_TAKEN, reason=one.reason.value)


def _line(sale: Sale, one: Wanted) -> CustomerOrderLine:
    line = sale.line(one.line)
    if line is None:
        raise Refused(ReturnRefusal.UNKNOWN_LINE, line=one.line)
    return line


def sent_from(w: "Work", sale: Sale) -> str:
    """The site that sent the first of it."""
    sent = [part.site_id for part in sale.parts if part.state is OrderState.SHIPPED]
    return sent[0] if sent else w.site
