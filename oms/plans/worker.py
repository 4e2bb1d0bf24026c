"""The planner: a process of its own beside the server, that takes plans which wait, one at a time, and thinks them out. Started by
`oms.plans.planner` as `python -m oms.plans.worker`; what it needs is the first line on its standard input, and when that ends it ends.

It thinks at a low priority, within bounded memory, and while it thinks no transaction is open. Of several planners on one database each
takes its own plan. One that dies leaves a plan that nobody says is alive: another takes it up, until it has been tried too often.
"""

import logging
import os
import resource
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import msgspec
from sqlalchemy import Engine, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import defer

from oms.catalog.sites import every_site
from oms.db.engine import make_engine, make_sessions
from oms.db.work import Actor, Works
from oms.feed.rows import build
from oms.inventory.actions import move
from oms.log import log_to_stderr
from oms.planning import compiled
from oms.plans.collecting import collected
from oms.plans.models import PickPlan
from oms.plans.rules import PLAN
from oms.plans.scene import Scene
from oms.plans.thinking import NothingToPlan, Thought, WasStopped, think
from oms.transitions import moved
from sync.contract.plans import PlanState

if TYPE_CHECKING:
    from oms.db.work import Work

_log = logging.getLogger("oms.planner")

_ACTOR: Final = Actor("planner")
#: How often it looks for plans that wait, whether its own is to be stopped, and tells how far it is; in seconds.
_LOOK_S: Final = 0.25
_TELL_S: Final = 0.5
#: It says so often that it lives; after so long without it nobody thinks about a plan.
_BEAT_S: Final = 1.0
DEAD_AFTER: Final = timedelta(seconds=10)
#: So many processes try a plan.
TRIES: Final = 3
#: Without plans it ends after so long; the next plan starts another.
_IDLE_S: Final = 900.0
_NICE: Final = 10
#: What one plan may take of memory, in bytes.
_MEMORY: Final = 3 << 30
#: Longer than a stopped search needs to notice.
_PATIENCE_S: Final = 5.0


class Job(msgspec.Struct, frozen=True):
    """What the process is told: where the database is, whose plans, and the folder of compiled kernels ('': the usual one)."""

    url: str
    site: str
    kernels: str = ""
    idle_s: float = _IDLE_S


class Planner:
    """Takes and thinks plans of one site, one after the other. `give_up` ends the process when a step does not hear that it is to stop."""

    def __init__(self, engine: Engine, site: str, give_up: Callable[[], None] = lambda: None) -> None:
        self.give_up = give_up
        self._sessions = make_sessions(engine)
        self._works = Works(self._sessions, build, move)
        self._site = site
        self._name = uuid4().hex

    def next(self) -> bool:
        """Thinks out one plan that waits; False when there is none."""
        taken = self._works.run(self._site, _ACTOR, self._take)
        if taken is None:
            return False
        watch = _Watch(self, taken)
        try:
            with watch:
                self._end(taken, think(self._scene(taken), watch.progress, watch.walks, watch.is_stopped))
        except WasStopped:
            self._close(taken, PlanState.CANCELLED)
        except NothingToPlan:
            self._close(taken, PlanState.FAILED, "nothing_allocated")
        except MemoryError:
            self._close(taken, PlanState.FAILED, "too_many")
        except SQLAlchemyError:
            # The database is away: the plan is taken up again.
            raise
        except Exception as error:
            _log.exception("a plan could not be thought out", exc_info=error)
            self._close(taken, PlanState.FAILED, "planner_error")
        return True

    def _take(self, w: "Work") -> str | None:
        """The oldest plan that waits, which nobody else is taking; before that, those whose planners died wait again."""
        mine = select(PickPlan).where(PickPlan.site_id == w.site).options(defer(PickPlan.steps))
        lost = mine.where(PickPlan.state == PlanState.RUNNING, PickPlan.beat_at < w.now - DEAD_AFTER)
        for plan in w.db.scalars(lost.with_for_update(skip_locked=True)):
            _again(w, plan)
        waiting = mine.where(PickPlan.state == PlanState.QUEUED).order_by(PickPlan.asked_at, PickPlan.id)
        found = w.db.scalar(waiting.limit(1).with_for_update(skip_locked=True))
        if found is None:
            return None
        found.state = moved(PLAN, found.state, PlanState.RUNNING)
        found.planner, found.beat_at, found.begun_at, found.percent = self._name, w.now, w.now, 0
        found.tries += 1
        return found.id

    def _scene(self, plan_id: str) -> Scene:
        return self._works.run(self._site, _ACTOR, lambda w: collected(w, w.db.get_one(PickPlan, plan_id)))

    def _end(self, plan_id: str, thought: Thought) -> None:
        def act(w: "Work") -> None:
            plan = self._mine(w, plan_id)
            if plan is None:
                return
            plan.state = moved(PLAN, plan.state, PlanState.DONE)
            plan.percent, plan.done_at, plan.metres = 100, w.now, thought.result.totals.metres
            plan.result, plan.steps = msgspec.to_builtins(thought.result), thought.steps
            w.audit("plan.done", plan=plan.id, batches=thought.result.totals.batches)

        self._works.run(self._site, _ACTOR, act)

    def _close(self, plan_id: str, state: PlanState, reason: str | None = None) -> None:
        def act(w: "Work") -> None:
            plan = self._mine(w, plan_id)
            if plan is not None:
                plan.state, plan.reason, plan.done_at = moved(PLAN, plan.state, state), reason, w.now

        self._works.run(self._site, _ACTOR, act)

    def _mine(self, w: "Work", plan_id: str) -> PickPlan | None:
        """The plan, locked, while it is this planner's to end."""
        still = (PickPlan.id == plan_id, PickPlan.planner == self._name, PickPlan.state == PlanState.RUNNING)
        return w.db.scalar(select(PickPlan).where(*still).with_for_update())

    def beat(self, plan_id: str, percent: int, metres: float | None) -> bool:
        """Says how far a plan is and that it is thought about; False when nobody wants it any more, which then is so."""

        def act(w: "Work") -> bool:
            plan = self._mine(w, plan_id)
            if plan is None:
                return False
            if plan.stopping:
                plan.state, plan.done_at = moved(PLAN, plan.state, PlanState.CANCELLED), w.now
                return False
            plan.percent, plan.metres, plan.beat_at = percent, metres, w.now
            return True

        return self._works.run(self._site, _ACTOR, act)

    def wanted(self, plan_id: str) -> bool:
        """Whether nobody has asked this planner to stop."""
        asked = select(PickPlan.stopping).where(PickPlan.id == plan_id, PickPlan.planner == self._name)
        with self._sessions() as db:
            return db.scalar(asked) is False


def _again(w: "Work", plan: PickPlan) -> None:
    if plan.stopping:
        plan.state, plan.done_at = moved(PLAN, plan.state, PlanState.CANCELLED), w.now
    elif plan.tries >= TRIES:
        plan.state, plan.done_at = moved(PLAN, plan.state, PlanState.FAILED), w.now
        plan.reason = "planner_died"
    else:
        plan.state, plan.planner = moved(PLAN, plan.state, PlanState.QUEUED), None


class _Watch:
    """Beside the thinking, in a thread of its own: tells the database how far it is, and hears whether it is to stop."""

    def __init__(self, planner: Planner, plan_id: str) -> None:
        self._planner = planner
        self._plan_id = plan_id
        self._percent = 0
        self._metres: float | None = None
        self._stopped = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="plan-watch", daemon=True)

    def __enter__(self) -> "_Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def progress(self, share: float) -> None:
        """So far it is, 0 to 1."""
        self._percent = min(99, max(self._percent, int(100 * share)))

    def walks(self, metres: float) -> None:
        """The best walk so far."""
        self._metres = round(metres, 1)

    def is_stopped(self) -> bool:
        """Whether to stop."""
        return self._stopped.is_set()

    def _run(self) -> None:
        told: tuple[int, float | None] = (0, None)
        last = time.monotonic()
        while not self._over.wait(_LOOK_S):
            now = time.monotonic()
            due = now - last >= (_TELL_S if (self._percent, self._metres) != told else _BEAT_S)
            try:
                told, wanted = (self._percent, self._metres), self._asked(due)
            except SQLAlchemyError:
                # The database is away for a moment; should it stay away, another planner will find the plan.
                continue
            last = now if due else last
            if not wanted:
                self._stopped.set()
                # A step of the search that does not notice is ended with its process; the next plan has another.
                if not self._over.wait(_PATIENCE_S):
                    self._planner.give_up()
                return

    def _asked(self, due: bool) -> bool:
        if due or not self._planner.wanted(self._plan_id):
            return self._planner.beat(self._plan_id, self._percent, self._metres)
        return True


def main() -> int:
    """Works until nothing has waited for long, or whoever started it is gone."""
    log_to_stderr()
    job = msgspec.json.decode(sys.stdin.buffer.readline(), type=Job)
    threading.Thread(target=_until_alone, name="parent", daemon=True).start()
    os.nice(_NICE)
    resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
    if job.kernels:
        compiled.keep_in(Path(job.kernels))
    engine = make_engine(make_url(job.url), pool_size=2)
    try:
        _work(engine, job.idle_s)
    finally:
        engine.dispose()
    return 0


def _work(engine: Engine, idle_s: float) -> None:
    last, is_warm = time.monotonic(), False
    sites = every_site(make_sessions(engine))
    while time.monotonic() - last < idle_s:
        try:
            if any(Planner(engine, site, lambda: os._exit(0)).next() for site in sites()):
                last = time.monotonic()
                continue
        except SQLAlchemyError as error:
            _log.warning("the planner cannot reach the database: %s", type(error).__name__)
        if not is_warm:
            # Nobody waits for it yet.
            compiled.warm()
            is_warm = True
        time.sleep(_LOOK_S)


def _until_alone() -> None:
    """The pipe ends with the process at its other end, however that ended."""
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
