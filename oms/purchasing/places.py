"""Where goods that came in should lie: beside what is there of them, else where people walk as often as they are asked for."""

from typing import TYPE_CHECKING

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from oms.catalog.models import Bin
from oms.feed.models import FloorException
from oms.forecast.models import ItemForecast
from oms.inventory.models import StockBalance
from oms.picking.codes import ExceptionKind
from oms.picking.models import WorkItem
from oms.picking.rules import UNFINISHED
from sync.contract.codes import BinKind, JobKind

if TYPE_CHECKING:
    from oms.db.work import Work


def suggested(w: "Work", sku: str) -> str | None:
    """A bin of the item: one for reserve where its pick bins are as full as the forecast wants them (or always, where nobody foresees),
    else its pick bin; without one an empty bin. None: there is no bin left to suggest."""
    mine = _of_item(w.db, w.site, sku)
    picks = [(code, qty) for code, kind, qty in mine if kind is BinKind.PICK]
    reserves = [code for code, kind, _ in mine if kind is BinKind.RESERVE]
    full = _full(w.db, w.site, sku, sum(qty for _, qty in picks))
    if picks and not full:
        return min(picks, key=lambda one: (one[1], one[0]))[0]
    if reserves:
        return reserves[0]
    kind = BinKind.RESERVE if picks else BinKind.PICK
    return _empty(w.db, w.site, sku, kind) or (picks[0][0] if picks else _empty(w.db, w.site, sku, BinKind.RESERVE))


def suggested_face(w: "Work", sku: str) -> str | None:
    """A pick bin for an item that has none: an empty one. None: there is no bin left to suggest."""
    return _empty(w.db, w.site, sku, BinKind.PICK)


def _of_item(db: Session, site: str, sku: str) -> list[tuple[str, BinKind, int]]:
    """(bin, what it is for, units) of bins that hold the item, without those that somebody is to count."""
    doubted = exists().where(
        FloorException.site_id == site, FloorException.state == "open", FloorException.kind == ExceptionKind.COUNT_BIN,
        FloorException.params["bin"].astext == Bin.code, FloorException.params["sku"].astext == sku,
    )  # fmt: skip
    rows = db.execute(
        select(Bin.code, Bin.kind, func.sum(StockBalance.qty))
        .join(StockBalance, (StockBalance.site_id == Bin.site_id) & (StockBalance.account == "bin:" + Bin.code))
        .where(Bin.site_id == site, StockBalance.sku == sku, StockBalance.qty > 0, ~doubted)
        .where(Bin.kind.in_((BinKind.PICK, BinKind.RESERVE)))
        .group_by(Bin.code, Bin.kind, Bin.seq)
        .order_by(Bin.seq, Bin.code)
    )
    return [(code, kind, int(qty)) for code, kind, qty in rows]


def _full(db: Session, site: str, sku: str, there: int) -> bool:
    """Whether what can be picked is enough for the weeks until more comes."""
    said = db.get(ItemForecast, (site, sku))
    return there > 0 and (said is None or there >= max(1, said.reorder_point))


def _empty(db: Session, site: str, sku: str, kind: BinKind) -> str | None:
    """An empty bin that nothing is on its way to: near the start of the walk for what is asked for more often than most."""
    holds = exists().where(
        StockBalance.site_id == site, StockBalance.account == "bin:" + Bin.code, StockBalance.qty != 0
    )
    coming = exists().where(
        WorkItem.site_id == site, WorkItem.kind == JobKind.PUT_AWAY, WorkItem.to_place == Bin.code,
        WorkItem.state.in_(UNFINISHED), WorkItem.sku != sku,
    )  # fmt: skip
    free = select(Bin.code).where(Bin.site_id == site, Bin.kind == kind, ~holds, ~coming)
    by_walk = (Bin.seq, Bin.code) if _quick(db, site, sku) else (Bin.seq.desc(), Bin.code.desc())
    return db.scalar(free.order_by(*by_walk).limit(1))


def _quick(db: Session, site: str, sku: str) -> bool:
    """Whether it is asked for more often than half of what is foreseen; nobody knows: yes."""
    said = db.get(ItemForecast, (site, sku))
    if said is None:
        return True
    middle = db.scalar(
        select(func.percentile_cont(0.5).within_group(ItemForecast.level)).where(ItemForecast.site_id == site)
    )
    return middle is None or said.level >= middle
