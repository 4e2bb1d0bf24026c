"""Reading what an EPL2 printer says: `^ee` answers and the reports it makes unasked after `US`. Used by the EPL2 driver.

Sources: Zebra EPL guide 14245L-003 (eR, ^ee p.175); Intermec ESim PC4/PD4 reference, appendix A (error tables, 07Pnnn, 07Rnnn).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from devices.model import PrinterStatus, Reason

ASK_ERRORS = b"\r\n^ee\r\n"
"""Answered at once, but not while data of a download is being taken."""
REPORT_ERRORS = b"US\r\n"
RESET = b"\r\n^@\r\n"
CLEAR_BUFFER = b"\r\nN\r\n"

_STOPS = {
    "07": Reason.MEDIA_EMPTY,
    "11": Reason.COVER_OPEN,
    "12": Reason.PAUSED,
    "62": Reason.HEAD_OVER_TEMPERATURE,
    "71": Reason.WAS_RESET,
    "72": Reason.INVALID_FIRMWARE_CONFIG,
    "73": Reason.INVALID_FIRMWARE_CONFIG,
    "81": Reason.CUTTER_FAULT,
    "92": Reason.PAUSED,
}
_FORMAT = {
    "01": Reason.SYNTAX,
    "02": Reason.LOGICAL,
    "03": Reason.LOGICAL,
    "04": Reason.MEMORY_FULL,
    "05": Reason.MEMORY_FULL,
    "06": Reason.TRANSMISSION,
    "08": Reason.LOGICAL,
    "09": Reason.LOGICAL,
    "10": Reason.LOGICAL,
    "13": Reason.LOGICAL,
    "14": Reason.LOGICAL,
    "15": Reason.LOGICAL,
}
"""What was wrong with a label it was sent. The next label may be fine, so these do not make a printer not ready."""

_CODE = r"[0-9]{2}"
_LIST = re.compile(rf"\s*({_CODE}(?:[PR][0-9]{{1,5}})?(?:,{_CODE}(?:[PR][0-9]{{1,5}})?){{0,15}})\r?\n".encode())
_REPORT = re.compile(rb"\x15([0-9]{2}(?:[PR][0-9]{1,5})?)\x13")
_MARKED = re.compile(rb"[^\s0-9,]([0-9]{2})\r\n")
_LIMIT = 512


@dataclass(frozen=True, slots=True)
class Errors:
    """What is wrong, by the printer's own codes (none: it said 00). `remaining` labels, when it ran out with some left.

    `recovered`: XON, something that was reported is over.
    """

    codes: tuple[str, ...] = ()
    remaining: int | None = None
    ribbon: bool = False
    recovered: bool = False

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """All codes as reasons, in the order given."""
        return tuple(dict.fromkeys(self._reason(code) for code in self.codes))

    def _reason(self, code: str) -> Reason:
        if code == "07" and self.ribbon:
            return Reason.MARKER_SUPPLY_EMPTY
        return _STOPS.get(code) or _FORMAT.get(code, Reason.OTHER)

    @property
    def stopping(self) -> tuple[Reason, ...]:
        """Only what keeps the printer from printing."""
        return tuple(dict.fromkeys(self._reason(code) for code in self.codes if code not in _FORMAT))


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """ACK: it took the command to report errors."""


Reply = Errors | Acknowledged


def errors(listed: bytes) -> Errors:
    """`00`, `01,11`, `07P012`: the codes, and how many labels are left when paper (P) or ribbon (R) ran out."""
    codes, remaining, ribbon = [], None, False
    for entry in listed.decode("ascii", "replace").split(","):
        code, rest = entry[:2], entry[2:]
        if code != "00":
            codes.append(code)
        if rest[:1] in ("P", "R") and rest[1:].isdigit():
            remaining, ribbon = int(rest[1:]), rest[0] == "R"
    return Errors(tuple(dict.fromkeys(codes)), remaining, ribbon)


class ReplyStream:
    """Finds answers and unasked reports in whatever pieces they arrive; holds at most about 512 bytes of what is neither."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Reply]:
        """The replies completed by `data`."""
        replies: list[Reply] = []
        for byte in data:
            self._buffer.append(byte)
            reply = self._completed(byte)
            if reply is not None:
                replies.append(reply)
                self._buffer.clear()
            elif byte == 0x0A or len(self._buffer) > _LIMIT:
                self._buffer.clear()
        return replies

    def _completed(self, byte: int) -> Reply | None:
        if byte == 0x06:
            return Acknowledged()
        if byte == 0x11:
            return Errors(recovered=True)
        if byte == 0x13:
            match = _REPORT.search(self._buffer)
        elif byte == 0x0A:
            match = _LIST.fullmatch(self._buffer) or _MARKED.search(self._buffer)
        else:
            return None
        return errors(match[1]) if match else None


def to_status(answer: Errors | None) -> PrinterStatus:
    """One answer to `^ee`; silence is UNKNOWN."""
    if answer is None:
        return PrinterStatus(None, (Reason.NO_REPLY,))
    stopping = answer.stopping
    warnings = tuple(reason for reason in answer.reasons if reason not in stopping)
    return PrinterStatus(not stopping, stopping, warnings, remaining=answer.remaining)
