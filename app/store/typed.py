"""Orders typed here that the centre has not answered yet. Used inside units of work."""

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from app.store.tables import typed_order


class TypedBook:
    """The table of typed orders, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def keep(self, key: str, body: bytes) -> None:
        """Writes an order down under its key; the same key again is the same order, as it was typed last."""
        fresh = insert(typed_order).values(key=key, body=body)
        again = fresh.on_conflict_do_update(index_elements=["key"], set_={"body": fresh.excluded.body})
        self._db.execute(again)

    def waiting(self) -> list[tuple[str, bytes]]:
        """(key, body) of all, oldest first."""
        rows = self._db.execute(select(typed_order.c.key, typed_order.c.body).order_by(typed_order.c.n))
        return [(row.key, row.body) for row in rows]

    def count(self) -> int:
        """How many wait."""
        return self._db.execute(select(func.count()).select_from(typed_order)).scalar_one()

    def drop(self, key: str) -> None:
        """The centre has answered: nothing of it stays here."""
        self._db.execute(delete(typed_order).where(typed_order.c.key == key))
