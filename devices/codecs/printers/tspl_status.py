"""Reading what a TSPL printer says: the status byte (`ESC ! ?`), the report (`ESC ! S`), mileage and model. Used by the TSPL driver.

Sources: TSC TSPL/TSPL2 manual pp.85-97; Gprinter GP-2120T p.34; Brother FBPL p.103. Both status questions are answered in every error.
"""

from __future__ import annotations

from dataclasses import dataclass

from devices.codecs.printers.text import plain
from devices.model import PrinterStatus, Reason

ASK_FLAGS = b"\x1b!?"
ASK_REPORT = b"\x1b!S"
ASK_MILEAGE = b"~!@\r\n"
ASK_MODEL = b"~!T\r\n"
CANCEL_ALL = b"\x1b!."
"""Cancel everything received (`ESC ! .`, TSPL2)."""

_FLAGS = {
    0x02: Reason.MEDIA_JAM,
    0x04: Reason.MEDIA_EMPTY,
    0x08: Reason.MARKER_SUPPLY_EMPTY,
    0x01: Reason.COVER_OPEN,
    0x40: Reason.COVER_OPEN,
    0x10: Reason.PAUSED,
    0x80: Reason.OTHER,
}
_PRINTING = 0x20

MESSAGES = {
    "@": "normal",
    "`": "paused",
    "B": "backing",
    "C": "cutting",
    "E": "error",
    "F": "feeding",
    "K": "waiting-key",
    "L": "label-waiting",
    "P": "printing",
    "W": "imaging",
}
"""First byte of the report: what the printer is doing."""

_AT_WORK = frozenset({"backing", "cutting", "feeding", "printing", "imaging"})
_STOPS = {"paused": Reason.PAUSED, "waiting-key": Reason.PAUSED}
_WARNINGS = {0x01: Reason.MEDIA_LOW, 0x02: Reason.MARKER_SUPPLY_LOW, 0x08: Reason.BUFFER_FULL}
_MACHINE = {
    0x01: Reason.HEAD_OVER_TEMPERATURE,
    0x02: Reason.MOTOR_OVER_TEMPERATURE,
    0x08: Reason.CUTTER_FAULT,
    0x10: Reason.MEMORY_FULL,
}
_SUPPLY = {
    0x01: Reason.MEDIA_EMPTY,
    0x02: Reason.MEDIA_JAM,
    0x04: Reason.MARKER_SUPPLY_EMPTY,
    0x08: Reason.RIBBON_JAM,
    0x20: Reason.COVER_OPEN,
}
REPORT_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Report:
    """One answer to `ESC ! S`. `message` is a word of MESSAGES; `errors` stop the printer, `warnings` do not."""

    message: str
    errors: tuple[Reason, ...]
    warnings: tuple[Reason, ...]

    @property
    def at_work(self) -> bool:
        """True while a label is being made."""
        return self.message in _AT_WORK


def flags(byte: int) -> PrinterStatus:
    """The byte that answers `ESC ! ?`. Printing is no reason to be not ready."""
    reasons = tuple(dict.fromkeys(reason for bit, reason in _FLAGS.items() if byte & bit))
    return PrinterStatus(not reasons, reasons, printing=bool(byte & _PRINTING))


def report(frame: bytes) -> Report | None:
    """The whole answer to `ESC ! S`, STX to LF; None for anything else. Bit 6 is set in every status byte, bit 7 in none."""
    if len(frame) != REPORT_LENGTH or frame[0] != 0x02 or frame[5:] != b"\x03\r\n":
        return None
    message = MESSAGES.get(chr(frame[1]))
    if message is None or any(byte & 0xC0 != 0x40 for byte in frame[2:5]):
        return None
    errors = _bits(frame[3], _MACHINE) + _bits(frame[4], _SUPPLY)
    return Report(message, errors, _bits(frame[2], _WARNINGS, None))


def _bits(byte: int, names: dict[int, Reason], rest: Reason | None = Reason.OTHER) -> tuple[Reason, ...]:
    found = tuple(reason for bit, reason in names.items() if byte & bit)
    unknown = byte & 0x3F & ~sum(names)
    return (*found, rest) if unknown and rest else found


def to_status(answer: Report | None, byte: int | None = None) -> PrinterStatus:
    """Both answers as one; without any the printer is UNKNOWN. The report says more, older firmware knows only the byte."""
    if answer is None:
        return flags(byte) if byte is not None else PrinterStatus(None, (Reason.NO_REPLY,))
    reasons = answer.errors
    if answer.message in _STOPS:
        reasons += (_STOPS[answer.message],)
    elif answer.message == "error" and not reasons:
        reasons = (Reason.OTHER,)
    waiting = answer.message == "label-waiting"
    return PrinterStatus(not reasons, reasons, answer.warnings, label_waiting=waiting, printing=answer.at_work)


def find_report(data: bytes) -> Report | None:
    """The last whole report in what has been heard, whatever stands around it."""
    at = data.rfind(b"\x03\r\n")
    while at >= 0:
        found = report(data[max(at - 5, 0) : at + 3])
        if found is not None:
            return found
        at = data.rfind(b"\x03\r\n", 0, at)
    return None


def mileage(frame: bytes) -> int | None:
    """The answer to `~!@`, ended by CR: metres printed, whole ones only (so it proves no single label)."""
    digits = frame.strip()
    return int(digits) if 1 <= len(digits) <= 12 and digits.isdigit() and frame.endswith((b"\r", b"\n")) else None


def model(frame: bytes) -> str | None:
    """The answer to `~!T`, ended by CR."""
    return plain(frame) or None if frame.endswith((b"\r", b"\n")) else None
