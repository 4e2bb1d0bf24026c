"""What was scanned into parcels, also after they have left: by the ledger. Asked by learning, papers and dossiers."""

from collections import Counter, defaultdict
from collections.abc import Collection

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from oms.inventory.models import StockMove
from oms.inventory.rules import SHIPPED, parcel_account
from oms.picking.models import WorkItem

#: As the indexes of the ledger have it, so that they are used.
_INTO = text("to_account LIKE 'parcel:%'")
_OUT_OF = text("from_account LIKE 'parcel:%'")


def scanned_into(db: Session, site: str, parcels: Collection[str]) -> dict[str, dict[str, int]]:
    """Units per parcel (id) and SKU that went in and did not come out again."""
    accounts = {parcel_account(id): id for id in parcels}
    of_site = select(StockMove.from_account, StockMove.to_account, StockMove.sku, StockMove.qty)
    of_site = of_site.where(StockMove.site_id == site)
    came = of_site.where(_INTO, StockMove.to_account.in_(accounts))
    went = of_site.where(_OUT_OF, StockMove.from_account.in_(accounts), StockMove.to_account != SHIPPED)
    units: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for _, to, sku, qty in db.execute(came):
        units[accounts[to]][sku] += qty
    for from_, _, sku, qty in db.execute(went):
        units[accounts[from_]][sku] -= qty
    return {id: {sku: qty for sku, qty in some.items() if qty > 0} for id, some in units.items()}


def scanned_for(db: Session, site: str, orders: Collection[str], parcels: Collection[str]) -> Counter[str]:
    """Units per SKU of these orders that lie in these parcels: of shared ones only their own part."""
    accounts = [parcel_account(id) for id in parcels]
    theirs = select(StockMove.from_account, StockMove.to_account, StockMove.sku, StockMove.qty).join(
        WorkItem, WorkItem.id == StockMove.work_item
    )
    theirs = theirs.where(StockMove.site_id == site, WorkItem.order_no.in_(orders))
    units: Counter[str] = Counter()
    for _, _, sku, qty in db.execute(theirs.where(_INTO, StockMove.to_account.in_(accounts))):
        units[sku] += qty
    out = theirs.where(_OUT_OF, StockMove.from_account.in_(accounts), StockMove.to_account != SHIPPED)
    for _, _, sku, qty in db.execute(out):
        units[sku] -= qty
    return +units
