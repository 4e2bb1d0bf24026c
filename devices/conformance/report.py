"""What a conformance run found: every row that differs, and totals. Filled by `devices.conformance.run`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Row = Mapping[str, Any]
"""One line of a frames or vectors file, as JSON gives it. Nothing in it may be trusted to have the right type."""

Check = Callable[[Row], list[str]]
"""Says what differs between a row's expectation and what our codec made of it; nothing means the same. Raises only for a bug of ours."""


class BadRow(ValueError):
    """The row itself makes no sense (a missing key, hex that is none): its text says what, in the sender's words."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One row that differs: where it stands and what differs."""

    file: str
    line: int
    kind: str
    words: tuple[str, ...]


@dataclass(slots=True)
class Tally:
    """Counts of one file (or of one group in it): rows seen, rows that agree, rows nobody here can judge.

    For vectors with `ok`, `valid`/`accepted` count those to be accepted, `invalid`/`refused` those to be refused.
    """

    rows: int = 0
    same: int = 0
    unknown: int = 0
    valid: int = 0
    accepted: int = 0
    invalid: int = 0
    refused: int = 0


@dataclass(slots=True)
class Report:
    """A whole run."""

    groups: dict[str, Tally] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)

    def total(self) -> Tally:
        """All groups together."""
        total = Tally()
        for tally in self.groups.values():
            for name in Tally.__dataclass_fields__:
                setattr(total, name, getattr(total, name) + getattr(tally, name))
        return total
