"""Goods that were to come do not, or later: who was promised some of them is looked at again."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from oms.promise.models import Kept
from oms.sales.models import CustomerOrder

if TYPE_CHECKING:
    from oms.db.work import Work


def wake(w: "Work", receipts: Sequence[str]) -> None:
    """Customers' orders that were promised some of these are looked at again."""
    promised = select(Kept.order_no).where(Kept.receipt.in_(receipts), Kept.order_no.is_not(None))
    due = update(CustomerOrder).where(CustomerOrder.number.in_(promised), CustomerOrder.due_at.is_(None))
    w.db.execute(due.values(due_at=w.now).execution_options(synchronize_session=False))


def let_go_above(w: "Work", receipt: str, units: int) -> None:
    """Of a receipt with so many units to come more were promised: who was promised last gets nothing of it."""
    kept = select(Kept).where(Kept.receipt == receipt).order_by(Kept.order_no, Kept.line_no, Kept.id)
    left = units
    for row in w.db.scalars(kept.with_for_update()).all():
        if row.qty > left:
            w.db.delete(row)
        else:
            left -= row.qty
    w.db.flush()
