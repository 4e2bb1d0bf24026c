"""Texts that a printer says about itself, made harmless before anybody logs or shows them. Used by the printer codecs."""

from __future__ import annotations

LONGEST = 128


def plain(raw: bytes) -> str:
    """Printable ASCII of at most LONGEST characters, everything else a question mark, blanks at the ends taken off."""
    cut = raw[: 4 * LONGEST].partition(b"\0")[0]
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else "?" for byte in cut.strip())[:LONGEST]
