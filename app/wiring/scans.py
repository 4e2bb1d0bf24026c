"""From the device room's words for a scan to the client's, and the syntax reader behind the port `ScanReader`."""

from app.core.scan import ScanFields, ScanInput, ScanSource
from devices.codecs import gs1
from devices.model import Scan


def scan_input(scan: Scan) -> ScanInput:
    """A scan of the device hub as the screens take it."""
    return ScanInput(scan.text, scan.at, scan.symbology, ScanSource(scan.source.value), str(scan.device))


def read_fields(text: str, symbology: str | None) -> ScanFields:
    """What a barcode says by its syntax alone: GTIN as 14 digits, GS1 fields, Digital Link. Never raises for any text."""
    parsed = gs1.parse(text, symbology)
    expiry = parsed.expiry or parsed.best_before
    # A number with weight or price inside is looked up without them; a message in an envelope by the part number in it.
    inside = parsed.item if parsed.restricted else None
    part = parsed.item if parsed.kind is gs1.ScanKind.ENVELOPE else None
    return ScanFields(
        text=part or parsed.text,
        gtin=inside or parsed.gtin or parsed.content_gtin,
        sscc=parsed.sscc,
        lot=parsed.lot,
        serial=parsed.serial,
        expiry=expiry.isoformat() if expiry else None,
        qty=parsed.count,
        separator_lost=parsed.separator_lost,
    )
