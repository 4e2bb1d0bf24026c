"""What sites' floors are told when a customer order is changed or called off: less of a line, all of a part, another address.

`altering` and `cancelling` call it with the order locked. Each function either does all of it or raises `Refused`, and then the caller's
unit of work is given up: nothing changed anywhere.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from oms.orders import actions as orders
from oms.orders.changes import take_less
from oms.orders.models import Order, OrderLine
from oms.packing.models import Parcel
from oms.packing.reopen import Asker, reopen
from oms.packing.sharing import parcels_for
from oms.sales.codes import SaleRefusal
from oms.sales.ports import PORTS
from oms.sales.scene import Sale
from sync.contract.codes import OrderState, ParcelState, ReopenReason

if TYPE_CHECKING:
    from oms.db.work import Work

#: Parts that can still be changed at all.
LIVE: Final = frozenset(OrderState) - {OrderState.SHIPPED, OrderState.CANCELLED}
#: Parts nobody on a floor knows of.
QUIET: Final = frozenset({OrderState.OPEN, OrderState.HELD})
#: The nearer to the truck, the later it is asked to give something back.
_NEARNESS: Final = (
    OrderState.OPEN, OrderState.HELD, OrderState.RELEASED, OrderState.PICKING, OrderState.PICKED, OrderState.PACKING,
    OrderState.LABEL_PENDING,
)  # fmt: skip
_CLOSED: Final = (ParcelState.LABEL_PENDING, ParcelState.LABEL_PRINTED, ParcelState.LABEL_UNSURE)


class Refused(Exception):
    """What was asked of a customer order cannot be done: a code and its words. Whoever catches it gives the unit of work up."""

    def __init__(self, code: SaleRefusal, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def live_parts(sale: Sale) -> list[Order]:
    """The parts that have not left and are not off, the one that is easiest to change first."""
    return sorted(
        (part for part in sale.parts if part.state in LIVE),
        key=lambda part: (_NEARNESS.index(part.state), part.number, part.site_id),
    )


def call_off(w: "Work", sale: Sale, part: Order) -> list[str]:
    """The whole part is off; the instructions to put goods back."""
    number, site = part.number, part.site_id
    done = orders.cancel(w.beside(site), number)
    if done.reason is not None:
        raise Refused(SaleRefusal.FLOOR_SAYS_NO, part=number, site=site, reason=str(done.params.get("reason", "")))
    return list(done.put_backs)


def give_back(w: "Work", sale: Sale, line_no: int, units: int) -> list[str]:
    """Takes `units` of a line back from its sites; the instructions to put goods back."""
    made: list[str] = []
    for part in live_parts(sale):
        if not units:
            break
        fewer, put_backs = _less_of(w, sale, part, line_no, units)
        units -= fewer
        made += put_backs
    if units:
        raise Refused(SaleRefusal.TOO_LATE, line=line_no, qty=units)
    return made


def _less_of(w: "Work", sale: Sale, part: Order, line_no: int, units: int) -> tuple[int, list[str]]:
    there = w.beside(part.site_id)
    lines = _lines(w, part)
    mine = next((line for line in lines if line.customer_line == line_no and line.sku == _sku(sale, line_no)), None)
    has = mine.qty - _final_short(part, mine) if mine is not None else 0
    fewer = min(units, has)
    if mine is None or not fewer:
        return 0, []
    others = sum(line.qty - _final_short(part, line) for line in lines if line is not mine)
    if fewer == has and not others:
        return fewer, call_off(w, sale, part)
    if any(line.customer_line == line_no and line is not mine for line in lines):
        raise Refused(SaleRefusal.FLOOR_SAYS_NO, part=part.number, site=part.site_id, reason="substituted")
    done = take_less(there, part.number, mine.line_no, mine.qty - fewer)
    if done.reason is not None:
        why = str(done.params.get("reason", ""))
        raise Refused(SaleRefusal.FLOOR_SAYS_NO, part=part.number, site=part.site_id, reason=why)
    if part.state in QUIET:
        PORTS.let_go(w, sale.order.number, line_no, part.site_id, fewer)
    return fewer, list(done.put_backs)


def _sku(sale: Sale, line_no: int) -> str:
    line = sale.line(line_no)
    return line.sku if line is not None else ""


def _final_short(part: Order, line: OrderLine) -> int:
    """Units that the part does not count any more."""
    return line.short if part.state not in (*QUIET, OrderState.RELEASED, OrderState.PICKING) else 0


def _lines(w: "Work", part: Order) -> list[OrderLine]:
    mine = select(OrderLine).where(OrderLine.site_id == part.site_id, OrderLine.order_no == part.number)
    return list(w.db.scalars(mine.order_by(OrderLine.line_no)))


def set_heads(w: "Work", sale: Sale, words: Mapping[str, object]) -> None:
    """The columns of every part that has not left become these; the site's devices are told."""
    for part in live_parts(sale):
        for name, value in words.items():
            setattr(part, name, value)
        w.beside(part.site_id).touch("order", part.number)


def address_again(w: "Work", sale: Sale, *, abroad: bool) -> None:
    """Parts go to the order's address from now on. A closed parcel is opened, and its label given back; one that the carrier counts already
    keeps the address, and the change is refused. Another country is another way of sending: too late on a floor."""
    for part in live_parts(sale):
        if abroad and part.state not in QUIET:
            raise Refused(SaleRefusal.TOO_LATE, part=part.number, site=part.site_id, reason="country")
        there = w.beside(part.site_id)
        closed = parcels_for(part.site_id, part.number).where(Parcel.state.in_(_CLOSED)).order_by(Parcel.number)
        for box in list(there.db.scalars(closed)):
            who = Asker(w.actor.worker or w.actor.source, w.actor.device or "", supervises=True)
            done = reopen(there, box.id, who, ReopenReason.CUSTOMER)
            if done.reason is not None:
                raise Refused(SaleRefusal.FLOOR_SAYS_NO, part=part.number, site=part.site_id, reason=done.reason)
