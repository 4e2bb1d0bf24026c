"""What is where: shelves to allocate from and goods of an order in people's hands. Asked by release, drop and cancel."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import collate, func, select, union_all
from sqlalchemy.orm import Session

from oms.catalog.models import Bin
from oms.feed.models import FloorException
from oms.inventory.models import Lot, StockBalance, StockMove
from oms.inventory.rules import Shelf, earliest_first
from oms.orders.models import Reservation
from oms.picking.codes import ExceptionKind
from oms.picking.models import WorkItem
from oms.picking.rules import DOUBTS_BIN
from sync.contract.codes import BinKind


def lock_shelves(db: Session, site: str, skus: Collection[str], *, reserve: bool = False) -> dict[str, list[Shelf]]:
    """Per SKU the pick bins that hold it, with `reserve` the reserve bins too, with what nobody has reserved; locked until the commit, so
    that no two orders are promised the same units. Bins a picker found wanting are left out until they are counted."""
    kinds = (BinKind.PICK, BinKind.RESERVE) if reserve else (BinKind.PICK,)
    return _shelves(db, site, skus, kinds, lock=True)


def see_shelves(db: Session, site: str, skus: Collection[str]) -> dict[str, list[Shelf]]:
    """Per SKU the pick bins that hold it, as they are in this moment: nobody waits for who looks, and nothing is promised to them."""
    return _shelves(db, site, skus, (BinKind.PICK,), lock=False)


def _shelves(
    db: Session, site: str, skus: Collection[str], kinds: Collection[BinKind], *, lock: bool
) -> dict[str, list[Shelf]]:
    balances = (
        select(StockBalance.account, StockBalance.sku, StockBalance.lot, StockBalance.qty)
        .where(StockBalance.site_id == site, StockBalance.sku.in_(skus), StockBalance.account.startswith("bin:"))
        .order_by(collate(StockBalance.account, "C"), collate(StockBalance.sku, "C"), collate(StockBalance.lot, "C"))
    )
    held = db.execute(balances.with_for_update() if lock else balances).all()
    # Read after the locks: whoever held them has committed its reservations.
    reserved = _reserved(db, site, skus)
    doubtful = _doubtful(db, site)
    codes = {account.removeprefix("bin:") for account, *_ in held}
    mine = select(Bin).where(Bin.site_id == site, Bin.code.in_(codes), Bin.kind.in_(kinds))
    bins = {bin.code: bin for bin in db.scalars(mine)}
    expiry = {
        (sku, lot): day
        for sku, lot, day in db.execute(
            select(Lot.sku, Lot.lot, Lot.expiry).where(Lot.site_id == site, Lot.sku.in_(skus))
        )
    }
    shelves: dict[str, list[Shelf]] = defaultdict(list)
    for account, sku, lot, qty in held:
        code = account.removeprefix("bin:")
        if code in bins and (code, sku) not in doubtful:
            free = qty - reserved.get((code, sku, lot), 0)
            is_reserve = bins[code].kind is BinKind.RESERVE
            shelves[sku].append(Shelf(code, bins[code].seq, free, lot, expiry.get((sku, lot)), is_reserve))
    return shelves


def reserve_shelves(db: Session, site: str, sku: str) -> list[Shelf]:
    """What lies free in reserve bins, the goods that should go first on top; locked until the commit."""
    held = db.execute(
        select(Bin.code, Bin.seq, StockBalance.lot, StockBalance.qty, Lot.expiry)
        .join(Bin, (Bin.site_id == StockBalance.site_id) & (StockBalance.account == "bin:" + Bin.code))
        .outerjoin(Lot, (Lot.site_id == site) & (Lot.sku == sku) & (Lot.lot == StockBalance.lot))
        .where(StockBalance.site_id == site, StockBalance.sku == sku, Bin.kind == BinKind.RESERVE)
        .order_by(collate(StockBalance.account, "C"), collate(StockBalance.lot, "C"))
        .with_for_update(of=StockBalance)
    ).all()
    reserved = _reserved(db, site, [sku])
    shelves = [Shelf(bin, seq, qty - reserved.get((bin, sku, lot), 0), lot, day) for bin, seq, lot, qty, day in held]
    return sorted(shelves, key=earliest_first)


def _reserved(db: Session, site: str, skus: Collection[str]) -> dict[tuple[str, str, str], int]:
    """Units reserved per (bin, sku, lot)."""
    rows = db.execute(
        select(Reservation.bin, Reservation.sku, Reservation.lot, func.sum(Reservation.qty))
        .where(Reservation.site_id == site, Reservation.sku.in_(skus))
        .group_by(Reservation.bin, Reservation.sku, Reservation.lot)
    )
    return {(bin, sku, lot): int(qty) for bin, sku, lot, qty in rows}


def _doubtful(db: Session, site: str) -> set[tuple[str, str]]:
    """(bin, sku) that somebody did not find and nobody has counted since."""
    params = FloorException.params
    rows = db.execute(
        select(params["bin"].astext, params["sku"].astext).where(
            FloorException.site_id == site,
            FloorException.state == "open",
            FloorException.kind == ExceptionKind.COUNT_BIN,
            params["reason"].astext.in_([reason.value for reason in DOUBTS_BIN]),
        )
    )
    return {(bin, sku) for bin, sku in rows}


@dataclass(frozen=True, slots=True)
class InHand:
    """Units of an order line in a tote or parcel; `account` names which."""

    line_no: int
    account: str
    sku: str
    lot: str
    qty: int


def in_hand(db: Session, site: str, order_no: str, *, job: str | None = None) -> list[InHand]:
    """What was moved for this order's work items, or those of one `job`, and lies in totes and parcels now."""
    moves = (
        select(StockMove, WorkItem.line_no.label("order_line"))
        .join(WorkItem, WorkItem.id == StockMove.work_item)
        .where(WorkItem.site_id == site, WorkItem.order_no == order_no)
    )
    booked = (moves if job is None else moves.where(WorkItem.job_id == job)).subquery()
    line = booked.c.order_line
    legs = union_all(
        select(line, booked.c.to_account.label("account"), booked.c.sku, booked.c.lot, booked.c.qty),
        select(line, booked.c.from_account, booked.c.sku, booked.c.lot, -booked.c.qty),
    ).subquery()
    total = func.sum(legs.c.qty)
    rows = db.execute(
        select(legs.c.order_line, legs.c.account, legs.c.sku, legs.c.lot, total)
        .where(legs.c.account.startswith("tote:") | legs.c.account.startswith("parcel:"))
        .group_by(legs.c.order_line, legs.c.account, legs.c.sku, legs.c.lot)
        .having(total > 0)
        .order_by(legs.c.order_line, legs.c.account, legs.c.lot)
    )
    return [InHand(line_no, account, sku, lot, int(qty)) for line_no, account, sku, lot, qty in rows]


def reserved_in(db: Session, site: str, bin: str, sku: str, lot: str) -> int:
    """Units of an item and lot in a bin that belong to somebody."""
    units = db.scalar(
        select(func.sum(Reservation.qty)).where(
            Reservation.site_id == site, Reservation.bin == bin, Reservation.sku == sku, Reservation.lot == lot
        )
    )
    return int(units or 0)


def balance(db: Session, site: str, account: str, sku: str, lot: str) -> int:
    """Units in an account; 0 when it never saw the item."""
    qty = db.scalar(
        select(StockBalance.qty).where(
            StockBalance.site_id == site,
            StockBalance.account == account,
            StockBalance.sku == sku,
            StockBalance.lot == lot,
        )
    )
    return qty or 0


def contents(db: Session, site: str, account: str) -> list[tuple[str, str, int]]:
    """(sku, lot, units) of everything in an account, in order."""
    rows = db.execute(
        select(StockBalance.sku, StockBalance.lot, StockBalance.qty)
        .where(StockBalance.site_id == site, StockBalance.account == account, StockBalance.qty > 0)
        .order_by(StockBalance.sku, StockBalance.lot)
    )
    return [(sku, lot, qty) for sku, lot, qty in rows]
