"""An item taken in place of another, as the customer allows: it gets a line and a work item of its own, and the line it stands for needs as
much less. Called by the ingest of the feed, and by the undo of a pick."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from oms.catalog.models import Item
from oms.db.locks import lock_rows
from oms.feed.ports import Credit, FactContext
from oms.inventory.queries import balance
from oms.inventory.rules import bin_account, surplus_account, tote_account
from oms.orders.models import OrderLine
from oms.orders.progress import advance_if_can
from oms.picking.actions import (
    Malformed,
    adopt,
    close_short,
    count,
    judge,
    line_of,
    new_item,
    positive,
    recount,
    reserve,
    touch_trip,
)
from oms.picking.again import elsewhere, fetch, grant_with, trip_to
from oms.picking.answers import credited, order_no_of
from oms.picking.codes import ExceptionKind
from oms.picking.exceptions import (
    count_if_below_zero,
    divert,
    forget_put_backs,
    need,
    put_back_words,
    resolve,
    waits_in,
)
from oms.picking.models import WorkItem
from oms.picking.rules import UNFINISHED
from oms.picking.scene import Scene, TaskScene, of_item
from oms.picking.taskwork import ask_count
from sync.contract import facts
from sync.contract.codes import JobKind, OrderState, Outcome, Substitution, WorkState

if TYPE_CHECKING:
    from oms.db.work import Work


def substituted(w: "Work", fact: FactContext, body: facts.PickSubstitute) -> Credit:
    """Units of another item went into the tote; or, when they count for nobody or the customer wants none, into the person's hands."""
    scene = of_item(w, fact.item)
    verdict = judge(w, fact, scene, JobKind.PICK, body.sku, positive(body.qty))
    source, lot = bin_account(body.from_bin), body.lot or ""
    if scene is None or not verdict.credited or scene.order.substitution is Substitution.NEVER:
        surplus = surplus_account(fact.device)
        w.move(fact.op_id, 0, body.other, lot, source, surplus, body.qty, scene.item.id if scene else None)
        words = put_back_words(body.qty, body.other, lot, surplus, source, body.tote)
        return divert(w, ExceptionKind.PUT_BACK, words, fact, job=body.job, order_no=order_no_of(scene))
    if verdict.adopt:
        adopt(w, fact, scene)
    instead = _item_instead(w, fact, scene, body, lot)
    w.move(fact.op_id, 0, body.other, lot, source, tote_account(body.tote), body.qty, instead.id)
    count(w, TaskScene(job=scene.job, item=instead), body.qty)
    advance_if_can(w, scene.order, OrderState.PICKING)
    count_if_below_zero(w, body.from_bin, body.other, balance(w.db, w.site, source, body.other, lot))
    w.audit("pick.substituted", order=scene.order.number, sku=body.sku, other=body.other, qty=body.qty)
    return credited(verdict)


def _item_instead(w: "Work", fact: FactContext, scene: Scene, body: facts.PickSubstitute, lot: str) -> WorkItem:
    """The line and the item of what was taken. The item's id is the fact's, so that its maker can undo it before it hears of it."""
    if w.db.get(Item, (w.site, body.other)) is None:
        raise Malformed(f"no item {body.other}")
    item = scene.item
    item.qty_req -= body.qty
    recount(w, item)
    w.touch("job", item.job_id)
    line_of(w, item).short += body.qty
    line_no = _new_line(w, line_of(w, item), body.other, body.qty)
    made = new_item(w, scene.job, item, qty=body.qty, from_bin=body.from_bin, lot=lot, seq=item.seq, id=fact.op_id)
    made.line_no, made.sku, made.slot, made.instead_of = line_no, body.other, item.slot, item.id
    w.db.flush()
    reserve(w, made)
    grant_with(w, made, item, fact.op_id, token=(item.tok_epoch, item.tok_n))
    w.db.flush()
    return made


def give_back_place(w: "Work", scene: Scene, qty: int) -> None:
    """`qty` units taken in place of others are back in their bin: the line they stood for wants its own again."""
    item = scene.item
    if item.instead_of is None:
        return
    item.qty_req -= qty
    w.touch("job", item.job_id)
    line_of(w, item).qty -= qty
    recount(w, item)
    [first] = lock_rows(w.db, WorkItem, WorkItem.id, [item.instead_of])
    if first.state in UNFINISHED or first.state is WorkState.DONE:
        first.qty_req += qty
        line_of(w, first).short -= qty
        recount(w, first)


def asked(w: "Work", fact: FactContext, body: facts.SubstituteAsk) -> Credit:
    """The line is set aside until a supervisor has asked the customer; the bin in which there was not enough is counted. From anybody but
    the holder it changes nothing."""
    scene = of_item(w, fact.item)
    positive(body.missing)
    verdict = judge(w, fact, scene, JobKind.PICK, body.sku, 0)
    if scene is None or not verdict.credited:
        resolve(w, need(w, ExceptionKind.UNDONE, {"n": body.missing}, fact, job=body.job, order_no=order_no_of(scene)))
        return Credit(Outcome.DIVERTED)
    if verdict.adopt:
        adopt(w, fact, scene)
    advance_if_can(w, scene.order, OrderState.PICKING)
    lacks = close_short(w, scene.item)
    line_of(w, scene.item).short += lacks
    ask_count(w, body.bin, body.sku)
    words: dict[str, str | int] = {"order": scene.order.number, "sku": body.sku, "bin": body.bin, "n": lacks}
    need(w, ExceptionKind.SUBSTITUTE_ASKED, words, fact, job=body.job, order_no=scene.order.number)
    w.touch("order", scene.order.number)
    touch_trip(w, scene.job)
    return credited(verdict)


def agreed(w: "Work", scene: Scene, claim_id: str) -> int:
    """The customer takes another item: work for what a line lacks, as far as its substitutes are there, the best first; into the same trip
    while that is out. The units found."""
    item, found = scene.item, 0
    others = w.db.scalars(select(Item.substitutes).where(Item.site_id == w.site, Item.sku == item.sku)).one()
    for other in others:
        lacks = item.qty_req - item.qty_done
        takes = elsewhere(w, other, lacks) if lacks else ()
        units = sum(take.qty for take in takes)
        if not units:
            continue
        line_no = _new_line(w, line_of(w, item), other, units)
        for take in takes:
            job = trip_to(w, scene.job, take.shelf.bin)
            made = fetch(w, job, item, take, (other, line_no))
            if job is scene.job and item.holder is not None:
                grant_with(w, made, item, claim_id)
        item.qty_req -= units
        found += units
    w.touch("work", item.id)
    w.touch("job", item.job_id)
    w.touch("order", item.order_no)
    return found


def _new_line(w: "Work", first: OrderLine, sku: str, qty: int) -> int:
    """A line of its own for what is taken instead of `first`; its number."""
    number = first.order_no
    lines = select(func.max(OrderLine.line_no)).where(OrderLine.site_id == w.site, OrderLine.order_no == number)
    line_no = w.db.scalars(lines).one() + 1
    made = OrderLine(
        site_id=w.site, order_no=number, line_no=line_no, sku=sku, qty=qty, customer_line=first.customer_line
    )  # fmt: skip
    w.db.add(made)
    w.db.flush()
    return line_no


def taken_back(w: "Work", fact: FactContext, body: facts.SubstituteUndo) -> Credit:
    """Units of another item are in their bin again: the line wants its own. What had counted for nobody goes back out of the hands."""
    line = of_item(w, fact.item)
    instead = _newest_instead(w, fact, body)
    scene = of_item(w, instead)
    verdict = judge(w, fact, scene, JobKind.PICK, body.other, -positive(body.qty))
    home, lot = bin_account(body.from_bin), body.lot or ""
    if line is None or scene is None or not verdict.credited:
        surplus = surplus_account(fact.device)
        source = surplus if waits_in(w, surplus, fact.item) else tote_account(body.tote)
        w.move(fact.op_id, 0, body.other, lot, source, home, body.qty, instead or (line.item.id if line else None))
        forget_put_backs(w, source, body.other, lot, body.qty, None)
        resolve(w, need(w, ExceptionKind.UNDONE, {"n": body.qty}, fact, job=body.job, order_no=order_no_of(line)))
        return Credit(Outcome.DIVERTED)
    if verdict.adopt:
        adopt(w, fact, scene)
    w.move(fact.op_id, 0, body.other, lot, tote_account(body.tote), home, body.qty, scene.item.id)
    count(w, scene, -body.qty)
    give_back_place(w, scene, body.qty)
    w.audit("pick.substitute_undone", order=scene.order.number, sku=body.sku, other=body.other, qty=body.qty)
    return credited(verdict)


def _newest_instead(w: "Work", fact: FactContext, body: facts.SubstituteUndo) -> str | None:
    """The work item of what was taken last in place of the fact's item."""
    made = select(WorkItem.id).where(
        WorkItem.site_id == w.site,
        WorkItem.instead_of == fact.item,
        WorkItem.sku == body.other,
        WorkItem.lot == (body.lot or ""),
        WorkItem.qty_done >= body.qty,
    )
    return w.db.scalar(made.order_by(WorkItem.line_no.desc()).limit(1))


HANDLERS: dict[type[Any], Callable[..., Credit]] = {
    facts.PickSubstitute: substituted,
    facts.SubstituteAsk: asked,
    facts.SubstituteUndo: taken_back,
}
