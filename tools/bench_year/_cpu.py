"""Processor time of this process and of what its database does for it."""

import time
from typing import Final

import psutil
from sqlalchemy import text

from oms.bootstrap import Oms

_MINE: Final = text(
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
)


def spent(oms: Oms) -> float:
    """Seconds so far."""
    with oms.sessions() as db:
        pids = list(db.scalars(_MINE))
    used = time.process_time()
    for pid in pids:
        times = psutil.Process(pid).cpu_times()
        used += times.user + times.system
    return used
