"""Invoices on paper in four languages; price lists and rates from files, line by line."""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest
from sqlalchemy import func, select

from oms.db.work import Actor
from oms.documents import data
from oms.documents.layouts.sales_invoice import taxes
from oms.documents.papers import pdf
from oms.imports.run import Upload, run_import
from oms.money.models import ExchangeRate, PriceList, PriceListItem, TaxRate
from tests.oms.money.till import priced, rates

PAPER = data.SalesInvoice(
    shop=data.Shop(data.Party(("Tea & Co", "Kade 1", "3511 AB Utrecht"), "NL"), {"vat": "NL123456782B12"}),
    bill_to=data.Party(("Firm", "Weg 2"), "DE"), number="INV-000001", order="SO-000001", day=date(2026, 11, 23),
    due=date(2026, 12, 23), currency="EUR", purchase_order="PO 7", vat_number="DE136695976", reverse_charge=True,
    lines=(
        data.SalesLine("TEA", "Tea", 3, D("0.21"), D("8.26"), D("1.74"), D("10.00")),
        data.SalesLine("shipping", "", 1, D("0.21"), D("4.09"), D("0.86"), D("4.95")),
    ),
)  # fmt: skip


@pytest.mark.parametrize("language", ["en", "nl", "de", "da"])
@pytest.mark.parametrize("size", ["A4", "A6"])
def test_an_invoice_is_drawn(language, size):
    for paper in (PAPER, replace(PAPER, credits="INV-000001", number="CRN-000001", currency="KWD")):
        made = pdf(paper, language, size)
        assert made.startswith(b"%PDF")
        assert made == pdf(paper, language, size)


def test_the_tax_of_each_rate_is_that_of_its_lines():
    assert taxes(PAPER) == {D("0.21"): (D("12.35"), D("2.60"))}


def _imported(oms, kind, text, **words):
    report = run_import(oms, Upload(kind, text.encode(), False, **words), Actor("test"))
    return [(line.line, str(line.result), line.code) for line in report.lines]


@pytest.mark.postgres
def test_price_lists_come_from_files(oms):
    text = (
        "list,currency,tax_included,group,sku,from_qty,price\n"
        "ALL,EUR,yes,,TEA,,10.00\nALL,EUR,yes,,TEA,5,9,50\nALL,USD,yes,,CUP,1,3\n"
        "TRADE,EUR,no,trade,TEA,1,8\nTRADE,EUR,no,trade,CUP,0,8\nTRADE,XXX,no,trade,CUP,1,8\nTRADE,EUR,no,trade,JAR,1,\n"
    )
    good = text.replace("9,50", "9.50")
    assert _imported(oms, "prices", good, dry_run=True)[0] == (2, "created", "")
    with oms.sessions() as db:
        assert db.scalars(select(func.count()).select_from(PriceList)).one() == 0
    assert _imported(oms, "prices", good) == [
        (2, "created", ""), (3, "created", ""), (4, "rejected", "differs_from_line"), (5, "created", ""),
        (6, "rejected", "bad_number"), (7, "rejected", "bad_word"), (8, "rejected", "missing"),
    ]  # fmt: skip
    again = _imported(oms, "prices", good.replace("10.00", "11.00"))
    assert [result for _, result, _ in again] == [
        "updated", "unchanged", "rejected", "unchanged", "rejected", "rejected", "rejected",
    ]  # fmt: skip
    with oms.sessions() as db:
        assert sorted(db.scalars(select(PriceListItem.price))) == [8, D("9.50"), 11]


@pytest.mark.postgres
def test_rates_come_from_files(oms):
    taxes = (
        "country,region,category,valid_from,rate\nNL,,,,0.21\nus,ny,,2020-01-01,0.08875\nNL,,reduced,,9\nNLD,,,,0.1\n"
    )
    assert _imported(oms, "tax-rates", taxes) == [
        (2, "created", ""), (3, "created", ""), (4, "rejected", "bad_share"), (5, "rejected", "bad_word"),
    ]  # fmt: skip
    money = (
        "base,quote,day,rate\nEUR,USD,2026-01-01,1.0845\nEUR,EUR,2026-01-01,1\nEUR,DKK,,7.46\nEUR,GBP,2026-01-01,0\n"
    )
    assert [result for _, result, _ in _imported(oms, "exchange-rates", money)] == ["created", *["rejected"] * 3]
    with oms.sessions() as db:
        assert sorted(db.scalars(select(TaxRate.rate))) == [D("0.08875"), D("0.21")]
        assert db.scalars(select(ExchangeRate.rate)).all() == [D("1.0845")]


@pytest.mark.postgres
def test_what_items_are_taxed_as_comes_from_files_and_may_differ_by_country(shop):
    oms = shop.oms
    said = (
        "sku,country,category\nTEA,,reduced\nTEA,de,standard\nCUP,,misspelt\nNOBODY,,reduced\nCUP,NLD,reduced\nCUP,,\n"
    )
    none = _imported(oms, "item-taxes", said)
    assert [(result, code) for _, result, code in none[:2]] == [("rejected", "bad_word"), ("created", "")]
    rates(shop, ("NL", "", "standard", "0.21"), ("NL", "", "reduced", "0.09"), ("DE", "", "standard", "0.19"),
          ("DE", "", "reduced", "0.07"), ("BE", "", "standard", "0.21"))  # fmt: skip
    dry = _imported(oms, "item-taxes", said, dry_run=True)
    assert dry == _imported(oms, "item-taxes", said)
    assert dry == [
        (2, "created", ""), (3, "unchanged", ""), (4, "rejected", "bad_word"), (5, "rejected", "unknown_item"),
        (6, "rejected", "bad_word"), (7, "rejected", "missing"),
    ]  # fmt: skip
    assert [result for _, result, _ in _imported(oms, "item-taxes", said)[:2]] == ["unchanged", "unchanged"]
    lines = ("TEA", 1, "10.00", None), ("CUP", 1, "10.00", None)
    for country, rates_of in (("NL", ["0.09", "0.21"]), ("DE", ["0.19", "0.19"]), ("BE", ["0.21", "0.21"])):
        assert priced(shop, f"N-{country}", *lines, ship_country=country) == []
        assert [line.tax_rate for line in shop.lines_of(f"N-{country}")] == [D(one) for one in rates_of], country
    assert [line.tax for line in shop.lines_of("N-NL")] == [D("0.83"), D("1.74")]
    assert _imported(oms, "item-taxes", "sku,country,category\nTEA,,standard\n") == [(2, "updated", "")]
