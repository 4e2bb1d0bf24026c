"""Small facts about this device: who it is, whom it talks to, where its log and cache stand, who is signed in."""

from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects.sqlite import insert

from app.store.tables import meta
from sync.client.ports import Identity

T = TypeVar("T")

# Built once: these run with every scan.
_GET = select(meta.c.value).where(meta.c.key == bindparam("k"))
_NEW = insert(meta)
_PUT = _NEW.on_conflict_do_update(index_elements=["key"], set_={"value": _NEW.excluded.value})


class MetaBook:
    """Owns the `meta` table: JSON values by key."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def get(self, key: str, type: type[T]) -> T | None:
        """The value of `key`, or None."""
        value = self._db.execute(_GET, {"k": key}).scalar()
        return None if value is None else msgspec.json.decode(value, type=type)

    def put(self, key: str, value: Any) -> None:
        """Keeps `value` under `key`."""
        self._db.execute(_PUT, {"key": key, "value": msgspec.json.encode(value).decode()})

    def drop(self, key: str) -> None:
        """Forgets `key`."""
        self._db.execute(delete(meta).where(meta.c.key == key))

    def identity(self) -> Identity | None:
        """Who this device is; None until it is paired."""
        return self.get("identity", Identity)
