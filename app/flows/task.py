"""Bringing goods somewhere for a task - putting back, filling a pick face, putting away - one pure step at a time: the place they lie at,
the item, the place they go to. Called by `services.tasks`, which gives counts to `flows.count`.

`TABLE` names the one function for each (step, event); what is not in it is refused.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from app.core.facts import MoveConfirm, MoveUndo, ShortReason, TaskShort
from app.core.messages import Code, Message, say
from app.core.scan import ScanKind
from app.core.views_work import TaskStep
from app.flows import count
from app.flows.scanning import answers, completed, not_this, refuse, unit_of
from app.flows.step import Record, Step
from app.flows.task_events import (
    FREE,
    Acknowledge,
    AskNumber,
    AskShort,
    Cancel,
    Event,
    GiveReason,
    Number,
    Rights,
    Scanned,
    Undo,
)
from app.flows.task_state import TRANSITIONS, MoveState, TaskState, among, fetch, prompt
from app.flows.units import Asks, Counted, Unit, over, put_back, take

#: What a person may say about a task that cannot be done; "pick it later" is putting it down.
REASONS = tuple(reason for reason in ShortReason if reason is not ShortReason.PICK_LATER)


def step(state: TaskState, event: Event, rights: Rights = FREE) -> Step[TaskState]:
    """What `event` does to a task of either kind."""
    if state.count is not None:
        counted = count.step(state.count, event, rights)
        return Step(replace(state, count=counted.state), counted.effects, counted.say, counted.refused)
    assert state.move is not None
    moved = move(state.move, event, rights)
    return Step(replace(state, move=moved.state), moved.effects, moved.say, moved.refused)


def move(state: MoveState, event: Event, rights: Rights = FREE) -> Step[MoveState]:
    """What `event` does to a move."""
    if isinstance(event, Acknowledge):
        return Step(replace(state, scanned=None))
    done = _stopped(state, event, rights) or _handler(state, event)(state, event)
    assert done.state.step is state.step or done.state.step in TRANSITIONS[state.step]
    return done


def _handler(state: MoveState, event: Event) -> Callable[[MoveState, Any], Step[MoveState]]:
    if isinstance(event, Scanned):
        if event.meaning.also and not answers(state.asks, event.meaning, state.line.lot):
            return _ambiguous
        return TABLE.get((state.step, event.meaning.kind), _stray)
    return TABLE.get((state.step, type(event)), _not_now)


def _stopped(state: MoveState, event: Event, rights: Rights) -> Step[MoveState] | None:
    """What is in the hand may be brought after the lease is over; nothing new is taken."""
    if rights.gone and state.step is not TaskStep.DONE:
        return _no(state, event, say(Code.TASK_GONE))
    if rights.over and not state.hand and state.step in (TaskStep.FROM, TaskStep.ITEM):
        return _no(state, event, say(Code.LEASE_OVER))
    return None


def _no(
    state: MoveState, event: Event, why: Message, expected: str = "", scanned: str | None = None
) -> Step[MoveState]:
    """Refused. A scan is written down, a button is not."""
    if not isinstance(event, Scanned):
        return Step(state, say=why, refused=True)
    return refuse(replace(state, scanned=scanned), why, event.meaning, state.job, state.line.item, expected)


def _not_now(state: MoveState, event: Event) -> Step[MoveState]:
    return _no(state, event, say(Code.NOT_NOW))


def _stray(state: MoveState, event: Scanned) -> Step[MoveState]:
    return _no(state, event, not_this(event.meaning))


def _ambiguous(state: MoveState, event: Scanned) -> Step[MoveState]:
    return _no(state, event, say(Code.AMBIGUOUS_SCAN, text=event.meaning.fields.text))


# --- where the goods lie, and the goods ---


def _from(state: MoveState, event: Scanned) -> Step[MoveState]:
    needed = state.source.label
    if event.meaning.id != needed:
        return _no(state, event, say(Code.WRONG_BIN, scanned=event.meaning.id, needed=needed), needed)
    after = replace(state, step=TaskStep.ITEM, there=True, scanned=None)
    return Step(after, say=say(Code.BIN_RIGHT, bin=needed))


def _item_too_soon(state: MoveState, event: Scanned) -> Step[MoveState]:
    place = state.source.label
    return _no(state, event, say(Code.SCAN_BIN_FIRST, bin=place), place, event.meaning.id)


def _item(state: MoveState, event: Scanned) -> Step[MoveState]:
    line, meaning = state.line, event.meaning
    if answers(state.asks, meaning, line.lot):
        return _other(state, event)
    if meaning.id != line.sku:
        why = say(Code.WRONG_ITEM, scanned=meaning.id, needed=line.sku)
        return _no(state, event, why, line.sku, meaning.id)
    return _take(state, event, unit_of(meaning))


def _other(state: MoveState, event: Scanned) -> Step[MoveState]:
    """Anything else scanned among the goods: the lot or serial number asked for, or the place that some of them go to already."""
    if state.asks is not None and answers(state.asks, event.meaning, state.line.lot):
        return _take(state, event, completed(state.asks, event.meaning))
    if event.meaning.kind is ScanKind.BIN and state.hand:
        return _bring(state, event)
    return _stray(state, event)


def _take(state: MoveState, event: Scanned, unit: Unit) -> Step[MoveState]:
    lot = state.hand[-1].lot if state.hand else None
    taken = take(replace(state.held, lot_seen=lot), unit, frozenset(state.held.serials))
    if isinstance(taken, Message):
        return _no(state, event, taken, state.line.sku)
    if isinstance(taken, Asks):
        after = replace(state, asks=taken, scanned=None)
        return Step(after, say=prompt(after))
    after = among(replace(state, hand=(*state.hand, taken[1])))
    return Step(after, say=say(Code.IN_HAND, n=after.in_hand))


def _ask_number(state: MoveState, event: AskNumber) -> Step[MoveState]:
    """Many of the same are not scanned one by one: one scan proves the item, the rest is typed. Serial numbers cannot be typed."""
    if not state.hand:
        return _no(state, event, say(Code.SCAN_FIRST))
    if state.line.serial_tracked:
        return _not_now(state, event)
    return Step(replace(state, step=TaskStep.NUMBER, asks=None, scanned=None))


def _number(state: MoveState, event: Number) -> Step[MoveState]:
    refusal = over(state.line, event.count)
    if refusal or event.count < 1:
        return _no(state, event, refusal or say(Code.NOT_NOW))
    last = state.hand[-1]
    after = among(replace(state, hand=(Counted(last.item, event.count, last.lot),)))
    return Step(after, say=say(Code.IN_HAND, n=event.count))


# --- where they go ---


def _bring(state: MoveState, event: Scanned) -> Step[MoveState]:
    place = event.meaning.id
    if state.to not in (None, place):
        why = say(Code.WRONG_BIN, scanned=place, needed=state.to or "")
        return _no(state, event, why, state.to or "")
    if state.to is None and not event.stock:
        return _not_now(state, event)
    facts = tuple(
        Record(
            MoveConfirm(
                job=state.job, sku=state.line.sku, qty=unit.qty, from_account=state.source.account,
                to_account=f"bin:{place}", lot=unit.lot, serial=unit.serial, scan=event.meaning.fields.text,
            ),
            state.line.item,
        )
        for unit in _merged(state.hand)
    )  # fmt: skip
    n = state.in_hand
    # Whoever comes back for the rest proves again where they stand.
    after = fetch(replace(state, line=state.held, there=False, brought=_merged(state.hand), brought_to=place))
    return Step(after, facts, say(Code.GOODS_MOVED, n=n, bin=place))


def _wrong_place(state: MoveState, event: Scanned) -> Step[MoveState]:
    if state.to is None:
        return _not_now(state, event)
    return _no(state, event, say(Code.WRONG_BIN, scanned=event.meaning.id, needed=state.to), state.to)


def _merged(hand: tuple[Counted, ...]) -> tuple[Counted, ...]:
    """What one fact each can say: units with a serial number alone, the others lot by lot."""
    loose: dict[str | None, int] = {}
    for unit in hand:
        if unit.serial is None:
            loose[unit.lot] = loose.get(unit.lot, 0) + unit.qty
    together = tuple(Counted(hand[0].item, qty, lot) for lot, qty in loose.items())
    return (*together, *(unit for unit in hand if unit.serial is not None))


# --- short, undo ---


def _ask_short(state: MoveState, event: AskShort) -> Step[MoveState]:
    if state.hand:
        # A task that is given up is closed: what is on the way would arrive too late for it.
        return _no(state, event, say(Code.FINISH_HAND_FIRST, n=state.in_hand))
    return Step(replace(state, step=TaskStep.SHORT, asks=None, scanned=None))


def _short(state: MoveState, event: GiveReason) -> Step[MoveState]:
    line = state.line
    fact = TaskShort(job=state.job, sku=line.sku, missing=line.open, reason=event.reason, bin=state.source.label)
    after = fetch(replace(state, line=replace(line, short=line.short + line.open)))
    return Step(after, (Record(fact, line.item),), say(Code.SHORT_NOTED, n=line.open))


def _cancel(state: MoveState, _: Cancel) -> Step[MoveState]:
    return Step(among(state) if state.hand else fetch(state))


def _undo(state: MoveState, _: Undo) -> Step[MoveState]:
    if not state.hand:
        return _bring_back(state)
    last = state.hand[-1]
    return Step(among(replace(state, hand=state.hand[:-1])), say=say(Code.UNDONE, n=last.qty))


def _bring_back(state: MoveState) -> Step[MoveState]:
    """What was brought last lies where it was before. A task that was finished by it stays so here: the centre asks for it anew."""
    if not state.brought:
        return Step(state, say=say(Code.NOTHING_TO_UNDO), refused=True)
    line, facts = state.line, list[Record]()
    for unit in state.brought:
        fact = MoveUndo(
            job=state.job, sku=line.sku, qty=unit.qty, from_account=state.source.account,
            to_account=f"bin:{state.brought_to}", lot=unit.lot, serial=unit.serial,
        )  # fmt: skip
        facts.append(Record(fact, line.item))
        line = put_back(line, unit)
    after = replace(state, line=line, brought=(), brought_to="")
    said = say(Code.MOVE_UNDONE, n=sum(unit.qty for unit in state.brought), bin=state.source.label)
    return Step(after if state.step is TaskStep.DONE else fetch(after), tuple(facts), said)


#: A command is a button; a badge is shown to a reader, never to a bin.
_SCANS = frozenset(ScanKind) - {ScanKind.COMMAND, ScanKind.BADGE}
_KNOWN = _SCANS - {ScanKind.UNKNOWN}

#: The function for each (step, event); scans by their kind.
TABLE: dict[tuple[TaskStep, ScanKind | type], Callable[[MoveState, Any], Step[MoveState]]] = {
    **{(TaskStep.FROM, kind): _from for kind in _KNOWN},
    (TaskStep.FROM, ScanKind.ITEM): _item_too_soon,
    **{(TaskStep.ITEM, kind): _other for kind in _SCANS},
    (TaskStep.ITEM, ScanKind.ITEM): _item,
    **{(TaskStep.TO, kind): _wrong_place for kind in _KNOWN},
    (TaskStep.TO, ScanKind.BIN): _bring,
    (TaskStep.FROM, AskShort): _ask_short,
    (TaskStep.ITEM, AskShort): _ask_short,
    (TaskStep.SHORT, GiveReason): _short,
    (TaskStep.SHORT, Cancel): _cancel,
    (TaskStep.ITEM, AskNumber): _ask_number,
    (TaskStep.NUMBER, Number): _number,
    (TaskStep.NUMBER, Cancel): _cancel,
    (TaskStep.FROM, Undo): _undo,
    (TaskStep.ITEM, Undo): _undo,
    (TaskStep.TO, Undo): _undo,
    (TaskStep.DONE, Undo): _undo,
}
