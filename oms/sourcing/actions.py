"""Customer orders are given to sites, taken back, and given to others. Called by what moves an order on, by routes and by the optimiser.

The customer order is locked (`oms.sales.scene.lock_sale`) and given as `sale`; cells of stock are held after it.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from sqlalchemy.dialects.postgresql import insert

from oms.orders import actions as orders
from oms.orders.allocation import lines_of
from oms.orders.models import Order
from oms.orders.queries import in_planned_wave
from oms.promise.keeping import Take, keep
from oms.sales.codes import EventKind
from oms.sales.events import note
from oms.sales.parts import drop_part, make_part, may_drop
from oms.sales.scene import Sale, lock_sale, settle_state
from oms.sourcing.codes import SourceRefusal, Why
from oms.sourcing.deciding import decide
from oms.sourcing.decisions import Chosen, Decision, Reason, keep_decision
from oms.sourcing.models import SiteRejection
from oms.sourcing.scene import Scene, World, scene_of
from oms.sourcing.stock import available, hold_cells
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
    return _carried_out(w, sale, decision)


def preview(w: "Work", sale: Sale) -> Decision:
    """What `resource` would decide; nothing is changed."""
    scene = scene_of(w, sale, backs=_backs(w, sale))
    if not scene.items:
        return Decision(sale.order.number, refused=SourceRefusal.NOTHING_OPEN)
    free = available(w.db, [one.sku for one in scene.items], beside=sale.order.number)
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


def move(w: "Work", sale: Sale, to: Mapping[str, Mapping[int, int]], saves: Decimal) -> Decision | None:
    """Gives all parts that nobody began to other sites, as the joint optimisation found: units by site and line. None, and nothing changed,
    when it is not so any more: somebody began, or the units are not free."""
    backs = _backs(w, sale)
    wanted: dict[int, int] = {}
    for lines in to.values():
        for line, qty in lines.items():
            wanted[line] = wanted.get(line, 0) + qty
    if sale.held or not backs or wanted != backs:
        return None
    chosen = tuple(Chosen(site, dict(lines)) for site, lines in sorted(to.items()))
    if not _still_free(w, sale, chosen, beside=sale.order.number):
        return None
    for part in [part for part in sale.parts if may_drop(w, part)]:
        drop_part(w, sale, part)
    reasons = (Reason(Why.MOVED, {"saves": str(saves)}),)
    return _carried_out(w, _again(w, sale), Decision(sale.order.number, chosen, reasons=reasons))


def _backs(w: "Work", sale: Sale) -> dict[int, int]:
    """Units by line that would come back if everything that may be dropped were."""
    states = {(part.site_id, part.number) for part in sale.parts if may_drop(w, part)}
    found: dict[int, int] = {}
    for site, number in sorted(states):
        for line in lines_of(w.beside(site), number):
            if line.customer_line is not None:
                found[line.customer_line] = found.get(line.customer_line, 0) + line.qty - line.short
    return found


def _again(w: "Work", sale: Sale) -> Sale:
    """The order as it is after a part of it was dropped; its rows are locked already."""
    fresh = lock_sale(w, sale.order.number)
    assert fresh is not None
    sale.parts, sale.lines, sale.holds = fresh.parts, fresh.lines, fresh.holds
    return sale


def _decided(w: "Work", sale: Sale, scene: Scene) -> Decision:
    skus = [one.sku for one in scene.items]
    for attempt in range(_TRIES):
        if attempt == _TRIES - 1:
            hold_cells(w, [(one.facts.id, sku) for one in scene.sites for sku in skus])
        decision = decide(sale.order.number, scene, available(w.db, skus), sale.order.splitting)
        if _still_free(w, sale, decision.chosen):
            return decision
    return decision


def _still_free(w: "Work", sale: Sale, chosen: tuple[Chosen, ...], *, beside: str | None = None) -> bool:
    """Holds what is chosen until the commit; False when somebody was quicker."""
    cells: dict[tuple[str, str], int] = {}
    for one in chosen:
        for line_no, qty in one.lines.items():
            cell = one.site, _sku(sale, line_no)
            cells[cell] = cells.get(cell, 0) + qty
    hold_cells(w, cells)
    free = available(w.db, sorted({sku for _, sku in cells}), beside=beside)
    return all(free.get(cell, 0) >= qty for cell, qty in cells.items())


def _sku(sale: Sale, line_no: int) -> str:
    line = sale.line(line_no)
    assert line is not None
    return line.sku


def _carried_out(w: "Work", sale: Sale, decision: Decision) -> Decision:
    """Parts are made, the state settled; noted and kept."""
    number = sale.order.number
    chosen = tuple(
        replace(one, part=make_part(w, sale, one.site, one.lines, pick_up=sale.order.pick_up_site == one.site).number)
        for one in decision.chosen
    )
    decision = replace(decision, chosen=chosen)
    # Cells are held: what was free a moment ago is. Baskets and other orders do not get it from now on.
    keep(w, number, [Take(no, one.site, _sku(sale, no), qty) for one in chosen for no, qty in one.lines.items()])
    settle_state(w, sale)
    keep_decision(w, decision)
    if chosen:
        sites = ", ".join(one.site for one in chosen)
        w.audit("order.sourced", order=number, sites=sites)
        note(w, number, EventKind.SOURCED, sites=sites, missing=sum(decision.unfilled.values()), rule=decision.rule)
    return decision
