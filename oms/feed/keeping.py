"""The housekeeping of a server process: what the feed may forget, rows of a new shape, and a time line that somebody else has changed.

Started with the application. Several processes on one database do the chores in turn (a lock says whose turn it is; nothing's
correctness rests on it), and each watches the time line for itself.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import psycopg
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from oms.catalog.sites import Sites, these
from oms.db.engine import connect_beside
from oms.db.work import Actor, Works
from oms.feed import rebuild, retention, shapes
from oms.feed.models import Meta
from oms.walks import learning
from sync.contract import version

_log = logging.getLogger(__name__)

_ACTOR: Final = Actor("housekeeping")
_LOCK: Final = 0x464C4B4545
_LOOK_S: Final = 2.0
#: A server that has just started has better things to do.
_FIRST_CHORES_S: Final = 60.0
_CHORES_S: Final = 3600.0
_CHECK_EVERY: Final = timedelta(days=1)


class Housekeeper:
    """Owns one thread. `on_epoch` is called in it with the time line at the start and whenever it has changed."""

    def __init__(
        self,
        engine: Engine,
        sessions: sessionmaker[Session],
        works: Works,
        sites: str | Sites,
        on_epoch: Callable[[int], None],
    ) -> None:
        self._engine = engine
        self._sessions = sessions
        self._works = works
        self._sites = these(sites)
        self._on_epoch = on_epoch
        self._epoch = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="feed-housekeeping", daemon=True)

    def start(self) -> None:
        """Begins; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Asks the thread to end after what it is doing."""
        self._stopping.set()

    def join(self) -> None:
        """Waits until it has ended; a chore under way is finished first."""
        self._thread.join(2 * _LOOK_S)

    def _run(self) -> None:
        chores_at = time.monotonic() + _FIRST_CHORES_S
        self._guarded(self._settle_in)
        while not self._stopping.wait(_LOOK_S):
            self._guarded(self._look_at_time_line)
            if time.monotonic() >= chores_at:
                chores_at = time.monotonic() + _CHORES_S
                self._guarded(self.chores)

    def _guarded(self, work: Callable[[], None]) -> None:
        """Trouble with the database is told once by those who need it; here the next round tries again."""
        try:
            work()
        except (SQLAlchemyError, psycopg.Error) as error:
            _log.info("housekeeping has to wait: %s", type(error).__name__)

    def _look_at_time_line(self) -> None:
        with self._sessions() as db:
            epoch = db.scalars(select(Meta.epoch)).one()
        if epoch != self._epoch:
            self._epoch = epoch
            self._on_epoch(epoch)

    def _settle_in(self) -> None:
        """What a newer or older program than before has to do to the feed before anything else."""
        self._look_at_time_line()
        with self._sessions() as db:
            shape, least = db.execute(select(Meta.feed_schema, Meta.min_pull_schema)).one()
        if least < version.PULL_SCHEMA_LEAST:
            self._works.run(self._sites()[0], _ACTOR, shapes.begin_grace)
        if shape != version.PULL_SCHEMA:
            self._in_turn(self._rewrite)

    def chores(self) -> None:
        """Once an hour; does nothing while another process is at it."""
        self._in_turn(self._chores)

    def _in_turn(self, work: Callable[[], None]) -> None:
        with connect_beside(self._engine) as connection:
            (mine,) = connection.execute("SELECT pg_try_advisory_lock(%s)", (_LOCK,)).fetchone() or (False,)
            if mine:
                work()

    def _chores(self) -> None:
        for site in self._sites():
            self._works.run(site, _ACTOR, retention.mark)
            swept = retention.sweep(self._works, site, _ACTOR)
            if swept.tombstones or swept.claims:
                _log.info("forgot %d deletions and %d answers of %s", swept.tombstones, swept.claims, site)
            self._works.run(site, _ACTOR, learning.learn_when_due)
        with self._sessions() as db:
            checked, now = db.execute(select(Meta.feed_checked_at, func.clock_timestamp())).one()
        if checked is None or checked < now - _CHECK_EVERY:
            count = self._rebuild()
            if count:
                _log.info("%d rows of the feed were not what they are made from; written anew", count)

    def _rebuild(self) -> int:
        stop = self._stopping.is_set
        return sum(rebuild.rebuild(self._sessions, self._works, site, _ACTOR, stop) for site in self._sites())

    def _rewrite(self) -> None:
        count = self._rebuild()
        _log.info("%d rows of the feed written anew in shape %d", count, version.PULL_SCHEMA)
