"""Blind counts: what was seen in a bin puts the books right, unless it is so far from them that another person looks first. Called by the
ingest of the feed, and by supervisors."""

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from oms.feed.models import FloorException
from oms.feed.ports import APPLIED, Credit, FactContext
from oms.inventory import history
from oms.inventory.models import BinCount
from oms.inventory.queries import balance, reserved_in
from oms.inventory.rules import COUNT_ADJUST, bin_account
from oms.people.models import Session
from oms.picking.actions import Malformed, judge
from oms.picking.answers import STORED_LATE
from oms.picking.codes import OPEN, CountReason, ExceptionKind
from oms.picking.exceptions import need, resolve
from oms.picking.models import Job, WorkItem
from oms.picking.rules import WORK
from oms.picking.scene import TaskScene, of_task
from oms.picking.taskwork import ask_count, close
from oms.transitions import moved as may_become
from sync.contract import facts
from sync.contract.codes import JobKind, Outcome, WorkState

if TYPE_CHECKING:
    from oms.db.work import Work


#: A difference of so many units, or of so much of what the books say, is believed at once.
LIMIT_UNITS = 2
LIMIT_PERCENT = 10


class Believed(StrEnum):
    """What came of a count."""

    BOOKED = "booked"
    AGAIN = "again"
    TO_DECIDE = "to_decide"
    STALE = "stale"


def counted(w: "Work", fact: FactContext, body: facts.CountObserved) -> Credit:
    """So many lie in the bin. It counts from whoever has the task; what others saw, or saw too long ago, makes somebody count."""
    if body.qty < 0:
        raise Malformed(f"quantity {body.qty}")
    scene = of_task(w, fact.item)
    lot = body.lot or ""
    verdict = judge(w, fact, scene, JobKind.COUNT, body.sku, 0)
    expected = balance(w.db, w.site, bin_account(body.bin), body.sku, lot)
    if scene is None or verdict.outcome is not Outcome.APPLIED:
        _keep(w, fact, body, expected, Believed.STALE)
        if body.qty != expected:
            ask_count(w, body.bin, body.sku, lot)
        return STORED_LATE
    _done(w, scene)
    history.counted(w, body.bin, body.sku, differs=body.qty != expected)
    _decide(w, fact, body, expected)
    return APPLIED


def _done(w: "Work", scene: TaskScene) -> None:
    scene.item.state = may_become(WORK, scene.item.state, WorkState.DONE)
    close(w, scene.job, scene.item)


def _decide(w: "Work", fact: FactContext, body: facts.CountObserved, expected: int) -> None:
    """Books the count, or has it repeated, or leaves it to a supervisor when two people saw different things."""
    before = _last_doubted(w, body.bin, body.sku, body.lot or "")
    if within(body.qty, expected) or (before is not None and _agrees(before, fact, body)):
        _keep(w, fact, body, expected, Believed.BOOKED)
        book(w, fact.op_id, body.bin, body.sku, body.lot or "", body.qty)
    elif before is None:
        _keep(w, fact, body, expected, Believed.AGAIN)
        w.db.flush()
        ask_count(w, body.bin, body.sku, body.lot or "", priority=2)
    else:
        _keep(w, fact, body, expected, Believed.TO_DECIDE)
        words: dict[str, str | int] = {"bin": body.bin, "sku": body.sku, "n": body.qty - expected, "count": fact.op_id}
        need(w, ExceptionKind.RECOUNT_DIFFERS, words, fact, job=body.job)


def within(counted: int, expected: int) -> bool:
    """Whether a count is near enough to what the books say to be believed at once."""
    return abs(counted - expected) <= max(LIMIT_UNITS, abs(expected) * LIMIT_PERCENT // 100)


def _agrees(before: BinCount, fact: FactContext, body: facts.CountObserved) -> bool:
    """Whether another person saw the same."""
    someone_else = before.worker_id != fact.worker if fact.worker else before.device != fact.device
    return before.counted == body.qty and someone_else


def own_recount(w: "Work", job: Job, device: str) -> bool:
    """Whether a task is the second look at a count that whoever is at the device made: somebody else has to look."""
    if job.kind is not JobKind.COUNT:
        return False
    item = w.db.scalar(select(WorkItem).where(WorkItem.job_id == job.id).order_by(WorkItem.id).limit(1))
    before = _last_doubted(w, item.from_bin, item.sku, item.lot) if item is not None else None
    if before is None:
        return False
    here = select(Session.worker_id).where(Session.device_id == device, Session.revoked_at.is_(None))
    worker = w.db.scalar(here.order_by(Session.issued_at.desc()).limit(1))
    return before.worker_id == worker if worker and before.worker_id else before.device == device


def _last_doubted(w: "Work", bin: str, sku: str, lot: str) -> BinCount | None:
    """The newest count of this when it was not believed."""
    same = select(BinCount).where(
        BinCount.site_id == w.site,
        BinCount.bin == bin,
        BinCount.sku == sku,
        BinCount.lot == lot,
        BinCount.outcome != Believed.STALE,
    )
    newest = w.db.scalar(same.order_by(BinCount.at.desc()).limit(1))
    return newest if newest is not None and newest.outcome == Believed.AGAIN else None


def _keep(w: "Work", fact: FactContext, body: facts.CountObserved, expected: int, outcome: Believed) -> None:
    w.db.add(
        BinCount(
            op_id=fact.op_id,
            site_id=w.site,
            bin=body.bin,
            sku=body.sku,
            lot=body.lot or "",
            counted=body.qty,
            expected=expected,
            at=w.now,
            outcome=outcome,
            device=fact.device,
            worker_id=fact.worker,
        )
    )


def book(w: "Work", source_id: str, bin: str, sku: str, lot: str, qty: int) -> None:
    """The books now say `qty`, and the bin is trusted again. When more is promised from it than there is, somebody has to know."""
    account = bin_account(bin)
    more = qty - balance(w.db, w.site, account, sku, lot)
    if more > 0:
        w.move(source_id, 0, sku, lot, COUNT_ADJUST, account, more)
    elif more < 0:
        w.move(source_id, 0, sku, lot, account, COUNT_ADJUST, -more)
    w.audit("bin.counted", bin=bin, sku=sku, lot=lot, qty=qty, difference=more)
    waiting = select(FloorException).where(
        FloorException.site_id == w.site,
        FloorException.state == OPEN,
        FloorException.kind == ExceptionKind.COUNT_BIN,
        FloorException.params.contains({"bin": bin, "sku": sku}),
    )
    for exception in w.db.scalars(waiting.with_for_update()):
        resolve(w, exception)
    if reserved_in(w.db, w.site, bin, sku, lot) > qty:
        words: dict[str, str | int] = {"bin": bin, "sku": sku, "reason": CountReason.MORE_PROMISED.value}
        need(w, ExceptionKind.COUNT_BIN, words)


def approve(w: "Work", exception: FloorException) -> None:
    """A supervisor believes the count that an exception is about."""
    seen = w.db.get(BinCount, str(exception.params["count"]))
    if seen is not None:
        book(w, f"approved-{seen.op_id}", seen.bin, seen.sku, seen.lot, seen.counted)
        seen.outcome = Believed.BOOKED
    resolve(w, exception)


HANDLERS: dict[type[Any], Callable[..., Credit]] = {facts.CountObserved: counted}
