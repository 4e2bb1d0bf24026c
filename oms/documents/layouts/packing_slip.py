"""The packing slip: what lies in the parcel, what follows, and where to ask."""

from collections.abc import Iterator

from oms.documents import blocks, formats
from oms.documents.data import PackingSlip, SlipLine, SlipOrder
from oms.documents.engine import Flowable
from oms.documents.page import Sheet
from oms.documents.words import Word


def title(_paper: PackingSlip, sheet: Sheet) -> str:
    """What the paper is called."""
    return sheet.say(Word.PACKING_SLIP)


def parts(paper: PackingSlip, sheet: Sheet) -> Iterator[Flowable]:
    """From top to bottom. A gift says nothing of prices anyway, and nothing of who ordered when."""
    say = sheet.say
    numbers = ", ".join((paper.order, *(one.order for one in paper.others)))
    yield blocks.head(sheet, paper.shop, title(paper, sheet), numbers)
    yield blocks.gap(2)
    yield blocks.addresses(sheet, (say(Word.SHIP_TO), paper.ship_to))
    yield blocks.gap(2)
    yield blocks.facts(
        sheet,
        (say(Word.ORDER), numbers),
        (say(Word.ORDERED_ON), "" if paper.gift else formats.day(paper.placed, sheet.language)),
        (say(Word.PARCEL), paper.parcel),
        (say(Word.CARRIER), paper.carrier),
        (say(Word.TRACKING), paper.tracking),
    )
    yield blocks.gap(3)
    yield from _goods(paper, sheet)
    if paper.note:
        yield blocks.gap(3)
        yield blocks.together(
            blocks.words(sheet, say(Word.NOTE), "head"), blocks.words(sheet, paper.note, most=blocks.NOTE_LONGEST)
        )
    yield blocks.gap(4)
    where = " · ".join(paper.shop.words[key] for key in ("email", "phone", "web") if paper.shop.words.get(key))
    questions = [blocks.words(sheet, say(Word.QUESTIONS, where=where), "quiet")] if where else []
    yield blocks.together(blocks.words(sheet, say(Word.THANKS)), *questions)


def _goods(paper: PackingSlip, sheet: Sheet) -> Iterator[Flowable]:
    """The goods; where several orders lie in the parcel, by order."""
    heads, shares = [sheet.say(Word.QTY), sheet.say(Word.ITEM)], [1.0, 6.0]
    for one in (SlipOrder(paper.order, paper.placed, paper.lines), *paper.others):
        if paper.others:
            when = "" if paper.gift else f" · {formats.day(one.placed, sheet.language)}"
            yield blocks.words(sheet, f"{sheet.say(Word.ORDER)} {one.order}{when}", "head")
        yield blocks.table(sheet, heads, [_row(line, sheet) for line in one.lines], shares, right=[0])
        if paper.others:
            yield blocks.gap(3)


def _row(line: SlipLine, sheet: Sheet) -> list[object]:
    lot = f"{sheet.say(Word.LOT)} {line.lot}" if line.lot else ""
    later = sheet.say(Word.LATER, n=line.qty - line.packed) if line.packed < line.qty else ""
    more = " · ".join(part for part in (lot, later) if part)
    return [blocks.words(sheet, str(line.packed), "figure"), blocks.goods(sheet, line.name, line.sku, more)]
