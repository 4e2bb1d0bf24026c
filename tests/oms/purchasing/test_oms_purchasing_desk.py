"""Orders to suppliers as the buyer's desk finds them, what may be done about each, and the items to look at."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest
from litestar.testing import TestClient
from sqlalchemy import select, update

from oms.api.app import make_app
from oms.db.work import Actor
from oms.people.keys import Scope, add_key, new_key
from oms.purchasing import actions
from oms.purchasing.codes import BuyMailState
from oms.purchasing.models import PurchaseLine, PurchaseMail
from sync.contract.buying_desk import BuyGroup

pytestmark = pytest.mark.postgres


@pytest.fixture
def ask(buyer):
    """Asks a route of purchasing with a key that may buy."""
    key = new_key()
    buyer.oms.works.run("W", Actor("test"), lambda w: add_key(w, key, "buyer", [Scope.PURCHASING_WRITE]))
    headers = {"Authorization": f"Bearer {key}"}
    with TestClient(make_app(buyer.oms, asyncio.Event(), ["h:1"])) as client:

        def post(path, **body):
            reply = client.post(f"/v1/purchasing/{path}", json=body, headers=headers)
            assert reply.status_code == 200, reply.text
            return reply.json()

        yield post


def lost(buyer, number):
    """The mail with an order did not get there."""
    mine = update(PurchaseMail).where(PurchaseMail.order_no == number)
    buyer.act(lambda w: w.db.execute(mine.values(state=BuyMailState.DEAD, problem="550 no such box", attempts=9)))


def overdue(buyer, number):
    """Its goods should have come yesterday."""
    mine = update(PurchaseLine).where(PurchaseLine.order_no == number)
    buyer.act(lambda w: w.db.execute(mine.values(day=w.now.date() - timedelta(days=1))))


def test_the_desk_finds_counts_and_says_what_may_be_done(buyer, ask):
    buyer.supplier("CUPCO", send_by="hand")
    buyer.sells("CUPCO", "CUP", prices=[(1, "3.00")], rank=2)
    buyer.setting(approve_above=Decimal(100))
    dear = buyer.make(("TEA", 96), ("CUP", 3))
    ready = buyer.make(("CUP", 2), supplier="CUPCO")
    coming = buyer.sent(("TEA", 12))
    late, gone, over = (buyer.sent(("CUP", n)) for n in (5, 4, 3))
    overdue(buyer, late)
    buyer.act(lambda w: actions.confirm(w, late, {}, "A-77%"))
    lost(buyer, gone)
    buyer.act(lambda w: actions.call_off(w, over))

    def found(text):
        return [one["number"] for one in ask("desk", text=text)["found"]]

    assert found("") == [over, gone, late, coming, ready, dear]
    groups = {
        "to_approve": [dear], "to_send": [gone, ready], "coming": [gone, late, coming], "late": [late], "over": [over],
    }  # fmt: skip
    assert {name: found(name) for name in groups} == groups
    assert {one["name"]: one["count"] for one in ask("desk")["counts"]} == {
        name: len(of) for name, of in groups.items()
    }
    assert set(groups) == set(BuyGroup)
    assert found("cupco") == [ready]
    assert (found("cup coming"), found("cup to_approve")) == ([gone, late], [dear])
    assert found("a-77%") == found("77%") == [late]
    # Signs of a search have no meaning of their own.
    assert (found("%"), found("_"), found("\0"), found("NO")) == ([late], [], found(""), [])
    page = ask("desk", limit=2)
    assert (page["total"], page["next"]) == (6, gone)
    assert [one["number"] for one in ask("desk", limit=2, after=gone)["found"]] == [late, coming]

    sheets = {number: ask("desk", number=number)["sheet"] for number in (dear, ready, coming, late, gone, over)}
    assert {number: one["acts"] for number, one in sheets.items()} == {
        dear: ["approve", "call_off"], ready: ["send", "call_off"], coming: ["confirm", "call_off"],
        late: ["confirm", "call_off"], gone: ["send", "confirm", "call_off"], over: [],
    }  # fmt: skip
    one = sheets[dear]
    assert (one["limit"], one["limit_currency"], one["head"]["total"], one["approved_by"]) == (
        "100.0000", "EUR", "156.0000", "",
    )  # fmt: skip
    assert [(each["name"], each["qty"], each["open"]) for each in one["lines"]] == [("Tea", 96, 96), ("Cup", 3, 3)]
    assert (sheets[ready]["approved_by"], sheets[ready]["send_by"], sheets[ready]["address"]) == ("rule", "hand", True)
    assert (sheets[late]["head"]["late"], sheets[late]["lines"][0]["late"]) == (True, True)
    assert (sheets[gone]["head"]["undelivered"], sheets[gone]["problem"]) == (True, "550 no such box")
    assert ask("desk", number="PO-W-00099")["sheet"] is None
    # What the desk may do is done, and nothing else.
    for number, sheet in sheets.items():
        for act in ("approve", "send", "confirm"):
            reason = ask(f"orders/{number}/act", act=act)["reason"]
            assert (reason is None) == (act in sheet["acts"]), (number, act, reason)
            if reason is None:
                break


def test_who_acts_on_an_order_acts_on_what_they_saw(buyer, ask):
    buyer.setting(approve_above=Decimal(10))
    # What it adds may cost nothing that anybody knows.
    buyer.sells("TEACO", "TEA")
    buyer.level("CUP", 5, 9)
    [number] = buyer.run().orders
    seen = ask("desk", number=number)["sheet"]
    buyer.level("TEA", 5, 9)
    assert buyer.run().orders == (number,)
    assert (
        ask(f"orders/{number}/act", act="approve", revision=seen["revision"])["reason"] == "purchase_changed_meanwhile"
    )
    now = ask("desk", number=number)["sheet"]
    assert (now["head"]["state"], now["head"]["total"]) == ("awaiting_approval", seen["head"]["total"])
    assert len(now["lines"]) == 2
    for act in ("approve", "send"):
        assert ask(f"orders/{number}/act", act=act, revision=now["revision"])["reason"] is None
        now = ask("desk", number=number)["sheet"]
    # Goods that come in meanwhile change nothing of it; another answer of the supplier does.
    buyer.comes("CUP", 1, number)
    answer = {"act": "confirm", "lines": [{"line": 1, "qty": 8}], "revision": now["revision"]}
    assert ask(f"orders/{number}/act", **answer)["reason"] is None
    assert ask(f"orders/{number}/act", **answer)["reason"] == "purchase_changed_meanwhile"


def test_an_order_that_did_not_get_there_is_sent_again(buyer, ask):
    number = buyer.sent(("CUP", 3))
    first = buyer.ask(select(PurchaseMail.message_id))
    assert ask(f"orders/{number}/act", act="send")["reason"] == "nothing_to_do"
    lost(buyer, number)
    day = buyer.bought_lines(number)[0].day
    buyer.supplier("TEACO", lead_days=Decimal(30))
    assert ask(f"orders/{number}/act", act="send")["reason"] is None
    [mail] = buyer.ask(select(PurchaseMail))
    assert (mail.state, mail.attempts, [mail.message_id]) == (BuyMailState.WAITING, 0, first)
    # It is the same order: nothing more is expected, and on no other day.
    assert (buyer.expected(), buyer.bought_lines(number)[0].day) == ({f"{number}/1": 3}, day)
    assert ask(f"orders/{number}/act", act="send")["reason"] == "nothing_to_do"


def test_items_to_look_at_are_told_those_that_matter_most_first(buyer, ask):
    buyer.warehouse.stock("A-01", "TEA", 20)
    buyer.warehouse.stock("A-02", "CUP", 4)
    assert ask("desk")["alerts"] == []
    assert ask("desk", alerts=True)["alerts"] == []
    buyer.level("TEA", 30, 40)
    buyer.level("CUP", 10, 40)
    assert ask("desk", alerts=True)["alerts"] == [
        {
            "kind": "low_stock",
            "count": 2,
            "items": [
                {"sku": "CUP", "name": "Cup", "have": 4, "want": 10},
                {"sku": "TEA", "name": "Tea", "have": 20, "want": 30},
            ],
        }
    ]
