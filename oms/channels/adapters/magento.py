"""Magento and Adobe Commerce: an order as their REST API sends it, and the CSV of the orders grid where it has a column with items.

A configurable product is told twice, as the one that was chosen and as the one that is sent; of a bundle its parts are sent.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from oms.channels.adapters.sheets import read_rows
from oms.channels.adapters.values import Group, Read, Values, joined, price_of
from oms.imports import text
from oms.imports.report import BadLine, Line
from oms.imports.text import Shape
from oms.sales.codes import PaymentState
from oms.sales.drafts import ZERO, Address, HoldCode, SaleDraft, SaleDraftLine, Trouble

_NOT_SENT: Final = frozenset({"virtual", "downloadable", "giftcard"})
_OFF: Final = frozenset({"canceled", "cancelled", "closed", "fraud"})


def read_json(body: bytes, channel: str) -> Read:
    """One order, a list, or a search's `{"items": [...]}` of orders. Raises `BadLine` when it is no JSON."""
    value = text.json_value(body)
    if isinstance(value, Mapping) and "increment_id" not in value and isinstance(value.get("items"), list):
        value = value["items"]
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
    reference = values.key("increment_id", "entity_id")
    if not reference:
        raise BadLine("missing", column="increment_id")
    currency = values.text("order_currency_code", "base_currency_code").upper()
    items = values.parts("items")
    gross = bool(items) and all(one.has("price_incl_tax") for one in items if not one.has("parent_item_id"))
    lines, apart, named = _lines(items, currency, gross)
    refunded = values.money("total_refunded", currency=currency)
    status = values.text("state", "status").lower()
    if refunded and status not in _OFF:
        troubles.append(Trouble(HoldCode.PARTLY_REFUNDED, params={"amount": str(refunded)}))
    shipping = values.money(*(("shipping_incl_tax",) if gross else ()), "shipping_amount", currency=currency)
    shipping -= abs(values.money("shipping_discount_amount", currency=currency))
    assigned = values.part("extension_attributes").parts("shipping_assignments")
    sent = assigned[0].part("shipping") if assigned else Values({}, troubles)
    billing = values.part("billing_address")
    ship = _address(sent.part("address"))
    return SaleDraft(
        channel=channel, reference=reference, customer_number=values.key("customer_id"),
        customer_name=joined(values.text("customer_firstname"), values.text("customer_lastname")),
        email=values.text("customer_email"), phone=billing.text("telephone"),
        ship=ship if ship.street or ship.city else _address(billing), bill=_address(billing), lines=lines,
        currency=currency, tax_included=gross, shipping=shipping + apart, tax=values.amount("tax_amount", currency=currency),
        total=values.amount("grand_total", currency=currency), promo_codes=tuple(values.words("coupon_code")),
        payment=_payment(values, currency),
        note=joined(_comments(values), f"Not shipped: {', '.join(named)}" if named else "", by="; "),
        service=sent.text("method") or values.text("shipping_description"),
        placed_at=values.moment("created_at"), cancelled=status in _OFF, troubles=tuple(troubles), at=at,
    )  # fmt: skip


def _payment(values: Values, currency: str) -> PaymentState:
    paid, total = values.money("total_paid", currency=currency), values.money("grand_total", currency=currency)
    if total and paid >= total:
        return PaymentState.CAPTURED
    authorised = values.part("payment").money("amount_authorized", currency=currency)
    return PaymentState.AUTHORISED if total and authorised >= total else PaymentState.PENDING


def _comments(values: Values) -> str:
    front = [one for one in values.parts("status_histories") if one.yes("is_visible_on_front")]
    return joined(*(one.text("comment") for one in front), by="; ")


def _lines(items: Sequence[Values], currency: str, gross: bool) -> tuple[tuple[SaleDraftLine, ...], Decimal, list[str]]:
    """(lines that are sent, what the others cost, what they are called)."""
    parents = {one.text("item_id"): one for one in items if one.has("item_id")}
    bundles = {key for key, one in parents.items() if one.text("product_type").lower() == "bundle"}
    lines: list[SaleDraftLine] = []
    apart, named = ZERO, []
    owed: dict[str, SaleDraftLine] = {}
    for one in items:
        kind, parent = one.text("product_type").lower(), one.text("parent_item_id")
        if parent and parent in parents and parent not in bundles:
            continue
        line = _line(one.at_line(len(lines) + 1), currency, gross)
        worth = (line.price or ZERO) * (line.qty or 0) - line.discount
        if one.text("item_id") in bundles:
            # A bundle with a price of its own: its first part carries it, the others cost nothing.
            owed[one.text("item_id")] = line
        elif kind in _NOT_SENT or one.yes("is_virtual"):
            apart += worth
            named.append(f"{line.name} x{line.qty}")
        else:
            lines.append(_carrying(line, owed.pop(parent, None)) if parent in bundles and not worth else line)
    return tuple(lines), apart, named


def _carrying(line: SaleDraftLine, bundle: SaleDraftLine | None) -> SaleDraftLine:
    if bundle is None or bundle.price is None:
        return line
    price, discount = price_of(bundle.price * (bundle.qty or 0), line.qty, bundle.discount)
    return SaleDraftLine(
        foreign_sku=line.foreign_sku, qty=line.qty, name=line.name, price=price, discount=discount, tax=bundle.tax,
        tax_rate=bundle.tax_rate,
    )  # fmt: skip


def _line(values: Values, currency: str, gross: bool) -> SaleDraftLine:
    """What was cancelled or refunded before it came is not ordered any more."""
    qty = values.whole("qty_ordered", "qty")
    gone = (values.whole("qty_canceled") or 0) + (values.whole("qty_refunded") or 0)
    discount = abs(values.money("discount_amount", currency=currency))
    left = qty - gone if qty is not None else None
    if qty and left and left != qty:
        discount = (discount * left / qty).quantize(Decimal("0.0001"))
    percent = values.amount("tax_percent")
    return SaleDraftLine(
        foreign_sku=values.key("sku"), qty=left, name=values.text("name"),
        price=values.amount(*(("price_incl_tax",) if gross else ()), "price", currency=currency), discount=discount,
        tax=values.amount("tax_amount", currency=currency), tax_rate=None if percent is None else percent / 100,
    )  # fmt: skip


def _address(values: Values) -> Address:
    name = joined(values.text("firstname"), values.text("lastname"))
    return Address(
        joined(name, values.text("company"), by=", "),
        joined(*values.words("street"), by=", "),
        values.key("postcode"),
        values.text("city"),
        values.text("region_code", "region"),
        values.text("country_id"),
    )


def read_csv(body: bytes, channel: str) -> Read:
    """The CSV of the orders grid. The grid itself has no items: shops add columns (`SKU`, `Qty`, `Price`); without them the order is kept
    and held, for it has no lines."""
    groups, bad = read_rows(body, Shape(), "id", "order #", "increment_id")
    return Read([_csv_order(group, channel) for group in groups], bad)


def _csv_order(group: Group, channel: str) -> SaleDraft:
    at, head = group.rows[0]
    troubles: list[Trouble] = []
    values = Values(head, troubles)
    currency = values.text("currency", "order currency").upper()
    lines = tuple(
        _csv_line(Values(row, troubles, number), currency, line)
        for number, (line, row) in enumerate(
            ((n, r) for n, r in group.rows if Values(r, []).has("sku", "qty", "qty ordered")), 1
        )
    )
    for _, row in group.rows[1:]:
        if not Values(row, []).has("sku", "qty", "qty ordered"):
            # The first row may be the order alone; another one is a line.
            troubles.append(Trouble(HoldCode.BAD_VALUE, params={"column": "sku", "value": ""}))
    refunded = values.money("total refunded", currency=currency)
    status = values.text("status").lower()
    if refunded and status not in _OFF:
        troubles.append(Trouble(HoldCode.PARTLY_REFUNDED, params={"amount": str(refunded)}))
    street = values.text("shipping street", "shipping address")
    return SaleDraft(
        channel=channel, reference=group.key, email=values.text("customer email"),
        customer_name=values.text("customer name", "bill-to name"),
        ship=Address(
            values.text("ship-to name"), street, values.key("shipping postcode", "shipping zip"), values.text("shipping city"),
            values.text("shipping region"), values.text("shipping country"),
        ),
        lines=lines, currency=currency, shipping=values.money("shipping and handling", currency=currency),
        total=values.amount("grand total (purchased)", "grand total", currency=currency),
        tax=values.amount("tax", currency=currency), service=values.text("shipping information"),
        placed_at=values.moment("purchase date"), cancelled=status in _OFF, troubles=tuple(troubles), at=at,
        rows=tuple(number for number, _ in group.rows),
    )  # fmt: skip


def _csv_line(values: Values, currency: str, at: int) -> SaleDraftLine:
    return SaleDraftLine(
        foreign_sku=values.key("sku"), qty=values.whole("qty", "qty ordered"), name=values.text("product name", "name"),
        price=values.amount("price", currency=currency), discount=abs(values.money("discount", currency=currency)), at=at,
    )  # fmt: skip
