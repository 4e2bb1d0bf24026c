"""What the centre changes mid-walk becomes steps of the walk: put-backs and new stops at the cheapest point, and a banner that says so."""

from dataclasses import replace

import pytest

from app.core.facts import PickAtBin, PickConfirm, PickUndo
from app.core.messages import Code
from app.core.views import PickStep
from app.flows import pick_events as ev
from app.flows.pick import step
from app.flows.pick_backs import catch_up
from app.flows.pick_events import Rights, Scanned, Undo
from app.flows.pick_prompt import expect, prompt
from app.flows.pick_state import CartSlot, start
from app.flows.route import insert
from app.flows.units import Line


def line(item, sku, place, need, seq, **more):
    return Line(item, sku, place, need, seq=seq, **more)


WALK = (
    line("w1", "A", "B-1", 2, 10),
    line("w2", "C", "B-2", 2, 20),
    line("w3", "D", "B-3", 1, 30),
    line("w4", "E", "B-4", 1, 40),
)


def run(state, *events):
    for event in events:
        state = step(state, event).state
    return state


@pytest.fixture
def walk(scan):
    """`n` stops of the walk are picked; the picker stands at the next bin with its label scanned."""

    def make(n, lines=WALK, **more):
        state = start("j1", "O1", lines, "T-1", **more)
        for each in lines[:n]:
            state = run(state, Scanned(scan("bin", each.place)), *[Scanned(scan("item", each.sku))] * each.need)
        return run(state, Scanned(scan("bin", lines[n].place))) if n < len(lines) else state

    return make


def test_nothing_changed_is_the_very_same_state(walk):
    state = walk(1)
    assert catch_up(state, WALK) is state
    done_here = replace(WALK[0], need=2, done=2)
    assert catch_up(state, (done_here, *WALK[1:])) is state


def test_a_cancelled_line_nobody_began_drops_out(walk):
    state = catch_up(walk(0), WALK, frozenset({"w3"}))
    assert (state.banner.code, state.banner.words) == (Code.LINE_TAKEN_AWAY, {"order": "O1", "n": 0})
    assert [state.lines[n].item for n in state.walk if not state.lines[n].closed] == ["w1", "w2", "w4"]
    assert state.step is PickStep.ITEM
    assert catch_up(state, WALK, frozenset({"w3"})) is state


def test_what_was_picked_of_it_goes_back_on_the_way_after_the_line_in_hand(walk, scan, facts_of):
    """At B-2 the line of B-1 is cancelled: going back at once is as far as going back later, so the line in hand is finished."""
    lines = (*WALK[:2], line("w3", "D", "B-0", 1, 5), WALK[3])
    state = catch_up(walk(1, lines), lines, frozenset({"w1"}))
    assert (state.step, state.line.sku) == (PickStep.ITEM, "C")
    state = run(state, *[Scanned(scan("item", "C"))] * 2)
    # B-1 lies between B-2 and B-0: it costs nothing there.
    assert (state.step, state.line.place, prompt(state).code) == (PickStep.BACK_BIN, "B-1", Code.PUT_BACK_TO)
    assert prompt(state).words == {"n": 2, "bin": "B-1"}


def test_a_put_back_is_proven_by_bin_and_item(walk, scan, facts_of):
    state = catch_up(walk(4), WALK, frozenset({"w1"}))
    assert (state.step, expect(state).ids) == (PickStep.BACK_BIN, {"B-1", "A"})
    assert step(state, Scanned(scan("bin", "B-2"))).say.code is Code.WRONG_BIN
    assert step(state, Scanned(scan("item", "A"))).say.code is Code.WRONG_BIN
    there = step(state, Scanned(scan("bin", "B-1")))
    assert facts_of(there) == [PickAtBin(job="j1", bin="B-1")]
    assert (there.state.step, prompt(there.state).code) == (PickStep.BACK_ITEM, Code.SCAN_BACK_UNITS)
    assert facts_of(step(there.state, Scanned(scan("bin", "B-1")))) == []
    assert step(there.state, Scanned(scan("bin", "B-2"))).say.code is Code.WRONG_BIN
    for wrong in (scan("item", "C"), scan("unknown", "x")):
        assert step(there.state, Scanned(wrong)).say.code is Code.WRONG_ITEM
    assert step(there.state, Scanned(scan("item", "A", qty=3))).say.code is Code.TOO_MANY
    first = step(there.state, Scanned(scan("item", "A")))
    assert facts_of(first) == [PickUndo(job="j1", sku="A", qty=1, from_bin="B-1", tote="T-1")]
    assert first.say.words == {"n": 1, "of": 2}
    last = step(first.state, Scanned(scan("item", "A")))
    assert (last.say.code, last.state.step, last.state.picked) == (Code.PUT_BACK_DONE, PickStep.DROP, 4)
    assert last.state.banner is None
    # What went back can be taken out again, and then goes back once more.
    again = step(last.state, Undo())
    assert facts_of(again) == [PickConfirm(job="j1", sku="A", qty=1, from_bin="B-1", tote="T-1")]
    assert (again.say.code, again.state.picked, again.state.can_undo) == (Code.UNDONE, 5, False)
    assert (again.state.step, again.state.line.back, again.state.line.open) == (PickStep.BACK_ITEM, True, 1)
    twice = step(again.state, Scanned(scan("item", "A")))
    assert facts_of(twice) == facts_of(first)
    assert (twice.state.step, twice.state.picked, twice.state.lines) == (PickStep.DROP, 4, last.state.lines)
    whole = run(twice.state, Undo(), Scanned(scan("item", "A")))
    assert (whole.trail, whole.lines) == (twice.state.trail, twice.state.lines)


def test_what_waits_to_go_back_is_not_taken_back_by_the_button(walk, scan):
    state = run(walk(1), Scanned(scan("item", "C")))
    assert state.can_undo
    state = catch_up(state, (WALK[0], replace(WALK[1], need=0), *WALK[2:]))
    assert (state.step, state.can_undo) == (PickStep.BACK_ITEM, False)
    state = run(state, Scanned(scan("item", "C")))
    assert (state.step, state.lines[1].need, state.can_undo) == (PickStep.BIN, 0, True)


def test_what_was_to_go_back_may_stay_after_all(walk):
    state = catch_up(walk(1), (replace(WALK[0], need=0), *WALK[1:]))
    assert [x.open for x in state.lines if x.back] == [2]
    one = catch_up(state, (replace(WALK[0], need=1), *WALK[1:]))
    assert (one.banner.code, [x.open for x in one.lines if x.back]) == (Code.WALK_CHANGED, [1])
    more = catch_up(one, (replace(WALK[0], need=4), *WALK[1:]))
    assert (more.banner.words, more.lines[0].need, [x.open for x in more.lines if x.back]) == ({"n": 2}, 4, [0])


def test_what_somebody_else_picked_does_not_go_back_from_here(scan):
    lines = (replace(WALK[0], done=2), *WALK[1:])
    state = start("j1", "O1", lines, "T-1")
    fewer = (replace(WALK[0], need=1, done=2), *WALK[1:])
    assert catch_up(state, fewer) is state
    without = start("j1", "O1", WALK[1:], "T-1")
    assert catch_up(without, fewer) is without


def test_a_put_back_may_wait(walk, scan):
    state = catch_up(walk(3), WALK, frozenset({"w1"}))
    state = run(state, Scanned(scan("item", "E")))
    assert state.step is PickStep.BACK_BIN
    assert not state.can_skip
    later = catch_up(walk(2), (*WALK, line("w9", "F", "B-9", 1, 31)), frozenset({"w1"}))
    assert later.can_skip


def test_serial_numbers_go_back_each_by_itself(scan, facts_of):
    lines = (line("w1", "A", "B-1", 2, 10, serial_tracked=True), line("w2", "C", "B-2", 1, 20))
    state = run(
        start("j1", "O1", lines, "T-1"),
        Scanned(scan("bin", "B-1")),
        Scanned(scan("item", "A", serial="S1")),
        Scanned(scan("item", "A", serial="S2")),
    )
    state = run(catch_up(state, lines, frozenset({"w1"})), Scanned(scan("bin", "B-2")), Scanned(scan("item", "C")))
    state = run(state, Scanned(scan("bin", "B-1")))
    for wrong in (scan("item", "A"), scan("item", "A", serial="S9")):
        assert step(state, Scanned(wrong)).say.code is Code.SCAN_SERIAL_BACK
    done = step(state, Scanned(scan("unknown", "S2")))
    assert facts_of(done)[0].serial == "S2"
    assert step(done.state, Scanned(scan("unknown", "S2"))).say.code is Code.WRONG_ITEM
    assert step(done.state, Scanned(scan("item", "A", serial="S1"))).say.code is Code.PUT_BACK_DONE


def test_units_go_back_under_the_lot_they_came_with(scan, facts_of):
    lot = {"lot": "L1", "lot_tracked": True}
    lines = (line("w1", "A", "B-1", 2, 10, **lot), line("w2", "C", "B-2", 1, 20))
    state = run(start("j1", "O1", lines, "T-1"), Scanned(scan("bin", "B-1")), Scanned(scan("item", "A", lot="L1")))
    state = run(state, *[Scanned(scan("item", "A", lot="L2"))] * 2)
    state = catch_up(state, lines, frozenset({"w1", "w2"}))
    backs = [(back.lot, back.need) for back in state.lines if back.back]
    assert sorted(backs) == [("L1", 1), ("L2", 1)]


def test_fewer_are_wanted_of_a_line_not_begun(walk):
    state = catch_up(walk(0), (replace(WALK[0], need=1), *WALK[1:]))
    assert (state.banner.code, state.line.need, state.step) == (Code.LINE_FEWER, 1, PickStep.ITEM)
    assert catch_up(state, (replace(WALK[0], need=1), *WALK[1:])) is state


def test_fewer_are_wanted_than_were_taken(walk, scan, facts_of):
    state = walk(1)
    state = catch_up(state, (replace(WALK[0], need=1), *WALK[1:]))
    assert (state.banner.words, [x.need for x in state.lines if x.back]) == ({"n": 1}, [1])
    assert catch_up(state, (replace(WALK[0], need=1), *WALK[1:])) is state
    state = run(state, *[Scanned(scan("item", "C"))] * 2, Scanned(scan("bin", "B-1")))
    done = step(state, Scanned(scan("item", "A")))
    assert (done.state.step, done.state.lines[0].need, done.state.lines[0].done) == (PickStep.BIN, 1, 1)
    assert catch_up(done.state, (replace(WALK[0], need=1), *WALK[1:])) is done.state


def test_a_line_that_was_cut_and_is_then_cancelled_gives_back_all_once(walk):
    state = catch_up(walk(1), (replace(WALK[0], need=1), *WALK[1:]))
    state = catch_up(state, WALK[1:], frozenset({"w1"}))
    assert sum(back.open for back in state.lines if back.back) == 2


def test_more_are_wanted_of_a_finished_line(walk):
    state = catch_up(walk(4), (replace(WALK[1], need=5), *WALK[:1], *WALK[2:]))
    assert (state.banner.words, state.step, state.line.sku, state.line.open) == ({"n": 3}, PickStep.BIN, "C", 3)


def test_what_was_given_up_is_not_a_change(walk, scan):
    state = run(walk(0), Scanned(scan("item", "A")), ev.AskShort())
    state = run(state, ev.GiveReason("pick_later"))
    assert catch_up(state, (replace(WALK[0], need=1), *WALK[1:])) is state


def test_a_new_line_joins_where_it_costs_least(walk, scan):
    new = line("w9", "F", "B-9", 1, 25)
    state = catch_up(walk(1), (*WALK, new))
    assert (state.banner.code, state.banner.words) == (Code.LINE_ADDED, {"bin": "B-9"})
    assert [state.lines[n].item for n in state.walk if not state.lines[n].closed] == ["w2", "w9", "w3", "w4"]
    assert catch_up(state, (*WALK, new)) is state


def test_a_new_line_after_the_last_leads_back_from_the_lane(walk):
    state = walk(4)
    assert state.step is PickStep.DROP
    assert catch_up(state, (*WALK, line("w9", "F", "B-9", 1, 25))).step is PickStep.BIN
    assert catch_up(state, (*WALK, line("w9", "F", "B-9", 1, 25, done=1))) is state


def test_several_changes_are_said_as_one(walk):
    state = catch_up(walk(1), (*WALK[1:], line("w9", "F", "B-9", 1, 25)), frozenset({"w1"}))
    assert state.banner.code is Code.WALK_CHANGED
    assert step(state, ev.Acknowledge()).state.banner is None


def test_a_cancelled_order_goes_back_whole_and_needs_no_lane(walk, scan):
    state = catch_up(walk(1), (), whole_job=True)
    assert (state.banner.code, state.banner.words) == (Code.ORDER_TAKEN_AWAY, {"order": "O1", "n": 2})
    assert state.step is PickStep.BACK_BIN
    # The right to the line is gone, but what is in the tote still goes back.
    gone = Rights(gone=True)
    there = step(state, Scanned(scan("bin", "B-1")), gone)
    assert there.say.code is Code.BIN_RIGHT
    state = step(there.state, Scanned(scan("item", "A", qty=2)), gone).state
    assert (state.step, state.picked, prompt(state).code) == (PickStep.DONE, 0, Code.TAKE_NEXT_WORK)


@pytest.mark.parametrize("tote", [None, "T-1"])
def test_a_cancelled_order_nobody_began_is_over(tote):
    assert catch_up(start("j1", "O1", WALK, tote), WALK, whole_job=True).step is PickStep.DONE


def test_the_tote_question_survives_a_change():
    state = catch_up(start("j1", "O1", WALK, None), WALK, frozenset({"w1"}))
    assert state.step is PickStep.TOTE


def test_a_cancelled_order_of_a_cart_comes_out_of_its_slot_and_the_hand(scan, facts_of):
    slots = (CartSlot(1, "O1", "T-1"), CartSlot(2, "O2", "T-2"))
    lines = (
        line("w1", "A", "B-1", 2, 10, order="O1", slot=1),
        line("w2", "A", "B-1", 1, 10, order="O2", slot=2, urgency="9"),
        line("w3", "C", "B-2", 2, 20, order="O1", slot=1),
        line("w4", "D", "B-3", 1, 30, order="O2", slot=2),
    )
    state = start("j1", "O1", lines, cart="C-7", slots=slots)
    state = run(state, Scanned(scan("bin", "B-1")), Scanned(scan("item", "A", qty=3)), Scanned(scan("slot", "C-7/1")))
    assert (state.step, state.slot) == (PickStep.SORT, 2)
    after = catch_up(state, (lines[1], lines[3]), frozenset({"w1", "w3"}))
    # The other order's units are still put first.
    assert (after.step, after.slot, after.slots[0].gone) == (PickStep.SORT, 2, True)
    after = run(after, Scanned(scan("slot", "C-7/2")))
    assert (after.step, after.line.tote, after.line.need) == (PickStep.BACK_ITEM, "T-1", 2)
    done = step(after, Scanned(scan("item", "A", qty=2)))
    assert facts_of(done)[0].tote == "T-1"
    assert done.state.line.item == "w4"
    # And while the cancelled order's own units are in hand, they go back instead.
    other = catch_up(state, (lines[0], lines[2]), frozenset({"w2", "w4"}))
    assert (other.step, other.line.tote, other.line.back) == (PickStep.BACK_ITEM, "C-7", True)


def test_units_in_a_slot_from_before_a_restart_go_back_too(scan):
    slots = (CartSlot(1, "O1", "T-1"),)
    lines = (line("w1", "A", "B-1", 2, 10, order="O1", slot=1, done=2, put=2), line("w2", "C", "B-2", 1, 20, slot=1))
    state = catch_up(start("j1", "O1", lines, cart="C-7", slots=slots), (lines[1],), frozenset({"w1"}))
    assert [(back.tote, back.need) for back in state.lines if back.back] == [("T-1", 2)]


# --- where a stop costs least ---


@pytest.mark.parametrize(
    ("here", "ahead", "new", "end", "at"),
    [
        (0, (10, 20, 30), 15, None, 1),
        (0, (10, 20, 30), 5, None, 0),
        (0, (10, 20, 30), 35, None, 3),
        (20, (30, 40), 10, 90, 0),
        (20, (30, 40), 20, None, 0),
        (10, (10, 40), 10, None, 1),
        (0, (), 10, None, 0),
        (0, (50,), 60, 90, 1),
    ],
)
def test_the_cheapest_point_of_the_walk(here, ahead, new, end, at):
    lines = (*(line(f"w{n}", "A", f"B-{seq}", 1, seq) for n, seq in enumerate(ahead)), line("new", "X", "N", 1, new))
    walk = insert(lines, tuple(range(len(ahead))), len(ahead), here, end)
    assert walk.index(len(ahead)) == at


# --- an order comes off the cart ---

CART = (
    line("w1", "A", "B-1", 1, 10, slot=1, order="O1"),
    line("w2", "A", "B-1", 1, 10, slot=2, order="O2"),
    line("w3", "C", "B-2", 1, 20, slot=2, order="O2"),
)


def cart(*totes, lines=CART):
    slots = tuple(CartSlot(n, f"O{n}", tote) for n, tote in enumerate(totes, 1))
    return start("j1", "O1", lines, cart="C-1", slots=slots)


def test_an_order_that_leaves_the_cart_leaves_no_slot_behind():
    state = cart("T-1", "T-2")
    assert catch_up(state, CART, slots=frozenset({1, 2})) is state
    after = catch_up(state, CART, slots=frozenset({1}))
    assert (after.banner.code, after.banner.words) == (Code.TAKE_TOTE_OFF, {"order": "O2", "slot": 2, "tote": "T-2"})
    assert [slot.gone for slot in after.slots] == [False, True]
    assert [each.item for each in after.lines if not each.closed] == ["w1"]
    assert catch_up(after, CART, slots=frozenset({1})) is after


def test_the_slot_that_is_being_set_up_is_passed_over():
    waits = cart("T-1", None)
    assert (waits.step, waits.slot) == (PickStep.SLOTS, 2)
    after = catch_up(waits, CART, slots=frozenset({1}))
    assert (after.banner.code, after.step, after.line.item) == (Code.ORDER_TAKEN_AWAY, PickStep.BIN, "w1")
    first = cart(None, None)
    assert catch_up(first, CART, slots=frozenset({1})).slot == 1
    assert catch_up(first, CART, slots=frozenset({2})).slot == 2


def test_what_was_in_hand_for_it_goes_back(scan, facts_of):
    state = run(cart("T-1", "T-2"), Scanned(scan("bin", "B-1")), *[Scanned(scan("item", "A"))] * 2)
    after = catch_up(state, CART, slots=frozenset({1}))
    assert [(each.item, each.open, each.tote) for each in after.lines if each.back] == [("w2", 1, "C-1")]
    put = run(after, Scanned(scan("tote", "T-1")))
    assert put.step is PickStep.BACK_ITEM
    assert isinstance(facts_of(step(put, Scanned(scan("item", "A"))))[0], PickUndo)


def test_a_cancelled_job_is_said_once_for_all_its_slots():
    after = catch_up(cart("T-1", "T-2"), (), whole_job=True, slots=frozenset())
    assert (after.step, after.cancelled) == (PickStep.DONE, True)
