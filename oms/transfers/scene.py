"""Reads a transfer and locks it."""

from typing import TYPE_CHECKING

from sqlalchemy import select

from oms.transfers.models import Transfer, TransferLine

if TYPE_CHECKING:
    from oms.db.work import Work


def locked(w: "Work", number: str) -> Transfer | None:
    """The transfer that this site sends or gets."""
    mine = select(Transfer).where(
        Transfer.number == number.replace("\0", ""), (Transfer.site_id == w.site) | (Transfer.to_site == w.site)
    )
    return w.db.scalar(mine.with_for_update().execution_options(populate_existing=True))


def lines_of(w: "Work", number: str) -> list[TransferLine]:
    """Its lines as they are now, in order."""
    mine = select(TransferLine).where(TransferLine.number == number).order_by(TransferLine.line_no)
    return list(w.db.scalars(mine.execution_options(populate_existing=True)))
