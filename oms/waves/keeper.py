"""What the floor does by itself: waves are made, planned and let go as their templates say, their pick faces are filled, totes that nobody
received are reported, put-backs nobody does and tasks of devices that went dark become work for anybody, weights are learned from
parcels, and baskets whose time is over are forgotten.

Started with the application, beside the feed's housekeeping. Several processes on one database take turns by a lock of the database.
"""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from psycopg.errors import DeadlockDetected, SerializationFailure
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from oms.catalog.models import Site
from oms.catalog.sites import Sites, these
from oms.db.locks import lock_rows
from oms.db.work import Actor, Works
from oms.documents.photos import forget_photos
from oms.feed.models import FloorException
from oms.packing.learning import learn_weights
from oms.picking.codes import OPEN, ExceptionKind
from oms.picking.exceptions import need, resolve
from oms.picking.models import Job
from oms.picking.taskwork import ask_put_back, free_lapsed
from oms.promise.keeping import forget_expired
from oms.waves import capacity
from oms.waves.actions import act
from oms.waves.collecting import collect, templates, top_up
from oms.waves.faces import fill_faces
from oms.waves.models import Wave
from oms.waves.planning import template_of
from oms.waves.progress import state_by_work, units_to_pick
from oms.waves.rescue import reopen
from oms.waves.rules import RUNNING, is_active, moves
from sync.contract.codes import JobState, WaveState
from sync.contract.waves import ReleaseBy, WaveAct

if TYPE_CHECKING:
    from oms.db.work import Work

_log = logging.getLogger(__name__)

_ACTOR: Final = Actor("keeper")
_LOCK: Final = 0x464C57415645
#: How often it looks, in seconds.
EVERY_S: Final = 20.0
#: After so long a put-back that one person was told to do is anybody's.
PUT_BACK_AFTER: Final = timedelta(minutes=30)


class FloorKeeper:
    """Owns one thread that looks after all its sites every `EVERY_S` seconds."""

    def __init__(self, works: Works, sites: str | Sites) -> None:
        self._works = works
        self._sites = these(sites)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="floor-keeper", daemon=True)

    def start(self) -> None:
        """Begins; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Asks the thread to end after what it is doing, and waits for it."""
        self._stopping.set()
        self._thread.join(EVERY_S)

    def _run(self) -> None:
        while not self._stopping.wait(EVERY_S):
            try:
                for site in self._sites():
                    look(self._works, site)
            except SQLAlchemyError as error:
                _log.info("floors have to wait: %s", type(error).__name__)


def look(works: Works, site: str) -> None:
    """One round of all chores, each in a unit of work of its own: trouble with one does not keep the others from being done."""
    for chore in CHORES:
        try:
            works.run(site, _ACTOR, _alone(chore))
        except DBAPIError as error:
            if not isinstance(error.orig, DeadlockDetected | SerializationFailure):
                _log.info("%s has to wait: %s", chore.__name__, type(error.orig).__name__)
        except SQLAlchemyError as error:
            _log.info("%s has to wait: %s", chore.__name__, type(error).__name__)


def _alone(chore: "Callable[[Work], None]") -> "Callable[[Work], None]":
    def do(w: "Work") -> None:
        if w.db.scalar(select(func.pg_try_advisory_xact_lock(_LOCK))):
            chore(w)

    return do


def make_waves(w: "Work") -> None:
    """Templates that make waves by themselves take what is theirs, the best of them first; open waves are topped up before new ones."""
    found = templates(w)
    for n, (id, template) in enumerate(found):
        if not (template.auto_create and is_active(template, w.now)):
            continue
        better = [one for _, one in found[:n]]
        open_ = [wave for wave in _waves(w, WaveState.COLLECTING) if wave.template_id == id and template.assign_to_open]
        added = sum(top_up(w, wave, template, better) for wave in open_)
        if added:
            w.audit("wave.topped_up", template=template.name, orders=added)
        collect(w, id, template, better)


def plan_waves(w: "Work") -> None:
    """Waves that plan themselves are planned."""
    for wave in _waves(w, WaveState.COLLECTING):
        if template_of(wave).auto_plan:
            act(w, wave.id, WaveAct.PLAN, [])


def release_waves(w: "Work") -> None:
    """Planned waves go when their rule says so, the nearest cut-off first."""
    for wave in _waves(w, WaveState.PLANNED):
        template = template_of(wave)
        if template.auto_release and _is_time(w, wave):
            act(w, wave.id, WaveAct.RELEASE, [])
            w.db.flush()


def _is_time(w: "Work", wave: Wave) -> bool:
    template = template_of(wave)
    jobs = w.db.scalars(select(Job.id).where(Job.wave_id == wave.id, Job.state == JobState.WAITING)).all()
    if template.release.by is ReleaseBy.CUT_OFF:
        needs, people = capacity.needs_of(w, jobs), capacity.hands(w)
        latest = capacity.release_between(needs, people, template.release, template.method, wave.cut_off)
        return latest is not None and w.now >= latest[0]
    if template.release.by is ReleaseBy.CONSTANT_WORK:
        if template.release.below_min:
            return capacity.is_wanted(w, jobs, template.release.below_min)
        return units_to_pick(w.db, w.site) < template.release.below_units
    return False


def follow_waves(w: "Work") -> None:
    """Waves become what people have made of them; orders of cancelled ones are open again once their goods are home."""
    for wave in _waves(w, *RUNNING, WaveState.HELD):
        then = state_by_work(w.db, w.site, wave) if wave.released_at is not None else wave.state
        if then is not wave.state and moves(wave.state, then):
            wave.state = then
            wave.done_at = w.now if then is WaveState.COMPLETE else None
            w.audit("wave.became", wave=wave.id, state=then.value)
    reopen(w)


def _waves(w: "Work", *states: WaveState) -> list[Wave]:
    ids = select(Wave.id).where(Wave.site_id == w.site, Wave.state.in_(states))
    locked = lock_rows(w.db, Wave, Wave.id, w.db.scalars(ids))
    near = [wave for wave in locked if wave.state in states]
    return sorted(near, key=lambda wave: (wave.cut_off is None, wave.cut_off or wave.created_at, wave.id))


def find_lost_totes(w: "Work") -> None:
    """A tote that was passed on and not received for too long is in no man's land; once it is received, that is settled."""
    limit = timedelta(minutes=w.db.scalars(select(Site.no_mans_land_min).where(Site.id == w.site)).one())
    said = {
        one.job: one
        for one in w.db.scalars(
            select(FloorException).where(
                FloorException.site_id == w.site,
                FloorException.kind == ExceptionKind.NO_MANS_LAND,
                FloorException.state == OPEN,
            )
        )
    }
    waiting = select(Job).where(Job.site_id == w.site, Job.state.in_((JobState.OPEN, JobState.ACTIVE)))
    lost = {job.id: job for job in w.db.scalars(waiting.where(Job.passed_at < w.now - limit))}
    for job in lost.values():
        if job.id not in said:
            words = {"tote": job.tote or "", "bin": job.found_at or "", "zone": job.zone or ""}
            need(w, ExceptionKind.NO_MANS_LAND, {**words}, job=job.id)
    for job_id, exception in said.items():
        if job_id not in lost:
            resolve(w, exception)


def offer_put_backs(w: "Work") -> None:
    """Goods to be put back that nobody has been told to do, or not done for long, are a task for anybody."""
    waiting = select(FloorException).where(
        FloorException.site_id == w.site,
        FloorException.kind == ExceptionKind.PUT_BACK,
        FloorException.state == OPEN,
        FloorException.device.is_(None) | (FloorException.created_at < w.now - PUT_BACK_AFTER),
    )
    for exception in w.db.scalars(waiting.order_by(FloorException.created_at).limit(200)):
        ask_put_back(w, exception.params)


def forget_baskets(w: "Work") -> None:
    """What nobody ordered in time is nobody's."""
    forget_expired(w)


CHORES: "tuple[Callable[[Work], None], ...]" = (
    make_waves,
    plan_waves,
    fill_faces,
    release_waves,
    follow_waves,
    find_lost_totes,
    offer_put_backs,
    free_lapsed,
    learn_weights,
    forget_photos,
    forget_baskets,
)
