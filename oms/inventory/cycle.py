"""Which bins to count next, though nobody has complained: what is picked most is counted most often, and sooner where the books were wrong
before. Called by the API."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from oms.catalog.models import Bin
from oms.inventory.history import trust
from oms.inventory.models import BinCount, BinHistory, StockBalance, StockMove
from oms.picking.taskwork import ask_count
from sync.contract.codes import BinKind

if TYPE_CHECKING:
    from oms.db.work import Work

#: Class -> (share of all picks up to which an item is of it, days until a bin of it is counted again).
CLASSES: Final[Mapping[str, tuple[float, int]]] = {"A": (0.8, 30), "B": (0.95, 90), "C": (1.0, 365)}
#: Days of picks that are looked at.
_SEEN_DAYS: Final = 90
#: A planned count makes room for everything else.
_PRIORITY: Final = 4


@dataclass(frozen=True, slots=True)
class Due:
    """A bin and item; `overdue` is 1 on the day it is to be counted, 2 when it has waited twice as long. `trust` in percent."""

    bin: str
    sku: str
    kind: str
    trust: int
    overdue: float


def classes(picks: Mapping[str, int]) -> dict[str, str]:
    """The class of each item by how often it is picked: those that make up most of all picks are A. What is never picked is C."""
    whole, so_far, found = sum(picks.values()), 0, {}
    for sku, times in sorted(picks.items(), key=lambda one: (-one[1], one[0])):
        # The item that crosses a limit still belongs to the class before it.
        share = so_far / whole if whole and times else 1.0
        found[sku] = next((kind for kind, (most, _) in CLASSES.items() if share < most), "C")
        so_far += times
    return found


def plan(w: "Work", most: int) -> list[Due]:
    """Makes up to `most` counts of what is due longest; those that are asked for already are left out."""
    made: list[Due] = []
    for one in due(w.db, w.site, w.now):
        if len(made) >= most:
            break
        if ask_count(w, one.bin, one.sku, priority=_PRIORITY) is not None:
            made.append(one)
    w.audit("counts.planned", counts=len(made))
    return made


def due(db: Session, site: str, now: datetime) -> list[Due]:
    """All that are due, the longest first."""
    lying = db.execute(
        select(Bin.code, StockBalance.sku)
        .join(StockBalance, (StockBalance.site_id == Bin.site_id) & (StockBalance.account == "bin:" + Bin.code))
        .where(Bin.site_id == site, Bin.kind.in_((BinKind.PICK, BinKind.RESERVE)), StockBalance.qty != 0)
        .distinct()
    ).all()
    # A bin that was never counted counts from the day on which goods came into it.
    into = func.substr(StockMove.to_account, 5)
    first = select(into, StockMove.sku, func.min(StockMove.at)).where(
        StockMove.site_id == site, StockMove.to_account.like("bin:%")
    )
    since = {(bin, sku): at for bin, sku, at in db.execute(first.group_by(into, StockMove.sku))}
    last = select(BinCount.bin, BinCount.sku, func.max(BinCount.at)).where(BinCount.site_id == site)
    since |= {(bin, sku): at for bin, sku, at in db.execute(last.group_by(BinCount.bin, BinCount.sku))}
    taken, bins = _picks(db, site, now)
    kinds = classes({sku: taken.get(sku, 0) for _, sku in lying})
    history = {(row.bin, row.sku): row for row in db.scalars(select(BinHistory).where(BinHistory.site_id == site))}
    found = []
    for bin, sku in lying:
        row = history.get((bin, sku))
        sure = trust(bins.get((bin, sku), 0), row.wrong, row.short, row.differ) if row else 100
        days = max(1.0, CLASSES[kinds[sku]][1] * sure / 100)
        overdue = (now - since.get((bin, sku), now)) / timedelta(days=days)
        if overdue >= 1:
            found.append(Due(bin, sku, kinds[sku], sure, round(overdue, 2)))
    return sorted(found, key=lambda one: (-one.overdue, one.bin, one.sku))


def _picks(db: Session, site: str, now: datetime) -> tuple[dict[str, int], dict[tuple[str, str], int]]:
    """How often goods went from bins into totes lately: by item, and by bin and item."""
    bin = func.substr(StockMove.from_account, 5)
    rows = db.execute(
        select(bin, StockMove.sku, func.count())
        .where(StockMove.site_id == site, StockMove.at > now - timedelta(days=_SEEN_DAYS))
        .where(StockMove.from_account.like("bin:%"), StockMove.to_account.like("tote:%"))
        .group_by(bin, StockMove.sku)
    )
    items: dict[str, int] = {}
    bins: dict[tuple[str, str], int] = {}
    for code, sku, times in rows:
        bins[code, sku] = times
        items[sku] = items.get(sku, 0) + times
    return items, bins
