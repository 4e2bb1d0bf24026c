"""Invoice or credit note of a customer's order, with its own number: each line as it was worked out, the tax of each rate, and when it is
due. The sums are taken over, never worked out again."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from oms.documents import blocks, formats
from oms.documents.data import SalesInvoice, SalesLine
from oms.documents.engine import Flowable
from oms.documents.page import Sheet
from oms.documents.words import Word


def title(paper: SalesInvoice, sheet: Sheet) -> str:
    """What it is."""
    return sheet.say(Word.CREDIT_NOTE if paper.credits is not None else Word.INVOICE)


def taxes(paper: SalesInvoice) -> dict[Decimal, tuple[Decimal, Decimal]]:
    """(net, tax) per rate, in falling order."""
    sums: dict[Decimal, list[Decimal]] = defaultdict(lambda: [Decimal(), Decimal()])
    for line in paper.lines:
        sums[line.tax_rate][0] += line.net
        sums[line.tax_rate][1] += line.tax
    return {rate: (sums[rate][0], sums[rate][1]) for rate in sorted(sums, reverse=True)}


def parts(paper: SalesInvoice, sheet: Sheet) -> Iterator[Flowable]:
    """From top to bottom."""
    say = sheet.say
    yield blocks.head(sheet, paper.shop, title(paper, sheet), paper.number)
    yield blocks.gap(2)
    yield blocks.addresses(sheet, (say(Word.BILL_TO), paper.bill_to))
    yield blocks.gap(2)
    yield blocks.facts(sheet, *_facts(paper, sheet))
    yield blocks.gap(3)
    heads = [say(Word.QTY), say(Word.ITEM), say(Word.TAX, rate="%"), say(Word.AMOUNT)]
    shares = [1.0, 5.2, 2.1, 2.3] if not sheet.small else [1.4, 3.4, 2.5, 2.4]
    yield blocks.table(sheet, heads, [_row(line, paper, sheet) for line in paper.lines], shares, right=[0, 2, 3])
    yield blocks.gap(2)
    yield blocks.together(_sums(paper, sheet))
    if paper.reverse_charge:
        yield blocks.gap(3)
        yield blocks.words(sheet, say(Word.REVERSE_CHARGE))
    if paper.shop.words.get("bank"):
        yield blocks.gap(4)
        yield blocks.words(sheet, paper.shop.words["bank"], "quiet")


def _facts(paper: SalesInvoice, sheet: Sheet) -> list[tuple[str, str]]:
    say = sheet.say
    found = [
        (say(Word.NUMBER), paper.number),
        (say(Word.DATE), formats.day(paper.day, sheet.language)),
        (say(Word.ORDER), paper.order),
        (say(Word.VAT), paper.shop.words.get("vat", "")),
        (say(Word.YOUR_VAT), paper.vat_number),
        (say(Word.YOUR_ORDER), paper.purchase_order),
    ]
    last = (say(Word.CREDITS), paper.credits) if paper.credits is not None else (say(Word.DUE), _day(paper, sheet))
    return [*found, last]


def _day(paper: SalesInvoice, sheet: Sheet) -> str:
    return formats.day(paper.due, sheet.language)


def _row(line: SalesLine, paper: SalesInvoice, sheet: Sheet) -> list[object]:
    name = line.name or sheet.say(Word.SENDING)
    amount = line.total if paper.tax_included else line.net
    return [
        blocks.words(sheet, str(line.qty), "right"),
        blocks.goods(sheet, name, line.sku if line.name else ""),
        blocks.words(sheet, formats.percent(line.tax_rate, sheet.language), "right"),
        blocks.words(sheet, formats.money(amount, paper.currency, sheet.language), "right"),
    ]


def _sums(paper: SalesInvoice, sheet: Sheet) -> Flowable:
    say, by_rate = sheet.say, taxes(paper)
    total = sum((line.total for line in paper.lines), Decimal())
    rows = [(say(Word.NET), total - sum((tax for _, tax in by_rate.values()), Decimal()))]
    rows += [(say(Word.TAX, rate=formats.percent(rate, sheet.language)), tax) for rate, (_, tax) in by_rate.items()]
    cells = [_sum(name, amount, paper, sheet, "right") for name, amount in rows]
    cells.append(_sum(say(Word.TOTAL_TAX_IN), total, paper, sheet, "figure"))
    wide = 0.25 if sheet.small else 0.4
    return blocks.side_by_side(cells, [sheet.width * wide, sheet.width * (0.7 - wide), sheet.width * 0.3])


def _sum(name: str, amount: Decimal, paper: SalesInvoice, sheet: Sheet, kind: str) -> list[object]:
    said = formats.money(amount, paper.currency, sheet.language)
    return ["", blocks.words(sheet, name, kind), blocks.words(sheet, said, kind)]
