"""The weight at the bench, offline, by what rows say was learned: what passes, what is blocked, and the explanation."""

import msgspec
import pytest

from app.core.messages import Code
from app.core.views import PackStep
from sync.contract.rows import CartonRow, ItemRow, Learned

CUP, TEA = "4006381333931", "5000000000012"


def learned(grams, spread=1.0, error=0.1):
    return Learned(
        mean_mg=round(grams * 1000), spread_mg=round(spread * 1000), error_mg=round(error * 1000), parcels=40
    )


@pytest.fixture
def bench(floor):
    """The order (2 CUP, 1 TEA) in carton S1, on the scale's turn; all weights learned: 2 x 305 + 98 + 61 g."""
    floor.person("packer")
    floor.pack_job()
    with floor.store.look() as u:
        cup, tea, carton = u.rows.get(ItemRow, "CUP"), u.rows.get(ItemRow, "TEA"), u.rows.get(CartonRow, "S1")
    floor.pull(
        msgspec.structs.replace(cup, learned=learned(305)),
        msgspec.structs.replace(tea, learned=learned(98)),
        msgspec.structs.replace(carton, learned=learned(61, 3)),
    )
    floor.scans("T-1", CUP, CUP, TEA, "S1", service=floor.pack)
    return floor


def test_the_tolerance_is_what_was_learned(bench):
    card = bench.pack.view().view.weight
    assert (card.expected, card.tolerance) == (769, 11)
    assert bench.weigh(779).view.step is PackStep.LABEL


def test_what_is_off_is_explained_likeliest_first(bench):
    out = bench.weigh(465)
    assert (out.message.code, out.view.step, out.view.weight.blocked) == (Code.WEIGHT_OUT, PackStep.WEIGHT, True)
    first = out.view.weight.causes[0]
    assert (first.code, first.words["item"]) == (Code.WEIGHT_MISSING, "Cup")
    assert first.words["percent"] > 80
    assert bench.weigh(867).view.weight.causes[0].code is Code.WEIGHT_EXTRA
    assert bench.weigh(769).view.weight.causes == ()


def test_it_is_still_explained_after_a_restart(bench):
    bench.weigh(465)
    bench.restart()
    [first, *_] = bench.pack.view().view.weight.causes
    assert first.code is Code.WEIGHT_MISSING
