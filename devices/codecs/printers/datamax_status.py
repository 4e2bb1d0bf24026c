"""Reading what a Datamax printer says: status byte (`SOH F`), status letters (`SOH A`), labels left and printed. Used by conformance.

Source: Datamax Class Series programmer's manual, immediate commands.
"""

from __future__ import annotations

from devices.model import PrinterStatus, Reason

ASK_STATUS = b"\x01F"
ASK_LETTERS = b"\x01A"
ASK_REMAINING = b"\x01E"
ASK_PRINTED = b"\x01e"

_PAPER, _RIBBON, _PAUSED = 0x02, 0x04, 0x20
_WORKING = 0x01 | 0x08 | 0x10  # reading a format, printing a batch, printing a label
_WAITING = 0x40
_STOPS = {_PAPER: Reason.MEDIA_EMPTY, _RIBBON: Reason.MARKER_SUPPLY_EMPTY, _PAUSED: Reason.PAUSED}


def status(frame: bytes) -> PrinterStatus:
    """The answer to `SOH F`: one byte whose bit 7 is never set, and CR. Anything else is no answer, so UNKNOWN."""
    if len(frame) != 2 or frame[1:] != b"\r" or frame[0] & 0x80:
        return PrinterStatus(None, (Reason.NO_REPLY,))
    byte = frame[0]
    stops = tuple(reason for bit, reason in _STOPS.items() if byte & bit)
    return PrinterStatus(not stops, stops, label_waiting=bool(byte & _WAITING), printing=bool(byte & _WORKING))


def letters(frame: bytes) -> PrinterStatus:
    """The answer to `SOH A`: the same bits as eight letters Y or N, lowest first, and CR."""
    if len(frame) != 9 or frame[8:] != b"\r" or set(frame[:8]) - set(b"YN"):
        return PrinterStatus(None, (Reason.NO_REPLY,))
    byte = sum(1 << place for place, letter in enumerate(frame[:7]) if letter == ord("Y"))
    return status(bytes((byte, 0x0D)))


def labels(frame: bytes) -> int | None:
    """The answer to `SOH E` (labels left of the batch) or `SOH e` (labels printed of it): digits and CR."""
    digits = frame[:-1]
    return int(digits) if frame.endswith(b"\r") and 1 <= len(digits) <= 8 and digits.isdigit() else None
