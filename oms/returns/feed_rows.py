"""What devices see of returns that were announced to their site, so that who opens the box knows what should be in it."""

from collections import defaultdict

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from oms.orders.models import Order
from oms.returns.codes import ReturnState
from oms.returns.models import CustomerReturn, ReturnLine, ReturnReceipt
from oms.sales.models import CustomerOrder
from sync.contract.returns import AnnouncedLine, ReturnRow

#: Something may still come of it.
COMING = frozenset(
    {ReturnState.ASKED, ReturnState.APPROVED, ReturnState.LABEL_SENT, ReturnState.PARTLY_RECEIVED, ReturnState.REFUSED}
)


def return_rows(db: Session, site: str, ids: list[str]) -> list[ReturnRow]:
    """Of announced returns of which something may still come; all others are sent as deleted."""
    mine = select(CustomerReturn).where(
        CustomerReturn.number.in_(ids), CustomerReturn.site_id == site, CustomerReturn.order_no.is_not(None),
        CustomerReturn.state.in_(COMING),
    )  # fmt: skip
    found = db.scalars(mine).all()
    numbers = [one.number for one in found]
    lines, came = _lines(db, numbers), _came(db, numbers)
    names = _names(db, site, {one.order_no for one in found if one.order_no})
    return [
        ReturnRow(
            id=one.number, orders=names[one.order_no or ""], refused=one.state is ReturnState.REFUSED,
            tracking=one.tracking,
            lines=[
                AnnouncedLine(
                    line=line.line_no, sku=line.sku, reason=line.reason, open=max(0, line.qty - came.get((one.number, line.line_no), 0)),
                )
                for line in lines[one.number]
            ],
        )
        for one in found if lines[one.number]
    ]  # fmt: skip


def _lines(db: Session, numbers: list[str]) -> dict[str, list[ReturnLine]]:
    mine = select(ReturnLine).where(ReturnLine.return_no.in_(numbers), ReturnLine.qty > 0)
    lines: dict[str, list[ReturnLine]] = defaultdict(list)
    for line in db.scalars(mine.order_by(ReturnLine.line_no)):
        lines[line.return_no].append(line)
    return lines


def _came(db: Session, numbers: list[str]) -> dict[tuple[str, int], int]:
    mine = select(ReturnReceipt.return_no, ReturnReceipt.line_no, func.sum(ReturnReceipt.qty)).where(
        ReturnReceipt.return_no.in_(numbers), ReturnReceipt.undone_at.is_(None)
    )
    rows = db.execute(mine.group_by(ReturnReceipt.return_no, ReturnReceipt.line_no))
    return {(number, line): int(units) for number, line, units in rows}


def _names(db: Session, site: str, orders: set[str]) -> dict[str, list[str]]:
    """What may stand on the box besides the return's own code: the order's number, what its channel calls it, its part at this site."""
    names: dict[str, list[str]] = {}
    mine = select(CustomerOrder.number, CustomerOrder.reference).where(CustomerOrder.number.in_(orders))
    for number, reference in db.execute(mine):
        names[number] = [number, *([reference] if reference else [])]
    parts = select(Order.customer_order, Order.number).where(Order.site_id == site, Order.customer_order.in_(orders))
    for of, number in db.execute(parts.order_by(Order.number)):
        if of is not None and number not in names[of]:
            names[of].append(number)
    return names
