"""What people do to orders at the workbench: notes, holds, splitting, merging and back, each with its books and place in the timeline."""

import asyncio
from decimal import Decimal

import pytest
from litestar.testing import TestClient
from sqlalchemy import select, text

from oms.api.app import make_app
from oms.people.keys import Scope, add_key, new_key
from oms.sales.codes import PaymentState, SaleState
from oms.sales.desk_models import OrderMerge
from oms.sales.models import CustomerOrder, OrderHold
from oms.sales.searching import index

pytestmark = pytest.mark.postgres


class Bench:
    """Asks the workbench over HTTP as a program does."""

    def __init__(self, shop, client, key):
        self.shop, self.client, self.key = shop, client, key

    def ask(self, path, status=200, **body):
        answer = self.client.post(f"/v1/workbench/{path}", json=body, headers={"Authorization": f"Bearer {self.key}"})
        assert answer.status_code == status, answer.text
        return answer.json()

    def act(self, path, **body):
        """The result and the sheet."""
        said = self.ask(path, **body)
        return said["results"][0], said["sheet"]

    def sheet(self, number):
        return self.ask("sheet", order=number)["sheet"]

    def codes(self, number, **words):
        return [entry["code"] for entry in self.ask("timeline", order=number, limit=500, **words)["entries"]]

    def order(self, number, *lines, **words):
        """With prices 2.50 a unit, tax of 21 % in them, and shipping of 5.00."""
        self.shop.order(number, *lines, **words)

        def price(w):
            order = w.db.get(CustomerOrder, number)
            for line in self.shop.lines_of(number):
                mine = w.db.merge(line)
                mine.total, mine.discount = mine.qty * Decimal("2.50") - Decimal("0.10"), Decimal("0.10")
                mine.tax = (mine.total / 121 * 21).quantize(Decimal("0.01"))
                order.goods, order.discount = order.goods + mine.qty * Decimal("2.50"), order.discount + Decimal("0.10")
                order.tax, order.total = order.tax + mine.tax, order.total + mine.total
            order.shipping, order.total = Decimal(5), order.total + 5
            w.db.flush()
            index(w, [number])

        self.shop.act(price)
        return self

    def money(self, *numbers):
        with self.shop.oms.sessions() as db:
            return tuple(
                db.execute(
                    text(
                        "SELECT sum(goods), sum(discount), sum(shipping), sum(tax), sum(total) FROM customer_order WHERE number = ANY(:n)"
                    ),
                    {"n": list(numbers)},
                ).one()
            )

    def lines(self, number):
        return [(line["sku"], line["qty"]) for line in self.sheet(number)["lines"]]


@pytest.fixture
def bench(shop):
    key = new_key()
    shop.act(lambda w: add_key(w, key, "desk", [Scope.ORDERS]), site=shop.oms.site)
    with TestClient(make_app(shop.oms, asyncio.Event()), raise_server_exceptions=True) as client:
        yield Bench(shop, client, key)


def test_an_order_is_split_to_the_last_cent_and_found(bench):
    bench.order("N1", ("TEA", 3), ("CUP", 2), ship_name="Ada Split")
    before = bench.money("N1")
    done, sheet = bench.act("split", order="N1", lines=[{"line": 1, "qty": 1}, {"line": 2, "qty": 2}], revision=1)
    assert (done["reason"], done["made"]) == (None, "N1.2")
    assert bench.lines("N1") == [("TEA", 2)]
    assert bench.lines("N1.2") == [("TEA", 1), ("CUP", 2)]
    assert bench.money("N1", "N1.2") == before
    assert bench.money("N1.2")[2] == 0
    assert sheet["split_to"] == ["N1.2"]
    assert bench.sheet("N1.2")["split_from"] == "N1"
    assert "order.split" in bench.codes("N1")
    assert "order.split" in bench.codes("N1.2")
    assert [row["number"] for row in bench.ask("search", text="ada split")["found"]] == ["N1.2", "N1"]
    assert [row["number"] for row in bench.ask("search", text="sku:cup")["found"]] == ["N1.2"]


def test_what_is_wrong_with_a_line_goes_with_it(bench):
    bench.order("N1", ("TEA", 1), ("XXX", 2))
    bench.shop.act(lambda w: w.db.add(OrderHold(id="h", order_no="N1", code="order_unknown_item", at=w.now, line_no=2)))
    assert bench.act("hold", order="N1", because="a call")[0]["reason"] is None
    bench.act("release-hold", order="N1", hold=next(h["id"] for h in bench.sheet("N1")["holds"] if h["id"] != "h"))
    assert bench.sheet("N1")["head"]["state"] == "held"
    done, sheet = bench.act("split", order="N1", lines=[{"line": 2, "qty": 2}])
    assert sheet["head"]["state"] == "backordered"
    other = bench.sheet(done["made"])
    assert other["head"]["state"] == "held"
    assert [(hold["code"], hold["line"]) for hold in other["holds"]] == [("order_unknown_item", 1)]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([], "nothing_to_do"),
        ([{"line": 1, "qty": 3}], "nothing_to_do"),
        ([{"line": 1, "qty": 4}], "bad_value"),
        ([{"line": 1, "qty": 0}], "bad_value"),
        ([{"line": 1, "qty": 2}, {"line": 1, "qty": 2}], "bad_value"),
        ([{"line": 9, "qty": 1}], "unknown_line"),
    ],
    ids=["none", "everything", "too many", "zero", "twice", "no such line"],
)
def test_a_split_that_makes_no_sense_changes_nothing(bench, lines, reason):
    bench.order("N1", ("TEA", 3))
    done, sheet = bench.act("split", order="N1", lines=lines)
    assert done["reason"] == reason
    assert sheet["head"]["revision"] == 1
    assert bench.lines("N1") == [("TEA", 3)]


def test_two_orders_become_one_and_two_again(bench):
    bench.order("N1", ("TEA", 3), email="ada@example.org").order("N2", ("CUP", 2), ("TEA", 1), email="ada@example.org")
    before, of_two = bench.money("N1", "N2"), bench.money("N2")
    assert bench.sheet("N1")["alike"] == ["N2"]
    done, sheet = bench.act("merge", order="N1", other="N2", revision=1, other_revision=1)
    assert done["reason"] is None
    assert bench.lines("N1") == [("TEA", 3), ("CUP", 2), ("TEA", 1)]
    assert bench.money("N1") == before
    assert sheet["merged"] == [{"order": "N2", "into": False, "undo": True}]
    assert sheet["alike"] == []
    assert bench.sheet("N2")["head"]["state"] == "cancelled"
    assert bench.act("unmerge", order="N1", other="N2")[0]["reason"] is None
    assert bench.sheet("N2")["head"]["state"] == "backordered"
    assert (bench.lines("N1"), bench.lines("N2")) == ([("TEA", 3)], [("CUP", 2), ("TEA", 1)])
    assert (bench.money("N1", "N2"), bench.money("N2")) == (before, of_two)
    assert bench.act("unmerge", order="N1", other="N2")[0]["reason"] == "order_not_merged"
    assert bench.act("merge", order="N1", other="N2")[0]["reason"] is None


def test_a_merge_can_be_undone_until_a_floor_begins(bench):
    """What sites were given is taken back from them, and given to sites again as two."""
    bench.shop.warehouse.stock("A-01", "TEA", 9)
    bench.shop.warehouse.stock("A-02", "CUP", 9)
    bench.order("N1", ("TEA", 3)).order("N2", ("CUP", 2))
    assert bench.act("merge", order="N1", other="N2")[1]["head"]["state"] == "sourced"
    _, sheet = bench.act("unmerge", order="N1", other="N2")
    assert sheet["head"]["state"] == bench.sheet("N2")["head"]["state"] == "sourced"
    _, sheet = bench.act("merge", order="N1", other="N2")
    [part] = [part for part in sheet["parts"] if part["state"] != "cancelled"]
    assert [(line["sku"], line["sites"][-1]["qty"]) for line in sheet["lines"]] == [("TEA", 3), ("CUP", 2)]
    assert bench.shop.warehouse.release(part["number"]).job
    done, sheet = bench.act("unmerge", order="N1", other="N2")
    assert done["reason"] == "order_not_now"
    assert [act["why_not"] for act in sheet["acts"] if act["act"] == "unmerge"] == ["order_not_merged"]
    assert bench.shop.ask(select(OrderMerge.undone_at).order_by(OrderMerge.at))[1:] == [None]
    assert "audit.order.line_changed" not in bench.codes("N1")
    assert "order.released" in bench.codes("N1")


@pytest.mark.parametrize(
    ("words", "reason", "field"),
    [
        ({"ship_city": "Delft"}, "orders_not_alike", "address"),
        ({"email": "bo@example.org"}, "orders_not_alike", "customer"),
        ({"currency": "USD"}, "orders_not_alike", "currency"),
        ({"channel": "other"}, "orders_not_alike", "channel"),
        ({"payment": PaymentState.ON_TERMS}, "orders_not_alike", "payment"),
        ({"payment": PaymentState.CAPTURED}, "order_money_moved", None),
    ],
    ids=["address", "customer", "currency", "channel", "terms", "paid"],
)
def test_orders_that_are_not_alike_stay_two(bench, words, reason, field):
    bench.order("N1", ("TEA", 3)).order("N2", ("CUP", 2), **words)
    done, _ = bench.act("merge", order="N1", other="N2")
    assert (done["reason"], done["words"].get("field")) == (reason, field)
    assert bench.lines("N2") == [("CUP", 2)]


def test_who_was_too_late_hears_what_happened(bench):
    bench.order("N1", ("TEA", 3))
    first = bench.sheet("N1")["head"]["revision"]
    assert bench.act("priority", order="N1", priority=1, revision=first)[0]["reason"] is None
    done, sheet = bench.act("hold", order="N1", because="?", revision=first)
    assert done["reason"] == "order_changed_meanwhile"
    assert done["changed"] == ["order.changed"]
    assert done["words"] == {"asked": first, "now": sheet["head"]["revision"]}
    assert sheet["holds"] == []


def test_the_priority_reaches_what_no_floor_has_begun(bench):
    bench.order("N1", ("TEA", 3))
    bench.shop.part("N1", "S", (1, 3))
    before = bench.shop.store.ask_ver()
    assert bench.act("priority", order="N1", priority=1)[0]["reason"] is None
    assert bench.shop.store.ask_ver() == before + 1
    bench.shop.store.check_feed()
    assert bench.act("priority", order="N1", priority=1)[0]["reason"] == "nothing_to_do"
    assert bench.act("priority", order="N1", priority=0)[0]["reason"] == "bad_value"


def test_notes_stay_and_can_be_pinned(bench):
    bench.order("N1", ("TEA", 3))
    made = bench.act("note", order="N1", text=" ring first ", pinned=False)[0]["made"]
    assert bench.act("note", order="N1", note=made, pinned=True)[0]["reason"] is None
    assert bench.act("note", order="N1", text=" ")[0]["reason"] == "bad_value"
    assert bench.act("note", order="N1", note="other", pinned=True)[0]["reason"] == "bad_value"
    [note] = bench.sheet("N1")["notes"]
    assert (note["text"], note["pinned"], note["who"]) == ("ring first", True, "key:desk")
    [entry] = bench.ask("timeline", order="N1", icons=["note"])["entries"]
    assert entry["words"]["text"] == "ring first"
    # What other systems are told has no words of it.
    with bench.shop.oms.sessions() as db:
        assert db.scalar(text("SELECT words FROM order_event WHERE kind = 'order.note'")) == {"note": made}


def test_a_selection_is_done_one_by_one(bench):
    bench.order("N1", ("TEA", 3)).order("N2", ("CUP", 2)).order("N3", ("CUP", 2))
    bench.act("hold", order="N2", because="a call")
    orders = [{"order": "N1", "revision": 1}, {"order": "N2", "revision": 1}, {"order": "nobody"}, {"order": "N3"}]
    said = bench.ask("bulk", act="cancel", orders=orders, because="closed")
    reasons = [(one["order"], one["reason"]) for one in said["results"]]
    assert reasons == [("N1", None), ("N2", "order_changed_meanwhile"), ("nobody", "unknown_order"), ("N3", None)]
    assert bench.shop.order_of("N1").state is SaleState.CANCELLED
    said = bench.ask("bulk", act="release-hold", orders=[{"order": "N2"}, {"order": "N3"}])
    assert [one["reason"] for one in said["results"]] == [None, "nothing_to_do"]
    bench.ask("bulk", status=400, act="split", orders=[{"order": "N2"}])
    bench.ask("bulk", status=413, act="cancel", orders=[{"order": "N2"}] * 501)


def test_a_person_keeps_searches_and_sees_how_much_there_is(bench):
    bench.order("N1", ("TEA", 3), channel="web", reference="R1").order("N2", ("CUP", 2), channel="shop", reference="R2")
    bench.act("hold", order="N2", because="a call")
    said = bench.ask("filters", name="mine", text="held channel:shop")
    assert said["filters"] == [{"name": "mine", "text": "held channel:shop"}]
    counts = {one["name"]: one["count"] for one in said["counts"]}
    assert (counts["accepted"], counts["held"], counts["on_hold"], counts["late"]) == (1, 1, 1, 0)
    assert said["channels"] == ["shop", "web"]
    for one in said["counts"]:
        assert bench.ask("search", text=one["query"])["total"] == one["count"], one
    assert bench.ask("filters", name="mine")["filters"] == []


def test_an_order_that_nobody_knows_is_said_to_be_so(bench):
    for path in ("sheet", "timeline", "note", "split", "merge", "cancel", "change"):
        bench.ask(path, status=404, order="xy", lines=[], other="z", text="a")
