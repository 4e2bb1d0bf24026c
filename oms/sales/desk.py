"""What people do to customer orders at the workbench, one order at a time: notes, holds, priority, sites anew. Called by the workbench's
routes in one unit of work each. Splitting and merging are in `parting`, changing and cancelling in `changing`.

Each answers with a result; where it has a reason, nothing of the order has changed.
"""

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from oms.sales import floors, holds
from oms.sales.codes import EventKind, SaleState
from oms.sales.desk_models import OrderNote
from oms.sales.desk_rules import OVER, PRIORITIES
from oms.sales.drafts import Address as DraftAddress
from oms.sales.events import note
from oms.sales.models import OrderEvent
from oms.sales.onward import go_on
from oms.sales.scene import Sale, lock_sale, settle_state
from oms.sales.searching import index
from oms.sourcing.actions import resource
from oms.transitions import NotAllowed
from sync.contract.codes import OrderState
from sync.contract.workbench import Address, WorkbenchRefusal
from sync.contract.workbench_acts import ActResult, NoteRequest, ReleaseHoldRequest

if TYPE_CHECKING:
    from oms.db.work import Work

_R = WorkbenchRefusal
#: Longest texts that are kept, and so many kinds of events are told to somebody who was too late.
_MOST_TEXT, _MOST_TOLD = 2000, 10
#: Why a person keeps an order back by hand; their words are `because`.
BY_HAND: Final = "order_held_by_hand"


class Refused(Exception):
    """Why it was not done. Rolls back what was done of it."""

    def __init__(self, reason: str, **words: str | int) -> None:
        super().__init__(reason)
        self.reason = str(reason)
        self.words = words


def doing(w: "Work", number: str, revision: int | None, act: Callable[[Sale], str | None]) -> ActResult:
    """`act` on the locked order, if it is still as the person saw it; what it answers is what it made. All of it or nothing."""
    sale = lock_sale(w, number)
    if sale is None:
        return ActResult(order=number, reason=_R.UNKNOWN_ORDER.value)
    if revision is not None and revision != sale.order.revision:
        return _too_late(w, sale, revision)
    before = sale.order.revision
    try:
        with w.savepoint():
            made = act(sale)
            w.db.flush()
    except (Refused, floors.Refused) as no:
        reason, words = (no.reason, no.words) if isinstance(no, Refused) else (no.code.value, no.params)
        return ActResult(order=number, reason=reason, words=dict(words), revision=before)
    except NotAllowed:
        return ActResult(
            order=number, reason=_R.NOT_NOW.value, words={"state": sale.order.state.value}, revision=before
        )
    return ActResult(order=number, revision=sale.order.revision, made=made)


def _too_late(w: "Work", sale: Sale, revision: int) -> ActResult:
    since = min(_MOST_TOLD, max(1, sale.order.revision - revision))
    newest = select(OrderEvent.kind).where(OrderEvent.order_no == sale.order.number).order_by(OrderEvent.id.desc())
    return ActResult(
        order=sale.order.number,
        reason=_R.CHANGED_MEANWHILE.value,
        words={"asked": revision, "now": sale.order.revision},
        revision=sale.order.revision,
        changed=list(reversed(w.db.scalars(newest.limit(since)).all())),
    )


def write_note(w: "Work", asked: NoteRequest) -> ActResult:
    """Appends a note, or pins one that is there."""
    return doing(w, asked.order, None, lambda sale: _pin(w, sale, asked) if asked.note else _write(w, sale, asked))


def _write(w: "Work", sale: Sale, asked: NoteRequest) -> str:
    words = asked.text.strip()[:_MOST_TEXT]
    if not words:
        raise Refused(_R.BAD_VALUE, field="text")
    made = OrderNote(
        id=uuid.uuid4().hex, order_no=sale.order.number, at=w.now, text=words, source=w.actor.source,
        worker_id=w.actor.worker, device=w.actor.device, pinned=asked.pinned,
    )  # fmt: skip
    w.db.add(made)
    # Events go to other systems; what people write among themselves does not.
    note(w, sale.order.number, EventKind.NOTE, note=made.id)
    w.audit("sale.noted", order=sale.order.number, note=made.id, pinned=asked.pinned)
    return made.id


def _pin(w: "Work", sale: Sale, asked: NoteRequest) -> str:
    one = w.db.get(OrderNote, asked.note)
    if one is None or one.order_no != sale.order.number:
        raise Refused(_R.BAD_VALUE, field="note")
    if one.pinned != asked.pinned:
        one.pinned = asked.pinned
        w.audit("sale.note_pinned", order=sale.order.number, note=one.id, pinned=asked.pinned)
    return one.id


def hold(w: "Work", number: str, revision: int | None, because: str) -> ActResult:
    """Keeps it back by hand."""

    def act(sale: Sale) -> str:
        _not_over(sale)
        if not because.strip():
            raise Refused(_R.BAD_VALUE, field="because")
        made = holds.hold(w, sale, BY_HAND, because=because.strip()[:_MOST_TEXT])
        w.audit("sale.held", order=number, hold=made)
        return made

    return doing(w, number, revision, act)


def release_hold(w: "Work", asked: ReleaseHoldRequest) -> ActResult:
    """Releases one hold or all, with what puts it right. What is still wrong is the reason why not."""

    def act(sale: Sale) -> None:
        open_ = [one for one in sale.holds if one.released_at is None]
        chosen = [one for one in open_ if asked.hold in (None, one.id)]
        if not chosen:
            raise Refused(_R.UNKNOWN_HOLD if asked.hold is not None else _R.NOTHING_TO_DO)
        for one in chosen:
            if one.released_at is None:
                sku = asked.skus.get(one.line_no, "") if one.line_no is not None else ""
                mend = holds.Mend(address=_draft(asked.address), sku=sku)
                wrong = holds.release_hold(w, sale, one.id, asked.because[:500], mend=mend)
                if wrong is not None:
                    raise Refused(wrong, line=one.line_no or 0)
        go_on(w, sale)
        index(w, [sale.order.number])
        w.audit("sale.hold_released", order=sale.order.number, holds=len(chosen), because=asked.because[:500])

    return doing(w, asked.order, asked.revision, act)


def _draft(address: Address | None) -> DraftAddress | None:
    if address is None:
        return None
    return DraftAddress(
        name=address.name[:200], street=address.street[:200], postcode=address.postcode[:20], city=address.city[:200],
        region=address.region[:200], country=address.country[:2],
    )  # fmt: skip


def prioritise(w: "Work", number: str, revision: int | None, priority: int) -> ActResult:
    """Its sites' orders that are not on a floor follow."""

    def act(sale: Sale) -> None:
        _not_over(sale)
        if priority not in PRIORITIES:
            raise Refused(_R.BAD_VALUE, field="priority")
        if sale.order.priority == priority:
            raise Refused(_R.NOTHING_TO_DO)
        words: dict[str, Any] = {"field": "priority", "was": sale.order.priority, "now": priority}
        sale.order.priority = priority
        for part in sale.parts:
            if part.state in (OrderState.HELD, OrderState.OPEN):
                part.priority = priority
                w.beside(part.site_id).touch("order", part.number)
        note(w, number, EventKind.CHANGED, **words)
        w.audit("sale.prioritised", order=number, **words)
        settle_state(w, sale)

    return doing(w, number, revision, act)


def source_anew(w: "Work", number: str, revision: int | None) -> ActResult:
    """Its sites are chosen again, for what nobody has begun."""

    def act(sale: Sale) -> None:
        _not_over(sale)
        if sale.held:
            raise Refused(_R.NOT_NOW, state=SaleState.HELD.value)
        resource(w, sale)
        w.audit("sale.resourced", order=number)

    return doing(w, number, revision, act)


def _not_over(sale: Sale) -> None:
    if sale.order.state in OVER:
        raise Refused(_R.NOT_NOW, state=sale.order.state.value)
