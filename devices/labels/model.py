"""What is on a label, in millimetres and in no printer's language. Made by `templates` (or by hand), laid out by `layout`.

(0, 0) is the upper left corner. The foot, the last FOOT_MM of every label, stays free: the print queue puts the job's id there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique

FOOT_MM = 3.0

#: A bar narrower than this is beyond most scanners of a warehouse (GS1 General Specifications 5.12.3: 0.250 mm and up).
SMALLEST_BAR_MM = 0.25
#: The same for the squares of a matrix code (GS1 General Specifications 5.12.3.1 and 5.12.3.8: 0.254 to 0.396 mm and up).
SMALLEST_SQUARE_MM = 0.25


@unique
class Symbology(StrEnum):
    """The bar codes a label can have."""

    CODE_128 = "code-128"
    GS1_128 = "gs1-128"
    EAN_13 = "ean-13"
    EAN_8 = "ean-8"
    UPC_A = "upc-a"
    ITF_14 = "itf-14"
    CODE_39 = "code-39"
    DATA_MATRIX = "data-matrix"
    GS1_DATA_MATRIX = "gs1-data-matrix"
    QR = "qr"
    GS1_LINK = "gs1-digital-link"


GS1_SYNTAX = frozenset({Symbology.GS1_128, Symbology.GS1_DATA_MATRIX, Symbology.GS1_LINK})
MATRIX = frozenset({Symbology.DATA_MATRIX, Symbology.GS1_DATA_MATRIX, Symbology.QR, Symbology.GS1_LINK})


@unique
class Side(StrEnum):
    """Where something stands in the room it has."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Text:
    """Paragraphs in a room `width` wide and `tall` high (one line when 0), in characters `size` high.

    What is too long is broken over as many lines as there is room for, then made smaller, down to `smallest` (three fifths of `size`
    when 0), which may make room for more lines; then it is cut off with an ellipsis.
    """

    x: float
    y: float
    width: float
    size: float
    paragraphs: tuple[str, ...]
    tall: float = 0.0
    smallest: float = 0.0
    side: Side = Side.LEFT

    @property
    def height(self) -> float:
        """Of the room."""
        return max(self.tall, self.size)


@dataclass(frozen=True, slots=True)
class Line:
    """A rule: horizontal, `width` long and `height` thick, or the other way round."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Box:
    """A frame; `thickness` goes inwards."""

    x: float
    y: float
    width: float
    height: float
    thickness: float = 0.4


@dataclass(frozen=True, slots=True)
class Barcode:
    """A bar code in a room of `width` x `height`, which holds its quiet zone and the caption too.

    `content` is the text in it. GS1 codes take `elements`, (application identifier, value) pairs, instead; a digital link also the `link`
    that it begins with. A module is as wide as fits, at most `module` and at least `smallest`. `caption` is how high the text below the
    bars is, 0 for none.
    """

    kind: Symbology
    x: float
    y: float
    width: float
    height: float
    content: str = ""
    elements: tuple[tuple[str, str], ...] = ()
    link: str = ""
    module: float = 0.5
    smallest: float = 0.0
    caption: float = 0.0
    side: Side = Side.LEFT

    @property
    def narrowest(self) -> float:
        """The smallest module that may be printed."""
        return self.smallest or (SMALLEST_SQUARE_MM if self.kind in MATRIX else SMALLEST_BAR_MM)


Item = Text | Line | Box | Barcode


@dataclass(frozen=True, slots=True)
class Label:
    """One label of `width` x `height` and what is on it."""

    width: float
    height: float
    items: tuple[Item, ...]
    copies: int = 1
