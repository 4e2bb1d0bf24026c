"""Writing SBPL (SATO). Used by `devices.labels`.

ASCII texts only, since the code page is a setting of the printer. Bar codes are drawn, module by module, from lines and hexadecimal
graphics. Commands begin with ESC, which no text can hold.
"""

from __future__ import annotations

from collections.abc import Iterator

from devices.codecs.printers.page import CellFonts, Fonts, Ink, Item, Language, Linear, Page, Picture, Square, Words

_STX, _ESC, _ETX = "\x02", "\x1b", "\x03"
_PITCH = 2
# SBPL programming guide, matrix fonts of fixed width; <L> enlarges up to 12 times.
_FONTS = CellFonts((("U", 5, 9), ("S", 8, 15), ("M", 13, 20)), 12, "ascii", gap=_PITCH)
_THICKEST_LINE = 99
# Rows of a graphic come in eights.
_EIGHT = 8


def _fonts(dpmm: int) -> Fonts:
    return _FONTS


def write(page: Page) -> bytes:
    """The page as one item, from STX to ETX."""
    parts = ["A", f"A1{page.height:04d}{page.width:04d}", "PR", f"P{_PITCH:02d}"]
    parts += [part for item in page.items for part in _commands(item)]
    parts += [f"Q{page.copies}", "Z"]
    return (_STX + "".join(_ESC + part for part in parts) + _ETX).encode("ascii")


def _at(x: int, y: int) -> Iterator[str]:
    yield f"V{y:04d}"
    yield f"H{x:04d}"


def _commands(item: Item) -> Iterator[str]:
    match item:
        case Words(face=face):
            yield from _at(item.x, item.y)
            yield f"L{face.across:02d}{face.down:02d}"
            yield f"{face.name}{item.text}"
        case Ink():
            yield from _line(item)
        case Linear():
            for ink in item.ink():
                yield from _line(ink)
        case Square():
            yield from _graphic(item.picture())
        case Picture():
            yield from _graphic(item)


def _line(ink: Ink) -> Iterator[str]:
    """As lines of at most 99 dots side by side."""
    lying = ink.width >= ink.height
    thickness, long = (ink.height, ink.width) if lying else (ink.width, ink.height)
    for start in range(0, thickness, _THICKEST_LINE):
        thick = min(_THICKEST_LINE, thickness - start)
        yield from _at(ink.x + (0 if lying else start), ink.y + (start if lying else 0))
        yield f"FW{thick:02d}{'H' if lying else 'V'}{long:04d}"


def _graphic(picture: Picture) -> Iterator[str]:
    across = -(-picture.width // 8)
    down = -(-len(picture.rows) // _EIGHT)
    blank = bytes(across)
    rows = [*picture.rows, *[blank] * (down * _EIGHT - len(picture.rows))]
    yield from _at(picture.x, picture.y)
    yield f"GH{across:03d}{down:03d}{b''.join(rows).hex().upper()}"


SBPL = Language("sbpl", _fonts, write)
