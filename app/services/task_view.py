"""The task screen's picture of one moment: the list, a move, or a count that never shows what the books say. Used by `services.tasks`."""

from dataclasses import replace

from app.core.messages import Code, say
from app.core.views import ItemCard
from app.core.views_work import TallyCard, TaskCard, TaskStep, TaskView
from app.flows.count import in_hand
from app.flows.task_state import CountState, MoveState, TaskState, prompt, source_of
from app.services.cards import item_card
from app.services.ports import UnitOfWork
from app.services.work_flow import open_jobs
from sync.contract.codes import TASKS, JobKind
from sync.contract.rows import ItemRow, JobRow, WorkRow

#: Up to this priority work is urgent.
URGENT = 2


def list_view(u: UnitOfWork) -> TaskView:
    """No task is open: those there are."""
    mine = u.leases.jobs()
    cards = tuple(card for row, begun in open_jobs(u, TASKS) if (card := _card(u, row, begun, row.id in mine)))
    return TaskView(step=TaskStep.LIST, prompt=say(Code.CHOOSE_TASK), tasks=cards)


def _card(u: UnitOfWork, row: JobRow, begun: bool, mine: bool) -> TaskCard | None:
    works = u.rows.find(WorkRow, "job", row.id)
    if not works:
        return None
    first = works[0]
    item = u.rows.get(ItemRow, first.sku)
    return TaskCard(
        job=row.id,
        kind=row.kind.value,
        place=source_of(first.from_bin).label,
        item=item.name if item else first.sku,
        # A count is blind: what is expected stays with the books.
        qty=0 if row.kind is JobKind.COUNT else first.qty_req,
        lines=len(works),
        to=first.to_place,
        urgent=row.priority <= URGENT,
        started=begun,
        mine=mine,
    )


def task_view(u: UnitOfWork, state: TaskState) -> TaskView:
    """A task in hand."""
    now = state.now
    return _count(u, state.kind, now) if isinstance(now, CountState) else _move(u, state.kind, now)


def _move(u: UnitOfWork, kind: str, state: MoveState) -> TaskView:
    line, source = state.line, state.source
    return TaskView(
        step=state.step,
        prompt=prompt(state),
        job=state.job,
        kind=kind,
        place=source.label if source.labelled else None,
        confirmed=state.there,
        to=state.to,
        item=item_card(u, line.sku, u.rows.get(WorkRow, line.item)),
        need=line.need - line.short,
        hand=state.in_hand,
        done=line.done,
        scanned=item_card(u, state.scanned) if state.scanned else None,
        can_undo=bool(state.hand or state.brought),
        can_short=state.step in (TaskStep.FROM, TaskStep.ITEM) and not state.hand,
    )


def _count(u: UnitOfWork, kind: str, state: CountState) -> TaskView:
    about = in_hand(state)
    tallies = tuple(
        TallyCard(item_card_of(u, tally.sku, tally.lot), tally.qty, (tally.sku, tally.lot) == state.now)
        for tally in reversed(state.tallies)
    )
    counting = state.step is TaskStep.COUNT
    return TaskView(
        step=state.step,
        prompt=prompt(state),
        job=state.job,
        kind=kind,
        place=state.bin,
        confirmed=state.step is not TaskStep.BIN,
        item=item_card_of(u, *about) if about else None,
        done=sum(tally.qty for tally in state.tallies),
        tallies=tallies,
        round=state.round,
        can_undo=counting and bool(state.trail or state.asks),
        can_empty=counting and not state.tallies,
        can_finish=counting and bool(state.tallies),
    )


def item_card_of(u: UnitOfWork, sku: str, lot: str | None) -> ItemCard:
    """An item with the lot it was counted of."""
    return replace(item_card(u, sku), lot=lot)
