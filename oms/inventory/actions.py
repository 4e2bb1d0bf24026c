"""The one way stock changes: a movement from an account to an account. Called by the unit of work (`Work.move`) and nobody else."""

from typing import TYPE_CHECKING

from sqlalchemy.dialects.postgresql import insert

from oms.inventory.models import StockBalance, StockMove

if TYPE_CHECKING:
    from oms.db.work import Work


def move(
    w: "Work",
    source_id: str,
    line: int,
    sku: str,
    lot: str,
    from_: str,
    to: str,
    qty: int,
    item: str | None = None,
) -> None:
    """Books `qty` (> 0) units of `sku` and `lot` ('' where none) and brings both balances up to date. `(source_id, line)` books once;
    `item` is the work item it was done for."""
    w.db.add(
        StockMove(
            site_id=w.site,
            source_id=source_id,
            line_no=line,
            sku=sku,
            lot=lot,
            from_account=from_,
            to_account=to,
            qty=qty,
            at=w.now,
            work_item=item,
        )
    )
    # One statement that locks its rows in the order in which everybody locks them (`queries.lock_shelves`).
    deltas = sorted([(from_, -qty), (to, qty)])
    upsert = insert(StockBalance).values(
        [{"site_id": w.site, "account": account, "sku": sku, "lot": lot, "qty": delta} for account, delta in deltas]
    )
    w.db.execute(
        upsert.on_conflict_do_update(
            index_elements=["site_id", "account", "sku", "lot"], set_={"qty": StockBalance.qty + upsert.excluded.qty}
        )
    )
