"""Sheets: their sizes and letters, head and foot on each, pages counted. Every layout is drawn onto one of these."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import Any, Final

from oms.documents.engine import (
    A4,
    A6,
    TA_RIGHT,
    BaseDocTemplate,
    Canvas,
    Flowable,
    Frame,
    HexColor,
    PageTemplate,
    ParagraphStyle,
    mm,
    pdfdoc,
)
from oms.documents.fonts import BOLD, NORMAL, register
from oms.documents.words import Word, say

INK: Final = HexColor("#14191F")
QUIET: Final = HexColor("#55606C")
LINE: Final = HexColor("#B9C2CC")
SHADE: Final = HexColor("#EEF1F4")

SIZES: Final = {"A4": A4, "A6": A6}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one size of paper allows. Lengths in points."""

    name: str
    language: str

    @property
    def small(self) -> bool:
        """A6: one column, fewer words."""
        return self.name == "A6"

    @property
    def size(self) -> tuple[float, float]:
        """Width and height."""
        width, height = SIZES[self.name]
        return float(width), float(height)

    @property
    def margin(self) -> float:
        """White on all sides; label printers need less of it."""
        return (6 if self.small else 16) * float(mm)

    @property
    def width(self) -> float:
        """Between the margins."""
        return self.size[0] - 2 * self.margin

    def style(self, kind: str = "text") -> ParagraphStyle:
        """`title`, `head`, `text`, `strong`, `section` (with what follows), `quiet`, `right` or `figure` (right, strong)."""
        sizes = {"title": 13 if self.small else 20, "head": 7.5 if self.small else 9, "quiet": 6.5 if self.small else 8}
        size = sizes.get(kind, 7.5 if self.small else 9.5)
        return ParagraphStyle(
            kind,
            fontName=BOLD if kind in ("title", "strong", "section", "figure") else NORMAL,
            fontSize=size,
            leading=size * 1.28,
            textColor=QUIET if kind in ("quiet", "head") else INK,
            alignment=TA_RIGHT if kind in ("right", "figure") else 0,
            splitLongWords=1,
            keepWithNext=kind == "section",
        )

    def say(self, word: Word, **words: str | int) -> str:
        """A word in the language of this sheet."""
        return say(word, self.language, **words)


class _Counted(Canvas):  # type: ignore[misc]
    """A canvas that knows at the end how many pages there are, and writes head and foot then."""

    def __init__(self, *args: Any, sheet: Sheet, foot: str, attach: tuple[str, bytes] | None, **more: Any) -> None:
        super().__init__(*args, **more)
        self._sheet, self._foot, self._attach = sheet, foot, attach
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:
        """Keeps the page until all are there."""
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Writes all pages with their numbers."""
        for n, page in enumerate(self._pages, 1):
            self.__dict__.update(page)
            self._line(n, len(self._pages))
            super().showPage()
        if self._attach is not None:
            self._put_in(*self._attach)
        super().save()

    def _put_in(self, name: str, content: bytes) -> None:
        """Attaches a file, not packed, so that its bytes can be found again."""
        document = self._doc
        kind = {"Type": pdfdoc.PDFName("EmbeddedFile"), "Subtype": pdfdoc.PDFName("application/json")}
        stream = pdfdoc.PDFStream(pdfdoc.PDFDictionary(kind), content, filters=[])
        told = pdfdoc.PDFString(name)
        inside = pdfdoc.PDFDictionary({"F": document.Reference(stream)})
        file = pdfdoc.PDFDictionary({"Type": pdfdoc.PDFName("Filespec"), "F": told, "UF": told, "EF": inside})
        named = pdfdoc.PDFArray([told, document.Reference(file)])
        document.Catalog.Names = pdfdoc.PDFDictionary({"EmbeddedFiles": pdfdoc.PDFDictionary({"Names": named})})

    def _line(self, n: int, of: int) -> None:
        sheet = self._sheet
        size = 6 if sheet.small else 7.5
        y = sheet.margin - size - 2
        self.setFont(NORMAL, size)
        self.setFillColor(QUIET)
        pages = sheet.say(Word.PAGE, n=n, of=of)
        self.drawRightString(sheet.size[0] - sheet.margin, y, pages)
        room = sheet.width - self.stringWidth(pages, NORMAL, size) - 12
        foot = self._foot
        while foot and self.stringWidth(foot, NORMAL, size) > room:
            foot = foot[:-2].rstrip(" ·") + "…" if len(foot) > 2 else ""
        self.drawString(sheet.margin, y, foot)


def write(
    sheet: Sheet, title: str, foot: str, parts: Iterable[Flowable], attach: tuple[str, bytes] | None = None
) -> bytes:
    """The PDF of `parts` one below the other, over as many pages as they need, with a file (name, content) attached. The same parts give
    the same bytes. Parts are made here, for they need the letters."""
    register()
    out = BytesIO()
    height = sheet.size[1]
    document = BaseDocTemplate(
        out, pagesize=sheet.size, title=title, author="Floorhand", creator="Floorhand", lang=sheet.language, invariant=1
    )
    below = sheet.margin + (2 if sheet.small else 6)
    frame = Frame(sheet.margin, below, sheet.width, height - sheet.margin - below, 0, 0, 0, 0)
    document.addPageTemplates(PageTemplate(frames=[frame]))
    document.build(list(parts), canvasmaker=partial(_Counted, sheet=sheet, foot=foot, attach=attach))
    return out.getvalue()
