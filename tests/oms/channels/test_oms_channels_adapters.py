"""What shops really send, made by hand after their public descriptions: every line of a file is in what its adapter says."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oms.channels.adapters.choosing import Format, read
from oms.channels.adapters.values import amount
from oms.imports.report import BadLine
from oms.sales.codes import PaymentState, Splitting
from oms.sales.drafts import HoldCode
from tools.soak.channels import check_once

DATA = Path(__file__).parents[2] / "data" / "channels"
FORMATS = {"plain": {".csv": Format.CSV, ".json": Format.JSON}}
EUR = Decimal


def load(name):
    """(drafts by reference, bad lines as (line, code))."""
    path = DATA / name
    kind = path.parent.name
    format_ = FORMATS[kind][path.suffix] if kind in FORMATS else Format(kind)
    found = read(format_, path.read_bytes(), "web")
    return {draft.reference: draft for draft in found.drafts}, [(line.line, line.code) for line in found.bad]


def lines(draft):
    return [(line.sku or line.foreign_sku, line.qty, line.price, line.discount) for line in draft.lines]


def troubles(draft):
    return [(str(one.code), one.line, one.params.get("column")) for one in draft.troubles]


def net(draft):
    """What the lines and the rest of a draft come to."""
    whole = sum(line.price * line.qty - line.discount for line in draft.lines) - draft.discount + draft.shipping
    return whole if draft.tax_included else whole + draft.tax


# Twice the same order, whatever the shop: three of TEA at 2.50 less 2.50, a CUP at 10.00, 4.95 for sending.
@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("shopify/good_webhook.json", "#1001"),
        ("shopify/good_export.csv", "#2001"),
        ("woocommerce/good_webhook.json", "901"),
        ("magento/good_order.json", "000000071"),
    ],
    ids=["shopify-json", "shopify-csv", "woocommerce-json", "magento-json"],
)
def test_one_order_in_the_words_of_each_shop(name, reference):
    found, bad = load(name)
    assert bad == []
    draft = found[reference]
    assert [(sku, qty) for sku, qty, _, _ in lines(draft)] == [("TEA", 3), ("CUP", 1)]
    assert (net(draft), draft.total, draft.tax, draft.currency) == (EUR("19.95"), EUR("19.95"), EUR("3.46"), "EUR")
    assert (draft.tax_included, draft.shipping, draft.payment) == (True, EUR("4.95"), PaymentState.CAPTURED)
    assert draft.email == "ada@example.org"
    assert (draft.ship.name, draft.ship.city, draft.ship.country) == ("Ada Lovelace", "Utrecht", "NL")
    assert draft.ship.postcode.replace(" ", "").upper() == "3511AB"
    assert [code.upper() for code in draft.promo_codes] == ["MEI"]
    assert draft.placed_at.isoformat() == "2026-05-01T08:11:12+00:00"
    assert draft.troubles == ()


def test_shopify_gift_cards_are_paid_and_not_shipped_and_what_was_taken_back_is_not_ordered():
    found, bad = load("shopify/good_orders.json")
    assert bad == []
    assert lines(found["#1002"]) == [("CUP", 1, EUR("10.00"), 0)]
    assert (found["#1002"].shipping, net(found["#1002"])) == (EUR("25.00"), EUR("35.00"))
    assert "Gift card x1" in found["#1002"].note
    assert lines(found["#1003"]) == [("CUP", 1, EUR("10.00"), 0)]
    assert found["#1003"].total == net(found["#1003"]) == EUR("10.00")
    assert found["#1002"].flags == ("vip",)


def test_shopify_speaks_graphql_too():
    found, bad = load("shopify/good_graphql.json")
    assert bad == []
    draft = found["#1004"]
    assert (lines(draft), draft.total) == ([("TEA", 2, EUR("600"), 0)], EUR("1200"))
    assert (draft.currency, draft.payment, draft.ship.country) == ("JPY", PaymentState.AUTHORISED, "NL")


@pytest.mark.parametrize(
    ("words", "splitting", "substitution", "bad"),
    [
        ({"note_attributes": [{"name": "Substitution", "value": "ask"}, {"name": "gift wrap", "value": "red"}]}, "allowed", "ask", []),
        ({"customAttributes": [{"key": "splitting", "value": "COMPLETE"}]}, "complete", "never", []),
        ({"note_attributes": [{"name": "substitution", "value": "perhaps"}]}, "allowed", "never", ["substitution"]),
        ({"note_attributes": [{"name": None, "value": {}}, 7]}, "allowed", "never", ["note_attributes"]),
    ],
    ids=["rest", "graphql", "no-such-word", "nonsense"],
)  # fmt: skip
def test_shopify_tells_what_the_checkout_asked(words, splitting, substitution, bad):
    order = {**json.loads((DATA / "shopify/good_webhook.json").read_text()), **words}
    [draft] = read(Format.SHOPIFY, json.dumps(order).encode(), "web").drafts
    assert (draft.splitting, draft.substitution) == (splitting, substitution)
    assert [column for _, _, column in troubles(draft)] == bad


def test_shopify_broken_orders_are_all_told():
    found, bad = load("shopify/broken_orders.json")
    assert bad == [(1, "test_order"), (2, "not_an_object"), (3, "missing")]
    assert found["#1102"].cancelled
    assert troubles(found["#1103"]) == [
        (HoldCode.BAD_VALUE, None, "line_items"),
        (HoldCode.BAD_VALUE, 1, "quantity"),
        (HoldCode.BAD_VALUE, 1, "price"),
    ]
    assert net(found["#1104"]) != found["#1104"].total


def test_shopify_export_with_everything_a_spreadsheet_does():
    found, bad = load("shopify/broken_export.csv")
    assert sorted(code for _, code in bad) == [
        "duplicate_row", "missing", "not_whole", "quote_not_closed", "spoilt_by_spreadsheet",
    ]  # fmt: skip
    assert len(found["#2101"].lines) == 1
    assert [column for _, _, column in troubles(found["#2102"])] == ["lineitem sku", "lineitem price"]
    assert found["#2103"].cancelled
    assert troubles(found["#2104"])[0][0] == HoldCode.PARTLY_REFUNDED
    found, bad = load("shopify/good_export.csv")
    assert bad == []
    assert found["#2002"].rows
    assert net(found["#2002"]) == found["#2002"].total == EUR("35.00")


def test_woocommerce_without_tax_in_its_prices():
    found, bad = load("woocommerce/good_orders.json")
    assert bad == []
    draft = found["902"]
    assert (draft.tax_included, net(draft), draft.total) == (False, EUR("13.31"), EUR("13.31"))
    [(_, qty, price, discount)] = lines(draft)
    assert price * qty - discount == EUR("10")
    found, bad = load("woocommerce/good_export.csv")
    assert (bad, net(found["921"])) == ([], EUR("12.10"))


def test_woocommerce_broken():
    found, bad = load("woocommerce/broken_orders.json")
    assert [code for _, code in bad] == ["missing", "not_an_object"]
    assert found["911"].cancelled
    assert troubles(found["912"])[0][0] == HoldCode.PARTLY_REFUNDED
    assert found["913"].lines[0].qty == 0
    assert [column for _, _, column in troubles(found["914"])] == ["line_items", "date_created_gmt"]
    found, bad = load("woocommerce/broken_export.csv")
    assert sorted(code for _, code in bad) == ["duplicate_row", "missing", "not_whole"]
    assert found["931"].total == EUR("12.10")
    assert len(found["931"].lines) == 1
    assert found["932"].cancelled
    assert found["934"].lines[0].qty is None


def test_magento_tells_configurables_once_and_bundles_by_their_parts():
    found, bad = load("magento/good_search.json")
    assert bad == []
    draft = found["000000072"]
    assert [(sku, qty) for sku, qty, _, _ in lines(draft)] == [("TEA", 2), ("CUP", 1)]
    assert net(draft) == draft.total == EUR("30")
    assert "EBOOK" in draft.note.upper()
    found, bad = load("magento/good_grid.csv")
    assert bad == []
    assert (len(found["000000091"].lines), found["000000091"].total) == (2, EUR("12.50"))


def test_magento_broken():
    found, bad = load("magento/broken_orders.json")
    assert [code for _, code in bad] == ["missing", "not_an_object"]
    assert found["000000081"].cancelled
    assert troubles(found["000000082"])[0][0] == HoldCode.PARTLY_REFUNDED
    assert found["000000083"].lines[0].qty is None
    assert found["000000084"].total is None
    found, bad = load("magento/broken_grid.csv")
    assert found["000000095"].lines == ()
    assert {column for _, _, column in troubles(found["000000096"])} == {"grand total (purchased)", "purchase date"}


def test_a_marketplace_tells_what_all_of_a_row_cost():
    found, bad = load("marketplace/good_report.txt")
    assert bad == []
    first = found["302-1"]
    assert lines(first) == [("TEA", 3, EUR("2.5"), EUR("2.5")), ("CUP", 1, EUR("10"), 0)]
    assert net(first) == EUR("19.95")
    assert first.lines[0].name == 'Tea 6" "loose'
    assert (found["302-2"].tax_included, net(found["302-2"])) == (False, EUR("10.83"))


def test_marketplace_broken():
    found, bad = load("marketplace/broken_report.txt")
    assert sorted(bad) == [(3, "duplicate_row"), (4, "wrong_columns"), (6, "spoilt_by_spreadsheet")]
    assert found["302-13"].lines[0].qty == 0
    assert troubles(found["302-14"]) == [(HoldCode.BAD_VALUE, 1, "item-price")]
    assert found["302-14"].lines[0].name == "Thé"


def test_edifact_orders():
    found, bad = load("edifact/good_d96a.edi")
    assert bad == []
    first = found["PO-1"]
    assert lines(first) == [("TEA", 12, EUR("2.5"), 0), ("CUP", 3, EUR("10"), 0)]
    assert [line.tax_rate for line in first.lines] == [EUR("0.09"), EUR("0.21")]
    assert (first.customer_number, first.email, first.tax_included) == ("8712345000004", "inkoop@example.org", False)
    assert (first.ship.name, first.ship.city, first.bill.name) == (
        "Theehuis Winkel O'Neill",
        "Amersfoort",
        "Theehuis B.V.",
    )
    assert first.wanted.isoformat() == "2026-05-08"
    assert first.note == "Lossen achterom dok 3"
    found, bad = load("edifact/good_d01b.edi")
    assert bad == []
    assert lines(found["PO-3"]) == [("TEA", 2, EUR("2.5"), 0)]
    assert found["PO-3"].ship.name == "Café Zo"


def test_edifact_broken_messages_do_not_touch_the_others():
    found, bad = load("edifact/broken.edi")
    assert set(found) == {"PO-11", "PO-14"}
    assert [column for _, _, column in troubles(found["PO-11"])] == ["QTY", "PRI", "CNT"]
    assert found["PO-14"].cancelled
    codes = [code for _, code in bad]
    assert sorted(codes) == ["cut_off", "cut_off", "missing", "other_message", "outside_message", "segments_missing"]


def test_our_own_formats():
    found, bad = load("plain/good_orders.json")
    assert bad == []
    draft = found["P-1"]
    assert (
        net_plain := sum(line.price * line.qty - line.discount for line in draft.lines) + draft.shipping
    ) == draft.total
    assert net_plain == EUR("19.45")
    assert (draft.splitting, draft.flags, draft.payment) == (Splitting.COMPLETE, ("gift",), PaymentState.CAPTURED)
    found, bad = load("plain/good_orders.csv")
    assert (bad, lines(found["P-2"])) == ([], [("TEA", 2, EUR("2.50"), 0), ("CUP", 1, EUR("10.00"), 0)])
    assert found["P-2"].flags == ("gift", "vip")


def test_our_own_formats_broken():
    found, bad = load("plain/broken_orders.csv")
    assert sorted(code for _, code in bad) == ["missing", "not_whole", "too_many_columns"]
    assert {column for _, _, column in troubles(found["P-11"])} == {"qty", "email", "price", "payment"}
    found, bad = load("plain/broken_orders.json")
    assert [code for _, code in bad] == ["not_an_object", "missing"]
    assert found["P-22"].lines[0].price is None
    with pytest.raises(BadLine):
        read(Format.JSON, b"{", "web")


@pytest.mark.parametrize(
    ("text", "currency", "is_"),
    [
        ("1,234.50", "EUR", "1234.50"), ("1.234,50", "EUR", "1234.50"), ("12,5", "EUR", "12.5"), ("€ 12", "EUR", "12"),
        ("1.234", "KWD", "1.234"), ("1.234", "EUR", None), ("0.123", "EUR", "0.123"), ("1 234,50", "EUR", "1234.50"),
        ("(5.00)", "EUR", "-5.00"), ("1,23,4", "EUR", None), ("1e5", "EUR", None), ("", "EUR", None), ("12.345.678", "JPY", "12345678"),
        ("1'234.50", "CHF", "1234.50"), ("12 EUR", "EUR", "12"), ("٣", "EUR", None), ("1.234.50", "EUR", None),
    ],
)  # fmt: skip
def test_amounts_are_read_or_refused_and_never_guessed(text, currency, is_):
    if is_ is None:
        with pytest.raises(ValueError):
            amount(text, currency)
    else:
        assert amount(text, currency) == Decimal(is_)


@settings(max_examples=150)
@given(st.data())
def test_spoilt_files_are_reported_and_never_break_an_adapter(data):
    path = data.draw(st.sampled_from(sorted(DATA.rglob("*.*"))))
    check_once(path, data.draw(st.integers(0, 2**32)))
