"""What history says: bins where the books were wrong before, and items that people took for one another. Written by facts that tell of
trouble; asked when work is made and when items are sent to devices."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from oms.catalog.models import ItemCode
from oms.inventory.models import BinHistory, MixedUp, StockMove
from oms.inventory.rules import bin_account
from oms.picking.rules import DOUBTS_BIN
from sync.contract.codes import ShortReason

if TYPE_CHECKING:
    from oms.db.work import Work

#: A bin that is trusted less, in percent, wants a second proof, and is left for others when there is little time.
WEAK_BELOW: Final = 60
#: So often one must have been taken for the other before people are asked to look twice.
ALIKE_FROM: Final = 2
_MOST_ALIKE: Final = 5
#: The item in an element string: application identifier 01.
_GTIN: Final = re.compile(r"(?:\][A-Za-z]\d|\(|\x1d)*01\)?(\d{14})")


def trust(good: int, wrong: int, short: int, differ: int) -> int:
    """How far a bin can be trusted with an item, in percent: by times goods were taken from it without trouble, wrong scans, shorts, and
    counts that differed. A bin without history is trusted; a short weighs as two wrong scans."""
    trouble = wrong + 2 * short + 2 * differ
    return 100 * (good + 20) // (good + 20 + 10 * trouble)


def weak(db: Session, site: str, skus: Collection[str]) -> set[tuple[str, str]]:
    """(bin, sku) of these items where history says that the line goes wrong easily."""
    rows = list(db.scalars(select(BinHistory).where(BinHistory.site_id == site, BinHistory.sku.in_(skus))))
    if not rows:
        return set()
    good = _good(db, site, rows)
    return {
        (row.bin, row.sku)
        for row in rows
        if trust(good[row.bin, row.sku], row.wrong, row.short, row.differ) < WEAK_BELOW
    }


def differing(db: Session, site: str, skus: Collection[str]) -> set[tuple[str, str]]:
    """(bin, sku) of these items where a count differed from the books, and none since has found them right."""
    rows = select(BinHistory.bin, BinHistory.sku)
    found = db.execute(rows.where(BinHistory.site_id == site, BinHistory.sku.in_(skus), BinHistory.differ > 0))
    return {(bin, sku) for bin, sku in found}


def _good(db: Session, site: str, rows: Iterable[BinHistory]) -> dict[tuple[str, str], int]:
    """How often goods went from these bins into totes."""
    accounts, skus = {bin_account(row.bin) for row in rows}, {row.sku for row in rows}
    taken = db.execute(
        select(StockMove.from_account, StockMove.sku, func.count())
        .where(
            StockMove.site_id == site,
            StockMove.sku.in_(skus),
            StockMove.from_account.in_(accounts),
            StockMove.to_account.startswith("tote:"),
        )
        .group_by(StockMove.from_account, StockMove.sku)
    )
    found: dict[tuple[str, str], int] = defaultdict(int)
    for account, sku, times in taken:
        found[account.removeprefix("bin:"), sku] = times
    return found


def look_alikes(db: Session, site: str, skus: Collection[str]) -> dict[str, list[str]]:
    """Per item those it was mistaken for, or that were mistaken for it, the most frequent first."""
    times = func.sum(MixedUp.times)
    rows = db.execute(
        select(MixedUp.sku, MixedUp.other, times)
        .where(MixedUp.site_id == site, or_(MixedUp.sku.in_(skus), MixedUp.other.in_(skus)))
        .group_by(MixedUp.sku, MixedUp.other)
    ).all()
    both: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for sku, other, number in rows:
        both[sku][other] += int(number)
        both[other][sku] += int(number)
    return {
        sku: sorted((one for one in both[sku] if both[sku][one] >= ALIKE_FROM), key=lambda one: (-both[sku][one], one))[
            :_MOST_ALIKE
        ]
        for sku in skus
        if sku in both
    }


def went_short(w: "Work", bin: str, sku: str, reason: ShortReason) -> None:
    """Somebody did not find what the books said."""
    if reason in DOUBTS_BIN:
        _note(w, bin, sku, short=1)


def counted(w: "Work", bin: str, sku: str, *, differs: bool) -> None:
    """Somebody counted: a bin that is as the books say is trusted again, one that is not a little less."""
    if differs:
        _note(w, bin, sku, differ=1)
        return
    row = w.db.get(BinHistory, (w.site, bin, sku))
    if row is not None:
        row.wrong = row.short = row.differ = 0


def scanned_wrong(w: "Work", bin: str, sku: str, text: str) -> None:
    """Another item was scanned where `sku` was asked for."""
    other = _item_of(w, text)
    if other is None or other == sku:
        return
    _note(w, bin, sku, wrong=1)
    mixed = insert(MixedUp).values(site_id=w.site, sku=sku, other=other, times=1)
    w.db.execute(
        mixed.on_conflict_do_update(index_elements=["site_id", "sku", "other"], set_={"times": MixedUp.times + 1})
    )
    w.touch("item", sku)
    w.touch("item", other)


def _note(w: "Work", bin: str, sku: str, *, wrong: int = 0, short: int = 0, differ: int = 0) -> None:
    row = insert(BinHistory).values(site_id=w.site, bin=bin, sku=sku, wrong=wrong, short=short, differ=differ)
    more = {
        "wrong": BinHistory.wrong + wrong,
        "short": BinHistory.short + short,
        "differ": BinHistory.differ + differ,
    }
    w.db.execute(row.on_conflict_do_update(index_elements=["site_id", "bin", "sku"], set_=more))


def _item_of(w: "Work", text: str) -> str | None:
    """The item that a scanned text names, if it names one."""
    plain = text.replace("\0", "")[:200]
    found = _GTIN.match(plain)
    code = found.group(1) if found else plain.zfill(14) if plain.isdigit() and len(plain) in (8, 12, 13) else plain
    return w.db.scalar(
        select(ItemCode.sku).where(ItemCode.site_id == w.site, ItemCode.code.in_({code, plain})).limit(1)
    )
