"""One customer order with all that is shown of it at the workbench. Reads only, each query by an index; the workbench's routes call it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select, text
from sqlalchemy.orm import Session

from oms.catalog.models import Site
from oms.orders.models import Order, OrderLine
from oms.packing.models import Parcel
from oms.packing.sharing import parcels_for
from oms.people.models import Worker
from oms.sales import search_words as sw
from oms.sales.desk_models import OrderMerge, OrderNote, OrderSplit
from oms.sales.desk_rules import MOVABLE, acts_of, same_place
from oms.sales.heads import heads, moment, money
from oms.sales.models import CustomerOrder, CustomerOrderLine, OrderHold
from oms.shipping.carriers.models import ParcelDelivery
from oms.shipping.links import paths
from oms.sourcing.decisions import decisions_of
from oms.waves.models import WaveOrder
from sync.contract.codes import ParcelState
from sync.contract.workbench import (
    Address,
    LineAt,
    MergedWith,
    OrderSheet,
    SheetHold,
    SheetLine,
    SheetMoney,
    SheetNote,
    SheetParcel,
    SheetPart,
    SheetReason,
)

#: More than these would not be read by anybody.
_ALIKE_MOST = 20


def sheet_of(db: Session, number: str, today: date, public_url: str = "") -> OrderSheet | None:
    """The sheet of an order; None when there is no such order. `public_url` is where customers reach this server: without it parcels have
    no address to be followed at."""
    order = db.get(CustomerOrder, number)
    if order is None:
        return None
    [head] = heads(db, [number], today)
    parts = db.scalars(
        select(Order).where(Order.customer_order == number).order_by(Order.placed_at, Order.number)
    ).all()
    holds = db.scalars(select(OrderHold).where(OrderHold.order_no == number).order_by(OrderHold.at, OrderHold.id)).all()
    lines = lines_of(db, number)
    merged = list(_merged(db, order))
    made, split_to = _splits(db, number)
    return OrderSheet(
        head=head,
        captured_at=moment(order.captured_at),
        ship_to=address_of(order),
        bill_to=_billed(order.bill_to),
        customer_id=order.customer_id,
        email=order.email,
        phone=order.phone,
        language=order.language,
        pick_up_site=order.pick_up_site,
        carrier=order.carrier,
        service=order.service,
        wanted=order.wanted.isoformat() if order.wanted else None,
        note=order.note,
        substitution=order.substitution.value,
        splitting=order.splitting.value,
        money=_money(order),
        lines=_lines(db, lines, parts),
        parts=_parts(db, parts, public_url),
        holds=_holds(db, holds),
        notes=_notes(db, number),
        decision=_decision(db, number),
        merged=merged,
        alike=alike(db, order),
        split_from=made,
        split_to=split_to,
        acts=acts_of(order, lines, parts, held=head.holds > 0, undo=any(one.undo for one in merged)),
    )


def lines_of(db: Session, number: str) -> Sequence[CustomerOrderLine]:
    """The lines of an order, in order."""
    mine = select(CustomerOrderLine).where(CustomerOrderLine.order_no == number)
    return db.scalars(mine.order_by(CustomerOrderLine.line_no)).all()


def address_of(order: CustomerOrder) -> Address:
    """Where it goes."""
    return Address(
        name=order.ship_name, street=order.ship_street, postcode=order.ship_postcode, city=order.ship_city,
        region=order.ship_region, country=order.ship_country,
    )  # fmt: skip


def _billed(bill: dict[str, Any]) -> Address | None:
    known = {key: str(bill[key]) for key in Address.__struct_fields__ if bill.get(key)}
    return Address(**known) if known else None


def _money(order: CustomerOrder) -> SheetMoney:
    return SheetMoney(
        currency=order.currency, goods=money(order.goods), discount=money(order.discount), shipping=money(order.shipping),
        tax=money(order.tax), total=money(order.total), tax_included=order.tax_included, payment=order.payment.value,
    )  # fmt: skip


def _lines(db: Session, lines: Sequence[CustomerOrderLine], parts: Sequence[Order]) -> list[SheetLine]:
    at = _lines_at(db, parts)
    return [
        SheetLine(
            line=line.line_no, sku=line.sku, qty=line.qty, name=line.name, foreign_sku=line.foreign_sku,
            problem=line.problem, open=line.open, assigned=line.assigned, backordered=line.backordered,
            shipped=line.shipped, cancelled=line.cancelled, returned=line.returned,
            price=money(line.price) if line.price is not None else None, discount=money(line.discount),
            tax_rate=f"{line.tax_rate:f}" if line.tax_rate is not None else None, tax=money(line.tax), total=money(line.total),
            instead_of=line.instead_of, flags=list(line.flags),
            expected=line.expected.isoformat() if line.expected else None, sites=at[line.line_no],
        )
        for line in lines
        # What was moved to another order leaves a line of nothing.
        if line.qty or line.problem
    ]  # fmt: skip


def _lines_at(db: Session, parts: Sequence[Order]) -> dict[int, list[LineAt]]:
    """What each site does of each line."""
    found: dict[int, list[LineAt]] = defaultdict(list)
    for part in parts:
        mine = select(OrderLine).where(OrderLine.site_id == part.site_id, OrderLine.order_no == part.number)
        for one in db.scalars(mine.order_by(OrderLine.line_no)):
            if one.customer_line is not None:
                found[one.customer_line].append(
                    LineAt(
                        site=part.site_id, part=part.number, qty=one.qty, picked=one.picked, packed=one.packed,
                        short=one.short, state=part.state.value,
                    )
                )  # fmt: skip
    return found


def _parts(db: Session, parts: Sequence[Order], public_url: str) -> list[SheetPart]:
    names = dict(db.execute(select(Site.id, Site.name).where(Site.id.in_({p.site_id for p in parts}))).all())
    waves = _waves(db, parts)
    pages = paths(db, [(part.site_id, part.number) for part in parts]) if public_url else {}
    return [
        SheetPart(
            number=part.number, site=part.site_id, site_name=names.get(part.site_id, ""), state=part.state.value,
            pick_up=part.pick_up, ready_at=_when(part.ready_at), released_at=_when(part.released_at),
            shipped_at=_when(part.shipped_at), cut_off=_when(part.cut_off),
            promised=part.promised.isoformat() if part.promised else None, carrier=part.carrier, service=part.service,
            held_reason=part.held_reason, held_params=part.held_params, wave=waves.get((part.site_id, part.number)),
            parcels=_parcels(db, part, public_url + path if (path := pages.get((part.site_id, part.number))) else ""),
        )
        for part in parts
    ]  # fmt: skip


def _waves(db: Session, parts: Iterable[Order]) -> dict[tuple[str, str], str]:
    mine = [(WaveOrder.site_id == one.site_id) & (WaveOrder.order_no == one.number) for one in parts]
    if not mine:
        return {}
    live = select(WaveOrder).where(or_(*mine), WaveOrder.left_at.is_(None))
    return {(one.site_id, one.order_no): one.wave_id for one in db.scalars(live)}


def _parcels(db: Session, part: Order, page: str) -> list[SheetParcel]:
    found = db.scalars(parcels_for(part.site_id, part.number).where(Parcel.state != ParcelState.VOID)).all()
    ids = [one.id for one in found]
    far = {one.parcel_id: one for one in db.scalars(select(ParcelDelivery).where(ParcelDelivery.parcel_id.in_(ids)))}
    return [
        SheetParcel(
            sscc=one.sscc, state=one.state.value, carrier=one.carrier, service=one.service, tracking=one.tracking,
            tracking_url=page if one.tracking else "", weight_g=one.grams, shipped_at=_when(one.shipped_at),
            news=far[one.id].state.value if one.id in far else "",
        )
        for one in sorted(found, key=lambda one: one.number)
    ]  # fmt: skip


def _decision(db: Session, number: str) -> list[SheetReason]:
    """Why these sites, as it was last decided."""
    now = next((one for one in decisions_of(db, number) if one.superseded_at is None), None)
    if now is None:
        return []
    at = moment(now.at)
    return [
        SheetReason(code=one["code"], site=str(one["params"].get("site", "")), at=at, words=one["params"])
        for one in now.reasons
    ]


def _holds(db: Session, holds: Sequence[OrderHold]) -> list[SheetHold]:
    names = names_of(db, {hold.released_by for hold in holds})
    return [
        SheetHold(
            id=hold.id, code=hold.code, at=moment(hold.at), params=scalars(hold.params), line=hold.line_no,
            released_at=_when(hold.released_at), released_by=names.get(hold.released_by or "", hold.released_by or ""),
            because=hold.because,
        )
        for hold in holds
    ]  # fmt: skip


def _notes(db: Session, number: str) -> list[SheetNote]:
    notes = db.scalars(select(OrderNote).where(OrderNote.order_no == number).order_by(OrderNote.at, OrderNote.id)).all()
    names = names_of(db, {note.worker_id for note in notes})
    return [
        SheetNote(
            id=note.id,
            at=moment(note.at),
            text=note.text,
            who=names.get(note.worker_id or "", note.source),
            pinned=note.pinned,
        )
        for note in notes
    ]


def names_of(db: Session, ids: Iterable[str | None]) -> dict[str, str]:
    """What people are called, by id."""
    wanted = [one for one in ids if one]
    if not wanted:
        return {}
    return dict(db.execute(select(Worker.id, Worker.name).where(Worker.id.in_(wanted))).all())


def scalars(words: dict[str, Any]) -> dict[str, Any]:
    """Only what can be a word of a sentence."""
    return {key: value for key, value in words.items() if value is None or isinstance(value, str | int | float | bool)}


def _merged(db: Session, order: CustomerOrder) -> Iterable[MergedWith]:
    live = select(OrderMerge).where(
        or_(OrderMerge.order_no == order.number, OrderMerge.other == order.number), OrderMerge.undone_at.is_(None)
    )
    for one in db.scalars(live.order_by(OrderMerge.at)):
        into = one.other == order.number
        host = db.get_one(CustomerOrder, one.order_no)
        yield MergedWith(
            order=one.order_no if into else one.other,
            into=into,
            undo=host.state in MOVABLE,
        )


def _splits(db: Session, number: str) -> tuple[str | None, list[str]]:
    found = db.execute(
        select(OrderSplit.order_no, OrderSplit.made)
        .where(or_(OrderSplit.made == number, OrderSplit.order_no == number))
        .order_by(OrderSplit.at, OrderSplit.made)
    ).all()
    origin = next((one for one, made in found if made == number), None)
    return origin, [made for one, made in found if one == number]


_ALIKE = text(
    "SELECT order_no FROM order_search WHERE words @@ CAST(:q AS tsquery) AND order_no <> :number ORDER BY n + 0 DESC LIMIT 200"
)


def alike(db: Session, order: CustomerOrder) -> list[str]:
    """Open orders of the same customer that go to the same place: they could be merged."""
    if order.state not in sw.OPEN_STATES:
        return []
    mine = CustomerOrder.state.in_(sw.OPEN_STATES), CustomerOrder.number != order.number
    if order.customer_id is not None:
        theirs = select(CustomerOrder).where(CustomerOrder.customer_id == order.customer_id, *mine)
    elif email := sw.plain(order.email):
        numbers = db.scalars(_ALIKE, {"q": f"'{sw.PERSON}{email}'", "number": order.number}).all()
        theirs = select(CustomerOrder).where(CustomerOrder.number.in_(numbers), *mine)
    else:
        return []
    found = db.scalars(theirs.order_by(CustomerOrder.placed_at.desc()).limit(10 * _ALIKE_MOST))
    return [one.number for one in found if not same_place(order, one)][:_ALIKE_MOST]


def _when(at: datetime | None) -> str | None:
    return moment(at) if at is not None else None
