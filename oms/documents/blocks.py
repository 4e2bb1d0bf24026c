"""What papers are made of: heads, addresses, facts, tables, barcodes, signature fields. All text from outside goes through `plain`."""

import re
from collections.abc import Sequence
from typing import Final
from xml.sax.saxutils import escape

from oms.documents.data import Party, Shop
from oms.documents.engine import (
    Canvas,
    Code128,
    Flowable,
    KeepTogether,
    Paragraph,
    QrCode,
    Spacer,
    Table,
    TableStyle,
    mm,
)
from oms.documents.page import INK, LINE, SHADE, Sheet

#: Nothing on paper is longer than this (characters), a note is no longer than that, an address has no more lines.
_LONGEST: Final = 160
NOTE_LONGEST: Final = 500
_MOST_LINES: Final = 6
#: A word longer than this is parted before the library sees it, which is slow at that.
_LONGEST_WORD: Final = re.compile(r"(\S{70})(?=\S)")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")
#: FNC1 in the library's Code 128, which makes it a GS1-128.
_FNC1: Final = "\xf1"


def flat(text: str, most: int = _LONGEST) -> str:
    """Text from outside as one line: no control characters, no letters that turn the line around, and no longer than `most`."""
    clean = _CONTROL.sub(" ", text[: 4 * most]).strip()
    return clean if len(clean) <= most else f"{clean[: most - 1]}…"


def plain(text: str, most: int = _LONGEST) -> str:
    """The same as it may stand in a paragraph: without markup."""
    return escape(_LONGEST_WORD.sub(r"\1 ", flat(text, most)))


def words(sheet: Sheet, text: str, kind: str = "text", most: int = _LONGEST) -> Paragraph:
    """A paragraph of text from outside; it wraps, also within a word that is too long."""
    return Paragraph(plain(text, most), sheet.style(kind))


def lines(sheet: Sheet, texts: Sequence[str], kind: str = "text") -> Paragraph:
    """Several lines as one block; empty ones are left out."""
    told = [plain(text, _LONGEST // 2) for text in texts if text.strip()][:_MOST_LINES]
    return Paragraph("<br/>".join(told), sheet.style(kind))


def gap(height_mm: float = 4) -> Spacer:
    """White."""
    return Spacer(1, height_mm * mm)


def head(sheet: Sheet, shop: Shop, title: str, code: str = "") -> Flowable:
    """Who sends it and what it is, with `code` as a barcode at the right. On A6 the barcode has a line of its own."""
    first, *rest = shop.party.lines or ("",)
    where = ", ".join((*rest[:_MOST_LINES], shop.party.country)).strip(", ")
    left = [words(sheet, first, "strong"), words(sheet, where, "quiet")]
    left += [gap(1 if sheet.small else 3), Paragraph(plain(title), sheet.style("title"))]
    if not code:
        return _bare([[left]], [sheet.width])
    if sheet.small:
        return _bare([[left], [code128(code, sheet.width * 0.95, 11)]], [sheet.width])
    bars = code128(code, sheet.width * 0.42)
    return _bare([[left, bars]], [sheet.width * 0.56, sheet.width * 0.44], align_right=True)


def addresses(sheet: Sheet, *named: tuple[str, Party]) -> Flowable:
    """Addresses side by side, each under its name; on A6 below one another when there is more than one."""
    blocks = [[words(sheet, name, "head"), lines(sheet, (*party.lines, party.country))] for name, party in named]
    if sheet.small and len(blocks) > 1:
        return _bare([[block] for block in blocks], [sheet.width])
    return _bare([blocks], [sheet.width / len(blocks)] * len(blocks))


def facts(sheet: Sheet, *named: tuple[str, str]) -> Flowable:
    """Short facts in one row of boxes, wrapped to a second row where they are many; empty ones are left out."""
    told = [(name, value) for name, value in named if value]
    a_row = (2 if sheet.small else 4) if len(told) > 1 else 1
    cells: list[object] = [[words(sheet, name, "head"), words(sheet, value, "strong")] for name, value in told]
    cells += [""] * (-len(cells) % a_row)
    rows = [cells[n : n + a_row] for n in range(0, len(cells), a_row)]
    return _bare(rows or [[""]], [sheet.width / a_row] * a_row)


def table(
    sheet: Sheet,
    heads: Sequence[str],
    rows: Sequence[Sequence[object]],
    shares: Sequence[float],
    right: Sequence[int] = (),
    boxed: Sequence[int] = (),
) -> Flowable:
    """A table over the whole width whose head is on each page. `shares` of the width, in any unit; `right` are the columns of figures,
    `boxed` those to write into."""
    top = [words(sheet, text, "right" if n in right else "head") for n, text in enumerate(heads)]
    widths = [sheet.width * share / sum(shares) for share in shares]
    made = Table([top, *(list(row) for row in rows)], colWidths=widths, repeatRows=1)
    pad = 2 if sheet.small else 3.5
    made.setStyle(
        TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, 0), SHADE),
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("LEFTPADDING", (0, 0), (-1, -1), pad),
                ("RIGHTPADDING", (0, 0), (-1, -1), pad),
                ("TOPPADDING", (0, 0), (-1, -1), pad),
                ("BOTTOMPADDING", (0, 0), (-1, -1), pad + 1),
                # Figures keep away from the words that follow them.
                *(("RIGHTPADDING", (n, 0), (n, -1), 2.2 * pad) for n in right if n < len(shares) - 1),
                *(("BOX", (n, 1), (n, -1), 0.4, LINE) for n in boxed),
            ]
        )
    )
    return made


def goods(sheet: Sheet, name: str, sku: str, more: str = "") -> list[Flowable]:
    """An item: its name, below it its number and what else there is to say."""
    below = " · ".join(part for part in (sku, more) if part)
    return [words(sheet, name or sku), words(sheet, below, "quiet")] if name and name != sku else [words(sheet, below)]


def code128(text: str, width: float, height_mm: float = 13, *, gs1: bool = False) -> Flowable:
    """A Code 128 (with `gs1` a GS1-128) as wide as it may be; characters it need not hold are left out. Its quiet zones are the white of
    the page: nothing may stand beside it closer than ten bars."""
    kept = "".join(c for c in text if " " <= c <= "~")[:48] or "-"
    value = f"{_FNC1}{kept}" if gs1 else kept
    bar = 0.5 * mm
    while bar > 0.19 * mm:
        made = Code128(value, barWidth=bar, barHeight=height_mm * mm, quiet=0, humanReadable=0)
        if made.width <= width:
            break
        bar -= 0.02 * mm
    made.hAlign = "LEFT"
    return made


def sscc_code(sscc: str, width: float, height_mm: float = 16) -> Flowable:
    """The GS1-128 of a logistic unit: application identifier 00."""
    return code128(f"00{sscc}", width, height_mm, gs1=True)


def qr(text: str, size_mm: float = 9) -> Flowable:
    """A QR code of a short code, small enough for a line of a table; characters it need not hold are left out."""
    kept = "".join(c for c in text if " " <= c <= "~")[:60] or "-"
    made = QrCode(value=kept, width=size_mm * mm, height=size_mm * mm, qrBorder=2, qrLevel="M")
    made.hAlign = "CENTER"
    return made


class Signature(Flowable):  # type: ignore[misc]
    """A field to sign in, with the strokes somebody drew on glass, where there are any (`x,y x,y;x,y ...`, hundredths of the width)."""

    def __init__(self, width: float, height: float, strokes: str = "") -> None:
        super().__init__()
        self.width, self.height = width, height
        self._strokes = [
            [(float(x) / 100, float(y) / 100) for x, y in _POINT.findall(stroke)] for stroke in strokes.split(";")
        ]

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        """Its fixed size."""
        return self.width, self.height

    def draw(self) -> None:
        """A line, and the strokes above it."""
        canvas: Canvas = self.canv
        canvas.setStrokeColor(LINE)
        canvas.line(0, 2, self.width, 2)
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(1.2)
        # Both ways in hundredths of the pad's width: drawn as large as the field allows, and never out of shape.
        lowest = max((y for stroke in self._strokes for _, y in stroke), default=0.0)
        unit = min(self.width, self.height / lowest) if lowest else self.width
        for stroke in self._strokes:
            path = canvas.beginPath()
            for n, (x, y) in enumerate(stroke):
                at = (min(1.0, x) * unit, self.height - y * unit)
                path.lineTo(*at) if n else path.moveTo(*at)
            canvas.drawPath(path)


_POINT: Final = re.compile(r"(\d{1,3}(?:\.\d)?),(\d{1,3}(?:\.\d)?)")


def together(*parts: Flowable) -> Flowable:
    """Parts that stay on one page."""
    return KeepTogether(list(parts))


def _bare(rows: Sequence[Sequence[object]], widths: Sequence[float], *, align_right: bool = False) -> Flowable:
    """A grid without lines: how things stand side by side."""
    made = Table([list(row) for row in rows], colWidths=list(widths), hAlign="LEFT")
    style = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 6),
        ("TOPPADDING", (0, 0), (-1, -1), 0),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
    if align_right:
        style.append(("ALIGN", (-1, 0), (-1, -1), "RIGHT"))
    made.setStyle(TableStyle(style))
    return made


side_by_side = _bare
