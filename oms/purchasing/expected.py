"""What is to come of orders, as the rest of the house is told it: an expected receipt for each line under way, with the units that are
open. Customers who were promised goods that will not come are looked at again."""

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING

from oms.promise.actions import ReceiptSaid, say_receipt
from oms.promise.keeping import lock_cells
from oms.promise.models import ExpectedReceipt
from oms.promise.slipping import let_go_above, wake
from oms.purchasing.codes import COMING
from oms.purchasing.models import PurchaseLine, PurchaseOrder, Supplier
from oms.sales.onward import look_again

if TYPE_CHECKING:
    from oms.db.work import Work


def tell(w: "Work", order: PurchaseOrder, lines: Sequence[PurchaseLine]) -> None:
    """Brings the expected receipts of these lines up to date. Its order is locked."""
    supplier = w.db.get_one(Supplier, order.supplier)
    changed = [(line, *found) for line in lines if (found := _change(w, order, line)) is not None]
    if not changed:
        return
    # Customers' orders are locked before cells, as everywhere.
    wake(w, [line.receipt for line, _, _ in changed])
    look_again(w, sorted({line.sku for line, _, _ in changed}))
    lock_cells(w, {(line.sku, order.site_id) for line, _, _ in changed})
    for line, row, units in changed:
        let_go_above(w, line.receipt, units)
        came = row.received if row is not None else 0
        say_receipt(w, ReceiptSaid(
            id=line.receipt, sku=line.sku, site=order.site_id, qty=came + units, day=line.day,
            spread_days=spread_of(supplier), supplier=supplier.code, reference=order.reference or order.number,
        ))  # fmt: skip


def spread_of(supplier: Supplier) -> int:
    """How many days later than said its goods may well come."""
    days = supplier.lead_sd_days if supplier.learned_sd_days is None else supplier.learned_sd_days
    return min(3650, ceil(days))


def _change(w: "Work", order: PurchaseOrder, line: PurchaseLine) -> tuple[ExpectedReceipt | None, int] | None:
    """The receipt as it is and the units that are open now; None where nothing changes."""
    units = line.open if order.state in COMING else 0
    row = w.db.get(ExpectedReceipt, line.receipt, with_for_update=True)
    if row is None:
        return (None, units) if units else None
    open_there = max(0, row.qty - row.received)
    return None if open_there == units and (row.day == line.day or not units) else (row, units)
