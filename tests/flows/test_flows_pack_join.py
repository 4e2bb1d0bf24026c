"""Orders that share a parcel, one pure step at a time: joined, taken apart, called off, carried on into the next parcel."""

from dataclasses import replace

import pytest

from app.core.facts import (
    HoldReason,
    PackConfirm,
    PackJoin,
    PackPart,
    PackShort,
    PackUndo,
    ParcelLeave,
    ParcelShip,
    PhotoOf,
    PhotoTaken,
    ShortReason,
)
from app.core.messages import Code
from app.core.views import PackStep
from app.flows import pack_events as ev
from app.flows.pack import step
from app.flows.pack_join import alone, left_behind
from app.flows.pack_state import expect, prompt
from app.flows.units import Line

OTHER = ev.Join("O2", "p2", "T-2", (), "parcel2", "sscc2", (Line("g1", "C", "T-2", 2, order="O2"),))
JOINED = PackJoin(job="p1", parcel="parcel1", order="O2", other="p2", tote="T-2")


def run(state, *events):
    for event in events:
        done = step(state, event)
        state = done.state
    return done


@pytest.fixture
def item(scan):
    return lambda sku, **more: ev.Scanned(scan("item", sku, **more))


@pytest.fixture
def shared(pack_state):
    """O1 (1 A) and O2 (2 C) in one parcel, nothing packed."""
    return step(pack_state(("A", "T-1", 1)), OTHER).state


def test_a_second_order_joins_and_its_units_count_for_its_own_job(pack_state, item, facts_of):
    asked = step(pack_state(("A", "T-1", 1)), ev.AskJoin(True))
    assert (prompt(asked.state).code, expect(asked.state).kinds) == (Code.SCAN_JOIN_TOTE, {"tote"})
    joined = step(asked.state, OTHER)
    assert (facts_of(joined), joined.say.code, joined.state.joining) == ([JOINED], Code.ORDER_JOINED, False)
    state = joined.state
    assert (state.totes, state.orders, state.open, state.to_come) == (("T-1", "T-2"), ("O1", "O2"), 3, 1)
    packed = run(state, item("A"), item("C"))
    assert [(fact.job, fact.parcel, fact.tote) for fact in facts_of(packed)] == [("p2", "parcel1", "T-2")]
    assert isinstance(facts_of(packed)[0], PackConfirm)
    assert step(packed.state, ev.Undo()).effects[0].fact.job == "p2"


@pytest.mark.parametrize("to", [PackStep.UNITS, PackStep.CARTON, PackStep.WEIGHT])
def test_it_joins_until_there_is_a_label(pack_state, item, to):
    state = pack_state(("A", "T-1", 1))
    events = {
        PackStep.UNITS: (),
        PackStep.CARTON: (item("A"),),
        PackStep.WEIGHT: (item("A"), ev.ChooseCarton("", True)),
    }
    before = run(state, *events[to]).state if events[to] else state
    joined = step(before, OTHER)
    assert (before.step, joined.state.step, joined.state.carton) == (to, PackStep.UNITS, None)


def test_asked_and_not_wanted_after_all(pack_state):
    state = pack_state(("A", "T-1", 1))
    assert step(state, ev.AskJoin(False)).say.code is Code.JOIN_NOBODY
    for back in (ev.Undo(), ev.Acknowledge()):
        assert run(state, ev.AskJoin(True), back).state == state


def test_why_not_is_said_and_nothing_happens(shared):
    no = step(shared, ev.Join("O3", reason="other_address"))
    assert (no.refused, no.say.code, no.say.words) == (
        True,
        Code.JOIN_REFUSED,
        {"order": "O3", "reason": "other_address"},
    )
    assert no.state.guests == shared.guests


def test_taken_apart_its_units_come_out_newest_first(shared, item, facts_of):
    packed = run(shared, item("C"), item("A"), item("C")).state
    assert packed.step is PackStep.CARTON
    apart = step(packed, ev.Part())
    assert facts_of(apart) == [
        *[PackUndo(job="p2", sku="C", qty=1, tote="T-2", parcel="parcel1")] * 2,
        PackPart(job="p1", parcel="parcel1", order="O2", other="p2"),
    ]
    assert (apart.say.code, apart.say.words) == (Code.ORDER_PARTED, {"order": "O2", "tote": "T-2", "n": 2})
    assert (apart.state.orders, apart.state.in_parcel, apart.state.step) == (("O1",), 1, PackStep.CARTON)
    own = alone(packed, packed.guests[0])
    assert (own.job, own.parcel, own.open, own.in_parcel, own.step) == ("p2", "parcel2", 2, 0, PackStep.UNITS)
    assert step(apart.state, ev.Part()).say.code is Code.NOT_NOW


def test_once_a_label_is_asked_for_they_stay_together(shared):
    for at in (PackStep.LABEL, PackStep.LABEL_UNSURE, PackStep.SCAN_BACK, PackStep.NEXT_PARCEL, PackStep.DONE):
        assert step(replace(shared, step=at), ev.Part()).refused
        assert step(replace(shared, step=at), OTHER).refused


def test_while_one_is_called_off_nothing_goes_on_but_taking_it_out(shared, item):
    packed = run(shared, item("C")).state
    for event in (item("A"), ev.CloseParcel(), ev.AskMissing()):
        assert step(packed, event, lost="O2").say.code is Code.JOIN_GONE
        assert step(packed, event, gone=True).say.code is Code.JOB_GONE
    assert step(packed, ev.Part(), gone=True, lost="O2").state.orders == ("O1",)


def test_what_goes_only_alone_says_so(shared, item):
    packed = run(shared, item("A")).state
    assert step(packed, ev.FetchHot(ShortReason.NOT_FOUND)).say.code is Code.PART_FIRST
    assert step(shared, ev.AskHold()).say.code is Code.PART_FIRST
    assert step(run(packed, ev.Part()).state, ev.AskHold()).state.step is PackStep.HOLD
    assert set(HoldReason)


def test_a_short_counts_for_the_order_it_is_short_of(shared, item, facts_of):
    short = run(shared, item("A"), ev.AskMissing(), ev.GiveMissing("boss", ShortReason.NOT_FOUND))
    [fact] = facts_of(short)
    assert (type(fact), fact.job, fact.missing) == (PackShort, "p2", 2)


def label(state, scan):
    return step(replace(state, step=PackStep.SCAN_BACK, prints=1), ev.Scanned(scan("parcel", state.parcel)))


def test_the_rest_of_both_goes_into_the_next_parcel(pack_state, item, scan, facts_of):
    full = run(pack_state(("A", "T-1", 2)), OTHER, item("A"), item("C")).state
    left = label(full, scan)
    assert isinstance(facts_of(left)[-1], ParcelLeave)
    following = step(left.state, ev.NextParcel("next", "sscc9"))
    assert facts_of(following) == [PackJoin(job="p1", parcel="next", order="O2", other="p2", tote="T-2")]
    done = run(full, item("C")).state
    gone = step(label(done, scan).state, ev.NextParcel("next", "sscc9"))
    assert (facts_of(gone), gone.state.orders, gone.state.open) == ([], ("O1",), 1)


def test_when_only_the_other_has_units_left_it_goes_on_alone(shared, item, scan, facts_of):
    full = run(shared, item("A"), item("C")).state
    sent = label(full, scan)
    assert (type(facts_of(sent)[-1]), sent.state.step) == (ParcelShip, PackStep.DONE)
    rest = left_behind(full, full.guests[0])
    assert (rest.order, rest.open, rest.packed, rest.in_parcel) == ("O2", 1, 1, 0)


def test_a_picture_is_of_the_parcel_in_hand(shared, facts_of):
    taken = step(shared, ev.PhotoKept("ab", 3, 4, 5, PhotoOf.DAMAGE), gone=True)
    fact = PhotoTaken(job="p1", parcel="parcel1", sha256="ab", size=3, width=4, height=5, of=PhotoOf.DAMAGE)
    assert (facts_of(taken), taken.state.photos, taken.say.code) == ([fact], 1, Code.PHOTO_KEPT)
    assert step(replace(shared, step=PackStep.DONE), ev.PhotoKept("ab", 3, 4, 5, PhotoOf.PARCEL)).refused
