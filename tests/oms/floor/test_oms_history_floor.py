"""What history says of bins and of look-alikes, and what becomes of it."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from oms.catalog.models import ItemCode
from oms.feed.rows import build
from oms.inventory import history
from oms.orders.models import Order
from oms.picking import taskdesk
from oms.picking.taskdesk import Wanted
from sync.contract import facts
from sync.contract.codes import JobKind, ShortReason

CUP_EAN = "4006381333931"


@pytest.mark.parametrize(
    ("good", "wrong", "short", "differ", "weak"),
    [
        (0, 0, 0, 0, False),
        (0, 1, 0, 0, False),
        (0, 0, 1, 0, True),
        (0, 0, 0, 1, True),
        (40, 0, 1, 0, False),
        (40, 0, 4, 0, True),
        (0, 2, 0, 0, True),
    ],
)
def test_trouble_weighs_against_what_went_well(good, wrong, short, differ, weak):
    assert (history.trust(good, wrong, short, differ) < history.WEAK_BELOW) is weak


def careful(floor, number):
    """Per bin whether the order's lines are marked."""
    [job] = floor.jobs_of(number, JobKind.PICK)
    return {item.from_bin: item.careful for item in floor.items_of(job.id)}


@pytest.fixture
def doubted(floor):
    """A floor where TEA in A-01 was not found once; the books are right again."""
    floor.order("O1", ("TEA", 1))
    job = floor.release("O1").job
    device = floor.device()
    device.claim(job)
    device.short(floor.items_of(job)[0], 1, ShortReason.NOT_FOUND)
    for exception in floor.exceptions("count_bin"):
        device.acknowledge(exception.id)
    return floor.stock("A-01", "TEA", 10)


def test_a_bin_that_was_short_wants_a_second_proof(doubted):
    doubted.order("O2", ("TEA", 1), ("CUP", 1))
    doubted.release("O2")
    assert careful(doubted, "O2") == {"A-01": True, "A-02": False}


@pytest.mark.parametrize(("minutes", "bin"), [(30, "A-03"), (600, "A-01")])
def test_an_order_in_a_hurry_goes_round_a_weak_bin(doubted, minutes, bin):
    doubted.order("O2", ("TEA", 1))

    def cut_off(w):
        mine = update(Order).where(Order.site_id == w.site, Order.number == "O2")
        w.db.execute(mine.values(cut_off=w.now + timedelta(minutes=minutes)))

    doubted.act(cut_off)
    doubted.release("O2")
    assert set(careful(doubted, "O2")) == {bin}


def test_a_count_that_agrees_with_the_books_clears_a_bin(doubted):
    job, _ = doubted.act(lambda w: taskdesk.ask(w, Wanted(JobKind.COUNT, "TEA", "A-01", 0, None, "")))
    counter = doubted.device()
    counter.claim(job, kinds=["count"])
    [item] = doubted.items_of(job)
    there = doubted.has("bin:A-01")
    counter.report(facts.CountObserved(job=job, bin="A-01", sku="TEA", qty=there), item.id)
    doubted.order("O2", ("TEA", 1))
    doubted.release("O2")
    assert careful(doubted, "O2") == {"A-01": False}


@pytest.mark.parametrize("text", [CUP_EAN, f"01{CUP_EAN:0>14}", f"]C101{CUP_EAN:0>14}10LOT"])
def test_items_taken_for_one_another_are_told_to_devices(floor, text):
    def code(w):
        w.db.add(ItemCode(site_id=w.site, code=CUP_EAN.zfill(14), sku="CUP"))

    floor.act(code)
    floor.order("O1", ("TEA", 2))
    job = floor.release("O1").job
    device = floor.device()
    device.claim(job)
    [item] = floor.items_of(job)
    wrong = facts.ScanRefused(job=job, text=text, code="wrong_item", expected="TEA")

    def alike():
        with floor.oms.sessions() as db:
            return {sku: row.look_alikes for sku, row in build(db, floor.site, "item", ["TEA", "CUP"]).items()}

    device.report(wrong, item.id)
    assert alike() == {"TEA": [], "CUP": []}
    device.report(wrong, item.id)
    assert alike() == {"TEA": ["CUP"], "CUP": ["TEA"]}
    # From now on both want a second look, wherever they lie.
    floor.order("O2", ("CUP", 1))
    floor.release("O2")
    assert careful(floor, "O2") == {"A-02": True}


@pytest.mark.parametrize(("text", "code"), [("nonsense", "wrong_item"), (CUP_EAN, "too_many"), ("A\0B", "wrong_item")])
def test_what_names_no_other_item_says_nothing(floor, text, code):
    floor.order("O1", ("TEA", 2))
    job = floor.release("O1").job
    device = floor.device()
    device.claim(job)
    [item] = floor.items_of(job)
    for _ in range(3):
        device.report(facts.ScanRefused(job=job, text=text, code=code), item.id)
    with floor.oms.sessions() as db:
        assert history.weak(db, floor.site, ["TEA"]) == set()
        assert history.look_alikes(db, floor.site, ["TEA"]) == {}
