"""Finding the one way to read a message from which a separator is missing. Used by `elements`."""

from __future__ import annotations

from collections.abc import Iterator

from devices.codecs.gs1.faults import Gs1Error
from devices.codecs.gs1.identifiers import Element, leading

LONGEST = 120
"""Longer runs without a separator are not searched; the largest linear symbols hold 48 (GS1-128) and 74 (DataBar) characters."""


def only_split(run: str) -> list[Element]:
    """The one way to cut `run` into valid elements; two ways, or none, is an error: a wrong lot is worse than no lot."""
    if len(run) > LONGEST:
        raise Gs1Error(f"({run[:2]}) too long")
    # ways[i]: up to two ways to cut run[i:], found from the end backwards.
    ways: list[list[list[Element]]] = [[] for _ in run] + [[[]]]
    for start in range(len(run) - 1, -1, -1):
        if any(ways[start + 1 :]):
            found = [[element, *tail] for element, end in _elements_at(run, start, ways) for tail in ways[end]]
            ways[start] = found[:2]
    if not ways[0]:
        raise Gs1Error(f"({run[:2]}) has a wrong value")
    if len(ways[0]) > 1:
        raise Gs1Error("separator lost and more than one reading fits")
    return ways[0][0]


def _elements_at(run: str, start: int, ways: list[list[list[Element]]]) -> Iterator[tuple[Element, int]]:
    """Every valid element that begins at `start` and ends where the rest can be read, with its end."""
    try:
        identifier, row = leading(run, start)
    except Gs1Error:
        return
    begun = start + len(identifier)
    for end in range(begun + row.shortest, min(begun + row.longest, len(run)) + 1):
        if ways[end]:
            value = run[begun:end]
            try:
                right = row.fault(value) is None
            except Gs1Error:
                right = False
            if right:
                yield (identifier, value), end
