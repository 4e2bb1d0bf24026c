"""Lets an order go on when what held it for money is there. Payments and credit call it."""

from typing import TYPE_CHECKING

from oms.money.codes import MoneyCode
from oms.sales.codes import EventKind
from oms.sales.events import note
from oms.sales.scene import settle_state

if TYPE_CHECKING:
    from oms.db.work import Work
    from oms.sales.scene import Sale


def let_through(w: "Work", sale: "Sale", code: MoneyCode) -> bool:
    """Releases the open holds of the locked order for this reason; whether there was one."""
    mine = [hold for hold in sale.holds if hold.code == code and hold.released_at is None]
    for hold in mine:
        hold.released_at, hold.released_by = w.now, w.actor.worker or w.actor.source
        note(w, sale.order.number, EventKind.HOLD_RELEASED, code=str(code), line=None, because="")
    if mine:
        if not sale.held:
            sale.order.due_at = w.now
        settle_state(w, sale)
    return bool(mine)
