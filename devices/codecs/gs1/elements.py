"""GS1 element strings: cutting the text of a symbol, or what a person wrote in brackets, into elements, and joining elements again.

Used by all readers of this package and by the builders of labels.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from devices.codecs.gs1.faults import Gs1Error
from devices.codecs.gs1.identifiers import (
    UNKNOWN,
    Element,
    check_value,
    known_or_plausible,
    leading,
    lookup,
)
from devices.codecs.gs1.lost_separator import only_split

GS = "\x1d"
"""Group separator: how scanners send the FNC1 between elements."""

# Predefined-length AIs need no separator (GS1 General Specifications 7.8.5).
PREDEFINED = frozenset(f"{n:02d}" for n in (*range(5), *range(11, 21), *range(31, 37), 41))

LONGEST = 8192
"""No symbol holds more characters (QR code: 7089 digits); longer texts are refused before anybody looks at them."""

_BRACKETED = re.compile(r"\((\d{2,4})\)((?:[^\\(]|\\.)*)", re.DOTALL)


def refuse_long(text: str) -> None:
    """Gs1Error for a text that no symbol can hold."""
    if len(text) > LONGEST:
        raise Gs1Error(f"longer than {LONGEST} characters")


def split_message(text: str) -> tuple[list[Element], bool]:
    """Elements of the data of a GS1 symbol, FNC1 as GS, one in front or not. The flag: a separator must have got lost on the way.

    Gs1Error if a rule is broken, or if more than one reading fits after a loss.
    """
    refuse_long(text)
    body = text.removeprefix(GS)
    # A separator after the last element is legal, one only.
    body = body.removesuffix(GS)
    elements: list[Element] = []
    lost = False
    for segment in body.split(GS):
        if not segment:
            raise Gs1Error("empty element")
        lost = _read_segment(segment, elements) or lost
    return elements, lost


def _read_segment(segment: str, elements: list[Element]) -> bool:
    """Appends what stands between two separators; True if a separator must have got lost in it."""
    at = 0
    while at < len(segment):
        identifier, row = leading(segment, at)
        begun = at + len(identifier)
        value = segment[begun : begun + row.longest] if row.fixed else segment[begun:]
        if not row.accepts(value):
            pieces = None if row.fixed else only_split(segment[at:])
            if pieces is None:
                # Raises, and says which rule is broken.
                check_value(identifier, row, value)
            elements += pieces or []
            return True
        elements.append((identifier, value))
        at = begun + len(value)
    return False


def split_strictly(text: str) -> list[Element]:
    """Elements of a message in which no separator may be missing. Gs1Error if a rule is broken."""
    elements, lost = split_message(text)
    if lost:
        raise Gs1Error("a separator is missing")
    return elements


def split_caret(text: str) -> list[Element]:
    """Elements of a message written with `^` for FNC1, one in front. Gs1Error if a rule is broken."""
    if not text.startswith("^") or GS in text:
        raise Gs1Error("no FNC1 in front")
    if text.startswith("^^"):
        raise Gs1Error("empty element")
    return split_strictly(text.replace("^", GS))


def split_brackets(text: str, *, unknown: bool = False) -> list[Element]:
    r"""Elements of a text such as `(01)09501101530003(10)A\(B`, in which a bracket of the data has a backslash in front.

    `unknown` admits identifiers that are not in the table. Values are cut out only; `check_all` looks at them.
    """
    refuse_long(text)
    elements: list[Element] = []
    at = 0
    while at < len(text):
        found = _BRACKETED.match(text, at)
        if not found:
            raise Gs1Error(f"no (AI) at {at + 1}")
        identifier, value = found[1], found[2].replace("\\(", "(")
        row = known_or_plausible(identifier) if unknown else lookup(identifier)
        if row is None:
            raise Gs1Error(f"({identifier}) is not an application identifier")
        if not value:
            raise Gs1Error(f"({identifier}) is empty")
        elements.append((identifier, value))
        at = found.end()
    if not elements:
        raise Gs1Error("nothing in it")
    return elements


def check_all(elements: Sequence[Element]) -> None:
    """Gs1Error for the first element whose value breaks a rule."""
    for identifier, value in elements:
        check_value(identifier, lookup(identifier) or UNKNOWN, value)


def join(elements: Sequence[Element]) -> str:
    """The message of these elements: GS after each that is neither of predefined length nor last. Nothing is checked."""
    parts: list[str] = []
    for identifier, value in elements:
        if parts and not ends_itself(parts[-1]):
            parts.append(GS)
        parts.append(identifier + value)
    return "".join(parts)


def ends_itself(element: str) -> bool:
    """True if no separator need follow."""
    return element[:2] in PREDEFINED


def build(elements: Sequence[Element]) -> str:
    """Like `join`, for data of our own. Gs1Error if an identifier or a value is wrong."""
    for identifier, value in elements:
        row = lookup(identifier)
        if row is None:
            raise Gs1Error(f"({identifier}) is not an application identifier")
        check_value(identifier, row, value)
    return join(elements)


def caret(elements: Sequence[Element]) -> str:
    """The message with `^` for FNC1, one in front."""
    return "^" + join(elements).replace(GS, "^")
