"""What is told of returns: lists, one with everything about it, and what a customer may see. Routes ask it."""

from collections.abc import Collection
from typing import Final

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from oms.returns.codes import ReturnState
from oms.returns.labels import ReturnLabelRow, told
from oms.returns.models import CustomerReturn, ReturnLine, ReturnPhoto, ReturnReceipt
from oms.sales.heads import moment, money
from sync.contract.returns import return_text

MOST: Final = 500


class ReturnHead(Struct, frozen=True, kw_only=True):
    """A return in a list. `refund` and `fee` are decimal texts in `currency`; moments are RFC 3339, null where it has not happened."""

    number: str
    state: str
    order: str | None
    channel: str
    site: str
    came_by: str
    asked_at: str
    closed_at: str | None
    units: int
    received: int
    currency: str
    fee: str
    refund: str
    resolution: str | None
    exchange: str | None
    signs: list[dict[str, str | int]]
    revision: int


class ReturnLineRow(Struct, frozen=True, kw_only=True):
    """A line: `qty` announced, `received` came, `taken` settled; `photos` are digests."""

    line: int
    sku: str
    qty: int
    received: int
    taken: int
    order_line: int | None
    reason: str
    note: str
    refund: str
    photos: list[str]


class ReceiptRow(Struct, frozen=True, kw_only=True):
    """Units that came, and where they were put. `undone`: they were not taken in after all."""

    id: str
    line: int
    site: str
    sku: str
    qty: int
    grade: str
    disposition: str
    suggested: str
    place: str
    at: str
    lot: str
    serial: str
    note: str
    who: str
    undone: bool


class ReturnSheet(Struct, frozen=True, kw_only=True):
    """Everything about a return. `code` is what stands in its barcode; `label` is the one that a carrier makes."""

    head: ReturnHead
    code: str
    found: str
    note: str
    because: str
    tracking: str
    lines: list[ReturnLineRow]
    receipts: list[ReceiptRow]
    label: ReturnLabelRow | None = None


def listed(
    db: Session, states: Collection[ReturnState], order: str, channel: str, after: str, limit: int
) -> list[ReturnHead]:
    """Returns, the newest first; those before `after` (a number). `channel` and `order` '': any."""
    wanted = select(CustomerReturn).order_by(CustomerReturn.number.desc()).limit(limit)
    if states:
        wanted = wanted.where(CustomerReturn.state.in_(states))
    if order:
        wanted = wanted.where(CustomerReturn.order_no == order)
    if channel:
        wanted = wanted.where(CustomerReturn.channel == channel)
    if after:
        wanted = wanted.where(CustomerReturn.number < after)
    return heads(db, list(db.scalars(wanted)))


def heads(db: Session, rows: Collection[CustomerReturn]) -> list[ReturnHead]:
    """The returns as they are told."""
    numbers = [one.number for one in rows]
    asked = select(ReturnLine.return_no, func.sum(ReturnLine.qty)).where(ReturnLine.return_no.in_(numbers))
    units = {number: int(qty) for number, qty in db.execute(asked.group_by(ReturnLine.return_no))}
    came = select(ReturnReceipt.return_no, func.sum(ReturnReceipt.qty)).where(
        ReturnReceipt.return_no.in_(numbers), ReturnReceipt.undone_at.is_(None)
    )
    received = {number: int(qty) for number, qty in db.execute(came.group_by(ReturnReceipt.return_no))}
    return [
        ReturnHead(
            number=one.number, state=one.state.value, order=one.order_no, channel=one.channel, site=one.site_id,
            came_by=one.came_by.value, asked_at=moment(one.asked_at),
            closed_at=moment(one.closed_at) if one.closed_at else None, units=units.get(one.number, 0),
            received=received.get(one.number, 0), currency=one.currency, fee=money(one.fee), refund=money(one.refund),
            resolution=one.resolution.value if one.resolution else None, exchange=one.exchange_order,
            signs=list(one.signs), revision=one.revision,
        )
        for one in rows
    ]  # fmt: skip


def sheet(db: Session, number: str) -> ReturnSheet | None:
    """One return; None when there is none."""
    one = db.get(CustomerReturn, number)
    if one is None:
        return None
    [head] = heads(db, [one])
    receipts = db.scalars(
        select(ReturnReceipt).where(ReturnReceipt.return_no == number).order_by(ReturnReceipt.at, ReturnReceipt.id)
    ).all()
    return ReturnSheet(
        head=head, code=return_text(number), found=one.found, note=one.note, because=one.because, tracking=one.tracking,
        lines=_lines(db, number, receipts), receipts=[_receipt(each) for each in receipts],
        label=told(db, number),
    )  # fmt: skip


def _lines(db: Session, number: str, receipts: Collection[ReturnReceipt]) -> list[ReturnLineRow]:
    photos: dict[int, list[str]] = {}
    mine = select(ReturnPhoto.line_no, ReturnPhoto.sha256).where(ReturnPhoto.return_no == number)
    for line_no, digest in db.execute(mine.order_by(ReturnPhoto.at, ReturnPhoto.sha256)):
        photos.setdefault(line_no, []).append(digest)
    lines = db.scalars(select(ReturnLine).where(ReturnLine.return_no == number).order_by(ReturnLine.line_no))
    return [
        ReturnLineRow(
            line=one.line_no, sku=one.sku, qty=one.qty, taken=one.taken, order_line=one.order_line, reason=one.reason.value,
            note=one.note, refund=money(one.refund), photos=photos.get(one.line_no, []),
            received=sum(r.qty for r in receipts if r.line_no == one.line_no and r.undone_at is None),
        )
        for one in lines
    ]  # fmt: skip


def _receipt(one: ReturnReceipt) -> ReceiptRow:
    return ReceiptRow(
        id=one.id, line=one.line_no, site=one.site_id, sku=one.sku, qty=one.qty, grade=one.grade.value,
        disposition=one.disposition.value, suggested=one.suggested, place=one.account, at=moment(one.at), lot=one.lot,
        serial=one.serial, note=one.note, who=one.worker_id or one.device or "", undone=one.undone_at is not None,
    )  # fmt: skip


def channel_of_return(db: Session, number: str) -> str | None:
    """The channel of a return; None when there is no such return."""
    return db.scalar(select(CustomerReturn.channel).where(CustomerReturn.number == number))
