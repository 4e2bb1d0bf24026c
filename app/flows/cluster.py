"""Several orders on one cart: cart and slots are set up, and what was taken for several of them goes into their slots, each with its
proof."""

from collections.abc import Sequence
from dataclasses import replace

from app.core.facts import CartBind, PickShort, PickUndo, PutConfirm, ShortReason, SlotProof, ToteBind, ToteDrop
from app.core.messages import Code, Message, say
from app.core.views import PickStep
from app.flows.pick_backs import forgotten
from app.flows.pick_events import Put, RestLater, Scanned, ToteFull, Walk
from app.flows.pick_no import no, not_now
from app.flows.pick_prompt import prompt
from app.flows.pick_state import Act, CartSlot, PickState, Trace, arrive, next_slot, slot_of
from app.flows.pick_units import next_trace
from app.flows.step import Record, Step
from app.flows.units import Line

# --- set-up ---


def bind_cart(state: PickState, event: Scanned) -> Step[PickState]:
    """The cart of the walk."""
    cart = event.meaning.id
    if event.used_by is not None:
        return no(state, event, say(Code.CART_IN_USE, cart=cart, job=event.used_by))
    fact = Record(CartBind(job=state.job, cart=cart))
    return Step(next_slot(replace(state, cart=cart)), (fact,), say(Code.CART_BOUND, cart=cart))


def no_cart(state: PickState, event: Scanned) -> Step[PickState]:
    """Anything else where the cart is needed."""
    return no(state, event, say(Code.NOT_A_CART, text=event.meaning.fields.text))


def bind_slot(state: PickState, event: Scanned) -> Step[PickState]:
    """An empty tote for the slot on screen."""
    refused = _in_use(state, event)
    if refused is not None:
        return no(state, event, refused)
    after, fact = _bound(state, event.meaning.id)
    return Step(next_slot(after), (fact,), say(Code.SLOT_BOUND, slot=state.slot or 0, tote=event.meaning.id))


def choose_slot(state: PickState, event: Scanned) -> Step[PickState]:
    """A slot's label while the cart is set up: that one gets the next tote."""
    n = number_of(state, event)
    slot = slot_of(state, n)
    if slot is None or slot.tote is not None or slot.gone:
        return no(state, event, say(Code.NOT_A_TOTE, text=event.meaning.fields.text))
    after = replace(state, slot=n, scanned=None)
    return Step(after, say=prompt(after))


def walk(state: PickState, event: Walk) -> Step[PickState]:
    """The other slots get their totes when something is put into them."""
    return Step(arrive(state), say=say(Code.SLOTS_LATER))


def number_of(state: PickState, event: Scanned) -> int | None:
    """The number of the slot whose label was scanned; None for one of another cart."""
    cart, _, n = event.meaning.id.rpartition("/")
    return int(n) if cart == state.cart and n.isdigit() else None


def _in_use(state: PickState, event: Scanned) -> Message | None:
    tote = event.meaning.id
    if event.used_by is not None:
        return say(Code.TOTE_IN_USE, tote=tote, job=event.used_by)
    mine = next((slot for slot in state.slots if slot.tote == tote), None)
    return say(Code.TOTE_IN_SLOT, tote=tote, slot=mine.n) if mine else None


def _bound(state: PickState, tote: str) -> tuple[PickState, Record]:
    slot = _slot(state)
    slots = tuple(replace(other, tote=tote) if other.n == slot.n else other for other in state.slots)
    fact = ToteBind(job=state.job, tote=tote, order=slot.order, slot=slot.n)
    return replace(state, slots=slots, scanned=None), Record(fact)


def _slot(state: PickState) -> CartSlot:
    slot = slot_of(state, state.slot)
    assert slot is not None, "a slot nobody knows"
    return slot


# --- sorting ---


def put_tote(state: PickState, event: Scanned) -> Step[PickState]:
    """A tote while units are sorted: the tote of the slot proves the put; an empty one is bound to a slot that has none."""
    slot, tote = _slot(state), event.meaning.id
    if slot.tote == tote:
        return _put(state, _units(state), event.meaning.fields.text)
    if slot.tote is not None:
        return _wrong(state, event, slot)
    refused = _in_use(state, event)
    if refused is not None:
        return no(state, event, refused)
    after, fact = _bound(state, tote)
    if state.rules.proof is not SlotProof.TOTE:
        return Step(after, (fact,), say(Code.SLOT_BOUND, slot=slot.n, tote=tote))
    done = _put(after, _units(after), event.meaning.fields.text)
    return Step(done.state, (fact, *done.effects), done.say)


def put_slot(state: PickState, event: Scanned) -> Step[PickState]:
    """A slot's label while units are sorted."""
    slot = _slot(state)
    if number_of(state, event) != slot.n:
        return _wrong(state, event, slot)
    if slot.tote is None or state.rules.proof is SlotProof.TOTE:
        return no(state, event, prompt(state) if slot.tote is None else say(Code.SCAN_ITS_TOTE, tote=slot.tote))
    return _put(state, _units(state), event.meaning.fields.text)


def put_unproven(state: PickState, event: Put) -> Step[PickState]:
    """A button, where the site wants no proof."""
    if state.rules.proof is not SlotProof.NONE or _slot(state).tote is None:
        return not_now(state, event)
    return _put(state, _units(state), "")


def _wrong(state: PickState, event: Scanned, slot: CartSlot) -> Step[PickState]:
    scanned = number_of(state, event) or event.meaning.id
    return no(
        state,
        event,
        say(Code.WRONG_SLOT, scanned=scanned, needed=slot.n),
        expected=slot.tote or f"{state.cart}/{slot.n}",
    )


def _units(state: PickState) -> int:
    """Units in hand for the slot on screen."""
    return sum(state.lines[n].hand for n in state.hand if state.lines[n].slot == state.slot)


def _put(state: PickState, qty: int, text: str) -> Step[PickState]:
    """`qty` of the units in hand go into the slot on screen."""
    slot, act = _slot(state), next_trace(state)
    lines, traces = list(state.lines), list[Trace]()
    for n in state.hand:
        if lines[n].slot != slot.n or qty == 0:
            continue
        moved = _pieces(state, n, min(qty, lines[n].hand))
        for lot, serial, units in moved:
            traces.append(Trace(act, Act.PUT, lines[n].item, units, lot, serial, slot.tote or "", slot.n))
            qty -= units
        lines[n] = replace(lines[n], put=lines[n].put + sum(units for _, _, units in moved))
    after = replace(state, lines=tuple(lines), trail=(*state.trail, *traces))
    facts = tuple(_fact(state, trace, text) for trace in traces)
    whole = not any(other.open or other.hand for other in after.lines if other.slot == slot.n and not other.back)
    put = say(Code.PUT_DONE, n=sum(trace.qty for trace in traces), slot=slot.n)
    said = say(Code.SLOT_COMPLETE, slot=slot.n, order=slot.order) if whole else put
    return Step(arrive(after), facts, said)


def _fact(state: PickState, trace: Trace, text: str) -> Record:
    sku = next(line.sku for line in state.lines if line.item == trace.item)
    put = PutConfirm(
        job=state.job, sku=sku, qty=trace.qty, slot=trace.slot or 0, from_tote=state.into, tote=trace.tote,
        lot=trace.lot, serial=trace.serial, scan=text,
    )  # fmt: skip
    return Record(put, trace.item)


def _pieces(state: PickState, n: int, qty: int) -> Sequence[tuple[str | None, str | None, int]]:
    """The next `qty` units in hand of a line, as (lot, serial number, units): in the order in which they were picked."""
    line = state.lines[n]
    picked = [t for t in state.trail if t.item == line.item and t.act is Act.PICK and not t.fixed]
    ahead = max(0, sum(t.qty for t in picked) - line.hand)
    out: list[tuple[str | None, str | None, int]] = []
    for trace in picked:
        passed = min(ahead, trace.qty)
        ahead -= passed
        part = min(trace.qty - passed, qty)
        if part and out and out[-1][:2] == (trace.lot, trace.serial):
            out[-1] = (trace.lot, trace.serial, out[-1][2] + part)
        elif part:
            out.append((trace.lot, trace.serial, part))
        qty -= part
    return [*out, (line.lot, None, qty)] if qty else out


# --- full ---


def slot_full(state: PickState, event: ToteFull) -> Step[PickState]:
    """The tote of the slot takes `fits` more units and is closed; the slot wants a new one for the rest."""
    slot, units = _slot(state), _units(state)
    if slot.tote is None or not 0 <= event.fits < units:
        return not_now(state, event)
    done = _put(state, event.fits, "") if event.fits else Step(state)
    fact = Record(ToteDrop(job=state.job, tote=slot.tote, lane=state.lane or "", full=True))
    slots = tuple(replace(other, tote=None) if other.n == slot.n else other for other in state.slots)
    trail = tuple(replace(t, fixed=t.fixed or t.tote == slot.tote) for t in done.state.trail)
    after = replace(done.state, slots=slots, trail=trail, totes=(*state.totes, slot.tote), slot=slot.n)
    after = replace(after, step=PickStep.SORT, scanned=None, confirm=None)
    return Step(after, (*done.effects, fact), say(Code.TOTE_CLOSED, tote=slot.tote))


def rest_later(state: PickState, event: RestLater) -> Step[PickState]:
    """No new tote: what is in hand for this order goes back into the bin here, and the rest of its lines is somebody else's work."""
    slot, facts, back = _slot(state), list[Record](), 0
    if slot.tote is not None:
        return not_now(state, event)
    for n, line in enumerate(state.lines):
        if line.slot != slot.n or line.back or line.gone or not (line.open or line.hand):
            continue
        back += line.hand
        facts += [*_undone(state, n), _later(state, line)]
        state = _without(state, n)
    after = arrive(replace(state, bin_at=None))
    return Step(after, tuple(facts), say(Code.REST_LATER, slot=slot.n, n=back))


def _undone(state: PickState, n: int) -> list[Record]:
    line = state.lines[n]
    return [
        Record(
            PickUndo(
                job=state.job, sku=line.sku, qty=units, from_bin=line.place, tote=state.into, lot=lot, serial=serial
            ),
            line.item,
        )
        for lot, serial, units in (_pieces(state, n, line.hand) if line.hand else ())
    ]  # fmt: skip


def _later(state: PickState, line: Line) -> Record:
    missing = line.open + line.hand
    reason = ShortReason.PICK_LATER
    return Record(PickShort(job=state.job, sku=line.sku, missing=missing, reason=reason, bin=line.place), line.item)


def _without(state: PickState, n: int) -> PickState:
    """The state after the units in hand of a line went back, and what it still needs was given up."""
    line = state.lines[n]
    gone = {serial for _, serial, _ in (_pieces(state, n, line.hand) if line.hand else ())}
    kept = tuple(serial for serial in line.serials if serial not in gone)
    shorter = replace(line, done=line.put, short=line.need - line.put - line.swapped, serials=kept)
    act = Trace(next_trace(state), Act.SHORT, line.item, line.open + line.hand, fixed=True)
    trail = (*forgotten(state, line.item, line.hand), act)
    return replace(state, lines=tuple(shorter if k == n else other for k, other in enumerate(state.lines)), trail=trail)
