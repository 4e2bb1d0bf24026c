"""A clerk at a real desk types an order by keys alone, comes back to the workbench with it in front; one typed while the office is out of
reach waits, is seen waiting, and is one order when the office is back."""

import pytest
from PySide6.QtCore import Qt
from sqlalchemy import select

from oms.sales.models import CustomerOrder, CustomerOrderLine
from tests.journeys.typing_hands import keys, shown

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(600)]
LONGEST_MS = 60_000
ENTER, F2, F5, F7 = Qt.Key.Key_Return, Qt.Key.Key_F2, Qt.Key.Key_F5, Qt.Key.Key_F7


@pytest.fixture
def until(qtbot):
    return lambda true: qtbot.waitUntil(lambda: bool(true()), timeout=LONGEST_MS)


@pytest.fixture
def clerk(hands, until):
    hand = hands("Desk", desk=True).sign_in()
    shell = hand.shell
    shell.resize(1280, 800)
    shell.show()
    shell.activateWindow()
    shell.go("workbench")
    until(lambda: shell.screen_name() == "workbench" and shell.presenter.state().counts is not None)
    return hand


def line(hand):
    return hand.shell._views["entry"].line


def to_entry(hand, until):
    keys(hand, F2)
    until(lambda: hand.shell.screen_name() == "entry" and line(hand).hasFocus())


def add(hand, until, text, sku, qty):
    keys(hand, text, ENTER)
    until(lambda: [(one.sku, one.qty) for one in shown(hand).order.lines if one.sku == sku] == [(sku, qty)])


def new_customer(hand, until):
    keys(hand, F2)
    until(lambda: shown(hand).question.kind == "customer")
    keys(hand, F2)
    until(lambda: shown(hand).question.kind == "new")
    for field, text in (("name", "Ada Jansen"), ("phone", "+31301234567"), ("email", "ada@example.org")):
        until(lambda field=field: (now := shown(hand).question.field) is not None and now.key == field)
        keys(hand, text, ENTER)
    address = {
        "name": "",
        "street": "Oudegracht 112",
        "postcode": "3511az",
        "city": "Utrecht",
        "region": "",
        "country": "",
    }
    for field, text in address.items():
        until(lambda field=field: (now := shown(hand).question.field) is not None and now.key == field)
        keys(hand, *([text] if text else []), ENTER)
    until(lambda: not shown(hand).question.asks)


def orders(served):
    house, _ = served
    return house.ask(select(CustomerOrder).order_by(CustomerOrder.number))


def test_an_order_is_typed_by_keys_and_stands_in_front_at_the_workbench(clerk, served, until):
    to_entry(clerk, until)
    add(clerk, until, "2*TEA", "TEA", 2)
    add(clerk, until, "cu", "CUP", 1)
    until(lambda: shown(clerk).look is not None and len(shown(clerk).look.lines) == 2)
    tea = shown(clerk).look.lines[0]
    assert tea.free == 20_000
    assert tea.arrives is not None
    new_customer(clerk, until)
    keys(clerk, F7, ENTER)
    until(lambda: shown(clerk).order.gift)
    keys(clerk, Qt.Key.Key_Escape)
    # Twice in one breath.
    keys(clerk, F5, F5)
    until(lambda: clerk.shell.screen_name() == "workbench")
    until(lambda: shown(clerk).sheet is not None)
    [order] = orders(served)
    assert shown(clerk).sheet.head.number == order.number
    assert (order.ship_name, order.ship_postcode, order.email, order.flags) == (
        "Ada Jansen", "3511 AZ", "ada@example.org", ["gift"],
    )  # fmt: skip
    house, _ = served
    kept = house.ask(select(CustomerOrderLine).order_by(CustomerOrderLine.line_no))
    assert [(one.sku, one.qty) for one in kept] == [("TEA", 2), ("CUP", 1)]
    house.check()


def test_typed_while_the_office_is_away_it_waits_and_is_one_order_when_it_is_back(clerk, served, until):
    to_entry(clerk, until)
    clerk.link.cut()
    until(lambda: not clerk.client.centre.online() and not shown(clerk).online)
    add(clerk, until, "3*TEA", "TEA", 3)
    new_customer(clerk, until)
    keys(clerk, F5)
    until(lambda: shown(clerk).waiting == 1 and not shown(clerk).order.lines)
    assert orders(served) == []
    clerk.link.mend()
    until(lambda: len(orders(served)) == 1)
    until(lambda: shown(clerk).waiting == 0)
    [order] = orders(served)
    assert (order.ship_name, order.ship_city) == ("Ada Jansen", "Utrecht")


def test_a_half_typed_order_is_there_again_after_the_program_ended(clerk, hands, until):
    to_entry(clerk, until)
    add(clerk, until, "2*TEA", "TEA", 2)
    add(clerk, until, "cu", "CUP", 1)
    new_customer(clerk, until)
    typed = shown(clerk).order
    clerk.client.stop()
    again = hands("Desk", desk=True, paired=True)
    shell = again.shell
    shell.resize(1280, 800)
    shell.show()
    shell.activateWindow()
    until(lambda: shell.screen_name() not in ("", "signin"))
    shell.go("entry")
    until(lambda: shell.screen_name() == "entry" and shown(again).order == typed)
    until(lambda: again.client.centre.online() and shown(again).online and line(again).hasFocus())
    keys(again, F5)
    until(lambda: shell.screen_name() == "workbench")
    # Once it was placed, nothing of it is left to begin with.
    shell.go("entry")
    until(lambda: shell.screen_name() == "entry")
    assert shown(again).order.lines == []


def test_what_cannot_be_sent_says_why_and_stays(clerk, until):
    to_entry(clerk, until)
    keys(clerk, F5)
    until(lambda: clerk.refusal is not None and clerk.refusal.code == "entry_no_lines")
    keys(clerk, ENTER)
    keys(clerk, "nothing like it", ENTER)
    until(lambda: clerk.refusal is not None and clerk.refusal.code == "entry_no_item")
    clerk.scan("TEA")
    until(lambda: [one.sku for one in shown(clerk).order.lines] == ["TEA"])
    keys(clerk, F5)
    until(lambda: clerk.refusal is not None and clerk.refusal.code == "entry_no_name")
