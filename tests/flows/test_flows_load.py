"""Pallets and trucks: each step, and each way it can go wrong."""

from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from app.core.facts import (
    LoadHandover,
    LoadScan,
    LoadTake,
    PalletClose,
    PalletOpen,
    PalletPut,
    PalletTake,
    ScanRefused,
)
from app.core.facts import PalletState as Kind
from app.core.facts import ParcelState as Box
from app.core.messages import Code
from app.core.views_load import LoadStep
from app.flows import load
from app.flows import load_events as ev
from app.flows.load_state import (
    MOST_TRAIL,
    TRANSITIONS,
    LoadState,
    PalletState,
    TruckState,
    prompt,
    sscc_valid,
)

ONE, TWO = "387123450000012343", "387123450000012350"


def box(name="a", carrier="DHL", state=Box.SHIPPED, **more):
    return ev.Parcel(name, carrier, state, f"O-{name}", **more)


def full(name=TWO, state=Kind.CLOSED, carrier="DHL", parcels=(), **more):
    return ev.Pallet(name, state, carrier, parcels, **more)


def saw(thing):
    return ev.SawParcel(thing.sscc, thing) if isinstance(thing, ev.Parcel) else ev.SawPallet(thing.sscc, thing)


def pallet(*parcels, step=LoadStep.BUILD, carrier="DHL", **more):
    return LoadState(pallet=PalletState(ONE, carrier, step, parcels, **more))


def truck(*parcels, pallets=(), step=LoadStep.FILL, **more):
    return LoadState(truck=TruckState("t1", "DHL", step, pallets=pallets, parcels=parcels, **more))


def run(state, *events):
    done = None
    for event in events:
        done = load.step(state, event)
        state = done.state
    return done


def facts(done):
    return [effect.fact for effect in done.effects]


def test_a_pallet_from_its_label_to_its_label():
    label = saw(full(ONE, Kind.PLANNED, ""))
    opened = run(LoadState(pallet=PalletState(ONE)), label)
    assert facts(opened) == [PalletOpen(pallet=ONE)]
    on = run(opened.state, saw(box()))
    assert facts(on) == [PalletPut(pallet=ONE, parcel="a", scan="a")]
    assert (on.say.code, on.say.words, on.state.pallet.carrier) == (Code.PARCEL_ON, {"n": 1}, "DHL")
    closed = run(on.state, label)
    assert facts(closed) == [PalletClose(pallet=ONE, parcels=1)]
    again = run(closed.state, ev.Reopen())
    assert (again.state.pallet.step, facts(again)) == (LoadStep.BUILD, [PalletOpen(pallet=ONE, carrier="DHL")])


@pytest.mark.parametrize(
    ("thing", "code"),
    [
        (box("b"), Code.ALREADY_ON_PALLET),
        (box(load="t9"), Code.PARCEL_LEFT),
        (box(state=Box.VOID), Code.PARCEL_IS_VOID),
        (box(pallet=TWO), Code.ON_OTHER_PALLET),
        (box(carrier="GLS"), Code.OTHER_CARRIER),
        (full(), Code.OTHER_PALLET_OPEN),
    ],
    ids=lambda value: value.value if isinstance(value, Code) else "",
)
def test_what_does_not_go_onto_a_pallet(thing, code):
    there = box("b", pallet=ONE)
    thing = there if code is Code.ALREADY_ON_PALLET else thing
    # The carrier is that of what stands there, even before the centre has said so.
    done = run(pallet(there, carrier=""), saw(thing))
    assert (done.refused, done.say.code) == (True, code)
    assert [type(fact) for fact in facts(done)] == [ScanRefused]
    assert done.state.pallet.parcels == (there,)


def test_a_label_that_was_not_scanned_back_is_said_and_not_refused():
    done = run(pallet(), saw(box(state=Box.LABEL_PRINTED)))
    assert (done.refused, done.say.code) == (False, Code.PARCEL_ON_UNCHECKED)


def test_a_parcel_comes_off():
    a, b = box("a", pallet=ONE), box("b", pallet=ONE)
    asked = run(pallet(a, b), ev.TakeOff())
    assert asked.state.pallet.step is LoadStep.OFF
    assert run(asked.state, saw(box("c"))).say.code is Code.NOT_ON_PALLET
    off = run(asked.state, saw(a))
    assert (facts(off), off.state.pallet.parcels) == ([PalletTake(pallet=ONE, parcel="a")], (b,))
    assert run(asked.state, ev.Cancel()).state.pallet.step is LoadStep.BUILD
    back = run(off.state, ev.Undo())
    assert facts(back) == [PalletPut(pallet=ONE, parcel="a")]


def test_the_last_parcel_is_taken_back_unless_somebody_else_was_faster():
    on = run(pallet(), saw(box()))
    back = run(on.state, ev.Undo())
    assert (facts(back), back.state.pallet.parcels) == ([PalletTake(pallet=ONE, parcel="a")], ())
    gone = LoadState(pallet=replace(on.state.pallet, parcels=()))
    late = run(gone, ev.Undo())
    assert (late.refused, facts(late), late.state.pallet.trail) == (True, [], ())
    assert run(late.state, ev.Undo()).say.code is Code.NOTHING_TO_UNDO


def test_an_empty_pallet_is_neither_closed_nor_taken_from():
    for event in (ev.Close(), ev.TakeOff(), saw(full(ONE, Kind.OPEN))):
        assert run(pallet(), event).say.code is Code.PALLET_IS_EMPTY
    assert run(LoadState(pallet=PalletState(ONE)), saw(full())).say.code is Code.OTHER_PALLET_OPEN


@pytest.mark.parametrize(
    ("thing", "code"),
    [
        (box("b"), Code.ALREADY_IN_TRUCK),
        (full(ONE), Code.ALREADY_IN_TRUCK),
        (full(load="t9"), Code.PALLET_LEFT),
        (full(state=Kind.GONE), Code.PALLET_LEFT),
        (full(state=Kind.OPEN), Code.PALLET_NOT_WRAPPED),
        (full(carrier="GLS"), Code.OTHER_CARRIER),
        (full(parcels=(box(listed=False), box("c"))), Code.NOT_MANIFESTED),
        (box(load="t9"), Code.PARCEL_LEFT),
        (box(state=Box.VOID), Code.PARCEL_IS_VOID),
        (box(pallet=TWO), Code.SCAN_ITS_PALLET),
        (box(carrier="GLS"), Code.OTHER_CARRIER),
        (box(state=Box.LABEL_PRINTED), Code.NOT_LABELLED),
        (box(listed=False), Code.NOT_MANIFESTED),
    ],
)
def test_what_does_not_go_into_a_truck(thing, code):
    state = truck(box("b"), pallets=(full(ONE),))
    done = run(state, saw(thing))
    assert (done.refused, done.say.code, done.state) == (True, code, state)
    assert [type(fact) for fact in facts(done)] == [ScanRefused]


def test_a_supervisor_lets_into_the_truck_what_no_list_has():
    alone, whole = box(listed=False), full(parcels=(box("c", listed=False),))
    done = run(truck(), replace(saw(alone), anyway=True), replace(saw(whole), anyway=True))
    assert (done.refused, done.state.truck.units) == (False, 2)
    void = replace(saw(box(state=Box.VOID)), anyway=True)
    assert run(truck(), void).say.code is Code.PARCEL_IS_VOID


def test_a_truck_from_its_door_to_its_driver():
    missing = ("a", TWO, "z")
    done = run(truck(missing=missing), ev.SawPlace("D-3", "DOOR-3"), saw(box()), saw(full()))
    assert facts(done) == [LoadScan(load="t1", carrier="DHL", sscc=TWO, lane="DOOR-3")]
    assert (done.say.words, done.state.truck.missing) == ({"n": 2}, ("z",))
    assert run(done.state, ev.Close()).state.truck.step is LoadStep.LEAVE
    asked = run(done.state, ev.Close(), ev.Leave(), ev.Typed("\x00 Jan  de \x1b Vries "), ev.Typed(""))
    assert (asked.state.truck.driver, asked.state.truck.plate, asked.state.truck.step) == (
        "Jan de Vries",
        "",
        LoadStep.SEAL,
    )
    gone = run(asked.state, ev.SawOther("S-1"), ev.HandOver("1,2 " * 9000))
    [fact] = facts(gone)
    assert isinstance(fact, LoadHandover)
    assert (fact.driver, fact.units, fact.seal, len(fact.signature)) == ("Jan de Vries", 2, "S-1", 8000)
    assert (gone.state.truck.step, gone.say.code) == (LoadStep.GONE, Code.LOAD_HANDED_OVER)


def test_a_complete_truck_asks_for_its_driver_at_once_and_every_question_goes_back():
    state = run(truck(box()), ev.Close()).state
    assert state.truck.step is LoadStep.DRIVER
    assert run(state, ev.Typed("  ")).refused
    signing = run(state, ev.Typed("Jan"), ev.Typed("12-ABC-3"), ev.Typed("")).state
    steps = []
    for _ in range(4):
        signing = run(signing, ev.Cancel()).state
        steps.append(signing.truck.step)
    assert steps == [LoadStep.SEAL, LoadStep.PLATE, LoadStep.DRIVER, LoadStep.FILL]
    assert run(truck(box(), unwrapped=1), ev.Close(), ev.Cancel()).state.truck.step is LoadStep.FILL


def test_what_comes_out_of_a_truck():
    state = run(truck(), saw(box()), saw(full())).state
    out = run(state, ev.TakeOff(), saw(box()))
    assert (facts(out), out.state.truck.units, out.state.truck.step) == (
        [LoadTake(load="t1", sscc="a")], 1, LoadStep.FILL,
    )  # fmt: skip
    assert run(state, ev.TakeOff(), saw(box("z"))).say.code is Code.NOT_IN_TRUCK
    assert run(state, ev.TakeOff(), ev.Cancel()).state.truck.step is LoadStep.FILL
    undone = run(out.state, ev.Undo())
    assert facts(undone) == [LoadTake(load="t1", sscc=TWO)]
    assert run(undone.state, ev.Undo()).say.code is Code.NOTHING_TO_UNDO
    for event in (ev.TakeOff(), ev.Close()):
        assert run(truck(), event).say.code is Code.TRUCK_IS_EMPTY


@pytest.mark.parametrize("step", list(TRANSITIONS))
def test_every_step_has_its_prompt_and_refuses_what_it_does_not_know(step):
    on_pallet = step in (LoadStep.LABEL, LoadStep.BUILD, LoadStep.OFF, LoadStep.WRAPPED)
    state = pallet(step=step) if on_pallet else truck(step=step)
    assert prompt(state.now).look.tone == "ask"
    for event in (ev.Leave(), ev.Reopen(), ev.HandOver(), ev.SawOther("x"), ev.SawOther("x", known=True)):
        if (step, type(event)) not in load.TABLE:
            done = run(state, event)
            assert (done.refused, done.state) == (True, state)
            unknown = isinstance(event, ev.SawOther) and not event.known
            assert done.say.code is (Code.UNKNOWN_CODE if unknown else Code.NOT_NOW)


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        (ONE, True),
        (TWO, True),
        (ONE[:-1] + str(9 - int(ONE[-1])), False),
        (ONE[:-1], False),
        ("x" * 18, False),
        ("²" * 18, False),
    ],
)
def test_check_digits(text, valid):
    assert sscc_valid(text) is valid


class Building(RuleBasedStateMachine):
    """Somebody who scans and presses anything at all: facts and state say the same."""

    def __init__(self):
        super().__init__()
        self.state = pallet(carrier="")
        self.on = set()

    @rule(
        event=st.one_of(
            st.sampled_from("abcdef").map(lambda name: saw(box(name))),
            st.sampled_from((ev.TakeOff(), ev.Undo(), ev.Cancel(), ev.Close(), ev.Reopen(), saw(full()))),
        )
    )
    def act(self, event):
        if isinstance(event, ev.SawParcel) and event.parcel.sscc in self.on:
            event = saw(replace(event.parcel, pallet=ONE))
        # As the service does: what stands there comes from the facts.
        now = replace(self.state.pallet, parcels=tuple(box(name, pallet=ONE) for name in sorted(self.on)))
        done = load.step(LoadState(pallet=now), event)
        for fact in facts(done):
            if isinstance(fact, PalletPut):
                assert fact.parcel not in self.on
                self.on.add(fact.parcel)
            elif isinstance(fact, PalletTake):
                self.on.remove(fact.parcel)
            elif isinstance(fact, PalletClose):
                assert fact.parcels == len(self.on) > 0
        self.state = done.state

    @invariant()
    def the_trail_is_short(self):
        assert len(self.state.pallet.trail) <= MOST_TRAIL


TestBuilding = Building.TestCase
TestBuilding.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
