"""What deliveries teach of a supplier: the days it takes, and how sure they are. Forecasts are told, unless somebody said otherwise."""

from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert

from oms.forecast.models import StockTerms
from oms.purchasing.models import PurchaseDelivery, PurchaseOrder, Supplier, SupplierItem
from oms.purchasing.rules import LEARN_FROM_LAST, learned

if TYPE_CHECKING:
    from oms.db.work import Work


def learn(w: "Work", supplier: Supplier) -> None:
    """Looks at the first delivery of each line of the last orders."""
    first = func.min(PurchaseDelivery.at)
    mine = (
        select(func.extract("epoch", first - PurchaseOrder.sent_at) / 86400)
        .select_from(PurchaseDelivery)
        .join(PurchaseOrder, PurchaseOrder.number == PurchaseDelivery.order_no)
        .where(PurchaseOrder.supplier == supplier.code, PurchaseOrder.sent_at.is_not(None))
        .group_by(PurchaseDelivery.order_no, PurchaseDelivery.line_no, PurchaseOrder.sent_at)
        .order_by(first.desc())
        .limit(LEARN_FROM_LAST)
    )
    found = learned([float(days) for days in reversed(w.db.scalars(mine).all())])
    before = supplier.lead_days if supplier.learned_days is None else supplier.learned_days
    if found is None or found == (supplier.learned_days, supplier.learned_sd_days):
        return
    supplier.learned_days, supplier.learned_sd_days = found
    w.db.flush()
    asked = select(SupplierItem.sku).where(SupplierItem.supplier == supplier.code, SupplierItem.rank <= 1)
    rows = [
        {"site_id": w.site, "sku": sku, "lead_days": found[0], "lead_sd_days": found[1]}
        for sku in sorted(w.db.scalars(asked))
    ]
    if rows:
        fresh = insert(StockTerms).values(rows)
        w.db.execute(fresh.on_conflict_do_update(
            index_elements=["site_id", "sku"],
            set_={"lead_days": fresh.excluded.lead_days, "lead_sd_days": fresh.excluded.lead_sd_days},
            where=or_(StockTerms.lead_days.is_(None), StockTerms.lead_days == before),
        ))  # fmt: skip
