"""Gives every event of `order_event` its place in the one sequence, once all transactions that could still come before it are through.

An event carries the number of its transaction. Numbers are given when a transaction first writes, not when it commits: reading "all events
with a greater id" would step over those of a transaction that commits later. So events are taken in windows: transactions from the end of
the window before up to the oldest that still runs; within a window by event id, which for one order (whose row is locked while an event is
noted) is the order in which they happened.
"""

from typing import TYPE_CHECKING, Final

from sqlalchemy import select, text

from oms.hooks.models import HappeningMark, HappeningReader

if TYPE_CHECKING:
    from oms.db.work import Work

#: How many events are taken in one transaction.
MOST: Final = 1000
_OLDEST = text("SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint)")
_TAKE = text(
    """
    INSERT INTO happening (event_id, order_no, kind, channel, at)
    SELECT e.id, e.order_no, e.kind, o.channel, e.at FROM order_event e JOIN customer_order o ON o.number = e.order_no
     WHERE e.xid >= :below AND e.xid < :upto AND e.id > :last_id
       AND NOT EXISTS (SELECT 1 FROM happening h WHERE h.event_id = e.id)
     ORDER BY e.id LIMIT :most
    RETURNING event_id
    """
)
#: Events of another cluster's transactions (the database was restored into a young one) are finished, whatever their numbers.
_FOREIGN = text(
    """
    UPDATE order_event SET xid = 0
     WHERE xid >= CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text) AS bigint)
       AND xid <> CAST(CAST(pg_current_xact_id() AS text) AS bigint)
    """
)


def step(w: "Work") -> int:
    """Takes the next events into the sequence; how many. 0 also when another server is at it."""
    mark = w.db.scalars(select(HappeningMark).with_for_update(skip_locked=True)).one_or_none()
    if mark is None:
        return 0
    # Asked before the events are read: whatever was older is then visible.
    oldest = w.db.execute(_OLDEST).scalar_one()
    if oldest < mark.upto:
        mark.below = mark.upto = mark.last_id = 0
        w.db.execute(_FOREIGN)
    upto = mark.upto if mark.last_id else oldest
    words = {"below": mark.below, "upto": upto, "last_id": mark.last_id, "most": MOST}
    taken = list(w.db.scalars(_TAKE, words))
    if len(taken) == MOST:
        mark.upto, mark.last_id = upto, max(taken)
    elif taken or mark.last_id:
        # An empty window stays open: nothing needs to be written once a second for it.
        mark.below, mark.upto, mark.last_id = upto, upto, 0
    return len(taken)


def reader(w: "Work", name: str) -> HappeningReader | None:
    """How far `name` has read, locked; None while another server reads for it."""
    mine = select(HappeningReader).where(HappeningReader.name == name)
    return w.db.scalars(mine.with_for_update(skip_locked=True)).one_or_none()
