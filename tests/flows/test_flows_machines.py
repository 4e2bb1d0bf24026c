"""Any sequence of events whatever: counts never exceed, and the facts add up to the state."""

from collections import Counter
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from app.core.facts import (
    HoldReason,
    PackConfirm,
    PackShort,
    PickConfirm,
    PickShort,
    PickUndo,
    PickUnshort,
    ShortReason,
)
from app.core.scan import ScanFields, ScanKind, ScanMeaning
from app.core.views import PackStep, PickStep
from app.flows import pack, pick
from app.flows import pack_events as ev
from app.flows import pick_events as pev
from app.flows.pack_state import TRANSITIONS as PACK_TRANSITIONS
from app.flows.pack_state import prompt as pack_prompt
from app.flows.pack_state import start as start_pack
from app.flows.pick_prompt import expect, prompt
from app.flows.pick_state import TRANSITIONS as PICK_TRANSITIONS
from app.flows.pick_state import start
from app.flows.step import PrintLabel
from app.flows.units import Line
from app.flows.weight import Check

SKUS, BINS, SERIALS, LOTS = ("A", "B", "C"), ("B-1", "B-2", "LANE"), ("S1", "S2", "S3"), (None, "L1", "L2")


def meaning(kind, id, qty=1, **fields):
    return ScanMeaning(ScanKind(kind), id, ScanFields(id, **fields), qty)


def meanings():
    item = st.builds(
        lambda sku, qty, lot, serial: meaning("item", sku, qty, lot=lot, serial=serial),
        st.sampled_from(SKUS),
        st.sampled_from((1, 1, 1, 2, 6)),
        st.sampled_from(LOTS),
        st.sampled_from((None, *SERIALS)),
    )
    other = st.builds(
        meaning,
        st.sampled_from(("tote", "bin", "carton", "parcel", "order", "badge", "unknown", "command")),
        st.sampled_from((*BINS, "T-1", "T-2", "M1", "parcel1", "L1", "S1")),
    )
    return st.one_of(item, item, other)


def lines():
    return (
        Line("w1", "A", "B-1", 3),
        Line("w2", "B", "B-1", 2, lot="L1", lot_tracked=True),
        Line("w3", "C", "B-2", 2, serial_tracked=True),
        Line("w4", "A", "B-1", 1),
    )


class Picking(RuleBasedStateMachine):
    """A picker who does anything at all."""

    def __init__(self):
        super().__init__()
        self.state = start("j1", "O1", lines(), None, "LANE")
        self.done = Counter()
        self.short = Counter()

    def run_event(self, event, rights):
        before = self.state
        step = pick.step(before, event, rights)
        for effect in step.effects:
            match effect.fact:
                case PickConfirm(qty=qty, from_bin=place, sku=sku):
                    assert (place, sku) == next((x.place, x.sku) for x in before.lines if x.item == effect.item)
                    assert before.bin_at == place
                    self.done[effect.item] += qty
                case PickUndo(qty=qty):
                    self.done[effect.item] -= qty
                case PickShort(missing=missing):
                    assert missing > 0
                    self.short[effect.item] += missing
                case PickUnshort(qty=qty):
                    self.short[effect.item] -= qty
        if step.refused:
            assert [line.done for line in step.state.lines] == [line.done for line in before.lines]
            assert step.state.step is before.step
        assert step.state.step is before.step or step.state.step in PICK_TRANSITIONS[before.step]
        self.state = step.state

    @rule(
        what=meanings(),
        lane=st.booleans(),
        used=st.booleans(),
        over=st.booleans(),
        gone=st.sampled_from([False] * 9 + [True]),
    )
    def scan(self, what, lane, used, over, gone):
        self.run_event(pev.Scanned(what, "O9" if used else None, lane), pev.Rights(over, gone))

    @rule(qty=st.sampled_from((1, 1, 2)))
    def right_item(self, qty):
        line = self.state.line
        if line is not None:
            serial = next((s for s in SERIALS if s not in line.serials), None) if line.serial_tracked else None
            self.run_event(pev.Scanned(meaning("item", line.sku, qty, lot=line.lot, serial=serial)), pev.Rights())

    @rule()
    def right_bin(self):
        if self.state.line is not None:
            self.run_event(pev.Scanned(meaning("bin", self.state.line.place)), pev.Rights())

    @rule()
    def right_tote(self):
        self.run_event(pev.Scanned(meaning("tote", "T-1")), pev.Rights())

    @rule(event=st.sampled_from((pev.AskShort(), pev.CancelShort(), pev.Skip(), pev.Undo(), pev.Acknowledge())))
    def button(self, event):
        self.run_event(event, pev.Rights())

    @rule(reason=st.sampled_from(list(ShortReason)))
    def reason(self, reason):
        self.run_event(pev.GiveReason(reason), pev.Rights())

    @invariant()
    def counts_add_up(self):
        for line in self.state.lines:
            assert 0 <= line.done <= line.need
            assert line.done + line.short <= line.need
            assert self.done[line.item] == line.done
            assert self.short[line.item] == line.short
            assert len(set(line.serials)) == len(line.serials)
            assert not line.serial_tracked or len(line.serials) == line.done
        assert sorted(self.state.walk) == list(range(len(self.state.lines)))

    @invariant()
    def nobody_is_stuck(self):
        assert prompt(self.state)
        expect(self.state)
        if self.state.step in (PickStep.BIN, PickStep.ITEM, PickStep.SHORT):
            assert self.state.line is not None
        if self.state.step is PickStep.ITEM:
            assert self.state.bin_confirmed
        if self.state.step is PickStep.DROP:
            assert self.state.line is None


class Packing(RuleBasedStateMachine):
    """A packer, a scale and a printer that do anything at all."""

    def __init__(self):
        super().__init__()
        self.state = start_pack("p1", "O1", "T-1", "parcel1", "3401", lines())
        self.done = Counter()
        self.short = Counter()
        self.printed = []

    @rule(what=meanings(), fits=st.booleans())
    def scan(self, what, fits):
        self.run_event(ev.Scanned(what, fits))

    @rule()
    def right_item(self):
        line = self.state.line
        if line is not None:
            serial = next((s for s in SERIALS if s not in line.serials), None) if line.serial_tracked else None
            self.run_event(ev.Scanned(meaning("item", line.sku, lot=line.lot, serial=serial)))

    @rule(
        event=st.one_of(
            st.builds(ev.ChooseCarton, st.sampled_from(("M1", "L1")), st.booleans()),
            st.builds(ev.WeightSeen, st.integers(-5, 300), st.sampled_from((Check(100, 30), Check(None, 0)))),
            st.builds(ev.ReleaseWeight, st.just("boss"), st.just("x")),
            st.just(ev.AskMissing()),
            st.just(ev.AskHold()),
            st.builds(ev.GiveHold, st.sampled_from(list(HoldReason))),
            st.just(ev.Resume("BENCH-1")),
            st.builds(ev.FetchHot, st.sampled_from(list(ShortReason))),
            st.builds(ev.CameOut, st.booleans()),
            st.builds(ev.Reprint, st.just("x")),
            st.just(ev.Acknowledge()),
        )
    )
    def act(self, event):
        self.run_event(event)

    @rule(reason=st.sampled_from(list(ShortReason)))
    def missing(self, reason):
        if self.state.line is not None:
            self.run_event(ev.GiveMissing("boss", reason))

    @rule(n=st.integers(0, 3), state=st.sampled_from(("queued", "sending", "printed", "failed", "unsure")))
    def printer(self, n, state):
        self.run_event(ev.LabelTold(f"parcel1.{n}", state, 3))

    @rule(awaited=st.integers(0, 2))
    def goods(self, awaited):
        """As many as were sent for come, but `awaited`, and more is never owed than was asked at first."""
        need = {line.item: line.need for line in lines()}
        told = tuple(replace(line, need=max(line.need, need[line.item] - awaited)) for line in self.state.lines)
        self.run_event(ev.GoodsCame(told, awaited))

    @rule()
    def not_aside(self):
        if self.state.step is PackStep.HOLD:
            self.run_event(ev.Undo())

    def run_event(self, event):
        before = self.state
        step = pack.step(before, event)
        for effect in step.effects:
            if isinstance(effect, PrintLabel):
                # A label comes out again only because a person asked for it, never under an old name.
                asked = isinstance(event, ev.Reprint | ev.CameOut)
                assert not self.printed or asked or before.step is PackStep.WEIGHT
                assert effect.print_job not in self.printed
                self.printed.append(effect.print_job)
                continue
            match effect.fact:
                case PackConfirm(qty=qty):
                    self.done[effect.item] += qty
                case PackShort(missing=missing):
                    self.short[effect.item] += missing
        if step.refused:
            assert [line.done for line in step.state.lines] == [line.done for line in before.lines]
        assert step.state.step is before.step or step.state.step in PACK_TRANSITIONS[before.step]
        self.state = step.state

    @invariant()
    def counts_add_up(self):
        for line in self.state.lines:
            assert line.done + line.short <= line.need
            assert (self.done[line.item], self.short[line.item]) == (line.done, line.short)
        if self.state.step not in (PackStep.UNITS, PackStep.HOLD, PackStep.ASIDE):
            assert self.state.open == 0
        assert len(self.printed) == self.state.prints
        assert pack_prompt(self.state)


TestPicking = Picking.TestCase
TestPicking.settings = settings(max_examples=60, stateful_step_count=60)
TestPacking = Packing.TestCase
TestPacking.settings = settings(max_examples=60, stateful_step_count=60)
