"""What the sending site does to its order is seen on the transfer. Called where a site's order changes its state."""

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from oms.orders.models import Order, OrderLine
from oms.transfers.codes import OPEN, TransferState
from oms.transfers.expected import tell
from oms.transfers.models import TransferLine
from oms.transfers.rules import TRANSFER, state_of
from oms.transfers.scene import lines_of, locked
from oms.transitions import can, moved
from sync.contract.codes import OrderState

if TYPE_CHECKING:
    from oms.db.work import Work


def follow(w: "Work", order: Order) -> None:
    """`order`, whose row is locked, has changed its state."""
    if order.transfer_to is None or order.state not in (OrderState.SHIPPED, OrderState.CANCELLED):
        return
    transfer = locked(w, order.number)
    if transfer is None or transfer.state not in OPEN:
        return
    lines = lines_of(w, order.number)
    if order.state is OrderState.CANCELLED:
        if not can(TRANSFER, transfer.state, TransferState.CANCELLED):
            return
        transfer.state, transfer.done_at = moved(TRANSFER, transfer.state, TransferState.CANCELLED), w.now
    else:
        _count(w, order, lines)
        transfer.sent_at = w.now
        transfer.state = moved(TRANSFER, transfer.state, state_of(lines, sent=True))
    w.db.flush()
    tell(w, transfer, lines)
    w.audit(f"transfer.{'sent' if transfer.sent_at else 'cancelled'}", transfer=order.number, to=transfer.to_site)


def _count(w: "Work", order: Order, lines: list[TransferLine]) -> None:
    """What left is what was packed; other goods in place of some have a line of their own."""
    w.db.flush()
    mine = select(OrderLine.sku, func.sum(OrderLine.packed)).where(
        OrderLine.site_id == order.site_id, OrderLine.order_no == order.number
    )
    packed: dict[str, int] = {row[0]: int(row[1]) for row in w.db.execute(mine.group_by(OrderLine.sku))}
    for line in lines:
        line.shipped = packed.pop(line.sku, 0)
    for sku, units in sorted(packed.items()):
        if units:
            line = TransferLine(number=order.number, line_no=lines[-1].line_no + 1, sku=sku, qty=0, shipped=units)
            w.db.add(line)
            lines.append(line)
