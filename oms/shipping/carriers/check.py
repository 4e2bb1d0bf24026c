"""Whether what a carrier sent can be a label at all. Pure. What of its ZPL reaches a printer is decided at the station, by its own
cleaning; here only that is turned away which no station could use, while it can still be given back."""

import re
from typing import Final

from oms.shipping.carriers.port import LabelBytes
from sync.contract.shipping import LabelFormat

MOST_BYTES: Final = 2_000_000
_STARTS: Final = {LabelFormat.PDF: b"%PDF-", LabelFormat.PNG: b"\x89PNG\r\n\x1a\n"}
#: Commands that change how a printer reads, empty its memory or run programs in it. No label needs them, and none can do without them
#: once they are in it. ZPL II Programming Guide.
_HARMFUL: Final = re.compile(rb"[\^~](?:CD|JB|JI)|\^IS", re.IGNORECASE)
_DRAWS: Final = re.compile(rb"\^XA.*?\^(?:FD|FV|GB|GF|XG|GC|GD|GE|GS|IM|IL|XF|SN).*?\^XZ", re.IGNORECASE | re.DOTALL)


def format_of(body: bytes) -> LabelFormat | None:
    """What the bytes are, by their own beginning; a content type says nothing."""
    for format, start in _STARTS.items():
        if body.startswith(start):
            return format
    return LabelFormat.ZPL if b"^XA" in body[:4096].upper() else None


def problem_of(label: LabelBytes | None, wanted: str) -> str:
    """Why this is of no use: a code, or ''."""
    if label is None:
        return "label_lost"
    if not label.body or len(label.body) > MOST_BYTES:
        return "label_size"
    if format_of(label.body) is not label.format or label.format != wanted:
        return "label_format"
    if label.format is LabelFormat.ZPL:
        if _HARMFUL.search(label.body):
            return "label_harmful"
        if not _DRAWS.search(label.body):
            return "label_empty"
    return ""
