"""Sees to it that somebody thinks about the plans that wait: starts the planner's process when there is one, and ends it with the server.
Started with the application."""

import contextlib
import logging
import subprocess
import sys
import threading
from typing import Final

import msgspec
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from oms.bootstrap import Oms
from oms.planning import compiled
from oms.plans.models import PickPlan
from oms.plans.worker import Job
from sync.contract.plans import PlanState

_log = logging.getLogger("oms.planner")

#: Plans of servers that are gone are looked for so often, in seconds.
EVERY_S: Final = 5.0
_GRACE_S: Final = 3.0


class Planners:
    """Owns one thread, and one process while there are plans."""

    def __init__(self, oms: Oms) -> None:
        self._oms = oms
        self._wanted = threading.Event()
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._run, name="planners", daemon=True)

    def start(self) -> None:
        """Begins; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread and the process; a plan that is thought about is taken up again by another server, or this one's next start."""
        self._stopping.set()
        self._wanted.set()
        self._thread.join()
        self._end()

    def wake(self) -> None:
        """Somebody has asked for a plan, or is about to."""
        self._wanted.set()

    @property
    def pid(self) -> int | None:
        """The process that thinks now."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def _run(self) -> None:
        while not self._stopping.is_set():
            asked = self._wanted.wait(EVERY_S)
            self._wanted.clear()
            if not self._stopping.is_set() and self.pid is None and (asked or self._waiting()):
                self._end()
                self._begin()

    def _waiting(self) -> bool:
        unfinished = (PlanState.QUEUED, PlanState.RUNNING)
        try:
            with self._oms.sessions() as db:
                mine = select(PickPlan.id).where(PickPlan.state.in_(unfinished))
                return db.scalar(mine.limit(1)) is not None
        except SQLAlchemyError:
            return False

    def _begin(self) -> None:
        folder = compiled.kept_in()
        url = self._oms.engine.url.render_as_string(hide_password=False)
        job = Job(url=url, site=self._oms.site, kernels=str(folder) if folder else "")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "oms.plans.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            # Ctrl-C at the terminal is for the server, which then closes the pipe.
            start_new_session=True,
        )
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            # The password of the database is nobody's business: not among the arguments, not in the environment.
            self._process.stdin.write(msgspec.json.encode(job) + b"\n")
            self._process.stdin.flush()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        try:
            process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
