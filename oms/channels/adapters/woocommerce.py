"""WooCommerce: an order as its REST API and webhooks send it, and a CSV with one row per item. Its amounts are without tax, always; where
the shop's prices include it, tax is put back into them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from oms.channels.adapters.sheets import read_rows
from oms.channels.adapters.values import Group, Read, Values, joined, price_of
from oms.imports import text
from oms.imports.report import BadLine, Line
from oms.imports.text import Shape
from oms.sales.codes import PaymentState
from oms.sales.drafts import ZERO, Address, HoldCode, SaleDraft, SaleDraftLine, Trouble

_STATUS: Final = {
    "pending": PaymentState.PENDING, "on-hold": PaymentState.PENDING, "processing": PaymentState.CAPTURED,
    "completed": PaymentState.CAPTURED, "refunded": PaymentState.REFUNDED, "failed": PaymentState.FAILED,
}  # fmt: skip
_OFF: Final = frozenset({"cancelled", "refunded", "trash"})


def read_json(body: bytes, channel: str) -> Read:
    """One order, or a list of them. Raises `BadLine` when it is no JSON."""
    value = text.json_value(body)
    drafts: list[SaleDraft] = []
    bad: list[Line] = []
    for at, one in enumerate(value if isinstance(value, list) else [value], 1):
        if not isinstance(one, Mapping):
            bad.append(BadLine("not_an_object").line(at))
            continue
        try:
            drafts.append(_order(one, channel, at))
        except BadLine as error:
            bad.append(error.line(at))
    return Read(drafts, bad)


def _order(raw: Mapping[str, Any], channel: str, at: int) -> SaleDraft:
    troubles: list[Trouble] = []
    values = Values(raw, troubles, program=True)
    reference = values.key("number", "id")
    if not reference:
        raise BadLine("missing", column="number")
    currency, gross = values.text("currency").upper(), values.yes("prices_include_tax")
    rates = [one.amount("rate_percent") for one in values.parts("tax_lines")]
    rate = (rates[0] or ZERO) / 100 if len(rates) == 1 else None
    lines = tuple(
        _line(one.at_line(number), currency, gross, rate) for number, one in enumerate(values.parts("line_items"), 1)
    )
    if values.parts("refunds"):
        refunded = sum((abs(one.money("total", currency=currency)) for one in values.parts("refunds")), ZERO)
        troubles.append(Trouble(HoldCode.PARTLY_REFUNDED, params={"amount": str(refunded)}))
    billing, status = values.part("billing"), values.text("status").lower()
    ship = _address(values.part("shipping"))
    # Where billing and shipping are the same, some shops send the second one empty.
    bill = _address(billing)
    return SaleDraft(
        channel=channel, reference=reference, customer_number=_customer(values), email=billing.text("email"),
        customer_name=joined(billing.text("first_name"), billing.text("last_name")), phone=billing.text("phone"),
        ship=ship if ship.street or ship.city else bill, bill=bill, lines=lines, currency=currency, tax_included=gross,
        shipping=_apart(values, currency, gross), tax=values.amount("total_tax", currency=currency),
        total=values.amount("total", currency=currency),
        promo_codes=tuple(one.text("code") for one in values.parts("coupon_lines") if one.has("code")),
        payment=_payment(values, status), note=values.text("customer_note"),
        service=next((one.text("method_title", "method_id") for one in values.parts("shipping_lines")), ""),
        placed_at=values.moment("date_created_gmt", "date_created"), cancelled=status in _OFF,
        troubles=tuple(troubles), at=at,
    )  # fmt: skip


def _customer(values: Values) -> str:
    number = values.key("customer_id")
    return "" if number == "0" else number


def _payment(values: Values, status: str) -> PaymentState | None:
    paid = values.has("date_paid", "date_paid_gmt")
    return PaymentState.CAPTURED if paid and status not in _OFF else _STATUS.get(status)


def _line(values: Values, currency: str, gross: bool, rate: Decimal | None) -> SaleDraftLine:
    before, after = (values.amount(name, currency=currency) for name in ("subtotal", "total"))
    tax_before, tax = (values.money(name, currency=currency) for name in ("subtotal_tax", "total_tax"))
    before = after if before is None else before
    if gross and before is not None:
        before, after = before + tax_before, (after or ZERO) + tax
    qty = values.whole("quantity")
    discount = max(ZERO, before - after) if before is not None and after is not None else ZERO
    price, discount = price_of(before, qty, discount)
    return SaleDraftLine(
        foreign_sku=values.key("sku"), qty=qty, name=values.text("name"), price=price, discount=discount, tax=tax,
        tax_rate=rate if tax else (ZERO if rate is not None else None),
    )  # fmt: skip


def _apart(values: Values, currency: str, gross: bool) -> Decimal:
    """What is paid beside goods: sending and fees."""
    fees = values.parts("fee_lines")
    net = values.money("shipping_total", currency=currency)
    net += sum((one.money("total", currency=currency) for one in fees), ZERO)
    if not gross:
        return net
    tax = values.money("shipping_tax", currency=currency)
    return net + tax + sum((one.money("total_tax", currency=currency) for one in fees), ZERO)


def _address(values: Values, before: str = "") -> Address:
    def part(*names: str) -> str:
        return joined(*(values.text(f"{before}{name}") for name in names), by=", ")

    name = joined(values.text(f"{before}first_name"), values.text(f"{before}last_name"))
    return Address(
        joined(name, part("company"), by=", "),
        part("address_1", "address_2"),
        values.key(f"{before}postcode"),
        part("city"),
        part("state"),
        part("country"),
    )


def read_csv(body: bytes, channel: str) -> Read:
    """A CSV with a row per item; the head is on every row."""
    groups, bad = read_rows(body, Shape(), "order_number", "order_id")
    return Read([_csv_order(group, channel, bad) for group in groups], bad)


def _csv_order(group: Group, channel: str, bad: list[Line]) -> SaleDraft:
    at, head = group.rows[0]
    troubles: list[Trouble] = []
    values = Values(head, troubles)
    currency = values.text("order_currency", "currency").upper()
    lines: list[SaleDraftLine] = []
    items: dict[str, int] = {}
    for number, row in group.rows:
        one = Values(row, troubles, len(lines) + 1)
        item = one.key("item_id")
        if item and item in items:
            bad.append(BadLine("duplicate_row", line=items[item]).line(number, group.key))
            continue
        items[item] = number
        lines.append(_csv_line(one, currency, number))
    refunded = values.money("refunded_total", "order_refunded", currency=currency)
    status = values.text("status", "order_status").lower().removeprefix("wc-")
    if refunded and status not in _OFF:
        troubles.append(Trouble(HoldCode.PARTLY_REFUNDED, params={"amount": str(abs(refunded))}))
    ship = _address(values, "shipping_")
    bill = _address(values, "billing_")
    return SaleDraft(
        channel=channel, reference=group.key, customer_number=_customer(values), email=values.text("billing_email"),
        customer_name=joined(values.text("billing_first_name"), values.text("billing_last_name")),
        phone=values.text("billing_phone"), ship=ship if ship.street or ship.city else bill, bill=bill,
        lines=tuple(lines), currency=currency, tax_included=False,
        shipping=values.money("shipping_total", currency=currency) + values.money("fee_total", currency=currency),
        tax=values.amount("tax_total", "order_tax", currency=currency),
        total=values.amount("order_total", "total", currency=currency), payment=_STATUS.get(status),
        note=values.text("customer_note"), service=values.text("shipping_method"),
        placed_at=values.moment("date", "order_date"), cancelled=status in _OFF, troubles=tuple(troubles), at=at,
    )  # fmt: skip


def _csv_line(values: Values, currency: str, at: int) -> SaleDraftLine:
    qty = values.whole("item_quantity", "quantity")
    after = values.amount("item_total", currency=currency)
    before = values.amount("item_subtotal", currency=currency)
    before = after if before is None else before
    discount = max(ZERO, before - after) if before is not None and after is not None else ZERO
    price, discount = price_of(before, qty, discount)
    return SaleDraftLine(
        foreign_sku=values.key("item_sku", "sku"), qty=qty, name=values.text("item_name"), price=price,
        discount=discount, tax=values.amount("item_total_tax", "item_tax", currency=currency), at=at,
    )  # fmt: skip
