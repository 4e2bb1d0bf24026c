"""Two plans side by side, and a plan beside what happened. Asked by the API."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from itertools import accumulate
from typing import Any, Final

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from oms.inventory.models import StockMove
from oms.orders.models import Order
from oms.picking.models import Job, WorkItem
from oms.plans.desk import found
from oms.waves.models import Wave, WaveOrder
from sync.contract.codes import JobKind, JobState, OrderState
from sync.contract.plans import Compared, Happened, PlanOutcomeReply, PlanResult, PlansAgainstReply, Spread

#: Figures of which more is better.
_MORE: Final = frozenset({"orders", "release_at"})
#: Orders that nobody packs any more.
_PACKED: Final = (OrderState.LABEL_PENDING, OrderState.SHIPPED, OrderState.CANCELLED)
_POINTS: Final = 200


def against(db: Session, site: str, one_id: str, other_id: str) -> Callable[[int, str], PlansAgainstReply] | None:
    """Two plans figure by figure, to be finished with epoch and time; None where one is unknown or not done."""
    plans = [plan for plan in (found(db, site, one_id), found(db, site, other_id)) if plan is not None and plan.result]
    if len(plans) < 2:
        return None
    now = db.scalars(select(func.clock_timestamp())).one()
    one, other = (msgspec.convert(plan.result, PlanResult) for plan in plans)
    figures, others = _figures(one, now), _figures(other, now)
    picked, also = _orders(one), _orders(other)
    reply = partial(
        PlansAgainstReply,
        figures=[_compared(what, figures[what], others[what]) for what in figures],
        only_one=sorted(picked - also),
        only_other=sorted(also - picked),
        one_wins_percent=_wins(*(plan.steps for plan in plans)),
    )
    return lambda epoch, time: reply(epoch=epoch, server_time=time)


def _orders(result: PlanResult) -> set[str]:
    return {order for batch in result.batches for order in batch.orders}


def _figures(result: PlanResult, now: datetime) -> dict[str, float | None]:
    totals, forecast = result.totals, result.forecast
    first = min((datetime.fromisoformat(one.release_at) for one in result.releases), default=None)
    return {
        "orders": totals.orders,
        "batches": totals.batches,
        "metres": totals.metres if result.drawn else None,
        "minutes": totals.minutes,
        "release_at": round((first - now).total_seconds() / 60, 1) if first is not None else None,
        "finish": forecast.packed.p50 if forecast else None,
        "late": forecast.late_orders.p50 if forecast else None,
        "jam": forecast.jam.p50 if forecast else None,
    }


def _compared(what: str, one: float | None, other: float | None) -> Compared:
    if one is None or other is None or one == other:
        return Compared(what=what, one=one, other=other)
    return Compared(what=what, one=one, other=other, better=1 if (one > other) == (what in _MORE) else 2)


def _wins(one: dict[str, Any], other: dict[str, Any]) -> int | None:
    """Run by run, which had the same luck: fewer late orders first, then the earlier end; half a win where both are even."""
    pairs = zip(
        zip(one["late"], one["packed_s"], strict=True), zip(other["late"], other["packed_s"], strict=True), strict=False
    )
    wins = [1.0 if a < b else 0.5 if a == b else 0.0 for a, b in pairs]
    return round(100 * sum(wins) / len(wins)) if wins else None


def outcome(db: Session, site: str, plan_id: str) -> Callable[[int, str], PlanOutcomeReply] | None:
    """What a plan foresaw against what happened, to be finished with epoch and time; None where it is unknown."""
    plan = found(db, site, plan_id)
    if plan is None:
        return None
    wave = db.get(Wave, plan.wave_id) if plan.applied and plan.wave_id else None
    if wave is None or wave.released_at is None:
        reason = "not_applied" if wave is None else "not_released"
        return lambda epoch, time: PlanOutcomeReply(figures=[], reason=reason, picked=[], epoch=epoch, server_time=time)
    reply = partial(
        PlanOutcomeReply,
        figures=_happened(db, wave, msgspec.convert(plan.result, PlanResult), wave.released_at),
        reason=None,
        picked=_picked(db, wave.id, wave.released_at),
    )
    return lambda epoch, time: reply(epoch=epoch, server_time=time)


def _happened(db: Session, wave: Wave, result: PlanResult, since: datetime) -> list[Happened]:
    forecast = result.forecast
    if forecast is None:
        return []
    picks = db.execute(
        select(Job.state, Job.done_at).where(
            Job.wave_id == wave.id, Job.kind == JobKind.PICK, Job.state != JobState.CANCELLED
        )
    ).all()
    packs = _packed(db, wave)
    return [
        _beside("picked", forecast.picked, _minutes(since, [at for _, at in picks])),
        _beside("packed", forecast.packed, _minutes(since, [at for at, _ in packs])),
        _beside("late", forecast.late_orders, _late(packs)),
    ]


def _packed(db: Session, wave: Wave) -> list[tuple[datetime | None, datetime | None]]:
    """For each order of the wave that was not called off: when it was packed (None: not yet), and its cut-off."""
    last = (
        select(WorkItem.order_no, func.max(Job.done_at).label("at"))
        .join(Job, Job.id == WorkItem.job_id)
        .where(WorkItem.site_id == wave.site_id, WorkItem.kind == JobKind.PACK, Job.state == JobState.DONE)
        .group_by(WorkItem.order_no)
        .subquery()
    )
    rows = db.execute(
        select(Order.state, Order.cut_off, last.c.at)
        .join(WaveOrder, (WaveOrder.site_id == Order.site_id) & (WaveOrder.order_no == Order.number))
        .outerjoin(last, last.c.order_no == Order.number)
        .where(WaveOrder.wave_id == wave.id, WaveOrder.left_at.is_(None), Order.state != OrderState.CANCELLED)
    )
    return [(at if state in _PACKED else None, cut_off) for state, cut_off, at in rows]


def _late(packs: Sequence[tuple[datetime | None, datetime | None]]) -> float | None:
    """Orders that were packed after their cut-off, once all are packed."""
    if not packs or any(at is None for at, _ in packs):
        return None
    return sum(at is not None and cut_off is not None and at > cut_off for at, cut_off in packs)


def _minutes(since: datetime, ends: Sequence[datetime | None]) -> float | None:
    """Until the last of them, once all have ended."""
    known = [at for at in ends if at is not None]
    return round((max(known) - since).total_seconds() / 60, 2) if known and len(known) == len(ends) else None


def _beside(what: str, forecast: Spread, happened: float | None) -> Happened:
    if happened is None:
        return Happened(what=what, forecast=forecast, happened=None)
    off = 100 * (happened - forecast.p50) / forecast.p50 if forecast.p50 else None
    inside = forecast.p10 <= happened <= forecast.p90
    return Happened(
        what=what,
        forecast=forecast,
        happened=happened,
        off_percent=round(off, 1) if off is not None else None,
        inside=inside,
    )


def _picked(db: Session, wave_id: str, since: datetime) -> list[tuple[float, int]]:
    """Units picked so far, by and by, at most some hundred points."""
    moves = (
        select(StockMove.at, StockMove.qty)
        .join(WorkItem, WorkItem.id == StockMove.work_item)
        .join(Job, Job.id == WorkItem.job_id)
        .where(Job.wave_id == wave_id, WorkItem.kind == JobKind.PICK, StockMove.from_account.startswith("bin:"))
        .order_by(StockMove.at, StockMove.id)
    )
    rows = db.execute(moves).all()
    sums = list(accumulate(qty for _, qty in rows))
    step = max(1, len(rows) // _POINTS)
    kept = sorted({*range(0, len(rows), step), len(rows) - 1} - {-1})
    return [(round((rows[n][0] - since).total_seconds() / 60, 2), sums[n]) for n in kept]
