"""What a USB device is by its maker's number, as far as it is certain. Used by the sources that see USB devices."""

from __future__ import annotations

from devices.model import Role

# Vendors that make nothing but scanners (USB ids: Honeywell/Metrologic, Symbol/Zebra scanners, PSC/Datalogic, Access-IS, Newland, Opticon).
SCANNER_VENDORS = frozenset({0x0C2E, 0x05E0, 0x05F9, 0x0DB5, 0x1EAB, 0x065A})

# HID scales, by vendor and product: Dymo, Stamps.com, Elane.
SCALES = frozenset({(0x0922, 0x8003), (0x0922, 0x8004), (0x0922, 0x8009), (0x1446, 0x6A73)})
SCALE_VENDORS = frozenset({0x7B7C})


def role_of_usb(vid: int | None, pid: int | None) -> tuple[Role | None, str | None]:
    """Role and dialect of a USB serial device, (None, None) for an adapter that anything may hang on."""
    if vid in SCANNER_VENDORS:
        return Role.SCANNER, "lines"
    if vid in SCALE_VENDORS or (vid, pid) in SCALES:
        return Role.SCALE, None
    return None, None
