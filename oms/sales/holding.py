"""Keeps a customer order back. Capture, payments, credit, the workbench and what moves orders on call it; `holds` lets it go on.

A held order's parts that no floor has begun wait with it: they are held at their sites, and open again with the last release.
"""

import uuid
from typing import TYPE_CHECKING, Any, Final

from oms.orders.rules import ORDER
from oms.sales.codes import EventKind
from oms.sales.events import note
from oms.sales.models import OrderHold
from oms.sales.scene import Sale, settle_state
from oms.transitions import moved
from sync.contract.codes import OrderState

if TYPE_CHECKING:
    from oms.db.work import Work

#: Why a site's part is held: the customer's order is.
WAITS: Final = "customer_order_held"


def hold(w: "Work", sale: Sale, code: str, line: int | None = None, **params: str | int) -> str:
    """Keeps the locked order back for the reason `code`; the id of the hold. The same open reason again is the same hold."""
    for one in sale.holds:
        if one.released_at is None and (one.code, one.line_no) == (code, line):
            return one.id
    made = OrderHold(
        id=uuid.uuid4().hex, order_no=sale.order.number, code=str(code), at=w.now, params=dict(params), line_no=line
    )
    w.db.add(made)
    sale.holds.append(made)
    words: dict[str, Any] = {**params, "code": str(code), "line": line}
    note(w, sale.order.number, EventKind.HELD, **words)
    _parts(w, sale, OrderState.OPEN, OrderState.HELD)
    settle_state(w, sale)
    return made.id


def parts_go_on(w: "Work", sale: Sale) -> None:
    """The last hold was released: what waited with it is open again."""
    _parts(w, sale, OrderState.HELD, OrderState.OPEN)


def _parts(w: "Work", sale: Sale, before: OrderState, after: OrderState) -> None:
    for part in sale.parts:
        mine = part.held_reason == WAITS if before is OrderState.HELD else True
        if part.state is before and mine:
            part.state = moved(ORDER, part.state, after)
            part.held_reason = WAITS if after is OrderState.HELD else ""
            part.held_params = {}
            w.beside(part.site_id).touch("order", part.number)
