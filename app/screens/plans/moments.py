"""From a plan and what became of it to the curves that are drawn: which points, and where the trucks stand. No Qt."""

from __future__ import annotations

from datetime import datetime

from app.screens.plans.pages import Page
from app.screens.plans.presenter import PlansState
from app.services.plans_port import PlanResult, PlanRow

#: Trucks that are drawn; more of them would hide each other.
_TRUCKS = 4

Points = tuple[tuple[float, str], ...]


def trucks(plan: PlanRow) -> Points:
    """Minutes after the release in which trucks leave, with their names; as if released when it was used, else when it was ready."""
    begun = plan.applied.at if plan.applied is not None else plan.done_at or plan.asked_at
    result = plan.result
    if result is None:
        return ()
    leave = {(one.cut_off, one.carrier) for one in result.releases if one.cut_off}
    found = sorted((_minutes(begun, cut_off), carrier, cut_off) for cut_off, carrier in leave)
    last = _last_minute(result)
    near = [one for one in found if 0 <= one[0] <= last * 2][:_TRUCKS]
    return tuple((minute, f"{carrier} {cut_off[11:16]}".strip()) for minute, carrier, cut_off in near)


def _last_minute(result: PlanResult) -> float:
    forecast = result.forecast
    points = [*(forecast.picked_curve if forecast else []), *(forecast.packed_curve if forecast else [])]
    return max((point.minute for point in points), default=0.0)


def _minutes(begin: str, end: str) -> float:
    return (_moment(end) - _moment(begin)).total_seconds() / 60


def _moment(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp.replace("Z", "+00:00"))


def drawable(state: PlansState) -> bool:
    """Whether the page has curves and there are points to draw."""
    forecast = state.plan.result.forecast if state.plan is not None and state.plan.result is not None else None
    if forecast is None or not state.charts or not forecast.picked_curve:
        return False
    if state.page is Page.OUTCOME:
        return state.outcome is not None and bool(state.outcome.picked)
    return state.page is Page.REHEARSAL
