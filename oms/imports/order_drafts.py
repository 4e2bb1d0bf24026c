"""From rows to orders: lines of one order are brought together wherever they stand in the file, and what is wrong is noted, not lost."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from hashlib import sha256
from typing import Any, TypeVar

import msgspec

from oms.imports import fields
from oms.imports.report import BadLine
from oms.imports.text import Row
from sync.contract.codes import Substitution

LIST = "orders"
T = TypeVar("T")
_ADDRESS = ("name", "street", "postcode", "city", "country")
_TEXTS = ("channel", "reference", "customer", "email", *_ADDRESS, "carrier", "service", "note", "currency")
_HEAD = (*_TEXTS, "priority", "cut_off", "promised", "placed", "flags", "substitution")
_SHIFT = {"items": "lines", "number": "order", "id": "order", "external_ref": "reference"}


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One order line and the line of the file it came from. `problem` is set when its values cannot be used; `qty` is then 0."""

    line: int
    sku: str
    qty: int
    price: Decimal | None
    tax_rate: Decimal | None
    problem: BadLine | None = None


@dataclass(slots=True)
class DraftOrder:
    """An order as a file tells it. `texts` has every column of `_TEXTS`, '' where absent; `problems` are (line, what is wrong)."""

    number: str
    line: int
    texts: dict[str, str] = field(default_factory=dict)
    priority: int = 3
    cut_off: datetime | None = None
    promised: date | None = None
    placed: datetime | None = None
    flags: list[str] = field(default_factory=list)
    substitution: Substitution = Substitution.NEVER
    lines: list[DraftLine] = field(default_factory=list)
    problems: list[tuple[int, BadLine]] = field(default_factory=list)
    #: The head as its first line spelt it.
    spelt: tuple[Any, ...] = ()

    def same_head(self, values: dict[str, Any]) -> bool:
        """Whether another line of the order spells its head the same way; columns that a line leaves empty say nothing."""
        return all(again in (None, "", first) for first, again in zip(self.spelt, _spelt(values), strict=True))

    def content_hash(self) -> str:
        """SHA-256 (hex) over everything the sender said, in the order in which it was said."""
        lines = [[li.sku, li.qty, str(li.price), str(li.tax_rate), li.problem and li.problem.args] for li in self.lines]
        said = [self.number, sorted(self.texts.items()), self.priority, self.cut_off, self.flags, lines]
        said.append([problem.args for _, problem in self.problems])
        if self.substitution is not Substitution.NEVER:
            # What was imported before anybody could say this keeps its hash.
            said.append(self.substitution)
        if self.promised is not None:
            said.append(self.promised)
        return sha256(msgspec.json.encode(said)).hexdigest()


def drafts(rows: Iterable[Row], nested: bool) -> tuple[list[DraftOrder], list[tuple[int, BadLine]]]:
    """Orders in the order of their first line, and the rows that name no order. `nested`: each row is a whole order with `lines`."""
    found: dict[str, DraftOrder] = {}
    lost: list[tuple[int, BadLine]] = []
    for row in rows:
        values = {_SHIFT.get(name, name): value for name, value in row.values.items()}
        try:
            number = fields.key(values, "order")
        except BadLine as error:
            lost.append((row.line, error))
            continue
        order = found.get(number)
        if order is None:
            order = found[number] = _head(number, row.line, values)
        elif nested:
            lost.append((row.line, BadLine("differs_from_line", line=order.line)))
            continue
        elif not order.same_head(values):
            order.problems.append((row.line, BadLine("differs_from_line", line=order.line)))
        _add_lines(order, row.line, values, nested)
    return list(found.values()), lost


def _head(number: str, line: int, values: dict[str, Any]) -> DraftOrder:
    order = DraftOrder(number, line, spelt=_spelt(values))
    address = values.get("ship_to")
    values = {**values, **address} if isinstance(address, dict) else values
    attempt = _Attempt(order, line)
    order.texts = {name: attempt(partial(fields.text, values, name), "") for name in _TEXTS}
    order.texts["country"] = order.texts["country"].upper()
    order.texts["currency"] = order.texts["currency"].upper() or "EUR"
    order.priority = attempt(lambda: fields.whole(values, "priority", least=1, most=9), None) or 3
    order.cut_off = attempt(lambda: fields.moment(values, "cut_off"), None)
    order.promised = attempt(lambda: fields.day(values, "promised"), None)
    order.placed = attempt(lambda: fields.moment(values, "placed"), None)
    order.flags = attempt(lambda: _flags(values), [])
    chosen = attempt(lambda: fields.word(values, "substitution", Substitution), None)
    order.substitution = chosen or Substitution.NEVER
    return order


def _spelt(values: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(values.get(name) for name in _HEAD)


def _add_lines(order: DraftOrder, line: int, values: dict[str, Any], nested: bool) -> None:
    listed = values.get("lines") if nested else [values]
    if not isinstance(listed, list):
        order.problems.append((line, BadLine("no_list", name="lines")))
        return
    for one in listed:
        order.lines.append(_line(line, one if isinstance(one, dict) else {}))


def _line(line: int, values: dict[str, Any]) -> DraftLine:
    try:
        sku = fields.key(values, "sku")
    except BadLine as error:
        return DraftLine(line, "", 0, None, None, error)
    try:
        qty = fields.whole(values, "qty", least=1)
        if qty is None:
            raise BadLine("missing", column="qty")
        return DraftLine(line, sku, qty, fields.money(values, "price"), fields.money(values, "tax_rate"))
    except BadLine as error:
        return DraftLine(line, sku, 0, None, None, error)


def _flags(values: dict[str, Any]) -> list[str]:
    """`vip|gift` or a JSON list of words."""
    raw = values.get("flags")
    listed = raw if isinstance(raw, list) else fields.text(values, "flags").split("|")
    words = [fields.text({"flags": one}, "flags", fields.MAX_KEY).lower() for one in listed]
    return sorted({word for word in words if word})


class _Attempt:
    """Reads a value of the head; what cannot be read is noted on the order and replaced."""

    def __init__(self, order: DraftOrder, line: int) -> None:
        self._order = order
        self._line = line

    def __call__(self, read: Callable[[], T], instead: T) -> T:
        try:
            return read()
        except BadLine as error:
            self._order.problems.append((self._line, error))
            return instead
