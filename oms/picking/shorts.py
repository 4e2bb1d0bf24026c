"""Lines that were closed short: what the books learn of the bin, where else the goods are, and what the order lacks in the end. Called by
the ingest of the feed."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from oms.catalog.models import Bin
from oms.feed.ports import Credit, FactContext
from oms.inventory import history
from oms.inventory.queries import balance, reserved_in
from oms.inventory.rules import COUNT_ADJUST, bin_account
from oms.orders.progress import advance_if_can
from oms.picking.actions import adopt, back_to_pool, close_short, judge, line_of, positive, touch_packing, touch_trip
from oms.picking.again import reallocate
from oms.picking.answers import credited, order_no_of
from oms.picking.codes import ExceptionKind
from oms.picking.exceptions import count_bin, need, resolve
from oms.picking.scene import Scene, of_item
from sync.contract import facts
from sync.contract.codes import BinKind, JobKind, OrderState, Outcome, ShortReason

if TYPE_CHECKING:
    from oms.db.work import Work


#: Goods that are there but cannot be sent: they leave the bin for quarantine.
_SPOILED = frozenset({ShortReason.DAMAGED, ShortReason.EXPIRED})


def went_short(w: "Work", fact: FactContext, body: facts.PickShort) -> Credit:
    """The line was closed with units missing. They are looked for elsewhere, and the bin is put right; or, picked later, the rest is
    anybody's work."""
    scene = of_item(w, fact.item)
    verdict = judge(w, fact, scene, JobKind.PICK, body.sku, 0)
    positive(body.missing)
    if scene is None or not verdict.credited:
        return _short_elsewhere(w, fact, scene, body)
    if verdict.adopt:
        adopt(w, fact, scene)
    advance_if_can(w, scene.order, OrderState.PICKING)
    if body.reason is ShortReason.PICK_LATER:
        back_to_pool(w, scene.job, [scene.item])
        return credited(verdict)
    lacks = close_short(w, scene.item)
    history.went_short(w, body.bin, body.sku, body.reason)
    if not _put_bin_right(w, fact, scene, body, lacks):
        count_bin(w, body.bin, body.sku, body.reason, fact, job=body.job, order_no=order_no_of(scene))
    line_of(w, scene.item).short += lacks - reallocate(w, scene, lacks, fact.op_id)
    w.touch("order", scene.order.number)
    touch_trip(w, scene.job)
    touch_packing(w, scene.order.number)
    return credited(verdict)


def _put_bin_right(w: "Work", fact: FactContext, scene: Scene, body: facts.PickShort, lacks: int) -> bool:
    """Books what was seen: goods not found leave the books, but for those that others have reserved; spoiled ones go to quarantine.
    Returns whether nobody need look at the bin again."""
    sku, lot, account = scene.item.sku, scene.item.lot, bin_account(body.bin)
    there = balance(w.db, w.site, account, sku, lot)
    if body.reason is ShortReason.NOT_FOUND:
        gone = there - reserved_in(w.db, w.site, body.bin, sku, lot)
        if gone > 0:
            w.move(fact.op_id, 0, sku, lot, account, COUNT_ADJUST, gone, scene.item.id)
    elif body.reason in _SPOILED:
        aside, spoiled = quarantine(w), lacks if body.damaged is None else body.damaged
        if aside is not None and there >= spoiled > 0:
            w.move(fact.op_id, 0, sku, lot, account, bin_account(aside), spoiled, scene.item.id)
            return True
        # They were counted with another line of the same stop.
        return body.damaged == 0
    return False


def quarantine(w: "Work") -> str | None:
    """Where spoiled goods go on this site."""
    first = select(Bin.code).where(Bin.site_id == w.site, Bin.kind == BinKind.QUARANTINE).order_by(Bin.seq, Bin.code)
    return w.db.scalar(first.limit(1))


def _short_elsewhere(w: "Work", fact: FactContext, scene: Scene | None, body: facts.PickShort) -> Credit:
    """No goods moved and somebody else decides about the line, so its maker need do nothing; what was seen is still worth a count."""
    words: dict[str, str | int] = {"bin": body.bin, "sku": body.sku, "reason": body.reason.value}
    seen = need(w, ExceptionKind.COUNT_BIN, words, fact, job=body.job, order_no=order_no_of(scene))
    if body.reason is ShortReason.PICK_LATER:
        resolve(w, seen)
    return Credit(Outcome.DIVERTED)


HANDLERS: dict[type[Any], Callable[..., Credit]] = {facts.PickShort: went_short}
