"""A label laid out in dots for one printer: what the label writers of this folder turn into bytes. Made by `devices.labels.layout`.

x grows to the right, y downwards, (0, 0) is the upper left corner of the label. Everything has been measured and fits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from devices.codecs.symbols.shape import Bars, Field


@dataclass(frozen=True, slots=True)
class Face:
    """A font at one size: its name in the printer's language, the cell of a character in dots, and how often the font's own dots are
    repeated across and down."""

    name: str
    width: int
    height: int
    across: int = 1
    down: int = 1


@dataclass(frozen=True, slots=True)
class Words:
    """One line of text. `text` holds only what the fonts say they print; `x` is where its first character begins when it is as wide as
    measured, `left` and `room` are the block in which it stands at `side`: left, centre or right."""

    x: int
    y: int
    face: Face
    text: str
    left: int
    room: int
    side: str = "left"


@dataclass(frozen=True, slots=True)
class Ink:
    """A filled rectangle."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Linear:
    """A linear bar code; `x` is its first bar. `kind` is the symbology's name in `devices.labels`, `data` what it holds."""

    x: int
    y: int
    module: int
    height: int
    kind: str
    data: str
    symbol: Bars

    def ink(self) -> Iterator[Ink]:
        """Its bars."""
        for start, width in self.symbol.dark():
            yield Ink(self.x + start * self.module, self.y, width * self.module, self.height)


@dataclass(frozen=True, slots=True)
class Square:
    """A matrix bar code; (x, y) is the corner of its first module."""

    x: int
    y: int
    module: int
    kind: str
    data: str
    symbol: Field

    def ink(self) -> Iterator[Ink]:
        """Its dark modules, neighbours in a row together."""
        for down, row in enumerate(self.symbol.rows):
            start = 0
            while start < len(row):
                end = start
                while end < len(row) and row[end]:
                    end += 1
                if end > start:
                    yield Ink(
                        self.x + start * self.module,
                        self.y + down * self.module,
                        (end - start) * self.module,
                        self.module,
                    )
                start = end + 1

    def picture(self) -> Picture:
        """The same as a picture."""
        wide = self.symbol.width * self.module
        rows: list[bytes] = []
        for row in self.symbol.rows:
            bits = "".join(("1" if dark else "0") * self.module for dark in row).ljust(-(-wide // 8) * 8, "0")
            rows += [int(bits, 2).to_bytes(len(bits) // 8, "big")] * self.module
        return Picture(self.x, self.y, wide, tuple(rows))


@dataclass(frozen=True, slots=True)
class Picture:
    """A bitmap: `width` dots across, each row in whole bytes, most significant bit first, 1 is black."""

    x: int
    y: int
    width: int
    rows: tuple[bytes, ...]


Item = Words | Ink | Linear | Square | Picture


@dataclass(frozen=True, slots=True)
class Page:
    """One label in dots. `changed` are the texts that had to be spelt otherwise because the printer's fonts lack characters."""

    width: int
    height: int
    dpmm: int
    items: tuple[Item, ...]
    copies: int = 1
    changed: tuple[str, ...] = ()


class Fonts(Protocol):
    """What a language can write with."""

    def faces(self, tallest: int, least: int) -> Sequence[Face]:
        """The sizes between `least` and `tallest` dots high, the largest first; never empty."""

    def width(self, text: str, face: Face) -> int:
        """Dots across. Where the printer's own widths are not known exactly, rather too many."""

    def prints(self, char: str) -> bool:
        """Whether the fonts have this character and the language can carry it in a text."""


@dataclass(frozen=True, slots=True)
class CellFonts:
    """Bitmap fonts with cells of one width: (name, width, height), each enlarged up to `most` times, and a code page that says what
    they print. `gap` dots stand between characters; `forbidden` characters mean something to the language itself."""

    cells: tuple[tuple[str, int, int], ...]
    most: int
    encoding: str
    gap: int = 0
    forbidden: str = ""

    def faces(self, tallest: int, least: int) -> Sequence[Face]:
        """See Fonts. Enlarged alike in both directions."""
        every = sorted(
            (
                Face(name, wide * times, high * times, times, times)
                for name, wide, high in self.cells
                for times in range(1, self.most + 1)
            ),
            key=lambda face: (-face.height, -face.width, face.across),
        )
        return [face for face in every if least <= face.height <= tallest] or [
            next((face for face in every if face.height <= tallest), every[-1])
        ]

    def width(self, text: str, face: Face) -> int:
        """See Fonts."""
        return len(text) * (face.width + self.gap)

    def prints(self, char: str) -> bool:
        """See Fonts."""
        if char in self.forbidden or not char.isprintable():
            return False
        try:
            return len(char.encode(self.encoding)) == 1
        except UnicodeEncodeError:
            return False


@dataclass(frozen=True, slots=True)
class Language:
    """One printer language: what it writes with and how a page becomes bytes."""

    name: str
    fonts: Callable[[int], Fonts]
    write: Callable[[Page], bytes]
