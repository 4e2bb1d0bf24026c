"""What happened to a customer order last, for somebody whose change came too late. Called by the routes."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from oms.sales.models import CustomerOrder, OrderEvent

_LAST = 10


class Happened(Struct, frozen=True, kw_only=True):
    """One thing that happened: its kind (`EventKind`), its words, and who did it ('' for a program)."""

    at: datetime
    kind: str
    words: dict[str, Any]
    source: str
    worker: str


def last_events(db: Session, number: str) -> tuple[str, int, list[Happened]]:
    """State and revision of an order now, and its last events, newest first."""
    order = db.get_one(CustomerOrder, number)
    mine = select(OrderEvent).where(OrderEvent.order_no == number).order_by(OrderEvent.id.desc()).limit(_LAST)
    told = [
        Happened(at=one.at, kind=one.kind, words=one.words, source=one.source, worker=one.worker_id or "")
        for one in db.scalars(mine)
    ]
    return order.state.value, order.revision, told
