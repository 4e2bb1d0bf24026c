"""Items, layout and stock from files."""

import json
from datetime import date

import pytest
from sqlalchemy import select

from oms.catalog.models import Bin, Carton, Item, ItemCode, Site, Zone
from oms.db.work import Actor
from oms.imports.run import Upload, run_import
from oms.inventory.models import Lot, StockBalance, StockMove
from oms.shipping.models import CarrierService
from oms.verify import verify

pytestmark = pytest.mark.postgres
LAYOUT = "zone,bin,kind,seq,x_mm,y_mm\nA,A-01,pick,1,0,0\nA,A-02,reserve,2,0,100\nP,PACK-1,lane,9,,"


def send(oms, kind, content, **rest):
    body = content.encode() if isinstance(content, str) else json.dumps(content).encode()
    return run_import(oms, Upload(kind, body, not isinstance(content, str), **rest), Actor("test"))


def results(report):
    return [(line.line, line.key, str(line.result), line.code) for line in report.lines]


def ask(oms, query):
    with oms.sessions() as db:
        return db.scalars(query).all()


def codes(oms):
    return {code.code: (code.sku, code.qty) for code in ask(oms, select(ItemCode))}


def balances(oms):
    return {(b.account, b.sku, b.lot): b.qty for b in ask(oms, select(StockBalance))}


@pytest.fixture
def building(oms):
    """Two bins, a lane, and items TEA (plain), MILK (lot and expiry)."""
    send(oms, "layout", LAYOUT)
    send(oms, "items", "sku,name,lot_tracked,expiry_tracked\nTEA,Tea,,\nMILK,Milk,1,1")
    return oms


ITEMS = """sku,name,gtin,case_gtin,case_qty,weight_g,length_mm,width_mm,height_mm,fragile,colour
TEA,Green tea,4006381333931,14006381333938,6,250,100,80,60,no,#00FF00
CUP,Cup,,,,,,,,yes,
"""


def test_items_with_codes_cases_and_unknown_weights(oms):
    assert results(send(oms, "items", ITEMS)) == [(2, "TEA", "created", ""), (3, "CUP", "created", "")]
    tea, cup = ask(oms, select(Item).order_by(Item.sku.desc()))
    assert (tea.name, tea.weight_g, tea.length_mm, tea.colour, tea.fragile) == ("Green tea", 250, 100, "#00ff00", False)
    assert (cup.weight_g, cup.fragile) == (None, True)
    assert codes(oms) == {"04006381333931": ("TEA", 1), "14006381333938": ("TEA", 6)}
    assert {line.result for line in send(oms, "items", ITEMS).lines} == {"unchanged"}


def test_a_column_that_is_absent_leaves_what_is_known(oms):
    send(oms, "items", ITEMS)
    assert results(send(oms, "items", "sku,weight_g\nTEA,260")) == [(2, "TEA", "updated", "")]
    tea = ask(oms, select(Item).where(Item.sku == "TEA"))[0]
    assert (tea.name, tea.weight_g, tea.height_mm) == ("Green tea", 260, 60)


def test_an_item_without_a_name_is_called_by_its_sku(oms):
    send(oms, "items", "sku,name\nX-1,")
    assert ask(oms, select(Item.name)) == ["X-1"]


def test_repeated_lines_add_codes_but_never_contradict(oms):
    report = send(
        oms, "items", "sku,name,gtin\nTEA,Tea,4006381333931\nTEA,Tea,SHOP-7\nTEA,Coffee,\nTEA,Tea,4006381333931"
    )
    assert results(report) == [
        (2, "TEA", "created", ""),
        (3, "TEA", "updated", ""),
        (4, "TEA", "rejected", "differs_from_line"),
        (5, "TEA", "unchanged", ""),
    ]
    assert codes(oms) == {"04006381333931": ("TEA", 1), "SHOP-7": ("TEA", 1)}


def test_a_code_never_means_two_items(oms):
    report = send(oms, "items", "sku,gtin\nA,4006381333931\nB,4006381333931")
    assert results(report)[1] == (3, "B", "rejected", "code_of_other_item")
    again = send(oms, "items", "sku,gtin\nC,4006381333931")
    assert results(again) == [(2, "C", "rejected", "code_of_other_item")]
    assert ask(oms, select(Item.sku)) == ["A"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (",Tea,,,,1", "missing"),
        ("T,Tea,4006381333932,,,1", "bad_check_digit"),
        ("T,Tea,,14006381333938,,1", "missing"),
        ("T,Tea,,14006381333938,0,1", "bad_number"),
        ("T,Tea,4006381333931,4006381333931,6,1", "code_twice"),
        ("T,Tea,,,,-1", "bad_number"),
        ("T,Tea,,,,1.5", "bad_number"),
        ("=T,Tea,,,,1", "bad_key"),
        ("T," + "x" * 501 + ",,,,1", "too_long"),
    ],
)
def test_bad_item_lines(oms, line, code):
    report = send(oms, "items", f"sku,name,gtin,case_gtin,case_qty,weight_g\n{line}\nOK,Ok,,,,5")
    assert [(li.result, li.code) for li in report.lines] == [("rejected", code), ("created", "")]


def test_json_items_list_their_codes(oms):
    content = [
        {"sku": "T", "name": "Tea", "codes": [{"gtin": "4006381333931"}, {"gtin": "BOX", "qty": 12}]},
        {"sku": "U", "codes": "x"},
    ]
    assert [line.result for line in send(oms, "items", content).lines] == ["created", "rejected"]
    assert codes(oms) == {"04006381333931": ("T", 1), "BOX": ("T", 12)}


def test_layout_from_csv_makes_zones_bins_and_cartons(oms):
    assert [line.result for line in send(oms, "layout", LAYOUT).lines] == ["created"] * 3
    assert sorted(ask(oms, select(Zone.code))) == ["A", "P"]
    assert {b.code: (b.kind, b.seq, b.y_mm) for b in ask(oms, select(Bin))} == {
        "A-01": ("pick", 1, 0),
        "A-02": ("reserve", 2, 100),
        "PACK-1": ("lane", 9, 0),
    }
    cartons = (
        "carton,name,inner_length_mm,inner_width_mm,inner_height_mm,outer_length_mm,outer_width_mm,outer_height_mm,tare_g,max_g\n"
        "S1,Small,100,90,80,104,94,84,50,5000\nS2,Bad,0,90,80,104,94,84,50,5000"
    )
    assert results(send(oms, "layout", cartons)) == [(2, "S1", "created", ""), (3, "", "rejected", "bad_number")]
    carton = ask(oms, select(Carton))[0]
    assert (carton.inner_length_mm, carton.outer_height_mm, carton.tare_g) == (100, 84, 50)
    for content in (LAYOUT, cartons):
        assert {line.result for line in send(oms, "layout", content).lines} <= {"unchanged", "rejected"}


def test_layout_from_json_with_site_and_carriers(oms):
    content = {
        "site": {
            "code": "MAIN",
            "name": "Hall 1",
            "ship_from": ["Shop", "Kade 1"],
            "weight_tolerance_g": 40,
            "gs1_prefix": "8712345",
        },
        "zones": [{"zone": "A", "name": "Aisle A"}],
        "bins": [{"bin": "A-01", "zone": "A", "kind": "pick", "seq": 5}, {"bin": "B-01", "zone": "B", "kind": "shelf"}],
        "cartons": [
            {"carton": "S1", "inner_mm": [100, 90, 80], "outer_mm": [104, 94, 84], "tare_g": 50, "max_g": 5000}
        ],
        "carriers": [{"carrier": "DHL", "service": "parcel", "tracking_prefix": "JD"}],
        "lanes": [{"lane": "PACK-1", "zone": "P"}],
    }
    report = send(oms, "layout", content)
    assert [(line.line, line.result) for line in report.lines] == [
        (1, "updated"), (2, "created"), (3, "created"), (4, "rejected"), (5, "created"), (6, "created"), (7, "created"),
    ]  # fmt: skip
    site = ask(oms, select(Site))[0]
    assert (site.name, site.weight_tolerance_g, site.gs1_prefix) == ("Hall 1", 40, "8712345")
    assert ask(oms, select(CarrierService.tracking_prefix)) == ["JD"]
    assert sorted(ask(oms, select(Zone.name))) == ["", "Aisle A"]
    assert ask(oms, select(Bin.code).where(Bin.kind == "lane")) == ["PACK-1"]
    assert {line.result for line in send(oms, "layout", content).lines} == {"unchanged", "rejected"}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({"site": {"code": "OTHER"}}, "other_site"),
        ({"site": {"code": "MAIN", "gs1_prefix": "12"}}, "bad_number"),
        ({"site": {"code": "MAIN", "ship_from": "x"}}, "bad_text"),
        ({"bins": {"bin": "A"}}, "no_list"),
        ({"bins": [{"bin": "A", "zone": ""}]}, "missing"),
        ({"cartons": [{"carton": "A", "inner_mm": [1, 2], "outer_mm": [1, 2, 3]}]}, "bad_size"),
        ([], "no_list"),
    ],
)
def test_bad_layouts(oms, content, code):
    assert [line.code for line in send(oms, "layout", content).lines] == [code]


def test_stock_moves_only_the_difference(building):
    content = "bin,sku,qty,lot,expiry\nA-01,TEA,10,,\nA-02,MILK,5,L1,2027-03-01"
    assert [line.result for line in send(building, "stock", content).lines] == ["created", "created"]
    assert {line.result for line in send(building, "stock", content).lines} == {"unchanged"}
    send(building, "stock", "bin,sku,qty\nA-01,TEA,12")
    send(building, "stock", "bin,sku,qty\nA-01,TEA,9")
    assert balances(building) == {
        ("bin:A-01", "TEA", ""): 9,
        ("supplier", "TEA", ""): -12,
        ("count_adjust", "TEA", ""): 3,
        ("bin:A-02", "MILK", "L1"): 5,
        ("supplier", "MILK", "L1"): -5,
    }
    assert [(move.qty, move.to_account) for move in ask(building, select(StockMove).order_by(StockMove.id))] == [
        (10, "bin:A-01"), (5, "bin:A-02"), (2, "bin:A-01"), (3, "count_adjust"),
    ]  # fmt: skip
    assert ask(building, select(Lot.expiry)) == [date(2027, 3, 1)]
    assert verify(building.engine).ok


def test_goods_with_a_date_and_no_lot_are_kept_by_their_date(building):
    send(building, "items", "sku,expiry_tracked\nEGG,1")
    send(building, "stock", "bin,sku,qty,expiry\nA-01,EGG,6,2027-01-02\nA-01,EGG,6,2027-01-09")
    assert {lot for _, sku, lot in balances(building) if sku == "EGG"} == {"2027-01-02", "2027-01-09"}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("A-99,TEA,1,,", "unknown_bin"),
        ("A-01,NOPE,1,,", "unknown_item"),
        ("A-01,TEA,-1,,", "bad_number"),
        ("A-01,TEA,1.5,,", "bad_number"),
        ("A-01,TEA,,,", "missing"),
        ("A-01,MILK,1,,", "missing"),
        ("A-01,MILK,1,L1,", "missing"),
        ("A-01,MILK,1,L1,01/02/2027", "bad_date"),
        ("A-02,TEA,5,,", "differs_from_line"),
        ("A-02,MILK,5,L9,2027-01-02", "differs_from_line"),
    ],
)
def test_bad_stock_lines_stop_nobody(building, line, code):
    head = "bin,sku,qty,lot,expiry\nA-02,TEA,4,,\nA-02,MILK,1,L9,2027-01-01\n"
    report = send(building, "stock", f"{head}{line}\nA-01,TEA,7,,")
    assert [(li.result, li.code) for li in report.lines] == [
        ("created", ""), ("created", ""), ("rejected", code), ("created", ""),
    ]  # fmt: skip


def test_a_lot_keeps_its_expiry(building):
    send(building, "stock", "bin,sku,qty,lot,expiry\nA-01,MILK,1,L1,2027-01-01")
    report = send(building, "stock", "bin,sku,qty,lot,expiry\nA-02,MILK,1,L1,2028-01-01")
    assert results(report) == [(2, "MILK", "rejected", "lot_expires_otherwise")]
    # The date is known by now and need not be said again.
    assert results(send(building, "stock", "bin,sku,qty,lot\nA-02,MILK,1,L1")) == [(2, "MILK", "created", "")]
