"""What the barcode on a label of goods says, so that it is read here as the item, the lot and the day that it stands for. Pure; used by
`services.receive_labels`."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from app.core.scan import ScanKind, ScanMeaning

#: What a scan of this text with this AIM identifier (None: the scanner sends none) means here.
Reads = Callable[[str, str | None], ScanMeaning]

#: GS1 DataMatrix, and a scanner that does not say what it read.
_SYMBOLOGIES: Final = ("]d2", None)
_SEPARATOR: Final = "\x1d"
#: Digits of item numbers as they are printed.
_NUMBERS: Final = (8, 12, 13, 14)


@dataclass(frozen=True, slots=True)
class GoodsCode:
    """The values of GS1 elements, '' for one that is left out: `gtin` (01) of one unit, or `content` (02) of `count` (37); `expiry` (17) as
    YYMMDD; `lot` (10). All are '' where the code is the item's own number."""

    gtin: str = ""
    content: str = ""
    expiry: str = ""
    count: str = ""
    lot: str = ""

    @property
    def text(self) -> str:
        """What a scanner sends: what has no fixed length comes last."""
        values = [(self.gtin, "01"), (self.content, "02"), (self.expiry, "17"), (self.count, "37"), (self.lot, "10")]
        text = "".join(f"{name}{value}{_SEPARATOR if name == '37' else ''}" for value, name in values if value)
        return text.removesuffix(_SEPARATOR)


def goods_code(
    sku: str, codes: Sequence[tuple[str, int]], units: int, lot: str, expiry: str, reads: Reads
) -> GoodsCode:
    """The code for `units` units of an item with this lot and day (ISO; '' without); `codes` are its barcodes (text, units each means).

    What would not be read here as what it is, is left out and asked for when the label is scanned: a lot with letters or of a length that
    GS1 does not know, a day further off than fifty years. Without a number of its own that means this item alone: empty.
    """
    # GS1 has a count beside what is inside (02), and not beside what it is itself (01).
    for number in _numbers(codes):
        bare = GoodsCode(content=number, count=str(units)) if units > 1 else GoodsCode(gtin=number)
        if not _comes_back(bare, sku, units, "", "", reads):
            continue
        day = replace(bare, expiry=expiry[2:].replace("-", ""))
        dated = day if expiry and _comes_back(day, sku, units, "", expiry, reads) else bare
        full = replace(dated, lot=lot)
        known = expiry if dated.expiry else ""
        return full if lot and _comes_back(full, sku, units, lot, known, reads) else dated
    return GoodsCode()


def _numbers(codes: Sequence[tuple[str, int]]) -> Iterator[str]:
    """Item numbers of one unit, as GTIN-14."""
    for code, units in codes:
        if units == 1 and code.isascii() and code.isdigit() and len(code) in _NUMBERS:
            yield code.zfill(14)


def _comes_back(code: GoodsCode, sku: str, units: int, lot: str, expiry: str, reads: Reads) -> bool:
    for symbology in _SYMBOLOGIES:
        meaning = reads(code.text, symbology)
        said = meaning.fields
        if (meaning.kind, meaning.id, meaning.qty, meaning.also) != (ScanKind.ITEM, sku, units, ()):
            return False
        if (said.lot or "", said.expiry or "", said.serial, said.separator_lost) != (lot, expiry, None, False):
            return False
    return True
