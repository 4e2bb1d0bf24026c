"""Pallets and trucks on a real database, through the real ingest: built, wrapped, checked, handed to a driver."""

from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import select

from oms.feed.models import Change
from oms.orders.models import Order
from oms.packing.codes import PalletState
from oms.packing.models import Parcel
from oms.packing.pallet_models import Load, LoadUnit, Pallet, PalletParcel
from oms.packing.pallet_queries import truck
from oms.packing.pallets import make_pallets
from oms.people.models import Audit
from oms.shipping.actions import plan_parcel
from oms.shipping.rules import sscc_valid
from oms.verify import verify
from sync.contract import facts
from sync.contract.codes import Outcome, ParcelState
from sync.contract.rows import ENTITIES

pytestmark = pytest.mark.postgres

APPLIED, LATE, DIVERTED = Outcome.APPLIED, Outcome.APPLIED_LATE, Outcome.DIVERTED


class Dock:
    """Parcels that are ready, a station, and a pallet label."""

    def __init__(self, floor):
        self.floor, self.station = floor, floor.device("DOCK")
        self.load = uuid4().hex

    def parcel(self, carrier="DHL", state=ParcelState.SHIPPED):
        number = f"O{uuid4().hex[:6]}"
        self.floor.order(number, ("TEA", 1), carrier=carrier, service="P")

        def do(w):
            parcel = plan_parcel(w, w.db.get_one(Order, (self.floor.site, number)))
            parcel.state = state
            return parcel.sscc

        return self.floor.act(do)

    def pallet(self, *parcels):
        [number] = self.floor.act(lambda w: make_pallets(w, 1))
        for parcel in parcels:
            assert self.put(number, parcel).outcome is APPLIED
        return number

    def put(self, pallet, parcel):
        return self.station.report(facts.PalletPut(pallet=pallet, parcel=parcel))

    def close(self, pallet, parcels, grams=0):
        return self.station.report(facts.PalletClose(pallet=pallet, parcels=parcels, grams=grams))

    def scan(self, sscc, carrier="DHL", load=None):
        return self.station.report(facts.LoadScan(load=load or self.load, carrier=carrier, sscc=sscc))

    def hand_over(self, units, carrier="DHL", **words):
        body = facts.LoadHandover(load=self.load, carrier=carrier, driver="Jan", units=units, plate="12-ABC-3", **words)
        return self.station.report(body)

    def row(self, number):
        return self.floor.ask(select(Pallet).where(Pallet.sscc == number))[0]

    def on(self, number):
        mine = select(Parcel.sscc).join(PalletParcel, PalletParcel.parcel_id == Parcel.id)
        return self.floor.ask(mine.where(PalletParcel.pallet == number).order_by(Parcel.sscc))

    def check(self, carrier="DHL"):
        with self.floor.oms.sessions() as db:
            return truck(db, self.floor.site, carrier, self.load)


@pytest.fixture
def dock(floor):
    return Dock(floor)


def test_labels_are_made_ahead_and_each_is_an_sscc(dock):
    made = dock.floor.act(lambda w: make_pallets(w, 3))
    assert len(set(made)) == 3
    assert all(sscc_valid(number) for number in made)
    assert {dock.row(number).state for number in made} == {PalletState.PLANNED}


def test_a_pallet_from_the_first_parcel_to_the_driver(dock):
    a, b, single = dock.parcel(), dock.parcel(), dock.parcel()
    pallet = dock.pallet(a, b)
    assert (dock.row(pallet).state, dock.row(pallet).carrier, dock.on(pallet)) == (
        PalletState.OPEN,
        "DHL",
        sorted((a, b)),
    )
    assert set(dock.check().unwrapped) == {a, b}
    assert dock.close(pallet, 2, 41_000).outcome is APPLIED
    assert (dock.row(pallet).state, dock.row(pallet).grams) == (PalletState.CLOSED, 41_000)
    assert dock.check().missing == tuple(sorted((pallet, single)))
    assert dock.scan(pallet).outcome is APPLIED
    assert (dock.check().missing, dock.check().complete) == ((single,), False)
    assert dock.scan(single).outcome is APPLIED
    assert dock.check().complete
    assert dock.hand_over(2, signature="1,2 3,4").outcome is APPLIED
    [load] = dock.floor.ask(select(Load).where(Load.id == dock.load))
    assert (load.driver, load.plate, load.units, len(load.digest)) == ("Jan", "12-ABC-3", 2, 64)
    assert dock.row(pallet).state is PalletState.GONE
    [kept] = dock.floor.ask(
        select(Audit.words).where(Audit.site_id == dock.floor.site, Audit.what == "load.handed_over")
    )
    assert kept["digest"] == load.digest
    assert dock.floor.exceptions() == []
    assert verify(dock.floor.oms.engine).findings == []


def test_a_parcel_stands_on_one_pallet_only_and_can_be_taken_off(dock):
    parcel = dock.parcel()
    first, second = dock.pallet(parcel), dock.pallet(parcel)
    assert (dock.on(first), dock.on(second)) == ([], [parcel])
    take = facts.PalletTake(pallet=second, parcel=parcel)
    assert [dock.station.report(take).outcome for _ in range(2)] == [APPLIED, LATE]
    assert dock.on(second) == []


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda dock: dock.parcel("UPS"), "other_carrier"),
        (lambda dock: dock.parcel(state=ParcelState.VOID), "void"),
    ],
    ids=["other carrier", "void"],
)
def test_what_does_not_belong_on_a_pallet_comes_off_again(dock, make, why):
    pallet = dock.pallet(dock.parcel())
    result = dock.put(pallet, make(dock))
    assert (result.outcome, result.notice.action) == (DIVERTED, "take_off_pallet")
    [told] = dock.floor.exceptions("take_off_pallet")
    assert told.params["why"] == why
    assert len(dock.on(pallet)) == 1


def test_nothing_goes_onto_a_wrapped_pallet_until_it_is_opened_again(dock):
    pallet, late = dock.pallet(dock.parcel()), dock.parcel()
    dock.close(pallet, 1)
    assert dock.put(pallet, late).outcome is DIVERTED
    assert dock.station.report(facts.PalletOpen(pallet=pallet)).outcome is APPLIED
    assert dock.put(pallet, late).outcome is APPLIED


def test_a_count_that_differs_and_a_label_not_scanned_are_told_when_it_is_wrapped(dock):
    ready, open_ = dock.parcel(), dock.parcel(state=ParcelState.LABEL_PRINTED)
    pallet = dock.pallet(ready, open_)
    assert dock.close(pallet, 3).outcome is APPLIED
    told = {one.kind: one.params.get("parcel") for one in dock.floor.exceptions()}
    assert told == {"pallet_differs": None, "take_off_pallet": open_}


def test_a_pallet_label_from_elsewhere_is_taken_in_and_nonsense_is_not(dock):
    strange = "340123450000000018"
    assert sscc_valid(strange) == (dock.put(strange, dock.parcel()).outcome is APPLIED)
    nonsense = dock.put("340123450000000019", dock.parcel())
    assert nonsense.outcome is DIVERTED
    assert dock.station.report(facts.PalletOpen(pallet="x" * 5000)).outcome is DIVERTED


@pytest.mark.parametrize(
    ("thing", "why"),
    [
        (lambda dock: dock.pallet(dock.parcel()), "pallet_open"),
        (lambda dock: dock.parcel("UPS"), "other_carrier"),
        (lambda dock: dock.parcel(state=ParcelState.LABEL_PENDING), "not_labelled"),
        (lambda dock: dock.parcel(state=ParcelState.VOID), "void"),
    ],
    ids=["open pallet", "other carrier", "no label", "void"],
)
def test_what_may_not_go_into_the_truck(dock, thing, why):
    result = dock.scan(thing(dock))
    assert (result.outcome, result.notice.action) == (DIVERTED, "not_into_truck")
    assert dock.floor.exceptions("not_into_truck")[0].params["why"] == why
    assert dock.check().loaded == ()


def test_a_thing_is_in_one_truck(dock):
    parcel, other = dock.parcel(), uuid4().hex
    assert dock.scan(parcel).outcome is APPLIED
    assert dock.scan(parcel).outcome is LATE
    assert dock.scan(parcel, load=other).outcome is DIVERTED
    assert len(dock.floor.ask(select(LoadUnit).where(LoadUnit.sscc == parcel))) == 1


def test_a_parcel_loaded_by_itself_is_off_its_pallet(dock):
    parcel = dock.parcel()
    pallet = dock.pallet(parcel, dock.parcel())
    assert dock.scan(parcel).outcome is APPLIED
    assert parcel not in dock.on(pallet)


def test_after_the_driver_nothing_more_goes_in(dock):
    dock.scan(dock.parcel())
    assert dock.hand_over(3).outcome is APPLIED
    [told] = dock.floor.exceptions("pallet_differs")
    assert (told.params["n"], told.params["scanned"]) == (3, 1)
    assert dock.scan(dock.parcel()).outcome is LATE
    assert dock.hand_over(1).outcome is LATE


@pytest.mark.parametrize("load", ["", "x", "../../etc/passwd", "0" * 33])
def test_a_truck_without_a_proper_name_is_none(dock, load):
    assert dock.station.report(facts.LoadScan(load=load, carrier="DHL", sscc=dock.parcel())).outcome is DIVERTED


def test_the_truck_of_one_carrier_takes_no_facts_of_another(dock):
    dock.scan(dock.parcel())
    assert dock.hand_over(1, carrier="UPS").outcome is DIVERTED


def test_a_long_signature_is_cut_and_a_long_name_too(dock):
    dock.scan(dock.parcel())
    body = facts.LoadHandover(load=dock.load, carrier="DHL", driver="J" * 9000, units=1, signature="1" * 90_000)
    assert dock.station.report(body).outcome is APPLIED
    [load] = dock.floor.ask(select(Load).where(Load.id == dock.load))
    assert (len(load.driver), len(load.signature)) == (200, 8000)


def rows(dock, entity, *ids):
    """What devices see, as it was written into the feed; None for what is gone."""
    with dock.floor.oms.sessions() as db:
        mine = select(Change.ent_id, Change.body).where(Change.site_id == dock.floor.site, Change.ent == entity)
        found = dict(db.execute(mine.where(Change.ent_id.in_(ids))).all())
    return [found.get(id) and msgspec.json.decode(found[id], type=ENTITIES[entity]) for id in ids]


def test_devices_see_where_everything_stands(dock):
    a, single = dock.parcel(), dock.parcel()
    ids = dock.floor.ask(select(Parcel.id).where(Parcel.sscc.in_((a, single))).order_by(Parcel.sscc))
    pallet = dock.pallet(a)
    [seen] = rows(dock, "pallet", pallet)
    assert (seen.state, seen.carrier, seen.parcels) == (PalletState.OPEN, "DHL", 1)
    assert {row.sscc: row.pallet for row in rows(dock, "parcel", *ids)}[a] == pallet
    dock.close(pallet, 1)
    dock.scan(pallet)
    dock.scan(single)
    assert {row.load for row in rows(dock, "parcel", *ids)} == {dock.load}
    assert [(row.state, row.load) for row in rows(dock, "pallet", pallet)] == [(PalletState.LOADED, dock.load)]
    dock.hand_over(2, seal="S-77")
    assert rows(dock, "pallet", pallet) == [None]
    [load] = dock.floor.ask(select(Load).where(Load.id == dock.load))
    assert load.seal == "S-77"


def test_what_was_loaded_by_mistake_comes_out_again(dock):
    a, single = dock.parcel(), dock.parcel()
    pallet = dock.pallet(a)
    dock.close(pallet, 1)
    dock.scan(pallet)
    dock.scan(single)
    for sscc in (pallet, single):
        take = facts.LoadTake(load=dock.load, sscc=sscc)
        assert dock.station.report(take).outcome is APPLIED
        assert dock.station.report(take).outcome is LATE
    assert (dock.row(pallet).state, dock.check().loaded) == (PalletState.CLOSED, ())
    assert dock.check().missing == tuple(sorted((pallet, single)))
    assert dock.scan(pallet).outcome is APPLIED
    dock.hand_over(1)
    assert dock.station.report(facts.LoadTake(load=dock.load, sscc=pallet)).outcome is LATE
    assert dock.row(pallet).state is PalletState.GONE


def test_a_parcel_that_goes_into_the_truck_alone_is_off_its_pallet_in_every_row(dock):
    a, b = dock.parcel(), dock.parcel()
    pallet = dock.pallet(a, b)
    dock.scan(a)
    assert rows(dock, "pallet", pallet)[0].parcels == 1
