"""What one scan says, for the scanner's test on the set-up screen: safe to show, with its kind and fields, and how it arrived wrong."""

from __future__ import annotations

from collections.abc import Callable

from app.core.messages import Code, Message, say
from app.core.scan import ScanFields
from app.screens.devices.port import ScanFacts

_LONGEST = 300
#: Separators of GS1 and ISO/IEC 15434, and the ends that scanners add.
_NAMES = {"\x1d": "GS", "\x1e": "RS", "\x1c": "FS", "\x04": "EOT", "\t": "TAB", "\r": "CR", "\n": "LF"}
#: AIM identifiers (ISO/IEC 15424) as people call them; the longest that fits counts.
_KINDS = {
    "]C0": "Code 128", "]C1": "GS1-128", "]C2": "Code 128", "]E0": "EAN-13 / UPC", "]E3": "EAN-13 + add-on", "]E4": "EAN-8",
    "]A": "Code 39", "]I": "ITF", "]d1": "Data Matrix", "]d2": "GS1 DataMatrix", "]Q1": "QR Code", "]Q3": "GS1 QR Code",
    "]e0": "GS1 DataBar", "]J1": "GS1 DotCode", "]L2": "PDF417", "]z": "Aztec", "]U": "MaxiCode", "]G": "Code 93", "]F": "Codabar",
}  # fmt: skip


def scan_facts(
    text: str,
    symbology: str | None,
    read: Callable[[str, str | None], ScanFields],
    layout_of: Callable[[str], str | None],
) -> ScanFacts:
    """Never raises for any text. `layout_of` names the keyboard for which the text seems typed, None if it seems right."""
    fields = read(text, symbology)
    named = (
        ("gtin", fields.gtin),
        ("sscc", fields.sscc),
        ("lot", fields.lot),
        ("serial", fields.serial),
        ("expiry", fields.expiry),
        ("count", None if fields.qty is None else str(fields.qty)),
    )
    trouble: Message | None = None
    if (layout := layout_of(text)) is not None:
        trouble = say(Code.KEYBOARD_LAYOUT, layout=layout)
    elif fields.separator_lost:
        trouble = say(Code.SEPARATOR_LOST)
    shown = tuple((name, visible(value)) for name, value in named if value)
    return ScanFacts(visible(text), kind_of(symbology), shown, trouble)


def kind_of(symbology: str | None) -> str:
    """What people call the kind of barcode, empty if the scanner did not say; an unknown identifier as it is."""
    if not symbology:
        return ""
    return _KINDS.get(symbology) or _KINDS.get(symbology[:2]) or visible(symbology)


def visible(text: str) -> str:
    """Text from a stranger as it may be shown: what does not print stands as its name or number in angle brackets; cut at 300."""
    shown = "".join(c if c.isprintable() else f"<{_NAMES.get(c, f'{ord(c):02X}')}>" for c in text[:_LONGEST])
    return shown + ("…" if len(text) > _LONGEST else "")
