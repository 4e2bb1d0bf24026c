"""Instructions from the centre that wait for a person's eyes."""

from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.sqlite import insert

from app.store.tables import notice
from sync.contract.wire import Notice


@dataclass(frozen=True, slots=True)
class FiledNotice:
    """One instruction, not acknowledged yet."""

    id: int
    action: str
    params: dict[str, str | int]
    exception: str | None


class NoticeBook:
    """Owns the `notice` table."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def file(self, op_id: str, new: Notice) -> None:
        """Keeps the notice that came with an op; once, however often it comes. One that asks for nothing (no exception to settle) is
        not put beside another that says the same: thirty late picks are one note."""
        if new.exception is None and any(note.action == new.action for note in self.waiting()):
            return
        values = {
            "op_id": op_id, "action": new.action, "params": msgspec.json.encode(new.params).decode(),
            "exception": new.exception, "acked": 0,
        }  # fmt: skip
        self._db.execute(insert(notice).on_conflict_do_nothing(), values)

    def waiting(self) -> list[FiledNotice]:
        """What has not been acknowledged, oldest first."""
        found = self._db.execute(select(notice).where(notice.c.acked == 0).order_by(notice.c.id))
        return [
            FiledNotice(r.id, r.action, msgspec.json.decode(r.params, type=dict[str, str | int]), r.exception)
            for r in found
        ]

    def acknowledge(self, id: int) -> None:
        """The person has read it."""
        self._db.execute(update(notice).where(notice.c.id == id).values(acked=1))
