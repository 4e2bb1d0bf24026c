"""A supervisor at a real desk approves what they saw and not what came on top of it, sends an order, and again one that did not get there,
says what the supplier confirmed, and looks at the alerts; everything by keys."""

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from sqlalchemy import select, update

from app.core.messages import Code
from oms.purchasing import actions, keeping
from oms.purchasing import run as runs
from oms.purchasing.codes import BuyMailState, BuyState
from oms.purchasing.keeping import PriceSaid, RuleSaid, SettingSaid, SupplierItemSaid, SupplierSaid
from oms.purchasing.models import PurchaseLine, PurchaseMail, PurchaseOrder
from tests.journeys.typing_hands import answer, at, find, keys, shown, yes

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(300)]


@pytest.fixture
def buys(served):
    """A supplier of tea; an order above the limit, and one that is on its way but whose mail did not get there."""
    house, _ = served

    def more(w):
        teaco = SupplierSaid(code="TEACO", name="Tea & Co", email="orders@tea.example")
        keeping.keep_suppliers(w, [teaco])
        price = [PriceSaid(units=1, price=Decimal("2.00"))]
        keeping.keep_items(w, [SupplierItemSaid(supplier="TEACO", sku=sku, prices=price) for sku in ("TEA", "CUP")])
        keeping.keep_setting(w, SettingSaid(approve_above=Decimal(100)))
        house.lost = actions.make(w, "TEACO", [("CUP", 3)])
        actions.send(w, house.lost)
        w.db.flush()
        w.db.execute(update(PurchaseMail).values(state=BuyMailState.DEAD, problem="550 no such box"))

    house.act(more)
    lack(house, "TEA")
    [house.dear] = house.act(runs.run).orders
    return house


def lack(house, sku):
    house.act(lambda w: keeping.keep_rules(w, [RuleSaid(sku=sku, reorder_point=50_000, upto=60_000)]))


@pytest.fixture
def desk(hands, buys):
    return at(hands, "buying", 2)


def state(house, number):
    return house.ask(select(PurchaseOrder.state).where(PurchaseOrder.number == number))[0]


def test_orders_to_suppliers_are_let_go_and_followed_by_keys(desk, buys):
    desk._until(lambda: shown(desk).counts is not None)
    assert {one.name: one.count for one in shown(desk).counts.counts} == {
        "to_approve": 1, "to_send": 1, "coming": 1, "late": 0, "over": 0,
    }  # fmt: skip
    find(desk, "tea to_approve", buys.dear)
    # Somebody says that cups lack, too: the run puts them on the same order while the supervisor still looks at what it was.
    keys(desk, "a")
    desk._until(lambda: shown(desk).question.kind == "approve")
    lack(buys, "CUP")
    assert buys.act(runs.run).orders == (buys.dear,)
    keys(desk, "1")
    desk._until(lambda: desk.refusal is not None)
    assert (desk.refusal.code, desk.refusal.words) == (
        Code.ORDER_NOT_DONE, {"reason": "purchase_changed_meanwhile"},
    )  # fmt: skip
    assert state(buys, buys.dear) is BuyState.AWAITING
    keys(desk, Qt.Key.Key_Return)
    desk._until(lambda: desk.refusal is None)
    keys(desk, Qt.Key.Key_Escape)
    desk._until(lambda: not shown(desk).question.asks and len(shown(desk).sheet.lines) == 2)
    yes(desk, "a", "approve")
    desk._until(lambda: state(buys, buys.dear) is BuyState.APPROVED)

    find(desk, f"{buys.dear} to_send", buys.dear)
    yes(desk, "s", "send")
    desk._until(lambda: state(buys, buys.dear) is BuyState.SENT)

    # The other one is sent again.
    find(desk, "to_send", buys.lost)
    assert shown(desk).sheet.head.undelivered
    yes(desk, "s", "send")
    mine = select(PurchaseMail.state).where(PurchaseMail.order_no == buys.lost)
    desk._until(lambda: buys.ask(mine)[0] is not BuyMailState.DEAD)

    # The supplier has one cup less, and calls it by its own name.
    find(desk, f"coming {buys.lost}", buys.lost)
    keys(desk, "m")
    answer(desk, "2")
    desk._until(lambda: [one.wanted for one in shown(desk).sheet.lines] == [2])
    desk._until(lambda: not shown(desk).question.asks)
    keys(desk, "c")
    answer(desk, "A-77", "24.12.2026")
    wanted = select(PurchaseLine.day).where(PurchaseLine.order_no == buys.lost)
    desk._until(lambda: buys.ask(wanted)[0].isoformat() == "2026-12-24")
    assert buys.ask(select(PurchaseOrder.reference).where(PurchaseOrder.number == buys.lost)) == ["A-77"]

    # What lacks is on its way: nothing is told. Then somebody calls it off.
    desk._until(lambda: not shown(desk).question.asks)
    keys(desk, "t")
    desk._until(lambda: shown(desk).entries == ())
    keys(desk, "t")
    desk._until(lambda: shown(desk).tab == "sheet")
    find(desk, buys.dear, buys.dear)
    yes(desk, "x", "call_off")
    desk._until(lambda: state(buys, buys.dear) is BuyState.CANCELLED)
    desk._until(lambda: not shown(desk).question.asks)
    keys(desk, "t")
    desk._until(lambda: shown(desk).entries)
    assert [(kind.kind, {one.sku for one in kind.items}) for kind in shown(desk).entries] == [
        ("low_stock", {"TEA", "CUP"})
    ]
    buys.check()
