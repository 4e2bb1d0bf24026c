"""The one SQLite connection of a device: opened, set up and asserted here.

SQLite before 3.51.3 can damage a database when two connections write and checkpoint the WAL at the same moment. Therefore there is
exactly one connection, and `Store` guards it with a lock.
"""

import logging
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from app.core.storage import StorageBroken, StorageFull, StorageTrouble

log = logging.getLogger(__name__)

#: RETURNING, UPSERT and partial indexes as used here.
OLDEST_SQLITE = (3, 35, 0)
#: The first version without the WAL-reset race.
SAFE_SQLITE = (3, 51, 3)

_SETTINGS = (
    ("journal_mode", "wal"),
    # FULL: the WAL is synced at each commit, so that what beeped is on the disk.
    ("synchronous", 2),
    ("foreign_keys", 1),
    ("journal_size_limit", 16 * 1024 * 1024),
)


def open_connection(path: Path) -> Connection:
    """The connection to the database file, made if it is not there. Transactions begin IMMEDIATE."""
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise StorageBroken(f"SQLite {sqlite3.sqlite_version} is too old; {OLDEST_SQLITE} or newer is needed")
    safe = "" if sqlite3.sqlite_version_info >= SAFE_SQLITE else " (has the WAL-reset race: one connection only)"
    log.info("SQLite %s%s, %s", sqlite3.sqlite_version, safe, path)
    connection = _engine(path).connect()
    for name, wanted in _SETTINGS:
        connection.exec_driver_sql(f"PRAGMA {name} = {wanted}").close()
    connection.rollback()
    for name, wanted in _SETTINGS:
        got = connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
        if got != wanted:
            raise StorageBroken(f"SQLite says {name} = {got!r} where {wanted!r} is needed")
    connection.rollback()
    return connection


def _engine(path: Path) -> Engine:
    def connect() -> sqlite3.Connection:
        # isolation_level None: this module says when a transaction begins, not the driver.
        return sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)

    return create_engine("sqlite://", creator=connect, poolclass=StaticPool)


def begin_immediately(connection: Connection) -> None:
    """From now on every transaction of this connection takes the write lock at once, so that none fails half-way for want of it."""

    @event.listens_for(connection, "begin")
    def _begin(running: Connection) -> None:
        running.exec_driver_sql("BEGIN IMMEDIATE")


def copy_database(connection: Connection, to: Path) -> None:
    """Makes a new database file with what is in this one now."""
    raw: Any = connection.connection.dbapi_connection
    with closing(sqlite3.connect(to)) as target:
        raw.backup(target)


def roll_back(connection: Connection) -> None:
    """Ends whatever transaction is still open: a COMMIT that failed for want of room leaves it open."""
    raw: Any = connection.connection.dbapi_connection
    if raw.in_transaction:
        raw.rollback()


def trouble_of(error: DBAPIError) -> StorageTrouble | None:
    """What a database error means to a person: the disk, or (None) a fault of ours."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    primary = code & 0xFF if isinstance(code, int) else None
    if primary == sqlite3.SQLITE_FULL:
        return StorageFull(str(error.orig))
    broken = (
        sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM,
    )  # fmt: skip
    return StorageBroken(str(error.orig)) if primary in broken else None
