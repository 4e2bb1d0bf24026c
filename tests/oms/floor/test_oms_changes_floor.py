"""An order line that is changed while the order is on the floor."""

import pytest

from oms.feed.rows import build
from oms.orders.actions import release_all
from oms.orders.changes import take_less
from oms.picking.build import trips_of
from sync.contract.codes import JobState, Method, OrderState, Outcome, WorkState


def less(floor, number, line, qty):
    return floor.act(lambda w: take_less(w, number, line, qty))


@pytest.fixture
def trip(floor):
    """(floor, device, items): O1 wants 6 TEA and 3 CUP; somebody is on the way."""
    floor.order("O1", ("TEA", 6), ("CUP", 3))
    job = floor.release("O1").job
    device = floor.device()
    device.claim(job)
    return floor, device, floor.items_of(job)


def test_what_nobody_picked_is_called_off_first(trip):
    floor, device, (tea, _) = trip
    device.pick(tea, 2)
    assert less(floor, "O1", 1, 4).put_backs == ()
    tea, _ = floor.items_of(tea.job_id)
    assert (tea.qty_req, tea.state, floor.reserved()) == (4, WorkState.LEASED, 2)
    assert device.pick(tea, 2).outcome is Outcome.APPLIED
    assert floor.items_of(tea.job_id)[0].state is WorkState.DONE
    floor.check()
    floor.check_feed()


def test_what_is_in_the_tote_is_to_be_put_back(trip):
    floor, device, (tea, cup) = trip
    device.pick(tea, 5)
    done = less(floor, "O1", 1, 3)
    [back] = floor.exceptions("put_back")
    assert done.put_backs == (back.id,)
    assert (back.params["qty"], back.params["bin"], back.device) == (2, "A-01", device.id)
    assert [(line.qty, line.picked) for line in floor.lines_of("O1")] == [(3, 3), (3, 0)]
    device.acknowledge(back.id)
    assert (floor.has("tote:T1"), floor.has("bin:A-01")) == (3, 7)
    device.pick(cup, 3)
    device.drop(tea.job_id)
    [pack] = floor.jobs_of("O1", "pack")
    assert sorted((item.sku, item.qty_req) for item in floor.items_of(pack.id)) == [("CUP", 3), ("TEA", 3)]
    floor.check()
    floor.check_feed()


def row_of(floor, item):
    """The work item as devices see it."""
    with floor.oms.sessions() as db:
        return build(db, floor.site, "work", [item.id])[item.id]


def test_what_is_in_the_tote_goes_back_by_its_picker(trip):
    floor, device, (tea, cup) = trip
    device.pick(tea, 5)
    less(floor, "O1", 1, 3)
    assert (row_of(floor, tea).qty_req, row_of(floor, tea).put_back) == (5, 2)
    floor.check_feed()
    assert device.undo(tea).outcome is Outcome.APPLIED
    assert (row_of(floor, tea).qty_req, row_of(floor, tea).put_back) == (4, 1)
    [back] = floor.exceptions("put_back")
    assert back.params["qty"] == 1
    floor.check_feed()
    assert device.undo(tea).outcome is Outcome.APPLIED
    tea, _ = floor.items_of(tea.job_id)
    assert (tea.qty_req, tea.qty_done, tea.state, floor.exceptions("put_back")) == (3, 3, WorkState.DONE, [])
    assert (floor.has("tote:T1"), floor.has("bin:A-01")) == (3, 7)
    assert [(line.qty, line.picked) for line in floor.lines_of("O1")] == [(3, 3), (3, 0)]
    device.pick(cup, 3)
    device.drop(tea.job_id)
    assert floor.jobs_of("O1", "pack")
    floor.check()
    floor.check_feed()


def test_more_goes_back_than_was_asked(trip):
    """The rest is an undo like any other: the line wants it again."""
    floor, device, (tea, _) = trip
    device.pick(tea, 5)
    less(floor, "O1", 1, 4)
    assert device.undo(tea, 2).outcome is Outcome.APPLIED
    tea, _ = floor.items_of(tea.job_id)
    assert (tea.qty_req, tea.qty_done, tea.state, floor.reserved()) == (4, 3, WorkState.LEASED, 1)
    assert [line.picked for line in floor.lines_of("O1")] == [3, 0]
    floor.check()
    floor.check_feed()


def test_a_line_that_is_not_wanted_any_more_is_cancelled(trip):
    floor, device, (tea, cup) = trip
    less(floor, "O1", 2, 0)
    tea, cup = floor.items_of(tea.job_id)
    assert (cup.state, floor.reserved("CUP")) == (WorkState.CANCELLED, 0)
    assert device.pick(cup, 1).outcome is Outcome.DIVERTED
    less(floor, "O1", 1, 0)
    assert floor.jobs_of("O1", "pick")[0].state is JobState.CANCELLED
    floor.check()
    floor.check_feed()


@pytest.mark.parametrize(
    ("line", "qty", "reason"), [(9, 1, "unknown_order"), (1, 7, "change_refused"), (1, -1, "change_refused")]
)
def test_a_change_that_makes_no_sense_is_refused(trip, line, qty, reason):
    floor, *_ = trip
    assert less(floor, "O1", line, qty).reason == reason


def test_what_is_packed_or_sorted_is_not_changed(trip):
    floor, device, (tea, cup) = trip
    device.pick(tea, 6)
    device.pick(cup, 3)
    device.drop(tea.job_id)
    assert less(floor, "O1", 1, 3).reason == "change_refused"
    floor.order("O2", ("TEA", 2))
    bulk = floor.act(lambda w: release_all(w, ["O2"], trips_of(Method.WALL)))[0].job
    device.claim(bulk)
    device.pick(floor.items_of(bulk)[0], 2, tote="BULK")
    device.drop(bulk, tote="BULK")
    assert less(floor, "O2", 1, 1).params == {"order": "O2", "reason": "sort"}


def test_an_order_that_is_only_open_is_changed_too(floor):
    floor.order("O1", ("TEA", 6))
    assert less(floor, "O1", 1, 2).reason is None
    assert (floor.lines_of("O1")[0].qty, floor.order_of("O1").state) == (2, OrderState.OPEN)
