"""An order to a supplier: what, how many, at which price, by when and where to. Its number is a barcode: who receives the goods scans
it."""

from collections.abc import Iterator

from oms.documents import blocks, formats
from oms.documents.data import BuyLine, PurchasePaper
from oms.documents.engine import Flowable
from oms.documents.page import Sheet
from oms.documents.words import Word


def title(_paper: PurchasePaper, sheet: Sheet) -> str:
    """What it is."""
    return sheet.say(Word.PURCHASE_ORDER)


def parts(paper: PurchasePaper, sheet: Sheet) -> Iterator[Flowable]:
    """From top to bottom."""
    say = sheet.say
    yield blocks.head(sheet, paper.shop, title(paper, sheet), paper.number)
    yield blocks.gap(2)
    yield blocks.addresses(sheet, (say(Word.SUPPLIER), paper.supplier), (say(Word.SHIP_TO), paper.shop.party))
    yield blocks.gap(2)
    named = [
        (say(Word.NUMBER), paper.number),
        (say(Word.DATE), formats.day(paper.day, sheet.language)),
        (say(Word.WANTED_BY), formats.day(paper.wanted, sheet.language)),
        (say(Word.CUSTOMER_NUMBER), paper.our_number),
        (say(Word.NOTE), paper.note),
    ]
    yield blocks.facts(sheet, *((name, text) for name, text in named if text))
    yield blocks.gap(3)
    heads = [say(Word.QTY), say(Word.ITEM), say(Word.PRICE), say(Word.AMOUNT)]
    shares = [1.0, 5.2, 2.1, 2.3] if not sheet.small else [1.4, 3.4, 2.5, 2.4]
    yield blocks.table(sheet, heads, [_row(line, paper, sheet) for line in paper.lines], shares, right=[0, 2, 3])
    yield blocks.gap(2)
    total = formats.money(paper.total, paper.currency, sheet.language)
    yield blocks.facts(sheet, (say(Word.NET), total))


def _row(line: BuyLine, paper: PurchasePaper, sheet: Sheet) -> list[object]:
    price = formats.money(line.price, paper.currency, sheet.language)
    amount = formats.money(line.price * line.qty, paper.currency, sheet.language)
    return [
        blocks.words(sheet, str(line.qty), "right"),
        blocks.goods(sheet, line.name, line.sku, line.their_sku),
        blocks.words(sheet, price, "right"),
        blocks.words(sheet, amount, "right"),
    ]
