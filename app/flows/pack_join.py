"""Several orders of one customer in one parcel: joined when the second tote is scanned, taken apart as long as there is no label. Called by
`pack.TABLE`.

The parcel stays the first order's; units of the others are counted on their own lines, for their own jobs.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from app.core.facts import PackJoin, PackPart, PackUndo
from app.core.messages import Code, say
from app.core.scan import ScanKind
from app.core.views import PackStep
from app.flows.pack_events import AskJoin, Join, Part
from app.flows.pack_no import no
from app.flows.pack_state import BEFORE_LABEL, Guest, PackState, onwards, opened_again
from app.flows.step import Record, Step
from app.flows.units import put_back


def ask(state: PackState, event: AskJoin) -> Step[PackState]:
    """Which one? Its tote says."""
    if not event.offered:
        return no(state, event, say(Code.JOIN_NOBODY))
    return Step(replace(state, joining=True, asks=None, missing=False, scanned=None))


def join(state: PackState, event: Join) -> Step[PackState]:
    """What is in the tote goes into this parcel too."""
    if event.reason:
        return no(state, event, say(Code.JOIN_REFUSED, order=event.order, reason=event.reason))
    guest = Guest(
        event.order, event.job, event.tote, event.others, event.parcel, event.sscc,
        tuple(line.item for line in event.lines),
    )  # fmt: skip
    after = replace(
        opened_again(state), lines=(*state.lines, *event.lines), guests=(*state.guests, guest), joining=False
    )
    return Step(onwards(after), (joining(state, guest),), say(Code.ORDER_JOINED, order=event.order))


def joining(state: PackState, guest: Guest) -> Record:
    """The fact that an order goes in the parcel in hand."""
    return Record(
        PackJoin(job=state.job, parcel=state.parcel, order=guest.order, other=guest.job, tote=guest.tote or None)
    )


def part(state: PackState, event: Part) -> Step[PackState]:
    """The order that joined last goes in a parcel of its own: what is in of it comes out, into its tote."""
    if not state.guests:
        return Step(state, say=say(Code.NOT_NOW), refused=True)
    guest = state.guests[-1]
    out = [counted for counted in state.inside if counted.item in guest.items]
    lines = {line.item: line for line in state.lines}
    facts = []
    for counted in reversed(out):
        line = lines[counted.item]
        fact = PackUndo(
            job=guest.job, sku=line.sku, qty=counted.qty, tote=line.place or guest.tote, parcel=state.parcel,
            lot=counted.lot, serial=counted.serial,
        )  # fmt: skip
        facts.append(Record(fact, line.item))
    facts.append(Record(PackPart(job=state.job, parcel=state.parcel, order=guest.order, other=guest.job)))
    units = sum(counted.qty for counted in out)
    said = say(Code.ORDER_PARTED, order=guest.order, tote=guest.tote, n=units)
    return Step(onwards(opened_again(without(state, guest))), tuple(facts), said)


def without(state: PackState, guest: Guest) -> PackState:
    """The parcel without an order that shared it."""
    kept = sum(1 for counted in state.inside[: state.kept] if counted.item not in guest.items)
    return replace(
        state,
        lines=tuple(line for line in state.lines if line.item not in guest.items),
        inside=tuple(counted for counted in state.inside if counted.item not in guest.items),
        guests=tuple(one for one in state.guests if one is not guest),
        kept=kept, at=0, joining=False,
    )  # fmt: skip


def alone(state: PackState, guest: Guest) -> PackState:
    """Where the packer stands with an order that was taken apart from the parcel in hand: nothing of it is in its own parcel yet."""
    lines = {line.item: line for line in state.lines if line.item in guest.items}
    for counted in state.inside:
        if counted.item in lines:
            lines[counted.item] = put_back(lines[counted.item], counted)
    own = tuple(lines.values())
    return onwards(PackState(guest.job, guest.order, guest.tote, guest.parcel, guest.sscc, own, others=guest.others))


def left_behind(state: PackState, guest: Guest) -> PackState:
    """Where the packer stands with an order of which a part has left in the parcel: the rest goes in its own."""
    lines = tuple(line for line in state.lines if line.item in guest.items)
    return onwards(PackState(guest.job, guest.order, guest.tote, guest.parcel, guest.sscc, lines, others=guest.others))


def carried_on(state: PackState) -> tuple[PackState, tuple[Record, ...]]:
    """The parcel has left and the next one begins: orders with nothing more to come have gone with it, the others go on into this one."""
    lines = {line.item: line for line in state.lines}
    for guest in state.guests:
        if all(lines[item].closed for item in guest.items):
            state = without(state, guest)
    return state, tuple(joining(state, guest) for guest in state.guests)


TABLE: dict[tuple[PackStep, ScanKind | type], Callable[[PackState, Any], Step[PackState]]] = {
    **{(step, AskJoin): ask for step in BEFORE_LABEL},
    **{(step, Join): join for step in BEFORE_LABEL},
    **{(step, Part): part for step in BEFORE_LABEL},
}
