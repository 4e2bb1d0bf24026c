"""Writing ESC/POS in page mode (Epson TM and many others). Used by `devices.labels`.

Everything but text goes out as bit images of 24 dots' height, the one graphic command that all of them have. Texts are Windows-1252 and
hold no control character, so they cannot become a command.
"""

from __future__ import annotations

from collections.abc import Iterator

from devices.codecs.printers.page import CellFonts, Fonts, Ink, Item, Language, Linear, Page, Picture, Square, Words

_ENCODING = "cp1252"
_FONTS = CellFonts((("A", 12, 24), ("B", 9, 17)), 8, _ENCODING)
_DPI = 203
_SLICE = 24

_RESET = b"\x1b@"
_PAGE_MODE = b"\x1bL"
_LEFT_TO_RIGHT = b"\x1bT\x00"
_USA = b"\x1bR\x00"
_WINDOWS_1252 = b"\x1bt\x10"
# Motion units of one dot (GS P).
_UNITS = bytes((0x1D, 0x50, _DPI, _DPI))
# Prints what page mode holds and goes back to standard mode.
_PRINT = b"\x0c"


def _fonts(dpmm: int) -> Fonts:
    if dpmm != 8:
        raise ValueError(f"ESC/POS printers have 8 dots/mm, not {dpmm}")
    return _FONTS


def _two(number: int) -> bytes:
    return number.to_bytes(2, "little")


def write(page: Page) -> bytes:
    """The page, once for each copy."""
    area = b"\x1bW" + _two(0) + _two(0) + _two(page.width) + _two(page.height)
    head = _RESET + _UNITS + _PAGE_MODE + _USA + _WINDOWS_1252 + area + _LEFT_TO_RIGHT
    # Texts last: some printers let the white of an image wipe out what is below it.
    items = sorted(page.items, key=lambda item: isinstance(item, Words))
    body = b"".join(part for item in items for part in _commands(item))
    return (head + body + _PRINT) * page.copies


def _at(x: int, bottom: int) -> bytes:
    """ESC $ and GS $: in page mode a position is the lower left corner of what comes next."""
    return b"\x1b$" + _two(x) + b"\x1d$" + _two(bottom)


def _commands(item: Item) -> Iterator[bytes]:
    match item:
        case Words(face=face):
            font = b"\x1bM" + bytes((0 if face.name == "A" else 1,))
            size = b"\x1d!" + bytes(((face.across - 1) << 4 | (face.down - 1),))
            yield _at(item.x, item.y + face.height) + font + size + item.text.encode(_ENCODING)
        case Ink():
            yield from _image(item.x, item.y, [_filled(item.height)] * item.width, item.height)
        case Linear():
            yield from _bars(item)
        case Square():
            yield from _picture(item.picture())
        case Picture():
            yield from _picture(item)


def _filled(high: int) -> int:
    """A black column: one number, its uppermost dot the highest bit, filled up with white to whole slices."""
    return ((1 << high) - 1) << (-high % _SLICE)


def _bars(item: Linear) -> Iterator[bytes]:
    dark = [False] * (item.symbol.width * item.module)
    for ink in item.ink():
        dark[ink.x - item.x : ink.x - item.x + ink.width] = [True] * ink.width
    column = _filled(item.height)
    yield from _image(item.x, item.y, [column if black else 0 for black in dark], item.height)


def _picture(picture: Picture) -> Iterator[bytes]:
    columns = [0] * picture.width
    for row in picture.rows:
        bits = int.from_bytes(row, "big") >> (len(row) * 8 - picture.width)
        for x in range(picture.width):
            columns[x] = columns[x] << 1 | (bits >> (picture.width - 1 - x) & 1)
    spare = -len(picture.rows) % _SLICE
    yield from _image(picture.x, picture.y, [column << spare for column in columns], len(picture.rows))


def _image(x: int, y: int, columns: list[int], high: int) -> Iterator[bytes]:
    """`ESC * 33`: slices of 24 dots, each column three bytes from above."""
    slices = -(-high // _SLICE)
    for number in range(slices):
        shift = (slices - 1 - number) * _SLICE
        data = b"".join((column >> shift & 0xFFFFFF).to_bytes(3, "big") for column in columns)
        yield _at(x, y + (number + 1) * _SLICE) + b"\x1b*\x21" + _two(len(columns)) + data


ESCPOS = Language("escpos", _fonts, write)
