"""A label for a box that comes back: whither, from whom, the carrier's number, and the return's own barcode for who opens it."""

from collections.abc import Iterator

from oms.documents import blocks, formats
from oms.documents.data import ReturnLabel
from oms.documents.engine import Flowable
from oms.documents.page import Sheet
from oms.documents.words import Word


def title(_paper: ReturnLabel, sheet: Sheet) -> str:
    """What the paper is called."""
    return sheet.say(Word.RETURN_LABEL)


def parts(paper: ReturnLabel, sheet: Sheet) -> Iterator[Flowable]:
    """From top to bottom."""
    say, wide = sheet.say, sheet.width * (0.95 if sheet.small else 0.6)
    yield blocks.facts(
        sheet,
        (say(Word.CARRIER), f"{paper.carrier} {paper.service}"),
        (say(Word.WEIGHT), formats.kilograms(paper.grams, sheet.language)),
    )
    yield blocks.gap(3)
    yield blocks.addresses(sheet, (say(Word.RETURN_TO), paper.shop.party), (say(Word.SENDER), paper.customer))
    yield blocks.gap(4)
    yield blocks.words(sheet, say(Word.TRACKING), "head")
    yield blocks.code128(paper.tracking, wide, 22)
    yield blocks.gap(1)
    yield blocks.words(sheet, paper.tracking, "strong")
    yield blocks.gap(4)
    yield blocks.words(sheet, say(Word.RETURN_PAPER), "head")
    yield blocks.code128(paper.code, wide, 9)
    yield blocks.gap(1)
    yield blocks.words(sheet, paper.number, "quiet")
    yield blocks.gap(2)
    yield blocks.words(sheet, say(Word.RETURN_LABEL_ON), "quiet")
