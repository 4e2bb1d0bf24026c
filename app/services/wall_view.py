"""The put wall's picture of one moment, from the flow state and the rows. Used by `services.wall`."""

from app.core.messages import Code, say
from app.core.views_work import MissingCard, SlotCard, SlotState, WallStep, WallView, Whereabouts
from app.flows.wall_rule import Seat, Sort
from app.flows.wall_state import WallState, prompt, slot_state
from app.services.cards import item_card, job_card
from app.services.ports import UnitOfWork
from app.services.work_flow import open_jobs
from sync.contract.codes import JobKind, WorkState
from sync.contract.rows import ItemRow, WorkRow

SORTS = frozenset({JobKind.SORT})
_TO_COME = (WorkState.OPEN, WorkState.LEASED)


def waiting_view(u: UnitOfWork) -> WallView:
    """No tote is open: those that wait."""
    queue = tuple(job_card(u, row, begun) for row, begun in open_jobs(u, SORTS))
    return WallView(step=WallStep.WAITING, prompt=say(Code.SCAN_BULK_TOTE), queue=queue)


def wall_view(u: UnitOfWork, state: WallState) -> WallView:
    """A tote in hand."""
    slots = tuple(_slot(u, state, seat) for seat in state.seats)
    sku = state.spare.sku if state.spare else state.sort.line.sku if state.sort else None
    return WallView(
        step=state.step,
        prompt=prompt(state),
        queue=(),
        job=state.job,
        tote=state.tote,
        slots=slots,
        slot=next((card for card in slots if state.seat and card.n == state.seat.n), None) if state.hand else None,
        item=item_card(u, sku) if sku else None,
        hand=state.in_hand or (state.spare.qty if state.spare else 0),
        put=sum(sort.line.done for sort in state.sorts),
        units=sum(sort.line.need for sort in state.sorts),
        left=state.left,
        extra=state.extra,
        missing=_missing(u, state),
        scanned=item_card(u, state.scanned) if state.scanned and u.rows.get(ItemRow, state.scanned) else None,
        can_undo=state.can_undo,
    )


def _slot(u: UnitOfWork, state: WallState, seat: Seat) -> SlotCard:
    own = [sort for sort in state.sorts if sort.slot == seat.n]
    stands = slot_state(state, seat)
    lacks = stands in (SlotState.WAITING, SlotState.FILLING)
    return SlotCard(
        n=seat.n,
        order=seat.order,
        place=seat.place,
        state=stands,
        put=sum(sort.line.done for sort in own),
        units=sum(sort.line.need for sort in own),
        missing=tuple(card for sort in own for card in _lacking(u, state, seat, sort)) if lacks else (),
    )


def _missing(u: UnitOfWork, state: WallState) -> tuple[MissingCard, ...]:
    """What is still to come out of the tote, item by item."""
    open: dict[str, int] = {}
    for sort in state.sorts:
        open[sort.line.sku] = open.get(sort.line.sku, 0) + sort.open
    return tuple(MissingCard(item_card(u, sku), n, Whereabouts.TOTE, state.tote) for sku, n in open.items() if n)


def _lacking(u: UnitOfWork, state: WallState, seat: Seat, sort: Sort) -> tuple[MissingCard, ...]:
    """Where the units are that one line of a slot waits for: in the tote, on the way by a hot pick, or nobody knows."""
    cards = []
    item = item_card(u, sort.line.sku)
    if sort.open:
        cards.append(MissingCard(item, sort.open, Whereabouts.TOTE, state.tote))
    if sort.line.short:
        fetched = _hot_pick(u, seat.order, sort.line.sku)
        where = Whereabouts.BIN if fetched else Whereabouts.LOST
        cards.append(MissingCard(item, sort.line.short, where, fetched.from_bin if fetched else ""))
    return tuple(cards)


def _hot_pick(u: UnitOfWork, order: str, sku: str) -> WorkRow | None:
    rows = u.rows.find(WorkRow, "order", order)
    picks = (row for row in rows if row.kind is JobKind.PICK and row.sku == sku and row.state in _TO_COME)
    return next(picks, None)
