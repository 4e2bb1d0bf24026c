"""The disk: durable settings, one owner, migrations that survive a kill, a disk that is full, a process that dies."""

import logging
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import inspect
from sqlalchemy.exc import DBAPIError

from app.core.storage import StorageBroken, StorageFull, StoreInUse, StoreTooNew
from app.store import engine, migrations, tables
from app.store.folder import FolderLock, Reserve
from app.store.migrations import STEPS, migrate, version_of
from app.store.store import Store
from app.store.sync_ports import sync_ports
from sync.client.ports import Identity
from sync.contract.codes import JobKind, JobState
from sync.contract.facts import ScanRefused
from sync.contract.rows import JobRow


def refused(n=0):
    return ScanRefused(job=None, text=f"scan {n}", code="x" * 2000)


def pragma(store, name):
    with store.look() as u:
        return u.meta._db.exec_driver_sql(f"PRAGMA {name}").scalar_one()


def test_commits_are_synced_and_the_version_is_logged(open_store, caplog):
    with caplog.at_level(logging.INFO, "app.store.engine"):
        store = open_store()
    assert pragma(store, "journal_mode") == "wal"
    assert pragma(store, "synchronous") == 2
    assert pragma(store, "foreign_keys") == 1
    assert f"SQLite {sqlite3.sqlite_version}" in caplog.text


def test_an_ancient_sqlite_is_refused(tmp_path, clock, monkeypatch):
    monkeypatch.setattr(engine, "OLDEST_SQLITE", (99, 0, 0))
    with pytest.raises(StorageBroken):
        Store(tmp_path, clock, 4096)


def test_a_setting_that_does_not_hold_is_refused(tmp_path, clock, monkeypatch):
    monkeypatch.setattr(engine, "_SETTINGS", (("journal_mode", "wal"), ("synchronous", 99)))
    with pytest.raises(StorageBroken):
        Store(tmp_path, clock, 4096)
    FolderLock(tmp_path / "lock").__enter__().__exit__(None, None, None)


def test_two_clients_never_share_a_folder(store, clock):
    with pytest.raises(StoreInUse):
        Store(store.folder, clock, 4096)


def test_a_copy_is_the_same_device_at_one_moment(store, ports, clock, tmp_path):
    with store.unit() as u:
        u.record(refused(1))
    store.copy_to(tmp_path / "copy")
    with store.unit() as u:
        u.record(refused(2))
    twin = Store(tmp_path / "copy", clock, 4096)
    try:
        with store.look() as ours, twin.look() as theirs:
            assert theirs.device_id() == ours.device_id() != ""
            assert theirs.journal.between(1, 9) == ours.journal.between(1, 1)
            assert ours.journal.head().next_seq == 3
    finally:
        twin.close()


def test_who_waits_for_a_folder_is_next(tmp_path):
    first, order = FolderLock(tmp_path / "lock"), []

    def wait():
        with FolderLock(tmp_path / "lock", wait=True):
            order.append("second")

    with first:
        waiting = threading.Thread(target=wait)
        waiting.start()
        order.append("first")
    waiting.join(20)
    assert order == ["first", "second"]


def test_the_folder_is_free_after_close(store, open_store):
    store.close()
    open_store()


def test_looks_leave_nothing_behind(store):
    with store.look() as u:
        u.meta.put("x", 1)
    with store.look() as u:
        assert u.meta.get("x", int) is None


def test_commits_are_told_and_looks_are_not(store):
    told = []
    store.on_commit(lambda: told.append(1))
    with store.look():
        pass
    assert told == []
    with store.unit() as u:
        u.meta.put("x", 1)
    assert told == [1]


def test_threads_take_turns(store, ports):
    def scan():
        for n in range(20):
            with store.unit() as u:
                u.record(refused(n))

    threads = [threading.Thread(target=scan) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [op.seq for op in ports.journal.pending(100, 10**7)] == list(range(1, 81))


# --- migrations ---


def test_the_tables_are_what_the_migrations_leave(store):
    with store.look() as u:
        made = inspect(u.meta._db)
        for table in tables.metadata.sorted_tables:
            assert {c["name"] for c in made.get_columns(table.name)} == {c.name for c in table.columns}
        assert set(made.get_table_names()) == set(tables.metadata.tables)


def test_a_newer_folder_is_left_alone(store, clock):
    store.close()
    with sqlite3.connect(store.folder / "floorhand.db") as db:
        db.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
    db.close()
    with pytest.raises(StoreTooNew):
        Store(store.folder, clock, 4096)


@pytest.mark.parametrize("broken_at", [0, 1])
def test_a_step_that_dies_leaves_the_old_shape(tmp_path, broken_at):
    good = ("CREATE TABLE extra (id INTEGER PRIMARY KEY)", "INSERT INTO extra VALUES (1)")
    bad = (*good[: broken_at + 1], "INSERT INTO nowhere VALUES (1)")
    connection = engine.open_connection(tmp_path / "x.db")
    engine.begin_immediately(connection)
    migrate(connection)
    with pytest.raises(DBAPIError):
        migrate(connection, (*STEPS, bad))
    assert version_of(connection) == len(STEPS)
    assert not inspect(connection).has_table("extra")
    connection.rollback()
    migrate(connection, (*STEPS, good))
    assert version_of(connection) == len(STEPS) + 1
    connection.close()
    connection.engine.dispose()


def test_older_rows_are_found_like_new_ones(store, ports, feed, clock):
    """The jobs of a store of version 2 have no ranks yet: the step gives them what a page would."""
    values = {"method": "single", "orders": ["O1"], "lines": 1, "units": 1}
    ports.rows.apply_page(
        feed.page(
            JobRow(id="j1", kind=JobKind.PICK, state=JobState.OPEN, priority=3, cut_off="2026-11-22T16:00", **values),
            JobRow(id="j2", kind=JobKind.PICK, state=JobState.ACTIVE, priority=12, cart="CART-1", **values),
            JobRow(
                id="j3", kind=JobKind.COUNT, state=JobState.OPEN, priority=1, tote="T-1", passed_at="2026", **values
            ),
            JobRow(id="j4", kind=JobKind.SORT, state=JobState.DONE, priority=1, tote="T-2", passed_at="2026", **values),
        )
    )
    store.close()
    db = sqlite3.connect(store.folder / "floorhand.db")
    with db:
        new = set(db.execute("SELECT * FROM row_key"))
        db.execute("DELETE FROM row_key WHERE name LIKE 'live %' OR name IN ('cart', 'passed')")
        assert set(db.execute("SELECT * FROM row_key")) != new
        db.execute("DROP TABLE paper_owed")
        db.execute("PRAGMA user_version = 2")
    Store(store.folder, clock, 4096).close()
    assert set(db.execute("SELECT * FROM row_key")) == new
    db.close()


def test_every_step_has_a_number_of_its_own():
    assert all(isinstance(step, tuple) and step for step in migrations.STEPS)


# --- a full disk ---


@pytest.fixture
def tight(store, ports):
    """A paired store that may not grow much more; gives a function that says how many pages."""

    def limit(extra):
        with store.look() as u:
            pages = u.meta._db.exec_driver_sql("PRAGMA page_count").scalar_one()
        store._connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + extra}").close()
        store._connection.rollback()

    return limit


def fill(store):
    for n in range(200):
        with store.unit() as u:
            u.record(refused(n))


def test_a_full_disk_refuses_the_scan_whole_and_keeps_what_was_there(store, ports, tight):
    tight(3)
    with pytest.raises(StorageFull):
        fill(store)
    there = ports.journal.pending_count()
    assert 0 < there < 200
    assert ports.journal.head().next_seq == there + 1
    tight(1000)
    with store.unit() as u:
        u.record(refused())
    assert ports.journal.pending_count() == there + 1


def test_the_reserve_is_given_up_for_sync_only(store, ports, tight, monkeypatch, expected_log):
    tight(3)
    reserve = store.folder / "reserve"
    assert reserve.stat().st_size == 4096
    with pytest.raises(StorageFull):
        fill(store)
    assert not reserve.exists()
    tight(1000)
    monkeypatch.setattr("shutil.disk_usage", lambda _path: type("Usage", (), {"free": 4096})())
    with pytest.raises(StorageFull), store.unit():
        pytest.fail("a scan was taken on the reserve")
    ports.meta.save_epoch(2)
    assert ports.meta.identity().epoch == 2
    monkeypatch.undo()
    with store.unit() as u:
        u.record(refused())
    assert reserve.exists()


def test_sync_tries_once_more_on_the_reserve(store, ports, tight, expected_log):
    expected_log.append("the reserve was given up")
    tight(2)
    big = tuple(f"{n}:1" * 2000 for n in range(30))
    with pytest.raises(StorageFull):
        ports.meta.save_addresses(big)
    assert ports.meta.identity().addresses != big
    assert not (store.folder / "reserve").exists()
    with pytest.raises(StorageFull):
        ports.meta.save_addresses(big)


def test_a_read_only_disk_is_broken_not_full(store):
    store._connection.exec_driver_sql("PRAGMA query_only = 1").close()
    store._connection.rollback()
    with pytest.raises(StorageBroken), store.unit() as u:
        u.meta.put("x", 1)


def test_a_fault_of_ours_is_not_called_a_disk(store):
    with pytest.raises(DBAPIError), store.unit() as u:
        u.meta._db.exec_driver_sql("INSERT INTO nowhere VALUES (1)")


def test_a_commit_that_fails_leaves_no_transaction_open(store):
    def orphan():
        with store.unit() as u:
            u.meta._db.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            u.meta._db.exec_driver_sql("INSERT INTO row_key VALUES ('item', 'code', '1', 'nobody')")

    with pytest.raises(DBAPIError):
        orphan()
    with store.unit() as u:
        u.meta.put("x", 1)
        assert u.meta._db.exec_driver_sql("SELECT count(*) FROM row_key").scalar_one() == 0


def test_a_file_that_is_no_database(tmp_path, clock):
    (tmp_path / "floorhand.db").write_bytes(b"not a database" * 1000)
    with pytest.raises(StorageBroken):
        Store(tmp_path, clock, 4096)


def test_the_reserve_needs_room_to_spare(tmp_path, monkeypatch):
    reserve = Reserve(tmp_path / "reserve", 3 * 1024 * 1024)
    assert reserve.take()
    assert (tmp_path / "reserve").stat().st_size == 3 * 1024 * 1024
    assert Reserve(tmp_path / "reserve", 3 * 1024 * 1024).held
    assert reserve.give_up()
    assert not reserve.give_up()
    monkeypatch.setattr(Path, "open", lambda *_a, **_k: (_ for _ in ()).throw(OSError(28, "no space")))
    assert not reserve.take()


# --- a process that dies ---

CHILD = """
import sys, time
from pathlib import Path
from app.store.store import Store
from sync.contract.facts import ScanRefused

class Clock:
    def mono(self): return time.monotonic()
    def wall_ms(self): return 1
    def boot_id(self): return "b"

store = Store(Path(sys.argv[1]), Clock(), 4096)
n = 0
while True:
    with store.unit() as u:
        u.record(ScanRefused(job=None, text=str(n), code="x"))
        u.flows.keep("j1", "pick", 1, str(n).encode())
    sys.stdout.write(f"beep {n}\\n")
    sys.stdout.flush()
    n += 1
"""


def test_what_beeped_is_there_after_a_kill(tmp_path, clock):
    folder = tmp_path / "data"
    first = Store(folder, clock, 4096)
    sync_ports(first).meta.save_identity(Identity("d", "M", "c", 1, "ab" * 32, ()))
    first.close()
    beeped = 0
    for round in range(4):
        child = subprocess.Popen([sys.executable, "-c", CHILD, str(folder)], stdout=subprocess.PIPE, text=True)
        said = [child.stdout.readline() for _ in range(3 + 7 * round)]
        os.kill(child.pid, signal.SIGKILL)
        said += child.stdout.readlines()
        child.wait()
        child.stdout.close()
        beeps = [int(n) for n in re.findall(r"beep (\d+)\n", "".join(said))]
        store = Store(folder, clock, 4096)
        texts = [op.body for op in sync_ports(store).journal.pending(10_000, 10**8)]
        with store.look() as u:
            state = int(u.flows.of("j1").body)
        store.close()
        this_round = len(texts) - beeped
        # At most the one fact that was committed and not yet told.
        assert len(beeps) <= this_round <= len(beeps) + 1
        assert state == this_round - 1
        beeped = len(texts)
