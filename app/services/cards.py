"""Pieces of views that several screens share: items, jobs. Used by the view builders."""

from dataclasses import replace

from app.core.views import ItemCard, JobCard
from app.flows.units import Line
from app.services.overlay import Overlay
from app.services.ports import UnitOfWork
from sync.contract.codes import JobKind, JobState, WorkState
from sync.contract.rows import ItemRow, JobRow, OrderRow, WorkRow


def item_card(u: UnitOfWork, sku: str, work: WorkRow | None = None) -> ItemCard:
    """An item as a person recognises it; by its number alone while its row has not come yet."""
    return card_of(u.rows.get(ItemRow, sku), sku, work)


def card_of(item: ItemRow | None, sku: str, work: WorkRow | None = None) -> ItemCard:
    """The same, of a row that was read."""
    lot, expiry = (work.lot, work.expiry) if work else (None, None)
    if item is None:
        return ItemCard(sku=sku, name=sku, code=sku, lot=lot, expiry=expiry)
    code = next((pack.gtin for pack in item.codes if pack.qty == 1), sku)
    return ItemCard(
        sku=sku, name=item.name, code=code, colour=item.colour, lot=lot, expiry=expiry, fragile=item.fragile
    )


def held_jobs(u: UnitOfWork, kind: JobKind) -> list[tuple[JobRow, bool]]:
    """The jobs of a kind that this device may work, each with whether it was begun: begun ones first, then by priority and cut-off.
    Jobs whose rows have not all come yet wait."""
    jobs: list[tuple[JobRow, bool]] = []
    held = u.leases.jobs()
    done = u.flows.finished(held)
    for id, begun in held.items():
        row = u.rows.get(JobRow, id)
        if row is None or row.kind is not kind or id in done or not u.rows.find(WorkRow, "job", id):
            continue
        # Of a job that nobody has begun here there are no facts that count.
        job = Overlay.of(u, id).job(row) if begun else row
        if job.state in (JobState.OPEN, JobState.ACTIVE):
            jobs.append((job, begun))
    return sorted(jobs, key=lambda j: (not j[1], j[0].priority, j[0].cut_off or "9", j[0].id))


def job_card(u: UnitOfWork, job: JobRow, started: bool) -> JobCard:
    """A job in a list, titled by its order."""
    order = u.rows.get(OrderRow, job.orders[0]) if job.orders else None
    return JobCard(
        id=job.id, title=", ".join(job.orders), lines=job.lines, units=job.units, started=started, tote=job.tote,
        flags=tuple(order.flags) if order else (), cut_off=job.cut_off,
    )  # fmt: skip


def lines_of(u: UnitOfWork, job: str) -> tuple[Line, ...]:
    """The lines of a job in walking order, with what was counted before: rows plus facts. Lines for the same goods come in the order in
    which their orders are served: by priority and cut-off."""
    overlay = Overlay.of(u, job)
    rows = [row for row in map(overlay.work, u.rows.find(WorkRow, "job", job)) if row.state is not WorkState.CANCELLED]
    orders = u.rows.some(OrderRow, {row.order for row in rows})
    items = u.rows.some(ItemRow, {row.sku for row in rows})
    lines = [
        _with_moves(line_of(row, items.get(row.sku)), overlay, row, _urgency(row.order, orders.get(row.order)))
        for row in rows
    ]
    return tuple(sorted(lines, key=lambda line: (line.seq, line.place, line.sku, line.urgency, line.item)))


def _urgency(order: str, row: OrderRow | None) -> str:
    """Sorts orders: the smaller the more urgent."""
    return f"{row.priority:03d} {row.cut_off or '9'} {order}" if row else f"999 9 {order}"


def _with_moves(line: Line, overlay: Overlay, row: WorkRow, urgency: str) -> Line:
    """The line with what was replaced by other items, and what of it lies in its slot of the cart."""
    swapped, put = overlay.moved(row)
    return replace(line, urgency=urgency, put=put, swapped=swapped, short=line.short and line.short - swapped)


def line_of(row: WorkRow, item: ItemRow | None) -> Line:
    """A work item as a line, with what its item wants to be proven."""
    return Line(
        item=row.id, sku=row.sku, place=row.from_bin, need=row.qty_req - row.put_back, done=row.qty_done,
        short=row.qty_req - row.qty_done if row.state is WorkState.SHORT else 0,
        lot=row.lot, lot_tracked=bool(item and item.lot_tracked), serial_tracked=bool(item and item.serial_tracked),
        expiry=row.expiry, seq=row.seq, order=row.order, slot=row.slot, careful=row.careful, empties=row.empties,
    )  # fmt: skip
