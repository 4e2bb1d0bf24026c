"""The pick list: a trip on paper, with codes that a scanner reads once it is back."""

from collections.abc import Iterator

from oms.documents import blocks, formats
from oms.documents.data import PickLine, PickList
from oms.documents.engine import Flowable
from oms.documents.page import Sheet
from oms.documents.words import Word


def title(_paper: PickList, sheet: Sheet) -> str:
    """What the paper is called."""
    return sheet.say(Word.PICK_LIST)


def parts(paper: PickList, sheet: Sheet) -> Iterator[Flowable]:
    """From top to bottom; lines stand in the order of the walk."""
    say = sheet.say
    code = paper.tote or next(iter(paper.orders), paper.job)
    yield blocks.head(sheet, paper.shop, title(paper, sheet), code)
    yield blocks.gap(2)
    yield blocks.facts(
        sheet,
        (say(Word.ORDERS), ", ".join(paper.orders)),
        (say(Word.TOTE), paper.tote),
        (say(Word.LANE), paper.lane),
        (say(Word.MADE), formats.moment(paper.made_at, sheet.language)),
    )
    yield blocks.gap(3)
    heads = [say(Word.BIN), "", say(Word.ITEM), say(Word.QTY), say(Word.PICKED)]
    shares = [2.4, 1.5, 5.6, 1.1, 1.5] if not sheet.small else [2.2, 1.6, 3.7, 1.8, 1.5]
    yield blocks.table(sheet, heads, [_row(line, sheet) for line in paper.lines], shares, right=[3])


def _row(line: PickLine, sheet: Sheet) -> list[object]:
    lot = f"{sheet.say(Word.LOT)} {line.lot}" if line.lot else ""
    return [
        blocks.words(sheet, line.bin, "strong"),
        blocks.qr(line.bin, 10),
        blocks.goods(sheet, line.name, line.sku, lot),
        blocks.words(sheet, str(line.qty), "figure"),
        blocks.words(sheet, "☐"),
    ]
