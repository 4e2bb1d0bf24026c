"""Units that are missing or no good at the bench and are fetched at once: the parcel waits for them, visibly, and goes on when they come.
Called by `pack.TABLE`."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from app.core.facts import PackHot
from app.core.messages import Code, Message, say
from app.core.scan import ScanKind
from app.core.views import PackStep
from app.flows.pack_events import FetchHot, GoodsCame
from app.flows.pack_no import no
from app.flows.pack_state import PackState, onwards, opened_again
from app.flows.step import Record, Step
from app.flows.units import Line, shorten


def fetch(state: PackState, event: FetchHot) -> Step[PackState]:
    """Somebody is sent for what the line in hand lacks; its order waits for it."""
    line = state.line
    if line is not None and state.job_of(line.item) != state.job:
        return no(state, event, say(Code.PART_FIRST, order=line.order or state.guests[-1].order))
    if not event.allowed:
        return no(state, event, say(Code.SUBSTITUTE_FORBIDDEN))
    at = next(n for n, one in enumerate(state.lines) if one is state.line)
    wanted = dict(shorten(state.lines, at, event.reason)) if not event.other else {at: state.lines[at].open}
    lines = tuple(replace(one, need=one.need - wanted.get(n, 0)) for n, one in enumerate(state.lines))
    units = sum(wanted.values())
    facts = tuple(Record(_fact(state, state.lines[n], qty, event), state.lines[n].item) for n, qty in wanted.items())
    after = replace(state, lines=lines, awaited=state.awaited + units, missing=False, asks=None, scanned=None)
    said = say(Code.OTHER_SENT_FOR, item=event.name) if event.other else say(Code.GOODS_SENT_FOR, n=units)
    return Step(onwards(after), facts, said)


def _fact(state: PackState, line: Line, qty: int, event: FetchHot) -> PackHot:
    return PackHot(
        job=state.job,
        sku=line.sku,
        missing=qty,
        tote=line.place or state.tote or "",
        reason=event.reason,
        other=event.other,
    )


def came(state: PackState, event: GoodsCame) -> Step[PackState]:
    """What was sent for is here, or is not to be had."""
    now = {line.item: line for line in event.lines}
    kept = tuple(_as_told(line, now.get(line.item)) for line in state.lines)
    known = {line.item for line in state.lines}
    new = tuple(line for line in event.lines if line.item not in known)
    others = tuple(dict.fromkeys((*state.others, *(line.place for line in new if line.place not in state.totes))))
    after = replace(state, lines=(*kept, *new), others=others, awaited=event.awaited)
    on = onwards(after if state.step is PackStep.UNITS else opened_again(after))
    return Step(on, say=_told(state, after, new))


def _as_told(line: Line, now: Line | None) -> Line:
    return line if now is None else replace(line, need=max(now.need, line.done + line.swapped), short=now.short)


def _told(before: PackState, after: PackState, new: tuple[Line, ...]) -> Message | None:
    units = sum(line.open for line in new)
    if units:
        return say(Code.GOODS_HERE, n=units, tote=new[0].place)
    return say(Code.GOODS_NOT_HAD) if after.awaited < before.awaited else None


def scanned(state: PackState, event: Any) -> Step[PackState]:
    """An item, while everything that is here is packed: the goods that were sent for come in a tote of their own."""
    return no(state, event, say(Code.GOODS_ON_THE_WAY, n=state.awaited), event.meaning.id)


TABLE: dict[tuple[PackStep, ScanKind | type], Callable[[PackState, Any], Step[PackState]]] = {
    (PackStep.UNITS, FetchHot): fetch,
    **{(step, GoodsCame): came for step in (PackStep.UNITS, PackStep.GOODS)},
    (PackStep.GOODS, ScanKind.ITEM): scanned,
}
