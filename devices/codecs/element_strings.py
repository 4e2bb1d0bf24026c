"""GS1 element strings: cutting what stands in a GS1 symbol into (application identifier, value) pairs. Used by gs1 and digital_link.

The table of identifiers is biip's; the rules about separators are ours, because GS1's own vectors show where biip is laxer or stricter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from biip import ParseError
from biip.gs1_application_identifiers import GS1ApplicationIdentifier

from devices.codecs import gtin

GS = "\x1d"

# Predefined-length AIs need no separator (GS1 General Specifications 7.8.5).
PREDEFINED = frozenset(f"{n:02d}" for n in (*range(5), *range(11, 21), *range(31, 37), 41))

Element = tuple[str, str]


class Gs1Error(ValueError):
    """The text breaks a GS1 rule; the message says which."""


def split_message(text: str) -> tuple[list[Element], bool]:
    body = text.removeprefix(GS)
    if body.endswith(GS):
        # A separator after the last element is legal, one only.
        body = body[:-1]
    if not body or GS + GS in body or body.startswith(GS):
        raise Gs1Error("empty element")
    elements: list[Element] = []
    lost = False
    for segment in body.split(GS):
        found, segment_lost = _split_segment(segment)
        elements += found
        lost = lost or segment_lost
    return elements, lost


def _split_segment(segment: str) -> tuple[list[Element], bool]:
    """Elements of what stands between two separators; the flag says that a separator must have got lost in it."""
    elements: list[Element] = []
    rest = segment
    while rest:
        identifier, pattern = _identifier(rest)
        if identifier[:2] not in PREDEFINED:
            whole = pattern.fullmatch(rest)
            if whole:
                return [*elements, (identifier, "".join(part for part in whole.groups() if part))], False
            return [*elements, *_only_split(rest)], True
        found = pattern.match(rest)
        if not found:
            raise Gs1Error(f"({identifier}) does not fit {rest!r}")
        elements.append((identifier, "".join(part for part in found.groups() if part)))
        rest = rest[found.end() :]
    return elements, False


def _only_split(rest: str) -> list[Element]:
    """The one way to cut `rest` into valid elements; two ways, or none, is an error: a wrong lot is worse than no lot."""
    # ways[i]: up to two ways to cut rest[i:], found from the end backwards.
    ways: list[list[list[Element]]] = [[] for _ in rest] + [[[]]]
    for start in range(len(rest) - 1, -1, -1):
        found = [[element, *tail] for element, end in _elements_at(rest, start) for tail in ways[end]]
        ways[start] = found[:2]
    if not ways[0]:
        raise Gs1Error(f"({rest[:2]}) does not fit {rest!r}")
    if len(ways[0]) > 1:
        raise Gs1Error("separator lost and more than one reading fits")
    return ways[0][0]


def _elements_at(rest: str, start: int) -> Iterator[tuple[Element, int]]:
    """Every valid element that begins at `start`, with where it ends."""
    try:
        identifier, pattern = _identifier(rest[start:])
    except Gs1Error:
        return
    for end in range(start + len(identifier) + 1, len(rest) + 1):
        found = pattern.fullmatch(rest, start, end)
        if found:
            element = (identifier, "".join(part for part in found.groups() if part))
            if numbers_right(element):
                yield element, end


def _identifier(rest: str) -> tuple[str, re.Pattern[str]]:
    for length in (2, 3, 4):
        pattern = pattern_of(rest[:length])
        if pattern is not None:
            return rest[:length], pattern
    raise Gs1Error(f"no application identifier at {rest[:8]!r}")


@lru_cache(maxsize=1024)
def pattern_of(identifier: str) -> re.Pattern[str] | None:
    try:
        known = GS1ApplicationIdentifier.extract(identifier)
    except ParseError:
        return None
    # re.ASCII: \d must not match digits of other scripts.
    return re.compile(known.pattern.removeprefix("^").removesuffix("$"), re.ASCII) if known.ai == identifier else None


def numbers_right(element: Element) -> bool:
    identifier, value = element
    if identifier in ("00", "01", "02", "03") or identifier[:2] == "41":
        return gtin.has_valid_check_digit(value)
    return True
