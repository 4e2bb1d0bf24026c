"""AIM symbology identifiers (ISO/IEC 15424): the `]d2` a scanner may put before the data. Used by the scanner driver, the wedge and gs1."""

from __future__ import annotations

import re

# "]" + code character (letter) + one modifier character.
_IDENTIFIER = re.compile(r"\][A-Za-z][0-9A-Za-z]")

# Only these carry GS1 element strings (GS1 General Specifications 5.1.2). "]C0" is plain Code 128: its digits are never GS1.
GS1_SYNTAX = frozenset({"]C1", "]d2", "]Q3", "]e0", "]J1"})

# EAN/UPC: the data is a GTIN and nothing else.
RETAIL = frozenset({"]E0", "]E3", "]E4"})

# ITF may hold a GTIN-14 of a case.
INTERLEAVED = frozenset({"]I0", "]I1", "]I3"})

# Two-dimensional codes that may hold a GS1 Digital Link.
MAY_HOLD_LINK = frozenset({"]Q1", "]d1", "]J0", "]z0"})


def split(text: str) -> tuple[str | None, str]:
    """Symbology identifier (or None) and the data behind it."""
    found = _IDENTIFIER.match(text)
    return (found.group(), text[3:]) if found else (None, text)
