"""Labels as a shop writes them down: places in millimetres, fields to fill, and words in four languages. Read by `template_file`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from devices.labels.model import Barcode, Item, Label, Text

LANGUAGES = ("en", "nl", "de", "da")

#: A field's value: one line, or several (an address).
Value = str | Sequence[str]

#: Where a field or a fixed word goes in a text: {sscc}, {word.order}.
PLACE = re.compile(r"\{(word\.)?([a-z][a-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class Part:
    """One thing on the label as the file has it: `item` with unfilled texts. It is there when any field of `when` has a value (or it
    names none) and no field of `unless` has."""

    item: Item
    when: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()

    def shown(self, values: Mapping[str, tuple[str, ...]]) -> bool:
        """Whether it stands on the label with these values."""
        wanted = not self.when or any(values[field] for field in self.when)
        return wanted and not any(values[field] for field in self.unless)

    def excludes(self, other: Part) -> bool:
        """Whether the two can never be on the same label."""
        return any(one.when and set(one.when) <= set(two.unless) for one, two in ((self, other), (other, self)))


@dataclass(frozen=True, slots=True)
class Template:
    """One kind of label. `needed` and `optional` are the fields it takes."""

    name: str
    width: float
    height: float
    needed: frozenset[str]
    optional: frozenset[str]
    words: Mapping[str, Mapping[str, str]]
    parts: tuple[Part, ...]

    def fill(self, values: Mapping[str, Value], language: str = "en", copies: int = 1) -> Label:
        """The label with these values; a value of blanks counts as none. ValueError for an unknown field and a needed one without value."""
        unknown = sorted(values.keys() - self.needed - self.optional)
        if unknown:
            raise ValueError(f"the label {self.name} has no field {', '.join(unknown)}")
        given = {name: _lines(values.get(name, "")) for name in self.needed | self.optional}
        missing = sorted(name for name in self.needed if not given[name])
        if missing:
            raise ValueError(f"the label {self.name} needs {', '.join(missing)}")
        words = self.words.get(language, self.words["en"])
        items = tuple(_filled(part.item, given, words) for part in self.parts if part.shown(given))
        return Label(self.width, self.height, items, copies)


def _lines(value: Value) -> tuple[str, ...]:
    lines = (value,) if isinstance(value, str) else tuple(value)
    return tuple(line for line in lines if line.strip())


def _filled(item: Item, values: Mapping[str, tuple[str, ...]], words: Mapping[str, str]) -> Item:
    def fill(text: str) -> str:
        return PLACE.sub(lambda place: words[place[2]] if place[1] else ", ".join(values[place[2]]), text)

    match item:
        case Text(paragraphs=(only,)) if (place := PLACE.fullmatch(only)) and not place[1]:
            paragraphs = values[place[2]]
        case Text():
            paragraphs = tuple(fill(paragraph) for paragraph in item.paragraphs)
        case Barcode():
            elements = tuple((name, fill(value)) for name, value in item.elements)
            return Barcode(
                item.kind,
                *(item.x, item.y, item.width, item.height, fill(item.content)),
                tuple((name, value) for name, value in elements if value),
                *(item.link, item.module, item.smallest, item.caption, item.side),
            )
        case _:
            return item
    return Text(item.x, item.y, item.width, item.size, paragraphs, item.tall, item.smallest, item.side)
