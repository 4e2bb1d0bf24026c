"""What is said of stock by files and programs: line by line, and goods that come go to those they were promised to."""

from datetime import UTC, date, datetime

import msgspec
import pytest
from sqlalchemy import func, select, text

from oms.bootstrap import open_oms
from oms.catalog.models import Item
from oms.db.work import Actor
from oms.imports.run import Upload, run_import
from oms.picking.codes import ExceptionKind
from oms.promise import actions, keeping, queries, receiving
from oms.promise.actions import BadPromise, ReceiptSaid
from oms.promise.availability import _ALL, available
from oms.promise.keeping import _LOCK_ITEMS, Take
from oms.promise.models import ChannelShare, ExpectedReceipt, Kept, ReportedStock, StockCell
from oms.promise.queries import Destination, Wanted
from oms.sales.models import CustomerOrder
from oms.shipping.carriers.models import RateTable
from oms.shipping.carriers.tables import Table, Zone
from tests.oms.floors import Floor
from tests.oms.sales.shop import Shop

pytestmark = pytest.mark.postgres


@pytest.fixture
def shop(database_url):
    made = Shop.open(database_url)
    yield made
    made.close()


@pytest.fixture
def house(oms):
    """An OMS whose own site has a floor."""
    floor = Floor(oms, oms.site)

    def do(w):
        w.db.add_all([Item(site_id=w.site, sku=sku, name=sku) for sku in ("TEA", "CUP")])

    floor.act(do)
    return floor


def imported(floor, kind, body, **words):
    report = run_import(floor.oms, Upload(kind, body.encode(), is_json=body.startswith("{"), **words), Actor("test"))
    return [(line.line, line.result.value, line.code) for line in report.lines]


def test_expected_goods_from_a_file(house):
    body = "receipt,sku,qty,day,spread_days,supplier\nPO-1,TEA,10,2030-01-05,2,ACME\nPO-2,NONE,1,2030-01-05,,\nPO-3,CUP,x,2030-01-05,,\n"
    said = [(2, "created", ""), (3, "rejected", "unknown_item"), (4, "rejected", "bad_number")]
    assert imported(house, "receipts", body, dry_run=True) == said
    assert house.ask(select(ExpectedReceipt)) == []
    assert imported(house, "receipts", body) == said
    assert imported(house, "receipts", body)[0] == (2, "updated", "")
    [row] = house.ask(select(ExpectedReceipt))
    assert (row.id, row.site_id, row.qty, row.spread_days, row.supplier) == ("PO-1", house.site, 10, 2, "ACME")


def test_levels_from_a_file(house):
    body = "sku,safety,reported,channel,units\nTEA,3,,,\nTEA,,,shop,5\nCUP,,7,,\nCUP,,,shop,\nCUP,,,,\nNONE,1,,,\n"
    assert imported(house, "stock-levels", body) == [
        (2, "updated", ""), (3, "updated", ""), (4, "updated", ""), (5, "rejected", "missing"), (6, "rejected", "missing"),
        (7, "rejected", "unknown_item"),
    ]  # fmt: skip
    assert house.ask(select(StockCell.safety).where(StockCell.sku == "TEA")) == [3]
    assert house.ask(select(ChannelShare.units)) == [5]
    assert house.ask(select(ReportedStock.qty)) == [7]
    assert imported(house, "stock-levels", '{"stock": [{"sku": "TEA", "site": "NOWHERE", "safety": 1}]}') == [
        (1, "rejected", "unknown_site")
    ]


def test_goods_that_come_go_to_whom_they_were_promised(shop):
    said = ReceiptSaid(id="PO-1", sku="TEA", site="W", qty=5, day=date(2030, 1, 5))
    shop.act(lambda w: actions.say_receipt(w, said))
    shop.order("N1", ("TEA", 2)).order("N2", ("TEA", 2))
    for number in ("N1", "N2"):
        assert shop.act(lambda w, number=number: keeping.keep(w, number, [Take(1, "W", "TEA", 2, "PO-1")])) == []
    with pytest.raises(BadPromise, match="receipt_is_promised"):
        shop.act(
            lambda w: actions.say_receipt(w, actions.ReceiptSaid(id="PO-1", sku="TEA", site="W", qty=3, day=said.day))
        )
    with pytest.raises(BadPromise, match="unknown_bin"):
        shop.act(lambda w: receiving.receive(w, "DN-1", "PO-1", 3, "NOWHERE"))
    assert shop.act(lambda w: receiving.receive(w, "DN-1", "PO-1", 3, "A-01")) == ["N1"]
    # Told again: it is booked once.
    assert shop.act(lambda w: receiving.receive(w, "DN-1", "PO-1", 3, "A-01")) == []
    assert shop.warehouse.has("bin:A-01") == 3
    with shop.oms.sessions() as db:
        free = available(db, ["TEA"])["TEA"]["W"]
    assert (free.on_hand, free.kept, free.now, free.coming) == (3, 2, 1, ())
    assert shop.act(lambda w: receiving.receive(w, "DN-2", "PO-1", 2, "A-02")) == ["N2"]
    assert shop.ask(select(func.count(Kept.id)).where(Kept.receipt.is_not(None))) == [0]
    # Both are looked at again by what settles orders.
    assert shop.ask(select(func.count()).select_from(CustomerOrder).where(CustomerOrder.due_at.is_not(None))) == [2]


def test_days_on_the_road_are_those_of_the_tables(shop):
    shop.warehouse.stock("A-01", "TEA", 3)

    def do(w):
        for service, days in (("slow", 4), ("fast", 2)):
            zones = [
                Zone(country="DE", zone="A", days=days),
                Zone(country="DE", zone="B", first="1", last="1", days=days - 1),
            ]
            body = msgspec.to_builtins(Table(carrier="ACME", service=service, zones=zones))
            w.db.add(RateTable(site_id="W", carrier="ACME", service=service, valid_from=date(2020, 1, 1), body=body))

    shop.act(do)
    monday = datetime(2026, 11, 23, 9, tzinfo=UTC)
    with shop.oms.sessions() as db:
        for to, arrives in (
            (Destination("DE", "80331"), 25), (Destination("DE", "10115"), 24), (Destination("FR", "75001"), 26), (Destination(), 26),
        ):  # fmt: skip
            [line] = queries.promise_basket(db, [Wanted("TEA", 1)], monday, transit_days=3, to=to)
            assert line.arrives == date(2026, 11, arrives), to


BIG = ("stock_balance", "kept", "stock_cell", "channel_share", "reported_stock", "expected_receipt")


def test_the_hot_questions_read_no_table_whole(database_url):
    """Twenty thousand items with stock, kept units and cells: one is found by index."""
    oms = open_oms(database_url)
    with oms.engine.begin() as db:
        db.execute(text("SELECT set_config('floorhand.work', 'on', true)"))
        for rows in (
            "stock_balance (site_id, account, sku, lot, qty) SELECT :site, 'bin:B-' || n, 'I-' || n, '', 5",
            "kept (id, site_id, sku, qty, basket, channel) SELECT 'k' || n, :site, 'I-' || n, 1, 'b' || n, ''",
            "stock_cell (sku, site_id, safety) SELECT 'I-' || n, :site, 1",
            "channel_share (sku, site_id, channel, units) SELECT 'I-' || n, :site, 'shop', 1",
            "reported_stock (sku, site_id, qty, at) SELECT 'I-' || n, :site, 1, now()",
            "expected_receipt (id, site_id, sku, qty, day, received, spread_days, supplier, reference, state)"
            " SELECT 'r' || n, :site, 'I-' || n, 1, '2030-01-01', 0, 0, '', '', 'expected'",
        ):
            db.execute(text(f"INSERT INTO {rows} FROM generate_series(1, 20000) n"), {"site": oms.site})
        db.execute(text("ANALYZE"))
        words = {"skus": ["I-7", "I-9"], "count_bin": ExceptionKind.COUNT_BIN, "doubts": ["not_found"], "channel": ""}
        for query in (_ALL, _LOCK_ITEMS):
            told = "\n".join(db.scalars(text("EXPLAIN " + query.text), words))
            assert [line for line in told.splitlines() if "Seq Scan" in line and any(t in line for t in BIG)] == []
            assert "Index" in told
    oms.close()
