"""Writing TSPL/TSPL2 (TSC and many others). Used by `devices.labels`.

Only commands that every dialect has: bitmap fonts, bars, bitmaps. Bar codes are drawn, module by module: firmwares differ in which
symbologies they know and in how FNC1 is written. Texts never hold a quotation mark or a backslash, so they cannot end their own field.
Gap, darkness and speed belong to commissioning and are not in a label.
"""

from __future__ import annotations

from collections.abc import Iterator

from devices.codecs.printers.page import CellFonts, Fonts, Ink, Item, Language, Linear, Page, Picture, Square, Words

_ENCODING = "cp1252"
# TSC TSPL/TSPL2 manual, TEXT: fonts "1" to "5", enlarged 1 to 10 times.
_FONTS = CellFonts(
    (("1", 8, 12), ("2", 12, 20), ("3", 16, 24), ("4", 24, 32), ("5", 32, 48)), 10, _ENCODING, forbidden='"\\'
)


def _fonts(dpmm: int) -> Fonts:
    return _FONTS


def write(page: Page) -> bytes:
    """The page as one job, Windows-1252."""
    wide, high = page.width / page.dpmm, page.height / page.dpmm
    head = f"SIZE {wide:.1f} mm,{high:.1f} mm\r\nDIRECTION 1\r\nREFERENCE 0,0\r\nCODEPAGE 1252\r\nCLS\r\n"
    body = b"".join(part for item in page.items for part in _commands(item))
    return head.encode("ascii") + body + f"PRINT 1,{page.copies}\r\n".encode("ascii")


def _commands(item: Item) -> Iterator[bytes]:
    match item:
        case Words(face=face):
            text = f'TEXT {item.x},{item.y},"{face.name}",0,{face.across},{face.down},"{item.text}"\r\n'
            yield text.encode(_ENCODING)
        case Ink():
            yield _bar(item)
        case Linear():
            yield from map(_bar, item.ink())
        case Square():
            yield _bitmap(item.picture())
        case Picture():
            yield _bitmap(item)


def _bar(ink: Ink) -> bytes:
    return f"BAR {ink.x},{ink.y},{ink.width},{ink.height}\r\n".encode("ascii")


def _bitmap(picture: Picture) -> bytes:
    """Mode 1 is OR; in the data a 0 is black."""
    across = -(-picture.width // 8)
    head = f"BITMAP {picture.x},{picture.y},{across},{len(picture.rows)},1,".encode("ascii")
    return head + b"".join(bytes(byte ^ 0xFF for byte in row) for row in picture.rows) + b"\r\n"


TSPL = Language("tspl", _fonts, write)
