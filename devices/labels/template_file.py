"""Reads label templates from TOML, strictly: what it accepts can be printed, as far as that does not depend on the values.

The files are found by the app (`resources/labels`), not here. docs/labels.md explains the format to the person who changes one.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from devices.labels.model import FOOT_MM, GS1_SYNTAX, MATRIX, Barcode, Box, Item, Line, Side, Symbology, Text
from devices.labels.templates import LANGUAGES, PLACE, Part, Template

_LONGEST_FILE = 100_000
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


class TemplateError(ValueError):
    """A template file breaks a rule; the message says where and which."""


def read(text: str) -> Template:
    """A template from the text of its file. Raises TemplateError."""
    if len(text) > _LONGEST_FILE:
        raise TemplateError(f"a template of {len(text)} characters is too long")
    try:
        file = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as trouble:
        raise TemplateError(f"not TOML: {trouble}") from trouble
    whole = _Table("the file", file)
    head = whole.table("label")
    name, width, height = head.name("name"), head.size("width"), head.size("height")
    head.done()
    if not (10 <= width <= 250 and 10 <= height <= 500):
        raise TemplateError(f"label: {width:g} x {height:g} mm is no label")
    fields = whole.table("fields").texts()
    wrong = [
        field for field, kind in fields.items() if kind not in ("needed", "optional") or not _NAME.fullmatch(field)
    ]
    if wrong:
        raise TemplateError(f"fields: {wrong[0]!r} must be a plain name that is 'needed' or 'optional'")
    words = _words(whole.table("words"))
    parts = tuple(_parts(whole))
    whole.done()
    template = Template(
        name,
        *(width, height),
        frozenset(field for field, kind in fields.items() if kind == "needed"),
        frozenset(field for field, kind in fields.items() if kind == "optional"),
        words,
        parts,
    )
    _check_places(template)
    _check_room(template)
    return template


class _Table:
    """One table of the file: gives out its values by kind, and complains about what is wrong or was never asked for."""

    def __init__(self, where: str, content: Mapping[str, Any]) -> None:
        self.where = where
        self._left = dict(content)

    def wrong(self, what: str) -> TemplateError:
        """A complaint with its place."""
        return TemplateError(f"{self.where}: {what}")

    def _take(self, key: str, kinds: tuple[type, ...], default: Any, kind: str) -> Any:
        value = self._left.pop(key, default)
        if value is None:
            raise self.wrong(f"{key} is missing")
        if not isinstance(value, kinds) or isinstance(value, bool):
            raise self.wrong(f"{key} must be {kind}")
        return value

    def text(self, key: str, default: str | None = None) -> str:
        """A text."""
        return str(self._take(key, (str,), default, "a text"))

    def name(self, key: str) -> str:
        """A name such as `shipping`."""
        name = self.text(key)
        if not _NAME.fullmatch(name):
            raise self.wrong(f"{key} must be small letters, digits and _")
        return name

    def names(self, key: str) -> tuple[str, ...]:
        """One text or several."""
        found = self._take(key, (str, list), [], "a field or a list of fields")
        names = [found] if isinstance(found, str) else found
        if not all(isinstance(name, str) for name in names):
            raise self.wrong(f"{key} must be a field or a list of fields")
        return tuple(names)

    def size(self, key: str, default: float | None = None) -> float:
        """Millimetres."""
        value = float(self._take(key, (int, float), default, "a number of millimetres"))
        if not (math.isfinite(value) and 0 <= value <= 500):
            raise self.wrong(f"{key} must be between 0 and 500 mm")
        return value

    def pair(self, key: str) -> tuple[float, float]:
        """Two millimetres: a place or a size."""
        values = self._take(key, (list,), None, "two numbers of millimetres")
        if len(values) != 2:
            raise self.wrong(f"{key} must be two numbers of millimetres")
        inner = _Table(f"{self.where}, {key}", {"first": values[0], "second": values[1]})
        return inner.size("first"), inner.size("second")

    def choice(self, key: str, among: Sequence[str], default: str | None = None) -> str:
        """One of `among`."""
        value = self.text(key, default)
        if value not in among:
            raise self.wrong(f"{key} must be one of {', '.join(among)}")
        return value

    def table(self, key: str) -> _Table:
        """An inner table, empty when there is none."""
        return _Table(key, self._take(key, (dict,), {}, "a table"))

    def tables(self, key: str) -> list[_Table]:
        """The tables `[[key]]`."""
        found = self._take(key, (list,), [], f"tables [[{key}]]")
        if len(found) > 100 or not all(isinstance(one, dict) for one in found):
            raise self.wrong(f"{key} must be at most 100 tables [[{key}]]")
        return [_Table(f"{key} {number}", one) for number, one in enumerate(found, 1)]

    def elements(self, key: str) -> tuple[tuple[str, str], ...]:
        """Application identifiers with their values: [["00", "{sscc}"]]."""
        found = self._take(key, (list,), [], "a list of pairs")
        for pair in found:
            if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(part, str) for part in pair)):
                raise self.wrong(f'{key} must be pairs such as ["00", "{{sscc}}"]')
        return tuple((pair[0], pair[1]) for pair in found)

    def texts(self) -> dict[str, str]:
        """All of it, texts by name."""
        return {key: self.text(key) for key in list(self._left)}

    def done(self) -> None:
        """Complains about keys that nobody asked for: a misspelt one must not be passed over in silence."""
        if self._left:
            raise self.wrong(f"unknown: {', '.join(map(repr, sorted(self._left)))}")


def _words(table: _Table) -> dict[str, dict[str, str]]:
    words = {language: table.table(language).texts() for language in LANGUAGES}
    table.done()
    for language, known in words.items():
        lacking = sorted(words["en"].keys() ^ known.keys())
        if lacking:
            raise table.wrong(f"{lacking[0]!r} is not in all of {', '.join(LANGUAGES)} (look at {language})")
    return words


def _parts(whole: _Table) -> Iterator[Part]:
    makers: tuple[tuple[str, Callable[[_Table], Item]], ...] = (
        ("text", _text),
        ("line", _line),
        ("box", _box),
        ("code", _code),
    )
    for key, make in makers:
        for table in whole.tables(key):
            item = make(table)
            part = Part(item, table.names("when"), table.names("unless"))
            table.done()
            yield part


def _text(table: _Table) -> Text:
    x, y = table.pair("at")
    width, tall = table.pair("room")
    text = Text(
        *(x, y, width, table.size("size"), (table.text("show"),), tall, table.size("smallest", 0.0)),
        Side(table.choice("side", list(Side), "left")),
    )
    if not 1 <= text.size <= tall or text.smallest > text.size:
        raise table.wrong("size must be 1 mm at least, no more than the room is high, and no less than smallest")
    return text


def _line(table: _Table) -> Line:
    x, y = table.pair("at")
    return Line(x, y, *table.pair("room"))


def _box(table: _Table) -> Box:
    x, y = table.pair("at")
    return Box(x, y, *table.pair("room"), table.size("thickness", 0.4))


def _code(table: _Table) -> Barcode:
    kind = Symbology(table.choice("kind", list(Symbology)))
    x, y = table.pair("at")
    width, height = table.pair("room")
    code = Barcode(
        kind,
        *(x, y, width, height, table.text("content", ""), table.elements("elements"), table.text("link", "")),
        *(table.size("module", 0.5), table.size("smallest", 0.0), table.size("caption", 0.0)),
        Side(table.choice("side", list(Side), "left")),
    )
    if (kind in GS1_SYNTAX) != bool(code.elements) or bool(code.content) == bool(code.elements):
        raise table.wrong(f"a {kind} takes {'elements' if kind in GS1_SYNTAX else 'content'} and nothing else")
    if (kind is Symbology.GS1_LINK) != bool(code.link):
        raise table.wrong(f"link belongs to a {Symbology.GS1_LINK}, and it needs one")
    if kind in MATRIX and code.caption:
        raise table.wrong("a caption stands below bars only")
    if code.module < code.narrowest:
        raise table.wrong(f"module must be {code.narrowest:g} mm at least")
    return code


def _check_places(template: Template) -> None:
    """Every place in braces is a field or a word, and every field is used."""
    fields = template.needed | template.optional
    used: set[str] = set()
    for part in template.parts:
        for text in _texts_of(part.item):
            for place in PLACE.finditer(text):
                known = template.words["en"] if place[1] else fields
                if place[2] not in known:
                    raise TemplateError(f"{place[0]} is neither a field nor a word")
                used |= set() if place[1] else {place[2]}
            if set("{}") & set(PLACE.sub("", text)):
                raise TemplateError(f"{text!r}: braces hold a field or a word, such as {{sscc}} or {{word.order}}")
        for condition in part.when + part.unless:
            if condition not in fields:
                raise TemplateError(f"{_named(part.item)}: {condition!r} is no field")
            used.add(condition)
    unused = sorted(fields - used)
    if unused:
        raise TemplateError(f"the field {unused[0]} is nowhere on the label")


def _texts_of(item: Item) -> tuple[str, ...]:
    match item:
        case Text():
            return item.paragraphs
        case Barcode():
            return (item.content, item.link, *(value for _, value in item.elements))
    return ()


def _check_room(template: Template) -> None:
    """Everything stands on the label and off its foot; nothing stands in a bar code's room, which holds its quiet zone."""
    for part in template.parts:
        item = part.item
        if item.x + item.width > template.width + 1e-6 or item.y + item.height > template.height - FOOT_MM + 1e-6:
            raise TemplateError(
                f"{_named(item)} sticks out: the label is {template.width:g} mm wide and free down to {template.height - FOOT_MM:g} mm"
            )
    for one, other in combinations(template.parts, 2):
        codes = [part.item for part in (one, other) if isinstance(part.item, Barcode)]
        framed = any(isinstance(part.item, Box) for part in (one, other))
        if codes and not framed and not one.excludes(other) and _overlap(one.item, other.item):
            raise TemplateError(f"{_named(one.item)} stands in the way of {_named(other.item)}")


def _named(item: Item) -> str:
    kind = item.kind.value if isinstance(item, Barcode) else type(item).__name__.lower()
    return f"the {kind} at {item.x:g}, {item.y:g}"


def _overlap(one: Item, other: Item) -> bool:
    return (
        one.x + one.width > other.x + 1e-6
        and other.x + other.width > one.x + 1e-6
        and one.y + one.height > other.y + 1e-6
        and other.y + other.height > one.y + 1e-6
    )
