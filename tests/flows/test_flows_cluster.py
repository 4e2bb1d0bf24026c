"""A cluster: cart and slots set up, units of several orders taken at one stop, sorted with proof, slots that are full, a cart that is."""

from dataclasses import replace

import pytest

from app.core.facts import (
    CartBind,
    JobDrop,
    PickConfirm,
    PickShort,
    PickUndo,
    PutConfirm,
    PutUndo,
    ShortReason,
    SlotProof,
    ToteBind,
    ToteDrop,
)
from app.core.messages import Code
from app.core.views import PickStep
from app.flows import pick_events as ev
from app.flows.pick import step
from app.flows.pick_events import Scanned
from app.flows.pick_prompt import expect, prompt
from app.flows.pick_state import CartSlot

SLOTS = (CartSlot(1, "O1"), CartSlot(2, "O2"))
FILLED = (CartSlot(1, "O1", "T-1"), CartSlot(2, "O2", "T-2"))


def of(slot, **more):
    """What a line of order `slot` of the cart has."""
    return {"slot": slot, "order": f"O{slot}", "urgency": f"00{slot}", **more}


def run(state, *events):
    """All events in turn; the last step."""
    done = None
    for event in events:
        done = step(state, event)
        state = done.state
    return done


@pytest.fixture
def cart(pick_state):
    def make(*specs, slots=FILLED, cart="C-7", **rules):
        return pick_state(*specs, tote=None, cart=cart, slots=slots, **rules)

    return make


@pytest.fixture
def two(cart, scan):
    """Two orders want A from B-1, 3 and 2; the first also wants C from B-2; the bin was scanned."""

    def make(**more):
        state = cart(("A", "B-1", 2, of(2)), ("A", "B-1", 3, of(1)), ("C", "B-2", 1, of(1)), **more)
        return step(state, Scanned(scan("bin", "B-1"))).state

    return make


# --- set-up ---


def test_cart_then_a_tote_for_each_slot(cart, scan, facts_of):
    state = cart(("A", "B-1", 1, of(1)), ("A", "B-1", 1, of(2)), slots=SLOTS, cart=None)
    assert (state.step, prompt(state).code) == (PickStep.CART, Code.SCAN_CART)
    bound = step(state, Scanned(scan("cart", "C-7")))
    assert facts_of(bound) == [CartBind(job="j1", cart="C-7")]
    assert (bound.state.step, prompt(bound.state).words) == (PickStep.SLOTS, {"slot": 1})
    first = step(bound.state, Scanned(scan("tote", "T-1")))
    assert facts_of(first) == [ToteBind(job="j1", tote="T-1", order="O1", slot=1)]
    assert first.say.words == {"slot": 1, "tote": "T-1"}
    second = step(first.state, Scanned(scan("tote", "T-2")))
    assert (second.state.step, [slot.tote for slot in second.state.slots]) == (PickStep.BIN, ["T-1", "T-2"])


def test_the_order_of_slots_is_the_pickers(cart, scan):
    state = cart(("A", "B-1", 1, of(1)), slots=SLOTS)
    chosen = step(state, Scanned(scan("slot", "C-7/2")))
    assert (chosen.state.slot, chosen.say.code) == (2, Code.SCAN_SLOT_TOTE)
    assert step(chosen.state, Scanned(scan("tote", "T-5"))).state.slots[1].tote == "T-5"
    for wrong in ("C-8/2", "C-7/9"):
        assert step(state, Scanned(scan("slot", wrong))).say.code is Code.NOT_A_TOTE


def test_carts_and_totes_in_use_are_refused(cart, scan):
    state = cart(("A", "B-1", 1, of(1)), slots=SLOTS, cart=None)
    assert step(state, Scanned(scan("cart", "C-7"), used_by="O9")).say.code is Code.CART_IN_USE
    assert step(state, Scanned(scan("tote", "T-1"))).say.code is Code.NOT_A_CART
    state = step(state, Scanned(scan("cart", "C-7"))).state
    assert step(state, Scanned(scan("tote", "T-1"), used_by="O9")).say.code is Code.TOTE_IN_USE
    assert step(state, Scanned(scan("bin", "B-1"))).say.code is Code.NOT_A_TOTE
    state = step(state, Scanned(scan("tote", "T-1"))).state
    assert step(state, Scanned(scan("tote", "T-1"))).say.words == {"tote": "T-1", "slot": 1}


def test_totes_may_come_later(cart, scan, facts_of):
    state = cart(("A", "B-1", 1, of(1)), ("A", "B-1", 1, of(2)), slots=SLOTS)
    walking = step(state, ev.Walk())
    assert (walking.state.step, walking.say.code) == (PickStep.BIN, Code.SLOTS_LATER)
    sort = run(walking.state, Scanned(scan("bin", "B-1")), Scanned(scan("item", "A")), Scanned(scan("item", "A"))).state
    assert (sort.step, prompt(sort).code) == (PickStep.SORT, Code.SCAN_SLOT_TOTE)
    no_tote = step(sort, Scanned(scan("slot", "C-7/1")))
    assert (no_tote.refused, no_tote.say.code) == (True, Code.SCAN_SLOT_TOTE)
    assert step(sort, Scanned(scan("tote", "T-4"), used_by="O9")).say.code is Code.TOTE_IN_USE
    bound = step(sort, Scanned(scan("tote", "T-4")))
    assert facts_of(bound) == [ToteBind(job="j1", tote="T-4", order="O1", slot=1)]
    put = step(bound.state, Scanned(scan("slot", "C-7/1")))
    assert (put.say.code, put.state.slot) == (Code.SLOT_COMPLETE, 2)


# --- the pick loop ---


def test_broken_goods_of_a_stop_are_counted_once(two, facts_of):
    short = run(two(), ev.AskShort(), ev.GiveReason(ShortReason.DAMAGED, damaged=1))
    assert [(e.item, e.fact.missing, e.fact.damaged) for e in short.effects if isinstance(e.fact, PickShort)] == [
        ("w2", 3, 1), ("w1", 2, 0)
    ]  # fmt: skip
    every_one = run(two(), ev.AskShort(), ev.GiveReason(ShortReason.DAMAGED))
    assert [fact.damaged for fact in facts_of(every_one) if isinstance(fact, PickShort)] == [None, None]


def test_one_stop_for_all_orders_then_each_slot(two, scan, facts_of):
    state = two()
    assert (state.line.need, len(state.stop), prompt(state).words) == (5, 2, {"n": 5})
    first = step(state, Scanned(scan("item", "A")))
    assert first.say.words == {"n": 1, "of": 5}
    # The more urgent order is served first, though its line comes second.
    assert [(e.item, e.fact.tote) for e in first.effects] == [("w2", "C-7")]
    rest = step(first.state, Scanned(scan("item", "A", qty=4)))
    assert [(e.item, e.fact.qty) for e in rest.effects] == [("w2", 2), ("w1", 2)]
    assert (rest.say.code, rest.state.step) == (Code.LINE_DONE, PickStep.SORT)
    assert prompt(rest.state).words == {"n": 3, "slot": 1, "tote": "T-1"}
    assert "T-1" in expect(rest.state).ids
    one = step(rest.state, Scanned(scan("slot", "C-7/1", text="C-7-1")))
    assert facts_of(one) == [PutConfirm(job="j1", sku="A", qty=3, slot=1, from_tote="C-7", tote="T-1", scan="C-7-1")]
    assert (one.say.code, one.say.words) == (Code.PUT_DONE, {"n": 3, "slot": 1})
    two_ = step(one.state, Scanned(scan("tote", "T-2")))
    assert (two_.say.code, two_.state.step, two_.state.line.sku) == (Code.SLOT_COMPLETE, PickStep.BIN, "C")


@pytest.mark.parametrize(("kind", "id"), [("slot", "C-7/2"), ("slot", "C-8/1"), ("tote", "T-2"), ("tote", "T-9")])
def test_a_wrong_slot_is_blocked(two, scan, facts_of, kind, id):
    state = run(two(), Scanned(scan("item", "A", qty=5))).state
    done = step(state, Scanned(scan(kind, id)))
    assert (done.refused, done.say.code, done.say.words["needed"]) == (True, Code.WRONG_SLOT, 1)
    assert [line.put for line in done.state.lines] == [0, 0, 0]
    assert step(state, Scanned(scan("item", "A"))).say.code is Code.NOT_NOW


def test_proof_by_tote_wants_the_tote(two, scan, facts_of):
    state = run(two(proof=SlotProof.TOTE), Scanned(scan("item", "A", qty=5))).state
    assert prompt(state).code is Code.PUT_INTO_TOTE
    assert step(state, Scanned(scan("slot", "C-7/1"))).say.words == {"tote": "T-1"}
    assert step(state, Scanned(scan("tote", "T-1"))).say.code is Code.PUT_DONE


def test_with_proof_by_tote_an_empty_one_is_bound_and_filled_at_once(two, scan, facts_of):
    state = run(two(proof=SlotProof.TOTE, slots=SLOTS), ev.Walk(), Scanned(scan("bin", "B-1"))).state
    state = run(state, Scanned(scan("item", "A", qty=5))).state
    done = step(state, Scanned(scan("tote", "T-6")))
    assert [type(fact) for fact in facts_of(done)] == [ToteBind, PutConfirm]


def test_without_proof_a_button_does(two, scan, facts_of):
    state = run(two(proof=SlotProof.NONE), Scanned(scan("item", "A", qty=5))).state
    assert step(state, ev.Put()).say.code is Code.PUT_DONE
    assert step(run(two(), Scanned(scan("item", "A", qty=5))).state, ev.Put()).say.code is Code.NOT_NOW


def test_serial_numbers_and_lots_go_where_their_units_go(cart, scan, facts_of):
    serial = {"serial_tracked": True}
    state = cart(("A", "B-1", 2, of(1, **serial)), ("A", "B-1", 1, of(2, **serial)))
    state = run(
        state, Scanned(scan("bin", "B-1")), *(Scanned(scan("item", "A", serial=s)) for s in ("S1", "S2", "S3"))
    ).state
    done = step(state, Scanned(scan("slot", "C-7/1")))
    assert [(fact.serial, fact.qty) for fact in facts_of(done)] == [("S1", 1), ("S2", 1)]
    assert [fact.serial for fact in facts_of(step(done.state, Scanned(scan("slot", "C-7/2"))))] == ["S3"]


def test_a_short_falls_on_the_order_that_is_least_urgent(two, scan, facts_of):
    state = run(two(), Scanned(scan("item", "A", qty=2)), ev.AskShort()).state
    done = step(state, ev.GiveReason(ShortReason.NOT_FOUND))
    assert [(e.item, e.fact.missing) for e in done.effects] == [("w2", 1), ("w1", 2)]
    assert (done.state.step, done.state.slot) == (PickStep.SORT, 1)
    after = step(done.state, Scanned(scan("slot", "C-7/1")))
    assert (facts_of(after)[0].qty, after.state.line.sku) == (2, "C")


def test_undo_takes_back_a_put_then_a_pick(two, scan, facts_of):
    state = run(two(), Scanned(scan("item", "A", qty=5)), Scanned(scan("slot", "C-7/1"))).state
    first = step(state, ev.Undo())
    assert facts_of(first) == [PutUndo(job="j1", sku="A", qty=3, slot=1, from_tote="C-7", tote="T-1")]
    assert (first.state.step, first.state.slot) == (PickStep.SORT, 1)
    second = step(first.state, ev.Undo())
    assert [(type(f), f.qty, f.tote) for f in facts_of(second)] == [(PickUndo, 2, "C-7"), (PickUndo, 3, "C-7")]
    assert (second.state.step, second.state.line.open) == (PickStep.ITEM, 5)


def test_skipping_with_units_in_hand_sorts_them_first(two, scan):
    state = run(two(), Scanned(scan("item", "A", qty=3)), ev.Skip()).state
    assert (state.step, state.slot) == (PickStep.SORT, 1)
    assert step(state, Scanned(scan("slot", "C-7/1"))).state.line.sku == "C"


def test_a_started_product_is_finished_first_where_the_site_wants_it(cart, scan):
    specs = (("A", "B-1", 1, of(1)), ("C", "B-1", 1, of(1)), ("A", "B-3", 1, of(2)))
    taken = (Scanned(scan("bin", "B-1")), Scanned(scan("item", "A")), Scanned(scan("slot", "C-7/1")))
    assert run(cart(*specs), *taken).state.line.sku == "C"
    assert run(cart(*specs, product_first=True), *taken).state.line.place == "B-3"


# --- full ---


def test_a_full_slot_takes_what_fits_and_gets_another_tote(two, scan, facts_of):
    state = run(two(), Scanned(scan("item", "A", qty=5))).state
    assert step(state, ev.ToteFull(3)).say.code is Code.NOT_NOW
    done = step(state, ev.ToteFull(2))
    assert [type(fact) for fact in facts_of(done)] == [PutConfirm, ToteDrop]
    assert facts_of(done)[1] == ToteDrop(job="j1", tote="T-1", lane="", full=True)
    assert (done.state.step, done.state.slot, prompt(done.state).code) == (PickStep.SORT, 1, Code.SCAN_SLOT_TOTE)
    assert not done.state.can_undo
    after = run(done.state, Scanned(scan("tote", "T-8")), Scanned(scan("slot", "C-7/1")))
    assert (facts_of(after)[0].tote, facts_of(after)[0].qty) == ("T-8", 1)


def test_nothing_fits_any_more(two, scan, facts_of):
    state = run(two(), Scanned(scan("item", "A", qty=5))).state
    assert [type(fact) for fact in facts_of(step(state, ev.ToteFull()))] == [ToteDrop]


def test_the_rest_of_a_full_slot_is_somebody_elses_work(two, scan, facts_of):
    state = run(two(), Scanned(scan("item", "A", qty=5)), ev.ToteFull(1)).state
    assert step(run(two(), Scanned(scan("item", "A", qty=5))).state, ev.RestLater()).say.code is Code.NOT_NOW
    done = step(state, ev.RestLater())
    facts = facts_of(done)
    assert [(type(f), getattr(f, "qty", None), getattr(f, "missing", None)) for f in facts] == [
        (PickUndo, 2, None), (PickShort, None, 2), (PickShort, None, 1),
    ]  # fmt: skip
    assert {f.reason for f in facts[1:]} == {ShortReason.PICK_LATER}
    assert (done.say.words, done.state.slot) == ({"slot": 1, "n": 2}, 2)
    line = done.state.lines[1]
    assert (line.done, line.put, line.short, line.open) == (1, 1, 2, 0)


def test_a_full_cart_is_unloaded_and_the_walk_goes_on(two, scan, facts_of):
    state = run(
        two(), Scanned(scan("item", "A", qty=5)), Scanned(scan("slot", "C-7/1")), Scanned(scan("slot", "C-7/2"))
    ).state
    away = step(state, ev.Unload())
    assert (away.state.step, prompt(away.state).code) == (PickStep.DROP, Code.UNLOAD_CART)
    assert step(away.state, ev.CancelShort()).state.step is PickStep.BIN
    done = step(away.state, Scanned(scan("bin", "P-1"), lane=True))
    assert [(f.tote, f.lane, f.full) for f in facts_of(done)] == [("T-1", "P-1", False), ("T-2", "P-1", False)]
    assert (done.say.words, done.state.step, done.state.line.sku) == ({"n": 2, "lane": "P-1"}, PickStep.BIN, "C")
    assert not done.state.can_undo
    assert step(done.state, ev.Unload()).say.code is Code.NOT_NOW


def test_unloading_tote_by_tote(two, scan, facts_of):
    state = run(
        two(), Scanned(scan("item", "A", qty=5)), Scanned(scan("slot", "C-7/1")), Scanned(scan("slot", "C-7/2")),
        ev.Unload(),
    ).state  # fmt: skip
    assert step(state, Scanned(scan("tote", "T-9"))).say.code is Code.NOT_ON_CART
    held = step(state, Scanned(scan("tote", "T-1")))
    assert (held.say.code, prompt(held.state).words) == (Code.TOTE_IN_HAND, {"tote": "T-1"})
    assert step(held.state, ev.CancelShort()).state.dropping is None
    down = step(held.state, Scanned(scan("bin", "P-1"), lane=True))
    assert facts_of(down) == [ToteDrop(job="j1", tote="T-1", lane="P-1")]
    assert down.state.step is PickStep.DROP
    last = run(down.state, Scanned(scan("tote", "T-2")), Scanned(scan("bin", "P-1"), lane=True))
    assert (last.state.step, last.state.line.sku) == (PickStep.BIN, "C")


@pytest.fixture
def picked(two, scan):
    return run(
        two(), Scanned(scan("item", "A", qty=5)), Scanned(scan("slot", "C-7/1")), Scanned(scan("slot", "C-7/2")),
        Scanned(scan("bin", "B-2")), Scanned(scan("item", "C")), Scanned(scan("slot", "C-7/1")),
    ).state  # fmt: skip


def test_all_totes_to_one_lane_with_one_scan(picked, scan, facts_of):
    assert picked.step is PickStep.DROP
    assert step(picked, ev.CancelShort()).say.code is Code.NOT_NOW
    done = step(picked, Scanned(scan("bin", "P-1"), lane=True))
    assert facts_of(done) == [JobDrop(job="j1", tote=None, lane="P-1")]
    assert done.state.step is PickStep.DONE


def test_the_last_tote_set_down_ends_the_job(picked, scan, facts_of):
    done = run(
        picked, Scanned(scan("tote", "T-2")), Scanned(scan("bin", "P-1"), lane=True), Scanned(scan("tote", "T-1")),
        Scanned(scan("bin", "P-1"), lane=True),
    )  # fmt: skip
    assert facts_of(done) == [
        ToteDrop(job="j1", tote="T-1", lane="P-1"),
        JobDrop(job="j1", tote=None, lane="P-1"),
    ]
    assert done.state.step is PickStep.DONE


def test_units_picked_before_a_restart_are_sorted_by_what_the_lines_know(two, scan, facts_of):
    state = run(two(), Scanned(scan("item", "A", qty=5))).state
    done = step(replace(state, trail=()), Scanned(scan("slot", "C-7/1")))
    assert [(fact.qty, fact.lot) for fact in facts_of(done)] == [(3, None)]


def test_pick_facts_name_the_cart_and_nothing_is_counted_twice(two, scan, facts_of):
    state = two()
    picked = [run(state, Scanned(scan("item", "A", qty=5)))]
    assert all(isinstance(f, PickConfirm) and f.tote == "C-7" for f in facts_of(picked[0]))
    assert sum(f.qty for f in facts_of(picked[0])) == 5


def test_a_lot_that_was_put_before_is_not_put_again(cart, scan, facts_of):
    """Two lots of one line: what is already in the slot is passed over, scan by scan."""
    lot = {"lot": "L1", "lot_tracked": True}
    state = cart(("A", "B-1", 4, of(1, **lot)), ("C", "B-2", 1, of(1)))
    state = run(state, Scanned(scan("bin", "B-1")), Scanned(scan("item", "A", lot="L1")), ev.Skip()).state
    state = run(state, Scanned(scan("slot", "C-7/1")), Scanned(scan("bin", "B-2")), Scanned(scan("item", "C"))).state
    state = run(
        state, Scanned(scan("slot", "C-7/1")), Scanned(scan("bin", "B-1")), Scanned(scan("item", "A", lot="L1"))
    ).state
    state = run(state, *[Scanned(scan("item", "A", lot="L2"))] * 3).state
    done = step(state, Scanned(scan("slot", "C-7/1")))
    assert [(fact.lot, fact.qty) for fact in facts_of(done)] == [("L1", 1), ("L2", 2)]
