"""Goods of a return come in: whose they are, where they are put, what state they are in; and that is taken back. The floor's facts and the
routes call it, in one unit of work each."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, or_, select

from oms.catalog.models import Bin, Item
from oms.inventory.rules import SHIPPED, bin_account
from oms.orders.models import Order
from oms.packing.models import Parcel
from oms.picking.shorts import quarantine
from oms.returns import scene
from oms.returns.codes import CameBy
from oms.returns.models import CustomerReturn, ReturnLine, ReturnReceipt
from oms.returns.signs import look_at_goods
from oms.sales.codes import EventKind
from oms.sales.models import CustomerOrder
from oms.sales.scene import lock_sale
from sync.contract.returns import SHORTEST_NUMBER, Disposition, Grade, ReturnReason, read_return, suggested

if TYPE_CHECKING:
    from oms.db.work import Work

_MOST_TEXT: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """Units that came. `bin` '': where the site keeps what somebody has to look at; `line` of the return, None: the one that fits;
    `disposition` None: what is suggested."""

    receipt: str
    sku: str
    qty: int
    grade: Grade
    disposition: Disposition | None = None
    bin: str = ""
    lot: str = ""
    serial: str = ""
    reason: ReturnReason | None = None
    note: str = ""
    box: str = ""
    line: int | None = None


def whose(w: "Work", text: str) -> tuple[str | None, str | None]:
    """(return, customer order) that a scanned text names, either of them None: a return's barcode, an order's number or what its channel
    calls it, the number of a site's part, a parcel's label, the label that came with the return."""
    number = read_return(text)
    if number is not None and w.db.get(CustomerReturn, number) is not None:
        return number, None
    if not text.strip():
        return None, None
    order_no = _order_of(w, text.strip())
    return (None, order_no) if order_no is not None else (_by_label(w, text.strip()), None)


def _by_label(w: "Work", text: str) -> str | None:
    """The return whose label has this number; carriers print it between their own prefix and check digits, too."""
    exact = select(CustomerReturn.number).where(CustomerReturn.tracking == text, CustomerReturn.tracking != "")
    plain = func.upper(func.replace(CustomerReturn.tracking, " ", ""))
    inside = select(CustomerReturn.number).where(
        CustomerReturn.closed_at.is_(None), func.length(plain) >= SHORTEST_NUMBER,
        func.strpos("".join(text.split()).upper(), plain) > 0,
    )  # fmt: skip
    for query in (exact.where(CustomerReturn.closed_at.is_(None)), exact, inside):
        found = w.db.scalars(query.order_by(CustomerReturn.number).limit(2)).all()
        if len(found) == 1:
            return found[0]
    return None


def _order_of(w: "Work", text: str) -> str | None:
    direct = w.db.scalar(select(CustomerOrder.number).where(CustomerOrder.number == text))
    if direct is not None:
        return direct
    named = select(CustomerOrder.number).where(CustomerOrder.reference == text).limit(2)
    part = (
        select(Order.customer_order).where(Order.number == text, Order.customer_order.is_not(None)).distinct().limit(2)
    )
    # A label's barcode begins with its application identifier.
    codes = {text, text.removeprefix("00"), text.removeprefix("]C100")}
    parcel = (
        select(Order.customer_order)
        .join(Parcel, (Parcel.site_id == Order.site_id) & (Parcel.order_no == Order.number))
        .where(
            or_(Parcel.sscc.in_(codes), Parcel.tracking.in_(codes), Parcel.id == text),
            Order.customer_order.is_not(None),
        )
        .distinct()
        .limit(2)
    )
    for query in (named, part, parcel):
        found = w.db.scalars(query).all()
        if len(found) == 1:
            return found[0]
    return None


def begin(w: "Work", text: str, came_by: CameBy) -> scene.Scene:
    """The return that a scanned text is of, locked: the named one, the order's only one that waits for goods, else a new one."""
    number, order_no = whose(w, text)
    if number is None and order_no is not None:
        number = _waiting(w, order_no)
    if number is not None:
        found = scene.lock(w, number)
        if found.back.closed_at is None:
            return found
        # It was over: what comes now is another one of the same order.
        order_no = found.back.order_no
    return _unannounced(w, order_no, text, came_by)


def _waiting(w: "Work", order_no: str) -> str | None:
    mine = select(CustomerReturn.number).where(CustomerReturn.order_no == order_no, CustomerReturn.closed_at.is_(None))
    found = w.db.scalars(mine.order_by(CustomerReturn.number).limit(2)).all()
    return found[0] if len(found) == 1 else None


def _unannounced(w: "Work", order_no: str | None, text: str, came_by: CameBy) -> scene.Scene:
    sale = lock_sale(w, order_no) if order_no is not None else None
    back = scene.make(w, sale, came_by, w.site, found="" if sale else text[:200])
    w.audit("return.came", number=back.number, order=back.order_no)
    scene.tell(w, back, EventKind.RETURN_ASKED, units=0)
    return scene.lock(w, back.number)


def place(w: "Work", bin: str) -> str | None:
    """The account for goods at this site: the bin, where there is one of that name, else the first quarantine bin; None: there is none."""
    known = bin and w.db.scalar(select(Bin.code).where(Bin.site_id == w.site, Bin.code == bin))
    code = known or quarantine(w)
    return bin_account(code) if code else None


def receive(w: "Work", found: scene.Scene, came: Came, account: str, source: str) -> ReturnReceipt:
    """Units of a locked return are at this site, in `account`; `source` names the movement, once for ever."""
    line = _line(w, found, came)
    tracked = w.db.scalar(select(Item.lot_tracked).where(Item.site_id == w.site, Item.sku == came.sku))
    advice = suggested(came.grade, line.reason, batch=bool(tracked) and not came.lot)
    receipt = ReturnReceipt(
        id=came.receipt, return_no=found.back.number, line_no=line.line_no, site_id=w.site, sku=came.sku, qty=came.qty,
        grade=came.grade, disposition=came.disposition or advice, suggested=advice.value, account=account, at=w.now,
        lot=came.lot, serial=came.serial[:200], note=came.note[:_MOST_TEXT], box=came.box, device=w.actor.device,
        worker_id=w.actor.worker,
    )  # fmt: skip
    w.db.add(receipt)
    w.move(source, 0, came.sku, came.lot, SHIPPED, account, came.qty)
    found.receipts.append(receipt)
    found.back.graded_at = None
    scene.settle_state(w, found)
    w.audit(
        "return.received", number=found.back.number, sku=came.sku, qty=came.qty, grade=came.grade.value,
        disposition=receipt.disposition.value, place=account,
    )  # fmt: skip
    return receipt


def _line(w: "Work", found: scene.Scene, came: Came) -> ReturnLine:
    named = found.line(came.line) if came.line is not None else None
    if named is not None:
        return named
    mine = [one for one in found.lines if one.sku == came.sku]
    waiting = [one for one in mine if found.units(one.line_no) < one.qty]
    if waiting or mine:
        return (waiting or mine)[0]
    taken = {one.order_line for one in found.lines}
    of_order = [line for line in found.sale.lines if line.sku == came.sku] if found.sale is not None else []
    free = [line for line in of_order if line.line_no not in taken and line.shipped > line.returned]
    made = ReturnLine(
        return_no=found.back.number, line_no=max((one.line_no for one in found.lines), default=0) + 1, sku=came.sku, qty=0,
        order_line=free[0].line_no if free else None, reason=came.reason or ReturnReason.OTHER,
    )  # fmt: skip
    w.db.add(made)
    w.db.flush()
    found.lines.append(made)
    return made


def undo(w: "Work", found: scene.Scene, receipt: ReturnReceipt, source: str) -> None:
    """The units of a receipt of a locked return were not taken in after all."""
    receipt.undone_at = w.now
    there = w.beside(receipt.site_id)
    there.move(source, 0, receipt.sku, receipt.lot, receipt.account, SHIPPED, receipt.qty)
    found.receipts.remove(receipt)
    found.back.graded_at = None
    scene.settle_state(w, found)
    w.audit("return.undone", number=found.back.number, sku=receipt.sku, qty=receipt.qty)


def done(w: "Work", found: scene.Scene, *, all_of_it: bool) -> None:
    """A box of a locked return is empty: everything that came is looked at when all that was announced is there, or when a person says that
    this is all."""
    look_at_goods(w, found)
    missing = any(found.units(one.line_no) < one.qty for one in found.lines)
    if found.receipts and (all_of_it or not missing):
        found.back.graded_at = w.now
        units = sum(one.qty for one in found.receipts)
        scene.tell(w, found.back, EventKind.RETURN_RECEIVED, key=f"return-received:{found.back.number}", units=units)
        w.audit("return.graded", number=found.back.number, units=units, signs=len(found.back.signs))
    scene.settle_state(w, found)


def item_known(w: "Work", sku: str) -> bool:
    """Whether any site has such an item."""
    return bool(w.db.scalar(select(func.count()).select_from(Item).where(Item.sku == sku)))


def known_receipt(w: "Work", id: str) -> bool:
    """Whether these units were received already: the same again changes nothing."""
    return w.db.get(ReturnReceipt, id) is not None
