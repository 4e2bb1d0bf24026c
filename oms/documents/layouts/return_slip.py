"""The return slip: the customer writes what comes back and why; receiving scans it."""

from collections.abc import Iterator

from oms.documents import blocks
from oms.documents.data import ReturnSlip
from oms.documents.engine import Flowable
from oms.documents.page import Sheet
from oms.documents.words import Word

#: What receiving scans: the order a return belongs to.
PREFIX = "RET-"


def title(_paper: ReturnSlip, sheet: Sheet) -> str:
    """What the paper is called."""
    return sheet.say(Word.RETURN_SLIP)


def parts(paper: ReturnSlip, sheet: Sheet) -> Iterator[Flowable]:
    """From top to bottom."""
    say = sheet.say
    code = f"{PREFIX}{paper.order}"
    yield blocks.head(sheet, paper.shop, title(paper, sheet), code)
    yield blocks.gap(2)
    yield blocks.addresses(sheet, (say(Word.RETURN_TO), paper.shop.party), (say(Word.SENDER), paper.customer))
    yield blocks.gap(2)
    yield blocks.facts(sheet, (say(Word.ORDER), paper.order))
    yield blocks.gap(3)
    yield blocks.words(sheet, say(Word.RETURN_WHAT), "strong")
    yield blocks.words(sheet, say(Word.RETURN_HOW, days=paper.days))
    yield blocks.gap(2)
    heads = [say(Word.QTY), say(Word.ITEM), say(Word.PIECES_BACK), say(Word.REASON)]
    rows = [
        [blocks.words(sheet, str(line.packed), "right"), blocks.goods(sheet, line.name, line.sku), "", ""]
        for line in paper.lines
    ]
    yield blocks.table(sheet, heads, rows, [1.4 if sheet.small else 1.0, 5.0, 1.6, 1.6], right=[0], boxed=[2, 3])
    yield blocks.gap(2)
    yield blocks.words(sheet, say(Word.REASONS), "quiet")
