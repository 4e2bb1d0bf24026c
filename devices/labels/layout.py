"""Lays a label out in the dots of one printer: measures texts with the fonts it has, and bar codes by their modules. Used by `build`."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence

from devices.codecs.printers import page
from devices.codecs.printers.page import Face, Fonts, Ink, Linear, Page, Picture, Square, Words
from devices.codecs.symbols.shape import Bars
from devices.labels.contents import encode
from devices.labels.model import FOOT_MM, Barcode, Box, Item, Label, Line, Side, Text
from devices.labels.spelling import clean, spell

#: Draws a line of text that the printer's fonts cannot print: (text, height, room in dots) -> a picture at (0, 0), not larger than that,
#: or None if it cannot either.
Pen = Callable[[str, int, int], Picture | None]

_SMALLEST_TEXT = 0.6
# From one line to the next, in character heights.
_LINE_PITCH = 1.2
# Below this a text is a grey smear.
_LEAST_DOTS = 9
# More than any label shows.
_MOST_CHARACTERS = 2_000
_MOST_PARAGRAPHS = 50
_BREAK = re.compile(r"[^-/]*[-/]?")


def lay_out(label: Label, dpmm: int, fonts: Fonts, pen: Pen | None = None) -> Page:
    """Raises ValueError in words for what does not fit on the label, into its room, or into its symbology."""
    if not 1 <= label.copies <= 999:
        raise ValueError(f"{label.copies} copies: it must be 1 to 999")
    table = _Table(label, dpmm, fonts, pen)
    items = tuple(done for item in label.items for done in table.place(item))
    return Page(
        table.dots(label.width),
        table.dots(label.height),
        dpmm,
        items,
        label.copies,
        tuple(dict.fromkeys(table.changed)),
    )


class _Table:
    """Where one label is laid out. `changed` collects the texts that the printer cannot print as they are."""

    def __init__(self, label: Label, dpmm: int, fonts: Fonts, pen: Pen | None) -> None:
        self._label = label
        self._dpmm = dpmm
        self._fonts = fonts
        self._pen = pen
        self.changed: list[str] = []

    def dots(self, millimetres: float) -> int:
        """To the nearest dot."""
        return math.floor(millimetres * self._dpmm + 0.5)

    def place(self, item: Item) -> Iterator[page.Item]:
        """One thing of the label as what the printer puts there."""
        self._look_at(item)
        match item:
            case Text():
                yield from self._text(item)
            case Line():
                yield Ink(
                    self.dots(item.x), self.dots(item.y), max(1, self.dots(item.width)), max(1, self.dots(item.height))
                )
            case Box():
                yield from self._box(item)
            case Barcode():
                yield from self._barcode(item)

    def _look_at(self, item: Item) -> None:
        # Half a dot of rounding is no trouble.
        slack = 0.5 / self._dpmm
        fits = (
            min(item.x, item.y) >= 0
            and item.x + item.width <= self._label.width + slack
            and item.y + item.height <= self._label.height - FOOT_MM + slack
        )
        if not fits:
            raise ValueError(
                f"{type(item).__name__.lower()} at {item.x:g}, {item.y:g} sticks out of the label of "
                f"{self._label.width:g} x {self._label.height:g} mm, whose last {FOOT_MM:g} mm stay free"
            )

    def _box(self, box: Box) -> Iterator[Ink]:
        x, y, wide, high = (self.dots(value) for value in (box.x, box.y, box.width, box.height))
        thick = max(1, self.dots(box.thickness))
        yield Ink(x, y, wide, thick)
        yield Ink(x, y + high - thick, wide, thick)
        yield Ink(x, y, thick, high)
        yield Ink(x + wide - thick, y, thick, high)

    # --- texts ---

    def _text(self, text: Text) -> Iterator[page.Item]:
        paragraphs = [clean(paragraph[:_MOST_CHARACTERS]) for paragraph in text.paragraphs[:_MOST_PARAGRAPHS]]
        paragraphs = [paragraph for paragraph in paragraphs if paragraph]
        prints = self._fonts.prints
        foreign = [paragraph for paragraph in paragraphs if not all(map(prints, paragraph))]
        if foreign and self._pen:
            drawn = self._drawn(text, paragraphs, self._pen)
            if drawn is not None:
                yield from drawn
                return
        self.changed += foreign
        spelt = [spell(paragraph, prints) for paragraph in paragraphs]
        yield from self._written(text, [paragraph for paragraph in spelt if paragraph])

    def _written(self, text: Text, paragraphs: list[str]) -> Iterator[Words]:
        room, tall = self.dots(text.width), self.dots(text.height)
        size = self.dots(text.size)
        least = max(_LEAST_DOTS, math.floor((text.smallest or text.size * _SMALLEST_TEXT) * self._dpmm))
        faces = self._fonts.faces(size, min(least, size))
        for face in faces:
            most = _lines_in(tall, face.height)
            lines = [line for paragraph in paragraphs for line in self._broken(paragraph, face, room)]
            if len(lines) <= most and self._unhurt(paragraphs, face, room):
                break
        lines = self._cut(lines, most, face, room)
        pitch = round(face.height * _LINE_PITCH)
        for index, line in enumerate(lines):
            yield self._words(text, line, face, self.dots(text.y) + index * pitch)

    def _words(self, text: Text, line: str, face: Face, y: int) -> Words:
        left, room = self.dots(text.x), self.dots(text.width)
        x = left + _offset(text.side, room - self._fonts.width(line, face))
        return Words(x, y, face, line, left, room, text.side.value)

    def _broken(self, paragraph: str, face: Face, room: int) -> list[str]:
        """Lines of whole words, each within the room; a longer word is broken behind a hyphen or a slash, or anywhere. Put together again
        the lines are the paragraph and a blank."""
        lines = [""]
        for word in paragraph.split():
            for piece in self._pieces(word + " ", face, room):
                if lines[-1] and self._fonts.width((lines[-1] + piece).rstrip(), face) > room:
                    lines.append("")
                lines[-1] += piece
        return lines

    def _unhurt(self, paragraphs: Sequence[str], face: Face, room: int) -> bool:
        """Whether no word needs to be broken where nothing offers to."""
        parts = (part for paragraph in paragraphs for word in paragraph.split() for part in _BREAK.findall(word))
        return all(self._fonts.width(part, face) <= room for part in parts)

    def _pieces(self, word: str, face: Face, room: int) -> Iterator[str]:
        if self._fonts.width(word.rstrip(), face) <= room:
            yield word
            return
        for part in _BREAK.findall(word):
            piece = ""
            for char in part:
                if piece and self._fonts.width((piece + char).rstrip(), face) > room:
                    yield piece
                    piece = ""
                piece += char
            yield piece

    def _cut(self, lines: Sequence[str], most: int, face: Face, room: int) -> list[str]:
        """At most so many lines; the last one holds as much as fits of what is left, and an ellipsis."""
        kept = [line.rstrip() for line in lines[:most]]
        if len(lines) > most:
            ellipsis = "…" if self._fonts.prints("…") else "..."
            last = "".join(lines[most - 1 :]).rstrip()
            while last and self._fonts.width(last + ellipsis, face) > room:
                last = last[:-1]
            kept[-1] = last.rstrip() + ellipsis
        return kept

    def _drawn(self, text: Text, paragraphs: list[str], pen: Pen) -> list[Picture] | None:
        high, room, pictures = self.dots(text.size), self.dots(text.width), []
        least = max(_LEAST_DOTS, math.floor((text.smallest or text.size * _SMALLEST_TEXT) * self._dpmm))
        while _lines_in(self.dots(text.height), high) < len(paragraphs) and high > least:
            high -= 1
        paragraphs = paragraphs[: _lines_in(self.dots(text.height), high)]
        for index, paragraph in enumerate(paragraphs):
            picture = pen(paragraph, high, room)
            if picture is None:
                return None
            if picture.width > room or len(picture.rows) > high:
                raise ValueError("the pen drew more than there is room for")
            x = self.dots(text.x) + _offset(text.side, room - picture.width)
            y = self.dots(text.y) + index * round(high * _LINE_PITCH)
            pictures.append(Picture(x, y, picture.width, picture.rows))
        return pictures

    # --- bar codes ---

    def _barcode(self, code: Barcode) -> Iterator[page.Item]:
        encoded = encode(code)
        symbol = encoded.symbol
        below = self.dots(code.caption * 1.3) if code.caption else 0
        room, tall = self.dots(code.width), self.dots(code.height) - below
        across = symbol.width + 2 * symbol.quiet
        module = min(max(1, self.dots(code.module)), room // across)
        if not isinstance(symbol, Bars):
            module = min(module, tall // across)
        if module < math.ceil(code.narrowest * self._dpmm - 0.05):
            needed = across * math.ceil(code.narrowest * self._dpmm - 0.05) / self._dpmm
            shown = encoded.readable if len(encoded.readable) <= 60 else encoded.readable[:59] + "…"
            raise ValueError(
                f"the {code.kind} of {shown!r} does not fit: it needs {needed:.1f} mm and there are {code.width:g} x {code.height:g} mm"
            )
        quiet = symbol.quiet * module
        x = self.dots(code.x) + _offset(code.side, room - across * module) + quiet
        y = self.dots(code.y)
        if isinstance(symbol, Bars):
            if tall < self.dots(5):
                raise ValueError(f"the bars of a {code.kind} must be 5 mm high at least")
            yield Linear(x, y, module, tall, code.kind.value, encoded.data, symbol)
        else:
            yield Square(x, y + quiet, module, code.kind.value, encoded.data, symbol)
            tall = across * module
        if below:
            top = (y + tall) / self._dpmm + code.caption * 0.3
            yield from self._text(self._caption(code, encoded.readable, x, symbol.width * module, top))

    def _caption(self, code: Barcode, readable: str, x: int, wide: int, top: float) -> Text:
        """Below the middle of the symbol, or wherever in the code's room there is enough of it."""
        face = self._fonts.faces(self.dots(code.caption), self.dots(code.caption * _SMALLEST_TEXT))[0]
        if self._fonts.width(readable, face) <= wide:
            return Text(x / self._dpmm, top, wide / self._dpmm, code.caption, (readable,), side=Side.CENTRE)
        return Text(code.x, top, code.width, code.caption, (readable,), smallest=code.caption / 2, side=Side.CENTRE)


def _lines_in(tall: int, high: int) -> int:
    return 1 + max(0, math.floor((tall - high) / (high * _LINE_PITCH) + 0.01))


def _offset(side: Side, spare: int) -> int:
    return {Side.LEFT: 0, Side.CENTRE: max(spare, 0) // 2, Side.RIGHT: max(spare, 0)}[side]
