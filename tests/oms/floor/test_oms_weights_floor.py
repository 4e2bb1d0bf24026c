"""Weights are learned from parcels that were weighed, and devices are told what they need to check the next one offline."""

import random
from datetime import timedelta
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import select

from oms.catalog.models import Carton
from oms.feed.models import Change
from oms.orders.models import Order
from oms.packing.learning import learn_weights
from oms.packing.models import Weighing, WeightEstimate
from oms.packing.weights import KNOWN_FROM
from oms.shipping.actions import plan_parcel
from oms.verify import verify
from oms.waves.keeper import CHORES
from sync.contract.rows import CartonRow, ItemRow

pytestmark = pytest.mark.postgres

#: True weights of one unit, where master data say 100 g of each.
TRUE = {"TEA": 130.0, "CUP": 310.0}


@pytest.fixture
def bench(floor):
    """A site with a carton; parcels are weighed on it."""

    def do(w):
        sizes = {f"{way}_{side}_mm": 100 for way in ("inner", "outer") for side in ("length", "width", "height")}
        w.db.add(Carton(site_id=w.site, code="C1", name="Small", tare_g=150, max_g=9000, **sizes))
        w.touch("carton", "C1")

    floor.act(do)
    return floor


def weigh(floor, parcels, dice, carton="C1", **off):
    """Parcels with some of each item, weighed as they are; `off` are grams that one unit is heavier than it should be."""

    def do(w):
        for n_th in range(parcels):
            number = uuid4().hex[:8]
            w.db.add(Order(site_id=w.site, number=number, state="packing", placed_at=w.now))
            w.touch("order", number)
            w.db.flush()
            parcel = plan_parcel(w, w.db.get_one(Order, (w.site, number)))
            w.db.flush()
            grams = 160 + dice.gauss(0, 3)
            for n, sku in enumerate(TRUE):
                qty = dice.choice((0, 1, 1, 2))
                if qty:
                    w.move(uuid4().hex, n, sku, "", "supplier", f"parcel:{parcel.id}", qty)
                    grams += qty * (TRUE[sku] + off.get(sku, 0) + dice.gauss(0, 1))
            if grams > 200:
                w.db.add(
                    Weighing(
                        op_id=uuid4().hex, site_id=w.site, parcel_id=parcel.id, carton=carton, grams=round(grams),
                        expected_g=0, tolerance_g=0, within=True,
                        at=w.now + timedelta(milliseconds=n_th),
                    )
                )  # fmt: skip

    floor.act(do)


def row_of(floor, entity, id, type_):
    mine = select(Change.body).where(Change.site_id == floor.site, Change.ent == entity, Change.ent_id == id)
    [body] = floor.ask(mine)
    return msgspec.json.decode(body, type=type_)


def parcel_of_both(floor):
    """(what devices expect of a parcel with one of each item, and how many parcels the least known part of it was seen in)."""
    told = [row_of(floor, "item", sku, ItemRow).learned for sku in TRUE]
    told.append(row_of(floor, "carton", "C1", CartonRow).learned)
    return sum(one.mean_mg for one in told) / 1000, min(one.parcels for one in told)


def test_master_data_are_corrected_and_told(bench):
    """By master data 100 + 100 + 150 g; in truth 130 + 310 + 160. Both items and the carton are wrong, and always together."""
    weigh(bench, 50, random.Random(1))
    bench.act(learn_weights)
    grams, parcels = parcel_of_both(bench)
    assert abs(grams - 600) < 20
    assert parcels >= KNOWN_FROM
    bench.check_feed()
    assert verify(bench.oms.engine).findings == []


def test_each_weighing_is_read_once(bench):
    weigh(bench, 12, random.Random(2))
    bench.act(learn_weights)
    seen = {
        (row.key, row.parcels) for row in bench.ask(select(WeightEstimate).where(WeightEstimate.site_id == bench.site))
    }
    bench.act(learn_weights)
    again = bench.ask(select(WeightEstimate).where(WeightEstimate.site_id == bench.site))
    assert {(row.key, row.parcels) for row in again} == seen
    assert not bench.ask(select(Weighing).where(Weighing.site_id == bench.site, Weighing.learned.is_(False)))


def test_what_hardly_changes_is_not_sent_again(bench):
    dice = random.Random(3)
    weigh(bench, 130, dice)
    bench.act(learn_weights)
    before = row_of(bench, "item", "CUP", ItemRow)
    sent = bench.ask(select(Change.ver).where(Change.site_id == bench.site, Change.ent == "item"))
    weigh(bench, 2, dice)
    bench.act(learn_weights)
    assert bench.ask(select(Change.ver).where(Change.site_id == bench.site, Change.ent == "item")) == sent
    assert row_of(bench, "item", "CUP", ItemRow) == before


def test_a_few_parcels_tell_nothing_yet(bench):
    weigh(bench, 2, random.Random(4))
    bench.act(learn_weights)
    assert not bench.ask(select(Change).where(Change.site_id == bench.site, Change.ent == "item"))


def test_an_item_that_changed_is_learned_anew(bench):
    dice = random.Random(5)
    weigh(bench, 30, dice)
    bench.act(learn_weights)
    weigh(bench, 40, dice, CUP=90)
    bench.act(learn_weights)
    grams, _ = parcel_of_both(bench)
    assert abs(grams - 690) < 15


def test_a_carton_that_is_in_no_list_teaches_nothing(bench):
    weigh(bench, 12, random.Random(6), carton="OWN-BOX")
    bench.act(learn_weights)
    assert not bench.ask(select(WeightEstimate).where(WeightEstimate.site_id == bench.site, WeightEstimate.parcels > 0))


def test_the_keeper_does_it():
    assert learn_weights in CHORES
