"""Goods are expected, or are here: booked into a bin, kept for whom they were promised; orders that wait are looked at again. Whoever books
goods in, or says when they come, calls it."""

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from oms.catalog.models import Bin
from oms.inventory.models import StockMove
from oms.inventory.rules import SUPPLIER, bin_account
from oms.promise.actions import BadPromise, ReceiptSaid, arrived, say_receipt
from oms.promise.models import ExpectedReceipt, Kept
from oms.sales.models import CustomerOrder
from oms.sales.onward import look_again

if TYPE_CHECKING:
    from oms.db.work import Work


def expect(w: "Work", said: ReceiptSaid) -> bool:
    """Takes it as said (`say_receipt`); orders that wait for such goods are due when there are more or less of them, or on another day."""
    row = w.db.get(ExpectedReceipt, said.id)
    if row is None or (row.qty, row.day) != (said.qty, said.day):
        # Customers' orders are locked before cells, as everywhere.
        look_again(w, [said.sku])
    return say_receipt(w, said)


def receive(w: "Work", id: str, receipt: str, qty: int, bin: str, lot: str = "") -> list[str]:
    """Books `qty` units of a receipt into a bin of its site; the customer orders that were promised some. `id` names the delivery: told
    twice it is booked once. Raises `BadPromise`."""
    row = w.db.get(ExpectedReceipt, receipt)
    if row is None:
        raise BadPromise("unknown_receipt", receipt=receipt)
    if w.db.get(Bin, (row.site_id, bin)) is None:
        raise BadPromise("unknown_bin", bin=bin)
    if w.db.scalar(select(StockMove.id).where(StockMove.source_id == id).limit(1)) is not None:
        return []
    # Customers' orders are locked before cells, as everywhere.
    promised = select(Kept.order_no).where(Kept.receipt == receipt, Kept.order_no.is_not(None))
    due = update(CustomerOrder).where(CustomerOrder.number.in_(promised), CustomerOrder.due_at.is_(None))
    w.db.execute(due.values(due_at=w.now).execution_options(synchronize_session=False))
    look_again(w, [row.sku])
    told = arrived(w, receipt, qty)
    w.beside(row.site_id).move(id, 0, row.sku, lot, SUPPLIER, bin_account(bin), qty)
    w.audit("receipt.arrived", receipt=receipt, sku=row.sku, at_site=row.site_id, units=qty, bin=bin)
    return told
