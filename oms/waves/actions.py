"""What a supervisor does to a wave, and the keeper in their place. Nothing is done when it is refused: a code and its words.

Called by the waves API and the keeper, in one unit of work each; everything is audited.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid4

import msgspec
from sqlalchemy import select

from oms.db.locks import lock_rows
from oms.orders.actions import let_go
from oms.picking.models import Job, WorkItem
from oms.picking.rules import JOB, UNFINISHED
from oms.picking.scene import lock_orders
from oms.transitions import moved
from oms.waves.collecting import add, candidates, new_wave
from oms.waves.models import Wave, WaveOrder, WaveTemplate
from oms.waves.planning import order_numbers, plan, unplan
from oms.waves.rescue import fetch_shorts, off_the_floor, pull_one, take_back
from oms.waves.rules import WAVE, may
from sync.contract.codes import JobKind, JobState, Method, OrderState, WaveState
from sync.contract.waves import Template, WaveAct

if TYPE_CHECKING:
    from oms.db.work import Work


@dataclass(frozen=True, slots=True)
class Done:
    """The wave it was done to; with `reason` (a code) and its words nothing was done."""

    wave: str | None
    reason: str | None = None
    words: dict[str, str | int] = field(default_factory=dict)


def by_hand(w: "Work", name: str, method: Method, slots: int, orders: list[str]) -> Done:
    """A wave of these orders; all of them or none."""
    found = candidates(w, orders)
    missing = sorted(set(orders) - {one.number for one in found})
    if missing or not orders:
        return Done(None, "orders_not_free", {"orders": " ".join(missing)[:200]})
    return Done(new_wave(w, Template(name=name, method=method, slots=slots), None, found).id)


def act(w: "Work", wave_id: str, what: WaveAct, orders: list[str]) -> Done:
    """Does one act to a wave."""
    wave = next(iter(lock_rows(w.db, Wave, Wave.id, [wave_id], site=Wave.site_id, site_id=w.site)), None)
    if wave is None:
        return Done(None, "unknown_wave")
    if not may(what, wave.state):
        return Done(wave.id, "not_in_this_state", {"state": wave.state.value, "act": what.value})
    refused = _ACTS[what](w, wave, orders)
    if refused is not None:
        return refused
    w.audit(f"wave.{what.value}", wave=wave.id, state=wave.state.value, orders=" ".join(orders)[:200])
    return Done(wave.id)


def _set(wave: Wave, state: WaveState) -> None:
    wave.state = moved(WAVE, wave.state, state)


def _plan(w: "Work", wave: Wave, _orders: list[str]) -> Done | None:
    if not order_numbers(w, wave.id):
        return Done(wave.id, "no_orders")
    plan(w, wave)
    return None


def _hold(_w: "Work", wave: Wave, _orders: list[str]) -> Done | None:
    _set(wave, WaveState.HELD)
    return None


def _resume(w: "Work", wave: Wave, _orders: list[str]) -> Done | None:
    if wave.released_at is None:
        _set(wave, WaveState.PLANNED)
        return None
    _set(wave, WaveState.IN_PROGRESS)
    _open_jobs(w, wave)
    return None


def _release(w: "Work", wave: Wave, _orders: list[str]) -> Done | None:
    """Orders that could not be allocated stay behind, free for another wave."""
    inside = order_numbers(w, wave.id)
    orders = lock_orders(w, inside)
    works = select(WorkItem.order_no, WorkItem.job_id).where(
        WorkItem.job_id.in_([job.id for job in _jobs(w, wave, JobState.WAITING)]), WorkItem.state.in_(UNFINISHED)
    )
    job_of = dict(w.db.execute(works).all())
    ready = [order for order in orders if order.state is OrderState.OPEN and order.number in job_of]
    if not ready:
        return Done(wave.id, "nothing_to_release")
    for order in ready:
        let_go(w, order, job_of[order.number])
    leave(w, wave, set(inside) - {order.number for order in ready})
    wave.released_at = w.now
    _set(wave, WaveState.RELEASED)
    _open_jobs(w, wave)
    return None


def _open_jobs(w: "Work", wave: Wave) -> None:
    """What waits for the wave can be taken; the later legs go on waiting for their tote."""
    for job in _jobs(w, wave, JobState.WAITING):
        if job.method is not Method.LEGS or job.leg == 1 or job.tote is not None:
            job.state = moved(JOB, job.state, JobState.OPEN)
            w.touch("job", job.id)


def _pause(w: "Work", wave: Wave, _orders: list[str]) -> Done | None:
    """What people have, they finish, and what is picked is packed; nobody gets more to pick."""
    for job in _jobs(w, wave, JobState.OPEN):
        if job.kind is JobKind.PICK:
            job.state = moved(JOB, job.state, JobState.WAITING)
            w.touch("job", job.id)
    _set(wave, WaveState.HELD)
    return None


def _cancel(w: "Work", wave: Wave, _orders: list[str]) -> Done | None:
    numbers = order_numbers(w, wave.id)
    orders = lock_orders(w, numbers)
    if wave.released_at is None:
        unplan(w, wave)
    else:
        off_the_floor(w, orders)
    leave(w, wave, set(numbers))
    wave.done_at = w.now
    _set(wave, WaveState.CANCELLED)
    return None


def _undo(w: "Work", wave: Wave, _orders: list[str]) -> Done | None:
    """Takes a release back, while nobody has begun."""
    orders = lock_orders(w, order_numbers(w, wave.id))
    if _jobs(w, wave, JobState.ACTIVE, JobState.DONE) or any(one.state is not OrderState.RELEASED for one in orders):
        return Done(wave.id, "already_begun")
    for job in _jobs(w, wave, JobState.OPEN):
        job.state = moved(JOB, job.state, JobState.WAITING)
        w.touch("job", job.id)
    for order in orders:
        take_back(w, order)
    wave.released_at = None
    _set(wave, WaveState.PLANNED)
    return None


def _add(w: "Work", wave: Wave, orders: list[str]) -> Done | None:
    lock_orders(w, [*orders, *order_numbers(w, wave.id)])
    found = candidates(w, orders)
    missing = sorted(set(orders) - {one.number for one in found})
    if missing or not orders:
        return Done(wave.id, "orders_not_free", {"orders": " ".join(missing)[:200]})
    unplan(w, wave)
    add(w, wave, found)
    if wave.state is not WaveState.COLLECTING:
        _set(wave, WaveState.COLLECTING)
    return None


def _pull(w: "Work", wave: Wave, orders: list[str]) -> Done | None:
    """Takes orders out of the wave, to be picked at once by themselves."""
    inside = set(order_numbers(w, wave.id))
    if not orders or not inside.issuperset(orders):
        return Done(wave.id, "orders_not_in_wave", {"orders": " ".join(sorted(set(orders) - inside))[:200]})
    locked = lock_orders(w, orders)
    if wave.released_at is None:
        unplan(w, wave, set(orders))
    leave(w, wave, set(orders))
    for order in locked:
        pull_one(w, order)
    return None


def _replan(w: "Work", wave: Wave, _orders: list[str]) -> Done | None:
    found = sum(fetch_shorts(w, wave.id, order) for order in lock_orders(w, order_numbers(w, wave.id)))
    return None if found else Done(wave.id, "nothing_found")


def leave(w: "Work", wave: Wave, orders: set[str]) -> None:
    """These orders are in the wave no more."""
    for row in w.db.scalars(select(WaveOrder).where(WaveOrder.wave_id == wave.id, WaveOrder.order_no.in_(orders))):
        row.left_at = row.left_at or w.now
    w.db.flush()


def _jobs(w: "Work", wave: Wave, *states: JobState) -> list[Job]:
    ids = select(Job.id).where(Job.wave_id == wave.id, Job.state.in_(states))
    return [job for job in lock_rows(w.db, Job, Job.id, w.db.scalars(ids)) if job.state in states]


def keep_template(w: "Work", template: Template) -> None:
    """Makes or changes the template of this name. Waves that were made by it stay as they are."""
    row = w.db.scalar(select(WaveTemplate).where(WaveTemplate.site_id == w.site, WaveTemplate.name == template.name))
    body = msgspec.to_builtins(template)
    if row is None:
        row = WaveTemplate(
            id=uuid4().hex, site_id=w.site, name=template.name, rank=template.rank, active=template.active, body=body
        )
        w.db.add(row)
    row.rank, row.active, row.body = template.rank, template.active, body
    w.audit("wave.template_kept", name=template.name, active=template.active)


_ACTS: dict[WaveAct, Callable[["Work", Wave, list[str]], Done | None]] = {
    WaveAct.PLAN: _plan,
    WaveAct.HOLD: _hold,
    WaveAct.RESUME: _resume,
    WaveAct.RELEASE: _release,
    WaveAct.PAUSE: _pause,
    WaveAct.CANCEL: _cancel,
    WaveAct.UNDO: _undo,
    WaveAct.ADD: _add,
    WaveAct.PULL: _pull,
    WaveAct.REPLAN_SHORTS: _replan,
}
