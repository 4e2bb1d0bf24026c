"""What devices see of goods that are on their way to their site: orders to suppliers."""

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from oms.purchasing.codes import COMING
from oms.purchasing.models import PurchaseLine, PurchaseOrder, Supplier
from sync.contract.inbound import InboundLine, PurchaseRow
from sync.contract.rows import Row


def purchase_rows(db: Session, site: str, ids: list[str]) -> list[Row]:
    """Of orders under way; all others are sent as deleted."""
    mine = select(PurchaseOrder, Supplier.name).join(Supplier, Supplier.code == PurchaseOrder.supplier)
    mine = mine.where(PurchaseOrder.number.in_(ids), PurchaseOrder.site_id == site, PurchaseOrder.state.in_(COMING))
    found = db.execute(mine).all()
    lines: dict[str, list[PurchaseLine]] = defaultdict(list)
    numbers = [order.number for order, _ in found]
    for line in db.scalars(
        select(PurchaseLine).where(PurchaseLine.order_no.in_(numbers)).order_by(PurchaseLine.line_no)
    ):
        lines[line.order_no].append(line)
    return [
        PurchaseRow(
            id=order.number, sender=name, day=max(line.day for line in lines[order.number]).isoformat(), reference=order.reference,
            lines=[
                InboundLine(line=line.line_no, sku=line.sku, open=line.open, their_sku=line.their_sku)
                for line in lines[order.number]
            ],
        )
        for order, name in found
    ]  # fmt: skip
