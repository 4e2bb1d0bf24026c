"""The carrier's hand-over list: what the driver takes along, to be signed; with the signature when it was given on glass."""

from collections.abc import Iterator

from oms.documents import blocks, formats
from oms.documents.data import HandOver
from oms.documents.engine import Flowable, mm
from oms.documents.layouts.pallet_list import parcels
from oms.documents.page import Sheet
from oms.documents.words import Word


def title(_paper: HandOver, sheet: Sheet) -> str:
    """What the paper is called."""
    return sheet.say(Word.HAND_OVER)


def parts(paper: HandOver, sheet: Sheet) -> Iterator[Flowable]:
    """From top to bottom: totals first, for that is what is compared at the ramp."""
    say = sheet.say
    yield blocks.head(sheet, paper.shop, title(paper, sheet), paper.number)
    yield blocks.gap(2)
    all_parcels = [*paper.parcels, *(line for _, lines in paper.pallets for line in lines)]
    yield blocks.facts(
        sheet,
        (say(Word.CARRIER), paper.carrier),
        (say(Word.DATE), formats.moment(paper.at, sheet.language)),
        (say(Word.PALLETS), formats.number(len(paper.pallets), sheet.language)),
        (say(Word.SINGLE_PARCELS), formats.number(len(paper.parcels), sheet.language)),
        (say(Word.PARCELS), formats.number(len(all_parcels), sheet.language)),
        (say(Word.WEIGHT), formats.kilograms(sum(line.grams or 0 for line in all_parcels), sheet.language)),
    )
    for sscc, lines in paper.pallets:
        yield blocks.gap(4)
        name = f"{say(Word.PALLET)} {formats.sscc(sscc)}"
        code = blocks.sscc_code(sscc, sheet.width * 0.7, 10)
        yield blocks.together(blocks.words(sheet, name, "strong"), blocks.gap(1), code, blocks.gap(2))
        yield parcels(sheet, lines)
    if paper.parcels:
        yield blocks.gap(4)
        yield blocks.words(sheet, say(Word.SINGLE_PARCELS), "section")
        yield parcels(sheet, paper.parcels)
    yield blocks.gap(5)
    # What was handed over on glass is not filled in by pen.
    open_ = "–" if paper.digest else "…" * 6
    units = len(paper.pallets) + len(paper.parcels)
    yield blocks.together(
        blocks.words(sheet, say(Word.TAKEN_OVER, units=units, parcels=len(all_parcels)), "strong"),
        blocks.gap(2),
        blocks.facts(
            sheet,
            (say(Word.DRIVER), paper.driver or "…" * 8),
            (say(Word.PLATE), paper.plate or open_),
            (say(Word.SEAL), paper.seal or open_),
        ),
        blocks.words(sheet, say(Word.SIGNATURE), "head"),
        blocks.Signature(min(sheet.width, 80 * mm), (16 if sheet.small else 24) * mm, paper.signature),
        blocks.words(sheet, f"{say(Word.PROOF)} {paper.digest}" if paper.digest else "", "quiet"),
    )
