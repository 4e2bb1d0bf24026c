"""From the characters of one frame to a `Scan`. Used by the scanner drivers and, through the wedge, by the UI's key filter."""

from __future__ import annotations

from devices.codecs import aim
from devices.model import DeviceKey, Scan, ScanSource


def scan_from_bytes(frame: bytes, device: DeviceKey, at: float, source: ScanSource) -> Scan:
    """One frame without its suffix. Latin-1, so that every byte value has a character and GS stays GS; the bytes are kept beside it."""
    symbology, text = aim.split(frame.decode("latin-1"))
    return Scan(text.encode("latin-1"), text, symbology, device, at, source)


def scan_with_aim(symbology: str | None, data: bytes, device: DeviceKey, at: float, source: ScanSource) -> Scan:
    """Data whose identifier came beside it; one that stands in the data as well wins, as it is the scanner's own word."""
    said, text = aim.split(data.decode("latin-1"))
    return Scan(text.encode("latin-1"), text, said or symbology, device, at, source)


def scan_from_text(typed: str, device: DeviceKey, at: float, source: ScanSource) -> Scan:
    """One scan that arrived as characters already (keyboard wedge); characters beyond Latin-1 are kept as UTF-8 bytes."""
    symbology, text = aim.split(typed)
    return Scan(text.encode("utf-8"), text, symbology, device, at, source)
