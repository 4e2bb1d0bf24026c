"""Compares a GS1 syntax dictionary file, entry by entry, with the table that our codec works with.

The file's syntax: `AI[-AI]  flags  component...  attribute...  # title`, blank lines and lines that begin with # left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from devices.codecs.gs1.identifiers import Component, Identifier, conditions, sequences, table
from devices.conformance.report import BadRow, Row

_LINE = re.compile(
    r"(?P<first>\d{2,4})(?:-(?P<last>\d{2,4}))?\s+(?P<flags>[*?]*)\s*(?P<rest>[^#]*?)\s*(?:#\s*(?P<title>.*))?"
)
_COMPONENT = re.compile(r"(?P<optional>\[)?(?P<kind>[NXYZ])(?P<upto>\.\.)?(?P<size>\d{1,3})\]?(?P<rules>(?:,\w+)*)")
_KINDS = {"N": "csetnumeric", "X": "cset82", "Y": "cset39", "Z": "cset64"}
LONGEST_LINE = 1000


def rows(file: Path) -> Iterator[tuple[int, Row | str]]:
    """The entries of the file with their line numbers; then, with the number 0, every entry of ours that the file does not have."""
    missing = {entry.first for entry in table()}
    with file.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, start=1):
            text = line[:LONGEST_LINE].strip()
            if text and not text.startswith("#"):
                missing.discard(text.split()[0].partition("-")[0])
                yield number, {"entry": text}
    for first in sorted(missing):
        yield 0, f"({first}) stands in our table and not in the file"


def check(row: Row) -> list[str]:
    """See report.Check."""
    entry = entry_of(str(row["entry"]))
    ours = next((ours for ours in table() if (ours.first, ours.last) == (entry.first, entry.last)), None)
    if ours is None:
        return [f"({entry.first}-{entry.last}) is not in our table"]
    names = [field.name for field in fields(Identifier) if getattr(ours, field.name) != getattr(entry, field.name)]
    return [
        f"{name}: the file has {getattr(entry, name)!r:.200}, we have {getattr(ours, name)!r:.200}" for name in names
    ]


def entry_of(line: str) -> Identifier:
    """What a line of the file says. BadRow if it does not follow the syntax."""
    found = _LINE.fullmatch(line)
    if not found:
        raise BadRow("not a line of a syntax dictionary")
    words = found["rest"].split()
    count = next((at for at, word in enumerate(words) if not _COMPONENT.fullmatch(word)), len(words))
    needs: list[str] = []
    excludes: list[str] = []
    key: str | None = None
    for word in words[count:]:
        name, _, value = word.partition("=")
        if name == "req":
            needs.append(value)
        elif name == "ex":
            excludes += value.split(",")
        elif name == "dlpkey":
            key = value
        else:
            raise BadRow(f"unknown attribute {name!r:.60}")
    return Identifier(
        found["first"],
        found["last"] or found["first"],
        "*" in found["flags"],
        "?" in found["flags"],
        tuple(_component(word) for word in words[:count]),
        conditions(needs),
        tuple(excludes),
        None if key is None else sequences(key),
        (found["title"] or "").strip(),
    )


def _component(word: str) -> Component:
    found = _COMPONENT.fullmatch(word)
    if not found:
        raise BadRow(f"not a component: {word!r:.60}")
    size = int(found["size"])
    least = 1 if found["upto"] else size
    return Component(_KINDS[found["kind"]], least, size, bool(found["optional"]), tuple(found["rules"].split(",")[1:]))
