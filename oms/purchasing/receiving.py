"""Goods come in, from a supplier, ordered or not: booked where they were put, kept for whom they were promised, and told to whoever has to
decide. Called by the feed and the API; what was told twice is booked once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from oms.catalog.models import Bin
from oms.feed.ports import FactContext
from oms.finance import actions as books
from oms.inventory.models import Lot
from oms.inventory.rules import SUPPLIER, bin_account
from oms.picking.codes import ExceptionKind
from oms.picking.exceptions import need
from oms.picking.taskwork import make_task
from oms.promise.actions import arrived
from oms.promise.keeping import lock_cells
from oms.promise.models import ExpectedReceipt, ReceiptState
from oms.promise.slipping import wake
from oms.purchasing.actions import Scene, lines_of
from oms.purchasing.codes import COMING, BuyState
from oms.purchasing.expected import tell
from oms.purchasing.learning import learn
from oms.purchasing.models import PurchaseDelivery, PurchaseLine, PurchaseOrder, Supplier
from oms.purchasing.places import suggested
from oms.purchasing.rules import BUY, state_of, tolerated_over, tolerated_under
from oms.sales.onward import look_again
from oms.transitions import moved
from sync.contract.codes import BinKind, JobKind

if TYPE_CHECKING:
    from oms.db.work import Work

#: Where broken goods are when a site has no bin for them.
NOWHERE: Final = "tote:DAMAGED"


@dataclass(frozen=True, slots=True)
class Came:
    """So many good and so many damaged units of an item, put at `place` (an account). `order` '' : nobody knows of which, or of none."""

    id: str
    sku: str
    qty: int
    place: str
    damaged: int = 0
    order: str = ""
    line_no: int | None = None
    lot: str = ""
    expiry: date | None = None
    #: The number of the delivery note.
    paper: str = ""


@dataclass(slots=True)
class Booked:
    """What became of it: `over` units more than were ordered; `order` '' when it was none of ours. `again`: it was known already."""

    order: str = ""
    over: int = 0
    again: bool = False
    #: Customers' orders that were promised some of it.
    promised: list[str] = field(default_factory=list)


def receive(w: "Work", came: Came, fact: FactContext | None = None) -> Booked:
    """Books it. Units beyond what was ordered are booked, too - they are here - and a supervisor is asked where there are too many."""
    scene = _scene(w, came)
    told = select(PurchaseDelivery.id).where(PurchaseDelivery.id.startswith(f"{came.id}/", autoescape=True))
    if w.db.scalar(told.limit(1)) is not None:
        return Booked(came.order, again=True)
    shares = _shares(scene, came) if scene is not None else []
    booked = Booked(scene.order.number if shares and scene is not None else "")
    _lock(w, came, [line for line, *_ in shares])
    if came.qty:
        w.move(came.id, 0, came.sku, came.lot, SUPPLIER, came.place, came.qty)
    if came.damaged:
        w.move(came.id, 1, came.sku, came.lot, SUPPLIER, damaged_place(w), came.damaged)
    note_lot(w, came)
    if scene is None or not shares:
        _note(w, came, None, came.qty, came.damaged, 0, 0)
        words: dict[str, str | int] = {
            "sku": came.sku,
            "n": came.qty + came.damaged,
            "order": came.order,
            "paper": came.paper,
        }
        need(w, ExceptionKind.GOODS_NOT_ORDERED, words, fact)
    else:
        _book(w, scene, came, shares, booked, fact)
    put_away(w, came.sku, came.qty, came.place, came.lot)
    w.audit("goods.received", sku=came.sku, units=came.qty, damaged=came.damaged, order=booked.order, place=came.place)
    return booked


def enough(w: "Work", number: str, fact: FactContext | None = None) -> BuyState | None:
    """A delivery is over. Lines of it that lack no more than the supplier may be short of need no more; a supervisor is told what else
    lacks of those that came. The order's state; None when there is no such order under way."""
    scene = found_order(w, number)
    if scene is None:
        return None
    supplier = w.db.get_one(Supplier, scene.order.supplier)
    for line in scene.lines:
        came = line.received + line.damaged
        if came and line.open and tolerated_under(line.wanted, came, supplier.under_percent):
            line.wanted = came
    w.db.flush()
    for line in scene.lines:
        if line.open and line.received + line.damaged:
            words: dict[str, str | int] = {"order": number, "sku": line.sku, "n": line.open}
            need(w, ExceptionKind.DELIVERY_SHORT, words, fact)
    settle(w, scene)
    tell(w, scene.order, scene.lines)
    w.audit("delivery.over", order=number, state=scene.order.state.value)
    return scene.order.state


def put_away(w: "Work", sku: str, qty: int, place: str, lot: str) -> str | None:
    """A task to bring goods from where they were unloaded to a shelf; its job. None when they lie on one."""
    if not qty or _on_shelf(w, place):
        return None
    return make_task(w, JobKind.PUT_AWAY, sku, qty, place, to=suggested(w, sku), lot=lot).job_id


def damaged_place(w: "Work") -> str:
    """The account of broken goods."""
    kinds = (BinKind.QUARANTINE, BinKind.PROBLEM)
    bins = w.db.scalars(select(Bin).where(Bin.site_id == w.site, Bin.kind.in_(kinds)).order_by(Bin.code)).all()
    found = min(bins, key=lambda bin: kinds.index(bin.kind), default=None)
    return bin_account(found.code) if found else NOWHERE


def _scene(w: "Work", came: Came) -> Scene | None:
    """The order it is for; by its number, else the oldest under way that waits for the item."""
    return found_order(w, came.order) if came.order else _waiting(w, came.sku)


def found_order(w: "Work", number: str) -> Scene | None:
    """An order of this site that goods may come for, locked."""
    mine = select(PurchaseOrder).where(
        PurchaseOrder.number == number,
        PurchaseOrder.site_id == w.site,
        PurchaseOrder.state.in_((*COMING, BuyState.RECEIVED)),
    )
    order = w.db.scalar(mine.with_for_update().execution_options(populate_existing=True))
    return Scene(order, lines_of(w, order.number)) if order is not None else None


def _waiting(w: "Work", sku: str) -> Scene | None:
    """Goods without a paper belong to an order only where there is no choice."""
    mine = (
        select(PurchaseLine.order_no).join(PurchaseOrder, PurchaseOrder.number == PurchaseLine.order_no)
        .where(PurchaseOrder.site_id == w.site, PurchaseOrder.state.in_(COMING), PurchaseLine.sku == sku)
        .where(PurchaseLine.wanted > PurchaseLine.received + PurchaseLine.damaged)
    )  # fmt: skip
    numbers = w.db.scalars(mine.distinct().limit(2)).all()
    return found_order(w, numbers[0]) if len(numbers) == 1 else None


_Share = tuple[PurchaseLine, int, int, int]


def _shares(scene: Scene, came: Came) -> list[_Share]:
    """(line, good units, damaged units, of them too many): what is open first, the rest on the last line of the item."""
    fitting = [line for line in scene.lines if line.sku == came.sku]
    fitting.sort(key=lambda line: (line.line_no != came.line_no, line.line_no))
    good, bad, found = came.qty, came.damaged, list[_Share]()
    for n, line in enumerate(fitting):
        last = n == len(fitting) - 1
        some = good if last else min(good, line.open)
        broken = bad if last else min(bad, line.open - some)
        if some or broken:
            found.append((line, some, broken, max(0, some + broken - line.open)))
        good, bad = good - some, bad - broken
    return found


def _lock(w: "Work", came: Came, lines: Sequence[PurchaseLine]) -> None:
    # Customers' orders are locked before cells, as everywhere.
    wake(w, [line.receipt for line in lines])
    look_again(w, [came.sku])
    lock_cells(w, [(came.sku, w.site)])


def _book(
    w: "Work", scene: Scene, came: Came, shares: Sequence[_Share], booked: Booked, fact: FactContext | None
) -> None:
    supplier = w.db.get_one(Supplier, scene.order.supplier)
    promised: set[str] = set()
    for n, (line, good, bad, over) in enumerate(shares):
        receipt = w.db.get(ExpectedReceipt, line.receipt, with_for_update=True)
        if good and receipt is not None and receipt.state is ReceiptState.EXPECTED:
            promised.update(arrived(w, line.receipt, min(good, receipt.qty - receipt.received)))
        line.received += good
        line.damaged += bad
        booked.over += over
        _note(w, came, line, good, bad, over, n)
    w.db.flush()
    for line, _, _, over in shares:
        if over and not tolerated_over(line.wanted, line.received + line.damaged, supplier.over_percent):
            words: dict[str, str | int] = {"order": line.order_no, "sku": line.sku, "n": over}
            need(w, ExceptionKind.DELIVERY_OVER, words, fact)
    booked.promised = sorted(promised)
    _cost(w, scene, shares[0][0])
    settle(w, scene)
    tell(w, scene.order, scene.lines)
    learn(w, supplier)


def settle(w: "Work", scene: Scene) -> None:
    """The order's state follows from what came of it."""
    order = scene.order
    then = state_of(BuyState.SENT if order.confirmed_at is None else BuyState.CONFIRMED, scene.lines)
    if then is BuyState.RECEIVED and order.state is not then:
        order.done_at = w.now
    order.state = moved(BUY, order.state, then)
    w.db.flush()
    w.touch("purchase", order.number)


def _cost(w: "Work", scene: Scene, line: PurchaseLine) -> None:
    """The books value what comes at what was agreed."""
    if line.price > 0:
        books.keep_costs(w, [(line.sku, w.now.date(), scene.order.currency, line.price)])


def _note(w: "Work", came: Came, line: PurchaseLine | None, good: int, bad: int, over: int, n: int) -> None:
    w.db.add(PurchaseDelivery(
        id=f"{came.id}/{n}", site_id=w.site, order_no=line.order_no if line else None, line_no=line.line_no if line else None,
        sku=came.sku, qty=good, damaged=bad, over=over, lot=came.lot, place=came.place, paper=came.paper, at=w.now,
        worker_id=w.actor.worker, device=w.actor.device,
    ))  # fmt: skip
    w.db.flush()


def note_lot(w: "Work", came: Came) -> None:
    """What is known of a lot that came."""
    if not came.lot:
        return
    row = insert(Lot).values(site_id=w.site, sku=came.sku, lot=came.lot, expiry=came.expiry)
    keep = row.on_conflict_do_nothing()
    if came.expiry is not None:
        keep = row.on_conflict_do_update(index_elements=["site_id", "sku", "lot"], set_={"expiry": came.expiry})
    w.db.execute(keep)


def _on_shelf(w: "Work", place: str) -> bool:
    bin = w.db.get(Bin, (w.site, place.removeprefix("bin:"))) if place.startswith("bin:") else None
    return bin is not None and bin.kind in (BinKind.PICK, BinKind.RESERVE)
