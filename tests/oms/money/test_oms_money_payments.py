"""Payments follow what happens to an order: asked once of a provider over HTTP, and never more than is paid."""

import asyncio
import time
from collections import Counter
from datetime import timedelta
from decimal import Decimal as D

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.testing import TestClient
from sqlalchemy import select, update

from oms.accounts import Account, BadAccount, accounts_from
from oms.api.app import make_app
from oms.money.codes import Money, MoneyCode, PayState, PayWhen
from oms.money.desk import PaymentDesk
from oms.money.models import MoneyRule
from oms.money.payment_models import Payment
from oms.money.payment_rules import PAYMENT, gifts, hopeless, looks_like_card, purses, state_of, wanted
from oms.money.payments import record
from oms.money.provider import open_providers
from oms.sales.codes import PaymentState, SaleState
from oms.sales.models import OrderHold
from oms.sales.scene import lock_sale
from oms.shipping.carriers.wire import sign
from tests.oms.money.till import change, money, payments, priced, send
from tools.payment_server import FAULTS, PaymentServer


@pytest.fixture
def provider():
    with PaymentServer() as server:
        yield server


@pytest.fixture
def desk(shop, provider):
    providers = open_providers({"PSP": Account("PSP", provider.url, provider.key)})
    yield PaymentDesk(shop.oms.works, "W", providers.by_code)
    providers.close()


def authorised(shop, provider, number, amount, token=None):
    """The shop told us that its customer's money is kept for us."""
    token = token or f"auth-{number}"
    provider.authorise(token, amount)
    shop.act(
        lambda w: record(w, lock_sale(w, number), Money.AUTHORISE, D(amount), f"e:{token}", provider="PSP", token=token)
    )
    return provider.books.purses[token]


def at_once(shop):
    """Whatever waits is due now."""
    with shop.oms.sessions.begin() as db:
        again = update(Payment).where(Payment.again_at.is_not(None))
        db.execute(again.values(again_at=Payment.again_at - timedelta(days=1)))


def settle(shop, desk):
    for _ in range(12):
        at_once(shop)
        if not desk.step():
            return
    raise AssertionError("it never ends")


@pytest.mark.postgres
def test_money_is_taken_as_parcels_leave_and_the_rest_let_go(shop, provider, desk):
    assert priced(shop, "N1", ("TEA", 3, "10.00", "0.21"), ("CUP", 1, "3.33", "0.21"), shipping=D("4.95")) == []
    purse = authorised(shop, provider, "N1", "38.28")
    assert shop.order_of("N1").payment is PaymentState.AUTHORISED
    settle(shop, desk)
    assert purse.captured == 0
    send(shop, "N1", L1=2)
    settle(shop, desk)
    assert purse.captured == D("24.95")
    done = change(shop, "N1", cancelled=(1, 1))
    assert (done.due, done.refund, done.voided) == (D("28.28"), 0, 0)
    send(shop, "N1", L2=1)
    settle(shop, desk)
    assert (purse.captured, purse.voided, purse.refunded) == (D("28.28"), D("10.00"), 0)
    assert shop.order_of("N1").payment is PaymentState.CAPTURED
    assert change(shop, "N1", returned=(1, 1)).refund == D("10.00")
    assert change(shop, "N1").refund == 0
    settle(shop, desk)
    assert (purse.refunded, shop.order_of("N1").payment) == (D("10.00"), PaymentState.PARTLY_REFUNDED)
    change(shop, "N1", returned=(1, 1))
    assert change(shop, "N1", returned=(2, 1)).due == 0
    settle(shop, desk)
    assert (purse.captured - purse.refunded, shop.order_of("N1").payment) == (0, PaymentState.REFUNDED)
    told = shop.told("N1")
    assert (told.count("order.refunded"), told.count("order.payment")) == (3, 4)


@pytest.mark.postgres
def test_a_cancelled_order_lets_its_money_go(shop, provider, desk):
    priced(shop, "N1", ("TEA", 2, "10.00", "0.21"))
    purse = authorised(shop, provider, "N1", "20.00")
    assert change(shop, "N1", cancelled=(1, 2)).voided == 20
    settle(shop, desk)
    assert (purse.voided, money(shop, "N1")[4], shop.order_of("N1").payment) == (20, 0, PaymentState.NONE)


@pytest.mark.postgres
@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_the_provider_does_it_is_paid_once(shop, provider, desk, fault):
    priced(shop, "N1", ("TEA", 2, "10.00", "0.21"))
    purse = authorised(shop, provider, "N1", "20.00")
    send(shop, "N1", L1=2)
    provider.misbehave(fault, fault)
    settle(shop, desk)
    assert purse.captured == 20
    assert payments(shop, "N1")[1:] == [("capture", "done", D("20.0000"))]
    assert len({key for _, key in provider.books.asked}) == 1


@pytest.mark.postgres
def test_who_dies_in_the_middle_asks_again_under_the_same_key(shop, provider, desk):
    priced(shop, "N1", ("TEA", 2, "10.00", "0.21"))
    purse = authorised(shop, provider, "N1", "20.00")
    send(shop, "N1", L1=2)
    at_once(shop)
    ask = desk._asked

    def dies(one):
        ask(one)
        raise KeyboardInterrupt

    desk._asked = dies
    with pytest.raises(KeyboardInterrupt):
        desk.step()
    desk._asked = ask
    assert payments(shop, "N1")[1][1] == "unsure"
    settle(shop, desk)
    assert (purse.captured, payments(shop, "N1")[1][1]) == (20, "done")
    assert Counter(key for _, key in provider.books.asked).most_common() == [("N1:capture:2", 2)]


@pytest.mark.postgres
def test_a_provider_that_refuses_is_not_asked_again_by_itself(shop, provider, desk):
    priced(shop, "N1", ("TEA", 2, "10.00", "0.21"))
    authorised(shop, provider, "N1", "20.00")
    provider.books.purses["auth-N1"].authorised = D(5)
    send(shop, "N1", L1=2)
    settle(shop, desk)
    assert payments(shop, "N1")[1] == ("capture", "failed", D("20.0000"))
    assert shop.ask(select(Payment.problem).where(Payment.state == PayState.FAILED)) == ["provider:not_that_much"]
    assert len(provider.books.asked) == 1


@pytest.mark.postgres
def test_what_a_channel_took_is_paid_back_by_hand(shop):
    priced(shop, "N1", ("TEA", 2, "10.00", "0.21"), payment=PaymentState.CAPTURED)
    assert payments(shop, "N1") == [("capture", "done", 20)]
    assert change(shop, "N1", cancelled=(1, 1)).refund == 10
    [row] = shop.ask(select(Payment).where(Payment.kind == Money.REFUND))
    assert (row.state, row.again_at) == (PayState.DUE, None)
    with TestClient(make_app(shop.oms, asyncio.Event())) as client:
        key = {"Authorization": f"Bearer {_key(shop)}"}
        sheet = client.get("/v1/customer-orders/N1/money", headers=key).json()
        assert [one["by_hand"] for one in sheet["payments"]] == [False, True]
        body = {"reference": "R 1"}
        said = client.post(f"/v1/payments/{row.id}/done", json=body, headers=key).json()
        again = client.post(f"/v1/payments/{row.id}/done", json=body, headers=key).json()
    assert (said["done"], again["reason"]) == (True, "not_now")
    assert shop.order_of("N1").payment is PaymentState.PARTLY_REFUNDED


def _key(shop):
    from oms.people.keys import Scope, add_key, new_key

    key = new_key()
    shop.act(lambda w: add_key(w, key, "shop", [Scope.ORDERS]))
    return key


# --- what providers tell ---


@pytest.mark.postgres
def test_events_are_believed_signed_and_once(shop, provider):
    shop.act(lambda w: w.db.add(MoneyRule(channel="", country="", pay=PayWhen.FIRST)))
    assert priced(shop, "N1", ("TEA", 2, "10.00", "0.21"), channel="web", reference="77") == ["payment_missing"]
    assert shop.order_of("N1").state is SaleState.HELD
    account = Account("PSP", provider.url, provider.key, "hush")
    providers = open_providers({"PSP": account})

    def event(id, kind, amount="20.00", **words):
        return {"id": id, "kind": kind, "amount": amount, "currency": "EUR", "order": "N1", "token": "a1", **words}

    with TestClient(make_app(shop.oms, asyncio.Event(), providers=providers)) as client:

        def tell(*events, secret="hush", at=None):
            body = msgspec.json.encode({"events": events})
            header = {"webhook-signature": sign(secret, int(at or time.time()), body)}
            answer = client.post("/v1/payments/PSP/events", content=body, headers=header)
            if answer.status_code != 200:
                return answer.status_code
            return [one["code"] or one["result"] for one in answer.json()["results"]]

        first = event("1", "authorised", order="", channel="web", reference="77")
        assert tell(first, secret="other") == 401
        assert tell(first, at=time.time() - 4000) == 401
        assert tell(first) == ["taken"]
        assert shop.order_of("N1").payment is PaymentState.AUTHORISED
        assert shop.order_of("N1").state is SaleState.ACCEPTED
        assert shop.ask(select(OrderHold.released_by)) == ["payments:PSP"]
        assert tell(first, first) == ["known", "known"]
        odd = [
            event("2", "refunded"), event("3", "captured", order="N9"), event("4", "captured", currency="USD"),
            event("5", "captured", token="4111 1111 1111 1111"), event("6", "captured", amount="1.001"),
        ]  # fmt: skip
        assert tell(*odd) == [
            "more_than_paid",
            "unknown",
            "order_bad_currency",
            "looks_like_card",
            "order_bad_currency",
        ]
        assert tell({"id": 7}) == 400
        assert tell(event("8", "captured", payment="c1"), event("9", "captured", payment="c1")) == ["taken", "known"]
        assert tell(event("10", "refunded", amount="5.00"), event("11", "refunded", amount="15.01")) == [
            "taken", "more_than_paid",
        ]  # fmt: skip
    assert shop.order_of("N1").payment is PaymentState.PARTLY_REFUNDED
    with shop.oms.engine.connect() as connection:
        everything = str(connection.exec_driver_sql("SELECT row_to_json(payment) FROM payment").all())
    assert "4111" not in everything


@pytest.mark.postgres
def test_a_provider_that_tells_before_it_answers(shop, provider, desk):
    priced(shop, "N1", ("TEA", 2, "10.00", "0.21"))
    authorised(shop, provider, "N1", "20.00")
    send(shop, "N1", L1=2)
    from oms.money.events import PaymentEvent, Told, take

    event = PaymentEvent(
        id="1", kind=Told.CAPTURED, amount=D("20.00"), currency="EUR", order="N1", token="auth-N1", key="N1:capture:2"
    )
    assert shop.act(lambda w: [one.result for one in take(w, "PSP", [event, event])]) == ["known", "known"]
    assert payments(shop, "N1")[1:] == [("capture", "done", D("20.0000"))]
    settle(shop, desk)
    assert provider.books.asked == []


# --- pure ---


class Paid:
    """A payment, as the rules see it."""

    def __init__(self, kind, state, amount, token="a", *, asked=True):
        self.kind, self.state, self.amount, self.provider, self.token = kind, state, D(amount), "PSP", token
        self.asked = asked


@st.composite
def _steps(draw):
    return [
        (
            draw(st.sampled_from(["authorise", "want", "answer", "refuse"])),
            draw(st.integers(0, 100)),
            draw(st.integers(0, 100)),
        )
        for _ in range(draw(st.integers(1, 25)))
    ]


@given(_steps())
def test_nothing_is_ever_taken_or_paid_back_that_is_not_there(steps):
    """Whatever is due, answered and refused in whatever order: taken <= authorised, paid back <= taken, and no state is impossible."""
    rows, state = [], PaymentState.NONE
    for n, (what, one, two) in enumerate(steps):
        due, take = max(one, two), min(one, two)
        if what == "authorise":
            rows.append(Paid(Money.AUTHORISE, PayState.DONE, one, f"t{n % 2}"))
        elif what == "want":
            rows += [Paid(ask.kind, PayState.DUE, ask.amount, ask.token) for ask in wanted(rows, D(due), D(take))]
            assert wanted(rows, D(due), D(take)) == []
        else:
            waiting = [row for row in rows if row.state is PayState.DUE]
            if waiting:
                row = waiting[0]
                row.state = PayState.FAILED if what == "refuse" else PayState.DONE
                for late in hopeless(rows):
                    late.state = PayState.FAILED
        for purse in purses(rows, done=True):
            assert 0 <= purse.back <= purse.taken <= purse.authorised
            assert purse.taken + purse.voided <= purse.authorised
        then = state_of(rows, state, D(due))
        assert then is state or then in PAYMENT[state], (state, then)
        state = then


def test_what_a_provider_gave_back_by_itself_is_not_taken_again():
    """Half of 10.00 was sent and taken, 2.00 of it is given back: the second half is taken, and the rest of the authorisation let go."""
    rows = [
        Paid(Money.AUTHORISE, PayState.DONE, 12, asked=False), Paid(Money.CAPTURE, PayState.DONE, 5),
        Paid(Money.REFUND, PayState.DONE, 2, asked=False),
    ]  # fmt: skip
    assert wanted(rows, D(10), D(5)) == []
    asks = [(one.kind, one.amount) for one in wanted(rows, D(10), D(10))]
    assert asks == [(Money.CAPTURE, 5), (Money.VOID, 2)]
    # Was it not due any more, it was no gift: more that is ordered and sent then is taken.
    rows = [
        Paid(Money.AUTHORISE, PayState.DONE, 10, asked=False), Paid(Money.CAPTURE, PayState.DONE, 6),
        Paid(Money.REFUND, PayState.DONE, 2, asked=False),
    ]  # fmt: skip
    assert gifts(rows, D(4)) == 0
    assert gifts(rows, D(5)) == 1


@pytest.mark.postgres
def test_a_refund_that_is_told_while_ours_waits_leaves_the_rest_of_ours(shop, provider, desk):
    priced(shop, "N1", ("TEA", 2, "10.00", "0.21"))
    purse = authorised(shop, provider, "N1", "20.00")
    send(shop, "N1", L1=2)
    settle(shop, desk)
    assert change(shop, "N1", returned=(1, 2)).refund == 20
    # The shop's desk at the provider pays a part of it back by itself before we ask.
    back = {"provider": "PSP", "token": "auth-N1", "reference": "dashboard-1"}
    purse.refunded += 5
    assert shop.act(lambda w: record(w, lock_sale(w, "N1"), Money.REFUND, D(5), "event:PSP:r1", **back)) is None
    settle(shop, desk)
    assert (purse.refunded, shop.order_of("N1").payment) == (20, PaymentState.REFUNDED)


def test_the_table_knows_every_state():
    assert set(PAYMENT) == set(PaymentState)


@pytest.mark.parametrize(
    ("text", "card"),
    [
        ("4111111111111111", True), ("tok 4111-1111-1111-1111 x", True), ("378282246310005", True), ("pi_3MtwBwLkdIwHu7ix", False),
        ("4111111111111112", False), ("1234567812345670", False), ("550e8400-e29b-41d4-a716-446655440000", False),
    ],
    ids=["visa", "grouped", "amex", "token", "no-check-digit", "no-network", "uuid"],
)  # fmt: skip
def test_what_looks_like_a_card(text, card):
    assert looks_like_card(text) is card


def test_accounts_come_from_settings():
    good = {"FLOORHAND_PAYMENTS_PSP_URL": "https://pay.example/v1/", "FLOORHAND_PAYMENTS_PSP_KEY": "k1"}
    [(code, account)] = accounts_from(good, "PAYMENTS").items()
    assert (code, account.url, account.webhook_secret) == ("PSP", "https://pay.example/v1", "")
    assert "k1" not in repr(account)
    for bad in ({"FLOORHAND_PAYMENTS_PSP_URL": "http://pay.example"}, {"FLOORHAND_PAYMENTS_PSP_KEY": ""}):
        with pytest.raises(BadAccount):
            accounts_from(good | bad, "PAYMENTS")


@pytest.mark.postgres
def test_the_server_asks_while_it_runs(shop, provider):
    priced(shop, "N1", ("TEA", 2, "10.00", "0.21"))
    purse = authorised(shop, provider, "N1", "20.00")
    send(shop, "N1", L1=2)
    providers = open_providers({"PSP": Account("PSP", provider.url, provider.key)})
    with TestClient(make_app(shop.oms, asyncio.Event(), providers=providers)):
        end = time.monotonic() + 30
        while shop.order_of("N1").payment is not PaymentState.CAPTURED and time.monotonic() < end:
            time.sleep(0.05)
    assert purse.captured == 20
    assert MoneyCode.MORE_THAN_PAID == "more_than_paid"


def test_what_a_channel_was_asked_to_pay_back_is_asked_of_its_provider_once_that_is_known(shop):
    priced(shop, "N1", ("TEA", 2, "2.50", None), total=D("5.00"), payment=PaymentState.CAPTURED)
    change(shop, "N1", cancelled=(1, 1))
    [asked] = shop.ask(select(Payment).where(Payment.kind == Money.REFUND))
    assert (asked.provider, asked.state, asked.amount) == ("", PayState.DUE, D("2.50"))
    shop.act(lambda w: record(w, lock_sale(w, "N1"), Money.CAPTURE, D("5.00"), "e:1", provider="PSP", token="cap-1"))
    [still] = shop.ask(select(Payment).where(Payment.kind == Money.REFUND))
    assert (still.id, still.provider, still.token, still.amount) == (asked.id, "PSP", "cap-1", D("2.50"))
    assert still.again_at is not None
