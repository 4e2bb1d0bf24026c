"""The serial numbers of SSCCs and tracking numbers after a restore: what the lost time gave out must never be given out again."""

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from oms.shipping.carriers.models import TrackingRange
from oms.shipping.models import SSCC_SERIAL, TRACKING_SERIAL

#: More than any warehouse labels between two backups.
_LEAP = 100_000


def leap(db: Session) -> None:
    """Moves both serials far beyond what may have been used since the backup was made."""
    for serial in (SSCC_SERIAL, TRACKING_SERIAL):
        db.execute(select(func.setval(serial.name, func.nextval(serial.name) + _LEAP)))
    # A carrier's range is short and paid for: a tenth of what is left is more than was used since.
    left = TrackingRange.last_serial - TrackingRange.next_serial
    db.execute(update(TrackingRange).values(next_serial=TrackingRange.next_serial + left / 10))
