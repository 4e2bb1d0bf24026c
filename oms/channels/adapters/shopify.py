"""Shopify: an order as its Admin API and webhooks send it (REST and GraphQL spellings), and the CSV of its orders page."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from oms.channels.adapters.sheets import read_rows
from oms.channels.adapters.values import Group, Read, Values, joined
from oms.imports import text
from oms.imports.report import BadLine, Line
from oms.imports.text import Shape
from oms.sales.codes import PaymentState, Splitting
from oms.sales.drafts import ZERO, Address, HoldCode, SaleDraft, SaleDraftLine, Trouble
from sync.contract.codes import Substitution

_CAMEL = re.compile(r"(?<=[a-z0-9])([A-Z])")
_PAID: Final = {
    "pending": PaymentState.PENDING, "authorized": PaymentState.AUTHORISED, "paid": PaymentState.CAPTURED,
    "partially_paid": PaymentState.PENDING, "partially_refunded": PaymentState.PARTLY_REFUNDED,
    "refunded": PaymentState.REFUNDED, "voided": PaymentState.FAILED, "expired": PaymentState.FAILED,
}  # fmt: skip
_MOST_DEEP = 12


def read_json(body: bytes, channel: str) -> Read:
    """One order, a list of them, or `{"orders": [...]}`; also inside GraphQL's `data`. Raises `BadLine` when it is no JSON."""
    value = _plain(text.json_value(body), 0)
    drafts: list[SaleDraft] = []
    bad: list[Line] = []
    for at, one in enumerate(_orders(value), 1):
        if not isinstance(one, Mapping):
            bad.append(BadLine("not_an_object").line(at))
        elif one.get("test") is True:
            bad.append(BadLine("test_order").line(at, str(one.get("name", ""))[:64]))
        else:
            try:
                drafts.append(_order(one, channel, at))
            except BadLine as error:
                bad.append(error.line(at))
    return Read(drafts, bad)


def _orders(value: Any) -> list[Any]:
    while isinstance(value, Mapping) and not ("line_items" in value or "id" in value):
        inner = value.get("data", value.get("orders", value.get("order")))
        if inner is None:
            return [value]
        value = inner
    return value if isinstance(value, list) else [value]


def _plain(value: Any, deep: int) -> Any:
    """GraphQL's spelling as REST's: `lineItems {edges {node}}` is `line_items [...]`, `...Set {shopMoney {amount}}` its amount."""
    if deep > _MOST_DEEP:
        return None
    if isinstance(value, list):
        return [_plain(one, deep + 1) for one in value]
    if not isinstance(value, Mapping):
        return value
    if isinstance(value.get("edges"), list):
        listed = [_plain(one.get("node") if isinstance(one, Mapping) else one, deep + 1) for one in value["edges"]]
        return _paged(listed, value)
    if isinstance(value.get("nodes"), list):
        return _paged(_plain(value["nodes"], deep + 1), value)
    for shop in ("shopMoney", "shop_money"):
        if isinstance(value.get(shop), Mapping):
            return value[shop].get("amount")
    return {_CAMEL.sub(r"_\1", str(key)).lower(): _plain(one, deep + 1) for key, one in value.items()}


def _paged(listed: list[Any], value: Mapping[str, Any]) -> list[Any]:
    """With a last element that is no object where there are more than were asked for: lines that are not there are noted, and so is a page
    of orders that was not fetched."""
    page = value.get("pageInfo")
    more = isinstance(page, Mapping) and page.get("hasNextPage") is True
    return [*(listed or []), "more pages"] if more else listed


def _order(raw: Mapping[str, Any], channel: str, at: int) -> SaleDraft:
    troubles: list[Trouble] = []
    values = Values(raw, troubles, program=True)
    reference = values.key("name", "order_number", "id")
    if not reference:
        raise BadLine("missing", column="name")
    currency = values.text("currency", "currency_code").upper()
    lines: list[SaleDraftLine] = []
    apart, named = ZERO, []
    for one in values.parts("line_items"):
        line, sent = _line(one.at_line(len(lines) + 1), currency)
        if sent:
            lines.append(line)
        else:
            apart += (line.price or ZERO) * (line.qty or 0) - line.discount
            named.append(f"{line.name} x{line.qty}")
    customer, asked = values.part("customer"), _asked(values)
    status = values.text("financial_status", "display_financial_status").lower()
    return SaleDraft(
        channel=channel, reference=reference, customer_number=customer.key("id"),
        customer_name=joined(customer.text("first_name"), customer.text("last_name")),
        email=values.text("email", "contact_email") or customer.text("email"),
        phone=values.text("phone") or values.part("shipping_address").text("phone"),
        language=values.text("customer_locale")[:2].lower(), ship=_address(values.part("shipping_address")),
        bill=_address(values.part("billing_address")), lines=tuple(lines), currency=currency,
        tax_included=values.yes("taxes_included"), shipping=_shipping(values, currency) + apart,
        tax=values.amount("current_total_tax", "total_tax", "current_total_tax_set", "total_tax_set", currency=currency),
        total=values.amount(
            "current_total_price", "total_price", "current_total_price_set", "total_price_set", currency=currency
        ),
        promo_codes=tuple(one.text("code") for one in values.parts("discount_codes") if one.has("code")),
        splitting=asked.word("splitting", Splitting) or Splitting.ALLOWED,
        substitution=asked.word("substitution", Substitution) or Substitution.NEVER,
        payment=_PAID.get(status), flags=_flags(values), note=joined(values.text("note"), _not_shipped(named), by="; "),
        service=next((one.text("title", "code") for one in values.parts("shipping_lines")), ""),
        placed_at=values.moment("created_at", "processed_at"),
        cancelled=values.has("cancelled_at") or status in ("refunded", "voided"), troubles=tuple(troubles), at=at,
    )  # fmt: skip


def _asked(values: Values) -> Values:
    """What the shop's checkout asked beside what Shopify knows: the cart's attributes, by their names in lower case."""
    pairs = {
        one.text("name", "key").lower(): one.text("value")
        for one in values.parts("note_attributes", "custom_attributes")
    }
    return Values(pairs, values.troubles, program=True)


def _line(values: Values, currency: str) -> tuple[SaleDraftLine, bool]:
    """The line, and whether it is sent: a gift card or a download is paid for and not shipped. What was taken back counts no more."""
    ordered, left = values.whole("quantity"), values.whole("current_quantity")
    qty = ordered if left is None else left
    discounts = [
        one.money("amount", "allocated_amount_set", currency=currency) for one in values.parts("discount_allocations")
    ]
    discount = sum(discounts, ZERO) or values.money("total_discount", "total_discount_set", currency=currency)
    taxes = values.parts("tax_lines")
    tax = sum((one.money("price", "price_set", currency=currency) for one in taxes), ZERO) if taxes else None
    if ordered and qty is not None and qty != ordered:
        discount = (discount * qty / ordered).quantize(Decimal("0.0001"))
        tax = (tax * qty / ordered).quantize(Decimal("0.0001")) if tax is not None else None
    rates = [one.amount("rate") for one in taxes]
    line = SaleDraftLine(
        foreign_sku=values.key("sku"), qty=qty,
        name=joined(values.text("title", "name"), values.text("variant_title"), by=", "),
        price=values.amount("price", "original_unit_price_set", currency=currency), discount=discount, tax=tax,
        tax_rate=rates[0] if len(rates) == 1 else None,
    )  # fmt: skip
    kept = values.text("requires_shipping").lower() != "false" and not values.yes("gift_card", "is_gift_card")
    return line, kept


def _shipping(values: Values, currency: str) -> Decimal:
    listed = values.parts("shipping_lines")
    if not listed:
        return values.money("total_shipping_price_set", currency=currency)
    names = ("discounted_price", "discounted_price_set", "price", "original_price_set")
    return sum((one.money(*names, currency=currency) for one in listed), ZERO)


def _address(values: Values) -> Address:
    name = values.text("name") or joined(values.text("first_name"), values.text("last_name"))
    return Address(
        joined(name, values.text("company"), by=", "),
        joined(values.text("address1"), values.text("address2"), by=", "),
        values.key("zip"),
        values.text("city"),
        values.text("province_code", "province"),
        values.text("country_code", "country_code_v2", "country"),
    )


def _flags(values: Values) -> tuple[str, ...]:
    tags = [tag.strip().lower() for one in values.words("tags") for tag in one.split(",")]
    return tuple(sorted({tag for tag in tags if tag in ("vip", "gift", "fragile", "hazmat")}))


def _not_shipped(named: list[str]) -> str:
    return f"Not shipped: {', '.join(named)}" if named else ""


def read_csv(body: bytes, channel: str) -> Read:
    """The CSV of the orders page: one row per line, the head on the order's first row only."""
    groups, bad = read_rows(body, Shape(), "name")
    return Read([_csv_order(group, channel, bad) for group in groups], bad)


def _csv_order(group: Group, channel: str, bad: list[Line]) -> SaleDraft:
    at, head = group.rows[0]
    troubles: list[Trouble] = []
    values = Values(head, troubles)
    currency = values.text("currency").upper()
    lines: list[SaleDraftLine] = []
    apart, named = ZERO, []
    others: list[int] = []
    for number, row in group.rows:
        if number != at and row == head:
            bad.append(BadLine("duplicate_row", line=at).line(number, group.key))
            continue
        line, sent = _csv_line(Values(row, troubles, len(lines) + 1), currency, number)
        if sent:
            lines.append(line)
        else:
            apart += (line.price or ZERO) * (line.qty or 0) - line.discount
            named.append(f"{line.name} x{line.qty}")
            others.append(number)
    status = values.text("financial status").lower()
    subtotal, tax = (values.amount(name, currency=currency) for name in ("subtotal", "taxes"))
    shipping, total = (values.amount(name, currency=currency) for name in ("shipping", "total"))
    refunded = values.money("refunded amount", currency=currency)
    if refunded and status != "refunded":
        troubles.append(Trouble(HoldCode.PARTLY_REFUNDED, params={"amount": str(refunded)}))
    in_prices = None not in (subtotal, tax, total) and (subtotal or ZERO) + (shipping or ZERO) == total and bool(tax)
    return SaleDraft(
        channel=channel, reference=group.key, email=values.text("email"),
        phone=values.text("phone", "shipping phone", "billing phone"), customer_name=values.text("billing name"),
        ship=_csv_address(values, "shipping"), bill=_csv_address(values, "billing"), lines=tuple(lines),
        currency=currency, tax_included=in_prices or (None if tax is None else not tax),
        discount=values.money("discount amount", currency=currency),
        shipping=(shipping or ZERO) + apart, tax=tax, total=total,
        promo_codes=tuple(values.words("discount code")), payment=_PAID.get(status),
        note=joined(values.text("notes"), _not_shipped(named), by="; "), service=values.text("shipping method"),
        flags=_flags(values), placed_at=values.moment("created at"),
        cancelled=values.has("cancelled at") or status in ("refunded", "voided"), troubles=tuple(troubles), at=at, rows=tuple(others),
    )  # fmt: skip


def _csv_line(values: Values, currency: str, at: int) -> tuple[SaleDraftLine, bool]:
    line = SaleDraftLine(
        foreign_sku=values.key("lineitem sku"), qty=values.whole("lineitem quantity"), name=values.text("lineitem name"),
        price=values.amount("lineitem price", currency=currency),
        discount=values.money("lineitem discount", currency=currency), at=at,
    )  # fmt: skip
    return line, values.text("lineitem requires shipping").lower() != "false"


def _csv_address(values: Values, which: str) -> Address:
    street = values.text(f"{which} street") or joined(
        values.text(f"{which} address1"), values.text(f"{which} address2"), by=", "
    )
    return Address(
        joined(values.text(f"{which} name"), values.text(f"{which} company"), by=", "),
        street,
        values.key(f"{which} zip"),
        values.text(f"{which} city"),
        values.key(f"{which} province"),
        values.text(f"{which} country"),
    )
