"""Backup and restore of a whole OMS. `floorhand server backup|restore` calls it; `docs/disaster.md` tells when.

A backup is one consistent moment, taken while the server works. A restore never touches the database it replaces: the backup is read
into a database beside it, proven there by every rule of `oms.verify`, given a new time line, and only then put in its place.
"""

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec
import psycopg
from sqlalchemy import URL, select, text, update
from sqlalchemy.orm import Session

from oms.bootstrap import Oms, open_oms
from oms.catalog.models import Site
from oms.db import dump, schema
from oms.db.engine import connect_beside, make_engine
from oms.db.work import Actor
from oms.feed import opening
from oms.feed.models import Meta
from oms.shipping import serials
from oms.verify import verify

_BESIDE = "floorhand_restoring"
_ACTOR = Actor("cli")
#: So long a connection that was closed may still be counted by the database, in seconds.
_LINGERING_S: Final = 3.0


class Refused(Exception):
    """The backup or restore is not done, and nothing has changed; the text is for the person at the machine."""


class Backup(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup file holds. `ver` is the feed version up to which everything is in it; `sha256` is of the file."""

    file: str
    bytes: int
    sha256: str
    cluster_id: str
    epoch: int
    ver: int
    covered: bool


class Restored(msgspec.Struct, frozen=True, kw_only=True):
    """What a restore made: the new time line, how far the data goes, and the name under which the database before it is kept."""

    cluster_id: str
    epoch: int
    ver: int
    kept: str | None
    counts: dict[str, int]


def back_up(oms: Oms, file: Path, *, off_machine: bool) -> Backup:
    """Writes `file` whole or not at all. `off_machine`: somebody answers for it that it lies on another machine, so that devices may
    forget (after fourteen days) what it holds. Raises Refused and OSError."""
    part = file.with_name(f"{file.name}.part")
    try:
        with _snapshot(oms) as (db, snapshot):
            meta = db.scalars(select(Meta)).one()
            ver = db.scalars(select(Site.ver).where(Site.id == oms.site)).one()
            dump.dump(oms.engine.url, part, snapshot)
        dump.contents(part)
        part.replace(file)
    except dump.DumpFailed as failed:
        raise Refused(str(failed)) from failed
    finally:
        part.unlink(missing_ok=True)
    _settle(file.parent)
    if off_machine:
        _cover(oms, ver)
    return Backup(
        file=str(file), bytes=file.stat().st_size, sha256=_sha256(file), cluster_id=meta.cluster_id, epoch=meta.epoch,
        ver=ver, covered=off_machine,
    )  # fmt: skip


def restore(url: URL, file: Path, *, other_cluster: bool, above: int) -> Restored:
    """Puts the backup in the place of the database at `url`, which is kept under another name. No server may be running on it.

    The new time line is later than that of the backup, of the database that it replaces, and than `above`. Raises Refused.
    """
    beside, database = url.set(database=_BESIDE), url.database or ""
    try:
        dump.contents(file)
    except dump.DumpFailed as failed:
        raise Refused(f"{file} is not a whole backup: {failed}") from failed
    now = _present(url)
    with _server(url) as server:
        _alone(server, database)
        _drop(server, _BESIDE)
        server.execute(f'CREATE DATABASE "{_BESIDE}"'.encode())
        try:
            dump.load(beside, file)
            made = _prove(beside, now, above, other_cluster)
        except dump.DumpFailed as failed:
            _drop(server, _BESIDE)
            raise Refused(str(failed)) from failed
        except Refused:
            _drop(server, _BESIDE)
            raise
        kept = _swap(server, database, exists=now is not None)
    return Restored(cluster_id=made.cluster_id, epoch=made.epoch, ver=made.ver, kept=kept, counts=made.counts)


@contextmanager
def _snapshot(oms: Oms) -> Iterator[tuple[Session, str]]:
    """One moment of the database, readable by this session and by name."""
    with oms.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        # A dump of a big database takes longer than any transaction of ours may idle.
        connection.execute(text("SET idle_in_transaction_session_timeout = 0"))
        snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        with Session(connection) as db:
            yield db, snapshot
        # Gone with the connection, not left behind in the pool.
        connection.invalidate()


def _cover(oms: Oms, ver: int) -> None:
    with oms.works.work(oms.site, _ACTOR) as w:
        w.db.execute(update(Meta).where(Meta.backup_covered_ver < ver).values(backup_covered_ver=ver))
        w.audit("server.backup", ver=ver)


def _present(url: URL) -> Meta | None:
    """Who the database is that would be replaced; None when there is none, or it is not a whole one of ours."""
    engine = make_engine(url, pool_size=1)
    try:
        with Session(engine) as db:
            return db.scalars(select(Meta)).one_or_none()
    except Exception:
        # Whatever is wrong with it (no database, no table, broken pages) is why somebody restores.
        return None
    finally:
        engine.dispose()


@contextmanager
def _server(url: URL) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    engine = make_engine(url.set(database="postgres"), pool_size=1)
    try:
        with connect_beside(engine) as connection:
            connection.execute("SET statement_timeout = 0")
            yield connection
    except psycopg.errors.InsufficientPrivilege as denied:
        raise Refused(f"the user of the database may not make databases: {denied}") from denied
    except psycopg.OperationalError as down:
        raise Refused(f"the database server cannot be reached: {down}") from down
    finally:
        engine.dispose()


def _alone(server: psycopg.Connection[tuple[object, ...]], database: str) -> None:
    """Nobody else is on the database. A connection that was closed just now is still counted for a moment."""
    counted = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
    until = time.monotonic() + _LINGERING_S
    while busy := (server.execute(counted, (database,)).fetchone() or (0,))[0]:
        if time.monotonic() > until:
            raise Refused(f"{busy} connections to the database {database} are open: stop every server first")
        time.sleep(0.05)


def _prove(url: URL, now: Meta | None, above: int, other_cluster: bool) -> Restored:
    """The backup, in a database of its own: brought up to date, proven, and given a time line that no device has seen."""
    engine = make_engine(url, pool_size=2)
    try:
        schema.upgrade(engine)
        with Session(engine) as db:
            meta = db.scalars(select(Meta)).one()
        if now is not None and now.cluster_id != meta.cluster_id and not other_cluster:
            raise Refused("the backup is of another installation: the devices here would not know it (--other-cluster)")
        verdict = verify(engine)
        if not verdict.ok:
            broken = ", ".join(f"{found.rule} ({found.count} rows)" for found in verdict.findings)
            raise Refused(f"the backup breaks its own rules: {broken}")
    finally:
        engine.dispose()
    oms = open_oms(url, pool_size=2)
    try:
        latest = max(meta.epoch, now.epoch if now is not None else 0, above)
        with oms.works.work(oms.site, _ACTOR) as w:
            serials.leap(w.db)
            epoch = opening.restored(w, latest)
        with oms.sessions() as db:
            ver = db.scalars(select(Site.ver).where(Site.id == oms.site)).one()
    finally:
        oms.close()
    counts = {name: count for name, count in verdict.counts.items() if isinstance(count, int)}
    return Restored(cluster_id=meta.cluster_id, epoch=epoch, ver=ver, kept=None, counts=counts)


def _swap(server: psycopg.Connection[tuple[object, ...]], database: str, *, exists: bool) -> str | None:
    """Both names change in one transaction: whoever looks, and whenever the power goes, there is one database of that name."""
    kept = f"{database}_before_{datetime.now(UTC):%Y%m%d_%H%M%S}" if exists else None
    if kept is None:
        _drop(server, database)
    with server.transaction():
        if kept:
            server.execute(f'ALTER DATABASE "{database}" RENAME TO "{kept}"'.encode())
        server.execute(f'ALTER DATABASE "{_BESIDE}" RENAME TO "{database}"'.encode())
    return kept


def _drop(server: psycopg.Connection[tuple[object, ...]], database: str) -> None:
    server.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)'.encode())


def _settle(folder: Path) -> None:
    """The new name of a file is on disk only when its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sha256(file: Path) -> str:
    digest: Any = hashlib.sha256()
    with file.open("rb") as content:
        while block := content.read(1 << 20):
            digest.update(block)
    return str(digest.hexdigest())
