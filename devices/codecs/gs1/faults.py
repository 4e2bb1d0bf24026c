"""What can be wrong with GS1 data: the error every reader of this package raises, and the fault a content rule points at."""

from __future__ import annotations

from typing import NamedTuple


class Gs1Error(ValueError):
    """The text breaks a GS1 rule; the message says which."""


class Fault(NamedTuple):
    """Where a content rule is broken: its name as GS1 spells it (without the prefix), first character and number of characters."""

    code: str
    at: int
    length: int


def whole(code: str, value: str) -> Fault:
    """The fault that concerns all of a value."""
    return Fault(code, 0, len(value))
