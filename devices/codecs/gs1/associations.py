"""Which elements must, must not or may not twice stand together. To be asked about all barcodes of an item at once, as a warning."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from devices.codecs.gs1.identifiers import Alternative, Element, lookup, matches

# A signature (8030) is of one thing only: these keys name one thing only with their serial component.
_SIGNED = "8030"
_SERIALISED = ("253", "255", "8003")


def repeats(elements: Sequence[Element]) -> Iterator[str]:
    """Identifiers that occur with different values."""
    values: dict[str, str] = {}
    for identifier, value in elements:
        if values.setdefault(identifier, value) != value:
            yield f"({identifier}) twice with different values"


def exclusions(elements: Sequence[Element]) -> Iterator[str]:
    """Pairs that must not stand together."""
    present = _present(elements)
    for identifier in present:
        row = lookup(identifier)
        for pattern in row.excludes if row else ():
            for other in present:
                if other != identifier and matches(pattern, other):
                    yield f"({identifier}) together with ({other})"


def requirements(elements: Sequence[Element]) -> Iterator[str]:
    """Identifiers without what they need beside them."""
    present = _present(elements)
    for identifier in present:
        row = lookup(identifier)
        for condition in row.needs if row else ():
            if not any(_all_there(alternative, present) for alternative in condition):
                yield f"({identifier}) without {' or '.join('+'.join(alternative) for alternative in condition)}"


def unserialised(elements: Sequence[Element]) -> Iterator[str]:
    """Keys without a serial number beside a digital signature."""
    if _SIGNED in _present(elements):
        for identifier, value in elements:
            row = lookup(identifier)
            if row and identifier in _SERIALISED and len(value) <= row.shortest:
                yield f"({identifier}) without its serial component beside ({_SIGNED})"


def warnings(elements: Sequence[Element]) -> list[str]:
    """Everything that does not go together, in words."""
    rules = (repeats, exclusions, requirements, unserialised)
    return [words for rule in rules for words in rule(elements)]


def _present(elements: Sequence[Element]) -> list[str]:
    return list(dict.fromkeys(identifier for identifier, _ in elements))


def _all_there(alternative: Alternative, present: list[str]) -> bool:
    return all(any(matches(pattern, identifier) for identifier in present) for pattern in alternative)
