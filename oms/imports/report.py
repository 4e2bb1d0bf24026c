"""What an import answers: one line of report per line of the file, and totals. It travels as JSON and is printed by the command line."""

from collections import Counter
from enum import StrEnum

from msgspec import Struct


class Result(StrEnum):
    """What became of one line."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    #: Kept, but held until somebody mends it (orders only).
    HELD = "held"
    #: Not kept; nothing else was stopped by it.
    REJECTED = "rejected"


class Line(Struct, frozen=True, kw_only=True):
    """One line of the file (counted from 1, the header included), the key it is about, and a message `code` with its `words`."""

    line: int
    result: Result
    key: str = ""
    code: str = ""
    words: dict[str, str | int] = {}


class Report(Struct, frozen=True, kw_only=True):
    """Every line of the file, in the order of the file, and how many there are of each result."""

    kind: str
    dry_run: bool
    totals: dict[str, int]
    lines: list[Line]


def make_report(kind: str, dry_run: bool, lines: list[Line]) -> Report:
    """A report with its totals; all results are named in them, also those that did not occur."""
    counted = Counter(line.result for line in lines)
    totals = {str(result): counted[result] for result in Result} | {"lines": len(lines)}
    return Report(kind=kind, dry_run=dry_run, totals=totals, lines=sorted(lines, key=lambda line: line.line))


class BadLine(Exception):
    """A line that cannot be used. `code` and `words` go into the report."""

    def __init__(self, code: str, **words: str | int) -> None:
        super().__init__(code, words)
        self.code = code
        self.words = words

    def line(self, number: int, key: str = "") -> Line:
        """The line of report about it."""
        return Line(line=number, key=key, result=Result.REJECTED, code=self.code, words=self.words)
