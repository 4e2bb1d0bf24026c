"""Zebra's discovery by UDP port 4201: the question, and what a printer answers. Used by discovery and conformance.

Layout of the answer (jfr.im, "Zebra network discovery protocol", 2024): fields of fixed width, filled up with NUL.
"""

from __future__ import annotations

from dataclasses import dataclass

from devices.codecs.printers.text import plain

PORT = 4201
ASK = b".,:\x01\x00\x00"
"""Sent three times, since UDP may lose it; a printer answers each."""

_ANSWER = b":,."
_SHORTEST = 0x4C
_LARGEST = 65_507


@dataclass(frozen=True, slots=True)
class ZebraAnswer:
    """Who answered. Addresses are dotted (`ip` as the printer believes it), `system_name` is its network name."""

    product: str
    name: str
    date_code: str
    firmware: str
    serial: str
    ip: str
    mask: str
    gateway: str
    system_name: str


def parse(data: bytes) -> ZebraAnswer | None:
    """The answer in one datagram, or None for anything else. Texts are printable ASCII, whatever came."""
    if not data.startswith(_ANSWER) or not _SHORTEST <= len(data) <= _LARGEST:
        return None

    def text(start: int, end: int) -> str:
        return plain(data[start:end])

    return ZebraAnswer(
        product=text(0x04, 0x0C),
        name=text(0x0C, 0x20),
        date_code=text(0x20, 0x27),
        firmware=text(0x27, 0x31),
        serial=text(0x3C, 0x46),
        ip=_address(data[0x48:0x4C]),
        mask=_address(data[0x4C:0x50]),
        gateway=_address(data[0x50:0x54]),
        system_name=text(0x54, 0x6D),
    )


def _address(raw: bytes) -> str:
    return ".".join(map(str, raw)) if len(raw) == 4 else ""
