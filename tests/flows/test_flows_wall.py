"""The put wall: which order gets a unit, which slot an order gets, each step, and each way it can go wrong."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from app.core.facts import JobDrop, PutConfirm, PutExtra, PutShort, PutUndo, ScanRefused
from app.core.messages import Code, Message
from app.core.scan import ScanFields, ScanKind, ScanMeaning
from app.core.views_work import SlotState, WallStep
from app.flows import wall
from app.flows import wall_events as ev
from app.flows.units import Line, Unit
from app.flows.wall_rule import Place, Seat, Sort, choose, choose_place, is_large
from app.flows.wall_state import TRANSITIONS, caught_up, expect, prompt, slot_state, start

FREE = (Place("W-A1", 0, 1200, 1), Place("W-A2", 0, 400, 2), Place("W-B1", 500, 1200, 3), Place("W-B2", 500, 400, 4))


def sort(item, sku, need, slot, gone=False, **more):
    return Sort(Line(item, sku, "T-9", need, **more), slot, gone)


def seats(*specs):
    return tuple(Seat(n, f"O{n}", *spec) for n, spec in enumerate(specs, 1))


def tote(*sorts, of=((), ())):
    return start("s1", "T-9", sorts, seats(*of))


def run(state, *events, rights=ev.FREE):
    done = None
    for event in events:
        done = wall.step(state, event, rights)
        state = done.state
    return done


def refused_with(done, code, facts_of):
    assert done.refused
    assert done.say.code is code
    assert [type(f) for f in facts_of(done)] == [ScanRefused]


@pytest.fixture
def hand(scan):
    """A scan at a wall with free slots."""
    return lambda kind, id, *a, free=FREE, used_by=None, **k: ev.Scanned(scan(kind, id, *a, **k), free, used_by)


TWO = (sort("w1", "A", 2, 1), sort("w2", "A", 1, 2), sort("w3", "B", 1, 1))


# --- the rule ---


@pytest.mark.parametrize(
    ("of", "wanted"),
    [
        pytest.param(((3, None), (1, None)), 1, id="more urgent"),
        pytest.param(((3, "2026-11-22T16:00"), (3, "2026-11-22T15:00")), 1, id="sooner cut-off"),
        pytest.param(((3, None), (3, "2026-11-22T15:00")), 1, id="cut-off before none"),
        pytest.param(((3, None, None), (3, None, "W-A1")), 1, id="has a slot"),
        pytest.param(((1, None, None), (3, None, "W-A1")), 0, id="urgent before seated"),
        pytest.param(((3, None), (3, None)), 0, id="first of equals"),
    ],
)
def test_who_gets_the_unit(of, wanted):
    assert choose(TWO[:2], seats(*of), Unit("A", 1, ""), room=True) == wanted


def test_without_room_only_who_has_a_slot_gets_it():
    of = seats((1, None, None), (3, None, "W-A1"))
    assert choose(TWO[:2], of, Unit("A", 1, ""), room=False) == 1
    assert choose(TWO[:1], of, Unit("A", 1, ""), room=False) is None


def test_lots_cancelled_and_full_lines_do_not_get_it():
    of = seats((), ())
    assert choose((sort("w1", "A", 1, 1, lot="L1"),), of, Unit("A", 1, "", lot="L2"), room=True) is None
    assert choose((sort("w1", "A", 1, 1, lot="L1"),), of, Unit("A", 1, "", lot="L1"), room=True) == 0
    assert choose((sort("w1", "A", 1, 1, gone=True),), of, Unit("A", 1, ""), room=True) is None
    assert choose((sort("w1", "A", 1, 1, done=1),), of, Unit("A", 1, ""), room=True) is None


def test_a_pack_goes_whole_to_one_order_or_is_refused():
    assert choose(TWO[:2], seats((3,), (1,)), Unit("A", 2, ""), room=True) == 0
    too_many = choose(TWO[:2], seats((), ()), Unit("A", 6, ""), room=True)
    assert isinstance(too_many, Message)
    assert (too_many.code, too_many.words) == (Code.TOO_MANY, {"n": 2})


@pytest.mark.parametrize(
    ("near", "large", "code"),
    [
        pytest.param(None, False, "W-A1", id="first of all"),
        pytest.param(FREE[2], False, "W-B1", id="the same place if it is free"),
        pytest.param(Place("x", 500, 500), False, "W-B2", id="nearest"),
        pytest.param(FREE[2], True, "W-B2", id="large is low, then near"),
        pytest.param(None, True, "W-A2", id="large is low"),
    ],
)
def test_which_slot(near, large, code):
    assert choose_place(FREE, near, large).code == code


def test_no_slot_and_what_is_large():
    assert choose_place((), None, False) is None
    assert [is_large(n, (2, 4)) for n in (2, 3, 4)] == [False, False, True]


# --- unit and slot ---


def test_a_unit_opens_a_slot_and_lies_in_it_by_its_label(hand, facts_of):
    state = tote(*TWO, of=((1,), ()))
    done = run(state, hand("item", "A"))
    assert (done.state.step, done.say.code, done.say.words) == (WallStep.SLOT, Code.UNIT_FOR_SLOT, {"slot": "W-A2"})
    assert facts_of(done) == []
    assert prompt(done.state).words == {"n": 1, "slot": "W-A2"}
    put = run(done.state, hand("bin", "W-A2"))
    fact = PutConfirm(job="s1", sku="A", qty=1, slot=1, from_tote="T-9", tote="W-A2", scan="W-A2")
    assert facts_of(put) == [fact]
    assert put.effects[0].item == "w1"
    assert (put.say.code, put.state.step, put.state.left, put.state.near.code) == (
        Code.PUT_DONE,
        WallStep.UNIT,
        3,
        "W-A2",
    )


def test_the_button_is_as_good_as_the_label(hand, facts_of):
    done = run(tote(*TWO), hand("item", "A"), ev.Confirm())
    assert facts_of(done)[0].scan == ""


def test_units_of_the_same_slot_are_taken_along(hand, facts_of):
    held = run(tote(*TWO), hand("item", "A"), hand("item", "A"))
    assert (held.say.code, held.say.words, held.state.in_hand) == (Code.IN_HAND, {"n": 2}, 2)
    put = run(held.state, ev.Confirm())
    assert [f.qty for f in facts_of(put)] == [2]
    full = run(held.state, hand("item", "A"))
    refused_with(full, Code.SLOT_FIRST, facts_of)
    other = run(held.state, hand("item", "B"))
    refused_with(other, Code.SLOT_FIRST, facts_of)


@pytest.mark.parametrize("kind", ["bin", "tote", "carton", "order"])
def test_the_wrong_slot_stays_wrong(hand, facts_of, kind):
    held = run(tote(*TWO), hand("item", "A")).state
    done = run(held, hand(kind, "W-B9"))
    refused_with(done, Code.WRONG_SLOT, facts_of)
    assert done.say.words == {"scanned": "W-B9", "needed": held.seat.place}
    assert done.state.step is WallStep.SLOT
    refused_with(run(done.state, hand("bin", "W-B9")), Code.WRONG_SLOT, facts_of)


def test_a_complete_order_says_pack(hand):
    state = run(tote(*TWO), hand("item", "A", 2), ev.Confirm(), hand("item", "B"), ev.Confirm())
    assert (state.say.code, state.say.words["order"]) == (Code.SLOT_COMPLETE, "O1")
    assert slot_state(state.state, state.state.seats[0]) is SlotState.PACK
    assert slot_state(state.state, state.state.seats[1]) is SlotState.FREE


def test_a_full_wall_is_said_and_nothing_is_taken(hand, facts_of):
    done = run(tote(*TWO), hand("item", "A", free=()))
    refused_with(done, Code.WALL_FULL, facts_of)
    assert done.state.step is WallStep.UNIT


def test_a_lot_is_asked_for_and_narrows_the_choice(hand, facts_of):
    lots = (sort("w1", "M", 1, 1, lot="L1", lot_tracked=True), sort("w2", "M", 1, 2, lot="L2", lot_tracked=True))
    asks = run(tote(*lots), hand("item", "M"))
    assert (asks.say.code, prompt(asks.state).code) == (Code.SCAN_LOT, Code.SCAN_LOT)
    second = run(asks.state, hand("unknown", "L2"))
    assert second.state.seat.n == 2
    assert facts_of(run(second.state, ev.Confirm()))[0].lot == "L2"
    nobody = run(asks.state, hand("unknown", "L7"))
    assert (nobody.state.step, nobody.state.spare.lot) == (WallStep.EXTRA, "L7")
    more = run(second.state, hand("item", "M", lot="L1"))
    refused_with(more, Code.SLOT_FIRST, facts_of)
    stray = run(asks.state, hand("bin", "B-1"))
    refused_with(stray, Code.NOT_NOW, facts_of)


def test_each_serial_number_counts_once(hand, facts_of):
    state = tote(sort("w1", "S", 2, 1, serial_tracked=True))
    held = run(state, hand("item", "S", serial="X1"))
    assert facts_of(run(held.state, ev.Confirm()))[0].serial == "X1"
    refused_with(run(held.state, hand("item", "S", serial="X1")), Code.DUPLICATE_SERIAL, facts_of)
    two = run(held.state, hand("item", "S", serial="X2"))
    facts = facts_of(run(two.state, ev.Confirm()))
    assert [(f.qty, f.serial) for f in facts] == [(1, "X1"), (1, "X2")]
    again = run(run(held.state, ev.Confirm()).state, hand("item", "S", serial="X1"))
    refused_with(again, Code.DUPLICATE_SERIAL, facts_of)
    refused_with(run(held.state, hand("item", "S")), Code.SLOT_FIRST, facts_of)
    bare = run(state, hand("item", "S"))
    assert prompt(bare.state).code is Code.SCAN_SERIAL
    refused_with(run(state, hand("item", "S", 2)), Code.SCAN_SERIAL, facts_of)


def test_what_could_be_two_things_is_asked_about(scan, facts_of):
    both = scan("item", "A", also=(scan("bin", "A"),))
    refused_with(run(tote(*TWO), ev.Scanned(both, FREE)), Code.AMBIGUOUS_SCAN, facts_of)


@pytest.mark.parametrize(
    ("kind", "code"),
    [("unknown", Code.UNKNOWN_CODE), ("bin", Code.NOT_NOW), ("tote", Code.NOT_NOW), ("badge", Code.NOT_NOW)],
)
def test_stray_scans_while_a_unit_is_wanted(hand, facts_of, kind, code):
    refused_with(run(tote(*TWO), hand(kind, "X-1")), code, facts_of)


def test_a_lot_that_reads_like_an_item_is_still_the_lot(scan, hand):
    asks = run(tote(sort("w1", "M", 1, 1, lot="L1", lot_tracked=True)), hand("item", "M")).state
    assert run(asks, ev.Scanned(scan("item", "Z", text="L1"), FREE)).state.step is WallStep.SLOT


def test_a_put_is_not_undone_while_a_question_is_open(hand):
    asked = run(tote(*TWO), hand("item", "A"), ev.Confirm(), ev.AskMissing()).state
    assert asked.puts
    assert not asked.can_undo


# --- extra, missing, the sums ---


def test_a_unit_nobody_needs_goes_into_the_exception_tote(hand, facts_of):
    spare = run(tote(*TWO), hand("item", "Z"))
    assert (spare.state.step, spare.say.code) == (WallStep.EXTRA, Code.UNIT_FOR_NOBODY)
    assert prompt(spare.state).code is Code.SCAN_EXCEPTION_TOTE
    refused_with(run(spare.state, hand("tote", "T-9")), Code.TOTE_IN_USE, facts_of)
    refused_with(run(spare.state, hand("tote", "T-7", used_by="O7")), Code.TOTE_IN_USE, facts_of)
    refused_with(run(spare.state, hand("bin", "B-1")), Code.NOT_A_TOTE, facts_of)
    done = run(spare.state, hand("tote", "T-66"))
    assert facts_of(done) == [PutExtra(job="s1", sku="Z", qty=1, from_tote="T-9", tote="T-66")]
    assert done.effects[0].item is None
    assert (done.say.code, done.state.step, done.state.extra, done.state.left) == (
        Code.EXTRA_NOTED,
        WallStep.UNIT,
        1,
        4,
    )
    assert run(spare.state, ev.Cancel()).state.step is WallStep.UNIT


def test_extra_units_of_a_tracked_item_show_their_lot_and_serial(hand, facts_of):
    full = tote(sort("w1", "M", 1, 1, done=1, lot_tracked=True), sort("w2", "S", 1, 1, done=1, serial_tracked=True))
    assert full.step is WallStep.CLOSE
    lot = run(full, hand("item", "M"))
    assert lot.say.code is Code.SCAN_LOT
    lots = run(full, hand("item", "M", lot="L1"), hand("tote", "T-66"))
    assert facts_of(lots)[0].lot == "L1"
    assert run(full, hand("item", "S")).say.code is Code.SCAN_SERIAL


def test_goods_of_a_cancelled_order_are_set_aside_and_proved(hand, facts_of):
    state = tote(sort("w1", "A", 2, 1, gone=True), sort("w2", "B", 1, 2))
    assert slot_state(state, state.seats[0]) is SlotState.CANCELLED
    done = run(state, hand("item", "A", 2), hand("tote", "T-66"), hand("item", "B"), ev.Confirm())
    assert (done.state.step, done.state.left) == (WallStep.CLOSE, 0)


def test_missing_units_are_said_line_by_line(hand, facts_of):
    asked = run(tote(*TWO), hand("item", "A"), ev.Confirm(), ev.AskMissing())
    assert (asked.state.step, prompt(asked.state).words) == (WallStep.MISSING, {"n": 3})
    assert run(asked.state, ev.Cancel()).state.step is WallStep.UNIT
    done = run(asked.state, ev.ReallyMissing())
    assert [(type(e.fact), e.item, e.fact.missing) for e in done.effects] == [
        (PutShort, "w1", 1), (PutShort, "w2", 1), (PutShort, "w3", 1),
    ]  # fmt: skip
    assert (done.say.code, done.say.words, done.state.step) == (Code.SHORT_NOTED, {"n": 3}, WallStep.CLOSE)
    assert slot_state(done.state, done.state.seats[0]) is SlotState.WAITING


def test_open_sums_keep_the_tote_open(hand, facts_of):
    state = tote(*TWO)
    refused_with(run(state, hand("tote", "T-9")), Code.SUMS_OPEN, facts_of)
    button = run(state, ev.Close())
    assert (button.refused, button.say.words, facts_of(button)) == (True, {"n": 4}, [])


@pytest.mark.parametrize("by", ["label", "button"])
def test_a_proved_tote_is_closed(hand, facts_of, by):
    state = run(tote(sort("w1", "A", 1, 1)), hand("item", "A"), ev.Confirm()).state
    assert prompt(state).words == {"tote": "T-9"}
    refused_with(run(state, hand("tote", "T-8")), Code.WRONG_TOTE, facts_of)
    done = run(state, hand("tote", "T-9") if by == "label" else ev.Close())
    assert facts_of(done) == [JobDrop(job="s1", tote="T-9", lane="")]
    assert (done.state.step, done.say.code) == (WallStep.DONE, Code.SORT_CLOSED)
    assert prompt(done.state).code is Code.SORT_DONE


def test_a_surplus_unit_is_found_when_the_tote_should_be_empty(hand):
    state = run(tote(sort("w1", "A", 1, 1)), hand("item", "A"), ev.Confirm(), hand("item", "A"))
    assert state.state.step is WallStep.EXTRA
    assert run(state.state, hand("tote", "T-66")).state.step is WallStep.CLOSE


# --- undo ---


def test_undo_in_the_hand_needs_no_fact(hand, facts_of):
    held = run(tote(*TWO), hand("item", "A"), hand("item", "A"))
    one = run(held.state, ev.Undo())
    assert (one.state.in_hand, one.state.step, one.say.words, facts_of(one)) == (1, WallStep.SLOT, {"n": 1}, [])
    assert run(one.state, ev.Undo()).state.step is WallStep.UNIT


def test_undo_of_a_put_takes_all_of_it_back(hand, facts_of):
    state = run(
        tote(sort("w1", "S", 2, 1, serial_tracked=True)),
        hand("item", "S", serial="X1"),
        hand("item", "S", serial="X2"),
        ev.Confirm(),
    ).state
    assert state.can_undo
    done = run(state, ev.Undo())
    assert [(type(f), f.serial, f.tote) for f in facts_of(done)] == [(PutUndo, "X1", "W-A2"), (PutUndo, "X2", "W-A2")]
    assert (done.state.left, done.state.sorts[0].line.serials, done.state.step) == (2, (), WallStep.UNIT)
    nothing = run(done.state, ev.Undo())
    assert (nothing.say.code, nothing.refused) == (Code.NOTHING_TO_UNDO, True)


def test_what_was_given_up_since_is_not_undone(hand):
    done = run(tote(sort("w1", "A", 2, 1)), hand("item", "A"), ev.Confirm(), ev.AskMissing(), ev.ReallyMissing())
    assert not done.state.can_undo
    assert run(done.state, ev.Undo()).say.code is Code.NOTHING_TO_UNDO


# --- rights, news, tables ---


def test_a_lease_that_is_over_lets_the_hand_finish_only(hand, facts_of):
    over = ev.Rights(over=True)
    refused_with(run(tote(*TWO), hand("item", "A"), rights=over), Code.LEASE_OVER, facts_of)
    held = run(tote(*TWO), hand("item", "A")).state
    assert run(held, ev.Confirm(), rights=over).say.code is Code.PUT_DONE


def test_a_sort_of_somebody_else_takes_no_more(hand, facts_of):
    gone = ev.Rights(gone=True)
    refused_with(run(tote(*TWO), hand("item", "A"), rights=gone), Code.TASK_GONE, facts_of)
    assert run(tote(*TWO), ev.Undo(), rights=gone).refused


def test_news_of_the_centre_are_caught_up_with(hand):
    held = run(tote(*TWO), hand("item", "A")).state
    cancelled = (replace(TWO[0], gone=True), TWO[1], TWO[2], sort("w4", "C", 1, 2))
    after = caught_up(held, cancelled, held.seats)
    assert (after.step, after.hand, len(after.sorts)) == (WallStep.UNIT, (), 4)
    assert caught_up(held, held.sorts, held.seats) is held
    urgent = tuple(replace(seat, priority=1, place=None) for seat in held.seats)
    assert caught_up(held, held.sorts, urgent).seats[0].place == held.seats[0].place
    put = run(held, ev.Confirm()).state
    more = (replace(TWO[0], line=replace(TWO[0].line, need=5)), *TWO[1:])
    assert caught_up(put, more, put.seats).sorts[0].line.open == 4
    less = (replace(TWO[0], line=replace(TWO[0].line, need=0)), *TWO[1:])
    assert caught_up(put, less, put.seats).sorts[0].line.open == 0


def test_acknowledging_only_clears_what_is_shown(hand):
    spare = run(tote(*TWO), hand("item", "Z")).state
    assert spare.scanned == "Z"
    done = run(spare, ev.Acknowledge())
    assert (done.state.scanned, done.state.step, done.effects) == (None, WallStep.EXTRA, ())


@pytest.mark.parametrize("step", list(TRANSITIONS))
@pytest.mark.parametrize(
    "event", [ev.Confirm(), ev.AskMissing(), ev.ReallyMissing(), ev.Cancel(), ev.Close(), ev.Undo()]
)
def test_a_button_out_of_place_is_not_for_now(hand, step, event):
    states = {
        WallStep.UNIT: tote(*TWO),
        WallStep.SLOT: run(tote(*TWO), hand("item", "A")).state,
        WallStep.EXTRA: run(tote(*TWO), hand("item", "Z")).state,
        WallStep.MISSING: run(tote(*TWO), ev.AskMissing()).state,
        WallStep.CLOSE: run(tote(*TWO), ev.AskMissing(), ev.ReallyMissing()).state,
        WallStep.DONE: run(tote(*TWO), ev.AskMissing(), ev.ReallyMissing(), ev.Close()).state,
    }
    done = run(states[step], event)
    known = (step, type(event)) in wall.TABLE
    assert known or (done.refused and done.say.code is Code.NOT_NOW and done.state == states[step])
    expect(done.state)


def test_every_step_can_be_reached_and_left():
    reached = {after for befores in TRANSITIONS.values() for after in befores}
    assert reached == set(TRANSITIONS) - set()
    assert {step for step, _ in wall.TABLE} == set(TRANSITIONS) - {WallStep.DONE}
    assert [step for step, after in TRANSITIONS.items() if not after] == [WallStep.DONE]


class Sorting(RuleBasedStateMachine):
    """A sorter who does anything at all."""

    def __init__(self):
        super().__init__()
        self.state = tote(
            *TWO, sort("w4", "M", 2, 2, lot="L1", lot_tracked=True), sort("w5", "C", 2, 3, gone=True), of=((), (1,), ())
        )
        self.put, self.short, self.extra = Counter(), Counter(), Counter()

    def run_event(self, event):
        before = self.state
        step = wall.step(before, event)
        for effect in step.effects:
            match effect.fact:
                case PutConfirm(qty=qty):
                    self.put[effect.item] += qty
                case PutUndo(qty=qty):
                    self.put[effect.item] -= qty
                case PutShort(missing=missing):
                    self.short[effect.item] += missing
                case PutExtra(qty=qty, sku=sku):
                    self.extra[sku] += qty
                case JobDrop():
                    assert before.left == 0
        if step.refused:
            assert (step.state.sorts, step.state.hand) == (before.sorts, before.hand)
        self.state = step.state

    @rule(
        kind=st.sampled_from(("item", "item", "item", "bin", "tote", "unknown")),
        id=st.sampled_from(("A", "B", "C", "M", "Z", "W-A1", "W-A2", "T-9", "T-66", "L1", "L2")),
        qty=st.sampled_from((1, 1, 2)),
        lot=st.sampled_from((None, "L1", "L2")),
        free=st.sampled_from((FREE, FREE, ())),
    )
    def scan(self, kind, id, qty, lot, free):
        meaning = ScanMeaning(ScanKind(kind), id, ScanFields(id, lot=lot), qty)
        taken = {seat.place for seat in self.state.seats}
        self.run_event(ev.Scanned(meaning, tuple(p for p in free if p.code not in taken)))

    @rule(
        event=st.sampled_from((ev.Confirm(), ev.AskMissing(), ev.ReallyMissing(), ev.Cancel(), ev.Undo(), ev.Close()))
    )
    def button(self, event):
        self.run_event(event)

    @rule()
    def right_slot(self):
        if self.state.seat and self.state.seat.place:
            self.scan("bin", self.state.seat.place, 1, None, FREE)

    @invariant()
    def sums_are_proved(self):
        for one in self.state.sorts:
            line = one.line
            assert line.done + line.short + one.aside <= line.need
            assert (self.put[line.item], self.short[line.item]) == (line.done, line.short)
        assert sum(self.extra.values()) == self.state.extra
        picked = sum(one.line.need for one in self.state.sorts)
        proved = sum(one.line.done + one.line.short + one.aside for one in self.state.sorts)
        assert picked == proved + self.state.left
        places = [seat.place for seat in self.state.seats if seat.place]
        assert len(places) == len(set(places))

    @invariant()
    def nobody_is_stuck(self):
        assert prompt(self.state)
        expect(self.state)
        assert (self.state.step is WallStep.SLOT) == bool(self.state.hand)
        assert (self.state.step is WallStep.EXTRA) == (self.state.spare is not None)


TestSorting = Sorting.TestCase
TestSorting.settings = settings(max_examples=60, stateful_step_count=50)
