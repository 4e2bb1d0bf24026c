"""Tasks on stock: goods brought from one place to another, and bins counted blind. Each step, and each way it can go wrong."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from app.core.facts import CountObserved, MoveConfirm, MoveUndo, ScanRefused, ShortReason, TaskShort
from app.core.messages import Code
from app.core.scan import ScanFields, ScanKind, ScanMeaning
from app.core.views_work import TaskStep
from app.flows import count, task
from app.flows import task_events as ev
from app.flows.task_state import TRANSITIONS, CountState, TaskState, Wanted, begin_move, expect, prompt, source_of
from app.flows.units import Line


def bring(need=3, place="R-1", to="B-1", **more):
    return TaskState("replenish", move=begin_move("t1", Line("w1", "A", place, need, **more), to))


def counting(*wanted, at=True):
    state = CountState("c1", "B-1", wanted or (Wanted("w1", "A"),))
    return TaskState("count", count=replace(state, step=TaskStep.COUNT) if at else state)


def run(state, *events, rights=ev.FREE):
    done = None
    for event in events:
        done = task.step(state, event, rights)
        state = done.state
    return done


def refused_with(done, code, facts_of):
    assert done.refused
    assert done.say.code is code
    assert [type(f) for f in facts_of(done)] == [ScanRefused]


@pytest.fixture
def hand(scan):
    return lambda kind, id, *a, stock=False, lot_tracked=False, serial_tracked=False, **k: ev.Scanned(
        scan(kind, id, *a, **k), stock, lot_tracked, serial_tracked
    )


# --- moves ---


@pytest.mark.parametrize(
    ("place", "account", "label", "labelled"),
    [
        ("R-1", "bin:R-1", "R-1", True),
        ("tote:T-66", "tote:T-66", "T-66", True),
        ("surplus:dev-1", "surplus:dev-1", "dev-1", False),
    ],
)
def test_where_goods_lie(place, account, label, labelled):
    source = source_of(place)
    assert (source.account, source.label, source.labelled) == (account, label, labelled)


def test_goods_are_fetched_and_brought(hand, facts_of):
    state = bring()
    assert (state.now.step, prompt(state.now).words) == (TaskStep.FROM, {"bin": "R-1"})
    there = run(state, hand("bin", "R-1"))
    assert (there.say.code, there.state.now.step, facts_of(there)) == (Code.BIN_RIGHT, TaskStep.ITEM, [])
    one = run(there.state, hand("item", "A"))
    assert (one.say.words, prompt(one.state.now).code, facts_of(one)) == ({"n": 1}, Code.SCAN_MORE, [])
    all_ = run(one.state, hand("item", "A", 2))
    assert (all_.state.now.step, prompt(all_.state.now).words) == (TaskStep.TO, {"n": 3, "bin": "B-1"})
    done = run(all_.state, hand("bin", "B-1"))
    fact = MoveConfirm(job="t1", sku="A", qty=3, from_account="bin:R-1", to_account="bin:B-1", scan="B-1")
    assert facts_of(done) == [fact]
    assert done.effects[0].item == "w1"
    assert (done.say.code, done.say.words, done.state.now.step) == (
        Code.GOODS_MOVED,
        {"n": 3, "bin": "B-1"},
        TaskStep.DONE,
    )
    assert prompt(done.state.now).code is Code.TASK_FINISHED


def test_two_walks_prove_the_place_twice(hand, facts_of):
    first = run(bring(), hand("bin", "R-1"), hand("item", "A"), hand("bin", "B-1"))
    assert ([f.qty for f in facts_of(first)], first.state.now.step) == ([1], TaskStep.FROM)
    second = run(first.state, hand("bin", "R-1"), hand("item", "A", 2), hand("bin", "B-1"))
    assert ([f.qty for f in facts_of(second)], second.state.now.step) == ([2], TaskStep.DONE)


def test_what_was_brought_can_be_taken_back_once(hand, facts_of):
    first = run(bring(), hand("bin", "R-1"), hand("item", "A"), hand("bin", "B-1"), hand("bin", "R-1"))
    back = run(first.state, ev.Undo())
    assert facts_of(back) == [MoveUndo(job="t1", sku="A", qty=1, from_account="bin:R-1", to_account="bin:B-1")]
    assert (back.say.code, back.say.words) == (Code.MOVE_UNDONE, {"n": 1, "bin": "R-1"})
    assert (back.state.now.step, back.state.now.line.done) == (TaskStep.ITEM, 0)
    assert run(back.state, ev.Undo()).say.code is Code.NOTHING_TO_UNDO


def test_what_is_in_the_hand_is_taken_back_before_what_was_brought(hand, facts_of):
    state = run(
        bring(), hand("bin", "R-1"), hand("item", "A"), hand("bin", "B-1"), hand("bin", "R-1"), hand("item", "A")
    )
    in_hand = run(state.state, ev.Undo())
    assert (in_hand.say.code, facts_of(in_hand)) == (Code.UNDONE, [])
    assert [fact.qty for fact in facts_of(run(in_hand.state, ev.Undo()))] == [1]


def test_a_finished_task_gives_back_each_serial_number_and_stays_finished(hand, facts_of):
    lamps = [hand("item", "A", serial="S1"), hand("item", "A", serial="S2")]
    done = run(bring(2, serial_tracked=True), hand("bin", "R-1"), *lamps, hand("bin", "B-1"))
    back = run(done.state, ev.Undo())
    assert [fact.serial for fact in facts_of(back)] == ["S1", "S2"]
    assert (back.state.now.step, back.state.now.line.done, back.state.now.line.serials) == (TaskStep.DONE, 0, ())


def test_goods_in_the_hands_need_no_fetching(hand, facts_of):
    state = bring(1, "surplus:dev-1")
    assert state.now.step is TaskStep.ITEM
    done = run(state, hand("item", "A"), hand("bin", "B-1"))
    assert facts_of(done)[0].from_account == "surplus:dev-1"
    two = run(bring(2, "surplus:dev-1"), hand("item", "A"), hand("bin", "B-1"))
    assert two.state.now.step is TaskStep.ITEM


@pytest.mark.parametrize("kind", ["bin", "tote", "carton", "order"])
def test_the_wrong_place_is_refused(hand, facts_of, kind):
    at_from = run(bring(), hand(kind, "X-1"))
    refused_with(at_from, Code.WRONG_BIN, facts_of)
    assert at_from.say.words == {"scanned": "X-1", "needed": "R-1"}
    full = run(bring(1), hand("bin", "R-1"), hand("item", "A")).state
    at_to = run(full, hand(kind, "X-1"))
    refused_with(at_to, Code.WRONG_BIN, facts_of)
    assert at_to.say.words == {"scanned": "X-1", "needed": "B-1"}


def test_the_item_before_its_place_and_the_wrong_item(hand, facts_of):
    early = run(bring(), hand("item", "A"))
    refused_with(early, Code.SCAN_BIN_FIRST, facts_of)
    assert early.state.now.scanned == "A"
    wrong = run(bring(), hand("bin", "R-1"), hand("item", "B"))
    refused_with(wrong, Code.WRONG_ITEM, facts_of)
    assert run(wrong.state, ev.Acknowledge()).state.now.scanned is None


def test_too_many_is_too_many_scanned_or_typed(hand, facts_of):
    there = run(bring(), hand("bin", "R-1")).state
    scanned = run(there, hand("item", "A", 6))
    refused_with(scanned, Code.TOO_MANY, facts_of)
    typed = run(there, hand("item", "A"), ev.AskNumber(), ev.Number(4))
    assert (typed.refused, typed.say.code, typed.say.words) == (True, Code.TOO_MANY, {"n": 3})


def test_many_are_typed_once_one_is_proven(hand, facts_of):
    there = run(bring(48), hand("bin", "R-1")).state
    assert run(there, ev.AskNumber()).say.code is Code.SCAN_FIRST
    asked = run(there, hand("item", "A"), ev.AskNumber())
    assert (asked.state.now.step, prompt(asked.state.now).code) == (TaskStep.NUMBER, Code.TYPE_COUNT)
    assert run(asked.state, ev.Number(0)).refused
    assert run(asked.state, ev.Cancel()).state.now.step is TaskStep.ITEM
    some = run(asked.state, ev.Number(40))
    assert (some.state.now.in_hand, some.state.now.step, some.say.words) == (40, TaskStep.ITEM, {"n": 40})
    all_ = run(asked.state, ev.Number(48))
    assert all_.state.now.step is TaskStep.TO
    assert [f.qty for f in facts_of(run(all_.state, hand("bin", "B-1")))] == [48]
    serial = run(bring(2, serial_tracked=True), hand("bin", "R-1"), hand("item", "A", serial="S1"), ev.AskNumber())
    assert serial.say.code is Code.NOT_NOW


def test_lots_and_serials_are_proven_as_in_picking(hand, facts_of):
    lots = run(bring(2, lot="L1", lot_tracked=True), hand("bin", "R-1"), hand("item", "A"))
    assert (lots.say.code, lots.say.words) == (Code.SCAN_LOT, {"lot": "L1"})
    refused_with(run(lots.state, hand("unknown", "L9")), Code.WRONG_LOT, facts_of)
    seen = run(lots.state, hand("unknown", "L1"), hand("item", "A"))
    assert seen.state.now.in_hand == 2
    assert [(f.qty, f.lot) for f in facts_of(run(seen.state, hand("bin", "B-1")))] == [(2, "L1")]
    serials = run(bring(2, serial_tracked=True), hand("bin", "R-1"), hand("item", "A"))
    assert prompt(serials.state.now).code is Code.SCAN_SERIAL
    refused_with(
        run(serials.state, hand("unknown", "S1"), hand("item", "A", serial="S1")), Code.DUPLICATE_SERIAL, facts_of
    )
    both = run(serials.state, hand("unknown", "S1"), hand("item", "A", serial="S2"), hand("bin", "B-1"))
    assert [(f.qty, f.serial) for f in facts_of(both)] == [(1, "S1"), (1, "S2")]


def test_goods_without_a_fixed_place_go_into_any_stock_bin(hand, facts_of):
    full = run(bring(1, to=None), hand("bin", "R-1"), hand("item", "A")).state
    assert prompt(full.now).code is Code.BRING_ANYWHERE
    refused_with(run(full, hand("bin", "LANE-1")), Code.NOT_NOW, facts_of)
    refused_with(run(full, hand("tote", "T-1")), Code.NOT_NOW, facts_of)
    done = run(full, hand("bin", "B-7", stock=True))
    assert facts_of(done)[0].to_account == "bin:B-7"


@pytest.mark.parametrize("reason", task.REASONS)
def test_what_cannot_be_done_is_given_up_with_a_reason(hand, facts_of, reason):
    asked = run(bring(), ev.AskShort())
    assert (asked.state.now.step, prompt(asked.state.now).words) == (TaskStep.SHORT, {"n": 3})
    assert run(asked.state, ev.Cancel()).state.now.step is TaskStep.FROM
    done = run(asked.state, ev.GiveReason(reason))
    assert facts_of(done) == [TaskShort(job="t1", sku="A", missing=3, reason=reason, bin="R-1")]
    assert (done.say.words, done.state.now.step) == ({"n": 3}, TaskStep.DONE)


def test_the_hand_is_emptied_before_the_rest_is_given_up(hand, facts_of):
    held = run(bring(), hand("bin", "R-1"), hand("item", "A"))
    no = run(held.state, ev.AskShort())
    assert (no.say.code, no.say.words, no.refused) == (Code.FINISH_HAND_FIRST, {"n": 1}, True)
    done = run(held.state, hand("bin", "B-1"), ev.AskShort(), ev.GiveReason(ShortReason.NOT_FOUND))
    assert facts_of(done)[0].missing == 2


def test_undo_is_for_what_is_in_the_hand(hand, facts_of):
    full = run(bring(2), hand("bin", "R-1"), hand("item", "A"), hand("item", "A"))
    one = run(full.state, ev.Undo())
    assert (one.state.now.in_hand, one.state.now.step, one.say.words, facts_of(one)) == (1, TaskStep.ITEM, {"n": 1}, [])
    nothing = run(one.state, ev.Undo(), ev.Undo())
    assert (nothing.say.code, nothing.refused) == (Code.NOTHING_TO_UNDO, True)


def test_stray_scans_among_the_goods(hand, scan, facts_of):
    there = run(bring(), hand("bin", "R-1")).state
    refused_with(run(there, hand("unknown", "?")), Code.UNKNOWN_CODE, facts_of)
    refused_with(run(there, hand("bin", "B-1")), Code.NOT_NOW, facts_of)
    refused_with(run(there, hand("badge", "B-X")), Code.NOT_NOW, facts_of)
    both = ev.Scanned(scan("item", "A", also=(scan("bin", "A"),)))
    refused_with(run(there, both), Code.AMBIGUOUS_SCAN, facts_of)
    asks = run(bring(1, lot_tracked=True), hand("bin", "R-1"), hand("item", "A")).state
    refused_with(run(asks, hand("order", "O1")), Code.NOT_NOW, facts_of)
    looks_like = ev.Scanned(scan("item", "L1", lot="L1"))
    assert run(asks, looks_like).state.now.in_hand == 1


# --- counts ---


def test_a_bin_is_counted_piece_by_piece(hand, facts_of):
    state = counting(at=False)
    assert prompt(state.now).words == {"bin": "B-1"}
    refused_with(run(state, hand("bin", "B-2")), Code.WRONG_BIN, facts_of)
    refused_with(run(state, hand("item", "A")), Code.SCAN_BIN_FIRST, facts_of)
    there = run(state, hand("bin", "B-1"))
    assert (there.say.code, prompt(there.state.now).code) == (Code.BIN_RIGHT, Code.COUNT_GOODS)
    seven = run(there.state, hand("item", "A"), hand("item", "A", 6))
    assert (seven.say.code, seven.say.words, facts_of(seven)) == (Code.GOODS_COUNTED, {"n": 7}, [])
    done = run(seven.state, ev.Finish())
    assert facts_of(done) == [CountObserved(job="c1", bin="B-1", sku="A", qty=7)]
    assert (done.effects[0].item, done.say.code, done.state.now.step) == ("w1", Code.COUNT_SAVED, TaskStep.DONE)


def test_an_empty_bin_is_said_to_be_empty(hand, facts_of):
    done = run(counting(), ev.Empty())
    assert [f.qty for f in facts_of(done)] == [0]
    assert run(counting(), hand("item", "A"), ev.Empty()).say.code is Code.NOT_NOW
    assert run(counting(), ev.Finish()).say.code is Code.SCAN_FIRST


def test_what_nobody_asked_about_is_counted_too(hand, facts_of):
    done = run(counting(), hand("item", "B", 2), ev.Finish())
    assert [(e.item, e.fact.sku, e.fact.qty) for e in done.effects] == [("w1", "A", 0), (None, "B", 2)]


def test_lots_are_counted_apart(hand, facts_of):
    state = counting(Wanted("w1", "A", "L1", lot_tracked=True))
    asks = run(state, hand("item", "A", lot_tracked=True))
    assert asks.say.code is Code.SCAN_LOT
    assert run(asks.state, ev.Undo()).state.now.asks is None
    refused_with(run(asks.state, hand("bin", "B-9")), Code.NOT_NOW, facts_of)
    done = run(
        asks.state, hand("unknown", "L1"), hand("item", "A", lot_tracked=True),
        hand("item", "A", lot="L2", lot_tracked=True), ev.Finish(),
    )  # fmt: skip
    assert [(e.item, e.fact.lot, e.fact.qty) for e in done.effects] == [("w1", "L1", 2), (None, "L2", 1)]
    any_lot = run(
        counting(Wanted("w1", "A", None, lot_tracked=True)), hand("item", "A", lot="L2", lot_tracked=True), ev.Finish()
    )
    assert [(e.item, e.fact.lot, e.fact.qty) for e in any_lot.effects] == [("w1", "L2", 1)]


def test_each_serial_number_is_counted_once(hand, facts_of):
    state = counting(Wanted("w1", "A", serial_tracked=True))
    asks = run(state, hand("item", "A", serial_tracked=True))
    assert prompt(asks.state.now).code is Code.SCAN_SERIAL
    one = run(asks.state, hand("unknown", "S1"))
    assert one.say.words == {"n": 1}
    refused_with(run(one.state, hand("item", "A", serial="S1", serial_tracked=True)), Code.DUPLICATE_SERIAL, facts_of)
    refused_with(run(one.state, hand("item", "A", 6, serial_tracked=True)), Code.SCAN_SERIAL, facts_of)
    assert run(one.state, ev.AskNumber()).say.code is Code.NOT_NOW


def test_a_number_is_typed_instead(hand, facts_of):
    asked = run(counting(), ev.AskNumber())
    assert (asked.state.now.step, prompt(asked.state.now).code) == (TaskStep.NUMBER, Code.TYPE_COUNT)
    assert run(asked.state, ev.Cancel()).state.now.step is TaskStep.COUNT
    assert run(asked.state, ev.Number(-1)).say.code is Code.COUNT_TOO_LARGE
    assert run(asked.state, ev.Number(count.MOST + 1)).say.code is Code.COUNT_TOO_LARGE
    done = run(asked.state, ev.Number(37), ev.Finish())
    assert [f.qty for f in facts_of(done)] == [37]
    more = run(asked.state, ev.Number(count.MOST), hand("item", "A"))
    refused_with(more, Code.COUNT_TOO_LARGE, facts_of)
    nothing = run(counting(Wanted("w1", "A", None, lot_tracked=True)), ev.AskNumber())
    assert nothing.say.code is Code.SCAN_FIRST
    of_hand = run(
        counting(Wanted("w1", "A"), Wanted("w2", "B")), hand("item", "B"), ev.AskNumber(), ev.Number(5), ev.Finish()
    )
    assert [(f.sku, f.qty) for f in facts_of(of_hand)] == [("A", 0), ("B", 5)]


def test_undo_takes_the_last_scan_back(hand):
    two = run(counting(), hand("item", "A"), hand("item", "A", 6))
    one = run(two.state, ev.Undo())
    assert (one.say.words, sum(t.qty for t in one.state.now.tallies)) == ({"n": 6}, 1)
    assert run(one.state, ev.Undo(), ev.Undo()).say.code is Code.NOTHING_TO_UNDO


def test_where_history_wants_it_two_equal_counts_settle_it(hand, facts_of):
    state = counting(Wanted("w1", "A", careful=True))
    first = run(state, hand("item", "A", 3), ev.Finish())
    assert (first.say.code, first.state.now.round, first.state.now.tallies, facts_of(first)) == (
        Code.COUNT_AGAIN,
        2,
        (),
        [],
    )
    other = run(first.state, hand("item", "A", 4), ev.Finish())
    assert (other.say.code, other.state.now.round) == (Code.COUNTS_DIFFER, 3)
    done = run(other.state, hand("item", "A", 4), ev.Finish())
    assert [f.qty for f in facts_of(done)] == [4]
    empty = run(state, ev.Empty(), ev.Empty())
    assert [f.qty for f in facts_of(empty)] == [0]


def test_stray_scans_while_counting(hand, scan, facts_of):
    refused_with(run(counting(), hand("unknown", "?")), Code.UNKNOWN_CODE, facts_of)
    refused_with(run(counting(), hand("badge", "B-X")), Code.NOT_NOW, facts_of)
    both = ev.Scanned(scan("item", "A", also=(scan("bin", "A"),)))
    refused_with(run(counting(), both), Code.AMBIGUOUS_SCAN, facts_of)
    asks = run(counting(), hand("item", "A", lot_tracked=True)).state
    assert run(asks, ev.Scanned(scan("item", "L1", lot="L1"))).say.code is Code.GOODS_COUNTED


# --- rights and tables ---


def test_rights(hand, facts_of):
    over, gone = ev.Rights(over=True), ev.Rights(gone=True)
    refused_with(run(bring(), hand("bin", "R-1"), rights=over), Code.LEASE_OVER, facts_of)
    held = run(bring(1), hand("bin", "R-1"), hand("item", "A")).state
    assert run(held, hand("bin", "B-1"), rights=over).say.code is Code.GOODS_MOVED
    refused_with(run(held, hand("bin", "B-1"), rights=gone), Code.TASK_GONE, facts_of)
    refused_with(run(counting(at=False), hand("bin", "B-1"), rights=over), Code.LEASE_OVER, facts_of)
    assert run(counting(), hand("item", "A"), rights=over).say.code is Code.GOODS_COUNTED
    assert run(counting(), ev.Empty(), rights=gone).say.code is Code.TASK_GONE


BUTTONS = (
    ev.AskShort(), ev.GiveReason(ShortReason.OTHER), ev.AskNumber(), ev.Number(1), ev.Empty(), ev.Finish(), ev.Cancel(), ev.Undo(),
    ev.Acknowledge(),
)  # fmt: skip


@pytest.mark.parametrize("event", BUTTONS, ids=lambda e: type(e).__name__)
@pytest.mark.parametrize("step", list(TRANSITIONS))
def test_a_button_out_of_place_is_not_for_now(hand, step, event):
    at_item = run(bring(), hand("bin", "R-1"), hand("item", "A")).state
    states = {
        TaskStep.FROM: (bring(), task.TABLE),
        TaskStep.ITEM: (at_item, task.TABLE),
        TaskStep.TO: (run(at_item, hand("item", "A", 2)).state, task.TABLE),
        TaskStep.SHORT: (run(bring(), ev.AskShort()).state, task.TABLE),
        TaskStep.NUMBER: (run(counting(), ev.AskNumber()).state, count.TABLE),
        TaskStep.BIN: (counting(at=False), count.TABLE),
        TaskStep.COUNT: (counting(), count.TABLE),
        TaskStep.DONE: (run(counting(), ev.Empty()).state, count.TABLE),
    }
    state, table = states[step]
    assert state.now.step is step
    done = run(state, event)
    known = (step, type(event)) in table or isinstance(event, ev.Acknowledge)
    assert known or (done.refused and done.say.code is Code.NOT_NOW and done.state == state)
    expect(done.state.now)


def test_every_step_of_the_tables_is_known():
    assert {step for step, _ in (*task.TABLE, *count.TABLE)} == set(TRANSITIONS)
    begins = {TaskStep.FROM, TaskStep.BIN}
    assert {after for befores in TRANSITIONS.values() for after in befores} | begins == set(TRANSITIONS)


class Bringing(RuleBasedStateMachine):
    """Somebody with a task who does anything at all."""

    def __init__(self):
        super().__init__()
        self.state = bring(5)
        self.sums = Counter()

    def run_event(self, event):
        before = self.state
        step = task.step(before, event)
        for effect in step.effects:
            match effect.fact:
                case MoveConfirm(qty=qty):
                    self.sums["moved"] += qty
                case MoveUndo(qty=qty):
                    self.sums["moved"] -= qty
                case TaskShort(missing=missing):
                    self.sums["short"] += missing
        if step.refused:
            assert step.state.now.hand == before.now.hand
        self.state = step.state

    @rule(
        kind=st.sampled_from(("item", "item", "bin", "bin", "tote", "unknown")),
        id=st.sampled_from(("A", "A", "B", "R-1", "B-1", "T-1")),
        qty=st.sampled_from((1, 1, 2, 6)),
    )
    def scan(self, kind, id, qty):
        self.run_event(ev.Scanned(ScanMeaning(ScanKind(kind), id, ScanFields(id), qty)))

    @rule(event=st.sampled_from((*BUTTONS, ev.Number(3), ev.Number(9))))
    def button(self, event):
        self.run_event(event)

    @invariant()
    def sums_add_up(self):
        move = self.state.move
        assert (self.sums["moved"], self.sums["short"]) == (move.line.done, move.line.short)
        assert move.line.done + move.line.short + move.in_hand <= move.line.need
        assert (move.step is TaskStep.DONE) == move.line.closed
        assert prompt(move)
        expect(move)


TestBringing = Bringing.TestCase
TestBringing.settings = settings(max_examples=40, stateful_step_count=40)
