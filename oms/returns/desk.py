"""Returns as the desk looks at them: found while somebody types, counted by what is to be done, one with all of it. Routes ask it."""

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from oms.money.due import worth
from oms.returns import labels, queries, scene, stats
from oms.returns.codes import Resolution, ReturnState
from oms.returns.labels import ReturnLabelRow
from oms.returns.models import CustomerReturn, ReturnLine
from oms.returns.rules import RETURN
from oms.returns.stats import By
from oms.sales.heads import money
from oms.sales.models import CustomerOrder
from sync.contract.returns import Disposition, Grade, ReturnReason
from sync.contract.returns_desk import (
    STUCK_WORD,
    BackFigure,
    BackFound,
    BackLabel,
    BackLine,
    BackReceipt,
    BackSheet,
    DeskAct,
    DeskCount,
    DeskGroup,
    DeskReply,
)
from sync.contract.shipping import CarrierLabel

if TYPE_CHECKING:
    from oms.db.work import Work

_S = ReturnState
GROUPS: Final[dict[DeskGroup, frozenset[ReturnState]]] = {
    DeskGroup.ASKED: frozenset({_S.ASKED}),
    DeskGroup.COMING: frozenset({_S.APPROVED, _S.LABEL_SENT}),
    DeskGroup.RECEIVED: frozenset({_S.PARTLY_RECEIVED}),
    DeskGroup.DECIDE: frozenset({_S.GRADED}),
    DeskGroup.SETTLED: frozenset({_S.CLOSED, _S.REFUSED, _S.CANCELLED}),
}
_MOST_WORDS: Final = 8
_MOST_COUNTED: Final = 10_000
_MOST_FIGURES: Final = 12
_MONTH: Final = timedelta(days=30)
_SAID: Final = {
    DeskAct.APPROVE: _S.APPROVED, DeskAct.REFUSE: _S.REFUSED, DeskAct.LABEL_SENT: _S.LABEL_SENT, DeskAct.CANCEL: _S.CANCELLED,
}  # fmt: skip
_ENDS: Final = tuple(DeskAct(one.value) for one in Resolution)


def found(db: Session, text: str, channel: str, after: str, limit: int) -> DeskReply:
    """Returns that every typed word fits, the newest first."""
    fits = _fits(text, channel)
    rows = select(CustomerReturn).outerjoin(CustomerOrder, CustomerOrder.number == CustomerReturn.order_no).where(*fits)
    total = db.scalar(select(func.count()).select_from(rows.limit(_MOST_COUNTED + 1).subquery())) or 0
    page = rows.where(CustomerReturn.number < after) if after else rows
    heads = queries.heads(db, list(db.scalars(page.order_by(CustomerReturn.number.desc()).limit(limit))))
    names = _names(db, {one.order for one in heads if one.order})
    stuck = labels.stuck(db, {one.number for one in heads})
    return DeskReply(
        found=[_found(one, names.get(one.order or "", ""), stuck=one.number in stuck) for one in heads],
        total=min(total, _MOST_COUNTED), more_than=total > _MOST_COUNTED,
        next=heads[-1].number if len(heads) == limit else None, counts=counts(db, channel),
    )  # fmt: skip


def counts(db: Session, channel: str) -> list[DeskCount]:
    """How many there are to be done; of those that are settled, all."""
    of = case(*((CustomerReturn.state.in_(states), group.value) for group, states in GROUPS.items()), else_="")
    mine = select(of, func.count())
    if channel:
        mine = mine.where(CustomerReturn.channel == channel)
    known: dict[str, int] = dict(db.execute(mine.group_by(of)).all())
    return [DeskCount(name=group.value, query=group.value, count=known.get(group.value, 0)) for group in DeskGroup]


def _fits(text: str, channel: str) -> list[ColumnElement[bool]]:
    fits: list[ColumnElement[bool]] = [CustomerReturn.channel == channel] if channel else []
    for word in text.lower().split()[:_MOST_WORDS]:
        if word in set(DeskGroup):
            fits.append(CustomerReturn.state.in_(GROUPS[DeskGroup(word)]))
            continue
        if word == STUCK_WORD:
            fits.append(labels.is_stuck())
            continue
        columns = (
            CustomerReturn.number, CustomerReturn.order_no, CustomerReturn.tracking, CustomerReturn.found, CustomerReturn.channel,
            CustomerOrder.reference, CustomerOrder.ship_name, CustomerOrder.email,
        )  # fmt: skip
        item = select(ReturnLine.line_no).where(
            ReturnLine.return_no == CustomerReturn.number, ReturnLine.sku.icontains(word, autoescape=True)
        )
        fits.append(or_(*(column.icontains(word, autoescape=True) for column in columns), item.exists()))
    return [and_(*fits)] if fits else []


def _names(db: Session, orders: set[str]) -> dict[str, str]:
    mine = select(CustomerOrder.number, CustomerOrder.ship_name).where(CustomerOrder.number.in_(orders))
    return dict(db.execute(mine).all())


def _found(one: queries.ReturnHead, customer: str, *, stuck: bool = False) -> BackFound:
    return BackFound(
        number=one.number, state=one.state, order=one.order or "", customer=customer, site=one.site, channel=one.channel,
        asked_at=one.asked_at, units=one.units, received=one.received, currency=one.currency, refund=one.refund,
        resolution=one.resolution or "", signs=one.signs, revision=one.revision,
        stuck=stuck,
    )  # fmt: skip


def sheet(w: "Work", number: str) -> BackSheet | None:
    """One return with what its lines are worth and what may be done; None when there is none."""
    told = queries.sheet(w.db, number)
    if told is None:
        return None
    order = w.db.get(CustomerOrder, told.head.order) if told.head.order else None
    found = scene.lock(w, number)
    sold = {one.line_no: one for one in found.sale.lines} if found.sale is not None else {}
    lines = []
    for one in told.lines:
        line = sold.get(one.order_line or 0)
        units = min(max(one.qty, one.received), line.shipped - line.returned) if line is not None else 0
        came = [each for each in told.receipts if each.line == one.line and not each.undone]
        lines.append(
            BackLine(
                line=one.line, sku=one.sku, name=(line.name if line is not None else "") or one.sku, qty=one.qty,
                received=one.received, reason=ReturnReason(one.reason), note=one.note, photos=len(one.photos), refund=one.refund,
                worth=money(worth(line, units, found.back.currency)) if line is not None else "",
                receipts=[
                    BackReceipt(qty=r.qty, grade=Grade(r.grade), disposition=Disposition(r.disposition), place=r.place)
                    for r in came
                ],
            )
        )  # fmt: skip
    return BackSheet(
        head=_found(told.head, order.ship_name if order is not None else ""), note=told.note, because=told.because,
        tracking=told.tracking, fee=told.head.fee, exchange=told.head.exchange or "", lines=lines, acts=acts(w, found),
        label=_label(told.label),
    )  # fmt: skip


def _label(one: ReturnLabelRow | None) -> BackLabel | None:
    # One that was given back is nobody's business any more.
    if one is None or one.state is CarrierLabel.VOID:
        return None
    return BackLabel(state=one.state, carrier=one.carrier, service=one.service, problem=one.problem, kept=one.kept)


def acts(w: "Work", found: scene.Scene) -> list[DeskAct]:
    """What may be done about it now."""
    back = found.back
    if back.state is _S.GRADED:
        known = found.sale is not None
        return [one for one in _ENDS if known or one in (DeskAct.NOTHING, DeskAct.SEND_BACK)]
    if back.state is _S.PARTLY_RECEIVED:
        return [DeskAct.ALL_HERE]
    may = [act for act, then in _SAID.items() if then in RETURN[back.state]]
    return [DeskAct.MAKE_LABEL, *may] if labels.may_make(w, found) else may


def figures(w: "Work", channel: str) -> list[BackFigure]:
    """The thirty days until today, by item, reason and channel; those that come back most."""
    today = w.now.date()
    return [
        BackFigure(
            by=by.value, key=one.key, returned=one.returned, shipped=one.shipped, percent=one.percent, refunds=one.refunds
        )
        for by in By
        for one in stats.stats(w.db, by, today - _MONTH, today, channel, _MOST_FIGURES)
    ]  # fmt: skip
