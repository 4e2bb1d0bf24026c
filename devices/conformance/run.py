"""Finds the frames and vectors of a folder, has each row judged, and prints what differs. Behind `floorhand devices conformance DIR`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from devices.conformance import dictionary, printers, scales, scanners, vectors
from devices.conformance.report import BadRow, Check, Difference, Report, Row, Tally

LONGEST_ROW = 10_000_000
_DICTIONARY = "gs1-syntax-dictionary.txt"


def run(folder: Path) -> Report:
    """Judges every `*.jsonl` below `folder`, and a GS1 syntax dictionary if there is one. FileNotFoundError without any."""
    report = Report()
    files = sorted([*folder.rglob("*.jsonl"), *folder.rglob(_DICTIONARY)])
    if not files:
        raise FileNotFoundError(f"no *.jsonl file in {folder}")
    for file in files:
        name = file.relative_to(folder).as_posix()
        rows = dictionary.rows(file) if file.name == _DICTIONARY else _rows(file)
        for number, row in rows:
            _judge(report, name, number, file.stem, row)
    return report


def _rows(file: Path) -> Iterator[tuple[int, Row | str]]:
    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield number, _row(line)


def _row(line: bytes) -> Row | str:
    if len(line) > LONGEST_ROW:
        return f"longer than {LONGEST_ROW} bytes"
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as bad:
        return f"not JSON: {bad}"
    return row if isinstance(row, dict) else "not a JSON object"


def _judge(report: Report, file: str, number: int, stem: str, row: Row | str) -> None:
    if isinstance(row, str):
        group, words = f"{file}: unreadable", [row]
        check = None
    else:
        group, check = _check_for(stem, row)
        try:
            words = check(row) if check else []
        except BadRow as bad:
            words = [f"bad row: {bad}"]
    tally = report.groups.setdefault(group, Tally())
    tally.rows += 1
    if not words and check is None:
        tally.unknown += 1
        words = ["nobody here can judge this row"]
    elif not words:
        tally.same += 1
    if isinstance(row, dict) and isinstance(row.get("ok"), bool):
        good = not words
        tally.valid, tally.invalid = tally.valid + row["ok"], tally.invalid + (not row["ok"])
        tally.accepted, tally.refused = tally.accepted + (row["ok"] and good), tally.refused + (not row["ok"] and good)
    if words:
        report.differences.append(Difference(file, number, group, tuple(words)))


def _check_for(stem: str, row: Row) -> tuple[str, Check | None]:
    """The group that a row counts in, and who can judge it."""
    if stem == Path(_DICTIONARY).stem:
        return "gs1 dictionary", dictionary.check
    if stem in vectors.CHECKS:
        return f"gs1 {stem}", vectors.CHECKS[stem]
    if "protocol" in row:
        return f"scale {row['protocol']}", scales.check
    if "language" in row:
        return f"printer {row['language']}", printers.check
    if row.get("kind") in scanners.CHECKS:
        return f"scanner {row['kind']}", scanners.CHECKS[row["kind"]]
    return f"{stem}: unknown", None


def as_json(report: Report) -> dict[str, Any]:
    """The whole report: `total`, `groups` (by name) and `differences`."""
    return {
        "total": asdict(report.total()),
        "groups": {name: asdict(tally) for name, tally in sorted(report.groups.items())},
        "differences": [asdict(difference) for difference in report.differences],
    }


def as_text(report: Report) -> str:
    """The same for a person: each row that differs, then a line a group, then the total."""
    lines = [f"{d.file}:{d.line}: {d.kind}: {'; '.join(d.words)}" for d in report.differences]
    lines += [f"{name:<40} {tally.same:>6} of {tally.rows:>6}" for name, tally in sorted(report.groups.items())]
    total = report.total()
    lines.append(f"{'total':<40} {total.same:>6} of {total.rows:>6}")
    if total.valid or total.invalid:
        lines.append(
            f"valid accepted {total.accepted} of {total.valid}, invalid refused {total.refused} of {total.invalid}"
        )
    return "\n".join(lines)


def main(options: argparse.Namespace) -> int:
    """Exit status 0 when every row agrees, 1 when some do not, 2 when the folder cannot be read."""
    try:
        report = run(options.folder)
    except OSError as trouble:
        print(f"floorhand devices conformance: {trouble}")
        return 2
    print(json.dumps(as_json(report), ensure_ascii=True) if options.json else as_text(report))
    return 1 if report.differences else 0
