"""The copy of the server's rows: written only from pages of the feed, read by everybody."""

from collections.abc import Callable, Container, Iterable, Sequence
from typing import Any, TypeVar, cast

import msgspec
from sqlalchemy import Connection, LargeBinary, bindparam, delete, func, select, tuple_
from sqlalchemy import cast as sql_cast

from app.store.meta import MetaBook
from app.store.row_keys import keys_of
from app.store.tables import row, row_key
from sync.contract import digest
from sync.contract.rows import ENTITIES, Row
from sync.contract.wire import Change, PullReply

R = TypeVar("R", bound=Row)
T = TypeVar("T")

NAMES: dict[type[Any], str] = {type: name for name, type in ENTITIES.items()}
_DECODERS: dict[str, msgspec.json.Decoder[Any]] = {name: msgspec.json.Decoder(type) for name, type in ENTITIES.items()}
_NO_DIGEST = "0" * 16
#: So many rows and answers are remembered; a bench with its queue needs some hundred.
_MOST_KNOWN = 4000
#: So few that whoever waits for the store does not notice.
_SOME_ROWS = 500
_BYTES = sql_cast(row.c.body, LargeBinary).label("body")

# Built once: these run many times with every scan.
_ONE = select(row.c.body).where(row.c.e == bindparam("e"), row.c.id == bindparam("id"))
_ALL = select(row.c.body).where(row.c.e == bindparam("e")).order_by(row.c.id)
_FOUND = (
    select(row.c.body)
    .select_from(row_key)
    .join(row, (row.c.e == row_key.c.e) & (row.c.id == row_key.c.id))
    .where(row_key.c.e == bindparam("e"), row_key.c.name == bindparam("by"), row_key.c.key == bindparam("key"))
    # By the key's own id, which its index has in order: ordered by the row's, SQLite walks through all rows of the kind.
    .order_by(row_key.c.id)
)
# As many ids as there are in one JSON text: one statement, however many are asked for.
_SOME_IDS = select(func.json_each(bindparam("ids")).table_valued("value").c.value)
_SOME = select(row.c.id, row.c.body).where(row.c.e == bindparam("e"), row.c.id.in_(_SOME_IDS))
_SOME_VERSIONS = select(row.c.id, row.c.v).where(row.c.e == bindparam("e"), row.c.id.in_(_SOME_IDS))
_FOUND_SOME = (
    select(row_key.c.key, row.c.body)
    .select_from(row_key)
    .join(row, (row.c.e == row_key.c.e) & (row.c.id == row_key.c.id))
    .where(row_key.c.e == bindparam("e"), row_key.c.name == bindparam("by"), row_key.c.key.in_(_SOME_IDS))
    .order_by(row_key.c.key, row_key.c.id)
)
_RANKED = (
    select(row.c.body)
    .select_from(row_key)
    .join(row, (row.c.e == row_key.c.e) & (row.c.id == row_key.c.id))
    .where(row_key.c.e == bindparam("e"), row_key.c.name == bindparam("by"))
    .order_by(row_key.c.key, row_key.c.id)
    .limit(bindparam("most"))
)


# As SQLite reads them: a catch-up writes each of these tens of thousands of times, and building a statement's parameters row by row costs
# more than writing the row.
_PUT = """INSERT INTO row (e, id, v, body) VALUES (?, ?, ?, ?)
    ON CONFLICT (e, id) DO UPDATE SET v = excluded.v, body = excluded.body"""
_UNKEY = "DELETE FROM row_key WHERE e = ? AND id = ?"
_KEY = "INSERT INTO row_key (e, name, key, id) VALUES (?, ?, ?, ?)"


class RowBook:
    """Owns the `row` and `row_key` tables, the cursor and the digest over all rows. Remembers rows it has read: a screen looks at the same
    few with every scan. What is asked for in one go (`some`, `find_some`) is not remembered: mostly it is new. Measured in the five ways of
    working, a scan costs a seventh more processor without the memory and a twentieth more without these two. Nobody else writes these
    tables, and rows are frozen."""

    def __init__(self, connection: Connection, meta: MetaBook) -> None:
        self._db = connection
        self._meta = meta
        self._known: dict[str, dict[tuple[str, ...], Any]] = {}
        self._room = _MOST_KNOWN
        #: Kinds written in the running transaction: nobody knows yet whether that will stay.
        self._unsure: set[str] = set()

    def ended(self) -> None:
        """A transaction is over, kept or not: what it wrote is read anew."""
        for name in self._unsure:
            self._known.pop(name, None)
        self._unsure.clear()

    def _once(self, name: str, asked: tuple[str, ...], read: Callable[[], T]) -> T:
        """What `read` gives; remembered under the kind and the question, unless the kind is being written."""
        if name in self._unsure:
            return read()
        known = self._known.setdefault(name, {})
        if asked in known:
            return cast(T, known[asked])
        if self._room == 0:
            self._known.clear()
            self._room = _MOST_KNOWN
            known = self._known.setdefault(name, {})
        self._room -= 1
        known[asked] = found = read()
        return found

    def get(self, type: type[R], id: str) -> R | None:
        """The row of this id, or None."""
        return cast("R | None", self._once(name := NAMES[type], (id,), lambda: self._get(name, id)))

    def _get(self, name: str, id: str) -> Any:
        body = self._db.execute(_ONE, {"e": name, "id": id}).scalar()
        return None if body is None else _DECODERS[name].decode(body)

    def find(self, type: type[R], by: str, key: str) -> list[R]:
        """The rows that bear `key` under the name `by` (`row_keys`), in order of id."""
        return list(self._once(name := NAMES[type], (by, key), lambda: self._find(name, by, key)))

    def _find(self, name: str, by: str, key: str) -> list[Any]:
        decode = _DECODERS[name].decode
        return [decode(body) for body in self._db.execute(_FOUND, {"e": name, "by": by, "key": key}).scalars()]

    def some(self, type: type[R], ids: Iterable[str]) -> dict[str, R]:
        """The rows of these ids, by id; those that are not here are left out."""
        name = NAMES[type]
        decode = _DECODERS[name].decode
        found = self._db.execute(_SOME, {"e": name, "ids": _json(ids)})
        return {id: cast(R, decode(body)) for id, body in found}

    def find_some(self, type: type[R], by: str, keys: Iterable[str]) -> dict[str, list[R]]:
        """What `find` says for each of these keys."""
        name = NAMES[type]
        decode = _DECODERS[name].decode
        rows: dict[str, list[R]] = {key: [] for key in keys}
        for key, body in self._db.execute(_FOUND_SOME, {"e": name, "by": by, "ids": _json(rows)}):
            rows[key].append(cast(R, decode(body)))
        return rows

    def ranked(self, type: type[R], by: str, most: int) -> list[R]:
        """The first `most` rows that bear any key under the name `by`, in order of key and id."""
        name = NAMES[type]
        decode = _DECODERS[name].decode
        found = self._db.execute(_RANKED, {"e": name, "by": by, "most": most})
        return [cast(R, decode(body)) for body in found.scalars()]

    def all(self, type: type[R]) -> list[R]:
        """Every row of a kind, in order of id."""
        name = NAMES[type]
        decode = _DECODERS[name].decode
        return [cast(R, decode(body)) for body in self._db.execute(_ALL, {"e": name}).scalars()]

    # --- sync ---

    def cursor(self) -> str:
        """The cursor of the last page applied."""
        return self._meta.get("cursor", str) or ""

    def through(self) -> int:
        """The feed version that the rows here stand for."""
        return self._meta.get("through", int) or 0

    def digest(self) -> str:
        """`digest.of` all rows, kept up to date page by page."""
        return self._meta.get("digest", str) or _NO_DIGEST

    def content(self, after: tuple[str, str]) -> tuple[int, tuple[str, str] | None]:
        """The XOR of the body marks of some hundred rows that follow the row `after` (entity, id), and the last of them; None after the
        last of all."""
        place = tuple_(row.c.e, row.c.id)
        # As bytes whatever it has become: this looks for damage.
        some = select(row.c.e, row.c.id, row.c.v, _BYTES).where(place > tuple_(*after)).order_by(row.c.e, row.c.id)
        found = self._db.execute(some.limit(_SOME_ROWS)).all()
        total = 0
        for r in found:
            total ^= digest.body_mark(r.e, r.id, r.v, r.body)
        return total, (found[-1].e, found[-1].id) if len(found) == _SOME_ROWS else None

    def apply(self, page: PullReply) -> frozenset[str]:
        """Writes the changes of a page and its cursor; returns the entity names touched. Raises when a row cannot be read."""
        changes = [change for change in page.changes if change.e in ENTITIES]
        self._unsure.update(change.e for change in changes)
        held = self._versions(changes)
        news = [change for change in changes if change.v >= held.get((change.e, change.id), 0)]
        live = [change for change in news if not change.deleted]
        gone = [{"e_": change.e, "id_": change.id} for change in news if change.deleted]
        self._write(live, held)
        if gone:
            here = (row.c.e == bindparam("e_")) & (row.c.id == bindparam("id_"))
            self._db.execute(delete(row).where(here), gone)
        self._digest(held, news)
        self._meta.put("cursor", page.to)
        self._meta.put("through", page.through)
        return frozenset(change.e for change in news)

    def learn(self, changes: Sequence[Change]) -> None:
        """Rows of the server heard of through another device: those that are newer than anything here. A row that is missing although its
        version is below the cursor's was deleted since. Raises when a row cannot be read."""
        known = [change for change in changes if change.e in ENTITIES and not change.deleted]
        held, through = self._versions(known), self.through()
        news = [change for change in known if change.v > held.get((change.e, change.id), through)]
        self._write(news, held)
        self._digest(held, news)

    def reset(self) -> None:
        """Drops every row and the cursor."""
        self._unsure.update(ENTITIES)
        self._db.execute(delete(row_key))
        self._db.execute(delete(row))
        for key in ("cursor", "through", "digest"):
            self._meta.drop(key)

    def _versions(self, changes: Sequence[Change]) -> dict[tuple[str, str], int]:
        held: dict[tuple[str, str], int] = {}
        for e in {change.e for change in changes}:
            ids = _json(change.id for change in changes if change.e == e)
            held.update({(e, id): v for id, v in self._db.execute(_SOME_VERSIONS, {"e": e, "ids": ids})})
        return held

    def _write(self, changes: Sequence[Change], held: Container[tuple[str, str]]) -> None:
        if not changes:
            return
        self._unsure.update(change.e for change in changes)
        bodies = [bytes(change.d) for change in changes]
        read = [_DECODERS[change.e].decode(body) for change, body in zip(changes, bodies, strict=True)]
        self._many(_PUT, [(c.e, c.id, c.v, body) for c, body in zip(changes, bodies, strict=True)])
        # A row that was not here has no keys either.
        self._many(_UNKEY, [place for c in changes if (place := (c.e, c.id)) in held])
        self._many(
            _KEY, [(c.e, name, key, c.id) for c, r in zip(changes, read, strict=True) for name, key in keys_of(r)]
        )

    def _many(self, statement: str, values: list[tuple[Any, ...]]) -> None:
        if values:
            self._db.exec_driver_sql(statement, values)

    def _digest(self, held: dict[tuple[str, str], int], news: Sequence[Change]) -> None:
        total = int(self.digest(), 16)
        for change in news:
            before = held.get((change.e, change.id))
            if before is not None:
                total ^= digest.mark(change.e, change.id, before)
            if not change.deleted:
                total ^= digest.mark(change.e, change.id, change.v)
        self._meta.put("digest", f"{total:016x}")


def _json(texts: Iterable[str]) -> str:
    return msgspec.json.encode(list(texts)).decode()
