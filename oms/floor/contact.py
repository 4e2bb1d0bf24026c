"""When a device was last heard of. Every pull and open says so; the board shows it. Called by the sync routes."""

from datetime import timedelta
from typing import Final

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, sessionmaker

from oms.floor.models import Contact

#: Written down no more often than this: a long poll is answered many times a minute.
_EVERY: Final = timedelta(seconds=20)


def heard(sessions: sessionmaker[Session], device_id: str, said_seq: int | None = None) -> None:
    """The device was heard of now. `said_seq` is the last entry of its log, where it has said so; then it is written down in any case."""
    now = func.clock_timestamp()
    row = insert(Contact).values(device_id=device_id, seen_at=now, said_seq=said_seq or 0)
    if said_seq is None:
        seen = row.on_conflict_do_update(
            index_elements=["device_id"], set_={"seen_at": now}, where=Contact.seen_at < now - _EVERY
        )
    else:
        seen = row.on_conflict_do_update(
            index_elements=["device_id"], set_={"seen_at": now, "said_seq": row.excluded.said_seq}
        )
    with sessions.begin() as db:
        db.execute(seen)
