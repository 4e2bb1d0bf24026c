"""What is to come of transfers, as the rest of the house is told it: an expected receipt for each line at the site it goes to."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from oms.promise.actions import ReceiptSaid, say_receipt
from oms.promise.keeping import lock_cells
from oms.promise.models import ExpectedReceipt
from oms.promise.slipping import let_go_above, wake
from oms.transfers.codes import OPEN
from oms.transfers.models import Transfer, TransferLine
from oms.transfers.rules import to_come

if TYPE_CHECKING:
    from oms.db.work import Work


def tell(w: "Work", transfer: Transfer, lines: Sequence[TransferLine]) -> None:
    """Brings the expected receipts of these lines up to date, and what devices there see. Its row is locked."""
    w.beside(transfer.to_site).touch("purchase", transfer.number)
    changed = [(line, *found) for line in lines if (found := _change(w, transfer, line)) is not None]
    if not changed:
        return
    wake(w, [line.receipt for line, _, _ in changed])
    lock_cells(w, {(line.sku, transfer.to_site) for line, _, _ in changed})
    for line, came, units in changed:
        let_go_above(w, line.receipt, units)
        say_receipt(w, ReceiptSaid(
            id=line.receipt, sku=line.sku, site=transfer.to_site, qty=came + units, day=transfer.day, supplier=transfer.site_id,
            reference=transfer.number,
        ))  # fmt: skip


def _change(w: "Work", transfer: Transfer, line: TransferLine) -> tuple[int, int] | None:
    """Units of the receipt that came, and those that are to come now; None where nothing changes."""
    units = to_come(line, sent=transfer.sent_at is not None) if transfer.state in OPEN else 0
    row = w.db.get(ExpectedReceipt, line.receipt, with_for_update=True)
    if row is None:
        return (0, units) if units else None
    return None if max(0, row.qty - row.received) == units else (row.received, units)
