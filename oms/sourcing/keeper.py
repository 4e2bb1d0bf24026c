"""Looks at all unreleased orders jointly: one round. The queue of background work calls it every few minutes."""

import logging
from typing import Final

from sqlalchemy import Engine

from oms.db.engine import connect_beside
from oms.db.work import Works
from oms.sourcing.worth import look

_log = logging.getLogger(__name__)
#: Held by the server that looks.
LOCK: Final = 0x464C534F5552


def look_once(engine: Engine, works: Works, site: str) -> bool:
    """One round; False when another server is at it."""
    with connect_beside(engine) as connection:
        (mine,) = connection.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,)).fetchone() or (False,)
        if mine:
            done = look(works, site)
            _log.info("sourcing looked at %d orders, moved %d, saved %s", done.orders, done.moved, done.saved)
        return bool(mine)
