"""Orders from files: each line accounted for, bad orders held with their reason, the same file twice changes nothing."""

import json
import random

import pytest
from sqlalchemy import select, text

from oms.customers.models import Customer
from oms.db.work import Actor
from oms.imports.run import Upload, run_import
from oms.imports.text import Shape
from oms.orders.models import Order, OrderLine
from oms.verify import verify
from sync.contract.codes import OrderState

pytestmark = pytest.mark.postgres
HEAD = "order,channel,reference,customer,name,street,postcode,city,country,carrier,service,sku,qty,price"
TO = "Kim Olsen,Kade 1,1000 AA,Amsterdam,NL,DHL,parcel"


@pytest.fixture
def shop(oms):
    """An OMS that knows TEA and CUP."""
    send(oms, "items", "sku,name\nTEA,Tea\nCUP,Cup")
    return oms


def send(oms, kind, content, *, dry_run=False, shape=Shape()):  # noqa: B008 - a frozen value
    body = content.encode() if isinstance(content, str) else json.dumps(content).encode()
    return run_import(oms, Upload(kind, body, not isinstance(content, str), shape, dry_run), Actor("test"))


def results(report):
    return [(line.line, line.key, str(line.result), line.code) for line in report.lines]


def order(oms, number):
    with oms.sessions() as db:
        found = db.get(Order, (oms.site, number))
        lines = db.scalars(select(OrderLine).where(OrderLine.order_no == number).order_by(OrderLine.line_no)).all()
    return found, [(line.sku, line.qty, line.problem) for line in lines]


def feed(oms):
    with oms.sessions() as db:
        return dict(db.execute(text("SELECT ent || ' ' || ent_id, ver FROM change")).all())


def file(*lines):
    return "\n".join([HEAD, *lines])


def test_orders_come_in_whole_wherever_their_lines_stand(shop):
    report = send(
        shop, "orders", file(f"1,web,,C1,{TO},TEA,2,12.50", f"2,web,,C2,{TO},CUP,1,", f"1,web,,C1,{TO},CUP,1,3")
    )
    assert results(report) == [(2, "1", "created", ""), (3, "2", "created", ""), (4, "1", "created", "")]
    found, lines = order(shop, "1")
    assert found.state is OrderState.OPEN
    assert (found.ship_name, found.ship_city, found.carrier, found.priority) == ("Kim Olsen", "Amsterdam", "DHL", 3)
    assert lines == [("TEA", 2, ""), ("CUP", 1, "")]
    assert {"order 1", "order 2"} <= set(feed(shop))
    with shop.sessions() as db:
        assert sorted(db.scalars(select(Customer.number))) == ["C1", "C2"]


def test_the_same_file_twice_changes_nothing(shop):
    content = file(f"1,web,R1,C1,{TO},TEA,2,12.50", f"2,web,,C2,{TO},NOPE,1,", f"3,web,,,{TO},CUP,x,")
    send(shop, "orders", content)
    before = feed(shop)
    again = send(shop, "orders", content)
    assert {line.result for line in again.lines} == {"unchanged"}
    assert feed(shop) == before


def test_lines_that_leave_the_head_empty_belong_to_the_order_above(shop):
    report = send(shop, "orders", file(f"1,web,,C1,{TO},TEA,2,", "1,,,,,,,,,,,CUP,1,"))
    assert [line.result for line in report.lines] == ["created", "created"]
    assert order(shop, "1")[1] == [("TEA", 2, ""), ("CUP", 1, "")]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (f"1,web,,,{TO},NOPE,1,", "order_unknown_item"),
        (f"1,web,,,{TO},,1,", "missing"),
        (f"1,web,,,{TO},TEA,0,", "bad_number"),
        (f"1,web,,,{TO},TEA,-3,", "bad_number"),
        (f"1,web,,,{TO},TEA,1.5,", "bad_number"),
        (f"1,web,,,{TO},TEA,1e9,", "bad_number"),
        (f"1,web,,,{TO},TEA,,", "missing"),
        (f"1,web,,,{TO},TEA,1,12.3.4", "bad_amount"),
        (f"1,web,,,{TO},TEA,1,-5", "order_bad_price"),
        ("1,web,,,,Kade 1,1000 AA,Amsterdam,NL,DHL,parcel,TEA,1,", "order_no_name"),
        ("1,web,,,Kim,,,,NL,DHL,parcel,TEA,1,", "order_no_address"),
        ("1,web,,,Kim,Kade 1,1000 AA,Amsterdam,Netherlands,DHL,parcel,TEA,1,", "order_bad_country"),
        ("1,web,,,Kim,Kade \a1,1000 AA,Amsterdam,NL,DHL,parcel,TEA,1,", "control_characters"),
    ],
)
def test_one_bad_line_holds_its_order_and_no_other(shop, line, code):
    report = send(shop, "orders", file(line, "1,,,,,,,,,,,CUP,1,", f"2,web,,,{TO},CUP,1,"))
    by_line = {line.line: (line.result, line.code) for line in report.lines}
    assert by_line[2] == ("held", code)
    assert by_line[4] == ("created", "")
    found, lines = order(shop, "1")
    assert (found.state, found.held_reason) == (OrderState.HELD, code)
    assert len(lines) == 2
    assert order(shop, "2")[0].state is OrderState.OPEN


def test_a_line_without_an_order_number_is_rejected_alone(shop):
    report = send(shop, "orders", file(f",web,,,{TO},TEA,1,", f"=1+1,web,,,{TO},TEA,1,", f"2,web,,,{TO},CUP,1,"))
    assert results(report) == [(2, "", "rejected", "missing"), (3, "", "rejected", "bad_key"), (4, "2", "created", "")]


def test_a_held_order_is_mended_by_sending_it_again(shop):
    send(shop, "orders", file(f"1,web,,,{TO},NOPE,1,"))
    assert results(send(shop, "orders", file(f"1,web,,,{TO},TEA,1,"))) == [(2, "1", "updated", "")]
    found, lines = order(shop, "1")
    assert (found.state, found.held_reason, lines) == (OrderState.OPEN, "", [("TEA", 1, "")])


def test_a_held_order_is_mended_by_what_it_lacked(shop):
    content = file(f"1,web,,,{TO},NEW,1,")
    send(shop, "orders", content)
    send(shop, "items", "sku,name\nNEW,New")
    assert results(send(shop, "orders", content)) == [(2, "1", "updated", "")]
    assert order(shop, "1")[0].state is OrderState.OPEN


def test_two_different_orders_under_one_number_are_held_for_a_person(shop):
    first, second = file(f"1,web,,,{TO},TEA,1,"), file(f"1,web,,,{TO},CUP,9,")
    send(shop, "orders", first)
    assert results(send(shop, "orders", second)) == [(2, "1", "held", "order_differs")]
    found, lines = order(shop, "1")
    assert (found.state, found.held_reason, lines) == (OrderState.HELD, "order_differs", [("TEA", 1, "")])
    for content in (first, second):
        assert {line.result for line in send(shop, "orders", content).lines} == {"unchanged"}
    assert results(send(shop, "orders", file(f"1,web,,,{TO},CUP,8,"))) == [(2, "1", "rejected", "order_differs")]


def test_an_order_that_is_being_worked_on_is_not_changed_from_outside(shop):
    content = file(f"1,web,,,{TO},TEA,1,")
    send(shop, "orders", content)
    with shop.works.work(shop.site, Actor("test")) as w:
        w.db.get_one(Order, (shop.site, "1")).state = OrderState.PICKING
    assert {line.result for line in send(shop, "orders", content).lines} == {"unchanged"}
    assert results(send(shop, "orders", file(f"1,web,,,{TO},TEA,2,"))) == [(2, "1", "rejected", "order_in_work")]
    assert order(shop, "1")[1] == [("TEA", 1, "")]


def test_one_channel_reference_is_one_order(shop):
    report = send(shop, "orders", file(f"1,web,R1,,{TO},TEA,1,", f"2,web,R1,,{TO},TEA,1,", f"3,shop,R1,,{TO},TEA,1,"))
    assert [line.code for line in report.lines] == ["", "reference_of_other_order", ""]
    assert order(shop, "2")[0].state is OrderState.HELD
    again = send(shop, "orders", file(f"4,web,R1,,{TO},TEA,1,"))
    assert results(again) == [(2, "4", "held", "reference_of_other_order")]


def test_lines_that_disagree_about_the_head_hold_the_order(shop):
    other = TO.replace("Kade 1", "Kade 2")
    report = send(shop, "orders", file(f"1,web,,,{TO},TEA,1,", f"1,web,,,{other},CUP,1,"))
    assert [(line.result, line.code) for line in report.lines] == [("held", "differs_from_line")] * 2


def test_json_orders_nest_their_lines_and_address(shop):
    to = {"name": "Kim", "street": "Kade 1", "postcode": "1", "city": "Amsterdam", "country": "nl"}
    content = {
        "orders": [
            {"order": "1", "ship_to": to, "flags": ["VIP", "gift"], "priority": 1,
             "lines": [{"sku": "TEA", "qty": 2, "price": 1.25}, {"sku": "CUP", "qty": "1"}]},
            {"order": "2", "ship_to": to, "lines": []},
            {"order": "3", "ship_to": to, "lines": "TEA"},
            {"order": "1", "ship_to": to, "lines": [{"sku": "TEA", "qty": 2}]},
            {"order": "4", "ship_to": to, "lines": [{"sku": "TEA", "qty": 2.5}, 7]},
            "5",
        ]
    }  # fmt: skip
    report = send(shop, "orders", content)
    assert results(report) == [
        (1, "1", "created", ""),
        (2, "2", "held", "order_no_lines"),
        (3, "3", "held", "no_list"),
        (4, "", "rejected", "differs_from_line"),
        (5, "4", "held", "bad_number"),
        (6, "", "rejected", "not_an_object"),
    ]
    found, lines = order(shop, "1")
    assert (found.flags, found.priority, found.ship_country) == (["gift", "vip"], 1, "NL")
    assert lines == [("TEA", 2, ""), ("CUP", 1, "")]
    assert [problem for _, _, problem in order(shop, "4")[1]] == ["bad_number", "missing"]
    assert {line.result for line in send(shop, "orders", content).lines} == {"unchanged", "rejected"}


def test_a_dry_run_says_the_same_and_changes_nothing(shop):
    content = file(f"1,web,R1,C1,{TO},TEA,2,", f"2,web,R1,C2,{TO},TEA,1,", f"3,web,,,{TO},NOPE,1,")
    before = feed(shop)
    dry = send(shop, "orders", content, dry_run=True)
    assert feed(shop) == before
    assert order(shop, "1")[0] is None
    assert results(dry) == results(send(shop, "orders", content))
    assert dry.dry_run


def test_what_the_database_objects_to_costs_only_itself(shop, monkeypatch):
    """A value that passed every check and still does not fit: the rest of its batch is written all the same."""
    from oms.imports import fields

    monkeypatch.setattr(fields, "MAX_WHOLE", 10**30)
    monkeypatch.setattr(fields, "_WHOLE", __import__("re").compile(r"[0-9]+"))
    monkeypatch.setattr(fields.whole, "__defaults__", (0, 10**30))
    report = send(shop, "orders", file(f"1,web,,,{TO},TEA,1,", f"2,web,,,{TO},TEA,{'9' * 25},", f"3,web,,,{TO},TEA,1,"))
    assert results(report) == [(2, "1", "created", ""), (3, "2", "rejected", "not_written"), (4, "3", "created", "")]
    assert order(shop, "3")[0].state is OrderState.OPEN


def test_thousands_of_lines_in_a_few_transactions(shop):
    rng = random.Random(5)
    lines = [
        f"{n // 3},web,,C{n // 3 % 50},{TO},{rng.choice(('TEA', 'CUP', 'CUP', 'NOPE'))},{rng.randrange(1, 4)},"
        for n in range(3000)
    ]
    with shop.sessions() as db:
        before = db.scalar(text("SELECT ver FROM site"))
    report = send(shop, "orders", file(*lines))
    with shop.sessions() as db:
        versions = db.scalar(text("SELECT ver FROM site")) - before
        states = dict(db.execute(text("SELECT state, count(*) FROM sales_order GROUP BY 1")).all())
        held = db.scalar(text("SELECT count(DISTINCT order_no) FROM order_line WHERE sku = 'NOPE'"))
    assert report.totals["lines"] == 3000
    assert versions == 2
    assert states == {"open": 1000 - held, "held": held}
    assert held > 100
    assert verify(shop.engine).ok


@pytest.mark.parametrize("body", ["", "\n\n", HEAD, "nonsense", "\x00"])
def test_a_file_with_nothing_in_it_is_a_report_with_nothing_done(shop, body):
    report = send(shop, "orders", body)
    assert report.totals["created"] == 0
