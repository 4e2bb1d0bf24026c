"""Giving up a line, and the ways around it: why, taking it back, another item instead, calling for goods, putting it off."""

from dataclasses import replace

from app.core.facts import JobDrop, PickShort, PickSkip, PickSubstitute, ReplenishCall, ShortReason, SubstituteAsk
from app.core.messages import Code, Message, say
from app.core.scan import ScanKind
from app.core.views import PickStep
from app.flows.pick_events import AskShort, AskSubstitute, CallGoods, GiveReason, Scanned, Skip
from app.flows.pick_no import line_in_hand, no, not_now, stray
from app.flows.pick_prompt import item_prompt
from app.flows.pick_state import Act, PickState, Trace, arrive, slot_of, with_line
from app.flows.pick_units import leave_stop, next_trace
from app.flows.scanning import answers, completed, unit_of
from app.flows.step import Record, Step
from app.flows.units import Asks, shorten, take


def ask_short(state: PickState, _: AskShort) -> Step[PickState]:
    """Why?"""
    return Step(replace(state, step=PickStep.SHORT, asks=None, scanned=None, confirm=None))


def give_reason(state: PickState, event: GiveReason) -> Step[PickState]:
    """The stop is given up. The orders that are least urgent lose: the others were served first."""
    stop = state.stop
    given_up = dict(shorten(state.lines, stop[0], event.reason, stop))
    lines = tuple(replace(line, short=line.short + given_up.get(n, 0)) for n, line in enumerate(state.lines))
    act, later = next_trace(state), event.reason is ShortReason.PICK_LATER
    # A line that went back to the pool is somebody else's: that cannot be taken back from here.
    trail = tuple(Trace(act, Act.SHORT, lines[n].item, qty, fixed=later) for n, qty in given_up.items())
    facts = tuple(Record(_short(state, n, qty, event), state.lines[n].item) for n, qty in given_up.items())
    noted = say(Code.SHORT_NOTED, n=sum(given_up.values()))
    return _left(state, replace(state, lines=lines, trail=(*state.trail, *trail)), facts, noted)


def _left(state: PickState, after: PickState, facts: tuple[Record, ...], noted: Message) -> Step[PickState]:
    """On from a stop that was given up."""
    after = leave_stop(after, state.stop, asked=False)
    if after.line is None and not after.hand and after.picked == after.swapped == 0 and not state.passed_on:
        # Nothing to set down: an empty tote needs no lane.
        gone = Record(JobDrop(job=state.job, tote=None, lane=state.lane or ""))
        return Step(replace(after, step=PickStep.DONE, tote=None), (*facts, gone), noted)
    return Step(after, facts, noted)


def _short(state: PickState, n: int, qty: int, event: GiveReason) -> PickShort:
    line = state.lines[n]
    broken = event.damaged if event.reason is ShortReason.DAMAGED else None
    if broken is not None and n != state.stop[0]:
        # They were counted once for the whole stop.
        broken = 0
    return PickShort(
        job=state.job, sku=line.sku, missing=qty, reason=event.reason, bin=line.place, note=event.note, damaged=broken
    )


def losers(state: PickState) -> tuple[tuple[int, int], ...]:
    """Who goes without if the stop is given up now, as (index of the line, units)."""
    return tuple((n, state.lines[n].open) for n in state.stop if state.lines[n].open)


def skip(state: PickState, event: Skip) -> Step[PickState]:
    """The stop goes to the end of the walk and must still be done."""
    line, stop = line_in_hand(state), state.stop
    if not state.can_skip:
        return not_now(state, event)
    # What was proven of the line is forgotten: whoever comes back has to prove it again.
    lines = tuple(replace(line, lot_seen=None) if n in stop else line for n, line in enumerate(state.lines))
    walk = (*(n for n in state.walk if n not in stop), *(n for n in state.walk if n in stop))
    after = replace(state, lines=lines, walk=walk)
    if after.line is not None and after.line.place != line.place:
        after = replace(after, bin_at=None)
    fact = Record(PickSkip(job=state.job, bin=line.place), line.item)
    return Step(arrive(after), (fact,), say(Code.SKIPPED, bin=line.place))


def call_goods(state: PickState, event: CallGoods) -> Step[PickState]:
    """Somebody brings goods to the bin; meanwhile the walk goes on elsewhere, if there is anywhere to go."""
    line = line_in_hand(state)
    call = Record(ReplenishCall(job=state.job, bin=line.place, sku=line.sku), line.item)
    away = skip(state, Skip()) if state.can_skip else Step(state)
    return Step(away.state, (call, *away.effects), say(Code.GOODS_CALLED, bin=line.place))


# --- another item instead ---


def ask_substitute(state: PickState, event: AskSubstitute) -> Step[PickState]:
    """Which one? Only where the customer allows it."""
    if not event.others:
        return no(state, event, say(Code.NO_SUBSTITUTE))
    if event.ask:
        return _ask_customer(state)
    if not event.allowed:
        return no(state, event, say(Code.SUBSTITUTE_FORBIDDEN))
    return Step(replace(state, step=PickStep.SUBSTITUTE, swap=event.others, bin_at=None, asks=None, scanned=None))


def _ask_customer(state: PickState) -> Step[PickState]:
    """The stop is set aside, and the walk goes on: what the customer says comes as a new stop, or the order goes without."""
    act, stop = next_trace(state), dict(losers(state))
    lines = tuple(replace(line, short=line.short + stop.get(n, 0)) for n, line in enumerate(state.lines))
    trail = tuple(Trace(act, Act.SHORT, lines[n].item, qty) for n, qty in stop.items())
    facts = tuple(
        Record(SubstituteAsk(job=state.job, sku=line.sku, missing=qty, bin=line.place), line.item)
        for line, qty in ((state.lines[n], qty) for n, qty in stop.items())
    )
    noted = say(Code.CUSTOMER_ASKED, n=sum(stop.values()))
    return _left(state, replace(state, lines=lines, trail=(*state.trail, *trail)), facts, noted)


def substitute_bin(state: PickState, event: Scanned) -> Step[PickState]:
    """Where the other item is taken from."""
    if event.lane:
        return stray(state, event)
    return Step(replace(state, bin_at=event.meaning.id, scanned=None), say=say(Code.BIN_RIGHT, bin=event.meaning.id))


def substitute(state: PickState, event: Scanned) -> Step[PickState]:
    """A unit of another item, or the lot or serial number of the one in hand."""
    unit = unit_of(event.meaning) if event.meaning.kind is ScanKind.ITEM else None
    if state.asks is not None and answers(state.asks, event.meaning, None):
        unit = completed(state.asks, event.meaning)
    other = next((other for other in state.swap if unit is not None and other.sku == unit.sku), None)
    if unit is None:
        return stray(state, event)
    if other is None:
        return no(state, event, say(Code.WRONG_ITEM, scanned=unit.sku, needed=state.swap[0].sku), unit.sku)
    if state.bin_at is None:
        return no(state, event, say(Code.SCAN_ITS_BIN_FIRST), unit.sku)
    target = next(n for n in state.stop if state.lines[n].open)
    taken = take(replace(other, need=state.lines[target].open), unit, frozenset())
    if isinstance(taken, Message):
        return no(state, event, taken, expected=other.sku)
    if isinstance(taken, Asks):
        return Step(replace(state, asks=taken, scanned=None), say=item_prompt(other, taken))
    return _swapped(state, event, target, other.sku, taken[1].qty, taken[1].lot, taken[1].serial)


def _swapped(
    state: PickState, event: Scanned, at: int, other: str, qty: int, lot: str | None, serial: str | None
) -> Step[PickState]:
    line, slot = state.lines[at], slot_of(state, state.lines[at].slot)
    fact = PickSubstitute(
        job=state.job, sku=line.sku, other=other, qty=qty, from_bin=state.bin_at or "",
        tote=(slot.tote if slot and slot.tote else state.into), lot=lot, serial=serial, scan=event.meaning.fields.text,
    )  # fmt: skip
    after = with_line(state, at, replace(line, swapped=line.swapped + qty))
    said = say(Code.SUBSTITUTE_TAKEN, n=qty)
    act = Trace(
        next_trace(state), Act.SWAP, line.item, qty, lot, serial, fact.tote, line.slot, sku=other, place=fact.from_bin
    )
    after = replace(after, trail=(*state.trail, act), asks=None, scanned=None)
    if any(after.lines[n].open for n in state.stop):
        return Step(after, (Record(fact, line.item),), said)
    return Step(leave_stop(replace(after, bin_at=None), state.stop, asked=False), (Record(fact, line.item),), said)
