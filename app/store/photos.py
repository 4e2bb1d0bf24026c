"""Pictures of the bench: the bytes until the centre has them, then only that they were here. Used inside units of work."""

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.sqlite import insert

from app.store.tables import photo

#: So many are told at once.
_MOST = 20


class PhotoBook:
    """The table of pictures, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def keep(self, digest: str, body: bytes) -> bool:
        """Writes a picture down under its SHA-256 (hex); False when it was here before."""
        fresh = insert(photo).values(sha256=digest, body=body).on_conflict_do_nothing()
        return self._db.execute(fresh).rowcount == 1

    def waiting(self) -> list[str]:
        """Digests of the oldest ones that the centre has not."""
        found = select(photo.c.sha256).where(photo.c.body.is_not(None)).order_by(photo.c.n).limit(_MOST)
        return list(self._db.execute(found).scalars())

    def count(self) -> int:
        """How many the centre has not."""
        return self._db.execute(select(func.count()).where(photo.c.body.is_not(None))).scalar_one()

    def body(self, digest: str) -> bytes | None:
        """The bytes of one; None when the centre has it, or nobody knows it."""
        return self._db.execute(select(photo.c.body).where(photo.c.sha256 == digest)).scalar_one_or_none()

    def sent(self, digest: str) -> None:
        """The centre has it: the room is free again."""
        self._db.execute(update(photo).where(photo.c.sha256 == digest).values(body=None))
