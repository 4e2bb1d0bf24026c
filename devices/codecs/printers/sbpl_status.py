"""Reading what a SATO printer says: the answer to ENQ with job, state and labels left, ACK and NAK. Used by the SBPL driver.

Sources: SATO M-8400RVe p.203; GL4xxe p.6-3; E series p.7-9; DR300 p.82 (the short answer, without the job's name).
"""

from __future__ import annotations

from dataclasses import dataclass

from devices.codecs.printers.text import plain
from devices.model import PrinterStatus, Reason

ASK_STATUS = b"\x05"
ASK_STATUS_SOH = b"\x01\x05"
"""The same question on printers set to the other protocol."""
CANCEL = b"\x18"

WORDS = {
    "0": "offline",
    "A": "ready",
    "B": "marker-supply-low",
    "C": "buffer-near-full",
    "G": "printing",
    "M": "label-waiting",
    "S": "compiling",
    "a": "buffer-full",
    "b": "cover-open",
    "c": "media-empty",
    "d": "marker-supply-empty",
    "e": "media",
    "f": "sensor",
    "g": "head",
    "i": "card",
    "j": "cutter",
    "k": "other",
}
"""The state byte: what the printer is doing, or what is wrong with it."""

_STOPS = {
    "offline": Reason.OFFLINE,
    "buffer-full": Reason.BUFFER_FULL,
    "cover-open": Reason.COVER_OPEN,
    "media-empty": Reason.MEDIA_EMPTY,
    "marker-supply-empty": Reason.MARKER_SUPPLY_EMPTY,
    "media": Reason.MEDIA_JAM,
    "sensor": Reason.MARK_NOT_FOUND,
    "head": Reason.BAD_PRINTHEAD_ELEMENT,
    "card": Reason.MEMORY_FULL,
    "cutter": Reason.CUTTER_FAULT,
    "other": Reason.OTHER,
}
_WARNINGS = {"marker-supply-low": Reason.MARKER_SUPPLY_LOW, "buffer-near-full": Reason.BUFFER_FULL}
_LENGTHS = (27, 11)
_STX, _ETX, _ACK, _NAK = 0x02, 0x03, 0x06, 0x15


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to ENQ. `job` is the two characters of `ESC ID` (None: no job), `state` a word of WORDS, `name` of `ESC WK`."""

    job: str | None
    state: str
    remaining: int
    name: str


@dataclass(frozen=True, slots=True)
class Taken:
    """ACK (a whole job or a cancel was taken) or NAK (it was not)."""

    ok: bool


Reply = Answer | Taken


def answer(frame: bytes) -> Answer | None:
    """The whole answer, STX to ETX; None for anything else."""
    if len(frame) not in _LENGTHS or frame[0] != _STX or frame[-1] != _ETX:
        return None
    job, state, remaining = frame[1:3], WORDS.get(chr(frame[3])), frame[4:10]
    if state is None or not remaining.isdigit() or not (job == b"  " or job.isalnum()):
        return None
    return Answer(None if job == b"  " else job.decode("ascii"), state, int(remaining), plain(frame[10:-1]))


class ReplyStream:
    """Finds answers, ACK and NAK in whatever pieces they arrive. A short answer cannot be told from the beginning of a long one by its
    first bytes, but by the ETX that ends it. Holds at most one answer."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Reply]:
        """The replies completed by `data`."""
        replies: list[Reply] = []
        for byte in data:
            replies += self._take(byte)
        return replies

    def _take(self, byte: int) -> list[Reply]:
        if byte == _STX:
            self._buffer = bytearray([_STX])
            return []
        if not self._buffer:
            return [Taken(byte == _ACK)] if byte in (_ACK, _NAK) else []
        self._buffer.append(byte)
        if byte == _ETX and len(self._buffer) in _LENGTHS:
            found = answer(bytes(self._buffer))
            self._buffer.clear()
            return [found] if found is not None else []
        if len(self._buffer) >= max(_LENGTHS):
            self._buffer.clear()
        return []


def to_status(said: Answer | None) -> PrinterStatus:
    """One answer; silence is UNKNOWN."""
    if said is None:
        return PrinterStatus(None, (Reason.NO_REPLY,))
    stop, warning = _STOPS.get(said.state), _WARNINGS.get(said.state)
    return PrinterStatus(
        stop is None,
        (stop,) if stop else (),
        (warning,) if warning else (),
        remaining=said.remaining,
        label_waiting=said.state == "label-waiting",
        printing=said.state in ("printing", "compiling"),
    )
