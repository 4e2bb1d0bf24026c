"""Rows of a file by the order they name, and which orders are whole. A row that cannot be read may be a line of an order whose other rows
can: that order is not taken, for nobody would miss the line. The adapters of CSV and flat files ask.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from oms.channels.adapters.values import Group, grouped
from oms.imports import text
from oms.imports.report import BadLine, Line
from oms.imports.text import Shape

Numbered = tuple[int, dict[str, Any]]
_LINE_END: Final = re.compile(r"\r\n|\n|\r")
_CUT: Final = "cut_off"
#: A line of a note may have a few commas.
_FEW: Final = 6


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What is known of the file beside its rows: its lines as they stand there, and how a line is divided."""

    lines: Sequence[str]
    separator: str
    header: Sequence[str]

    def keys(self, line: int, names: Sequence[str]) -> set[str]:
        """What a line that could not be read says its order is; nothing where that is spoilt too."""
        cells = self.lines[line - 1].split(self.separator)
        # The last cell may be cut.
        ats = [self.header.index(name) for name in names if name in self.header]
        said = [cells[at].strip() for at in ats if at < len(cells) - 1]
        good = [one.strip('"').removeprefix("'").strip() for one in said if one.isprintable() and one.count('"') != 1]
        return {one for one in good if one and '"' not in one}


def read_rows(body: bytes, shape: Shape, *names: str) -> tuple[list[Group], list[Line]]:
    """The whole orders of a CSV file, whose number stands in the first of the columns `names` that has one; and a line of report for each
    row that belongs to none of them."""
    plain = text.decode(body)
    rows, bad = text.csv_rows(plain, shape)
    separator, header = text.csv_head(plain, shape)
    sheet = _Sheet(_LINE_END.split(plain), separator, header)
    numbered = [(row.line, row.values) for row in rows]
    for line in _unread(sheet, numbered, bad):
        numbered = [row for row in numbered if row[0] != line.line]
        bad.append(line)
    return whole(sheet.lines, separator, header, numbered, bad, *names)


def whole(
    lines: Sequence[str],
    separator: str,
    header: Sequence[str],
    rows: Sequence[Numbered],
    bad: Sequence[Line],
    *names: str,
) -> tuple[list[Group], list[Line]]:
    """As `read_rows`, of rows that were read already; `bad` are those that could not be."""
    groups, lost = grouped(rows, *names)
    halves = _halves(_Sheet(lines, separator, header), groups, bad, lost, names)
    told = [
        BadLine("not_whole", row=halves[group.key]).line(number, group.key)
        for group in groups if group.key in halves
        for number, _ in group.rows
    ]  # fmt: skip
    return [group for group in groups if group.key not in halves], [*bad, *lost, *told]


def _unread(sheet: _Sheet, rows: Sequence[Numbered], bad: Sequence[Line]) -> list[Line]:
    """Rows that could be read and are none: pieces of others."""
    named = len({name for name in sheet.header if name not in ("", "-")})
    lost = {line.line for line in bad}
    found: list[Line] = []
    for row in rows:
        number, values = row
        if _swallows(sheet, row):
            found += [BadLine("quote_not_closed").line(number + down) for down in range(_span(row))]
        elif len(values) < named and number - 1 in lost:
            # The rest of a row whose first line was lost.
            found.append(BadLine("line_unreadable").line(number))
            lost.add(number)
    if _is_cut(sheet, rows, named):
        found.append(BadLine(_CUT).line(rows[-1][0]))
    return found


def _is_cut(sheet: _Sheet, rows: Sequence[Numbered], named: int) -> bool:
    """Whether the file ends in the middle of its last row: it has fewer cells than all others, and no line end."""
    if not rows or rows[-1][0] != len(sheet.lines) or not sheet.lines[-1].strip():
        return False
    return len(rows[-1][1]) < named and all(len(values) >= named for _, values in rows[:-1])


def _span(row: Numbered) -> int:
    """Lines of the file that a row takes."""
    return 1 + sum(str(value).count("\n") for value in row[1].values())


def _swallows(sheet: _Sheet, row: Numbered) -> bool:
    """Whether whole rows stand in one cell: its quote was closed by the next one that was opened."""
    most = max(_FEW, len(sheet.header) - 1)
    cells = [str(value) for value in row[1].values() if "\n" in str(value)]
    return any(inner.count(sheet.separator) >= most for cell in cells for inner in cell.split("\n"))


def _halves(
    sheet: _Sheet, groups: Sequence[Group], bad: Sequence[Line], lost: Sequence[Line], names: Sequence[str]
) -> dict[str, int]:
    """Orders that may lack a row, by the number of the row they may lack."""
    keys = {group.key for group in groups}
    owners = sorted((number, group.key) for group in groups for number, _ in group.rows)
    halves: dict[str, int] = {}
    for line in [*bad, *(line for line in lost if line.code == "missing")]:
        said = sheet.keys(line.line, names)
        mine = sorted(said & keys)
        if not said or line.code == _CUT:
            # Rows of an order stand together: it is one of those beside it.
            mine += [*_above(owners, line.line), *_below(owners, line.line)]
        halves |= {key: line.line for key in mine if key not in halves}
    return halves


def _above(owners: Sequence[tuple[int, str]], line: int) -> list[str]:
    """The order of the nearest row before a line, where there is one."""
    return [key for _, key in owners[: bisect_left(owners, (line, ""))][-1:]]


def _below(owners: Sequence[tuple[int, str]], line: int) -> list[str]:
    return [key for _, key in owners[bisect_left(owners, (line + 1, "")) :][:1]]
