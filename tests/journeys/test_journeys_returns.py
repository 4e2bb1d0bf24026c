"""Goods that customers send back, on a real handheld: announced and with the network, and unannounced without it."""

import ssl
import urllib.request
from decimal import Decimal
from uuid import uuid4

import pypdfium2
import pytest
import zxingcpp
from sqlalchemy import select

from app.core.messages import Code
from app.core.views_returns import ReturnStep
from oms.accounts import Account
from oms.catalog.models import Bin, ItemCode
from oms.money.payment_models import Payment
from oms.returns.asking import Wanted, ask
from oms.returns.codes import CameBy, ReturnState
from oms.returns.deciding import approve
from oms.returns.links import token_of
from oms.returns.models import CustomerReturn, ReturnReceipt
from oms.returns.terms import ReturnRuleRow, keep_rule
from oms.shipping.carriers.open import open_carriers
from sync.contract.codes import BinKind
from sync.contract.returns import Disposition, ReturnReason, return_text
from sync.contract.rows import ReturnRow
from tests.oms.money.till import priced, send
from tools.carrier_server import CarrierServer

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.timeout(150)]
TEA, CUP = "4006381333931", "4006381333948"


@pytest.fixture
def hall(served):
    """Orders N1 and N2 have left, two TEA at 10.00 and a CUP at 3.33 each, all paid. Small returns are paid back by themselves."""
    house, _ = served

    def more(w):
        w.db.add(Bin(site_id=w.site, code="Q-01", zone="A", kind=BinKind.QUARANTINE, seq=99))
        w.touch("bin", "Q-01")
        for sku, code in (("TEA", TEA), ("CUP", CUP)):
            w.db.add(ItemCode(site_id=w.site, sku=sku, code=code, qty=1))
            w.touch("item", sku)
        keep_rule(w, ReturnRuleRow(refund_up_to="15.00"))
        for sku, qty in (("TEA", 4), ("CUP", 2)):
            w.move(uuid4().hex, 0, sku, "", "supplier", "shipped", qty)

    house.act(more)
    house.lines_of = lambda number: []
    for number in ("N1", "N2"):
        priced(house, number, ("TEA", 2, "10.00", None), ("CUP", 1, "3.33", None), payment="captured", currency="EUR")
        send(house, number, house.site, L1=2, L2=1)
    return house


@pytest.fixture
def carriers():
    with CarrierServer() as carrier:
        yield open_carriers({"ACME": Account("ACME", carrier.url, carrier.key)})


@pytest.fixture
def customer(hall, served):
    """What a browser of N1's customer gets: `customer(path, form)`."""
    server = served[1]
    root = f"https://127.0.0.1:{server.port}/r/{hall.act(lambda w: token_of(w, 'N1'))}"
    tls = ssl.create_default_context(cafile=str(server.tls.certificate))
    tls.check_hostname = False

    def opened(path, form=None):
        with urllib.request.urlopen(root + path, form and form.encode(), timeout=20, context=tls) as answer:
            return answer.read()

    return opened


def barcodes(body):
    document = pypdfium2.PdfDocument(body)
    found = [code.text for code in zxingcpp.read_barcodes(document[0].render(scale=300 / 72).to_pil())]
    document.close()
    return found


def backs(house):
    return house.ask(select(CustomerReturn).order_by(CustomerReturn.number))


def refunds(house, number):
    mine = select(Payment.amount).where(Payment.order_no == number, Payment.kind == "refund")
    return house.ask(mine)


def row(hand, number):
    """What the device itself knows of a return."""
    with hand.client.store.look() as u:
        return u.rows.get(ReturnRow, number)


def step(hand, which):
    hand.until(lambda view: view.step is which)


def test_an_announced_return_is_judged_put_away_and_paid_back(hall, hands):
    wanted = [Wanted(1, 1, ReturnReason.CHANGED_MIND), Wanted(2, 1, ReturnReason.CHANGED_MIND)]
    number = hall.act(lambda w: ask(w, "N1", wanted, CameBy.LINK).number)
    hall.act(lambda w: approve(w, number))
    hand = hands("Handheld").sign_in()
    hand.go("returns")
    hand.scan(return_text(number))
    step(hand, ReturnStep.ITEM)
    hand.scan("A-01")
    assert hand.refusal.code is Code.RETURN_ITEM_FIRST
    assert hand.scan(TEA).step is ReturnStep.GRADE
    hand.press("grade:a")
    step(hand, ReturnStep.PLACE)
    assert hand.scan("A-01").step is ReturnStep.ITEM
    hand.scan(CUP)
    hand.press("grade:b")
    step(hand, ReturnStep.PLACE)
    hand.press("put_aside")
    step(hand, ReturnStep.ITEM)
    hand.press("undo")
    hand.until(lambda view: view.units == 1)
    hand.scan(CUP)
    hand.press("grade:damaged")
    step(hand, ReturnStep.PLACE)
    hand.press("put_aside")
    hand.until(lambda view: view.units == 2)
    hand.press("empty")
    step(hand, ReturnStep.OVER)
    hand.quiet()
    hand._until(lambda: backs(hall)[0].state is ReturnState.CLOSED)
    assert refunds(hall, "N1") == [Decimal("13.33")]
    assert hall.balance("bin:Q-01", "CUP") == 0
    assert (hall.balance("scrap", "CUP"), hall.balance("shipped", "CUP"), hall.balance("shipped")) == (1, 1, 3)
    hall.check()


def test_an_announced_one_is_known_without_the_network(hall, hands, customer):
    """Asked for on the customer's page while the device was connected; its label is scanned, it is judged and ended without the network;
    the centre hears all of it, once."""
    hand = hands("Handheld").sign_in()
    hand.go("returns")
    hall.act(
        lambda w: keep_rule(
            w, ReturnRuleRow(refund_up_to="15.00", approve_up_to="50", label_carrier="ACME", label_service="std")
        )
    )
    customer("", "qty-1=2&reason-1=defective&qty-2=1&reason-2=does_not_fit")
    [number] = [one.number for one in backs(hall)]
    hand._until(lambda: row(hand, number) is not None and row(hand, number).tracking)
    [code] = barcodes(customer(f"/{number}/label"))
    assert row(hand, number).tracking in code
    hand.link.cut()
    seen = hand.scan(code)
    assert (seen.known, [(one.qty, one.reason) for one in seen.to_come]) == (
        True, [(2, ReturnReason.DEFECTIVE), (1, ReturnReason.DOES_NOT_FIT)],
    )  # fmt: skip
    hand.scan(TEA)
    hand.press("grade:damaged")
    step(hand, ReturnStep.PLACE)
    # What does not work goes to its supplier: the device knows why it comes back.
    assert hand.view.way is Disposition.TO_SUPPLIER
    hand.press("put_aside")
    step(hand, ReturnStep.ITEM)
    assert [one.qty for one in hand.view.to_come] == [1, 1]
    hand.scan(CUP)
    assert hand.scan(CUP).qty == 2
    hand.press("grade:a")
    step(hand, ReturnStep.PLACE)
    hand.scan("A-01")
    step(hand, ReturnStep.ITEM)
    assert [one.qty for one in hand.view.to_come] == [1]
    assert backs(hall)[0].state is ReturnState.LABEL_SENT
    hand.link.mend()
    hand.quiet()
    hand._until(lambda: backs(hall)[0].state is ReturnState.PARTLY_RECEIVED)
    # Settled by the centre, what is to come stays the same: nothing is counted twice.
    hand._until(lambda: row(hand, number).lines[0].open == 1)
    assert [one.qty for one in hand.view.to_come] == [1]
    hand.link.cut()
    hand.scan(TEA)
    hand.press("grade:b")
    step(hand, ReturnStep.PLACE)
    hand.press("put_aside")
    step(hand, ReturnStep.ITEM)
    assert hand.view.to_come == ()
    hand.press("empty")
    step(hand, ReturnStep.OVER)
    hand.link.mend()
    hand.quiet()
    [back] = backs(hall)
    assert (back.number, back.state, [one["sign"] for one in back.signs]) == (
        number,
        ReturnState.GRADED,
        ["return_sign_more"],
    )
    receipts = hall.ask(select(ReturnReceipt).order_by(ReturnReceipt.at, ReturnReceipt.id))
    assert sorted((one.sku, one.qty) for one in receipts) == [("CUP", 2), ("TEA", 1), ("TEA", 1)]
    # Of a return that is looked at nothing more is expected: the device forgets it.
    hand._until(lambda: row(hand, number) is None)
    hall.check()


def test_an_unannounced_one_without_the_network_comes_in_later_and_once(hall, hands):
    hand = hands("Handheld").sign_in()
    hand.go("returns")
    before = hall.balance("bin:A-01")
    hand.link.cut()
    hand.scan("N2")
    step(hand, ReturnStep.ITEM)
    hand.scan(TEA, TEA)
    hand.until(lambda view: view.qty == 2)
    hand.press("grade:a")
    step(hand, ReturnStep.PLACE)
    hand.scan("A-01")
    hand.press("empty")
    step(hand, ReturnStep.OVER)
    assert backs(hall) == []
    hand.link.mend()
    hand.quiet()
    [back] = backs(hall)
    assert (back.order_no, back.state, back.came_by) == ("N2", ReturnState.GRADED, CameBy.FLOOR)
    [receipt] = hall.ask(select(ReturnReceipt))
    assert (receipt.sku, receipt.qty, receipt.account) == ("TEA", 2, "bin:A-01")
    assert (hall.balance("bin:A-01") - before, hall.balance("shipped")) == (2, 2)
    # It is worth more than goes on by itself: a person decides.
    assert refunds(hall, "N2") == []
    hall.check()
