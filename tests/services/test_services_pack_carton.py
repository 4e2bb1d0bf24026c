"""The planned carton at the bench, from the parcel's row alone: offered with its second choice, drawn, and its checklist confirmed."""

from decimal import Decimal

import msgspec
import pytest

from app.core.messages import Code
from app.core.views import PackStep
from sync.contract.packing import Laid, NotTaken, ParcelPlan, PlanWhy, Supply, SupplyKind
from sync.contract.rows import CartonRow, ParcelRow

CUP, TEA = "4006381333931", "5000000000012"
PLAN = ParcelPlan(
    carton="M1", why=PlanWhy.CHEAPEST, goods={"CUP": 2, "TEA": 1}, cost="6.35", currency="EUR", second="L1", dearer="0.40",
    refused=[NotTaken(carton="S1", why="no-arrangement")], skus=["CUP", "TEA"],
    laid=[Laid(0, 0, 0, 0, 90, 90, 100, 0), Laid(0, 90, 0, 0, 90, 90, 100, 0), Laid(1, 0, 0, 100, 80, 60, 40, 1)],
    supplies=[Supply(kind=SupplyKind.FILLING), Supply(kind=SupplyKind.INSERT, word="CARE-CARD")],
)  # fmt: skip


@pytest.fixture
def bench(floor):
    floor.person("packer")
    floor.pack_job()
    for code, inner in (("S1", (200, 150, 100)), ("M1", (300, 200, 150)), ("L1", (400, 300, 200))):
        floor.pull(CartonRow(id=code, name=code, inner_mm=inner, outer_mm=inner, tare_g=100, max_g=20_000))
    planned(floor, PLAN)
    floor.bench = lambda *texts: floor.scans(*texts, service=floor.pack)
    return floor


def planned(floor, plan):
    with floor.store.look() as u:
        row = u.rows.get(ParcelRow, "parcel-O1")
    floor.pull(msgspec.structs.replace(row, plan=plan))


def test_the_picture_grows_with_every_unit(bench):
    opened = bench.bench("T-1").view.plan
    assert (opened.carton, opened.why, opened.second, opened.layers) == ("M1", "cheapest", "L1", 2)
    assert (opened.cost.amount, opened.cost.currency) == (Decimal("6.35"), "EUR")
    assert (opened.inside, opened.next) == (frozenset(), 0)
    one = bench.bench(CUP).view.plan
    assert (one.inside, one.next) == (frozenset({0}), 1)
    other = bench.bench(TEA).view.plan
    assert (other.inside, other.next) == (frozenset({0, 2}), 1)
    assert bench.pack.undo().view.plan.inside == frozenset({0})


def test_the_planned_carton_is_key_1_and_the_second_choice_key_2(bench):
    cards = bench.bench("T-1", CUP, CUP, TEA).view.cartons
    assert [(card.code, card.key, card.suggested, card.fits) for card in cards] == [
        ("M1", 1, True, True),
        ("L1", 2, False, True),
        ("S1", 3, False, False),
    ]
    # The packer's own word: the goods do not go into it, whatever their volume.
    assert bench.bench("S1").message.code is Code.CARTON_TOO_SMALL
    assert bench.pack.choose_carton("L1").view.step is PackStep.WEIGHT


def test_a_parcel_packed_in_another_way_falls_back_to_the_simple_rule(bench):
    bench.bench("T-1", CUP)
    closed = bench.pack.close_parcel()
    assert closed.view.plan is None
    assert closed.view.cartons[0].suggested


def test_a_parcel_without_a_plan_is_packed_as_ever(bench):
    planned(bench, None)
    view = bench.bench("T-1", CUP, CUP, TEA).view
    assert (view.plan, view.supplies, bool(view.cartons)) == (None, (), True)


def test_goods_that_fit_no_carton_say_so_without_a_picture(bench):
    planned(bench, ParcelPlan(carton=None, why=PlanWhy.NONE_FITS, goods=PLAN.goods))
    plan = bench.bench("T-1").view.plan
    assert (plan.carton, plan.why, plan.blocks, plan.next) == (None, "none_fits", (), None)


def test_the_checklist_is_confirmed_by_scan_and_key_before_the_weight_counts(bench):
    bench.bench("T-1", CUP, CUP, TEA)
    on_scale = bench.pack.choose_carton("M1").view
    assert on_scale.prompt.code is Code.CHECK_SUPPLIES
    assert bench.weigh(801).message.code is Code.CHECK_SUPPLIES
    scanned = bench.bench("care-card")
    assert scanned.message.code is Code.SUPPLIES_IN
    assert [(card.key, card.done) for card in scanned.view.supplies] == [("filling", False), ("insert:CARE-CARD", True)]
    # The rest is a reminder: it keeps nothing from being weighed.
    assert scanned.view.prompt.code is Code.PUT_ON_SCALE
    bench.restart()
    assert [card.done for card in bench.pack.view().view.supplies] == [False, True]
    assert bench.pack.confirm_supplies().view.prompt.code is Code.PUT_ON_SCALE
    assert bench.weigh(800).view.step is PackStep.LABEL
    [weighed] = [body for kind, body in bench.facts() if kind == "parcel.weighed"]
    assert sorted(weighed["supplies"]) == ["filling", "insert:CARE-CARD"]


def test_what_the_carton_is_made_of_is_said_where_the_shops_cartons_differ(bench):
    for code, material in (("S1", "padded bag"), ("M1", "double wall"), ("L1", "")):
        with bench.store.look() as u:
            row = u.rows.get(CartonRow, code)
        bench.pull(msgspec.structs.replace(row, material=material))
    view = bench.bench("T-1", CUP, CUP, TEA).view
    assert (view.supplies[0].kind, view.supplies[0].word, view.supplies[0].needed) == ("material", "double wall", False)
    assert bench.pack.choose_carton("L1").view.supplies[0].kind == "filling"


def test_the_command_barcode_confirms_all_of_it(bench):
    bench.bench("T-1", "FH:CHECKED")
    assert all(card.done for card in bench.pack.view().view.supplies)
