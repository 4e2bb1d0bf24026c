"""Things a person must do or settle: made by facts and by cancels, settled by `exception.ack` or by what the floor reports itself."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from oms.feed.models import FloorException
from oms.feed.ports import Credit, FactContext
from oms.picking.codes import OPEN, RESOLVED, CountReason, ExceptionKind
from oms.picking.models import WorkItem
from oms.picking.taskwork import ask_count, settled
from sync.contract.codes import Outcome, ShortReason
from sync.contract.wire import Notice

if TYPE_CHECKING:
    from oms.db.work import Work

#: Words that are for the ledger when the instruction is done, not for the person.
LEDGER_WORDS = frozenset({"from_account", "to_account"})


def need(
    w: "Work",
    kind: ExceptionKind,
    words: dict[str, str | int],
    fact: FactContext | None = None,
    *,
    item: str | None = None,
    job: str | None = None,
    order_no: str | None = None,
) -> FloorException:
    """A new open exception. With `fact` it belongs to that op and its maker, and to the op's item unless `item` says otherwise."""
    made = FloorException(
        id=uuid4().hex,
        site_id=w.site,
        kind=kind,
        action=kind.action,
        created_at=w.now,
        params=dict(words),
        item=item,
        job=job,
        order_no=order_no,
    )
    if fact is not None:
        made.op_id, made.device, made.worker_id = fact.op_id, fact.device, fact.worker
        made.item = item or fact.item
    w.db.add(made)
    w.db.flush()
    w.touch("exception", made.id)
    _touch_item(w, made)
    return made


def _touch_item(w: "Work", exception: FloorException) -> None:
    """The row of a work item tells how much of it is to be put back."""
    if exception.kind == ExceptionKind.PUT_BACK and exception.item is not None:
        w.touch("work", exception.item)


def divert(
    w: "Work",
    kind: ExceptionKind,
    words: dict[str, str | int],
    fact: FactContext,
    *,
    job: str | None = None,
    order_no: str | None = None,
) -> Credit:
    """The fact counts for nobody: its one exception, and the instruction its maker reads."""
    return Credit(Outcome.DIVERTED, notice_of(need(w, kind, words, fact, job=job, order_no=order_no)))


def notice_of(exception: FloorException) -> Notice:
    """The instruction as its maker's device shows it."""
    words = {name: word for name, word in exception.params.items() if name not in LEDGER_WORDS}
    return Notice(action=exception.action, params=words, exception=exception.id)


def put_back_words(
    qty: int, sku: str, lot: str, from_account: str, to_account: str, tote: str = ""
) -> dict[str, str | int]:
    """The words of a put-back: `bin` is the bin or tote that `to_account` names, `tote` the one the person has put the goods into."""
    words: dict[str, str | int] = {"qty": qty, "sku": sku, "bin": to_account.partition(":")[2]}
    words |= {"lot": lot, "from_account": from_account, "to_account": to_account}
    return {**words, "tote": tote} if tote else words


def count_bin(
    w: "Work",
    bin: str,
    sku: str,
    reason: ShortReason | CountReason,
    fact: FactContext | None = None,
    *,
    job: str | None = None,
    order_no: str | None = None,
) -> None:
    """Asks for a count. One open request per bin, item and reason is enough."""
    words: dict[str, str | int] = {"bin": bin, "sku": sku, "reason": reason.value}
    asked = select(FloorException.id).where(
        FloorException.site_id == w.site,
        FloorException.state == OPEN,
        FloorException.kind == ExceptionKind.COUNT_BIN,
        FloorException.params == words,
    )
    if w.db.scalar(asked.limit(1)) is None:
        need(w, ExceptionKind.COUNT_BIN, words, fact, job=job, order_no=order_no)
    ask_count(w, bin, sku)


def count_if_below_zero(w: "Work", bin: str, sku: str, left: int) -> None:
    """Goods came out of a bin that the books thought empty. It belongs to no op: the fact itself may have an exception of its own."""
    if left < 0:
        count_bin(w, bin, sku, CountReason.BELOW_ZERO)


def resolve(w: "Work", exception: FloorException) -> None:
    """Settled, by whoever acts in this unit of work."""
    exception.state = RESOLVED
    exception.resolved_at = w.now
    exception.resolved_by = w.actor.worker or w.actor.device or w.actor.source
    w.touch("exception", exception.id)
    _touch_item(w, exception)
    settled(w, exception.kind, exception.params)


def tote_found(w: "Work", job: str) -> None:
    """The tote of a job that was taken back has come to its lane: nobody need look for it any more."""
    searched = select(FloorException).where(
        FloorException.site_id == w.site,
        FloorException.state == OPEN,
        FloorException.kind == ExceptionKind.FIND_TOTE,
        FloorException.job == job,
    )
    for exception in w.db.scalars(searched):
        resolve(w, exception)


def acknowledge(w: "Work", exception: FloorException, source_id: str) -> None:
    """The person did what it says: a put-back moves the goods back in the ledger. Once."""
    if exception.state != OPEN:
        return
    if exception.kind == ExceptionKind.PUT_BACK:
        words = exception.params
        goods = words["sku"], words["lot"], words["from_account"], words["to_account"], words["qty"]
        # A server restored from a backup may not know the item that the instruction was about.
        item = w.db.scalar(select(WorkItem.id).where(WorkItem.id == exception.item))
        w.move(source_id, 0, *goods, item)
    resolve(w, exception)


def forget_put_backs(w: "Work", from_account: str, sku: str, lot: str, qty: int, item: str | None) -> None:
    """Up to `qty` units have left `from_account` by another way (an undo, a shipment): nobody need put them back any more."""
    waiting = select(FloorException).where(
        FloorException.site_id == w.site,
        FloorException.state == OPEN,
        FloorException.kind == ExceptionKind.PUT_BACK,
        FloorException.params.contains({"from_account": from_account, "sku": sku, "lot": lot}),
    )
    if item is not None:
        waiting = waiting.where(FloorException.item == item)
    for exception in w.db.scalars(waiting.order_by(FloorException.created_at, FloorException.id).with_for_update()):
        fewer = min(qty, int(exception.params["qty"]))
        qty -= fewer
        if fewer == exception.params["qty"]:
            resolve(w, exception)
        elif fewer:
            _lessen(w, exception, fewer)


def _lessen(w: "Work", exception: FloorException, fewer: int) -> None:
    exception.params = {**exception.params, "qty": exception.params["qty"] - fewer}
    w.touch("exception", exception.id)
    _touch_item(w, exception)


def units_to_put_back(db: Session, site: str, items: Collection[str]) -> dict[str, int]:
    """Units of work items that lie in totes and are to go back to their bins."""
    waiting = select(FloorException.item, FloorException.params["qty"].astext).where(*_in_totes(site, items))
    units: dict[str, int] = defaultdict(int)
    for item, qty in db.execute(waiting):
        units[item] += int(qty)
    return units


def _in_totes(site: str, items: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    return (
        FloorException.site_id == site,
        FloorException.state == OPEN,
        FloorException.kind == ExceptionKind.PUT_BACK,
        FloorException.item.in_(items),
        FloorException.params["from_account"].astext.startswith("tote:"),
    )


def gone_back(w: "Work", item: str, qty: int) -> int:
    """Up to `qty` units of an item are out of their tote again, whichever of its picker's totes that was: the units of them that were to
    be put back."""
    waiting = select(FloorException).where(*_in_totes(w.site, [item]))
    left = qty
    for exception in w.db.scalars(waiting.order_by(FloorException.created_at, FloorException.id).with_for_update()):
        fewer = min(left, int(exception.params["qty"]))
        left -= fewer
        if fewer == exception.params["qty"]:
            resolve(w, exception)
        elif fewer:
            _lessen(w, exception, fewer)
    return qty - left


def waits_in(w: "Work", from_account: str, item: str | None, since: datetime | None = None) -> bool:
    """Whether goods of `item` are to be put back from `from_account`, and have been at the earliest from `since` on."""
    waiting = select(FloorException.id).where(
        FloorException.site_id == w.site,
        FloorException.state == OPEN,
        FloorException.kind == ExceptionKind.PUT_BACK,
        FloorException.item == item,
        FloorException.params.contains({"from_account": from_account}),
    )
    if since is not None:
        waiting = waiting.where(FloorException.created_at >= since)
    return w.db.scalar(waiting.limit(1)) is not None
