"""A shop on a PostgreSQL of its own, gone afterwards, with the catalogue of a world, its suppliers, two years of known demand and full
shelves."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

import psycopg
from sqlalchemy import URL, text

from oms.bootstrap import Oms, open_oms
from oms.catalog.models import Bin, Item, Zone
from oms.channels.codes import ChannelKind
from oms.channels.models import Channel
from oms.db.bulk import columns_of, insert_rows
from oms.db.embedded import EmbeddedPostgres
from oms.db.work import Actor, Work
from oms.forecast.desk import TermsRow, keep_terms
from oms.forecast.history import AGAIN_DAYS
from oms.forecast.models import DemandDay
from oms.inventory.rules import SUPPLIER, bin_account
from oms.orders.models import Order, OrderLine
from oms.purchasing import keeping
from oms.purchasing.codes import SendBy
from oms.purchasing.keeping import PriceSaid, SettingSaid, SupplierItemSaid, SupplierSaid
from sync.contract.codes import BinKind, OrderState
from tools.bench_year import _clock
from tools.bench_year._clock import Clock
from tools.bench_year._world import World

ACTOR: Final = Actor("bench")
CHANNEL: Final = "web"
#: Days that are known before the first one, and days that the shelves are full for on it.
KNOWN_DAYS: Final = 730
_FULL_DAYS: Final = 28
#: What an order's line costs to write, receive and pay.
ORDER_COST: Final = Decimal("2.00")


@contextmanager
def opened(database: str) -> Iterator[tuple[Oms, Clock]]:
    """An empty OMS whose time is what its clock says."""
    folder = Path(tempfile.mkdtemp(prefix="fh-bench-year-"))
    folder.chmod(0o711)
    server = EmbeddedPostgres(folder / "pg", durable=False)
    try:
        server.start()
        host = server.url("postgres").query["host"]
        with psycopg.connect(f"host={host} user=postgres dbname=postgres", autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {database}".encode())
        open_oms(server.url(database)).close()
        with clocked(server.url(database)) as found:
            yield found
    finally:
        server.stop()
        shutil.rmtree(folder)


@contextmanager
def clocked(url: URL) -> Iterator[tuple[Oms, Clock]]:
    """An OMS on a migrated database, and the clock it goes by from now on."""
    _clock.install(url)
    oms = open_oms(url, pool_size=2)
    try:
        yield oms, Clock(oms.engine)
    finally:
        oms.close()


def build(oms: Oms, world: World, first: date, orders: int, service: Decimal) -> None:
    """The catalogue, the suppliers and what is known of so many orders a day before `first`."""
    oms.works.run(oms.site, ACTOR, lambda w: _catalogue(w, world))
    oms.works.run(oms.site, ACTOR, lambda w: _suppliers(w, world, service))
    known = {day: world.asked(day, orders) for n in range(KNOWN_DAYS) if (day := first - timedelta(days=n + 1))}
    oms.works.run(oms.site, ACTOR, lambda w: _past(w, world, known, first - timedelta(days=AGAIN_DAYS)))
    begin = dict.fromkeys(range(len(world.skus)), 0)
    for n in range(_FULL_DAYS):
        for item, qty in known[first - timedelta(days=n + 1)].items():
            begin[item] += qty
    oms.works.run(oms.site, ACTOR, lambda w: _shelves(w, world, begin))
    tidy(oms)


def tidy(oms: Oms) -> None:
    """What the database does by itself in a real night; nights are short here."""
    with oms.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.execute(text("VACUUM ANALYZE"))


def bin_of(sku: str) -> str:
    """Each item has one shelf."""
    return f"B-{sku.removeprefix('ITEM-')}"


def _catalogue(w: Work, world: World) -> None:
    w.db.add(Zone(site_id=w.site, code="A"))
    w.db.add(Channel(code=CHANNEL, kind=ChannelKind.WEB, name="Web", created_at=w.now, prefix="W"))
    w.db.flush()
    w.db.add(Bin(site_id=w.site, code="BAD", zone="A", kind=BinKind.QUARANTINE))
    for n, sku in enumerate(world.skus):
        w.db.add(Bin(site_id=w.site, code=bin_of(sku), zone="A", kind=BinKind.PICK, seq=n))
        w.db.add(Item(site_id=w.site, sku=sku, name=f"Item {n}", weight_g=300))


def _suppliers(w: Work, world: World, service: Decimal) -> None:
    keeping.keep_suppliers(w, [
        SupplierSaid(
            code=one.code, name=one.code, send_by=SendBy.HAND, lead_days=Decimal(one.lead), lead_sd_days=Decimal(str(one.spread)),
            under_percent=10,
        )
        for one in world.sellers
    ])  # fmt: skip
    keeping.keep_items(w, [
        SupplierItemSaid(
            supplier=world.sellers[world.seller[n]].code, sku=sku, pack=world.pack[n], moq=world.pack[n],
            prices=[PriceSaid(units=1, price=world.cost[n])],
        )
        for n, sku in enumerate(world.skus)
    ])  # fmt: skip
    keeping.keep_setting(w, SettingSaid(auto_follow=False))
    keep_terms(w, [TermsRow(review_days=1, service=float(service), order_cost=ORDER_COST)])
    keep_terms(w, [
        TermsRow(
            sku=sku, lead_days=float(world.sellers[world.seller[n]].lead), unit_cost=world.cost[n], pack=world.pack[n],
            lead_sd_days=world.sellers[world.seller[n]].spread, moq=world.pack[n],
        )
        for n, sku in enumerate(world.skus)
    ])  # fmt: skip


def _past(w: Work, world: World, known: dict[date, dict[int, int]], since: date) -> None:
    """What the forecast reads again is orders, one for all of a day; what was before that, sums by day."""
    days, orders, lines = [], [], []
    for day, asked in known.items():
        at = datetime.combine(day, time(12), UTC).isoformat()
        units = [(world.skus[item], qty) for item, qty in sorted(asked.items())]
        if day < since:
            days += [
                {"site_id": w.site, "sku": sku, "day": day, "ordered": qty, "shipped": qty, "empty": False}
                for sku, qty in units
            ]
            continue
        number = f"P{day:%Y%m%d}"
        head = Order(site_id=w.site, number=number, state=OrderState.SHIPPED, placed_at=w.now, shipped_at=w.now)
        orders.append(columns_of(head) | {"placed_at": at, "shipped_at": at})
        lines += [
            columns_of(OrderLine(site_id=w.site, order_no=number, line_no=n, sku=sku, qty=qty, picked=qty, packed=qty))
            for n, (sku, qty) in enumerate(units, 1)
        ]
    for model, rows in ((DemandDay, days), (Order, orders), (OrderLine, lines)):
        insert_rows(w.db, model, rows)


def _shelves(w: Work, world: World, begin: dict[int, int]) -> None:
    for item, qty in begin.items():
        sku = world.skus[item]
        w.move("begin", item, sku, "", SUPPLIER, bin_account(bin_of(sku)), max(1, qty))
