"""Customer orders are given to sites, taken back, and given to others. Called by what moves an order on, by routes and by the optimiser.

The customer order is locked (`oms.sales.scene.lock_sale`) and given as `sale`; cells of stock are held after it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from sqlalchemy.dialects.postgresql import insert

from oms.orders import actions as orders
from oms.orders.allocation import lines_of
from oms.orders.models import Order
from oms.orders.queries import in_planned_wave
from oms.sales.codes import EventKind
from oms.sales.events import note
from oms.sales.parts import drop_part, make_part, may_drop
from oms.sales.scene import Sale, lock_sale, lock_sales, settle_state
from oms.sourcing.codes import SourceRefusal, Why
from oms.sourcing.deciding import decide
from oms.sourcing.decisions import Chosen, Decision, Reason, keep_decision
from oms.sourcing.models import SiteRejection
from oms.sourcing.scene import Scene, World, scene_of
from oms.sourcing.stock import Lost, available, cells_of, hold_cells, keep, kept_as_counted
from sync.contract.codes import OrderState

if TYPE_CHECKING:
    from oms.db.work import Work

#: Others may take what was free a moment ago: then it is decided again, and the last time with everything held.
_TRIES: Final = 3


def source(w: "Work", sale: Sale, world: World | None = None, *, because: tuple[Reason, ...] = ()) -> Decision:
    """Gives the open units of a good order to sites: makes the parts, settles the state, notes and keeps the decision. What no site has
    stays open; `rest` of the decision says what the caller should do with it."""
    number = sale.order.number
    if sale.held:
        return Decision(number, refused=SourceRefusal.HELD)
    if not any(line.open for line in sale.lines):
        return Decision(number, refused=SourceRefusal.NOTHING_OPEN)
    decision = _decided(w, sale, scene_of(w, sale, world))
    decision = replace(decision, reasons=(*because, *decision.reasons))
    done = _carried_out(w, sale, decision)
    if world is not None:
        for one in done.chosen:
            world.loads[one.site] = world.loads.get(one.site, 0) + 1
    return done


def preview(w: "Work", sale: Sale) -> Decision:
    """What `resource` would decide; nothing is changed."""
    scene = scene_of(w, sale, backs=_backs(w, sale))
    if not scene.items:
        return Decision(sale.order.number, refused=SourceRefusal.NOTHING_OPEN)
    free = available(w.db, [one.sku for one in scene.items], sale.order.channel, beside=[sale.order.number])
    return decide(sale.order.number, scene, free, sale.order.splitting)


def may_reject(w: "Work", part: Order) -> bool:
    """Whether a site may still say no: nobody has picked of it, and no planned wave counts on it."""
    if part.state is OrderState.OPEN:
        return not in_planned_wave(w.db, part.site_id, part.number)
    return part.state is OrderState.RELEASED


def reject(w: "Work", sale: Sale, part: Order, reason: str) -> Decision | None:
    """The site says no to its part: it is left out from now on, and others are asked. None, and nothing changed, when somebody there began
    already. Where a customer was to fetch it there, nobody else is asked: the units stay open."""
    if part.customer_order != sale.order.number or not may_reject(w, part):
        return None
    no = {
        "order_no": sale.order.number, "site_id": part.site_id, "at": w.now, "reason": reason, "part": part.number,
        "worker_id": w.actor.worker,
    }  # fmt: skip
    w.db.execute(insert(SiteRejection).values(no).on_conflict_do_nothing())
    if orders.cancel(w.beside(part.site_id), part.number).reason is not None:
        return None
    note(w, sale.order.number, EventKind.REJECTED_BY_SITE, site=part.site_id, part=part.number, reason=reason)
    w.beside(part.site_id).audit("order.rejected", order=part.number, reason=reason)
    return source(w, _again(w, sale), because=(Reason(Why.REJECTED, {"site": part.site_id, "reason": reason}),))


def resource(w: "Work", sale: Sale, *, because: tuple[Reason, ...] = (), world: World | None = None) -> Decision:
    """Parts that nobody began are taken back and decided about again, together with what is open. What is on a floor stays there."""
    if sale.held:
        return Decision(sale.order.number, refused=SourceRefusal.HELD)
    dropped = [part for part in sale.parts if may_drop(w, part)]
    if not dropped and not any(line.open for line in sale.lines):
        return Decision(sale.order.number, refused=SourceRefusal.BEGUN)
    for part in dropped:
        drop_part(w, sale, part)
    return source(w, _again(w, sale) if dropped else sale, world, because=because)


@dataclass(frozen=True, slots=True)
class Move:
    """An order whose unbegun parts go elsewhere: units by site and line, and what that saves (less than 0 where others save more by it)."""

    order: str
    to: Mapping[str, Mapping[int, int]]
    saves: Decimal


def move(w: "Work", moves: Sequence[Move]) -> bool:
    """Gives all parts of these orders that nobody began to other sites, as the joint optimisation found; they may change places. False, and
    nothing changed, when it is not so any more for one of them: somebody began, or the units are not free."""
    by_no = {one.order: one for one in moves}
    sales = lock_sales(w, by_no)
    if len(sales) != len(moves) or not all(_as_thought(w, sale, by_no[sale.order.number]) for sale in sales):
        return False
    try:
        with w.savepoint():
            _move(w, sales, by_no)
    except Lost:
        return False
    return True


def _move(w: "Work", sales: Sequence[Sale], by_no: Mapping[str, Move]) -> None:
    chosen = {no: tuple(Chosen(site, dict(to)) for site, to in sorted(one.to.items())) for no, one in by_no.items()}
    hold_cells(w, {cell for sale in sales for cell in cells_of(sale, chosen[sale.order.number])})
    for sale in sales:
        for part in [part for part in sale.parts if may_drop(w, part)]:
            drop_part(w, sale, part)
    for sale in sales:
        number = sale.order.number
        keep(w, _again(w, sale), chosen[number])
        reasons = (Reason(Why.MOVED, {"saves": str(by_no[number].saves)}),)
        _carried_out(w, sale, Decision(number, chosen[number], reasons=reasons))


def _as_thought(w: "Work", sale: Sale, one: Move) -> bool:
    """Whether what can be moved of the order is still what was thought about."""
    wanted: dict[int, int] = {}
    for lines in one.to.values():
        for line, qty in lines.items():
            wanted[line] = wanted.get(line, 0) + qty
    return not sale.held and wanted == _backs(w, sale)


def droppable(w: "Work", sale: Sale) -> dict[tuple[str, int], int]:
    """Units by (site, line) of parts that nobody began: what would come back if they were dropped."""
    found: dict[tuple[str, int], int] = {}
    for part in sale.parts:
        for line in lines_of(w.beside(part.site_id), part.number) if may_drop(w, part) else ():
            if line.customer_line is not None:
                cell = part.site_id, line.customer_line
                found[cell] = found.get(cell, 0) + line.qty - line.short
    return found


def _backs(w: "Work", sale: Sale) -> dict[int, int]:
    """The same by line."""
    found: dict[int, int] = {}
    for (_, line), units in droppable(w, sale).items():
        found[line] = found.get(line, 0) + units
    return found


def _again(w: "Work", sale: Sale) -> Sale:
    """The order as it is after a part of it was dropped; its rows are locked already."""
    fresh = lock_sale(w, sale.order.number)
    assert fresh is not None
    sale.parts, sale.lines, sale.holds = fresh.parts, fresh.lines, fresh.holds
    return sale


def _decided(w: "Work", sale: Sale, scene: Scene) -> Decision:
    """A decision whose units are kept for the order."""
    skus = [one.sku for one in scene.items]
    for attempt in range(_TRIES):
        if attempt == _TRIES - 1:
            hold_cells(w, [(one.facts.id, sku) for one in scene.sites for sku in skus])
        free = available(w.db, skus, sale.order.channel)
        decision = decide(sale.order.number, scene, free, sale.order.splitting)
        if kept_as_counted(w, sale, decision.chosen):
            return decision
        try:
            with w.savepoint():
                keep(w, sale, decision.chosen)
            return decision
        except Lost:
            continue
    raise AssertionError("what is held is free")


def _carried_out(w: "Work", sale: Sale, decision: Decision) -> Decision:
    """Parts are made, the state settled; noted and kept."""
    number = sale.order.number
    chosen = tuple(
        replace(one, part=make_part(w, sale, one.site, one.lines, pick_up=sale.order.pick_up_site == one.site).number)
        for one in decision.chosen
    )
    decision = replace(decision, chosen=chosen)
    settle_state(w, sale)
    keep_decision(w, decision)
    if chosen:
        sites = ", ".join(one.site for one in chosen)
        w.audit("order.sourced", order=number, sites=sites)
        note(w, number, EventKind.SOURCED, sites=sites, missing=sum(decision.unfilled.values()), rule=decision.rule)
    return decision
