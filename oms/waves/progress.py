"""How far waves are, and waves as supervisors see them. Asked by the waves API, the board and the keeper."""

from datetime import datetime, timedelta

import msgspec
from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from oms.catalog.models import Bin
from oms.feed.rows import stamp
from oms.orders.models import Order, OrderLine
from oms.picking.models import Job, JobSlot, WorkItem
from oms.picking.rules import LIVE, UNFINISHED
from oms.walks.learning import times_of
from oms.waves.models import Wave, WaveOrder, WaveTemplate
from oms.waves.rules import ACTS, OVER, minutes
from sync.contract.codes import BinKind, JobKind, JobState, Method, OrderState, WaveState, WorkState
from sync.contract.waves import Plan, Template, WaveAct, WaveProgress, WaveRow

#: How many that are over are listed.
_NEWEST = 20


def wave_rows(db: Session, site: str, now: datetime, *, over: bool = False) -> list[WaveRow]:
    """Waves that are not over, those with the nearest cut-off on top; with `over` the newest of the others behind them."""
    mine = select(Wave).where(Wave.site_id == site)
    waves = list(
        db.scalars(mine.where(Wave.state.not_in(OVER)).order_by(Wave.cut_off.asc().nulls_last(), Wave.created_at))
    )
    if over:
        waves += db.scalars(mine.where(Wave.state.in_(OVER)).order_by(Wave.done_at.desc()).limit(_NEWEST))
    return [_row(db, site, wave, now) for wave in waves]


def wave_row(db: Session, site: str, wave_id: str, now: datetime) -> WaveRow | None:
    """One wave; None when there is none."""
    wave = db.scalar(select(Wave).where(Wave.site_id == site, Wave.id == wave_id))
    return _row(db, site, wave, now) if wave is not None else None


def all_templates(db: Session, site: str) -> list[Template]:
    """All templates, the one that takes first on top."""
    rows = select(WaveTemplate.body).where(WaveTemplate.site_id == site)
    ranked = db.scalars(rows.order_by(WaveTemplate.rank, WaveTemplate.name))
    return [msgspec.convert(body, Template) for body in ranked]


def _row(db: Session, site: str, wave: Wave, now: datetime) -> WaveRow:
    in_wave = (WaveOrder.wave_id == wave.id, WaveOrder.left_at.is_(None))
    return WaveRow(
        id=wave.id,
        name=wave.name,
        state=wave.state,
        method=wave.method,
        template=wave.name if wave.template_id else None,
        cut_off=stamp(wave.cut_off) if wave.cut_off else None,
        created_at=stamp(wave.created_at),
        released_at=stamp(wave.released_at) if wave.released_at else None,
        plan=msgspec.convert(wave.plan, Plan) if wave.plan else Plan(),
        progress=progress(db, site, wave, now),
        acts=[act.value for act in WaveAct if wave.state in ACTS[act]],
        orders=list(db.scalars(select(WaveOrder.order_no).where(*in_wave).order_by(WaveOrder.order_no))),
        slots=msgspec.convert(wave.body, Template).slots,
    )


def progress(db: Session, site: str, wave: Wave, now: datetime) -> WaveProgress:
    """How far one wave is: counted from its orders' lines and its jobs."""
    of_wave = (
        select(WaveOrder.order_no).where(WaveOrder.wave_id == wave.id, WaveOrder.left_at.is_(None)).scalar_subquery()
    )
    orders, shipped = db.execute(
        select(func.count(), _how_many(Order.state == OrderState.SHIPPED)).where(
            Order.site_id == site, Order.number.in_(of_wave), Order.state != OrderState.CANCELLED
        )
    ).one()
    units, picked, packed, short = (
        int(number or 0)
        for number in db.execute(
            select(
                func.sum(OrderLine.qty),
                func.sum(OrderLine.picked),
                func.sum(OrderLine.packed),
                func.sum(OrderLine.short),
            )
            .join(Order, (Order.site_id == OrderLine.site_id) & (Order.number == OrderLine.order_no))
            .where(OrderLine.site_id == site, OrderLine.order_no.in_(of_wave), Order.state != OrderState.CANCELLED)
        ).one()
    )
    jobs, done, people = db.execute(
        select(
            func.count(),
            _how_many(Job.state == JobState.DONE),
            func.count(Job.worker_id.distinct()).filter(Job.state == JobState.ACTIVE),
        ).where(Job.wave_id == wave.id, Job.state != JobState.CANCELLED)
    ).one()
    left = _minutes_left(db, wave)
    return WaveProgress(
        orders=orders,
        shipped=shipped,
        units=units,
        picked_percent=_percent(picked, units),
        sorted_percent=_percent(_sorted(db, wave, picked), units),
        packed_percent=_percent(packed, units),
        short_units=short,
        jobs=jobs,
        jobs_done=done,
        people=people,
        late=_late(db, site, wave.id, now + timedelta(minutes=left / max(1, people))),
        minutes_left=left,
        slots_free=_slots_free(db, site) if wave.method is Method.WALL else None,
    )


def _how_many(what: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((what, 1)))


def _percent(part: int, whole: int) -> int:
    return 100 * part // whole if whole else 0


def _sorted(db: Session, wave: Wave, picked: int) -> int:
    """Units that lie with their order: what is picked, but for what still waits in bulk totes."""
    if wave.method is not Method.WALL:
        return picked
    put = select(func.sum(WorkItem.qty_done)).join(Job, Job.id == WorkItem.job_id)
    return int(db.scalar(put.where(Job.wave_id == wave.id, WorkItem.kind == JobKind.SORT)) or 0)


def _minutes_left(db: Session, wave: Wave) -> int:
    """Person minutes of picking still to do."""
    stops, units, jobs = db.execute(
        select(func.count(), func.sum(WorkItem.qty_req - WorkItem.qty_done), func.count(WorkItem.job_id.distinct()))
        .join(Job, Job.id == WorkItem.job_id)
        .where(Job.wave_id == wave.id, WorkItem.kind == JobKind.PICK, WorkItem.state.in_(UNFINISHED))
    ).one()
    return minutes(stops, int(units or 0), jobs, times_of(db, wave.site_id, wave.method))


def _late(db: Session, site: str, wave_id: str, ready: datetime) -> int:
    """Orders whose cut-off comes before they can be ready."""
    going = (OrderState.OPEN, OrderState.RELEASED, OrderState.PICKING)
    late = select(func.count()).select_from(Order).join(WaveOrder, WaveOrder.order_no == Order.number)
    return db.scalars(
        late.where(
            WaveOrder.wave_id == wave_id,
            WaveOrder.left_at.is_(None),
            Order.site_id == site,
            Order.state.in_(going),
            Order.cut_off < ready,
        )
    ).one()


def _slots_free(db: Session, site: str) -> int:
    """Slots of the put wall that no order of a live sort has."""
    walls = select(func.count()).select_from(Bin).where(Bin.site_id == site, Bin.kind == BinKind.WALL)
    taken = (
        select(func.count(JobSlot.place.distinct()))
        .join(Job, Job.id == JobSlot.job_id)
        .where(Job.site_id == site, Job.kind == JobKind.SORT, Job.state.in_(LIVE))
    )
    return max(0, db.scalars(walls).one() - db.scalars(taken).one())


def units_to_pick(db: Session, site: str) -> int:
    """Units on the floor that are still to be picked by somebody."""
    left = select(func.sum(WorkItem.qty_req - WorkItem.qty_done)).join(Job, Job.id == WorkItem.job_id)
    on_floor = left.where(
        WorkItem.site_id == site,
        WorkItem.kind == JobKind.PICK,
        WorkItem.state.in_((WorkState.OPEN, WorkState.LEASED)),
        Job.state.in_(LIVE),
    )
    return int(db.scalar(on_floor) or 0)


def state_by_work(db: Session, site: str, wave: Wave) -> WaveState:
    """What a wave that was let go has become by what people have done."""
    of_wave = select(WaveOrder.order_no).where(WaveOrder.wave_id == wave.id, WaveOrder.left_at.is_(None))
    open_ = select(Order.number).where(
        Order.site_id == site,
        Order.number.in_(of_wave),
        Order.state.in_((OrderState.RELEASED, OrderState.PICKING, OrderState.PICKED, OrderState.PACKING)),
    )
    if db.scalar(open_.limit(1)) is None:
        return WaveState.COMPLETE
    begun = select(Job.id).where(Job.wave_id == wave.id, Job.state.in_((JobState.ACTIVE, JobState.DONE)))
    if wave.state is WaveState.RELEASED and db.scalar(begun.limit(1)) is not None:
        return WaveState.IN_PROGRESS
    return wave.state
