"""Any sequence of scans, buttons and changes by the centre at a cart: what lies where adds up with the facts, and nobody is ever stuck."""

from collections import Counter

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from app.core.facts import PickConfirm, PickShort, PickUndo, PickUnshort, PutConfirm, PutUndo, ShortReason, SlotProof
from app.core.scan import ScanFields, ScanKind, ScanMeaning
from app.core.views import PickStep
from app.flows import pick
from app.flows import pick_events as ev
from app.flows.pick_backs import catch_up
from app.flows.pick_prompt import expect, prompt
from app.flows.pick_state import CartSlot, Rules, start
from app.flows.units import Line

LINES = (
    Line("w1", "A", "B-1", 3, seq=10, order="O1", urgency="2", slot=1),
    Line("w2", "A", "B-1", 2, seq=10, order="O2", urgency="1", slot=2),
    Line("w3", "C", "B-2", 2, seq=20, order="O1", slot=1, serial_tracked=True),
    Line("w4", "D", "B-3", 2, seq=30, order="O3", slot=3, empties=True),
    Line("w5", "A", "B-4", 1, seq=40, order="O3", slot=3, careful=True),
)


def scan(kind, id, qty=1, **fields):
    return ev.Scanned(ScanMeaning(ScanKind(kind), id, ScanFields(id, **fields), qty))


class Carting(RuleBasedStateMachine):
    """A picker with a cart, and a centre that changes its mind."""

    def __init__(self):
        super().__init__()
        slots = tuple(CartSlot(n, f"O{n}") for n in (1, 2, 3))
        self.state = start("j1", "O1", LINES, rules=Rules(proof=SlotProof.SLOT), slots=slots)
        self.at = Counter()
        self.short = Counter()
        self.serials = iter(f"S{n}" for n in range(10_000))
        self.cancelled = frozenset()

    def run_event(self, event):
        done = pick.step(self.state, event)
        for effect in done.effects:
            fact = effect.fact
            match fact:
                case PickConfirm():
                    self.at[effect.item, fact.tote] += fact.qty
                case PickUndo():
                    self.at[effect.item, fact.tote] -= fact.qty
                case PutConfirm():
                    self.at[effect.item, fact.from_tote] -= fact.qty
                    self.at[effect.item, fact.tote] += fact.qty
                case PutUndo():
                    self.at[effect.item, fact.from_tote] += fact.qty
                    self.at[effect.item, fact.tote] -= fact.qty
                case PickShort():
                    self.short[effect.item] += fact.missing
                case PickUnshort():
                    self.short[effect.item] -= fact.qty
        assert min(self.at.values(), default=0) >= 0
        self.state = done.state

    @rule(tote=st.sampled_from(("T-1", "T-2", "T-3", "T-4", "T-5")))
    def tote(self, tote):
        self.run_event(scan("tote", tote))

    @rule(
        kind=st.sampled_from(("bin", "item", "slot", "unknown", "cart")),
        id=st.sampled_from(("B-1", "A", "C-7/1", "C-7")),
    )
    def any_scan(self, kind, id):
        self.run_event(scan(kind, id))

    @rule(qty=st.sampled_from((1, 1, 2)))
    def what_is_asked(self, qty):
        """The right scan, whatever the step."""
        state, line = self.state, self.state.line
        asked = {
            PickStep.CART: lambda: scan("cart", "C-7"),
            PickStep.BIN: lambda: scan("bin", line.place),
            PickStep.BACK_BIN: lambda: scan("bin", line.place),
            PickStep.ITEM: lambda: scan("item", line.sku, qty, serial=next(self.serials)),
            PickStep.CHECK: lambda: scan("item", line.sku, state.check.qty),
            PickStep.BACK_ITEM: lambda: scan("item", line.sku, serial=line.serials[0] if line.serials else None),
            PickStep.SORT: lambda: scan("slot", f"{state.cart}/{state.slot}"),
        }
        if state.step in asked:
            self.run_event(asked[state.step]())

    @rule(
        event=st.sampled_from(
            (ev.Walk(), ev.AskShort(), ev.CancelShort(), ev.Skip(), ev.Undo(), ev.Undo(), ev.ToteFull(0), ev.ToteFull(1),
             ev.RestLater(), ev.Unload(), ev.Answer(False), ev.AskRemove(), ev.Typed(1), ev.OnScale(1, 100),
             ev.OnScale(None, 9), ev.CallGoods(), ev.Acknowledge(),
             ev.GiveReason(ShortReason.NOT_FOUND), ev.GiveReason(ShortReason.PICK_LATER))
        )
    )  # fmt: skip
    def button(self, event):
        self.run_event(event)

    @rule()
    def lane(self):
        self.run_event(ev.Scanned(ScanMeaning(ScanKind.BIN, "P-1", ScanFields("P-1")), lane=True))

    @rule(item=st.sampled_from(("w1", "w2", "w3", "w4", "w5")))
    def the_centre_cancels(self, item):
        if self.state.step is not PickStep.DONE and len(self.cancelled) < 3:
            self.cancelled |= {item}
            self.state = catch_up(self.state, (), self.cancelled)

    @rule(need=st.integers(1, 4))
    def the_centre_changes_its_mind(self, need):
        if self.state.step is not PickStep.DONE and "w4" not in self.cancelled:
            line = Line("w4", "D", "B-3", need)
            self.state = catch_up(self.state, (line,), self.cancelled)
            assert catch_up(self.state, (line,), self.cancelled) is self.state

    @invariant()
    def what_lies_where_adds_up(self):
        for line in self.state.lines:
            if line.back:
                continue
            lying = {tote: n for (item, tote), n in self.at.items() if item == line.item and n}
            assert sum(lying.values()) == line.done, line
            assert 0 <= line.put <= line.done or line.gone
            assert line.open >= 0
            assert line.gone or lying.get(self.state.cart, 0) == line.done - line.put
            waiting = sum(back.open for back in self.state.lines if back.back and back.item == line.item)
            assert not line.gone or waiting == line.done

    @invariant()
    def nobody_is_stuck(self):
        assert prompt(self.state)
        expect(self.state)
        if self.state.step is PickStep.SORT:
            assert any(self.state.lines[n].slot == self.state.slot for n in self.state.hand)
        if self.state.step in (PickStep.BIN, PickStep.ITEM, PickStep.SHORT, PickStep.BACK_BIN, PickStep.BACK_ITEM):
            assert self.state.line is not None
            assert self.state.line.back == (self.state.step in (PickStep.BACK_BIN, PickStep.BACK_ITEM))


TestCarting = Carting.TestCase
TestCarting.settings = settings(max_examples=60, stateful_step_count=60)
