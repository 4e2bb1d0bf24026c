"""Orders onto the floor and off it again, on a real database."""

from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import select

from oms.orders.models import Reservation
from oms.packing.models import Parcel
from oms.shipping.rules import sscc_valid
from sync.contract.codes import OrderState, ParcelState, WorkState


def test_a_release_makes_work_in_walk_order_with_its_stock_reserved(floor):
    floor.order("O1", ("CUP", 3), ("TEA", 12), priority=1)
    answer = floor.release("O1")
    assert answer.reason is None
    items = floor.items_of(answer.job)
    assert [(i.from_bin, i.sku, i.qty_req, i.line_no, i.state) for i in items] == [
        ("A-01", "TEA", 10, 2, WorkState.OPEN),
        ("A-02", "CUP", 3, 1, WorkState.OPEN),
        ("A-03", "TEA", 2, 2, WorkState.OPEN),
    ]
    assert floor.reserved("TEA") == 12
    assert floor.order_of("O1").state is OrderState.RELEASED
    assert floor.jobs_of("O1", "pick")[0].priority == 1
    floor.check()


def test_a_released_order_has_a_parcel_with_its_identity(floor):
    floor.order("O1", ("TEA", 1), carrier="post", service="std").order("O2", ("TEA", 1))
    floor.release("O1")
    floor.release("O2")
    one, two = floor.parcel_of("O1"), floor.parcel_of("O2")
    assert sscc_valid(one.sscc)
    assert one.sscc != two.sscc
    assert one.tracking != two.tracking
    assert (one.state, one.carrier, one.number) == (ParcelState.PLANNED, "post", 1)


def test_what_is_reserved_is_promised_to_nobody_else_and_nothing_is_half_done(floor):
    floor.order("O1", ("TEA", 12)).order("O2", ("CUP", 1), ("TEA", 4))
    floor.release("O1")
    answer = floor.release("O2")
    assert (answer.job, answer.reason, answer.params) == (None, "not_enough_stock", {"sku": "TEA", "missing": 1})
    assert floor.order_of("O2").state is OrderState.OPEN
    assert floor.reserved("CUP") == 0
    assert floor.ask(select(Parcel).where(Parcel.site_id == floor.site, Parcel.order_no == "O2")) == []


def test_two_lines_of_one_item_share_what_is_there(floor):
    floor.order("O1", ("CUP", 6), ("CUP", 4)).order("O2", ("CUP", 6), ("CUP", 5))
    assert floor.release("O2").params == {"sku": "CUP", "missing": 1}
    assert floor.release("O1").reason is None
    assert floor.reserved("CUP") == 10


def test_the_earliest_expiry_goes_first(new_floor):
    floor = new_floor().build(skus=("MILK",), expiry_tracked=True, lot_tracked=True)
    today = floor.act(lambda w: w.now.date())
    floor.stock("A-01", "MILK", 5, "LATE", today + timedelta(days=60))
    floor.stock("A-04", "MILK", 2, "SOON", today + timedelta(days=9))
    floor.stock("A-02", "MILK", 9, "GONE", today)
    floor.order("O1", ("MILK", 3)).order("O2", ("MILK", 5))
    items = floor.items_of(floor.release("O1").job)
    assert [(i.from_bin, i.lot, i.qty_req) for i in items] == [("A-01", "LATE", 1), ("A-04", "SOON", 2)]
    assert floor.release("O2").params == {"sku": "MILK", "missing": 1}


@pytest.mark.parametrize("state", [OrderState.HELD, OrderState.RELEASED, OrderState.SHIPPED, OrderState.CANCELLED])
def test_only_an_open_order_is_released(floor, state):
    floor.order("O1", ("TEA", 1), state=state)
    answer = floor.release("O1")
    assert (answer.reason, answer.params) == ("release_refused", {"order": "O1", "reason": state.value})


def test_an_unknown_order_is_said_to_be_unknown(floor):
    assert floor.release("O9").reason == "unknown_order"
    assert floor.cancel("O9").reason == "unknown_order"


def test_many_at_once_never_oversell(floor):
    """15 TEA, 12 orders of 2 released by 4 threads: exactly 7 get their goods."""
    numbers = [f"O{n}" for n in range(12)]
    for number in numbers:
        floor.order(number, ("TEA", 2))
    answers = {}

    def supervisor(mine):
        for number in mine:
            answers[number] = floor.release(number)

    threads = [Thread(target=supervisor, args=(numbers[n::4],)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.reason or "" for answer in answers.values()) == [""] * 7 + ["not_enough_stock"] * 5
    assert floor.reserved("TEA") == 14
    per_bin = {"A-01": 0, "A-03": 0}
    for kept in floor.ask(select(Reservation).where(Reservation.site_id == floor.site)):
        per_bin[kept.bin] += kept.qty
    assert per_bin["A-01"] <= 10
    assert per_bin["A-03"] <= 5
    floor.check()


def test_cancel_before_the_floor_frees_everything(floor):
    floor.order("O1", ("TEA", 12)).order("O2", ("TEA", 15))
    job = floor.release("O1").job
    before = floor.items_of(job)[0]
    answer = floor.cancel("O1")
    assert (answer.reason, answer.put_backs) == (None, ())
    after = floor.items_of(job)[0]
    assert (after.tok_epoch, after.tok_n) > (before.tok_epoch, before.tok_n)
    assert {item.state for item in floor.items_of(job)} == {WorkState.CANCELLED}
    assert floor.order_of("O1").state is OrderState.CANCELLED
    assert floor.parcel_of("O1").state is ParcelState.VOID
    assert floor.release("O2").reason is None
    assert floor.cancel("O1").reason is None
    floor.check()


def test_cancel_of_an_order_that_never_was_on_the_floor(floor):
    floor.order("O1", ("TEA", 1), state=OrderState.HELD)
    assert floor.cancel("O1").reason is None
    assert floor.order_of("O1").state is OrderState.CANCELLED
