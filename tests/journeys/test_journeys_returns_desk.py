"""A supervisor at a real desk finds returns while typing, approves one and has its label made, refuses one and says why, pays one back less
a fee, hears that somebody was quicker, and looks at the figures; everything by keys."""

from decimal import Decimal
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from sqlalchemy import select

from app.core.messages import Code
from oms.accounts import Account
from oms.catalog.models import Bin
from oms.money.payment_models import Payment
from oms.returns import deciding, receiving, scene
from oms.returns.asking import Wanted, ask
from oms.returns.codes import CameBy, ReturnState
from oms.returns.models import CustomerReturn
from oms.returns.terms import ReturnRuleRow, keep_rule
from oms.sales.codes import PaymentState
from oms.shipping.carriers.open import open_carriers
from sync.contract.codes import BinKind
from sync.contract.returns import Grade, ReturnReason
from sync.contract.returns_desk import DeskAct
from sync.contract.shipping import CarrierLabel
from tests.journeys.typing_hands import answer, at, find, keys, shown, yes
from tests.oms.money.till import priced, send
from tools.carrier_server import CarrierServer

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(300)]
PEOPLE = {"N1": "Ada Jansen", "N2": "Bob Jansma", "N3": "Cleo Vogel"}


@pytest.fixture
def carrier():
    with CarrierServer() as made:
        yield made


@pytest.fixture
def carriers(carrier):
    return open_carriers({"ACME": Account("ACME", carrier.url, carrier.key)})


@pytest.fixture
def backs(served):
    """Three orders of two teas at 10.00, paid and sent; each customer wants to send both back. What Cleo sent is here and looked at."""
    house, _ = served

    def more(w):
        w.db.add(Bin(site_id=w.site, code="Q-01", zone="A", kind=BinKind.QUARANTINE, seq=99))
        w.touch("bin", "Q-01")
        w.move(uuid4().hex, 0, "TEA", "", "supplier", "shipped", 6)

    house.act(more)
    house.act(lambda w: keep_rule(w, ReturnRuleRow(label_carrier="ACME", label_service="std")))
    numbers = {}
    for order, name in PEOPLE.items():
        priced(house, order, ("TEA", 2, "10.00", None), payment=PaymentState.CAPTURED, currency="EUR", ship_name=name)
        send(house, order, house.site, L1=2)
        wanted = [Wanted(1, 2, ReturnReason.CHANGED_MIND)]
        numbers[order] = house.act(lambda w, o=order, x=wanted: ask(w, o, x, CameBy.LINK).number)
    house.act(lambda w: deciding.approve(w, numbers["N3"]))

    def came(w):
        found = scene.lock(w, numbers["N3"])
        units = receiving.Came(receipt=uuid4().hex, sku="TEA", qty=2, grade=Grade.A)
        receiving.receive(w, found, units, receiving.place(w, ""), uuid4().hex)
        receiving.done(w, found, all_of_it=True)

    house.act(came)
    house.backs = numbers
    return house


@pytest.fixture
def desk(hands, backs):
    return at(hands, "returns_desk", 3)


def state(house, order):
    mine = select(CustomerReturn.state).where(CustomerReturn.number == house.backs[order])
    return house.ask(mine)[0]


def have_label_made(desk):
    desk._until(lambda: not shown(desk).question.asks and DeskAct.MAKE_LABEL in shown(desk).sheet.acts)
    yes(desk, "m", "make_label")


def test_returns_are_decided_by_keys(desk, backs, carrier):
    find(desk, "jansen asked", backs.backs["N1"])
    yes(desk, "a", "approve")
    desk._until(lambda: state(backs, "N1") is ReturnState.APPROVED)
    # Its label is asked for: the carrier has none, then it has.
    find(desk, "coming", backs.backs["N1"])
    carrier.takes_back = False
    have_label_made(desk)
    # Who stays with it sees what becomes of it.
    seen = lambda: (label := shown(desk).sheet.label) and (label.state, label.problem)  # noqa: E731 - a short question
    desk._until(lambda: seen() == (CarrierLabel.PROBLEM, "no_returns"))
    assert DeskAct.LABEL_SENT in shown(desk).sheet.acts
    carrier.takes_back = True
    have_label_made(desk)
    desk._until(lambda: seen() == (CarrierLabel.READY, ""))
    assert state(backs, "N1") is ReturnState.LABEL_SENT
    assert [one.reference for one in carrier.books.purchases.values()] == [backs.backs["N1"]]

    find(desk, "bob", backs.backs["N2"])
    # Somebody else says no in the same moment: this one hears it, and nothing is done twice.
    backs.act(lambda w: deciding.approve(w, backs.backs["N2"]))
    keys(desk, "x")
    answer(desk, "It was worn")
    desk._until(lambda: desk.refusal is not None)
    assert desk.refusal.code is Code.ORDER_NOT_DONE
    assert state(backs, "N2") is ReturnState.APPROVED
    keys(desk, Qt.Key.Key_Return)
    desk._until(lambda: desk.refusal is None)
    keys(desk, Qt.Key.Key_Escape)

    find(desk, "decide", backs.backs["N3"])
    assert [(one.worth, one.received) for one in shown(desk).sheet.lines] == [("20.00", 2)]
    keys(desk, "p")
    answer(desk, "15,50", "1,50")
    desk._until(lambda: state(backs, "N3") is ReturnState.CLOSED)
    mine = select(Payment.amount).where(Payment.order_no == "N3", Payment.kind == "refund")
    assert backs.ask(mine) == [Decimal("14.00")]
    # Nothing is to be decided any more: it is among those that are settled.
    desk._until(lambda: shown(desk).found == ())
    find(desk, "settled", backs.backs["N3"])
    assert shown(desk).sheet.head.refund == "14.00"
    keys(desk, "t")
    desk._until(lambda: shown(desk).entries)
    assert {(one.by, one.key): one.returned for one in shown(desk).entries if one.by == "item"} == {("item", "TEA"): 2}
    backs.check()
