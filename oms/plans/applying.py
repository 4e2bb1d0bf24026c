"""A plan is used: the jobs of its wave are made as planned, of all that is still so. Called by the API.

What was planned is looked at again under the locks of its orders and their stock: an order that is not open any more, has other lines, or
has lost its goods is left out and told; goods that now lie elsewhere are taken from there.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import select

from oms.db.locks import lock_rows
from oms.feed.rows import stamp
from oms.inventory.rules import Take
from oms.orders.allocation import Stock, lines_of
from oms.orders.models import Order, OrderLine
from oms.picking.build import Allocated
from oms.picking.models import Job, WorkItem
from oms.picking.scene import lock_orders
from oms.plans.desk import UNBEGUN, Asked, locked
from oms.plans.models import PickPlan
from oms.walks.order import STEP
from oms.waves.collecting import candidates, new_wave
from oms.waves.models import Wave
from oms.waves.planning import keep, make_jobs, order_numbers, template_of, unplan
from sync.contract.codes import Method, OrderState
from sync.contract.plans import PlanApplied, PlanAsked, PlanState
from sync.contract.waves import Problem, Template

if TYPE_CHECKING:
    from oms.db.work import Work


@dataclass(slots=True)
class _Again:
    """What of a plan is still so."""

    allocated: list[Allocated] = field(default_factory=list)
    left_out: list[Problem] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)

    def without(self, code: str, order: str, **words: str | int) -> None:
        """The order is left out."""
        self.left_out.append(Problem(code=code, words={"order": order, **words}))


def apply(w: "Work", plan_id: str) -> Asked:
    """Makes the jobs; refused while the plan is not done, when its wave has begun, or when nothing of it is left."""
    plan = locked(w, plan_id)
    if plan is None:
        return Asked(None, Problem(code="unknown_plan"))
    if plan.state is not PlanState.DONE:
        return Asked(plan.id, Problem(code="not_in_this_state", words={"state": plan.state.value}))
    wave = _wave(w, plan)
    if wave is None:
        return Asked(plan.id, Problem(code="orders_not_free"))
    if wave.state not in UNBEGUN:
        return Asked(plan.id, Problem(code="not_in_this_state", words={"state": wave.state.value}))
    inside = order_numbers(w, wave.id)
    orders = {order.number: order for order in lock_orders(w, {*inside, *plan.orders})}
    unplan(w, wave)
    _as_asked(wave, msgspec.convert(plan.body, PlanAsked))
    again = _looked_at(w, plan, set(inside), orders)
    batches = tuple(tuple(job["orders"]) for job in plan.steps["jobs"])
    made, jobs = make_jobs(w, wave, again.allocated, batches)
    _given_out_as_planned(w, plan, jobs)
    if plan.result["drawn"]:
        _walked_as_planned(w, plan, jobs)
    left_out = sorted({str(problem.words["order"]) for problem in again.left_out} & set(inside))
    keep(w, wave, msgspec.structs.replace(made, left_out=left_out, problems=[*again.left_out, *made.problems]))
    done = PlanApplied(
        at=stamp(w.now),
        wave=wave.id,
        jobs=len(jobs),
        orders=len(again.allocated),
        left_out=again.left_out,
        moved=again.moved,
    )
    plan.applied, plan.wave_id = msgspec.to_builtins(done), wave.id
    w.audit("plan.applied", plan=plan.id, wave=wave.id, orders=done.orders, left_out=len(done.left_out))
    return Asked(plan.id)


def _wave(w: "Work", plan: PickPlan) -> Wave | None:
    """The plan's wave, locked; a plan of free orders makes one of those that are free still."""
    if plan.wave_id is not None:
        return next(iter(lock_rows(w.db, Wave, Wave.id, [plan.wave_id], site=Wave.site_id, site_id=w.site)), None)
    free = candidates(w, plan.orders)
    if not free:
        return None
    asked = msgspec.convert(plan.body, PlanAsked)
    return new_wave(w, Template(name=plan.name, method=asked.method, slots=asked.slots), None, free)


def _as_asked(wave: Wave, asked: PlanAsked) -> None:
    """The wave is picked as it was planned."""
    template = msgspec.structs.replace(template_of(wave), method=asked.method, slots=asked.slots)
    wave.method, wave.body = asked.method, msgspec.to_builtins(template)


def _looked_at(w: "Work", plan: PickPlan, inside: set[str], orders: dict[str, Order]) -> _Again:
    takes: dict[str, list[Any]] = defaultdict(list)
    for job in plan.steps["jobs"]:
        for number, *take in job["takes"]:
            takes[number].append(take)
    again = _Again()
    fresh: list[tuple[Order, list[OrderLine]]] = []
    for number, planned in takes.items():
        order = orders.get(number)
        if order is None or number not in inside:
            again.without("order_not_in_wave", number)
        elif order.state is not OrderState.OPEN:
            again.without("order_not_open", number, state=order.state.value)
        elif not _is_as_planned(lines := lines_of(w, number), planned):
            again.without("order_changed", number)
        else:
            fresh.append((order, lines))
    for number in sorted(inside - set(plan.orders)):
        again.without("not_in_plan", number)
    stock = Stock.lock(w, {line.sku for _, lines in fresh for line in lines})
    elsewhere = [(order, lines) for order, lines in fresh if not _taken(w, stock, order, lines, takes, again)]
    # Only then: nobody loses to these what was planned for him.
    for order, lines in elsewhere:
        found, lacks = stock.take(w, order, lines)
        if lacks:
            again.without("not_enough_stock", order.number, sku=lacks[0].sku, missing=lacks[0].units)
        else:
            again.allocated.append(Allocated(order, found))
            again.moved.append(order.number)
    return again


def _is_as_planned(lines: list[OrderLine], planned: list[Any]) -> bool:
    """Whether the lines ask for what the plan takes."""
    units: dict[tuple[int, str], int] = defaultdict(int)
    for line_no, sku, _, _, qty in planned:
        units[line_no, sku] += qty
    return units == {(line.line_no, line.sku): line.qty for line in lines}


def _taken(
    w: "Work", stock: Stock, order: Order, lines: list[OrderLine], takes: dict[str, list[Any]], again: _Again
) -> bool:
    """Takes an order's goods from where they were planned; False, and nothing is taken, when they are not all there."""
    before = dict(stock.shelves)
    by_number = {line.line_no: line for line in lines}
    found: list[tuple[OrderLine, Take]] = []
    for line_no, sku, bin, lot, qty in takes[order.number]:
        take = stock.exactly(w, sku, bin, lot, qty)
        if take is None:
            stock.shelves = before
            return False
        found.append((by_number[line_no], take))
    if not stock.granted(w, order, lines):
        stock.shelves = before
        return False
    again.allocated.append(Allocated(order, found))
    return True


def _given_out_as_planned(w: "Work", plan: PickPlan, jobs: list[Job]) -> None:
    """Of jobs that are equally urgent the one that the plan has first goes first. Totes that are passed on have turns of their own."""
    turn = {number: n for n, job in enumerate(plan.steps["jobs"], 1) for number in job["orders"]}
    works = select(WorkItem.job_id, WorkItem.order_no).where(WorkItem.job_id.in_([job.id for job in jobs])).distinct()
    orders: dict[str, list[str]] = defaultdict(list)
    for job_id, number in w.db.execute(works):
        orders[job_id].append(number)
    for job in jobs:
        if job.method is not Method.LEGS:
            job.turn = min(turn[number] for number in orders[job.id])


def _walked_as_planned(w: "Work", plan: PickPlan, jobs: list[Job]) -> None:
    """Steps get the places they have in the plan; a job that has a step which was not planned keeps the walk it was given."""
    place = {
        (number, line_no, bin, lot): n
        for job in plan.steps["jobs"]
        for n, (number, line_no, _, bin, lot, _) in enumerate(job["takes"], 1)
    }
    items: dict[str, list[WorkItem]] = defaultdict(list)
    for item in w.db.scalars(select(WorkItem).where(WorkItem.job_id.in_([job.id for job in jobs]))):
        items[item.job_id].append(item)
    for steps in items.values():
        places = [place.get((item.order_no, item.line_no or 0, item.from_bin, item.lot)) for item in steps]
        for item, at in zip(steps, places, strict=True):
            if at is not None and None not in places:
                item.seq = at * STEP
    w.db.flush()
