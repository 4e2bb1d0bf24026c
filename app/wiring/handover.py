"""QR codes for the screen, drawn by the same code that puts them on labels. Used by the bootstrap."""

from app.core.handover import Symbol
from devices.codecs.symbols.qr import field


def draw_symbol(text: str) -> Symbol:
    """The modules of the QR code of `text`, row by row; True is dark."""
    return field(text).rows
