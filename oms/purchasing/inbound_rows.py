"""What devices see of goods that are on their way to their site: orders to suppliers, and transfers from other sites."""

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from oms.catalog.models import Site
from oms.purchasing.codes import COMING
from oms.purchasing.models import PurchaseLine, PurchaseOrder, Supplier
from oms.transfers.codes import COMING as IN_TRANSIT
from oms.transfers.models import Transfer, TransferLine
from oms.transfers.rules import to_come
from sync.contract.inbound import InboundLine, PurchaseRow
from sync.contract.rows import Row


def purchase_rows(db: Session, site: str, ids: list[str]) -> list[Row]:
    """Of what is under way; all others are sent as deleted."""
    return [*_bought(db, site, ids), *_moved(db, site, ids)]


def _bought(db: Session, site: str, ids: list[str]) -> list[Row]:
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


def _moved(db: Session, site: str, ids: list[str]) -> list[Row]:
    mine = select(Transfer, Site.name).join(Site, Site.id == Transfer.site_id)
    mine = mine.where(Transfer.number.in_(ids), Transfer.to_site == site, Transfer.state.in_(IN_TRANSIT))
    found = {transfer.number: (transfer, name) for transfer, name in db.execute(mine)}
    lines: dict[str, list[InboundLine]] = defaultdict(list)
    inside = select(TransferLine).where(TransferLine.number.in_(found)).order_by(TransferLine.line_no)
    for line in db.scalars(inside):
        sent = found[line.number][0].sent_at is not None
        lines[line.number].append(InboundLine(line=line.line_no, sku=line.sku, open=to_come(line, sent=sent)))
    return [
        PurchaseRow(id=number, sender=name, day=transfer.day.isoformat(), lines=lines[number])
        for number, (transfer, name) in found.items()
    ]
