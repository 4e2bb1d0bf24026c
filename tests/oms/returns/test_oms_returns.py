"""Returns over HTTP: asked for, decided, received, judged, paid back or exchanged; and what is refused in words."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from sqlalchemy import select, update

from oms.inventory.models import StockMove
from oms.orders.models import Order
from oms.packing.models import Parcel
from oms.sales.models import CustomerOrder
from oms.shipping.models import Shipment
from sync.contract.codes import ParcelState
from tests.oms.money.till import invoices, payments

pytestmark = pytest.mark.postgres


def refunds(shop, number="N1"):
    return [amount for kind, _, amount in payments(shop, number) if kind == "refund"]


def test_from_the_question_to_the_money(shop, counter):
    counter.sold("N1", ("TEA", 3, "10.00"), ("CUP", 1, "3.33"))
    sheet = counter.ask("N1", (1, 2, "changed_mind"))
    number, head = sheet["head"]["number"], sheet["head"]
    assert (number, sheet["code"], head["state"], head["site"], head["came_by"]) == (
        "RMA-000001", "FHR:RMA-000001", "asked", "W", "program",
    )  # fmt: skip
    assert counter.good(f"returns/{number}/decide", say="approve")["head"]["state"] == "approved"
    sent = counter.good(f"returns/{number}/decide", say="label_sent", tracking="3SABC")
    assert (sent["head"]["state"], sent["tracking"]) == ("label_sent", "3SABC")
    half = counter.came(number, ("TEA", 1, "a"), done=False)
    assert (half["head"]["state"], half["head"]["received"]) == ("partly_received", 1)
    assert half["receipts"][0]["disposition"] == half["receipts"][0]["suggested"] == "restock"
    assert counter.no(f"returns/{number}/close", how="refund") == ("return_not_now", {"state": "partly_received"})
    assert counter.came(number, ("TEA", 1, "a"))["head"]["state"] == "graded"
    assert shop.lines_of("N1")[0].returned == 0
    over = counter.good(f"returns/{number}/close", how="refund")
    assert (over["head"]["state"], over["head"]["refund"], over["lines"][0]["refund"]) == ("closed", "20.00", "20.00")
    assert refunds(shop) == [D("20.00")]
    assert (shop.lines_of("N1")[0].returned, shop.order_of("N1").state, shop.order_of("N1").total) == (
        2,
        "shipped",
        D("13.33"),
    )
    assert shop.warehouse.has("bin:Q") == 2
    # Once for ever.
    assert counter.no(f"returns/{number}/close", how="refund")[0] == "return_not_now"
    assert counter.no(f"returns/{number}/decide", say="cancel")[0] == "return_not_now"
    assert refunds(shop) == [D("20.00")]
    told = [kind for kind in shop.told("N1") if kind.startswith("return.") or kind == "order.returned"]
    assert told == [
        "return.requested",
        "return.approved",
        "return.label",
        "return.received",
        "order.returned",
        "return.closed",
    ]


def test_the_last_unit_takes_sending_with_it_unless_it_is_said_otherwise(shop, counter):
    for number in ("N1", "N2"):
        counter.sold(number, ("TEA", 1, "10.00"), shipping=D("4.95"))
    first = counter.brought("N1")
    assert counter.good(f"returns/{first}/close", how="refund")["head"]["refund"] == "14.95"
    assert shop.order_of("N1").state == "returned"
    counter.rule(sending_back=False)
    second = counter.brought("N2")
    assert counter.good(f"returns/{second}/close", how="refund")["head"]["refund"] == "10.00"
    assert (shop.order_of("N2").state, shop.order_of("N2").total, refunds(shop, "N2")) == (
        "returned",
        D("4.95"),
        [D("10.00")],
    )


@pytest.mark.parametrize(
    ("rule", "asked", "expected"),
    [
        ({}, {"lines": []}, ("return_no_lines", {})),
        ({}, {"lines": [(1, 1, "other"), (1, 1, "other")]}, ("return_no_lines", {})),
        ({}, {"lines": [(9, 1, "other")]}, ("return_unknown_line", {"line": 9})),
        ({}, {"lines": [(1, 4, "other")]}, ("return_bad_quantity", {"line": 1, "left": 3})),
        ({}, {"order": "X\0"}, ("return_unknown_order", {"order": "X"})),
        ({}, {"site": "NOWHERE"}, ("return_unknown_site", {"site": "NOWHERE"})),
        ({"reasons": ["damaged"]}, {}, ("return_reason_not_taken", {"reason": "other"})),
        ({"kept_skus": ["TEA"]}, {}, ("return_not_returnable", {"sku": "TEA"})),
    ],
    ids=["none", "twice", "line", "units", "order", "site", "reason", "item"],
)  # fmt: skip
def test_what_is_not_taken_back_is_said_in_words(counter, rule, asked, expected):
    counter.sold().rule(**rule)
    lines = [{"line": line, "qty": qty, "reason": why} for line, qty, why in asked.pop("lines", [(1, 1, "other")])]
    assert counter.no("returns", **{"order": "N1", "lines": lines, **asked}) == expected
    assert counter.web.get("/v1/returns").json()["returns"] == []


def test_after_its_days_a_person_may_let_it_pass(shop, counter):
    counter.sold().rule(window_days=14)
    shop.act(lambda w: w.db.execute(update(Order).values(shipped_at=w.now - timedelta(days=15))))
    line = {"line": 1, "qty": 1, "reason": "other"}
    assert counter.no("returns", order="N1", lines=[line]) == ("return_too_late", {"days": 14})
    assert counter.good("returns", order="N1", lines=[line], all_the_same=True)


def test_units_are_asked_for_once(shop, counter):
    counter.sold()
    first = counter.ask("N1", (1, 2, "other"))["head"]["number"]
    line = {"line": 1, "qty": 2, "reason": "other"}
    assert counter.no("returns", order="N1", lines=[line]) == ("return_bad_quantity", {"line": 1, "left": 1})
    counter.good(f"returns/{first}/decide", say="refuse", because="it was worn")
    assert counter.ask("N1", (1, 3, "other"))["head"]["state"] == "asked"


def test_a_refusal_is_told_and_may_be_taken_back_with_the_right_revision(counter):
    counter.sold()
    head = counter.ask()["head"]
    no = counter.good(
        f"returns/{head['number']}/decide", say="refuse", because="it was worn", revision=head["revision"]
    )
    assert (no["head"]["state"], no["because"]) == ("refused", "it was worn")
    path = f"/v1/returns/{head['number']}/decide"
    assert counter.web.post(path, json={"say": "approve", "revision": head["revision"]}).status_code == 409
    assert counter.good(path[4:], say="approve")["head"]["state"] == "approved"
    assert counter.no(path[4:], say="refuse") == ("return_not_now", {"state": "approved"})
    assert counter.web.post("/v1/returns/RMA-9/decide", json={"say": "approve"}).status_code == 404


def test_the_rules_approve_and_pay_back_what_is_worth_little(shop, counter):
    counter.sold("N1", ("TEA", 3, "10.00")).rule(approve_up_to="10.00", refund_up_to="10.00")
    assert counter.ask("N1", (1, 2, "other"))["head"]["state"] == "asked"
    small = counter.ask("N1", (1, 1, "other"))["head"]
    assert small["state"] == "approved"
    assert counter.came(small["number"], ("TEA", 1, "a"))["head"]["state"] == "closed"
    assert refunds(shop) == [D("10.00")]


def test_the_most_exact_rule_counts(shop, counter):
    counter.sold("N1", ("TEA", 1, "10.00"), channel="web").sold("N2", ("TEA", 1, "10.00"))
    assert counter.no("return-rules", rule={"channel": "web", "window_days": 5}) == (
        "return_bad_rule",
        {"field": "channel"},
    )
    counter.rule(site="W", kept_skus=["TEA"]).rule(site="S")
    line = {"line": 1, "qty": 1, "reason": "other"}
    assert counter.no("returns", order="N2", lines=[line])[0] == "return_not_returnable"
    assert counter.good("returns", order="N2", lines=[line], site="S")
    assert [one["site"] for one in counter.web.get("/v1/return-rules").json()["rules"]] == ["S", "W"]


@pytest.mark.parametrize(
    ("rule", "grade", "reason", "refund", "fee"),
    [
        ({"fee": "3.95", "customer_pays": ["changed_mind"]}, "a", "changed_mind", "16.05", "3.95"),
        ({"fee": "3.95", "customer_pays": ["changed_mind"]}, "a", "damaged", "20.00", "0.00"),
        ({"fee": "99", "customer_pays": ["changed_mind"]}, "a", "changed_mind", "0.00", "20.00"),
        ({"percent": {"b": 70, "c": 33}}, "b", "changed_mind", "14.00", "0.00"),
        ({"percent": {"b": 70, "c": 33}}, "c", "changed_mind", "6.60", "0.00"),
        # What came broken to the customer is not their fault.
        ({"percent": {"damaged": 0}}, "damaged", "damaged", "20.00", "0.00"),
        ({}, "wrong_item", "changed_mind", "0.00", "0.00"),
        ({}, "wrong_item", "wrong_item", "20.00", "0.00"),
    ],
)
def test_what_is_paid_back_of_it(shop, counter, rule, grade, reason, refund, fee):
    counter.sold().rule(**rule)
    number = counter.brought("N1", (1, 2, reason), grade=grade)
    head = counter.good(f"returns/{number}/close", how="refund")["head"]
    assert (head["refund"], head["fee"]) == (refund, fee)
    assert refunds(shop) == ([D(refund)] if D(refund) else [])
    assert shop.order_of("N1").total == D("30.00") - D(refund)


def test_a_person_says_what_is_paid_back_but_never_more_than_it_is_worth(shop, counter):
    counter.sold()
    number = counter.brought("N1", (1, 2, "other"))
    close = f"returns/{number}/close"
    assert counter.no(close, how="refund", amounts={"1": "20.01"}) == (
        "return_bad_amount",
        {"line": 1, "most": "20.00"},
    )
    assert counter.no(close, how="refund", amounts={"2": "1"}) == ("return_unknown_line", {"line": 2})
    for bad in ("-1", "NaN", "1e99", "x", "0.005"):
        assert counter.no(close, how="refund", amounts={"1": bad})[0] in ("return_bad_value", "return_bad_amount")
    assert counter.no(close, how="refund", fee="-2")[0] == "return_bad_value"
    assert counter.good(close, how="refund", amounts={"1": "7.50"}, fee="0.50")["head"]["refund"] == "7.00"
    assert refunds(shop) == [D("7.00")]


def test_the_same_again_in_exchange_costs_nothing_and_is_linked(shop, counter):
    counter.sold("N1", ("TEA", 2, "10.00"), shipping=D("4.95"))
    number = counter.brought("N1", (1, 2, "does_not_fit"))
    head = counter.good(f"returns/{number}/close", how="exchange", instead=[{"sku": "CUP", "qty": 2}])["head"]
    assert (head["resolution"], head["refund"], refunds(shop)) == ("exchange", "0.00", [])
    other = shop.order_of(head["exchange"])
    assert (other.total, other.note, other.flags, other.reference) == (D(0), number, ["exchange"], f"{number}-X")
    assert [(one.sku, one.qty, one.price) for one in shop.lines_of(other.number)] == [("CUP", 2, D(0))]
    # What was paid stays paid: for the goods that were exchanged, and for sending.
    assert (shop.order_of("N1").state, shop.order_of("N1").total) == ("returned", D("24.95"))


def test_goods_that_nobody_takes_go_back_to_their_customer(shop, counter):
    counter.sold()
    number = counter.brought("N1", (1, 2, "other"), grade="c")
    assert shop.warehouse.has("bin:Q") == 2
    head = counter.good(f"returns/{number}/close", how="send_back")["head"]
    assert (head["state"], refunds(shop), shop.lines_of("N1")[0].returned) == ("closed", [], 0)
    assert shop.warehouse.has("bin:Q") == 0
    assert counter.ask("N1", (1, 3, "other"))


def test_what_was_moved_meanwhile_cannot_be_sent_back(shop, counter):
    counter.sold()
    number = counter.brought("N1", grade="c")
    shop.warehouse.act(lambda w: w.move("m", 0, "TEA", "", "bin:Q", "bin:A-01", 1))
    assert counter.no(f"returns/{number}/close", how="send_back") == ("return_goods_gone", {"sku": "TEA", "bin": "Q"})


@pytest.mark.parametrize(
    ("disposition", "account"), [("scrap", "scrap"), ("to_supplier", "supplier"), ("repair", "bin:Q")]
)
def test_where_goods_go_in_the_end(shop, counter, disposition, account):
    counter.sold()
    number = counter.ask()["head"]["number"]
    before = shop.warehouse.has(account)
    line = {"sku": "TEA", "qty": 1, "grade": "damaged", "disposition": disposition}
    counter.good(f"returns/{number}/receive", lines=[line], done=True)
    assert shop.warehouse.has("bin:Q") == 1
    counter.good(f"returns/{number}/close", how="nothing")
    assert shop.warehouse.has(account) == before + 1
    assert (refunds(shop), shop.lines_of("N1")[0].returned, shop.order_of("N1").total) == ([], 1, D("30.00"))


def test_at_another_site_into_a_bin_and_taken_back_again(shop, counter):
    counter.sold()
    number = counter.ask("N1", (1, 2, "other"))["head"]["number"]
    line = {"sku": "TEA", "qty": 2, "grade": "a", "bin": "A-02", "receipt": "r-1"}
    for _ in range(2):
        sheet = counter.good(f"returns/{number}/receive", lines=[line], site="S", done=True)
        assert (shop.store.has("bin:A-02"), sheet["head"]["received"]) == (2, 2)
    assert counter.no(f"returns/{number}/undo", receipt="r-2")[0] == "return_not_now"
    sheet = counter.good(f"returns/{number}/undo", receipt="r-1")
    assert (sheet["head"]["state"], shop.store.has("bin:A-02"), sheet["receipts"][0]["undone"]) == ("asked", 0, True)
    assert counter.no(f"returns/{number}/receive", lines=[{**line, "receipt": "", "bin": "A-99"}]) == (
        "return_unknown_bin", {"site": "W", "bin": "A-99"},
    )  # fmt: skip
    assert (
        counter.no(f"returns/{number}/receive", lines=[{**line, "receipt": "", "sku": "X"}])[0] == "return_unknown_item"
    )
    assert (
        counter.no(f"returns/{number}/receive", lines=[{**line, "line": 7, "receipt": ""}])[0] == "return_unknown_line"
    )
    assert shop.ask(select(StockMove.id).where(StockMove.source_id == "r-1")) != []


@pytest.mark.parametrize("found", ["N1", "#1001", "part", "sscc"])
def test_what_nobody_announced_is_known_by_what_stands_on_it(shop, counter, found):
    counter.sold("N1", ("TEA", 2, "10.00"), channel="web", reference="#1001")
    [part] = shop.ask(select(Order))
    if found == "sscc":
        shop.act(
            lambda w: w.db.add(
                Shipment(id="S1", site_id="W", order_no=part.number, carrier="C", service="S", created_at=w.now)
            )
        )
        shop.act(lambda w: w.db.add(Parcel(
            id="P1", site_id="W", shipment_id="S1", order_no=part.number, number=1, state=ParcelState.SHIPPED, carrier="C",
            service="S", sscc="340123450000000018", tracking="T",
        )))  # fmt: skip
    text = {"part": part.number, "sscc": "00340123450000000018"}.get(found, found)
    row = {"sku": "TEA", "qty": 1, "grade": "b"}
    sheet = counter.good("returns/came", found=text, lines=[row], site="S", done=True)
    head = sheet["head"]
    assert (head["order"], head["state"], head["units"], head["received"], head["site"]) == ("N1", "graded", 0, 1, "W")
    assert counter.good(f"returns/{head['number']}/close", how="refund")["head"]["refund"] == "10.00"
    # The next box is another return.
    again = counter.good("returns/came", found=f"FHR:{head['number']}", lines=[row], site="S", done=True)["head"]
    assert (again["number"] != head["number"], again["order"]) == (True, "N1")


def test_goods_of_nobody_wait_until_somebody_finds_out(shop, counter):
    counter.sold()
    row = {"sku": "TEA", "qty": 1, "grade": "a"}
    sheet = counter.good("returns/came", found="no idea", lines=[row], done=True)
    number = sheet["head"]["number"]
    assert (sheet["head"]["order"], sheet["found"], sheet["head"]["state"]) == (None, "no idea", "graded")
    assert counter.no(f"returns/{number}/close", how="refund") == ("return_no_order", {})
    assert counter.no(f"returns/{number}/order", order="N9")[0] == "return_unknown_order"
    assert counter.good(f"returns/{number}/order", order="N1")["lines"][0]["order_line"] == 1
    assert counter.no(f"returns/{number}/order", order="N1")[0] == "return_not_now"
    assert counter.good(f"returns/{number}/close", how="refund")["head"]["refund"] == "10.00"


def test_an_invoice_is_credited_by_what_is_paid_back(shop, counter):
    counter.sold("N1", ("TEA", 3, "10.00"), ("CUP", 1, "3.33")).rule(fee="2.50", customer_pays=["changed_mind"])
    from oms.money.invoices import invoice_what_was_sent
    from oms.sales.scene import lock_sale

    shop.act(lambda w: invoice_what_was_sent(w, lock_sale(w, "N1")))
    for _ in range(2):
        number = counter.brought()
        assert counter.good(f"returns/{number}/close", how="refund")["head"]["refund"] == "7.50"
    kinds = [(str(one.kind), one.total, one.net + one.tax) for one, _ in invoices(shop, "N1")]
    assert kinds == [("invoice", D("33.33"), D("33.33")), *[("credit_note", D("7.50"), D("7.50"))] * 2]
    exchange = counter.brought()
    counter.good(f"returns/{exchange}/close", how="exchange")
    assert len(invoices(shop, "N1")) == 3
    [(_, _), (_, [line]), _] = invoices(shop, "N1")
    assert line.price * line.qty - line.discount == line.total == D("7.50")


def test_a_key_of_one_channel_knows_its_own_returns_only(shop, counter):
    from oms.channels.models import Channel, ChannelKind
    from oms.people.keys import Scope, add_key, new_key

    shop.act(lambda w: w.db.add(Channel(code="web", kind=ChannelKind.WEB, name="Web", created_at=w.now, prefix="")))
    counter.sold("N1", ("TEA", 1, "10.00"), channel="web").sold("N2", ("TEA", 1, "10.00"), channel="other")
    mine, other = counter.ask("N1")["head"]["number"], counter.ask("N2")["head"]["number"]
    key = new_key()
    shop.act(lambda w: add_key(w, key, "web", [Scope.RETURNS_WRITE], "web"))
    counter.web.headers = {"Authorization": f"Bearer {key}"}
    assert [one["number"] for one in counter.web.get("/v1/returns").json()["returns"]] == [mine]
    assert counter.web.get(f"/v1/returns/{other}").status_code == 404
    assert counter.web.post(f"/v1/returns/{other}/decide", json={"say": "approve"}).status_code == 404
    assert counter.post("returns/look", number=other)["sheet"] is None
    assert (
        counter.no("returns", order="N2", lines=[{"line": 1, "qty": 1, "reason": "other"}])[0] == "return_unknown_order"
    )
    assert counter.web.post("/v1/return-rules", json={"rule": {}}).status_code == 403
    assert counter.good(f"returns/{mine}/decide", say="approve")


def test_returned_by_the_order_and_by_a_return_are_the_same_units(shop, counter):
    """The older route of an order takes units that no return is waiting for."""
    counter.sold()
    counter.brought("N1", (1, 2, "other"))
    [order] = shop.ask(select(CustomerOrder))
    from oms.sales.cancelling import returned
    from oms.sales.floors import Refused

    with pytest.raises(Refused):
        shop.act(lambda w: returned(w, order.number, 1, 2, site="W", bin="A-01"))
    shop.act(lambda w: returned(w, order.number, 1, 1, site="W", bin="A-01"))
    assert shop.lines_of("N1")[0].returned == 1
