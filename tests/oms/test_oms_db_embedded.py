"""The embedded PostgreSQL: starts once, is found again, survives being killed, and is closed to others."""

import os
import shutil
import signal
import stat
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from oms.db.embedded import DatabaseDown, EmbeddedPostgres
from oms.db.engine import database_url

pytestmark = pytest.mark.postgres


@pytest.fixture
def folder():
    """A folder that the database's system user can reach, and that is gone afterwards with whatever server runs in it."""
    made = Path(tempfile.mkdtemp(prefix="fh-emb-"))
    made.chmod(0o711)
    yield made
    for data in made.rglob("PG_VERSION"):
        if data.parent.parent.name != "base" and (data.parent / "postgresql.conf").exists():
            EmbeddedPostgres(data.parent, durable=False).stop()
    shutil.rmtree(made)


def connect(url):
    return psycopg.connect(host=url.query["host"], user=url.username, dbname=url.database, autocommit=True)


def pid(folder):
    return int((folder / "postmaster.pid").read_text().splitlines()[0])


def test_start_is_idempotent_and_stop_stops(folder):
    server = EmbeddedPostgres(folder / "pg", durable=False)
    url = server.start()
    first = pid(folder / "pg")
    assert EmbeddedPostgres(folder / "pg", durable=False).start() == url
    assert pid(folder / "pg") == first
    server.stop()
    assert not (folder / "pg" / "postmaster.pid").exists()
    with pytest.raises(psycopg.OperationalError):
        connect(url)
    server.stop()


def test_a_committed_row_survives_the_kill_of_all_of_postgres(folder):
    server = EmbeddedPostgres(folder / "pg")
    with connect(server.start()) as db:
        db.execute("CREATE TABLE t (n int)")
        db.execute("INSERT INTO t VALUES (42)")
    os.kill(pid(folder / "pg"), signal.SIGKILL)
    with connect(server.start()) as db:
        assert db.execute("SELECT n FROM t").fetchall() == [(42,)]


def test_it_syncs_to_disk_and_listens_on_a_private_socket_only(folder):
    url = EmbeddedPostgres(folder / "pg").start()
    with connect(url) as db:
        settings = {
            name: db.execute(f"SHOW {name}").fetchone()[0]
            for name in ("fsync", "synchronous_commit", "full_page_writes", "listen_addresses", "data_checksums")
        }
    assert settings == {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "listen_addresses": "",
        "data_checksums": "on",
    }
    socket = Path(url.query["host"]) / ".s.PGSQL.5432"
    assert stat.S_IMODE(socket.stat().st_mode) == 0o700
    assert stat.S_IMODE(Path(url.query["host"]).stat().st_mode) == 0o700


def test_a_path_too_long_for_a_socket_gets_a_private_short_one(folder):
    deep = folder / ("long" * 14) / ("name" * 14) / "pg"
    server = EmbeddedPostgres(deep, durable=False)
    url = server.start()
    socket_folder = Path(url.query["host"])
    assert socket_folder != deep
    assert stat.S_IMODE(socket_folder.stat().st_mode) == 0o700
    with connect(url) as db:
        assert db.execute("SELECT 1").fetchone() == (1,)
    server.stop()
    # Found again in the same place, and refused when it is not ours any more.
    assert server.start() == url
    server.stop()
    socket_folder.chmod(0o777)
    with pytest.raises(DatabaseDown, match="belongs to somebody else"):
        server.start()
    shutil.rmtree(socket_folder)


def test_a_broken_folder_is_a_sentence_with_the_servers_own_words(folder):
    server = EmbeddedPostgres(folder / "pg", durable=False)
    server.start()
    server.stop()
    with (folder / "pg" / "postgresql.conf").open("a") as conf:
        conf.write("\nno_such_setting = 1\n")
    with pytest.raises(DatabaseDown, match="no_such_setting"):
        server.start()


def test_half_a_database_of_a_power_cut_is_made_anew(folder):
    """Killed while it was being made: what is there never has the place of the real one."""
    part = folder / "pg.part"
    part.mkdir()
    (part / "PG_VERSION").write_text("18\n")
    with connect(EmbeddedPostgres(folder / "pg", durable=False).start()) as db:
        assert db.execute("SELECT 1").fetchone() == (1,)
    assert not part.exists()


@pytest.mark.parametrize(
    "lines", ["", "1\n/data\n1764000000\n5432\n", "1\n/data\n1764000000\n5432\n\n", "1\n/data\n17\n5432\n/tmp/so"]
)
def test_a_server_that_is_not_so_far_has_no_address(folder, lines):
    server = EmbeddedPostgres(folder / "pg", durable=False)
    (folder / "pg").mkdir()
    (folder / "pg" / "postmaster.pid").write_text(lines)
    with pytest.raises(OSError, match="does not listen yet"):
        server.url("floorhand")


@pytest.mark.parametrize("text", ["sqlite:///x.db", "mysql://h/d"])
def test_only_postgresql_is_a_database(text):
    with pytest.raises(ValueError, match="only PostgreSQL"):
        database_url(text)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_usual_urls_get_our_driver(scheme):
    url = database_url(f"{scheme}://u:p@h:5433/d")
    assert (url.drivername, url.host, url.port, url.database) == ("postgresql+psycopg", "h", 5433, "d")


def test_a_killed_database_is_started_again_by_the_server_that_keeps_it(folder, expected_log):
    # What the killed one leaves behind may keep the next from starting at the first try.
    expected_log += ["the database is gone; starting it again", "does not start"]
    server = EmbeddedPostgres(folder / "pg")
    with connect(server.start()) as db:
        db.execute("CREATE TABLE t (n int)")
        db.execute("INSERT INTO t VALUES (42)")
    server.keep_running()
    first = pid(folder / "pg")
    os.kill(first, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with connect(server.url("floorhand")) as db:
                assert db.execute("SELECT n FROM t").fetchall() == [(42,)]
            break
        except (psycopg.OperationalError, OSError):
            time.sleep(0.05)
    assert pid(folder / "pg") != first
    server.stop()
    assert not (folder / "pg" / "postmaster.pid").exists()
