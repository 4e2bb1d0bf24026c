"""Messages from which a separator is missing: the one way to read them (for `elements`), and the suspicion of it (for `scan`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from devices.codecs.gs1.faults import Gs1Error
from devices.codecs.gs1.identifiers import Element, leading

LONGEST = 120
"""Longer runs without a separator are not searched; the largest linear symbols hold 48 (GS1-128) and 74 (DataBar) characters."""

# Fixed elements whose content proves itself, by check digit or as a date.
_PROVEN = frozenset({"00", "01", "02", "03", "11", "12", "13", "15", "16", "17", "41"})
_SHORTEST_PROVEN = 8


def only_split(run: str) -> list[Element] | None:
    """The one way to cut `run` into valid elements, None if there is none. Gs1Error if there are two: a wrong lot is worse than no lot."""
    if len(run) > LONGEST:
        return None
    # ways[i]: up to two ways to cut run[i:], found from the end backwards.
    ways: list[list[list[Element]]] = [[] for _ in run] + [[[]]]
    for start in range(len(run) - 1, -1, -1):
        if any(ways[start + 1 :]):
            found = [[element, *tail] for element, end in _elements_at(run, start, ways) for tail in ways[end]]
            ways[start] = found[:2]
    if len(ways[0]) > 1:
        raise Gs1Error("separator lost and more than one reading fits")
    return ways[0][0] if ways[0] else None


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
            if row.accepts(value):
                yield (identifier, value), end


def has_swallowed(elements: Sequence[Element]) -> bool:
    """True if a value ends in what reads as dates, product numbers or the like that the message does not have otherwise.

    GS1's rules take it as part of the value; more likely the separator before it got lost.
    """
    present = {identifier for identifier, _ in elements}
    for identifier, value in elements:
        if identifier[:2] not in _PROVEN:
            for at in range(1, len(value) - _SHORTEST_PROVEN + 1):
                if value[at : at + 2] in _PROVEN and _all_proven(value, at, present):
                    return True
    return False


def _all_proven(value: str, at: int, present: set[str]) -> bool:
    while at < len(value):
        if value[at : at + 2] not in _PROVEN:
            return False
        try:
            identifier, row = leading(value, at)
        except Gs1Error:
            return False
        begun = at + len(identifier)
        at = begun + row.longest
        if identifier in present or not row.accepts(value[begun:at]):
            return False
    return True
