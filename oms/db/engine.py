"""How the OMS connects: one pool per process, UTC, bounded waits. `oms.bootstrap` and the command line call it."""

import time
from typing import Any

import msgspec
import psycopg
from sqlalchemy import URL, Engine, QueuePool, create_engine, make_url
from sqlalchemy.orm import Session, sessionmaker

Connection = psycopg.Connection[tuple[object, ...]]

#: Connections of one server process; its worker threads are as many, so that no thread ever waits for a connection.
POOL_SIZE = 16
_CONNECT_S = 10
_LAST_WORK_S = 5
_NOT_YET = ("refused", "No such file", "starting up", "not yet accepting", "in recovery mode", "shutting down")
_STATEMENT_MS = 60_000
_LOCK_MS = 15_000
_IDLE_IN_TRANSACTION_MS = 60_000


def database_url(text: str) -> URL:
    """The URL of a PostgreSQL database with the driver we use; raises ValueError for any other kind of database."""
    url = make_url(text)
    if url.get_backend_name() not in {"postgresql", "postgres"}:
        raise ValueError(f"only PostgreSQL is supported, not {url.get_backend_name()}")
    return url.set(drivername="postgresql+psycopg")


def make_engine(url: URL, pool_size: int = POOL_SIZE) -> Engine:
    """An engine on `url` with at most `pool_size` connections. Dead connections (the database was restarted) are noticed and replaced."""
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=30,
        pool_pre_ping=True,
        json_serializer=_to_json,
        json_deserializer=msgspec.json.decode,
        connect_args={
            "application_name": "floorhand",
            "connect_timeout": _CONNECT_S,
            "options": (
                f"-c timezone=UTC -c statement_timeout={_STATEMENT_MS} -c lock_timeout={_LOCK_MS}"
                f" -c idle_in_transaction_session_timeout={_IDLE_IN_TRANSACTION_MS}"
            ),
        },
    )


def connect_beside(engine: Engine) -> Connection:
    """A connection to the engine's database outside its pool, in autocommit: for LISTEN and NOTIFY, which hold one for good."""
    arguments, keywords = engine.dialect.create_connect_args(engine.url)
    return psycopg.connect(*arguments, **keywords, autocommit=True)


def wait_until_there(url: URL, seconds: float) -> None:
    """Waits for a database that is not there yet or still replays its log, as when everything starts at once after a power cut.
    Raises psycopg.OperationalError when `seconds` are over, and at once when it is there and does not want us."""
    end = time.monotonic() + seconds
    while True:
        try:
            plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
            psycopg.connect(plain, connect_timeout=_CONNECT_S).close()
            return
        except psycopg.OperationalError as error:
            # While connecting libpq gives no code, only words.
            if not any(word in str(error) for word in _NOT_YET) or time.monotonic() > end:
                raise
            time.sleep(0.2)


def let_go(engine: Engine) -> None:
    """Gives the connections back. A pool forgets those that are out, and nobody closes them: a thread that still works with one, for a
    question whose asker has gone, is waited for, a few seconds at most."""
    end = time.monotonic() + _LAST_WORK_S
    while isinstance(engine.pool, QueuePool) and engine.pool.checkedout() and time.monotonic() < end:
        time.sleep(0.02)
    engine.dispose()


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    """Sessions whose objects stay readable after the commit."""
    return sessionmaker(engine, expire_on_commit=False)


def _to_json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
