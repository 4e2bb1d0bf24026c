"""Our own formats: JSON as `POST /v1/customer-orders` takes it, and a CSV with a row per line that has the same names. Read forgivingly:
what the route would refuse becomes a held order here, for nobody sits at the other end of a file."""

from collections.abc import Mapping

from oms.channels.adapters.sheets import read_rows
from oms.channels.adapters.values import Group, Read, Values
from oms.imports import text
from oms.imports.report import BadLine, Line
from oms.imports.text import Shape
from oms.sales.codes import PaymentState, Splitting
from oms.sales.drafts import Address, HoldCode, SaleDraft, SaleDraftLine, Trouble
from sync.contract.codes import Substitution

LIST = "orders"
#: What must not change from row to row of one order.
_HEAD = ("email", "ship_name", "ship_street", "ship_postcode", "total")
_ADDRESS = ("name", "street", "postcode", "city", "region", "country")


def read_json(body: bytes, channel: str) -> Read:
    """One order, a list, or `{"orders": [...]}`. Raises `BadLine` when it is no JSON."""
    value = text.json_value(body)
    listed = value.get(LIST, value) if isinstance(value, Mapping) else value
    drafts: list[SaleDraft] = []
    bad: list[Line] = []
    for at, one in enumerate(listed if isinstance(listed, list) else [listed], 1):
        if not isinstance(one, Mapping):
            bad.append(BadLine("not_an_object").line(at))
            continue
        troubles: list[Trouble] = []
        values = Values(one, troubles)
        if not (values.key("reference") or values.key("number")):
            # The same file again must not make it a second time.
            bad.append(BadLine("missing", column="reference").line(at))
            continue
        said = enumerate(values.parts("lines"), 1)
        lines = [_line(line.at_line(n), values.text("currency"), at, "") for n, line in said]
        drafts.append(_order(values, lines, channel, at))
    return Read(drafts, bad)


def read_csv(body: bytes, channel: str, shape: Shape) -> Read:
    """A row per line, `reference` on each; the head is read from the order's first row, and other rows must not say otherwise."""
    groups, bad = read_rows(body, shape, "reference", "number", "order")
    return Read([_csv_order(group, channel) for group in groups], bad)


def _csv_order(group: Group, channel: str) -> SaleDraft:
    at, head = group.rows[0]
    troubles: list[Trouble] = []
    values = Values({"reference": group.key, **head}, troubles)
    lines: list[SaleDraftLine] = []
    for n, (line, row) in enumerate(group.rows, 1):
        lines.append(_line(Values(row, troubles, n), values.text("currency"), line, "line_"))
        other = [name for name in _HEAD if row.get(name) not in (None, "", head.get(name))]
        troubles += [Trouble(HoldCode.BAD_VALUE, n, {"column": name, "value": str(row[name])[:60]}) for name in other]
    return _order(values, lines, channel, at)


def _order(values: Values, lines: list[SaleDraftLine], channel: str, at: int) -> SaleDraft:
    currency = values.text("currency").upper()
    priority = values.whole("priority")
    return SaleDraft(
        channel=channel, reference=values.key("reference") or None, number=values.key("number") or None,
        customer_number=values.key("customer_number", "customer"), customer_name=values.text("customer_name"),
        email=values.text("email"), phone=values.text("phone"), language=values.text("language")[:2].lower(),
        ship=_address(values, "ship_to", "ship_"), bill=_address(values, "bill_to", "bill_"),
        pick_up_site=values.key("pick_up_site") or None, lines=tuple(lines), currency=currency,
        tax_included=values.yes("tax_included") if values.has("tax_included") else None,
        tax=values.amount("tax", currency=currency), total=values.amount("total", currency=currency),
        promo_codes=tuple(code for one in values.words("promo_codes") for code in one.split("|")),
        payment=values.word("payment", PaymentState), wanted=values.day("wanted"),
        splitting=values.word("splitting", Splitting) or Splitting.ALLOWED,
        substitution=values.word("substitution", Substitution) or Substitution.NEVER,
        flags=_flags(values), note=values.text("note"), carrier=values.key("carrier"), service=values.key("service"),
        priority=priority if priority is not None and 1 <= priority <= 9 else 3, placed_at=values.moment("placed_at", "placed"),
        cancelled=values.yes("cancelled"), troubles=tuple(values.troubles), at=at,
        discount=values.money("discount", currency=currency), shipping=values.money("shipping", currency=currency),
    )  # fmt: skip


def _flags(values: Values) -> tuple[str, ...]:
    words = [word.strip().lower() for one in values.words("flags") for word in one.split("|")]
    return tuple(sorted({word[:40] for word in words if word}))


def _address(values: Values, name: str, before: str) -> Address:
    nested = values.part(name)
    return Address(*(nested.text(one) or values.text(f"{before}{one}") for one in _ADDRESS))


def _line(values: Values, currency: str, at: int, mine: str) -> SaleDraftLine:
    """`mine` is what tells a line's discount and tax from the order's where both stand in one row."""
    return SaleDraftLine(
        sku=values.key("sku"), foreign_sku=values.key("foreign_sku"), qty=values.whole("qty"), name=values.text("name"),
        price=values.amount("price", currency=currency), discount=values.money(f"{mine}discount", currency=currency),
        tax=values.amount(f"{mine}tax", currency=currency), tax_rate=values.amount("tax_rate"), flags=(), at=at,
    )  # fmt: skip
