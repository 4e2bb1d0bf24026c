"""At the bin: its label, then unit after unit, by scan or by number. Every unit of every method is counted in `count`."""

from collections.abc import Sequence
from dataclasses import replace

from app.core.facts import PickAtBin, PickConfirm, PickUndo
from app.core.messages import Code, Message, say
from app.core.scan import ScanKind
from app.core.views import PickStep
from app.flows import fefo
from app.flows.pick_events import AskRemove, CancelShort, OnScale, Scanned, Typed
from app.flows.pick_no import again, line_in_hand, no, not_now, stray
from app.flows.pick_prompt import item_prompt
from app.flows.pick_state import Act, PickState, Trace, arrive, with_line
from app.flows.route import key, shares, sku_first
from app.flows.scanning import answers, completed, unit_of
from app.flows.step import Record, Step
from app.flows.units import Asks, Counted, Line, Unit, put_back, take


def at_bin(state: PickState, event: Scanned) -> Step[PickState]:
    """The label of a bin."""
    line = line_in_hand(state)
    if event.meaning.id != line.place:
        return wrong_bin(state, event)
    effects = () if state.bin_confirmed else (Record(PickAtBin(job=state.job, bin=line.place), line.item),)
    after = arrive(replace(state, bin_at=line.place))
    return Step(replace(after, asks=state.asks), effects, say(Code.BIN_RIGHT, bin=line.place))


def wrong_bin(state: PickState, event: Scanned) -> Step[PickState]:
    """Anything else where a bin is needed."""
    needed = line_in_hand(state).place
    return no(state, event, say(Code.WRONG_BIN, scanned=event.meaning.id, needed=needed), expected=needed)


def item_before_bin(state: PickState, event: Scanned) -> Step[PickState]:
    """An item while the bin was not scanned: taken only where the site says so, and never from a bin that is easily mixed up."""
    if state.bin_required:
        line = line_in_hand(state)
        return no(state, event, say(Code.SCAN_BIN_FIRST, bin=line.place), event.meaning.id, line.place)
    return item(state, event)


def item(state: PickState, event: Scanned) -> Step[PickState]:
    """An item where one is needed."""
    line = line_in_hand(state)
    if answers(state.asks, event.meaning, line.lot):
        return asked(state, event)
    if event.meaning.id != line.sku:
        why = say(Code.WRONG_ITEM, scanned=event.meaning.id, needed=line.sku)
        return no(state, event, why, event.meaning.id, line.sku)
    return count(state, event, unit_of(event.meaning))


def asked(state: PickState, event: Scanned) -> Step[PickState]:
    """Anything else scanned at the item: the lot or serial number that was asked for, or a code out of place."""
    line = line_in_hand(state)
    if state.asks is not None and answers(state.asks, event.meaning, line.lot):
        return count(state, event, completed(state.asks, event.meaning))
    if event.meaning.kind is ScanKind.BIN:
        return at_bin(state, event)
    if event.meaning.kind is ScanKind.UNKNOWN:
        return no(state, event, say(Code.UNKNOWN_CODE, text=event.meaning.fields.text), expected=line.sku)
    return no(state, event, say(Code.WRONG_ITEM, scanned=event.meaning.id, needed=line.sku), expected=line.sku)


def typed(state: PickState, event: Typed) -> Step[PickState]:
    """So many more of the item that was just scanned: the rules are those of a scan."""
    line = line_in_hand(state)
    if event.qty < 1 or line.careful:
        return not_now(state, event)
    if not state.proven:
        return no(state, event, say(Code.SCAN_FIRST))
    return count(state, event, Unit(line.sku, event.qty, "", line.lot_seen))


def on_scale(state: PickState, event: OnScale) -> Step[PickState]:
    """The same, counted by the scale."""
    if event.qty is None:
        return no(state, event, say(Code.SCALE_UNCLEAR, grams=event.grams))
    return typed(state, Typed(event.qty))


def check(state: PickState, event: Scanned) -> Step[PickState]:
    """The second look at a unit of a careful line: the same unit once more, by any of its codes."""
    line, unit = line_in_hand(state), state.check
    assert unit is not None, "a check of nothing"
    same = event.meaning.kind is ScanKind.ITEM and (event.meaning.id, event.meaning.qty) == (unit.sku, unit.qty)
    if same or event.meaning.fields.text in (unit.text, unit.serial):
        return count(state, event, unit)
    if event.meaning.kind is ScanKind.UNKNOWN:
        return stray(state, event)
    why = say(Code.WRONG_ITEM, scanned=event.meaning.id, needed=line.sku)
    return no(state, event, why, event.meaning.id, line.sku)


def count(state: PickState, event: Scanned | Typed, unit: Unit) -> Step[PickState]:
    """The one way of a unit out of a bin: the rule of lots, the over-pick rule, lot and serial number, the second look; then it counts."""
    line = line_in_hand(state)
    blocked = _lot_stops(state, event, line, unit)
    if blocked is not None:
        return blocked
    serials = frozenset(s for other in state.lines if other.sku == line.sku and not other.back for s in other.serials)
    taken = take(line, unit, serials, any_lot=True)
    if isinstance(taken, Message):
        return no(state, event, taken, expected=line.sku)
    if isinstance(taken, Asks):
        after = replace(state, step=PickStep.ITEM, asks=taken, scanned=None, confirm=None)
        return Step(after, say=item_prompt(line, taken))
    if line.careful and state.step is not PickStep.CHECK:
        looked = replace(state, step=PickStep.CHECK, check=unit, scanned=None, confirm=None)
        return Step(looked, say=say(Code.CHECK_IT))
    return _counted(state, event, taken[1])


def _lot_stops(state: PickState, event: Scanned | Typed, line: Line, unit: Unit) -> Step[PickState] | None:
    """What the rule of lots has against the unit, unless the same code was scanned again."""
    if not isinstance(event, Scanned):
        return None
    known = {other.lot: other.expiry for other in state.lines if other.sku == line.sku and other.lot and other.expiry}
    judged = fefo.judge(line, unit, state.rules.fefo, event.today, known)
    if judged.message is None or (judged.confirm and event.meaning.fields.text == state.confirm):
        return None
    return again(state, event, judged.message) if judged.confirm else no(state, event, judged.message)


def _counted(state: PickState, event: Scanned | Typed, counted: Counted) -> Step[PickState]:
    """Books the units to the orders that want them, the most urgent first."""
    stop, line = state.stop, line_in_hand(state)
    parts = shares(state.lines, stop, counted.qty)
    lines = list(state.lines)
    for n in stop:
        lines[n] = replace(lines[n], lot_seen=counted.lot if line.lot_tracked else lines[n].lot_seen)
    for n, part in parts:
        serials = (*lines[n].serials, counted.serial) if counted.serial else lines[n].serials
        lines[n] = replace(lines[n], done=lines[n].done + part, serials=serials)
    # Whoever takes an item without scanning the bin stands at it all the same.
    after = replace(
        state, lines=tuple(lines), trail=(*state.trail, *_traces(state, parts, counted)), asks=None, scanned=None,
        confirm=None, check=None, proven=True, step=PickStep.ITEM, bin_at=line.place,
    )  # fmt: skip
    text = event.meaning.fields.text if isinstance(event, Scanned) else ""
    effects = tuple(
        Record(
            PickConfirm(
                job=state.job, sku=line.sku, qty=part, from_bin=line.place, tote=state.into,
                lot=counted.lot, serial=counted.serial, scan=text,
            ),
            state.lines[n].item,
        )
        for n, part in parts
    )  # fmt: skip
    if counted.qty == line.open:
        return Step(leave_stop(after, stop), effects, say(Code.LINE_DONE, sku=line.sku))
    return Step(after, effects, say(Code.UNIT_COUNTED, n=line.done + counted.qty, of=line.done + line.open))


def _traces(state: PickState, parts: Sequence[tuple[int, int]], counted: Counted) -> list[Trace]:
    n = next_trace(state)
    return [
        Trace(n, Act.PICK, state.lines[at].item, part, counted.lot, counted.serial, state.into, state.lines[at].slot)
        for at, part in parts
    ]


def next_trace(state: PickState) -> int:
    """The number of the next act on the trail."""
    return state.trail[-1].n + 1 if state.trail else 1


def leave_stop(state: PickState, stop: Sequence[int], asked: bool = True) -> PickState:
    """The stop is closed: on to what comes next. `asked`: a bin that should be empty now is asked about."""
    done = state.lines[stop[0]]
    empties = asked and state.rules.ask_empty and any(state.lines[n].empties for n in stop)
    walk = sku_first(state.lines, state.walk, done.sku) if state.rules.product_first else state.walk
    after = replace(state, walk=walk, emptied=stop[0] if empties else None)
    ahead = after.line
    if ahead is not None and ahead.careful and key(ahead) != key(done):
        # A careful line wants its bin scanned, also where the picker already stands.
        after = replace(after, bin_at=None)
    return arrive(replace(after, banner=None))


# --- a serial number out again ---


def ask_remove(state: PickState, event: AskRemove) -> Step[PickState]:
    """Which one?"""
    if not line_in_hand(state).serials:
        return not_now(state, event)
    return Step(replace(state, step=PickStep.REMOVE, asks=None, scanned=None, confirm=None))


def remove(state: PickState, event: Scanned) -> Step[PickState]:
    """The unit with this serial number goes back into the bin."""
    said = event.meaning.fields.serial or event.meaning.fields.text
    found = next((n for n in state.stop if said in state.lines[n].serials), None)
    if found is None:
        return no(state, event, say(Code.SERIAL_NOT_HERE, serial=said))
    line = state.lines[found]
    lot = next((trace.lot for trace in state.trail if trace.serial == said and trace.item == line.item), line.lot)
    trail = tuple(t for t in state.trail if (t.act, t.serial, t.item) != (Act.PICK, said, line.item))
    after = with_line(replace(state, trail=trail), found, put_back(line, Counted(line.item, 1, lot, said)))
    fact = PickUndo(
        job=state.job, sku=line.sku, qty=1, from_bin=line.place, tote=state.into, lot=lot, serial=said
    )  # fmt: skip
    return Step(arrive(after), (Record(fact, line.item),), say(Code.UNDONE, n=1))


def close_question(state: PickState, event: CancelShort) -> Step[PickState]:
    """Back to the work, with nothing recorded."""
    return Step(arrive(state))
