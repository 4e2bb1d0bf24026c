"""What a person should look at before money goes back. Each sign has words; none refuses anything. Asking and receiving call it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, or_, select

from oms.catalog.models import Item
from oms.feed.models import Op
from oms.picking.models import WorkItem
from oms.returns.codes import Sign
from oms.returns.models import ReturnBox
from oms.returns.rules import Terms
from oms.returns.scene import Scene, signed
from oms.sales.models import CustomerOrder, CustomerOrderLine

if TYPE_CHECKING:
    from oms.db.work import Work

#: Of fewer units nobody can say anything.
_LEAST_UNITS: Final = 5
_YEAR: Final = timedelta(days=365)
#: A box may weigh so much less than its goods: weights of items are of new ones, with their packaging.
_LIGHT_PERCENT: Final = 70
_TAKES: Final = ("pick.confirm", "pack.confirm")


def look_at_customer(w: "Work", scene: Scene, terms: Terms) -> None:
    """Whether this customer sends back much of what they bought within a year."""
    sale = scene.sale
    if sale is None or sale.order.customer_id is None:
        return
    mine = (
        select(func.coalesce(func.sum(CustomerOrderLine.shipped), 0), func.coalesce(func.sum(CustomerOrderLine.returned), 0))
        .join(CustomerOrder, CustomerOrder.number == CustomerOrderLine.order_no)
        .where(CustomerOrder.customer_id == sale.order.customer_id, CustomerOrder.placed_at > w.now - _YEAR)
    )  # fmt: skip
    shipped, returned = w.db.execute(mine).one()
    if shipped >= _LEAST_UNITS and 100 * returned >= terms.rate_sign * shipped:
        share = int(100 * returned / shipped)
        signed(scene.back, [{"sign": Sign.RATE.value, "share": share, "units": int(returned)}])


def look_at_goods(w: "Work", scene: Scene) -> None:
    """Whether what came is what was bought: how many, which serial numbers, and how heavy."""
    signed(scene.back, [*_more(scene), *_serials(w, scene), *_light(w, scene)])


def _more(scene: Scene) -> list[dict[str, str | int]]:
    found: list[dict[str, str | int]] = []
    for one in scene.lines:
        came = scene.units(one.line_no)
        line = scene.sale.line(one.order_line) if scene.sale is not None and one.order_line is not None else None
        if scene.sale is not None and came and line is None:
            found.append({"sign": Sign.OTHER_ITEM.value, "sku": one.sku})
        elif line is not None and came > line.shipped - line.returned:
            over = came - (line.shipped - line.returned)
            found.append({"sign": Sign.MORE.value, "sku": one.sku, "units": over})
    return found


def _serials(w: "Work", scene: Scene) -> list[dict[str, str | int]]:
    asked = sorted({(one.sku, one.serial) for one in scene.receipts if one.serial})
    if not asked or scene.sale is None:
        return []
    parts = [(part.site_id, part.number) for part in scene.sale.parts]
    sent = set(_sent(w, parts))
    return [{"sign": Sign.SERIAL.value, "sku": sku, "serial": serial} for sku, serial in asked if serial not in sent]


def _sent(w: "Work", parts: Sequence[tuple[str, str]]) -> Sequence[str]:
    """Serial numbers that were taken for an order."""
    if not parts:
        return []
    theirs = or_(*[(WorkItem.site_id == site) & (WorkItem.order_no == number) for site, number in parts])
    serial = Op.body["serial"].as_string()
    mine = select(serial).join(WorkItem, WorkItem.id == Op.item).where(theirs, Op.kind.in_(_TAKES), serial.is_not(None))
    return [one for one in w.db.scalars(mine) if one is not None]


def _light(w: "Work", scene: Scene) -> list[dict[str, str | int]]:
    """All boxes were weighed, and together they weigh less than the goods that were announced; or nothing was in them."""
    boxes = w.db.scalars(select(ReturnBox).where(ReturnBox.return_no == scene.back.number)).all()
    if any(one.done_at for one in boxes) and not scene.receipts:
        return [{"sign": Sign.EMPTY.value}]
    weighed = [one.grams for one in boxes if one.grams is not None]
    if not boxes or len(weighed) < len(boxes):
        return []
    expected = 0
    for one in scene.lines:
        each = w.db.scalar(select(func.max(Item.weight_g)).where(Item.sku == one.sku))
        if each is None:
            return []
        expected += each * max(one.qty, scene.units(one.line_no))
    grams = sum(weighed)
    if 100 * grams >= _LIGHT_PERCENT * expected:
        return []
    return [{"sign": Sign.WEIGHT.value, "grams": grams, "expected": expected}]
