"""Looks at all unreleased orders jointly every few minutes. Started with the application; of several servers one does it at a time."""

import logging
import threading
from typing import Final

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from oms.db.engine import connect_beside
from oms.db.work import Works
from oms.sourcing.worth import look

_log = logging.getLogger(__name__)
#: Held by the server that looks.
LOCK: Final = 0x464C534F5552


class SourcingKeeper:
    """Owns one thread that looks every `minutes`; 0: never."""

    def __init__(self, engine: Engine, works: Works, site: str, minutes: float) -> None:
        self._engine, self._works, self._site, self._minutes = engine, works, site, minutes
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sourcing-keeper", daemon=True)

    def start(self) -> None:
        """Begins; returns at once."""
        if self._minutes > 0:
            self._thread.start()

    def stop(self) -> None:
        """Ends after the order that is being moved."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(60)

    def _run(self) -> None:
        while not self._stopping.wait(60 * self._minutes):
            try:
                self.look()
            except SQLAlchemyError as error:
                _log.info("sourcing has to wait: %s", type(error).__name__)

    def look(self) -> bool:
        """One round; False when another server is at it."""
        with connect_beside(self._engine) as connection:
            (mine,) = connection.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,)).fetchone() or (False,)
            if mine:
                done = look(self._works, self._site)
                _log.info("sourcing looked at %d orders, moved %d, saved %s", done.orders, done.moved, done.saved)
            return bool(mine)
