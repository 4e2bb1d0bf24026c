"""What stands on a pallet, with the SSCC of all of it and of each parcel."""

from collections.abc import Iterator

from oms.documents import blocks, formats
from oms.documents.data import PalletList, ParcelLine
from oms.documents.engine import Flowable
from oms.documents.page import Sheet
from oms.documents.words import Word


def title(_paper: PalletList, sheet: Sheet) -> str:
    """What the paper is called."""
    return sheet.say(Word.PALLET_LIST)


def parts(paper: PalletList, sheet: Sheet) -> Iterator[Flowable]:
    """From top to bottom."""
    say = sheet.say
    yield blocks.head(sheet, paper.shop, title(paper, sheet))
    yield blocks.gap(2)
    yield blocks.sscc_code(paper.sscc, sheet.width)
    yield blocks.gap(1)
    yield blocks.words(sheet, f"(00) {formats.sscc(paper.sscc)}", "strong")
    yield blocks.gap(2)
    weighed = paper.grams if paper.grams is not None else sum(line.grams or 0 for line in paper.lines)
    yield blocks.facts(
        sheet,
        (say(Word.CARRIER), paper.carrier),
        (say(Word.PARCELS), formats.number(len(paper.lines), sheet.language)),
        (say(Word.WEIGHT), formats.kilograms(weighed, sheet.language)),
        (say(Word.DATE), formats.moment(paper.at, sheet.language)),
    )
    yield blocks.gap(3)
    yield parcels(sheet, paper.lines)


def parcels(sheet: Sheet, lines: tuple[ParcelLine, ...]) -> Flowable:
    """A table of parcels; on A6 their weights are left out."""
    say = sheet.say
    heads = ["SSCC", say(Word.ORDER), say(Word.TRACKING), say(Word.TOWN), say(Word.WEIGHT)]
    shares = [3.2, 2.0, 2.7, 2.4, 1.6]
    rows: list[list[object]] = [
        [
            blocks.words(sheet, formats.sscc(line.sscc)),
            blocks.words(sheet, line.order),
            blocks.words(sheet, line.tracking),
            blocks.words(sheet, line.town),
            blocks.words(sheet, formats.kilograms(line.grams, sheet.language), "right"),
        ]
        for line in lines
    ]
    if sheet.small:
        heads, shares, rows = heads[:2] + heads[3:4], [3.6, 2.4, 2.4], [row[:2] + row[3:4] for row in rows]
    return blocks.table(sheet, heads, rows, shares, right=[] if sheet.small else [4])
