"""Writing CPCL (mobile printers of Comtec, Zebra and others). Used by `devices.labels`.

Bar codes are drawn, module by module, from lines and hexadecimal graphics. A text ends with its line and cannot hold a line end, so it
cannot become a command.
"""

from __future__ import annotations

from collections.abc import Iterator

from devices.codecs.printers.page import CellFonts, Fonts, Ink, Item, Language, Linear, Page, Picture, Square, Words

_ENCODING = "cp850"
# CPCL programming manual, appendix on fonts: font 0 and font 7 at size 0; SETMAG enlarges up to 16 times.
_FONTS = CellFonts((("0", 8, 9), ("7", 12, 24)), 16, _ENCODING)
# The session's two numbers are the units per inch: 200 stands for the 203 of an 8 dots/mm head.
_RESOLUTION = {8: 200, 12: 300}


def _fonts(dpmm: int) -> Fonts:
    if dpmm not in _RESOLUTION:
        raise ValueError(f"CPCL printers have 8 or 12 dots/mm, not {dpmm}")
    return _FONTS


def write(page: Page) -> bytes:
    """The page as one session, code page 850."""
    units = _RESOLUTION[page.dpmm]
    head = f"! 0 {units} {units} {page.height} {page.copies}\r\nPAGE-WIDTH {page.width}\r\nCOUNTRY CP850\r\n"
    body = "".join(part for item in page.items for part in _commands(item))
    return (head + body + "FORM\r\nPRINT\r\n").encode(_ENCODING)


def _commands(item: Item) -> Iterator[str]:
    match item:
        case Words(face=face):
            yield f"SETMAG {face.across} {face.down}\r\n"
            yield f"TEXT {face.name} 0 {item.x} {item.y} {item.text}\r\n"
        case Ink():
            yield _line(item)
        case Linear():
            yield from map(_line, item.ink())
        case Square():
            yield _graphic(item.picture())
        case Picture():
            yield _graphic(item)


def _line(ink: Ink) -> str:
    """A line grows in thickness downwards or to the right of where it is drawn."""
    if ink.width >= ink.height:
        return f"LINE {ink.x} {ink.y} {ink.x + ink.width} {ink.y} {ink.height}\r\n"
    return f"LINE {ink.x} {ink.y} {ink.x} {ink.y + ink.height} {ink.width}\r\n"


def _graphic(picture: Picture) -> str:
    across = -(-picture.width // 8)
    return f"EG {across} {len(picture.rows)} {picture.x} {picture.y} {b''.join(picture.rows).hex().upper()}\r\n"


CPCL = Language("cpcl", _fonts, write)
