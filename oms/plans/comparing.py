"""Two plans side by side, and a plan beside what happened. Asked by the API."""

from collections.abc import Callable
from functools import partial
from typing import Final

import msgspec
from sqlalchemy.orm import Session

from oms.plans.desk import found
from oms.plans.models import PickPlan
from sync.contract.plans import Compared, PlanOutcomeReply, PlanResult, PlansAgainstReply

#: Figures of which more is better.
_MORE: Final = frozenset({"orders", "release_at"})


def against(db: Session, site: str, one_id: str, other_id: str) -> Callable[[int, str], PlansAgainstReply] | None:
    """Two plans figure by figure, to be finished with epoch and time; None where one is unknown or not done."""
    one, other = (_result(found(db, site, plan)) for plan in (one_id, other_id))
    if one is None or other is None:
        return None
    figures, others = _figures(one), _figures(other)
    picked, also = _orders(one), _orders(other)
    reply = partial(
        PlansAgainstReply,
        figures=[_compared(what, figures[what], others[what]) for what in figures],
        only_one=sorted(picked - also),
        only_other=sorted(also - picked),
        one_wins_percent=None,
    )
    return lambda epoch, now: reply(epoch=epoch, server_time=now)


def outcome(db: Session, site: str, plan_id: str) -> Callable[[int, str], PlanOutcomeReply] | None:
    """What a plan foresaw against what happened, to be finished with epoch and time; None where it is unknown."""
    plan = found(db, site, plan_id)
    if plan is None:
        return None
    return lambda epoch, now: PlanOutcomeReply(
        figures=[], reason="not_applied", picked=[], epoch=epoch, server_time=now
    )


def _result(plan: PickPlan | None) -> PlanResult | None:
    return msgspec.convert(plan.result, PlanResult) if plan is not None and plan.result else None


def _orders(result: PlanResult) -> set[str]:
    return {order for batch in result.batches for order in batch.orders}


def _figures(result: PlanResult) -> dict[str, float | None]:
    totals, forecast = result.totals, result.forecast
    return {
        "orders": totals.orders,
        "batches": totals.batches,
        "metres": totals.metres if result.drawn else None,
        "minutes": totals.minutes,
        "finish": forecast.packed.p50 if forecast else None,
        "late": len(forecast.late) if forecast else None,
        "jam": forecast.jam.p50 if forecast else None,
    }


def _compared(what: str, one: float | None, other: float | None) -> Compared:
    if one is None or other is None or one == other:
        return Compared(what=what, one=one, other=other)
    return Compared(what=what, one=one, other=other, better=1 if (one > other) == (what in _MORE) else 2)
