"""What is known of transfers. Read by the API."""

from collections.abc import Collection
from datetime import date, datetime

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from oms.transfers.codes import OPEN, TransferState
from oms.transfers.models import Transfer, TransferLine
from oms.transfers.rules import to_come


class TransferLineRow(Struct, frozen=True, kw_only=True):
    """`qty` were asked for, `shipped` have left, `received` and `damaged` came; `in_transit` units have left and not come (below zero: more
    came than left)."""

    line: int
    sku: str
    qty: int
    shipped: int
    received: int
    damaged: int
    in_transit: int
    open: int


class TransferRow(Struct, frozen=True, kw_only=True):
    """Goods from `from_site` to `to_site`, expected on `day`. The sending site's order has the same number."""

    number: str
    from_site: str
    to_site: str
    state: TransferState
    day: date
    made_at: datetime
    sent_at: datetime | None
    done_at: datetime | None
    note: str
    lines: list[TransferLineRow]


def transfers(
    db: Session, site: str, states: Collection[TransferState], before: datetime | None, limit: int
) -> list[TransferRow]:
    """Those that this site sends or gets, in one of the states (none: in any), the newest first, made before a moment."""
    mine = select(Transfer).where((Transfer.site_id == site) | (Transfer.to_site == site))
    if states:
        mine = mine.where(Transfer.state.in_(states))
    if before is not None:
        mine = mine.where(Transfer.made_at < before)
    return _rows(db, db.scalars(mine.order_by(Transfer.made_at.desc(), Transfer.number.desc()).limit(limit)).all())


def transfer(db: Session, site: str, number: str) -> TransferRow | None:
    """One that this site sends or gets."""
    row = db.get(Transfer, number)
    return _rows(db, [row])[0] if row is not None and site in (row.site_id, row.to_site) else None


def _rows(db: Session, found: Collection[Transfer]) -> list[TransferRow]:
    lines: dict[str, list[TransferLine]] = {one.number: [] for one in found}
    for line in db.scalars(select(TransferLine).where(TransferLine.number.in_(lines)).order_by(TransferLine.line_no)):
        lines[line.number].append(line)
    return [
        TransferRow(
            number=one.number, from_site=one.site_id, to_site=one.to_site, state=one.state, day=one.day, made_at=one.made_at,
            sent_at=one.sent_at, done_at=one.done_at, note=one.note, lines=[_line(one, line) for line in lines[one.number]],
        )
        for one in found
    ]  # fmt: skip


def _line(of: Transfer, line: TransferLine) -> TransferLineRow:
    live = of.state in OPEN
    return TransferLineRow(
        line=line.line_no, sku=line.sku, qty=line.qty, shipped=line.shipped, received=line.received, damaged=line.damaged,
        in_transit=line.shipped - line.received - line.damaged if live else 0,
        open=to_come(line, sent=of.sent_at is not None) if live else 0,
    )  # fmt: skip
