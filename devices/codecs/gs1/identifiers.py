"""The application identifiers, what may stand behind each, and what goes with what. Used by all of this package."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from devices.codecs.gs1 import linters
from devices.codecs.gs1.faults import Fault, Gs1Error
from devices.codecs.gs1.identifier_rows import MEASURES, ROWS

Element = tuple[str, str]
"""Application identifier and value."""

_MEASURE_NEEDS = {"t": "01,02", "l": "00,01", "u": "01"}
_KINDS = {"n": "csetnumeric", "x": "cset82", "y": "cset39", "z": "cset64"}


@dataclass(frozen=True, slots=True)
class Component:
    """One piece of a value: its character set, how many characters, whether it may be missing, and its content rules."""

    charset: str
    least: int
    most: int
    optional: bool
    rules: tuple[str, ...]

    def fault(self, value: str) -> Fault | None:
        """The first rule that the piece breaks."""
        found = linters.LINTERS[self.charset](value)
        for rule in self.rules:
            found = found or linters.LINTERS[rule](value)
        return found


Alternative = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Identifier:
    """One row of the table; `last` differs from `first` for a range.

    `needs`: every one of these conditions must have an alternative whose patterns are all present. `keys` is None unless the identifier is
    a primary key of Digital Links; then its sequences of qualifiers, perhaps an empty one. In patterns `n` is any digit.
    """

    first: str
    last: str
    fixed: bool
    attribute: bool
    components: tuple[Component, ...]
    needs: tuple[tuple[Alternative, ...], ...]
    excludes: tuple[str, ...]
    keys: tuple[tuple[str, ...], ...] | None
    title: str

    def members(self) -> Iterator[str]:
        """Every identifier of the row."""
        for number in range(int(self.first), int(self.last) + 1):
            yield str(number).zfill(len(self.first))

    @property
    def shortest(self) -> int:
        """Least number of characters of a value."""
        return sum(component.least for component in self.components if not component.optional)

    @property
    def longest(self) -> int:
        """Greatest number of characters of a value."""
        return sum(component.most for component in self.components)

    def pieces(self, value: str) -> list[tuple[Component, int, str]]:
        """The components that are there, with their position and text. Gs1Error when the lengths do not fit."""
        out: list[tuple[Component, int, str]] = []
        at = 0
        for component in self.components:
            if component.optional and at >= len(value):
                break
            piece = value[at : at + component.most]
            if len(piece) < component.least:
                raise Gs1Error("value too short")
            out.append((component, at, piece))
            at += len(piece)
        if at < len(value):
            raise Gs1Error("value too long")
        return out

    def fault(self, value: str) -> Fault | None:
        """The first content rule that the value breaks, or None. Gs1Error when its length is wrong."""
        for component, at, piece in self.pieces(value):
            found = component.fault(piece)
            if found:
                return Fault(found.code, at + found.at, found.length)
        return None

    def accepts(self, value: str) -> bool:
        """True if the value obeys every rule, lengths included."""
        try:
            return self.fault(value) is None
        except Gs1Error:
            return False


UNKNOWN = Identifier("", "", False, True, (Component("cset82", 1, 90, False, ()),), (), (), None, "")
"""Stands for an identifier that is not in the table, where such are admitted."""


def component_of(text: str) -> Component:
    """A component from the table's notation: `~x-20/iban` is up to 20 characters of CSET 82, may be missing, must be an IBAN."""
    optional = text.startswith("~")
    size, *rules = text.removeprefix("~").split("/")
    most = int(size[1:].removeprefix("-"))
    return Component(_KINDS[size[0]], 1 if size[1] == "-" else most, most, optional, tuple(rules))


def _row(line: str) -> Identifier:
    span, flags, pieces, needs, excludes, key, title = line.split("|")
    first, _, last = span.partition("-")
    return Identifier(
        first,
        last or first,
        "=" in flags,
        "+" in flags,
        tuple(component_of(piece) for piece in pieces.split()),
        conditions(needs.split(";") if needs else []),
        tuple(excludes.split(",")) if excludes else (),
        sequences(key.removeprefix("-").replace("!", "|")) if key else None,
        title,
    )


def conditions(needs: list[str]) -> tuple[tuple[Alternative, ...], ...]:
    """`needs` of an Identifier from texts such as `01+21,02`."""
    return tuple(tuple(tuple(group.split("+")) for group in need.split(",")) for need in needs)


def sequences(qualifiers: str) -> tuple[tuple[str, ...], ...]:
    """`keys` of an Identifier from a text such as `22,10,21|235`; one empty sequence for no text."""
    return tuple(tuple(sequence.split(",")) for sequence in qualifiers.split("|")) if qualifiers else ((),)


def _measure(line: str) -> Identifier:
    family, kind, title = line[:3], line[3], line[5:]
    return _row(f"{family}0-{family}5|=+|n6|{_MEASURE_NEEDS[kind]}|{family}n||{title}")


@cache
def table() -> tuple[Identifier, ...]:
    """Every row, in order of the identifiers."""
    rows = [_row(line) for line in ROWS.splitlines()] + [_measure(line) for line in MEASURES.splitlines()]
    return tuple(sorted(rows, key=lambda row: row.first))


@cache
def _members() -> dict[str, Identifier]:
    return {member: row for row in table() for member in row.members()}


@cache
def lengths() -> dict[str, int]:
    """How long the identifiers with these first two digits are: 2, 3 or 4."""
    return {member[:2]: len(member) for member in _members()}


def lookup(identifier: str) -> Identifier | None:
    """The row of an identifier, or None."""
    return _members().get(identifier)


def known_or_plausible(identifier: str) -> Identifier | None:
    """The row, or UNKNOWN for two to four digits whose length does not contradict the identifiers that begin alike."""
    row = lookup(identifier)
    if row is None and linters.is_digits(identifier) and 2 <= len(identifier) <= 4:
        return UNKNOWN if lengths().get(identifier[:2], len(identifier)) == len(identifier) else None
    return row


def leading(text: str, start: int = 0) -> tuple[str, Identifier]:
    """The identifier that stands at `start`. Gs1Error if none does."""
    prefix = text[start : start + 2]
    identifier = text[start : start + lengths().get(prefix, 0)]
    row = lookup(identifier)
    if row is None:
        raise Gs1Error(f"no application identifier at {text[start : start + 8]!r}")
    return identifier, row


@lru_cache(maxsize=2048)
def matches(pattern: str, identifier: str) -> bool:
    """True if the identifier fits the pattern, in which `n` is any digit."""
    return len(pattern) == len(identifier) and all(p in ("n", c) for p, c in zip(pattern, identifier, strict=True))


def check_value(identifier: str, row: Identifier, value: str) -> None:
    """Gs1Error, naming identifier and rule, unless the value obeys every rule of its row."""
    try:
        fault = row.fault(value)
    except Gs1Error as trouble:
        raise Gs1Error(f"({identifier}) {trouble}") from None
    if fault:
        words = fault.code.lower().replace("_", " ")
        raise Gs1Error(f"({identifier}) {words} at {fault.at + 1}")
