"""A plan is used: the jobs of its wave are made as planned, of what is still so. Called by the API."""

from typing import TYPE_CHECKING

from oms.plans.desk import Asked, locked
from sync.contract.plans import PlanState
from sync.contract.waves import Problem

if TYPE_CHECKING:
    from oms.db.work import Work


def apply(w: "Work", plan_id: str) -> Asked:
    """Makes the jobs; refused while the plan is not done, or when its wave has begun."""
    plan = locked(w, plan_id)
    if plan is None:
        return Asked(None, Problem(code="unknown_plan"))
    if plan.state is not PlanState.DONE:
        return Asked(plan.id, Problem(code="not_in_this_state", words={"state": plan.state.value}))
    return Asked(plan.id)
