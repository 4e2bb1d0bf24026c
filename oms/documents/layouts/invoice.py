"""Receipt or invoice: what was paid, with the tax of each rate. Prices have the tax in them, as shops show them to people."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from oms.documents import blocks, formats
from oms.documents.data import Invoice, PricedLine
from oms.documents.engine import Flowable
from oms.documents.page import Sheet
from oms.documents.words import Word


def title(paper: Invoice, sheet: Sheet) -> str:
    """An invoice needs the seller's VAT number; without one it is a receipt."""
    return sheet.say(Word.INVOICE if paper.shop.words.get("vat") else Word.RECEIPT)


def taxes(paper: Invoice) -> dict[Decimal, Decimal]:
    """The tax in the prices per rate, rounded once a rate: rates in falling order."""
    gross: dict[Decimal, Decimal] = defaultdict(Decimal)
    for line in paper.lines:
        if line.tax_rate:
            gross[line.tax_rate] += line.qty * line.price
    unit = Decimal(1).scaleb(-formats.places_of(paper.currency))
    return {
        rate: (gross[rate] - gross[rate] / (1 + rate)).quantize(unit, ROUND_HALF_UP)
        for rate in sorted(gross, reverse=True)
    }


def total(paper: Invoice) -> Decimal:
    """What is to be paid."""
    return sum((line.qty * line.price for line in paper.lines), Decimal())


def parts(paper: Invoice, sheet: Sheet) -> Iterator[Flowable]:
    """From top to bottom."""
    say, shop = sheet.say, paper.shop
    yield blocks.head(sheet, shop, title(paper, sheet), paper.number)
    yield blocks.gap(2)
    yield blocks.addresses(sheet, (say(Word.BILL_TO), paper.bill_to))
    yield blocks.gap(2)
    yield blocks.facts(
        sheet,
        (say(Word.NUMBER), paper.number),
        (say(Word.DATE), formats.day(paper.day, sheet.language)),
        (say(Word.ORDER), paper.order),
        (say(Word.VAT), shop.words.get("vat", "")),
    )
    yield blocks.gap(3)
    heads = [say(Word.QTY), say(Word.ITEM), say(Word.PRICE), say(Word.AMOUNT)]
    shares = [1.0, 5.2, 2.1, 2.3] if not sheet.small else [1.4, 3.4, 2.5, 2.4]
    yield blocks.table(sheet, heads, [_row(line, paper, sheet) for line in paper.lines], shares, right=[0, 2, 3])
    yield blocks.gap(2)
    yield blocks.together(_sums(paper, sheet))
    if shop.words.get("bank"):
        yield blocks.gap(4)
        yield blocks.words(sheet, shop.words["bank"], "quiet")
    yield blocks.gap(3)
    yield blocks.words(sheet, say(Word.THANKS))


def _row(line: PricedLine, paper: Invoice, sheet: Sheet) -> list[object]:
    return [
        blocks.words(sheet, str(line.qty), "right"),
        blocks.goods(sheet, line.name, line.sku),
        blocks.words(sheet, formats.money(line.price, paper.currency, sheet.language), "right"),
        blocks.words(sheet, formats.money(line.qty * line.price, paper.currency, sheet.language), "right"),
    ]


def _sums(paper: Invoice, sheet: Sheet) -> Flowable:
    say, by_rate, whole = sheet.say, taxes(paper), total(paper)
    rows = []
    if by_rate:
        rows.append((say(Word.NET), whole - sum(by_rate.values())))
        rows += [(say(Word.TAX, rate=formats.percent(rate, sheet.language)), tax) for rate, tax in by_rate.items()]
    cells = [
        [
            "",
            blocks.words(sheet, name, "right"),
            blocks.words(sheet, formats.money(sum_, paper.currency, sheet.language), "right"),
        ]
        for name, sum_ in rows
    ]
    last = say(Word.TOTAL_TAX_IN if by_rate else Word.TOTAL)
    amount = formats.money(whole, paper.currency, sheet.language)
    cells.append(["", blocks.words(sheet, last, "figure"), blocks.words(sheet, amount, "figure")])
    wide = 0.25 if sheet.small else 0.4
    return blocks.side_by_side(cells, [sheet.width * wide, sheet.width * (0.7 - wide), sheet.width * 0.3])
