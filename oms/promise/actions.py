"""What people and other systems say about stock that is promised: safety stock, shares of channels, expected goods, what others have, and
when a site works. Called by the API and the imports, in one unit of work each."""

from datetime import date, time
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from oms.catalog.models import Item, Site
from oms.promise.keeping import lock_cells
from oms.promise.models import ChannelShare, ExpectedReceipt, Kept, ReceiptState, ReportedStock, SiteCalendar, StockCell

if TYPE_CHECKING:
    from oms.db.work import Work

_MOST: int = 2**31 - 1


class BadPromise(ValueError):
    """What was said cannot be used: a message code and its words."""

    def __init__(self, code: str, **words: str | int) -> None:
        super().__init__(code, words)
        self.code = code
        self.words = words


class StockSaid(Struct, frozen=True, kw_only=True):
    """What is said of one item at one site; what is None is left as it is. `shares` are units by channel, of which only it may sell."""

    sku: str
    site: str
    safety: int | None = None
    #: Units that a site without our floor has for us.
    reported: int | None = None
    shares: dict[str, int] | None = None


class ReceiptSaid(Struct, frozen=True, kw_only=True):
    """Goods that will come. Under an `id` that is known it is changed; with `qty` 0 it will not come."""

    id: str
    sku: str
    site: str
    qty: int
    day: date
    spread_days: int = 0
    supplier: str = ""
    reference: str = ""


class CalendarSaid(Struct, frozen=True, kw_only=True):
    """When a site works. `weekdays` are digits 1 (Monday) to 7, `holidays` a country with a part of it after `-`, `cut_off` is `HH:MM`."""

    time_zone: str = "UTC"
    weekdays: str = "12345"
    holidays: str = ""
    days_off: list[date] = []
    cut_off: str = "15:00"
    handling_days: int = 0


def say_stock(w: "Work", said: StockSaid) -> None:
    """Takes it as said; raises `BadPromise`."""
    _check_place(w, said.sku, said.site)
    for units in (said.safety, said.reported, *(said.shares or {}).values()):
        if units is not None and not 0 <= units <= _MOST:
            raise BadPromise("bad_units", units=units)
    lock_cells(w, [(said.sku, said.site)])
    key: dict[str, Any] = {"sku": said.sku, "site_id": said.site}
    if said.safety is not None:
        _write(w, StockCell, key, safety=said.safety)
    if said.reported is not None:
        _write(w, ReportedStock, key, qty=said.reported, at=w.now)
    for channel, units in sorted((said.shares or {}).items()):
        _write(w, ChannelShare, {**key, "channel": channel}, units=units)
    w.audit("stock.said", sku=said.sku, at_site=said.site, safety=said.safety, reported=said.reported)


def say_receipt(w: "Work", said: ReceiptSaid) -> bool:
    """Takes it as said; whether it was new. Raises `BadPromise`, also when the units are promised to customers already."""
    _check_place(w, said.sku, said.site)
    if not 0 <= said.qty <= _MOST or not 0 <= said.spread_days <= 3650:
        raise BadPromise("bad_units", units=said.qty)
    lock_cells(w, [(said.sku, said.site)])
    row = w.db.get(ExpectedReceipt, said.id, with_for_update=True)
    if row is not None and (row.sku, row.site_id) != (said.sku, said.site):
        raise BadPromise("receipt_of_other_item", receipt=said.id, sku=row.sku)
    promised = sum(w.db.scalars(select(Kept.qty).where(Kept.receipt == said.id)))
    if said.qty < promised + (row.received if row else 0):
        raise BadPromise("receipt_is_promised", receipt=said.id, units=promised)
    if row is None:
        row = ExpectedReceipt(id=said.id, site_id=said.site, sku=said.sku, qty=said.qty, day=said.day)
        w.db.add(row)
        new = True
    else:
        new = False
    row.qty, row.day, row.spread_days = said.qty, said.day, said.spread_days
    row.supplier, row.reference = said.supplier, said.reference
    row.state = ReceiptState.EXPECTED if said.qty > row.received else ReceiptState.CANCELLED
    w.db.flush()
    w.audit("receipt.said", receipt=said.id, sku=said.sku, at_site=said.site, units=said.qty, day=said.day.isoformat())
    return new


def arrived(w: "Work", receipt: str, qty: int) -> list[str]:
    """So many units of a receipt are on the shelves of its site now (their movement is the caller's). What customers were promised of it is
    kept for them from the shelf, in the order in which it was promised; the numbers of their orders."""
    row = w.db.get(ExpectedReceipt, receipt, with_for_update=True)
    if row is None or row.state is not ReceiptState.EXPECTED:
        raise BadPromise("unknown_receipt", receipt=receipt)
    lock_cells(w, [(row.sku, row.site_id)])
    row.received += qty
    if row.received >= row.qty:
        row.state = ReceiptState.RECEIVED
    rest, told = qty, []
    waiting = select(Kept).where(Kept.receipt == receipt).order_by(Kept.order_no, Kept.line_no, Kept.id)
    for kept in w.db.scalars(waiting.with_for_update()).all():
        if kept.qty > rest and row.state is ReceiptState.EXPECTED:
            break
        # What came less than was promised is promised no more: its order has to look again.
        kept.receipt = None
        kept.qty = min(kept.qty, rest)
        rest -= kept.qty
        if kept.order_no is not None:
            told.append(kept.order_no)
        if kept.qty == 0:
            w.db.delete(kept)
    w.db.flush()
    return sorted(set(told))


def say_calendar(w: "Work", site: str, said: CalendarSaid) -> None:
    """Takes it as said; raises `BadPromise`."""
    if w.db.get(Site, site) is None:
        raise BadPromise("unknown_site", site=site)
    if said.time_zone not in available_timezones():
        raise BadPromise("unknown_time_zone", time_zone=said.time_zone)
    if not said.weekdays or not set(said.weekdays) <= set("1234567"):
        raise BadPromise("bad_weekdays", weekdays=said.weekdays)
    try:
        time.fromisoformat(said.cut_off)
    except ValueError:
        raise BadPromise("bad_time", time=said.cut_off) from None
    if not 0 <= said.handling_days <= 60:
        raise BadPromise("bad_units", units=said.handling_days)
    off = sorted({day.isoformat() for day in said.days_off})
    _write(
        w, SiteCalendar, {"site_id": site}, time_zone=said.time_zone, weekdays=said.weekdays, holidays=said.holidays,
        days_off=off, cut_off=said.cut_off, handling_days=said.handling_days,
    )  # fmt: skip
    w.audit("calendar.said", at_site=site)


def _check_place(w: "Work", sku: str, site: str) -> None:
    if w.db.get(Site, site) is None:
        raise BadPromise("unknown_site", site=site)
    if w.db.scalar(select(Item.sku).where(Item.sku == sku).limit(1)) is None:
        raise BadPromise("unknown_item", sku=sku)


def _write(w: "Work", model: type[Any], key: dict[str, Any], **values: Any) -> None:
    row = insert(model).values(**key, **values)
    w.db.execute(row.on_conflict_do_update(index_elements=list(key), set_=values))
