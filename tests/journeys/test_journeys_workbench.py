"""A supervisor at a real desk finds customer orders while typing, looks at one, writes a note, holds it, releases it, changes its urgency,
and hears that somebody else was faster; everything by keys."""

from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt

from app.core.scan import ScanInput
from oms.sales.codes import EventKind, SaleState
from oms.sales.events import note
from oms.sales.models import CustomerOrder, CustomerOrderLine
from oms.sales.searching import index
from tests.journeys.typing_hands import keys, shown

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(600)]
LONGEST_MS = 60_000
PEOPLE = {"N-501": "Ada Jansen", "N-502": "Bob Jansma", "N-503": "Cleo Vogel"}


@pytest.fixture
def until(qtbot):
    return lambda true: qtbot.waitUntil(lambda: bool(true()), timeout=LONGEST_MS)


@pytest.fixture
def orders(served):
    house, _ = served

    def do(w):
        for number, name in PEOPLE.items():
            w.db.add(
                CustomerOrder(
                    number=number, state=SaleState.ACCEPTED, placed_at=w.now, captured_at=w.now, ship_name=name,
                    ship_street="Kade 1", ship_postcode="3511 AB", ship_city="Utrecht", ship_country="NL",
                    total=Decimal("12.50"),
                )
            )  # fmt: skip
            w.db.flush()
            w.db.add(CustomerOrderLine(order_no=number, line_no=1, sku="TEA", qty=2, name="Tea"))
            w.db.add(CustomerOrderLine(order_no=number, line_no=2, sku="CUP", qty=1, name="Cup"))
            w.db.flush()
            note(w, number, EventKind.CAPTURED)
        index(w, list(PEOPLE))

    house.act(do)
    return house


@pytest.fixture
def desk(hands, orders, until):
    client = hands("Desk", desk=True).client
    until(lambda: client.shell.screen_name() == "signin" and client.centre.online())
    client.shell.on_scan(ScanInput("B-1", client.clock.mono()))
    until(lambda: client.shell.screen_name() not in ("", "signin"))
    client.shell.resize(1280, 800)
    client.shell.show()
    client.shell.activateWindow()
    client.shell.go("workbench")
    until(lambda: client.shell.screen_name() == "workbench" and len(shown(client).found) == 3)
    return client


def view(desk):
    return desk.shell._views["workbench"]


def look_at(desk, until, number):
    """Types its number. What was found for half of it may have been the same: until nothing is asked any more, it may come anew."""
    keys(desk, number)
    until(lambda: shown(desk).text == number and [one.number for one in shown(desk).found] == [number])
    until(lambda: shown(desk).sheet is not None and shown(desk).sheet.head.number == number)
    until(lambda: not desk.shell.presenter._asked_for)


def in_the_list(desk, until):
    view(desk).list.setFocus()
    until(lambda: view(desk).list.hasFocus())


def test_what_is_typed_is_found_and_arrows_look_at_it(desk, until):
    until(lambda: view(desk).search.hasFocus())
    keys(desk, "jans")
    until(lambda: {one.customer for one in shown(desk).found} == {"Ada Jansen", "Bob Jansma"})
    keys(desk, "en")
    until(lambda: [one.number for one in shown(desk).found] == ["N-501"])
    until(lambda: shown(desk).sheet is not None and shown(desk).sheet.head.number == "N-501")
    assert [(line.sku, line.qty) for line in shown(desk).sheet.lines] == [("TEA", 2), ("CUP", 1)]
    keys(desk, Qt.Key.Key_Escape)
    until(lambda: len(shown(desk).found) == 3)
    keys(desk, Qt.Key.Key_Down)
    assert view(desk).list.hasFocus()
    first = shown(desk).current.number
    keys(desk, Qt.Key.Key_Up if shown(desk).found[-1].number == first else Qt.Key.Key_Down)
    until(
        lambda: shown(desk).sheet is not None and shown(desk).sheet.head.number == shown(desk).current.number != first
    )


def test_a_note_a_hold_and_its_release_by_letters(desk, until):
    look_at(desk, until, "N-502")
    in_the_list(desk, until)
    keys(desk, "n")
    until(lambda: view(desk).entry.hasFocus())
    keys(desk, "Ring first", Qt.Key.Key_Return)
    until(lambda: [one.text for one in shown(desk).sheet.notes] == ["Ring first"])
    in_the_list(desk, until)
    keys(desk, "h")
    until(lambda: view(desk).entry.hasFocus())
    keys(desk, Qt.Key.Key_Return)
    assert shown(desk).question.kind == "hold"
    keys(desk, "Customer rang", Qt.Key.Key_Return)
    until(lambda: shown(desk).sheet.head.state == "held")
    assert shown(desk).current is not None
    until(lambda: shown(desk).current.holds == 1)
    in_the_list(desk, until)
    keys(desk, "r")
    until(lambda: view(desk).entry.hasFocus())
    keys(desk, "Fine", Qt.Key.Key_Return)
    until(lambda: shown(desk).sheet.head.state != "held")
    in_the_list(desk, until)
    keys(desk, "t")
    until(lambda: shown(desk).entries)
    told = [entry.code for entry in shown(desk).entries]
    assert {"order.note", "order.held", "order.hold_released", "order.captured"} <= set(told)


def test_who_was_slower_is_told_what_changed_and_keeps_what_was_asked(desk, orders, until):
    look_at(desk, until, "N-503")

    def meanwhile(w):
        order = w.db.get_one(CustomerOrder, "N-503")
        order.revision += 1
        note(w, "N-503", EventKind.CHANGED)

    orders.act(meanwhile)
    in_the_list(desk, until)
    keys(desk, "p", "1")
    until(lambda: desk.shell.presenter.refusal is not None)
    assert desk.shell.presenter.refusal.code == "order_changed"
    assert shown(desk).question.kind == "priority"
    until(lambda: shown(desk).sheet.head.revision == 2)
    keys(desk, Qt.Key.Key_Return)
    assert desk.shell.presenter.refusal is None
    keys(desk, Qt.Key.Key_F5)
    until(lambda: shown(desk).sheet.head.priority == 1 and not shown(desk).question.asks)


def test_without_the_office_it_says_so_and_keeps_what_was_typed(desk, until):
    look_at(desk, until, "N-501")
    in_the_list(desk, until)
    keys(desk, "n")
    until(lambda: view(desk).entry.hasFocus())
    keys(desk, "Half a thou")
    presenter = desk.shell.presenter
    presenter.on_link(replace(desk.shell._link[0], online=False))
    assert not shown(desk).fresh
    keys(desk, "ght", Qt.Key.Key_Return)
    assert shown(desk).question.typed == ("Half a thought",)
    assert shown(desk).question.asks
    presenter.on_link(replace(desk.shell._link[0], online=True))
    keys(desk, Qt.Key.Key_F5)
    until(lambda: [one.text for one in shown(desk).sheet.notes] == ["Half a thought"])
