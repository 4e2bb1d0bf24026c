"""Labels bought from a carrier, exactly once, over real HTTP from a carrier that misbehaves."""

import logging
import time
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from sqlalchemy import select, update

from devices.codecs.printers.zpl_foreign import inspect
from oms.accounts import Account, BadAccount, accounts_from
from oms.orders.models import Order, OrderLine
from oms.packing.models import Parcel
from oms.shipping.actions import plan_parcel
from oms.shipping.carriers import labels, manifests
from oms.shipping.carriers.desk import ACTOR, Desk
from oms.shipping.carriers.http import HttpCarrier, Patience
from oms.shipping.carriers.models import Label, LabelState, Manifest
from oms.shipping.carriers.open import enrol
from oms.shipping.carriers.port import Address, Away, Box, Odd, Refused
from oms.shipping.carriers.purchases import MOST_ATTEMPTS
from oms.shipping.carriers.queries import label_states, pending
from sync.contract.codes import OrderState, ParcelState
from sync.contract.shipping import CarrierLabel, LabelAct
from tools.carrier_server import FAULTS, CarrierServer

pytestmark = pytest.mark.postgres
QUICK = Patience(connect_s=2.0, answer_s=0.25, again_s=0.01)


class House:
    """An OMS with a carrier HTTP account ACME, and parcels that were weighed."""

    def __init__(self, oms, server):
        self.oms, self.server = oms, server
        self.account = Account("ACME", server.url, server.key)
        self.carrier = HttpCarrier(self.account, QUICK)
        self.desk = Desk(oms.works, oms.site, {"ACME": self.carrier})
        self.act(lambda w: enrol(w, {"ACME": self.account}))
        self.made = 0

    def act(self, do):
        return self.oms.works.run(self.oms.site, ACTOR, do)

    def parcel(self, carrier="ACME", service="std", postcode="1017 AB", grams=800):
        self.made += 1
        number = f"C-{self.made}"

        def do(w):
            w.db.add(
                Order(
                    site_id=w.site, number=number, state=OrderState.PACKING, placed_at=w.now, ship_name="Ada",
                    ship_street="Kade 1", ship_postcode=postcode, ship_city="Amsterdam", ship_country="NL",
                    carrier=carrier, service=service,
                )
            )  # fmt: skip
            w.db.flush()
            w.db.add(OrderLine(site_id=w.site, order_no=number, line_no=1, sku="TEA", qty=1))
            parcel = plan_parcel(w, w.db.get(Order, (w.site, number)))
            parcel.state, parcel.grams = ParcelState.LABEL_PENDING, grams
            w.db.flush()
            labels.want(w, parcel)
            return parcel.id

        return self.act(do)

    def work(self, most=30):
        """The desk does all there is to do; what waits for a better moment is due at once."""
        for _ in range(most):
            self.hurry()
            if not self.desk.step():
                return
        raise AssertionError("the desk never comes to an end")

    def hurry(self):
        def do(w):
            early = w.now - timedelta(seconds=1)
            w.db.execute(update(Label).where(Label.due_at < w.now + timedelta(days=1)).values(due_at=early))
            w.db.execute(update(Manifest).values(due_at=early))

        self.act(do)

    def rows(self, parcel):
        with self.oms.sessions() as db:
            mine = select(Label).where(Label.parcel_id == parcel).order_by(Label.wanted_at)
            found = list(db.scalars(mine))
            for one in found:
                assert one.body is None or one.body
            return found

    def label(self, parcel):
        return self.rows(parcel)[-1]

    def ship(self, parcel):
        def do(w):
            of = w.db.get(Parcel, parcel)
            of.state, of.shipped_at = ParcelState.SHIPPED, w.now
            w.touch("parcel", parcel)

        self.act(do)


@pytest.fixture
def server():
    with CarrierServer(seed=1) as made:
        yield made


@pytest.fixture
def house(oms, server):
    made = House(oms, server)
    yield made
    made.carrier.close_connections()


def test_a_label_is_bought_and_its_number_is_the_parcels(house, server):
    parcel = house.parcel()
    assert house.label(parcel).state is LabelState.WANTED
    house.work()
    label = house.label(parcel)
    assert label.state is LabelState.BOUGHT
    assert label.body.startswith(b"^XA")
    assert label.charge == Decimal("5.95")
    assert len(server.books.purchases) == 1
    with house.oms.sessions() as db:
        row = db.get(Parcel, parcel)
        assert row.tracking == label.tracking == "TST000000001"
        assert label_states(db, house.oms.site, [row]) == {parcel: CarrierLabel.READY}


def test_whatever_goes_wrong_there_is_one_label_and_one_charge(house, server):
    server.slow_s = 0.6
    parcels = {"": house.parcel()}
    house.work()
    for fault in FAULTS:
        server.misbehave(fault)
        parcels[fault] = house.parcel()
        house.work()
        assert house.label(parcels[fault]).state is LabelState.BOUGHT, fault
        assert not server.ordered, f"{fault} never happened"
    bought = [house.label(parcel) for parcel in parcels.values()]
    assert len({label.tracking for label in bought}) == len(bought)
    assert server.books.charged_twice() == []
    assert {paid[0].id for paid in server.books.paid_for().values()} == {label.ref for label in bought}


def test_a_useless_label_is_given_back_before_the_next_is_bought(house, server):
    house.parcel()
    house.work()
    for n, fault in enumerate(("cut_label", "same_tracking", "zpl_harmful", "zpl_empty"), 1):
        server.misbehave(fault)
        parcel = house.parcel()
        house.work()
        assert [label.state for label in house.rows(parcel)] == [LabelState.VOID, LabelState.BOUGHT], fault
        assert sum(one.voided for one in server.books.purchases.values()) == n


def test_labels_that_are_never_of_use_wait_for_a_person(house, server):
    server.misbehave(*["zpl_empty"] * MOST_ATTEMPTS)
    parcel = house.parcel()
    house.work()
    assert house.label(parcel).state is LabelState.FAILED
    assert house.label(parcel).problem == "label_empty"
    assert server.books.paid_for() == {}
    with house.oms.sessions() as db:
        assert [row.state for row in pending(db, house.oms.site)] == [CarrierLabel.PROBLEM]
    assert house.act(lambda w: labels.act(w, parcel, LabelAct.AGAIN, "they mended it")) is None
    house.work()
    assert house.label(parcel).state is LabelState.BOUGHT
    assert server.books.charged_twice() == []


def test_zpl_that_sets_the_printer_up_is_a_label_for_the_station_without_all_that(house, server):
    server.misbehave("zpl_mode")
    parcel = house.parcel()
    house.work()
    body = house.label(parcel).body
    assert b"^JUS" in body
    clean = inspect(body)
    assert clean.labels == 1
    for command in (b"~JR", b"^MNN", b"^MMT", b"~SD", b"^JUS", b"^JUF", b"^MTD", b"~JC"):
        assert command not in clean.wire


def test_what_the_carrier_refuses_costs_nothing_and_waits_for_a_person(house, server):
    parcel = house.parcel(postcode="0000")
    house.work()
    label = house.label(parcel)
    assert (label.state, label.problem) == (LabelState.FAILED, "carrier:address")
    assert server.books.purchases == {}


def test_a_carrier_that_is_away_is_asked_ever_more_slowly_and_shown(house, server):
    server.misbehave(*["error"] * 100)
    parcel = house.parcel()
    waits = []
    for _ in range(7):
        house.hurry()
        assert house.desk.step()
        with house.oms.sessions() as db:
            now = db.execute(select(Label.due_at, Label.tries).where(Label.parcel_id == parcel)).one()
            waits.append(now.due_at)
    rises = [(b - a).total_seconds() for a, b in pairwise(waits)]
    assert rises[-1] > rises[1] > 1
    with house.oms.sessions() as db:
        [row] = pending(db, house.oms.site)
    assert (row.state, row.problem) == (CarrierLabel.PROBLEM, "carrier_trouble")


def test_a_desk_that_dies_after_asking_buys_nothing_twice(house, server):
    parcel = house.parcel()
    errand = house.act(labels.claim)
    house.carrier.buy(errand.id, errand.ask, again=False)
    # Here the server is killed: nobody writes the answer down, and the label has been given.
    assert house.label(parcel).state is LabelState.ASKED
    house.work()
    assert house.label(parcel).state is LabelState.BOUGHT
    assert server.books.charged_twice() == []
    assert [label.state for label in house.rows(parcel)] == [LabelState.VOID, LabelState.BOUGHT]


def test_a_carrier_that_gives_labels_again_is_not_asked_to_sell_another(house, server):
    server.label_once = False
    parcel = house.parcel()
    errand = house.act(labels.claim)
    house.carrier.buy(errand.id, errand.ask, again=False)
    house.work()
    assert [label.state for label in house.rows(parcel)] == [LabelState.BOUGHT]
    assert len(server.books.purchases) == 1


def test_nobody_else_asks_while_somebody_is_asking(house):
    house.parcel()
    assert house.act(labels.claim) is not None
    assert house.act(labels.claim) is None


def test_a_label_is_voided_until_it_is_in_a_manifest(house, server):
    first, second = house.parcel(), house.parcel()
    house.work()
    assert house.act(lambda w: labels.act(w, first, LabelAct.VOID, "wrong box")) is None
    house.ship(second)
    manifest = house.act(lambda w: manifests.close(w, "ACME", None))
    assert house.act(lambda w: labels.act(w, second, LabelAct.VOID, "too late")) == "manifested"
    house.work()
    assert house.label(first).state is LabelState.VOID
    assert len(server.books.paid_for()) == 1
    with house.oms.sessions() as db:
        [row] = manifests.listed(db, house.oms.site, None, manifest)
    assert (row.state, row.ref, row.parcels) == ("closed", "mf_1", 1)
    assert [line.parcel for line in row.lines] == [second]
    assert house.act(lambda w: manifests.close(w, "ACME", None)) is None


def test_a_manifest_is_closed_once_whatever_goes_wrong(house, server):
    server.slow_s = 0.6
    for n, fault in enumerate(("cut_after", "error_after", "cut_before", "error", "garbage", "slow"), 1):
        parcel = house.parcel()
        house.work()
        house.ship(parcel)
        server.misbehave(fault)
        house.act(lambda w: manifests.close(w, "ACME", None))
        house.work()
        assert len(server.books.manifests) == n, fault
        with house.oms.sessions() as db:
            row = manifests.listed(db, house.oms.site, None)[-1]
        assert (row.state, row.ref, row.n, row.parcels) == ("closed", f"mf_{n}", n, 1), fault


def test_a_refused_manifest_sets_its_parcels_free(house, server):
    parcel = house.parcel()
    house.work()
    house.ship(parcel)
    server.books.purchases[house.label(parcel).id].voided = True
    house.act(lambda w: manifests.close(w, "ACME", None))
    house.work()
    assert house.label(parcel).manifest_id is None
    server.books.purchases[house.label(parcel).id].voided = False
    house.act(lambda w: manifests.close(w, "ACME", None))
    house.work()
    with house.oms.sessions() as db:
        assert [(row.n, row.state) for row in manifests.listed(db, house.oms.site, None)] == [
            (1, "failed"),
            (2, "closed"),
        ]


def test_labels_of_cancelled_parcels_are_given_back(house, server):
    bought, asked = house.parcel(), house.parcel()
    while house.label(bought).state is not LabelState.BOUGHT:
        house.desk.step()

    def cancel(w):
        for id in (bought, asked):
            w.db.get(Parcel, id).state = ParcelState.VOID
            w.touch("parcel", id)

    house.act(cancel)
    house.act(labels.void_unwanted)
    house.work()
    assert server.books.paid_for() == {}
    assert {house.label(bought).state, house.label(asked).state} == {LabelState.VOID}


def test_our_own_labels_need_nobody(house, server):
    parcel = house.parcel(carrier="OWN")
    label = house.label(parcel)
    assert (label.state, label.body) == (LabelState.BOUGHT, None)
    assert not house.desk.step()
    house.ship(parcel)
    house.act(lambda w: manifests.close(w, "OWN", None))
    with house.oms.sessions() as db:
        assert [row.state for row in manifests.listed(db, house.oms.site, None)] == ["closed"]
    assert server.books.asked.total() == 0


def test_a_carrier_without_its_account_leaves_the_label_wanted(house):
    parcel = house.parcel()
    alone = Desk(house.oms.works, house.oms.site, {})
    assert alone.step()
    assert house.label(parcel).problem == "no_account"
    house.work()
    assert house.label(parcel).state is LabelState.BOUGHT


def test_the_desk_works_by_itself_and_ends(house):
    desk = Desk(house.oms.works, house.oms.site, {"ACME": house.carrier}, every_s=0.02)
    parcels = [house.parcel() for _ in range(5)]
    desk.start()
    try:
        until = time.monotonic() + 20
        while any(house.label(parcel).state is not LabelState.BOUGHT for parcel in parcels):
            assert time.monotonic() < until
    finally:
        desk.stop()
    assert house.server.books.charged_twice() == []


def test_no_key_gets_into_a_log_or_a_message(house, server, caplog):
    caplog.set_level(logging.DEBUG)
    server.misbehave("error", "wrong_type", "cut_after", "cut_label")
    house.parcel(postcode="0000")
    house.parcel()
    house.work()
    said = caplog.text + repr(house.account) + repr(house.carrier.__dict__.get("_url"))
    assert server.key not in said
    assert "Kade 1" not in caplog.text


@pytest.fixture
def carrier(server):
    made = HttpCarrier(Account("ACME", server.url, server.key), QUICK)
    yield made
    made.close_connections()


@pytest.mark.parametrize("fault", ["huge", "wrong_type", "garbage"])
def test_odd_answers_are_told_from_refusals(carrier, server, fault):
    server.misbehave(fault)
    with pytest.raises(Odd):
        carrier.rates([], Address(postcode="1017"), Box(grams=1))
    assert [offer.service for offer in carrier.rates([], Address(postcode="1017"), Box(grams=1))] == ["std", "express"]


def test_a_wrong_key_holds_parcels_up_and_refuses_none(server):
    carrier = HttpCarrier(Account("ACME", server.url, "wrong"), QUICK)
    with pytest.raises(Away) as away:
        carrier.void("k", "txn_1")
    carrier.close_connections()
    assert (away.value.code, isinstance(away.value, Refused)) == ("account_refused", False)


def test_accounts_come_from_the_environment():
    found = accounts_from(
        {
            "FLOORHAND_CARRIER_ACME_URL": "https://acme.example/v1/",
            "FLOORHAND_CARRIER_ACME_KEY": "secret-1",
            "FLOORHAND_CARRIER_ACME_WEBHOOK_SECRET": "secret-2",
            "FLOORHAND_CARRIER_URL": "no code",
        },
        "CARRIER",
    )
    assert found == {"ACME": Account("ACME", "https://acme.example/v1", "secret-1", "secret-2")}
    assert "secret" not in repr(found)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://acme.example", "k"),
        ("ftp://acme.example", "k"),
        ("https://u:p@acme.example", "k"),
        ("https://acme.example", ""),
        ("https://acme.example", "k\n"),
    ],
)
def test_accounts_that_would_tell_the_key_are_refused(url, key):
    with pytest.raises(BadAccount) as bad:
        accounts_from({"FLOORHAND_CARRIER_X_URL": url, "FLOORHAND_CARRIER_X_KEY": key}, "CARRIER")
    assert "p@" not in str(bad.value)
