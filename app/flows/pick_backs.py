"""What the centre changes while somebody picks, as steps of the walk: units of lines that were taken away go back to their bins, new
lines join at the cheapest point. `catch_up` is asked at every event; the rest answers the scans of a put-back."""

from collections.abc import Sequence
from dataclasses import replace

from app.core.facts import PickAtBin, PickConfirm, PickUndo
from app.core.messages import Code, Message, say
from app.core.views import PickStep
from app.flows.pick_events import Scanned
from app.flows.pick_no import line_in_hand, no
from app.flows.pick_state import Act, CartSlot, PickState, Trace, arrive, next_slot, with_line
from app.flows.pick_units import next_trace, wrong_bin
from app.flows.route import insert, key
from app.flows.scanning import unit_of
from app.flows.step import Record, Step
from app.flows.units import Counted, Line, over, put_back

#: Steps that speak of no line.
_NO_LINE = (PickStep.CART, PickStep.SLOTS, PickStep.TOTE, PickStep.FULL, PickStep.DONE)


def catch_up(
    state: PickState,
    now: Sequence[Line],
    cancelled: frozenset[str] = frozenset(),
    whole_job: bool = False,
    slots: frozenset[int] | None = None,
) -> PickState:
    """The state with what the centre has changed since: `now` are the lines of the job as rows and facts have them (in walking order;
    only their needs count), `cancelled` the work items it took away, `whole_job` all of them, `slots` those the cart still has. `banner`
    says what changed; where nothing
    did, the very same state comes back."""
    after, said = state, list[Message]()
    there = frozenset(slot.n for slot in state.slots) if slots is None or whole_job else slots
    for slot in state.slots:
        if slot.n not in there and not slot.gone:
            after = _off_the_cart(after, slot, said)
    taken = [line.item for line in state.lines if not line.back and (whole_job or line.item in cancelled)]
    for item in taken:
        after = _taken_away(after, item, said)
    known = {line.item: n for n, line in enumerate(after.lines) if not line.back}
    for line in now:
        after = _resized(after, known[line.item], line.need, said) if line.item in known else _joined(after, line, said)
    if not said:
        return state
    banner = said[0] if len(said) == 1 else _of_one_order(said) or say(Code.WALK_CHANGED)
    return _settled(state, replace(after, banner=banner, cancelled=state.cancelled or whole_job))


def _of_one_order(said: Sequence[Message]) -> Message | None:
    """The one order that all the changes are about, if it was taken away."""
    last = said[-1]
    alone = {message.words.get("order") for message in said} == {last.words.get("order")}
    units = sum(n for n in (message.words.get("n", 0) for message in said) if isinstance(n, int))
    return say(last.code, **{**last.words, "n": units}) if alone and last.code is Code.ORDER_TAKEN_AWAY else None


def _settled(before: PickState, after: PickState) -> PickState:
    """The step on screen again, or what comes next where it speaks of goods that are no longer wanted."""
    over = after.cancelled and after.picked == 0 and after.swapped == 0 and after.line is None
    if over:
        return replace(after, step=PickStep.DONE, tote=None)
    if after.step is PickStep.SLOTS:
        return next_slot(after) if any(slot.gone for slot in after.slots if slot.n == after.slot) else after
    if after.step in _NO_LINE:
        return after
    old, new = before.line, after.line
    same = old is not None and new is not None and key(old) == key(new)
    waits = any(after.lines[n].slot == after.slot for n in after.hand)
    kept = {PickStep.SORT: waits, PickStep.EMPTY: True, PickStep.DROP: old is new and not after.hand}
    return after if kept.get(after.step, same) else arrive(after)


def _off_the_cart(state: PickState, slot: CartSlot, said: list[Message]) -> PickState:
    """The order of a slot goes its own way: nothing more is taken for it here, and its tote comes off."""
    for line in [line for line in state.lines if line.order == slot.order and not line.back]:
        state = _taken_away(state, line.item, said)
    if slot.tote is not None:
        said[:] = [message for message in said if message.words.get("order") != slot.order]
        said.append(say(Code.TAKE_TOTE_OFF, order=slot.order, slot=slot.n, tote=slot.tote))
    return replace(state, slots=tuple(replace(one, gone=one.gone or one.n == slot.n) for one in state.slots))


def waiting(state: PickState, item: str) -> int:
    """Units of a work item that are still to be put back."""
    return sum(line.open for line in state.lines if line.back and line.item == item)


def _taken_away(state: PickState, item: str, said: list[Message]) -> PickState:
    """A line was cancelled: what was picked of it goes back, wherever it lies."""
    at = next(n for n, line in enumerate(state.lines) if line.item == item and not line.back)
    line = state.lines[at]
    if line.gone:
        return state
    after = _give_back(with_line(state, at, replace(line, gone=True)), at, line.done - waiting(state, item))
    whole = all(other.gone for other in after.lines if other.order == line.order and not other.back)
    slots = tuple(replace(slot, gone=slot.gone or (whole and slot.order == line.order)) for slot in after.slots)
    code = Code.ORDER_TAKEN_AWAY if whole else Code.LINE_TAKEN_AWAY
    said.append(say(code, order=line.order or state.order, n=line.done))
    return replace(after, slots=slots)


def _resized(state: PickState, at: int, need: int, said: list[Message]) -> PickState:
    """The line needs more or fewer units than before. Units that were given up or replaced are no longer needed anyway."""
    line = state.lines[at]
    back = waiting(state, line.item)
    had = line.need - back
    if line.gone or had - line.short - line.swapped <= need <= had:
        return state
    if need > had:
        # What was to go back stays, or has gone back by another hand; only what is beyond that is picked.
        kept = min(back, need - had)
        more = need - had - kept
        said.append(say(Code.LINE_MORE, n=more) if more else say(Code.WALK_CHANGED))
        return with_line(_keep(state, line.item, kept), at, replace(line, need=line.need + more))
    fewer = replace(line, need=max(need, line.done), short=0, swapped=0)
    # Only what this person has picked is at hand to go back.
    more_back = min(line.done - need, sum(n for _, _, n in _lying(state, line))) - back
    if fewer.need == line.need and more_back <= 0:
        return state
    said.append(say(Code.LINE_FEWER, n=had - need))
    return _give_back(with_line(state, at, fewer), at, more_back)


def _keep(state: PickState, item: str, qty: int) -> PickState:
    """So many units of an item need not go back after all."""
    for at, line in enumerate(state.lines):
        if line.back and line.item == item and line.open:
            fewer = min(qty, line.open)
            qty -= fewer
            state = with_line(state, at, replace(line, need=line.need - fewer))
    return state


def _joined(state: PickState, line: Line, said: list[Message]) -> PickState:
    """A new line, where it costs the fewest steps. What others picked of it and is not wanted any more does not go back from here."""
    line = replace(line, need=max(line.need, line.done))
    if line.closed:
        return replace(state, lines=(*state.lines, line), walk=(*state.walk, len(state.lines)))
    lines = (*state.lines, line)
    walk = insert(lines, state.walk, len(lines) - 1, _here(state), state.lane_seq)
    said.append(say(Code.LINE_ADDED, bin=line.place))
    return replace(state, lines=lines, walk=walk)


def _here(state: PickState) -> int:
    """Where the picker stands: at the bin scanned last, else at the next one to be gone to."""
    at = next((line.seq for line in state.lines if line.place == state.bin_at), None)
    return at if at is not None else state.line.seq if state.line else state.lane_seq or 0


def _give_back(state: PickState, at: int, qty: int) -> PickState:
    """Put-back stops for `qty` units of a line: one for each tote and lot they went into, the newest units first."""
    line = state.lines[at]
    left, parts = max(0, qty), dict[tuple[str, str | None], int]()
    spoken_for = {(back.tote, back.lot): back.open for back in state.lines if back.back and back.item == line.item}
    for tote, lot, n in _lying(state, line):
        waiting = min(n, spoken_for.get((tote, lot), 0))
        spoken_for[tote, lot] = spoken_for.get((tote, lot), 0) - waiting
        part = min(left, n - waiting)
        if part:
            parts[tote, lot] = parts.get((tote, lot), 0) + part
            left -= part
    if left:
        parts[state.into, line.lot] = parts.get((state.into, line.lot), 0) + left
    for (tote, lot), n in parts.items():
        back = replace(line, need=n, done=0, short=0, swapped=0, put=0, gone=False, back=True, tote=tote, lot=lot)
        lines = (*state.lines, back)
        walk = insert(lines, state.walk, len(lines) - 1, _here(state), state.lane_seq)
        state = replace(state, lines=lines, walk=walk)
    return state


def _lying(state: PickState, line: Line) -> list[tuple[str, str | None, int]]:
    """Where the units of a line lie, as (tote, lot, units), newest first: those in hand, then those in slots or totes."""
    put = [(t.tote, t.lot, t.qty) for t in state.trail if t.act is Act.PUT and t.item == line.item]
    picked = [(t.tote, t.lot, t.qty) for t in state.trail if t.act is Act.PICK and t.item == line.item and not t.fixed]
    if line.slot is None:
        return picked[::-1]
    slot = next((slot.tote for slot in state.slots if slot.n == line.slot), None)
    unseen = line.put - sum(n for _, _, n in put)
    before = [(slot or state.into, line.lot, unseen)] if unseen > 0 else []
    return [(state.into, line.lot, line.hand), *put[::-1], *before]


# --- the put-back itself ---


def back_bin(state: PickState, event: Scanned) -> Step[PickState]:
    """At the bin that the units came from."""
    line = line_in_hand(state)
    if event.meaning.id != line.place:
        return wrong_bin(state, event)
    fact = Record(PickAtBin(job=state.job, bin=line.place), line.item)
    after = arrive(replace(state, bin_at=line.place))
    return Step(after, () if state.bin_confirmed else (fact,), say(Code.BIN_RIGHT, bin=line.place))


def back_item(state: PickState, event: Scanned) -> Step[PickState]:
    """A unit out of the tote and into its bin."""
    at = next(n for n in state.stop if not state.lines[n].closed)
    line, unit = state.lines[at], unit_of(event.meaning)
    if unit.sku != line.sku:
        return no(state, event, say(Code.WRONG_ITEM, scanned=unit.sku, needed=line.sku), unit.sku, line.sku)
    if too_many := over(line, unit.qty):
        return no(state, event, too_many, expected=line.sku)
    if line.serial_tracked and (unit.serial is None or unit.serial not in line.serials):
        return no(state, event, say(Code.SCAN_SERIAL_BACK))
    return _put_back(state, event, at, unit.qty, unit.serial if line.serial_tracked else None)


def back_serial(state: PickState, event: Scanned) -> Step[PickState]:
    """A serial number by itself."""
    line, said = line_in_hand(state), event.meaning.fields.serial or event.meaning.fields.text
    if not line.serial_tracked or said not in line.serials:
        return no(state, event, say(Code.WRONG_ITEM, scanned=event.meaning.id, needed=line.sku), expected=line.sku)
    return _put_back(state, event, next(n for n in state.stop if not state.lines[n].closed), 1, said)


def _put_back(state: PickState, event: Scanned, at: int, qty: int, serial: str | None) -> Step[PickState]:
    back = state.lines[at]
    home = next(n for n, line in enumerate(state.lines) if line.item == back.item and not line.back)
    out = qty if back.tote not in (None, state.into) else 0
    picked = put_back(state.lines[home], Counted(back.item, qty, back.lot, serial))
    picked = replace(picked, need=picked.need if picked.gone else picked.need - qty, put=max(0, picked.put - out))
    less = tuple(s for s in back.serials if s != serial)
    after = with_line(with_line(state, home, picked), at, replace(back, done=back.done + qty, serials=less))
    after = replace(after, trail=forgotten(after, back.item, qty), scanned=None, banner=None)
    act = Trace(next_trace(after), Act.BACK, back.item, qty, back.lot, serial, back.tote or state.into)
    after = replace(after, trail=(*after.trail, act))
    fact = PickUndo(
        job=state.job, sku=back.sku, qty=qty, from_bin=back.place, tote=back.tote or state.into, lot=back.lot,
        serial=serial,
    )  # fmt: skip
    effects = (Record(fact, back.item),)
    if not after.lines[at].closed:
        return Step(after, effects, say(Code.UNIT_COUNTED, n=back.done + qty, of=back.need))
    return Step(_settled(after, arrive(after)), effects, say(Code.PUT_BACK_DONE, bin=back.place))


def out_again(state: PickState, trace: Trace) -> tuple[PickState, Record]:
    """Units that went back come out of their bin again, for which nobody has a use: they are to be put back, as before."""
    at = next(
        n
        for n, line in enumerate(state.lines)
        if line.back
        and (line.item, line.tote or state.into, line.lot) == (trace.item, trace.tote, trace.lot)
        and line.done
    )
    home = next(n for n, line in enumerate(state.lines) if line.item == trace.item and not line.back)
    back, picked = state.lines[at], state.lines[home]
    more = (trace.serial,) if trace.serial else ()
    put = trace.qty if back.tote not in (None, state.into) else 0
    picked = replace(
        picked, done=picked.done + trace.qty, need=picked.need if picked.gone else picked.need + trace.qty,
        put=picked.put + put, serials=(*picked.serials, *more),
    )  # fmt: skip
    back = replace(back, done=back.done - trace.qty, serials=(*back.serials, *more))
    # As it was picked: only its lot, number and tote are asked for again.
    tote = state.into if picked.slot is not None else trace.tote
    seen = replace(trace, act=Act.PICK, tote=tote, slot=picked.slot)
    after = with_line(with_line(replace(state, trail=(*state.trail, seen)), home, picked), at, back)
    fact = PickConfirm(
        job=state.job, sku=back.sku, qty=trace.qty, from_bin=back.place, tote=trace.tote, lot=trace.lot, serial=trace.serial
    )  # fmt: skip
    return replace(after, walk=(at, *(n for n in after.walk if n != at))), Record(fact, trace.item)


def forgotten(state: PickState, item: str, qty: int) -> tuple[Trace, ...]:
    """The trail without the newest units of an item: they lie in their bin again."""
    kept = []
    for trace in reversed(state.trail):
        gone = min(qty, trace.qty) if trace.item == item and trace.act is Act.PICK else 0
        qty -= gone
        if trace.qty > gone:
            kept.append(replace(trace, qty=trace.qty - gone))
    return tuple(reversed(kept))
