"""A marketplace's order report: a flat file separated by tabs with a row per order item, as Amazon's sellers download it. `item-price` is
what all units of a row cost; a cell is never quoted, unless a spreadsheet saved the file."""

from collections.abc import Sequence
from typing import Final

from oms.channels.adapters.sheets import Numbered, whole
from oms.channels.adapters.values import Group, Read, Values, joined, price_of
from oms.imports import text
from oms.imports.report import BadLine, Line
from oms.sales.codes import PaymentState
from oms.sales.drafts import ZERO, Address, SaleDraft, SaleDraftLine, Trouble

#: Where prices are told without the tax that comes on top.
_TAX_ON_TOP: Final = frozenset({"US", "CA"})
_MAX_LINE: Final = 64 * 1024


def read(body: bytes, channel: str) -> Read:
    """Orders in the order of their first row. Rows that are shorter or longer than the header are reported."""
    lines = text.decode(body).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    header, rows, unread = _rows(lines)
    groups, bad = whole(lines, "\t", header, rows, unread, "order-id", "amazon-order-id")
    return Read([_order(group, channel, bad) for group in groups], bad)


def _rows(lines: Sequence[str]) -> tuple[list[str], list[Numbered], list[Line]]:
    """(names of the columns, rows, lines that are none)."""
    header: list[str] = []
    rows: list[Numbered] = []
    bad: list[Line] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        if len(line) > _MAX_LINE:
            bad.append(BadLine("line_too_long", limit=_MAX_LINE).line(number))
            continue
        cells = [_bare(cell) for cell in line.split("\t")]
        if not header:
            header = [cell.strip().lower() for cell in cells]
        elif len(cells) != len(header):
            bad.append(BadLine("wrong_columns", expected=len(header), found=len(cells)).line(number))
        else:
            rows.append((number, dict(zip(header, cells, strict=True))))
    return header, rows, bad


def _bare(cell: str) -> str:
    """Without the quotes a spreadsheet puts around a cell with a comma in it."""
    if len(cell) >= 2 and cell[0] == cell[-1] == '"':
        return cell[1:-1].replace('""', '"')
    return cell


def _order(group: Group, channel: str, bad: list[Line]) -> SaleDraft:
    at, head = group.rows[0]
    troubles: list[Trouble] = []
    values = Values(head, troubles)
    currency = values.text("currency").upper()
    lines: list[SaleDraftLine] = []
    seen: dict[str, int] = {}
    shipping = tax = ZERO
    for number, row in group.rows:
        one = Values(row, troubles, len(lines) + 1)
        item = one.key("order-item-id")
        if item and item in seen:
            bad.append(BadLine("duplicate_row", line=seen[item]).line(number, group.key))
            continue
        seen[item] = number
        lines.append(_line(one, currency, number))
        for name in ("shipping-price", "gift-wrap-price"):
            shipping += one.money(name, currency=currency)
        shipping -= abs(one.money("ship-promotion-discount", currency=currency))
        for name in ("item-tax", "shipping-tax", "gift-wrap-tax"):
            tax += one.money(name, currency=currency)
    ship = _address(values)
    return SaleDraft(
        channel=channel, reference=group.key, email=values.text("buyer-email"), customer_name=values.text("buyer-name"),
        phone=values.text("ship-phone-number", "buyer-phone-number"), ship=ship, lines=tuple(lines), currency=currency,
        tax_included=ship.country.upper() not in _TAX_ON_TOP, shipping=shipping, tax=tax,
        # A marketplace lets sellers see orders once they are paid.
        payment=PaymentState.CAPTURED if values.has("payments-date") else PaymentState.PENDING,
        service=values.text("ship-service-level"), note=values.text("delivery-instructions"),
        flags=("gift",) if any(Values(row, []).has("gift-message-text") for _, row in group.rows) else (),
        placed_at=values.moment("purchase-date"), wanted=values.day("promise-date") if values.has("promise-date") else None,
        cancelled=values.text("order-status").lower() in ("cancelled", "canceled"), troubles=tuple(troubles), at=at,
    )  # fmt: skip


def _line(values: Values, currency: str, at: int) -> SaleDraftLine:
    qty = values.whole("quantity-purchased", "quantity")
    discount = abs(values.money("item-promotion-discount", currency=currency))
    price, discount = price_of(values.amount("item-price", currency=currency), qty, discount)
    return SaleDraftLine(
        foreign_sku=values.key("sku"), qty=qty, name=values.text("product-name", "item-name"), price=price, discount=discount,
        tax=values.amount("item-tax", currency=currency), at=at,
    )  # fmt: skip


def _address(values: Values) -> Address:
    street = joined(*(values.text(f"ship-address-{n}") for n in (1, 2, 3)), by=", ")
    return Address(
        values.text("recipient-name"),
        street,
        values.key("ship-postal-code"),
        values.text("ship-city"),
        values.text("ship-state"),
        values.text("ship-country"),
    )
