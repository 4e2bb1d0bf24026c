"""What the plans API asks for: plans are asked for, looked at, listed and stopped. Called by the API; thinking is the planner's."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, defer

from oms.db.locks import lock_rows
from oms.feed.rows import stamp
from oms.plans.models import PickPlan
from oms.plans.rules import PLAN, bounded
from oms.transitions import moved
from oms.waves.collecting import candidates
from oms.waves.models import Wave
from oms.waves.planning import order_numbers
from sync.contract.codes import WaveState
from sync.contract.plans import MakePlanRequest, PlanApplied, PlanAsked, PlanResult, PlanRow, PlanState, PlanTotals
from sync.contract.waves import Problem

if TYPE_CHECKING:
    from oms.db.work import Work

#: Waves whose jobs can still be made anew.
UNBEGUN: Final = frozenset({WaveState.DRAFT, WaveState.COLLECTING, WaveState.PLANNED, WaveState.FAILED})
#: Plans are kept so many, and so many wait for the planner at most.
_KEPT: Final = 200
_WAITING: Final = 20
_LISTED: Final = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """The plan that it was done to; with `refused` (a code and its words) nothing was done."""

    plan: str | None
    refused: Problem | None = None


def make(w: "Work", asked: MakePlanRequest) -> Asked:
    """A plan that waits for the planner, of a wave that nobody has begun or of free orders; all of them or none."""
    refused, orders = _of_wave(w, asked.wave) if asked.wave is not None else _free(w, asked.orders)
    if refused is not None:
        return Asked(None, refused)
    waiting = select(PickPlan.id).where(PickPlan.site_id == w.site, PickPlan.state == PlanState.QUEUED)
    if len(w.db.scalars(waiting).all()) >= _WAITING:
        return Asked(None, Problem(code="too_many_waiting", words={"most": _WAITING}))
    _forget(w)
    made = PickPlan(
        id=uuid4().hex,
        site_id=w.site,
        name=_plain(asked.name)[:60],
        state=PlanState.QUEUED,
        asked_at=w.now,
        body=msgspec.to_builtins(bounded(asked.asked)),
        orders=orders,
        wave_id=_plain(asked.wave) if asked.wave is not None else None,
    )
    w.db.add(made)
    w.audit("plan.asked", plan=made.id, wave=made.wave_id, orders=len(orders), method=asked.asked.method.value)
    return Asked(made.id)


def _of_wave(w: "Work", wave_id: str) -> tuple[Problem | None, list[str]]:
    wave = w.db.scalar(select(Wave).where(Wave.site_id == w.site, Wave.id == _plain(wave_id)))
    if wave is None:
        return Problem(code="unknown_wave"), []
    if wave.state not in UNBEGUN:
        return Problem(code="not_in_this_state", words={"state": wave.state.value}), []
    orders = order_numbers(w, wave.id)
    return (None if orders else Problem(code="no_orders")), orders


def _free(w: "Work", numbers: list[str]) -> tuple[Problem | None, list[str]]:
    wanted = list(dict.fromkeys(_plain(number) for number in numbers))
    found = {one.number for one in candidates(w, wanted)}
    missing = sorted(set(wanted) - found)
    if missing or not wanted:
        return Problem(code="orders_not_free", words={"orders": " ".join(missing)[:200]}), []
    return None, wanted


def _forget(w: "Work") -> None:
    """The oldest plans that are over go."""
    over = (PlanState.DONE, PlanState.FAILED, PlanState.CANCELLED)
    old = select(PickPlan.id).where(PickPlan.site_id == w.site, PickPlan.state.in_(over))
    gone = w.db.scalars(old.order_by(PickPlan.asked_at.desc()).offset(_KEPT)).all()
    w.db.execute(delete(PickPlan).where(PickPlan.id.in_(gone)))


def cancel(w: "Work", plan_id: str) -> Asked:
    """Stops a plan: one that waits at once, one that is thought out within half a second."""
    plan = locked(w, plan_id)
    if plan is None:
        return Asked(None, Problem(code="unknown_plan"))
    if plan.state is PlanState.QUEUED:
        plan.state, plan.done_at = moved(PLAN, plan.state, PlanState.CANCELLED), w.now
    elif plan.state is PlanState.RUNNING:
        plan.stopping = True
    else:
        return Asked(plan.id, Problem(code="not_in_this_state", words={"state": plan.state.value}))
    w.audit("plan.cancelled", plan=plan.id)
    return Asked(plan.id)


def locked(w: "Work", plan_id: str) -> PickPlan | None:
    """A plan, to be changed."""
    found = lock_rows(w.db, PickPlan, PickPlan.id, [_plain(plan_id)], site=PickPlan.site_id, site_id=w.site)
    return next(iter(found), None)


def look(db: Session, site: str, plan_id: str | None) -> PlanRow | None:
    """One plan with what it found."""
    plan = found(db, site, plan_id)
    if plan is None:
        return None
    result = msgspec.convert(plan.result, PlanResult) if plan.result else None
    return _row(plan, result.totals if result else None, result)


def found(db: Session, site: str, plan_id: str | None) -> PickPlan | None:
    """A plan of this site."""
    if plan_id is None:
        return None
    return db.scalar(select(PickPlan).where(PickPlan.site_id == site, PickPlan.id == _plain(plan_id)))


def listed(db: Session, site: str, wave: str | None) -> list[PlanRow]:
    """The newest plans, of one wave or of all."""
    mine = select(PickPlan, PickPlan.result["totals"]).where(PickPlan.site_id == site)
    if wave is not None:
        mine = mine.where(PickPlan.wave_id == _plain(wave))
    newest = mine.order_by(PickPlan.asked_at.desc(), PickPlan.id).limit(_LISTED)
    rows = db.execute(newest.options(defer(PickPlan.steps), defer(PickPlan.result)))
    return [_row(plan, msgspec.convert(totals, PlanTotals) if totals else None) for plan, totals in rows]


def _row(plan: PickPlan, totals: PlanTotals | None, result: PlanResult | None = None) -> PlanRow:
    """The plan as it travels."""
    return PlanRow(
        id=plan.id,
        name=plan.name,
        state=plan.state,
        asked=msgspec.convert(plan.body, PlanAsked),
        wave=plan.wave_id,
        asked_at=stamp(plan.asked_at),
        percent=plan.percent,
        metres=plan.metres,
        begun_at=stamp(plan.begun_at) if plan.begun_at else None,
        done_at=stamp(plan.done_at) if plan.done_at else None,
        reason=plan.reason,
        words=plan.words,
        totals=totals,
        result=result,
        applied=msgspec.convert(plan.applied, PlanApplied) if plan.applied else None,
    )


def _plain(text: str) -> str:
    """PostgreSQL cannot store a zero character."""
    return text.replace("\0", "")
