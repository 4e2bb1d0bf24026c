"""When a device was last heard of. Every pull and open says so; the board shows it. The sync routes own one `Contacts`."""

import threading
import time
from typing import Final

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, sessionmaker

from oms.floor.models import Contact

#: A long poll is answered many times a minute; the board needs no more than this.
_EVERY_S: Final = 20.0


class Contacts:
    """Remembers what this process wrote down last, so that a busy device costs the database nothing. Called from many threads."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions
        self._written: dict[str, float] = {}
        self._guard = threading.Lock()

    def heard(self, device_id: str) -> None:
        """The device was heard of now."""
        now = time.monotonic()
        with self._guard:
            if now - self._written.get(device_id, -_EVERY_S) < _EVERY_S:
                return
            self._written[device_id] = now
        write(self._sessions, device_id)


def write(sessions: sessionmaker[Session], device_id: str, said_seq: int | None = None) -> None:
    """The device was heard of now. `said_seq` is the last entry of its log, where it has said so."""
    now = func.clock_timestamp()
    row = insert(Contact).values(device_id=device_id, seen_at=now, said_seq=said_seq or 0)
    news = {"seen_at": now} if said_seq is None else {"seen_at": now, "said_seq": row.excluded.said_seq}
    with sessions.begin() as db:
        db.execute(row.on_conflict_do_update(index_elements=["device_id"], set_=news))
