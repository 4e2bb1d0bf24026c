"""Splits a customer order in two, and merges two into one; the latter can be undone while nothing has begun. The routes call it.

Units move from line to line with their share of the money; what one order loses the other has, to the last cent.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select
from sqlalchemy.inspection import inspect

from oms.money.pricing import believe
from oms.sales.altering import finish, take_unbegun_back
from oms.sales.codes import EventKind
from oms.sales.desk import Refused, doing
from oms.sales.desk_models import OrderMerge, OrderSplit
from oms.sales.desk_rules import not_movable, same_place
from oms.sales.models import CustomerOrder, CustomerOrderLine, OrderHold
from oms.sales.ports import PORTS
from oms.sales.scene import Sale, lock_sales
from oms.sales.searching import index
from sync.contract.codes import OrderState
from sync.contract.workbench import WorkbenchRefusal
from sync.contract.workbench_acts import ActResult, MergeRequest, SplitLine, UnmergeRequest

if TYPE_CHECKING:
    from oms.db.work import Work

_R = WorkbenchRefusal
_CENT: Final = Decimal("0.01")
#: Numbers tried at once.
_TRIED: Final = 20


@dataclass(frozen=True, slots=True)
class Share:
    """So many units of a line, how many of them are backordered, and their money."""

    line: int
    qty: int
    backordered: int
    goods: Decimal
    discount: Decimal
    tax: Decimal
    total: Decimal


# --- Splitting ---


def split(w: "Work", number: str, revision: int | None, lines: Sequence[SplitLine]) -> ActResult:
    """A second order of these open units; its number is what was made."""

    def act(sale: Sale) -> str:
        _may_move(sale)
        _take_back(w, sale)
        wanted = _wanted(sale, lines)
        made = _like(w, sale.order)
        second = Sale(made, [], [], [])
        for n, (line_no, qty) in enumerate(sorted(wanted.items()), 1):
            line = _line(sale, line_no)
            whole = qty == line.qty
            share = _take(sale.order, line, qty)
            _give(w, second, line, share, n)
            if whole:
                _move_holds(sale, second, line_no, n)
        _copy_holds(w, sale, second)
        w.db.add(OrderSplit(made=made.number, order_no=number, at=w.now))
        for one, words in ((sale, {"into": made.number}), (second, {"from_": number})):
            believe(w, one)
            finish(w, one, EventKind.SPLIT, {"lines": len(wanted), **words})
        w.audit("sale.split", order=number, made=made.number, lines=len(wanted))
        index(w, [number, made.number])
        return made.number

    return doing(w, number, revision, act)


def _wanted(sale: Sale, lines: Iterable[SplitLine]) -> dict[int, int]:
    wanted: dict[int, int] = {}
    for one in lines:
        wanted[one.line] = wanted.get(one.line, 0) + one.qty
    for line_no, qty in wanted.items():
        if not 0 < qty <= _movable(_line(sale, line_no)):
            raise Refused(_R.BAD_VALUE, field="qty", line=line_no)
    if not wanted or sum(wanted.values()) == sum(_movable(line) for line in sale.lines):
        raise Refused(_R.NOTHING_TO_DO)
    return wanted


def _like(w: "Work", order: CustomerOrder) -> CustomerOrder:
    """A new order with the same head and no money; it is not the one the channel knows."""
    kept = {
        column.key: getattr(order, column.key)
        for column in inspect(CustomerOrder).column_attrs
        if column.key not in ("number", "reference", "goods", "discount", "shipping", "tax", "total", "revision")
    }
    kept |= {"bill_to": dict(order.bill_to), "flags": list(order.flags), "captured_at": w.now, "conflict_hash": ""}
    made = CustomerOrder(number=_free_number(w, order.number), **kept)
    w.db.add(made)
    w.db.flush()
    return made


def _free_number(w: "Work", number: str) -> str:
    """N.2, N.3 ...: sites' parts are called N-2."""
    first = 2
    while True:
        wanted = [f"{number}.{n}" for n in range(first, first + _TRIED)]
        taken = set(w.db.scalars(select(CustomerOrder.number).where(CustomerOrder.number.in_(wanted))))
        free = next((one for one in wanted if one not in taken), None)
        if free is not None:
            return free
        first += _TRIED


def _move_holds(sale: Sale, second: Sale, line_no: int, new_line: int) -> None:
    """What is wrong with a line goes with it."""
    for hold in [one for one in sale.holds if one.line_no == line_no and one.released_at is None]:
        hold.order_no, hold.line_no = second.order.number, new_line
        sale.holds.remove(hold)
        second.holds.append(hold)


def _copy_holds(w: "Work", sale: Sale, second: Sale) -> None:
    """What is wrong with the whole order is wrong with both."""
    for hold in sale.holds:
        if hold.line_no is None and hold.released_at is None:
            copy = OrderHold(
                id=uuid.uuid4().hex, order_no=second.order.number, code=hold.code, at=hold.at, params=dict(hold.params)
            )
            w.db.add(copy)
            second.holds.append(copy)


# --- Merging ---


def merge(w: "Work", asked: MergeRequest) -> ActResult:
    """All that is still to come of the other order becomes lines of this one; the other is left empty."""
    both = {sale.order.number: sale for sale in lock_sales(w, [asked.order, asked.other])}
    other = both.get(asked.other)
    if other is None or asked.order == asked.other:
        return ActResult(order=asked.order, reason=_R.UNKNOWN_ORDER.value, words={"order": asked.other})
    if asked.other_revision not in (None, other.order.revision):
        # Said as of the other order, by the same rule.
        return doing(w, asked.other, asked.other_revision, lambda sale: None)

    def act(sale: Sale) -> None:
        _may_move(sale)
        _may_move(other)
        if other.held:
            raise Refused(_R.NOT_NOW, state="held", order=asked.other)
        if field := same_place(sale.order, other.order):
            raise Refused(_R.NOT_ALIKE, field=field)
        _take_back(w, sale)
        _take_back(w, other)
        moved = [(line, _movable(line)) for line in other.lines if _movable(line)]
        if not moved:
            raise Refused(_R.NOTHING_TO_DO)
        first = max((line.line_no for line in sale.lines), default=0) + 1
        kept = _moved_over(w, sale, other, moved, first)
        w.db.add(OrderMerge(id=uuid.uuid4().hex, order_no=asked.order, other=asked.other, at=w.now, kept=kept))
        _tell(w, sale, other, "sale.merged", undone=False)

    return doing(w, asked.order, asked.revision, act)


def _moved_over(
    w: "Work", sale: Sale, other: Sale, moved: list[tuple[CustomerOrderLine, int]], first: int
) -> dict[str, Any]:
    lines = []
    for n, (line, qty) in enumerate(moved, first):
        share = _take(other.order, line, qty)
        _give(w, sale, line, share, n)
        money = [str(one) for one in (share.goods, share.discount, share.tax, share.total)]
        lines.append([line.line_no, n, qty, share.backordered, *money])
    shipping = other.order.shipping
    _ship(other.order, sale.order, shipping)
    return {"lines": lines, "shipping": str(shipping)}


def unmerge(w: "Work", asked: UnmergeRequest) -> ActResult:
    """The other order has its lines back, as long as nobody decided about them."""
    both = {sale.order.number: sale for sale in lock_sales(w, [asked.order, asked.other])}
    other = both.get(asked.other)
    live = select(OrderMerge).where(
        OrderMerge.order_no == asked.order, OrderMerge.other == asked.other, OrderMerge.undone_at.is_(None)
    )
    merged = w.db.scalars(live.with_for_update()).one_or_none()
    if other is None or merged is None:
        return ActResult(order=asked.order, reason=_R.NOT_MERGED.value)

    def act(sale: Sale) -> None:
        _may_move(sale)
        _take_back(w, sale)
        for theirs, mine, qty, backordered, *money in merged.kept["lines"]:
            line = _line(sale, mine)
            if _movable(line) != qty or line.qty != qty:
                raise Refused(_R.NOT_NOW, line=mine)
            goods, discount, tax, total = (Decimal(one) for one in money)
            share = Share(theirs, qty, min(backordered, line.backordered), goods, discount, tax, total)
            _lose(sale.order, line, Share(mine, qty, line.backordered, goods, discount, tax, total))
            _gain(other.order, _line(other, theirs), share)
        _ship(sale.order, other.order, Decimal(merged.kept["shipping"]))
        merged.undone_at = sale.order.due_at = other.order.due_at = w.now
        _tell(w, sale, other, "sale.merge_undone", undone=True)

    return doing(w, asked.order, asked.revision, act)


def _tell(w: "Work", sale: Sale, other: Sale, act: str, *, undone: bool) -> None:
    for one, words in ((sale, {"other": other.order.number}), (other, {"into": sale.order.number})):
        believe(w, one)
        finish(w, one, EventKind.MERGED, {"undone": undone, **words})
    w.audit(act, order=sale.order.number, other=other.order.number)
    index(w, [sale.order.number, other.order.number])


# --- Units and their money ---


def _line(sale: Sale, line_no: int) -> CustomerOrderLine:
    line = sale.line(line_no)
    if line is None:
        raise Refused(_R.UNKNOWN_LINE, line=line_no)
    return line


def _movable(line: CustomerOrderLine) -> int:
    """Units that no site has."""
    return line.open + line.backordered


def _may_move(sale: Sale) -> None:
    reason = not_movable(sale.order, sale.parts)
    if reason is not None:
        words: Mapping[str, str] = {"state": sale.order.state.value, "payment": sale.order.payment.value}
        raise Refused(reason, order=sale.order.number, **words)


def _take_back(w: "Work", sale: Sale) -> None:
    """What sites have of it and nobody began is open again; who has it is decided anew when its lines are where they belong."""
    take_unbegun_back(w, sale)
    if any(part.state is not OrderState.CANCELLED for part in sale.parts):
        raise Refused(_R.NOT_NOW, order=sale.order.number, state=sale.order.state.value)
    PORTS.let_go(w, sale.order.number)


def _take(order: CustomerOrder, line: CustomerOrderLine, qty: int) -> Share:
    """Takes units out of a line, open ones first, with their share of its money; its order has that much less."""
    backordered = max(0, qty - line.open)
    price = line.price or Decimal(0)
    part = [_part(amount, qty, line.qty) for amount in (line.discount, line.tax, line.total)]
    share = Share(line.line_no, qty, backordered, price * qty, *part)
    _lose(order, line, share)
    return share


def _part(amount: Decimal, qty: int, of: int) -> Decimal:
    return amount if qty == of else (amount * qty / of).quantize(_CENT)


def _lose(order: CustomerOrder, line: CustomerOrderLine, share: Share) -> None:
    line.backordered -= share.backordered
    line.qty -= share.qty
    line.discount, line.tax, line.total = line.discount - share.discount, line.tax - share.tax, line.total - share.total
    _of_order(order, share, -1)


def _gain(order: CustomerOrder, line: CustomerOrderLine, share: Share) -> None:
    line.qty += share.qty
    line.backordered += share.backordered
    line.discount, line.tax, line.total = line.discount + share.discount, line.tax + share.tax, line.total + share.total
    _of_order(order, share, 1)


def _of_order(order: CustomerOrder, share: Share, sign: int) -> None:
    order.goods += sign * share.goods
    order.discount += sign * share.discount
    order.tax += sign * share.tax
    order.total += sign * share.total


def _ship(before: CustomerOrder, after: CustomerOrder, shipping: Decimal) -> None:
    before.shipping, before.total = before.shipping - shipping, before.total - shipping
    after.shipping, after.total = after.shipping + shipping, after.total + shipping


def _give(w: "Work", sale: Sale, like: CustomerOrderLine, share: Share, line_no: int) -> None:
    """A new line of so many units that were taken out of another."""
    made = CustomerOrderLine(
        order_no=sale.order.number, line_no=line_no, sku=like.sku, qty=0, name=like.name, foreign_sku=like.foreign_sku,
        problem=like.problem, price=like.price, tax_rate=like.tax_rate, flags=list(like.flags), expected=like.expected,
    )  # fmt: skip
    w.db.add(made)
    sale.lines.append(made)
    _gain(sale.order, made, share)
