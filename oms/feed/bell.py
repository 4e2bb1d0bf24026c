"""Who waits for news and who brings them: long polls hold neither a thread nor a database connection while they wait.

Each server process listens once. Commits of this process ring at once; those of others come by NOTIFY, which every process sends
after its commits, a few times a second at most. A notice that gets lost costs nothing but the rest of a poll's wait.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

import psycopg
from sqlalchemy import Engine

from oms.db.engine import Connection, connect_beside

_log = logging.getLogger(__name__)

_CHANNEL: Final = "floorhand_feed"
#: At most twenty notices a second and site.
_COALESCE_S: Final = 0.05
_LOOK_S: Final = 0.5
_RETRY_S: Final = 2.0


class FeedBell:
    """Owns the two threads that speak NOTIFY and LISTEN, and the polls of this process that wait."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: dict[str, set[asyncio.Future[None]]] = {}
        self._heads: dict[str, int] = {}
        self._guard = threading.Condition()
        self._unsent: dict[str, int] = {}
        self._stopping = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._threads = [
            threading.Thread(target=self._keep(self._listen), name="feed-listen", daemon=True),
            threading.Thread(target=self._keep(self._notify), name="feed-notify", daemon=True),
        ]

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begins to listen; polls are woken in `loop`."""
        self._loop = loop
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ends the threads and lets every poll go. Call in the loop."""
        self._stopping.set()
        with self._guard:
            self._guard.notify_all()
        self._wake_all()

    def join(self) -> None:
        """Waits until the threads have given their connections back; call it after `stop`, in a thread."""
        for thread in self._threads:
            thread.join(2 * _LOOK_S)

    def committed(self, site: str, ver: int) -> None:
        """This process committed version `ver`. From any thread."""
        self._ring(site, ver)
        with self._guard:
            self._unsent[site] = max(ver, self._unsent.get(site, 0))
            self._guard.notify()

    def everybody(self) -> None:
        """Lets every poll look again: something other than a version has changed. From any thread."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(self._wake_all)

    def _wake_all(self) -> None:
        for site in list(self._waiting):
            self._wake(site)

    def _ring(self, site: str, ver: int) -> None:
        loop = self._loop
        if loop is None or loop.is_closed():
            return
        try:
            loop.call_soon_threadsafe(self._heard, site, ver)
        except RuntimeError:
            # The loop ended between the look and the call.
            return

    def _heard(self, site: str, ver: int) -> None:
        if ver > self._heads.get(site, 0):
            self._heads[site] = ver
            self._wake(site)

    def _wake(self, site: str) -> None:
        for waiter in self._waiting.get(site, ()):
            if not waiter.done():
                waiter.set_result(None)

    def head(self, site: str) -> int:
        """The newest version of a site this process has heard of. Call in the loop."""
        return self._heads.get(site, 0)

    @contextmanager
    def watch(self, site: str) -> Iterator["asyncio.Future[None]"]:
        """A future that ends with the next news of a site. Take it before looking at the database, so that nothing falls between
        the look and the wait. Call in the loop."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiters = self._waiting.setdefault(site, set())
        waiters.add(waiter)
        try:
            yield waiter
        finally:
            waiters.discard(waiter)

    def _keep(self, work: Callable[[Connection], None]) -> Callable[[], None]:
        """Runs `work` on a connection of its own until the server stops, again after trouble with the database."""

        def body() -> None:
            while not self._stopping.is_set():
                try:
                    with connect_beside(self._engine) as connection:
                        work(connection)
                except psycopg.Error as error:
                    if self._stopping.is_set():
                        return
                    _log.warning("%s: %s", threading.current_thread().name, str(error).strip())
                    self._stopping.wait(_RETRY_S)

        return body

    def _listen(self, connection: Connection) -> None:
        connection.execute(f"LISTEN {_CHANNEL}".encode())
        # What was told while nobody listened (at the start, or while the database was away).
        for site, ver in connection.execute("SELECT id, ver FROM site").fetchall():
            self._ring(str(site), int(str(ver)))
        while not self._stopping.is_set():
            for notice in connection.notifies(timeout=_LOOK_S, stop_after=1):
                site, _, ver = notice.payload.rpartition(" ")
                if site and ver.isdigit():
                    self._ring(site, int(ver))

    def _notify(self, connection: Connection) -> None:
        while not self._stopping.is_set():
            with self._guard:
                self._guard.wait_for(lambda: bool(self._unsent) or self._stopping.is_set(), _LOOK_S)
                news, self._unsent = self._unsent, {}
            try:
                for site, ver in news.items():
                    connection.execute("SELECT pg_notify(%s, %s)", (_CHANNEL, f"{site} {ver}"))
            except psycopg.Error:
                # Told again over the next connection: once too often costs nothing.
                with self._guard:
                    for site, ver in news.items():
                        self._unsent[site] = max(ver, self._unsent.get(site, 0))
                raise
            if news:
                time.sleep(_COALESCE_S)
