"""What somebody who buys should look at: items of which there is less than their level, items that lie, items that come back. Told once,
until it is well again (`oms.notify.staff`); shown by the API."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from oms.catalog.models import Item
from oms.forecast.models import ItemForecast
from oms.notify.codes import STOCK_KINDS, MailKind
from oms.purchasing.models import PurchaseSetting, StockRule
from oms.purchasing.run import projected
from oms.returns.stats import By, stats

#: Days of returns, and of what left, that are looked at.
RETURNS_DAYS: Final = 90
_PAGE: Final = 1000
#: Goods on the shelves of which nothing left for so long, though they were there all the time.
_DEAD: Final = text("""
    SELECT b.sku, CAST(sum(b.qty) AS bigint) FROM stock_balance b
    WHERE b.site_id = :site AND b.account LIKE 'bin:%'
        AND NOT EXISTS (
            SELECT FROM stock_move m WHERE m.site_id = :site AND m.sku = b.sku AND m.at >= :since
                AND (m.to_account = 'shipped' OR m.to_account LIKE 'tote:%' OR m.to_account LIKE 'transit:%')
        )
        AND EXISTS (SELECT FROM stock_move m WHERE m.site_id = :site AND m.sku = b.sku AND m.at < :since)
    GROUP BY b.sku HAVING sum(b.qty) > 0
""")


class Alert(Struct, frozen=True, kw_only=True):
    """`low_stock`: `have` units there or on the way, `want` is the level; `dead_stock`: `have` units, none of which left for `want` days;
    `high_returns`: `have` percent of what left came back, `want` is the limit."""

    kind: MailKind
    sku: str
    have: int
    want: int


def alerts(db: Session, site: str, now: datetime, kinds: Collection[MailKind] = STOCK_KINDS) -> list[Alert]:
    """All of a site of these kinds, by kind and item."""
    setting = db.get(PurchaseSetting, site) or PurchaseSetting(site_id=site)
    return [
        *(low(db, site) if MailKind.LOW_STOCK in kinds else ()),
        *(dead(db, site, now, setting) if MailKind.DEAD_STOCK in kinds else ()),
        *(returned(db, site, now, setting) if MailKind.HIGH_RETURNS in kinds else ()),
    ]


def low(db: Session, site: str) -> list[Alert]:
    """Items that are at their level or below, as the purchase run sees it; where nobody set one, the forecast's."""
    levels = _levels(db, site)
    found: list[Alert] = []
    skus = sorted(levels)
    for n in range(0, len(skus), _PAGE):
        some = skus[n : n + _PAGE]
        stock = projected(db, site, some)
        found += [
            Alert(kind=MailKind.LOW_STOCK, sku=sku, have=max(0, stock[sku].units), want=levels[sku])
            for sku in some
            if stock[sku].units <= levels[sku]
        ]
    return found


def _levels(db: Session, site: str) -> dict[str, int]:
    foreseen = select(ItemForecast.sku, ItemForecast.reorder_point).where(ItemForecast.site_id == site)
    said = select(StockRule.sku, StockRule.reorder_point, StockRule.upto).where(StockRule.site_id == site)
    levels: dict[str, int] = {sku: point for sku, point in db.execute(foreseen) if point > 0}
    for sku, point, upto in db.execute(said):
        # Up to nothing: somebody said that it is not ordered any more.
        if upto:
            levels[sku] = point
        else:
            levels.pop(sku, None)
    return levels


def dead(db: Session, site: str, now: datetime, setting: PurchaseSetting) -> list[Alert]:
    """Items that lie (`dead_days` 0: nobody wants to know)."""
    if not setting.dead_days:
        return []
    rows = db.execute(_DEAD, {"site": site, "since": now - timedelta(days=setting.dead_days)})
    return [Alert(kind=MailKind.DEAD_STOCK, sku=sku, have=units, want=setting.dead_days) for sku, units in sorted(rows)]


def returned(db: Session, site: str, now: datetime, setting: PurchaseSetting) -> list[Alert]:
    """Items of the site of which more came back, to any, than the limit (0: nobody wants to know), where enough of them left to tell."""
    if not setting.return_percent:
        return []
    today = now.date()
    found = {one.key: one for one in stats(db, By.ITEM, today - timedelta(days=RETURNS_DAYS), today)}
    mine = db.scalars(select(Item.sku).where(Item.site_id == site, Item.sku.in_(found)))
    return [
        Alert(kind=MailKind.HIGH_RETURNS, sku=sku, have=round(one.percent), want=setting.return_percent)
        for sku in sorted(mine)
        if (one := found[sku]).shipped >= setting.return_least
        and one.percent is not None
        and one.percent > setting.return_percent
    ]
