"""Writing EPL2 (Eltron, older Zebra desktop printers). Used by `devices.labels`.

Bar codes are drawn, module by module: many models know no Data Matrix and no QR code, and FNC1 is written differently on them. Texts
never hold a quotation mark or a backslash, so they cannot end their own field. The label's length and gap (`Q`) belong to commissioning.
"""

from __future__ import annotations

from collections.abc import Iterator

from devices.codecs.printers.page import CellFonts, Fonts, Ink, Item, Language, Linear, Page, Picture, Square, Words

_ENCODING = "cp1252"
_FORBIDDEN = '"\\'
_MOST = 6
# EPL2 Programmer's Manual 14245L, A command: fonts 1 to 4 (5 has no small letters); widths are the pitch, gap included.
_FONTS = {
    8: CellFonts((("1", 10, 12), ("2", 12, 16), ("3", 14, 20), ("4", 16, 24)), _MOST, _ENCODING, forbidden=_FORBIDDEN),
    12: CellFonts((("1", 12, 20), ("2", 16, 28), ("3", 20, 36), ("4", 24, 44)), _MOST, _ENCODING, forbidden=_FORBIDDEN),
}


def _fonts(dpmm: int) -> Fonts:
    if dpmm not in _FONTS:
        raise ValueError(f"EPL2 printers have 8 or 12 dots/mm, not {dpmm}")
    return _FONTS[dpmm]


def write(page: Page) -> bytes:
    """The page as one form, Windows-1252 (`I8,A`)."""
    head = f"\nN\nI8,A,001\nq{page.width}\nR0,0\nZT\n"
    body = b"".join(part for item in page.items for part in _commands(item))
    return head.encode("ascii") + body + f"P{page.copies}\n".encode("ascii")


def _commands(item: Item) -> Iterator[bytes]:
    match item:
        case Words(face=face):
            text = f'A{item.x},{item.y},0,{face.name},{face.across},{face.down},N,"{item.text}"\n'
            yield text.encode(_ENCODING)
        case Ink():
            yield _black(item)
        case Linear():
            yield from map(_black, item.ink())
        case Square():
            yield _graphic(item.picture())
        case Picture():
            yield _graphic(item)


def _black(ink: Ink) -> bytes:
    return f"LO{ink.x},{ink.y},{ink.width},{ink.height}\n".encode("ascii")


def _graphic(picture: Picture) -> bytes:
    """In the data of `GW` a 0 is black."""
    across = -(-picture.width // 8)
    head = f"GW{picture.x},{picture.y},{across},{len(picture.rows)},".encode("ascii")
    return head + b"".join(bytes(byte ^ 0xFF for byte in row) for row in picture.rows) + b"\n"


EPL2 = Language("epl2", _fonts, write)
