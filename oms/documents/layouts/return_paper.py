"""The paper of an announced return: a sheet that goes into the box, and an address to stick onto it. Receiving scans either."""

from collections.abc import Iterator

from oms.documents import blocks, formats
from oms.documents.data import BackLine, ReturnPaper
from oms.documents.engine import Flowable
from oms.documents.page import Sheet
from oms.documents.words import Word, reason


def title(_paper: ReturnPaper, sheet: Sheet) -> str:
    """What the paper is called."""
    return sheet.say(Word.RETURN_PAPER)


def parts(paper: ReturnPaper, sheet: Sheet) -> Iterator[Flowable]:
    """From top to bottom."""
    say = sheet.say
    yield blocks.head(sheet, paper.shop, title(paper, sheet), paper.code)
    yield blocks.gap(2)
    yield blocks.facts(
        sheet,
        (say(Word.NUMBER), paper.number),
        (say(Word.ORDER), paper.order),
        (say(Word.DATE), formats.day(paper.day, sheet.language)),
    )
    yield blocks.gap(3)
    yield blocks.words(sheet, say(Word.RETURN_PUT_IN))
    if paper.fee:
        yield blocks.words(sheet, say(Word.RETURN_COSTS, amount=paper.fee))
    yield blocks.gap(2)
    heads = [say(Word.QTY), say(Word.ITEM), say(Word.REASON)]
    rows = [_row(line, sheet) for line in paper.lines]
    yield blocks.table(sheet, heads, rows, [1.4 if sheet.small else 1.0, 5.0, 3.2], right=[0])
    yield blocks.gap(6)
    yield blocks.together(
        blocks.words(sheet, say(Word.RETURN_STICK_ON), "strong"),
        blocks.gap(2),
        blocks.addresses(sheet, (say(Word.RETURN_TO), paper.shop.party), (say(Word.SENDER), paper.customer)),
        blocks.gap(2),
        blocks.code128(paper.code, sheet.width * (0.95 if sheet.small else 0.42), 11 if sheet.small else 13),
        blocks.gap(1),
        blocks.words(sheet, paper.number, "quiet"),
    )


def _row(line: BackLine, sheet: Sheet) -> list[object]:
    return [
        blocks.words(sheet, str(line.qty), "right"),
        blocks.goods(sheet, line.name, line.sku),
        blocks.words(sheet, reason(line.reason, sheet.language)),
    ]
