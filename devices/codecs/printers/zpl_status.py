"""Reading what a ZPL printer says: `~HQES`, `~HS`, `~HI`, SGD values and our `^HV` echo, out of one byte stream. Used by the ZPL driver.

Sources: docs.zebra.com ~HS and ~HQ pages; ZPL II Programming Guide 45541L-004 pp.191-192; lprint-zpl.c for the error bits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from devices.codecs.printers.text import plain
from devices.codecs.printers.zpl import EVIDENCE_END, EVIDENCE_HEADER
from devices.model import PrinterIdentity, PrinterStatus, Reason

ASK_ERRORS = b"~HQES\r\n"
ASK_STATUS = b"~HS\r\n"
ASK_IDENTITY = b"~HI\r\n"
ASK_ODOMETER = b"~HQOD\r\n"
ASK_LABEL_COUNT = b'! U1 getvar "odometer.total_label_count"\r\n'
"""Link-OS only; older firmware answers `"?"` or nothing."""
CANCEL_ALL = b"~JA\r\n"

_ERRORS = {
    0x00001: Reason.MEDIA_EMPTY,
    0x00002: Reason.MARKER_SUPPLY_EMPTY,
    0x00004: Reason.COVER_OPEN,
    0x00008: Reason.CUTTER_FAULT,
    0x00010: Reason.HEAD_OVER_TEMPERATURE,
    0x00020: Reason.MOTOR_OVER_TEMPERATURE,
    0x00040: Reason.BAD_PRINTHEAD_ELEMENT,
    0x00080: Reason.PRINTHEAD_DETECTION,
    0x00100: Reason.INVALID_FIRMWARE_CONFIG,
    0x00200: Reason.PRINTHEAD_THERMISTOR,
    0x01000: Reason.MEDIA_JAM,
    0x02000: Reason.PRESENTER_NOT_RUNNING,
    0x04000: Reason.PAPER_FEED,
    0x08000: Reason.CLEAR_PAPER_PATH,
    0x10000: Reason.PAUSED,
    0x20000: Reason.RETRACT_TIMEOUT,
    0x40000: Reason.MARK_CALIBRATE,
    0x80000: Reason.MARK_NOT_FOUND,
}
_WARNINGS = {
    0x1: Reason.CALIBRATE_MEDIA,
    0x2: Reason.CLEAN_PRINTHEAD,
    0x4: Reason.REPLACE_PRINTHEAD,
    0x8: Reason.MEDIA_LOW,
}


@dataclass(frozen=True, slots=True)
class Errors:
    """`~HQES`: what stops the printer and what it grumbles about."""

    errors: tuple[Reason, ...]
    warnings: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Host:
    """`~HS`: what stops it and what is still in its buffer. `formats` received but not printed, `remaining` labels of the current batch."""

    reasons: tuple[Reason, ...]
    formats: int
    remaining: int
    partial: bool
    label_waiting: bool

    @property
    def consumed(self) -> bool:
        """True when nothing is left to print."""
        return not (self.formats or self.remaining or self.partial)


@dataclass(frozen=True, slots=True)
class Echo:
    """`^HV`: one label of this job was printed."""

    job_id: str


@dataclass(frozen=True, slots=True)
class Value:
    """Answer to an SGD `getvar`; None when the printer does not know the variable (it answers `"?"`)."""

    text: str | None


@dataclass(frozen=True, slots=True)
class Odometer:
    """`~HQOD`: what has run through the printer since it was made, in `unit` ("in" or "cm"); a length, so it proves no single label.

    `user` are the counters that people may set back.
    """

    total: float
    unit: str
    user: tuple[float, ...] = ()


Reply = Errors | Host | PrinterIdentity | Echo | Value | Odometer


def _bits(groups: tuple[str, str], names: dict[int, Reason], rest: Reason, flagged: bool) -> tuple[Reason, ...]:
    high, low = (int(group, 16) for group in groups)
    found = [name for bit, name in names.items() if low & bit]
    if high or low & ~sum(names) or (flagged and not low):
        found.append(rest)
    return tuple(found)


# The number of blanks varies between firmwares.
_FLAGS = r":\s*([01])\s+([0-9A-Fa-f]{8})\s+([0-9A-Fa-f]{8})"
_ERROR_LINE = re.compile("ERRORS" + _FLAGS)
_WARNING_LINE = re.compile("WARNINGS" + _FLAGS)


def parse_errors(frame: str) -> Errors | None:
    """The text between STX and ETX of a `~HQES` answer."""
    errors, warnings = _ERROR_LINE.search(frame), _WARNING_LINE.search(frame)
    if not errors or not warnings:
        return None
    return Errors(
        _bits((errors[2], errors[3]), _ERRORS, Reason.OTHER, errors[1] == "1"),
        _bits((warnings[2], warnings[3]), _WARNINGS, Reason.PAPER_PATH_SENSOR, warnings[1] == "1"),
    )


def parse_host(first: str, second: str) -> Host | None:
    """The first two of the three lines of a `~HS` answer, without STX and ETX."""
    one, two = first.split(","), second.split(",")
    if len(one) != 12 or len(two) != 11 or not all(part.strip().isdigit() for part in (*one, *two)):
        return None
    flags = (
        (one[1], Reason.MEDIA_EMPTY),
        (two[3], Reason.MARKER_SUPPLY_EMPTY),
        (two[2], Reason.COVER_OPEN),
        (one[2], Reason.PAUSED),
        (one[11], Reason.HEAD_OVER_TEMPERATURE),
        (one[10], Reason.HEAD_UNDER_TEMPERATURE),
        (one[9], Reason.MEMORY_LOST),
        (one[5], Reason.BUFFER_FULL),
    )
    return Host(
        tuple(reason for flag, reason in flags if flag.strip() == "1"),
        formats=int(one[4]),
        remaining=int(two[8]),
        partial=one[7].strip() == "1",
        label_waiting=two[7].strip() == "1",
    )


def parse_identity(frame: str) -> PrinterIdentity | None:
    """The text between STX and ETX of a `~HI` answer. The third field is dots per mm on most models and dots per inch on some."""
    parts = [part.strip() for part in frame.split(",")]
    if len(parts) < 4 or not parts[0] or not parts[2].isdigit():
        return None
    density = int(parts[2])
    # A model's name is shown to people: only what can be printed.
    model, firmware = (plain(part.encode("ascii", "replace")) for part in parts[:2])
    return PrinterIdentity(model, firmware, density if density <= 24 else round(min(density, 10_000) / 25.4))


_FRAME_LIMIT = 1024
_METER = re.compile(
    r"(TOTAL NONRESETTABLE|USER RESETTABLE CNTR\d)\s*:\s*(\d{1,12}(?:\.\d{1,6})?)\s*(\"|IN|CM)", re.IGNORECASE
)


def parse_odometer(frame: str) -> Odometer | None:
    """The text of a `~HQOD` answer (`TOTAL NONRESETTABLE:   8560 "`)."""
    meters = _METER.findall(frame[:_FRAME_LIMIT])
    total = next((meter for meter in meters if meter[0].upper().startswith("TOTAL")), None)
    if total is None:
        return None
    user = tuple(float(value) for name, value, _ in meters if not name.upper().startswith("TOTAL"))
    return Odometer(float(total[1]), "cm" if total[2].lower() == "cm" else "in", user)


_VERIFY = re.compile(rb"\^HV(\d{1,4}),(\d{1,3}),([^,^~]{0,80}),([^,^~]{0,80})(?:,([FL]))?")


def verified(request: bytes, reply: bytes) -> list[str] | None:
    """Field data that the `^HV` of a foreign format made the printer report, once for each time; None if the request holds none."""
    asked = _VERIFY.search(request)
    if asked is None:
        return None
    length, header, end = int(asked[2]), asked[3], asked[4]
    pattern = re.escape(header) + b"(.{%d}|.{0,%d}?)" % (length, length) + (re.escape(end) if end else b"(?=\\s|$)")
    return [plain(match[1]) for match in re.finditer(pattern, reply[:65536], re.DOTALL)]


def to_status(errors: Errors | None, host: Host | None) -> PrinterStatus:
    """Both answers as one. Silence is not OK: without any answer `ready` is None; and some printers do not answer `~HS` in an error."""
    if errors is None and host is None:
        return PrinterStatus(None, (Reason.NO_REPLY,))
    reasons = tuple(dict.fromkeys((errors.errors if errors else ()) + (host.reasons if host else ())))
    warnings = errors.warnings if errors else ()
    if host is None:
        return PrinterStatus(not reasons, reasons, warnings)
    if host.partial:
        reasons += (Reason.PARTIAL_FORMAT,)
    return PrinterStatus(not reasons, reasons, warnings, host.formats, host.remaining, host.label_waiting)


_STX, _ETX = 0x02, 0x03
# On a label of somebody else's the field that is reported holds a blank.
_ECHO = re.compile(
    re.escape(EVIDENCE_HEADER.encode()) + rb"([A-Za-z0-9._:-]{1,64}) ?" + re.escape(EVIDENCE_END.encode())
)
_VALUE = re.compile(rb'"([^"\x02\x03]{0,128})"')


class ReplyStream:
    """Finds replies in whatever order and pieces they arrive. Garbage between them is dropped and counted."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._lines: list[str] = []
        self.dropped_bytes = 0

    def feed(self, data: bytes) -> list[Reply]:
        """The replies completed by `data`."""
        self._buffer += data
        replies: list[Reply] = []
        while True:
            start = self._buffer.find(_STX)
            outside = bytes(self._buffer if start < 0 else self._buffer[:start])
            used, found = self._outside(outside, complete=start >= 0)
            replies += found
            del self._buffer[:used]
            if start < 0:
                return replies
            end = self._buffer.find(_ETX)
            if end < 0:
                if len(self._buffer) <= _FRAME_LIMIT:
                    return replies
                self._give_up(start)
                continue
            # A second STX before the ETX: the first frame was cut off.
            begin = self._buffer.rfind(_STX, 0, end)
            self.dropped_bytes += begin
            frame = self._buffer[begin + 1 : end].decode("ascii", "replace")
            del self._buffer[: end + 1]
            reply = self._frame(frame)
            if reply is not None:
                replies.append(reply)

    def _give_up(self, start: int) -> None:
        """The ETX got lost: whatever begins more than a frame's length before the end stands in no frame."""
        keep = self._buffer.find(_STX, max(len(self._buffer) - _FRAME_LIMIT, start + 1))
        behind = bytes(self._buffer[start : keep if keep >= 0 else len(self._buffer)])
        self.dropped_bytes += behind.count(_STX)
        self._buffer[start : start + len(behind)] = behind.replace(b"\x02", b" ")

    def _outside(self, text: bytes, complete: bool) -> tuple[int, list[Reply]]:
        """Echoes and values in bytes that stand outside STX..ETX: how many bytes are done with, and the replies."""
        found: list[tuple[int, Reply]] = [
            (match.end(), Echo(match[1].decode("ascii"))) for match in _ECHO.finditer(text)
        ]
        for match in _VALUE.finditer(text):
            value = match[1].decode("ascii", "replace")
            found.append((match.end(), Value(None if value == "?" else value)))
        found.sort(key=lambda pair: pair[0])
        used = found[-1][0] if found else 0
        if complete or len(text) - used > _FRAME_LIMIT:
            self.dropped_bytes += len(text[used:].strip())
            used = len(text)
        return used, [reply for _, reply in found]

    def _frame(self, frame: str) -> Reply | None:
        if len(frame) > _FRAME_LIMIT:
            return None
        if "PRINTER STATUS" in frame:
            return parse_errors(frame)
        if "NONRESETTABLE" in frame:
            return parse_odometer(frame)
        fields = frame.count(",") + 1
        if fields == 12:
            self._lines = [frame]
            return None
        if fields == 11 and self._lines:
            first, self._lines = self._lines[0], []
            return parse_host(first, frame)
        return parse_identity(frame)
