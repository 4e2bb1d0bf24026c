"""QR codes (ISO/IEC 18004), error correction M, texts as UTF-8. The segno library does the work. Used by `devices.labels`."""

from __future__ import annotations

from devices.codecs.symbols.shape import Field

_QUIET = 4


def field(text: str) -> Field:
    """Raises ValueError for an empty text and for more than a symbol holds (2 331 bytes)."""
    # segno brings urllib and xml along: too much for the start of a client that may never print.
    import segno

    if not text:
        raise ValueError("a QR code needs a text")
    try:
        symbol = segno.make_qr(
            text, error="m", boost_error=False, encoding=None if text.isascii() else "utf-8", eci=False
        )
    except ValueError as trouble:
        # segno's DataOverflowError.
        raise ValueError(f"{len(text)} characters are too many for a QR code") from trouble
    return Field(tuple(tuple(module == 1 for module in row) for row in symbol.matrix), _QUIET)
