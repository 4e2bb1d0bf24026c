"""Orders to suppliers as the buyer's desk looks at them: found while somebody types, counted by what is to be done, one with all of it; and
the items to look at. Routes ask it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from oms.catalog.models import Item
from oms.notify.codes import MailKind
from oms.purchasing import alerts
from oms.purchasing.actions import may_send, revision
from oms.purchasing.codes import COMING, BuyMailState, BuyState
from oms.purchasing.models import PurchaseLine, PurchaseMail, PurchaseOrder, PurchaseSetting, Supplier
from oms.purchasing.rules import BUY
from oms.transitions import can
from sync.contract.buying_desk import (
    BuyAct,
    BuyAlert,
    BuyAlerts,
    BuyCount,
    BuyDeskReply,
    BuyFound,
    BuyGroup,
    BuyLine,
    BuySheet,
)

_S = BuyState
_UNDELIVERED: Final = (
    select(PurchaseMail.order_no)
    .where(PurchaseMail.order_no == PurchaseOrder.number, PurchaseMail.state == BuyMailState.DEAD)
    .exists()
)
_MOST_WORDS: Final = 8
_MOST_COUNTED: Final = 10_000
#: Alerts of a kind that are told: nobody reads more at once.
_MOST_ALERTS: Final = 100


def found(db: Session, site: str, today: date, text: str, after: str, limit: int) -> BuyDeskReply:
    """Orders of a site that every typed word fits, the newest first."""
    rows = (
        select(PurchaseOrder).join(Supplier, Supplier.code == PurchaseOrder.supplier).where(*_fits(site, today, text))
    )
    total = db.scalar(select(func.count()).select_from(rows.limit(_MOST_COUNTED + 1).subquery())) or 0
    page = rows.where(PurchaseOrder.number < after) if after else rows
    orders = list(db.scalars(page.order_by(PurchaseOrder.number.desc()).limit(limit)))
    return BuyDeskReply(
        found=_found(db, orders, today), total=min(total, _MOST_COUNTED), more_than=total > _MOST_COUNTED,
        next=orders[-1].number if len(orders) == limit else None, counts=counts(db, site, today),
    )  # fmt: skip


def counts(db: Session, site: str, today: date) -> list[BuyCount]:
    """How many there are of each group. What is late is also coming."""
    mine = select(func.count()).select_from(PurchaseOrder).where(PurchaseOrder.site_id == site)
    wanted = [mine.where(_of_group(group, today)).scalar_subquery() for group in BuyGroup]
    known = db.execute(select(*wanted)).one()
    return [BuyCount(name=one.value, query=one.value, count=n) for one, n in zip(BuyGroup, known, strict=True)]


def _of_group(group: BuyGroup, today: date) -> ColumnElement[bool]:
    match group:
        case BuyGroup.APPROVE:
            return PurchaseOrder.state.in_((_S.DRAFT, _S.AWAITING))
        case BuyGroup.SEND:
            return or_(PurchaseOrder.state == _S.APPROVED, and_(PurchaseOrder.state.in_(COMING), _UNDELIVERED))
        case BuyGroup.COMING:
            return PurchaseOrder.state.in_(COMING)
        case BuyGroup.LATE:
            return and_(PurchaseOrder.state.in_(COMING), _has_line(_open(), PurchaseLine.day < today))
    return PurchaseOrder.state.in_((_S.RECEIVED, _S.CLOSED, _S.CANCELLED))


def _open() -> ColumnElement[bool]:
    return PurchaseLine.wanted > PurchaseLine.received + PurchaseLine.damaged


def _has_line(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(PurchaseLine.line_no).where(PurchaseLine.order_no == PurchaseOrder.number, *which).exists()


def _fits(site: str, today: date, text: str) -> list[ColumnElement[bool]]:
    fits: list[ColumnElement[bool]] = [PurchaseOrder.site_id == site]
    for word in text.lower().split()[:_MOST_WORDS]:
        if word in set(BuyGroup):
            fits.append(_of_group(BuyGroup(word), today))
            continue
        columns = (PurchaseOrder.number, PurchaseOrder.reference, Supplier.code, Supplier.name)
        named = select(Item.sku).where(Item.site_id == site, Item.name.icontains(word, autoescape=True))
        ours, theirs = (one.icontains(word, autoescape=True) for one in (PurchaseLine.sku, PurchaseLine.their_sku))
        item = _has_line(or_(ours, theirs, PurchaseLine.sku.in_(named)))
        fits.append(or_(*(column.icontains(word, autoescape=True) for column in columns), item))
    return fits


def _found(db: Session, orders: Sequence[PurchaseOrder], today: date) -> list[BuyFound]:
    numbers = [one.number for one in orders]
    day = func.min(case((_open(), PurchaseLine.day)))
    came = func.sum(PurchaseLine.received + PurchaseLine.damaged)
    lines = select(PurchaseLine.order_no, func.sum(PurchaseLine.wanted), came, day)
    of = {
        number: told
        for number, *told in db.execute(lines.where(PurchaseLine.order_no.in_(numbers)).group_by(PurchaseLine.order_no))
    }
    names = select(Supplier.code, Supplier.name).where(Supplier.code.in_({one.supplier for one in orders}))
    name: dict[str, str] = dict(db.execute(names).all())
    dead = set(
        db.scalars(
            select(PurchaseMail.order_no).where(
                PurchaseMail.order_no.in_(numbers), PurchaseMail.state == BuyMailState.DEAD
            )
        )
    )
    told = []
    for one in orders:
        units, received, first = of.get(one.number, (0, 0, None))
        first = first if one.state in COMING else None
        told.append(
            BuyFound(
                number=one.number, supplier=one.supplier, supplier_name=name[one.supplier], state=one.state.value,
                currency=one.currency, total=str(one.total), made_at=_moment(one.made_at), units=int(units), received=int(received),
                day=first.isoformat() if first else "", late=first is not None and first < today,
                undelivered=one.state in COMING and one.number in dead,
            )
        )  # fmt: skip
    return told


def sheet(db: Session, site: str, today: date, number: str) -> BuySheet | None:
    """One order of the site; None when there is none."""
    order = db.get(PurchaseOrder, number)
    if order is None or order.site_id != site:
        return None
    supplier, mail = db.get_one(Supplier, order.supplier), db.get(PurchaseMail, number)
    setting = db.get(PurchaseSetting, site)
    limit = setting.approve_above if setting is not None else None
    rows = select(PurchaseLine).where(PurchaseLine.order_no == number).order_by(PurchaseLine.line_no)
    lines = list(db.scalars(rows))
    names = select(Item.sku, Item.name).where(Item.site_id == site, Item.sku.in_([one.sku for one in lines]))
    name: dict[str, str] = dict(db.execute(names).all())
    coming = order.state in COMING
    [head] = _found(db, [order], today)
    return BuySheet(
        head=head, revision=revision(lines), note=order.note, reference=order.reference, limit="" if limit is None else str(limit),
        limit_currency=setting.currency if setting is not None else "", approved_by=order.approved_by,
        send_by=supplier.send_by.value, address=bool(supplier.email),
        sent_at=_moment(order.sent_at), confirmed_at=_moment(order.confirmed_at),
        problem=mail.problem if mail is not None and head.undelivered else "",
        lines=[
            BuyLine(
                line=one.line_no, sku=one.sku, name=name.get(one.sku) or one.sku, their_sku=one.their_sku, qty=one.qty,
                wanted=one.wanted, received=one.received, damaged=one.damaged, open=one.open, price=str(one.price),
                day=one.day.isoformat(), late=coming and one.open > 0 and one.day < today,
            )
            for one in lines
        ],
        acts=_acts(order, supplier, mail),
    )  # fmt: skip


def _acts(order: PurchaseOrder, supplier: Supplier, mail: PurchaseMail | None) -> list[BuyAct]:
    """What may be done with it now."""
    then = {
        BuyAct.APPROVE: order.state in (_S.DRAFT, _S.AWAITING),
        BuyAct.SEND: may_send(order, supplier, mail),
        BuyAct.CONFIRM: order.state in COMING,
        BuyAct.CALL_OFF: any(can(BUY, order.state, end) for end in (_S.CANCELLED, _S.CLOSED)),
    }
    return [act for act, may in then.items() if may]


def to_look_at(db: Session, site: str, now: datetime) -> list[BuyAlerts]:
    """Items to look at, by kind; those that matter most first."""
    of: dict[str, list[alerts.Alert]] = {}
    for one in sorted(alerts.alerts(db, site, now), key=_matters):
        of.setdefault(one.kind.value, []).append(one)
    told = {one.sku for some in of.values() for one in some[:_MOST_ALERTS]}
    names = select(Item.sku, Item.name).where(Item.site_id == site, Item.sku.in_(told))
    name: dict[str, str] = dict(db.execute(names).all())
    return [
        BuyAlerts(
            kind=kind, count=len(some),
            items=[
                BuyAlert(sku=one.sku, name=name.get(one.sku) or one.sku, have=one.have, want=one.want)
                for one in some[:_MOST_ALERTS]
            ],
        )
        for kind, some in of.items()
    ]  # fmt: skip


def _matters(one: alerts.Alert) -> tuple[str, float, str]:
    """Of little what lacks most of its level, of the rest the most."""
    first = one.have / max(1, one.want) if one.kind is MailKind.LOW_STOCK else -one.have
    return one.kind.value, first, one.sku


def _moment(at: datetime | None) -> str:
    return at.isoformat() if at is not None else ""
