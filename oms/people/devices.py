"""Lists of devices for the administrator. Called by the admin API."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from oms.people.models import Device


def devices_of(db: Session, site: str) -> Sequence[Device]:
    """All devices that were ever let in, by label."""
    return db.scalars(select(Device).where(Device.site_id == site).order_by(Device.label, Device.id)).all()
