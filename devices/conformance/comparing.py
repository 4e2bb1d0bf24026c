"""What the checks of scanner rows share: reading a row that nobody vouches for, and comparing key by key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from devices.codecs.gs1.separators import AS_SENT, GS
from devices.conformance.report import BadRow, Row
from devices.model import Scan


def bytes_of(row: Row) -> bytes:
    """The row's `raw_hex`. BadRow if it is none."""
    try:
        return bytes.fromhex(row["raw_hex"])
    except (KeyError, TypeError, ValueError) as bad:
        raise BadRow(f"raw_hex: {bad}") from bad


def expect_of(row: Row) -> Mapping[str, Any]:
    """The row's `expect`. BadRow if it is no object."""
    expect = row.get("expect")
    if not isinstance(expect, dict):
        raise BadRow("expect is not an object")
    return expect


def compare(expect: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """What differs, key by key. `found` may hold several right spellings of one thing, as a tuple."""
    words = []
    for name, wanted in expect.items():
        if name not in found:
            words.append(f"{name}: nobody here can judge it")
            continue
        spellings = found[name] if isinstance(found[name], tuple) else (found[name],)
        if not any(type(wanted) is type(spelling) and wanted == spelling for spelling in spellings):
            words.append(f"{name}: {str(wanted)[:200]!r} expected but {str(spellings[0])[:200]!r} found")
    return words


def scan_words(scan: Scan) -> dict[str, Any]:
    """A scan in the words of the rows; a substitute for GS may stand in the text or be resolved."""
    with_gs = AS_SENT.in_message(scan.text)
    texts = (scan.text, with_gs) if GS in with_gs else scan.text
    return {"data": texts, "text": texts, "scan": texts, "aim": scan.symbology, "symbology": scan.symbology}
