"""The two shapes a bar code can have: bars in a row, or a field of square modules. Built by the modules of this room."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bars:
    """A linear symbol: widths in modules, bar and space in turn, a bar first and last. `quiet` is the light margin on each side."""

    runs: tuple[int, ...]
    quiet: int

    @property
    def width(self) -> int:
        """Modules from the first to the last bar."""
        return sum(self.runs)

    def dark(self) -> list[tuple[int, int]]:
        """(start, width) of each bar in modules."""
        bars = []
        at = 0
        for index, run in enumerate(self.runs):
            if index % 2 == 0:
                bars.append((at, run))
            at += run
        return bars


@dataclass(frozen=True, slots=True)
class Field:
    """A square matrix symbol, True is dark. `quiet` is the light margin in modules all round."""

    rows: tuple[tuple[bool, ...], ...]
    quiet: int

    @property
    def width(self) -> int:
        """Modules on each side."""
        return len(self.rows)
