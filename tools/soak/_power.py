"""A disk whose power can be cut at any write, for the real client store: a VFS in memory under SQLite (`apsw`) and SQLAlchemy.

What was written but not synced is, after the cut, there, not there, or there in part and in any order, as a real disk with a cache
does it. The store itself runs unchanged; only the function that opens its database file is replaced. SQLite keeps its shared-memory
index on the heap here (exclusive locking), for it lives in no file that could survive anything.
"""

import itertools
import random
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool

from app.store import engine as store_engine

_SECTOR = 512
_NAMES = itertools.count()


class PowerCut(Exception):
    """The power is gone; nothing after this reaches the disk."""


@dataclass(slots=True)
class Content:
    """One file: what certainly survives a cut, what everybody reads, and the writes in between."""

    durable: bytes | None = None
    now: bytearray = field(default_factory=bytearray)
    unsynced: list[tuple[int, bytes] | int] = field(default_factory=list)

    def write(self, offset: int, data: bytes) -> None:
        """Writes, unsynced."""
        _apply(self.now, (offset, data))
        self.unsynced.append((offset, data))

    def truncate(self, size: int) -> None:
        """Cuts off, unsynced."""
        _apply(self.now, size)
        self.unsynced.append(size)

    def sync(self) -> None:
        """Everything so far survives."""
        self.durable = bytes(self.now)
        self.unsynced.clear()

    def survivor(self, dice: random.Random) -> bytes | None:
        """What is left after a cut; None: the file itself never came to be."""
        if self.durable is None and dice.random() < 0.5:
            return None
        left = bytearray(self.durable or b"")
        match dice.randrange(3):
            case 0:
                kept: Sequence[tuple[int, bytes] | int] = []
            case 1:
                kept = self.unsynced[: dice.randint(0, len(self.unsynced))]
            case _:
                kept = [change for change in self.unsynced if dice.random() < 0.5]
        for change in kept:
            if isinstance(change, tuple) and dice.random() < 0.2:
                # Torn: a disk writes whole sectors, but not all of them.
                offset, data = change
                change = (offset, data[: dice.randrange(0, len(data) + 1, _SECTOR)])
            _apply(left, change)
        return bytes(left)


def _apply(content: bytearray, change: tuple[int, bytes] | int) -> None:
    if isinstance(change, int):
        del content[change:]
        return
    offset, data = change
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset : offset + len(data)] = data


class Disk(apsw.VFS):
    """The files of one device. `cut_after` more writes, syncs or deletes and the power goes."""

    def __init__(self, files: dict[str, bytes] | None = None) -> None:
        self.name = f"power-{next(_NAMES)}"
        self.files = {name: Content(data, bytearray(data)) for name, data in (files or {}).items()}
        self.cut_after: int | None = None
        self.writes = 0
        self.syncs = 0
        super().__init__(self.name, base="")

    def tick(self) -> None:
        """One more thing the disk is asked to do."""
        self.writes += 1
        if self.cut_after is not None and self.writes > self.cut_after:
            raise PowerCut

    def after_cut(self, dice: random.Random) -> dict[str, bytes]:
        """What the next start finds."""
        found = {name: content.survivor(dice) for name, content in self.files.items()}
        return {name: data for name, data in found.items() if data is not None}

    def contents(self) -> dict[str, bytes]:
        """All files as they are, for a disk to begin with."""
        return {name: bytes(content.now) for name, content in self.files.items()}

    # --- what SQLite asks of a file system ---

    def xOpen(self, name: Any, flags: list[int]) -> "_File":
        path = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        flags[1] = flags[0]
        return _File(self, self.files.setdefault(path, Content()))

    def xDelete(self, name: str, syncdir: bool) -> None:
        self.tick()
        self.files.pop(name, None)

    def xAccess(self, name: str, flags: int) -> bool:
        return name in self.files

    def xFullPathname(self, name: str) -> str:
        return name

    def xRandomness(self, size: int) -> bytes:
        return random.randbytes(size)

    def xSleep(self, microseconds: int) -> int:
        return microseconds

    def xCurrentTime(self) -> float:
        return 2_461_000.5

    def xCurrentTimeInt64(self) -> int:
        return 212_630_443_200_000

    def xGetLastError(self) -> tuple[int, str]:
        return 0, ""


class _File:
    """An open file as SQLite sees it."""

    def __init__(self, disk: Disk, content: Content) -> None:
        self._disk, self._content = disk, content

    def xRead(self, amount: int, offset: int) -> bytes:
        return bytes(self._content.now[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:
        self._disk.tick()
        self._content.write(offset, bytes(data))

    def xTruncate(self, size: int) -> None:
        self._disk.tick()
        self._content.truncate(size)

    def xSync(self, flags: int) -> None:
        self._disk.tick()
        self._disk.syncs += 1
        self._content.sync()

    def xFileSize(self) -> int:
        return len(self._content.now)

    def xLock(self, level: int) -> None:
        return

    def xUnlock(self, level: int) -> None:
        return

    def xCheckReservedLock(self) -> bool:
        return False

    def xClose(self) -> None:
        return

    def xSectorSize(self) -> int:
        return 4096

    def xDeviceCharacteristics(self) -> int:
        return 0

    def xFileControl(self, operation: int, pointer: int) -> bool:
        return False


# --- the part of a database driver that SQLAlchemy's pysqlite dialect uses ---


class _Cursor:
    """PEP 249 over an apsw cursor."""

    arraysize = 1
    lastrowid = None

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._rows: list[tuple[Any, ...]] = []
        self.description: Any = None
        self.rowcount = -1

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> "_Cursor":
        return self._run(statement, [parameters])

    def executemany(self, statement: str, many: Sequence[Sequence[Any]]) -> "_Cursor":
        return self._run(statement, many)

    def _run(self, statement: str, many: Sequence[Sequence[Any]]) -> "_Cursor":
        self._rows, self.description, self.rowcount = [], None, 0
        try:
            for parameters in many:
                cursor = self._connection.cursor()
                # Only before the first step can a statement without rows still say its columns.
                cursor.exec_trace = self._describe
                cursor.execute(statement, tuple(parameters), can_cache=True)
                self._rows += list(cursor)
                self.rowcount += self._connection.changes()
        except apsw.ConstraintError as error:
            raise _named(sqlite3.IntegrityError, error) from error
        except apsw.Error as error:
            raise _named(sqlite3.OperationalError, error) from error
        return self

    def _describe(self, cursor: apsw.Cursor, _sql: str, _bindings: Any) -> bool:
        self.description = [(name, *[None] * 6) for name, *_ in cursor.get_description()] or None
        return True

    def fetchone(self) -> tuple[Any, ...] | None:
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int = 1) -> list[tuple[Any, ...]]:
        taken, self._rows = self._rows[:size], self._rows[size:]
        return taken

    def fetchall(self) -> list[tuple[Any, ...]]:
        taken, self._rows = self._rows, []
        return taken

    def close(self) -> None:
        self._rows = []


def _named(kind: type[sqlite3.Error], error: apsw.Error) -> sqlite3.Error:
    made = kind(str(error))
    made.sqlite_errorcode = getattr(error, "extendedresult", 1)
    return made


class _Driver:
    """A connection as `sqlite3` would give it."""

    isolation_level = None

    def __init__(self, path: Path, disk: Disk) -> None:
        self._connection = apsw.Connection(str(path), vfs=disk.name)
        self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")

    @property
    def in_transaction(self) -> bool:
        return bool(self._connection.in_transaction)

    def cursor(self, *_: Any) -> _Cursor:
        return _Cursor(self._connection)

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> _Cursor:
        return self.cursor().execute(statement, parameters)

    def create_function(self, name: str, arguments: int, function: Any, **_: Any) -> None:
        self._connection.create_scalar_function(name, function, arguments)

    def commit(self) -> None:
        if self.in_transaction:
            self.execute("COMMIT")

    def rollback(self) -> None:
        if self.in_transaction:
            self.execute("ROLLBACK")

    def close(self) -> None:
        # Without power nothing can be tidied up.
        with suppress(PowerCut, apsw.Error):
            self._connection.close(True)


def engine_on(disk: Disk) -> Any:
    """A stand-in for `app.store.engine._engine` that opens its file on `disk`."""

    def engine(path: Path) -> Engine:
        return create_engine("sqlite://", creator=lambda: _Driver(path, disk), poolclass=StaticPool)

    return engine


@contextmanager
def opening_on(disk: Disk, synchronous: int = 2) -> Iterator[None]:
    """Whatever store is opened now has its file on `disk`. `synchronous` 2 is FULL, as the app has it; 1 is NORMAL."""
    opener, settings = store_engine._engine, store_engine._SETTINGS
    store_engine._engine = engine_on(disk)
    store_engine._SETTINGS = tuple((name, synchronous if name == "synchronous" else value) for name, value in settings)  # type: ignore[assignment]
    try:
        yield
    finally:
        store_engine._engine, store_engine._SETTINGS = opener, settings
