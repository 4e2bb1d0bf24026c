"""Server rows as this device already knows them to be: rows plus the facts they do not contain yet. Pure; rows are never changed.

An acknowledged fact leaves the overlay in the commit that brings the rows with its effect, so nothing flickers.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from app.services.carried import carried
from app.services.ports import LoggedFact, Rows, UnitOfWork
from sync.contract import facts
from sync.contract.codes import JobKind, JobState, OrderState, ParcelState, WorkState
from sync.contract.rows import JobRow, OrderLineRow, OrderRow, ParcelRow, Slot, WorkRow

_WAY = (
    OrderState.RELEASED,
    OrderState.PICKING,
    OrderState.PICKED,
    OrderState.PACKING,
    OrderState.LABEL_PENDING,
    OrderState.SHIPPED,
)
#: How far a fact brings its order.
_REACHES: dict[type[Any], OrderState] = {
    facts.ToteBind: OrderState.PICKING,
    facts.PickConfirm: OrderState.PICKING,
    facts.JobDrop: OrderState.PICKED,
    facts.PackOpen: OrderState.PACKING,
    facts.PackConfirm: OrderState.PACKING,
    facts.ParcelWeighed: OrderState.LABEL_PENDING,
    facts.ParcelShip: OrderState.SHIPPED,
}
#: The rung of evidence from which a label counts as printed.
_PRINTED_LEVEL = 2


@dataclass(frozen=True, slots=True)
class Overlay:
    """The facts of this device that the rows lack, oldest first, and the rows to look up what they are about."""

    facts: tuple[LoggedFact, ...]
    rows: Rows

    @staticmethod
    def of(u: UnitOfWork, job: str | None = None) -> "Overlay":
        """The overlay of one job, or of everything."""
        return Overlay((*carried(u, job), *u.journal.unsettled(job)), u.rows)

    @staticmethod
    def jobs(u: UnitOfWork) -> frozenset[str]:
        """The jobs that have an overlay: for the others it would change nothing."""
        return u.journal.unsettled_jobs() | {one.job for one in carried(u) if one.job is not None}

    def work(self, row: WorkRow) -> WorkRow:
        """Counts and state of a work item."""
        done, state = row.qty_done, row.state
        # A substitute that the rows know of already, taken back: the line wants its own units again.
        again = max(0, -_swapped([logged.fact for logged in self.facts if logged.item == row.id]))
        row = msgspec.structs.replace(row, qty_req=row.qty_req + again) if again else row
        for logged in self.facts:
            if logged.item != row.id:
                continue
            match logged.fact:
                case facts.PickConfirm(qty=qty) | facts.PackConfirm(qty=qty):
                    done = min(row.qty_req, done + qty)
                case facts.PickUndo(qty=qty) | facts.PackUndo(qty=qty):
                    done = max(0, done - qty)
                case facts.PickShort() | facts.PackShort() | facts.TaskShort() | facts.SubstituteAsk():
                    state = WorkState.SHORT
                case facts.PickUnshort():
                    state = WorkState.LEASED
                case facts.PackHot(missing=qty):
                    row = msgspec.structs.replace(row, qty_req=max(done, row.qty_req - qty))
                # A put into a cart's slot moves what was picked; only at the wall it is the work itself.
                case facts.PutConfirm(qty=qty) if row.kind is JobKind.SORT:
                    done = min(row.qty_req, done + qty)
                case facts.PutUndo(qty=qty) if row.kind is JobKind.SORT:
                    done = max(0, done - qty)
                case facts.PutShort() if row.kind is JobKind.SORT:
                    state = WorkState.SHORT
                case facts.MoveConfirm(qty=qty):
                    done = min(row.qty_req, done + qty)
                case facts.MoveUndo(qty=qty):
                    done = max(0, done - qty)
                case facts.CountObserved():
                    state = WorkState.DONE
        # A blind count asks for no quantity: none is not all of it.
        if state not in (WorkState.SHORT, WorkState.CANCELLED) and row.kind is not JobKind.COUNT:
            state = WorkState.DONE if done == row.qty_req else WorkState.LEASED if done else state
        return msgspec.structs.replace(row, qty_done=done, state=state)

    def moved(self, row: WorkRow) -> tuple[int, int]:
        """Of a pick line: units replaced by other items that the rows lack, and units that lie in their slot of the cart. What the rows
        know as picked was put: nobody else saw it in a hand."""
        mine = [logged.fact for logged in self.facts if logged.item == row.id]
        swapped = max(0, _swapped(mine))
        put = 0 if row.slot is None else row.qty_done
        for fact in mine if row.slot is not None else ():
            match fact:
                case facts.PickConfirm(qty=qty) | facts.PutUndo(qty=qty):
                    put -= qty
                case facts.PutConfirm(qty=qty) | facts.PickUndo(qty=qty):
                    put += qty
        return swapped, max(0, put)

    def job(self, row: JobRow) -> JobRow:
        """Tote, cart, slots, lane and state of a job. What the centre has ended stays ended."""
        for logged in self.facts:
            if logged.job != row.id or row.state not in (JobState.OPEN, JobState.ACTIVE):
                continue
            match logged.fact:
                case facts.CartBind(cart=cart):
                    row = msgspec.structs.replace(row, cart=cart, state=JobState.ACTIVE)
                case facts.ToteBind(tote=tote, slot=n) if n is not None:
                    row = msgspec.structs.replace(row, slots=_slots(row, n, tote), state=JobState.ACTIVE)
                case facts.ToteDrop(tote=tote):
                    free = [msgspec.structs.replace(s, tote=None) if s.tote == tote else s for s in row.slots]
                    row = msgspec.structs.replace(row, slots=free, tote=None if row.tote == tote else row.tote)
                case facts.ToteBind(tote=tote):
                    row = msgspec.structs.replace(row, tote=tote, state=JobState.ACTIVE)
                case facts.JobDrop(lane=lane):
                    row = msgspec.structs.replace(row, lane=lane or row.lane, state=JobState.DONE)
                case facts.PackHot(missing=qty):
                    row = msgspec.structs.replace(row, awaited=row.awaited + qty)
                case facts.PackOpen():
                    row = msgspec.structs.replace(row, state=JobState.ACTIVE)
                case facts.ParcelShip():
                    row = msgspec.structs.replace(row, state=JobState.DONE)
        return row

    def parcel(self, row: ParcelRow) -> ParcelRow:
        """Carton, weight and state of a parcel, and who shares it."""
        for logged in self.facts:
            match logged.fact:
                case facts.ParcelWeighed(parcel=row.id, carton=carton, grams=grams):
                    row = msgspec.structs.replace(row, carton=carton, grams=grams, state=ParcelState.LABEL_PENDING)
                case facts.LabelFate(parcel=row.id, fate="printed" | "verified", level=level) if (
                    level >= _PRINTED_LEVEL
                ):
                    row = msgspec.structs.replace(row, state=ParcelState.LABEL_PRINTED)
                case facts.LabelFate(parcel=row.id, fate="unsure"):
                    row = msgspec.structs.replace(row, state=ParcelState.LABEL_UNSURE)
                case facts.PackJoin(parcel=row.id, order=order, other=job) if (order, job) not in row.joined:
                    row = msgspec.structs.replace(row, joined=[*row.joined, (order, job)])
                case facts.PackPart(parcel=row.id, order=order):
                    row = msgspec.structs.replace(row, joined=[one for one in row.joined if one[0] != order])
                case facts.ParcelShip(parcel=row.id) | facts.ParcelLeave(parcel=row.id):
                    row = msgspec.structs.replace(row, state=ParcelState.SHIPPED)
        return row

    def orders(self, rows: Iterable[OrderRow]) -> list[OrderRow]:
        """States and counts of orders."""
        touched: dict[str, list[LoggedFact]] = {}
        for logged in self.facts:
            for order in self._orders_of(logged):
                touched.setdefault(order, []).append(logged)
        return [self._order(row, touched[row.id]) if row.id in touched else row for row in rows]

    def _orders_of(self, logged: LoggedFact) -> Sequence[str]:
        work = self.rows.get(WorkRow, logged.item) if logged.item else None
        if work is not None:
            return (work.order,)
        job = self.rows.get(JobRow, logged.job) if logged.job else None
        return job.orders if job else ()

    def _order(self, row: OrderRow, touched: Sequence[LoggedFact]) -> OrderRow:
        state, lines = row.state, list(row.lines)
        for logged in touched:
            state = _further(state, _REACHES.get(type(logged.fact)))
            match logged.fact:
                case facts.PickConfirm(sku=sku, qty=qty):
                    _add(lines, sku, qty, _more_picked)
                case facts.PickUndo(sku=sku, qty=qty):
                    _add(lines, sku, -qty, _more_picked)
                case facts.PackConfirm(sku=sku, qty=qty):
                    _add(lines, sku, qty, _more_packed)
                case facts.PackUndo(sku=sku, qty=qty):
                    _add(lines, sku, -qty, _more_packed)
                case facts.PickShort(sku=sku, missing=qty) | facts.PackShort(sku=sku, missing=qty):
                    _add(lines, sku, qty, _more_short)
                case facts.PickUnshort(sku=sku, qty=qty):
                    _add(lines, sku, -qty, _more_short)
        return msgspec.structs.replace(row, state=state, lines=lines)


def _swapped(of_item: Sequence[Any]) -> int:
    """Units of substitutes taken for an item by these facts, less those taken back."""
    taken = sum(fact.qty for fact in of_item if isinstance(fact, facts.PickSubstitute))
    return taken - sum(fact.qty for fact in of_item if isinstance(fact, facts.SubstituteUndo))


def _slots(row: JobRow, n: int, tote: str) -> list[Slot]:
    """The slots of a cart with a tote in one of them."""
    return [msgspec.structs.replace(slot, tote=tote) if slot.n == n else slot for slot in row.slots]


def _further(state: OrderState, reached: OrderState | None) -> OrderState:
    if reached is None or state not in _WAY:
        return state
    return max(state, reached, key=_WAY.index)


def _more_picked(line: OrderLineRow, qty: int) -> OrderLineRow | None:
    picked = line.picked + qty
    return msgspec.structs.replace(line, picked=picked) if 0 <= picked <= line.qty else None


def _more_packed(line: OrderLineRow, qty: int) -> OrderLineRow | None:
    packed = line.packed + qty
    return msgspec.structs.replace(line, packed=packed) if 0 <= packed <= line.qty else None


def _more_short(line: OrderLineRow, qty: int) -> OrderLineRow | None:
    short = line.short + qty
    return msgspec.structs.replace(line, short=short) if 0 <= short <= line.qty else None


def _add(
    lines: list[OrderLineRow], sku: str, qty: int, more: Callable[[OrderLineRow, int], OrderLineRow | None]
) -> None:
    """Counts at the first line of this item that has room for it."""
    for n, line in enumerate(lines):
        changed = more(line, qty) if line.sku == sku else None
        if changed is not None:
            lines[n] = changed
            return
