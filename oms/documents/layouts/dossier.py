"""The dossier as people read it: what the order was, then all that happened, each line with the start of its hash. In English: it goes to
carriers, insurers and courts of any country."""

from collections.abc import Iterator
from typing import Any

from oms.documents import blocks
from oms.documents.data import Dossier
from oms.documents.dossier_record import Entry
from oms.documents.engine import Flowable
from oms.documents.page import Sheet
from oms.documents.photos_print import Photograph

_SHOWN = 260
_HOW = (
    "Each entry carries the hash of the one before it; the whole record is attached to this file as dossier.json, and the last line of the "
    "file seals every byte. Check it with: floorhand verify-dossier FILE"
)


def parts(paper: Dossier, sheet: Sheet) -> Iterator[Flowable]:
    """From top to bottom."""
    yield blocks.head(sheet, paper.shop, "Dossier", paper.order)
    yield blocks.gap(2)
    yield blocks.addresses(sheet, ("Sent to", paper.ship_to))
    yield blocks.facts(
        sheet,
        ("Order", paper.order),
        ("Made", _time(paper.made_at)),
        ("By", paper.made_by),
        ("Entries", str(len(paper.entries))),
    )
    yield blocks.facts(sheet, ("Head of the chain", paper.head))
    yield blocks.words(sheet, _HOW, "quiet", blocks.NOTE_LONGEST)
    yield blocks.gap(3)
    heads = ["No.", "Time (UTC)", "What", "Who, on what", "Words", "Hash"]
    rows = [_row(entry, sheet) for entry in paper.entries]
    yield blocks.table(sheet, heads, rows, [0.8, 1.9, 2.2, 2.3, 4.4, 1.5], right=[0])
    for shot in paper.shots:
        yield blocks.gap(4)
        yield blocks.together(Photograph(shot, sheet.width), blocks.words(sheet, shot.words, "quiet"))


def _row(entry: Entry, sheet: Sheet) -> list[object]:
    who = [part for part in (entry.who, entry.device) if part]
    return [
        blocks.words(sheet, str(entry.n), "right"),
        blocks.words(sheet, _time(entry.at), "quiet"),
        blocks.words(sheet, entry.kind),
        blocks.lines(sheet, who, "quiet"),
        blocks.words(sheet, _words(entry.body), "quiet", blocks.NOTE_LONGEST),
        blocks.words(sheet, entry.hash[:8], "quiet"),
    ]


def _time(stamp: str) -> str:
    return stamp.replace("T", " ").rstrip("Z")


def _words(body: dict[str, Any]) -> str:
    told = " · ".join(f"{name} {_value(value)}" for name, value in body.items() if value not in (None, "", [], {}))
    return told if len(told) <= _SHOWN else f"{told[:_SHOWN]}…"


def _value(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_value(one)}" for name, one in value.items())
    if isinstance(value, list):
        return "; ".join(_value(one) for one in value)
    return str(value)
