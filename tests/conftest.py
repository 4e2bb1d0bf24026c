"""What every test may count on: no window needed, repeatable examples, a real PostgreSQL, and a log that must stay quiet."""

import gc
import itertools
import logging
import os
import shutil
import tempfile
import threading
import traceback
import uuid
from pathlib import Path

# Before anything imports Qt: tests draw into memory, unless the caller wants to watch.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import hypothesis
import pytest

_databases = itertools.count(1)
_LOOKED_THROUGH = 50
_IN_MEMORY = Path("/dev/shm")
_ROOM = 4 << 30
# What tests write lies in memory where there is room: a database of one's own takes a twentieth of a second there, and up to two on a busy
# disk. What a loss of power leaves is proven on a file system that forgets on purpose, not on this one.
if _IN_MEMORY.is_dir() and os.access(_IN_MEMORY, os.W_OK) and shutil.disk_usage(_IN_MEMORY).free > _ROOM:
    os.environ.setdefault("TMPDIR", str(_IN_MEMORY))
    tempfile.tempdir = None

hypothesis.settings.register_profile(
    "floorhand", deadline=None, derandomize=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile("search", deadline=None, max_examples=2000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "floorhand"))


def pytest_collection_finish(session):
    """What all the modules of the tests are made of stays until the end: looking through it for garbage takes half a second each time,
    and a test with a database of its own has it looked for."""
    gc.collect()
    gc.freeze()


class _Loud(logging.Handler):
    """Keeps what was logged at warning level or above."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.records = []

    def emit(self, record):
        self.records.append(record)


@pytest.fixture(autouse=True)
def windows_end_here(request):
    """Python looks for garbage in whichever thread asks for memory, and in the midst of whatever is done there: a part of a window that is
    taken apart by another thread than its own, or while an event is on its way to it, crashes the process. So nothing is looked for from
    the first test with windows to the first without, and what they left goes in between, here."""
    if "qapp" in request.fixturenames:
        gc.disable()
        yield
        # All that came since is young.
        gc.collect(0)
        return
    if not gc.isenabled():
        gc.collect()
        gc.enable()
    yield


@pytest.fixture
def expected_log():
    """A list of words: a warning or error in the log is forgiven when it contains one of them. A test that provokes trouble adds to it."""
    return []


@pytest.fixture(autouse=True)
def quiet_log(expected_log):
    """Any warning or error in the log that the test did not announce in `expected_log` fails it: either the code complains for nothing
    or the test has seen a fault that it does not speak of."""
    loud = _Loud()
    logging.getLogger().addHandler(loud)
    yield
    logging.getLogger().removeHandler(loud)
    said = [f"{record.name}: {record.levelname}: {record.getMessage()}" for record in loud.records]
    unexpected = [line for line in said if not any(word in line for word in expected_log)]
    assert not unexpected, "in the log, not announced in the fixture expected_log:\n" + "\n".join(unexpected)


class _Connections:
    """Knows how many connections each thread of a server holds, and who took a second one: there are as many threads as connections, so
    when all do that at once, each waits for the others."""

    def __init__(self):
        self.doubled = []
        self._held = threading.local()

    def took(self, *_):
        if threading.current_thread().name.startswith("oms_"):
            self._held.count = getattr(self._held, "count", 0) + 1
            if self._held.count > 1:
                self.doubled.append("".join(traceback.format_stack(limit=40)))

    def gave(self, *_):
        if threading.current_thread().name.startswith("oms_"):
            self._held.count = getattr(self._held, "count", 0) - 1


_connections = _Connections()


@pytest.fixture(scope="session")
def postgres():
    """The embedded PostgreSQL with a migrated template database. Not synced to disk: it lives as long as the tests of one process."""
    import psycopg
    from sqlalchemy import event
    from sqlalchemy.pool import Pool

    from oms.db import schema
    from oms.db.embedded import EmbeddedPostgres
    from oms.db.engine import make_engine

    # pytest's own temporary folders are closed to the system user that PostgreSQL runs as under root.
    folder = Path(tempfile.mkdtemp(prefix="fh-pg-"))
    folder.chmod(0o711)
    server = EmbeddedPostgres(folder / "pg", durable=False)
    server.start()
    event.listen(Pool, "checkout", _connections.took)
    event.listen(Pool, "checkin", _connections.gave)
    with psycopg.connect(_admin(server), autocommit=True) as admin:
        admin.execute("CREATE DATABASE floorhand_template")
    engine = make_engine(server.url("floorhand_template"), pool_size=1)
    schema.upgrade(engine)
    engine.dispose()
    yield server
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture
def database_url(postgres, request):
    """URL of an own, empty, migrated database."""
    import psycopg

    name = f"t_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(_admin(postgres), autocommit=True) as admin:
        # Files are copied in less than half the time in which all pages go through the log; nobody waits for the checkpoint in memory.
        admin.execute(f"CREATE DATABASE {name} TEMPLATE floorhand_template STRATEGY file_copy")
        yield postgres.url(name)
        # A connection that a stopped server's thread left to the garbage collector goes while its database is still there.
        gc.collect()
        if "qapp" not in request.fixturenames:
            # What is left of this test is what modules keep: looked through again after each of thousands of tests, it would take
            # three quarters of their time. Now and then it is looked through after all, for what nobody keeps any more.
            if next(_databases) % _LOOKED_THROUGH == 0:
                gc.unfreeze()
                gc.collect()
            gc.freeze()
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    doubled, _connections.doubled = _connections.doubled, []
    assert not doubled, f"a request took a second connection while it held one:\n{doubled[0]}"


def _admin(server):
    return f"host={server.url('postgres').query['host']} user=postgres dbname=postgres"
