"""Reading what an ESC/POS printer says: real-time status, automatic status, and its word that the data before an id is printed.

Used by the ESC/POS driver. Sources: Epson TM-L90 p.429, TM-J2000 p.430; Citizen CT-S310 p.310.
"""

from __future__ import annotations

from dataclasses import dataclass

from devices.model import PrinterStatus, Reason

KINDS = (1, 2, 3, 4)
"""The four status bytes that `DLE EOT n` asks for: printer, offline cause, error cause, paper."""

ASK_AUTOMATIC = b"\x1da\x0f"
INITIALIZE = b"\x1b@"
CLEAR_BUFFERS = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
"""`DLE DC4 8`: throw away everything received and not printed, in real time."""

_STOPS: dict[int, dict[int, Reason]] = {
    1: {0x08: Reason.OFFLINE},
    2: {0x04: Reason.COVER_OPEN, 0x20: Reason.MEDIA_EMPTY, 0x40: Reason.OTHER},
    3: {0x08: Reason.CUTTER_FAULT, 0x20: Reason.SERVICE_NEEDED, 0x40: Reason.HEAD_OVER_TEMPERATURE},
    4: {0x60: Reason.MEDIA_EMPTY},
}
_WARNINGS: dict[int, dict[int, Reason]] = {
    1: {},
    2: {0x08: Reason.FEED_KEY},
    3: {},
    4: {0x0C: Reason.MEDIA_LOW},
}
_ID_HEAD = b"\x37\x22"
_ID_LENGTH = 7
_AUTOMATIC_LENGTH = 4


@dataclass(frozen=True, slots=True)
class RealTime:
    """One byte that looks like the answer to `DLE EOT n`. Which n it answers only the asker knows."""

    byte: int


@dataclass(frozen=True, slots=True)
class Automatic:
    """Automatic status back: four bytes, said unasked when something changes."""

    errors: tuple[Reason, ...]
    warnings: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Printed:
    """Everything sent before this id has been printed."""

    process_id: bytes


Reply = RealTime | Automatic | Printed


def ask(kind: int) -> bytes:
    """`DLE EOT n`, answered in real time, also when the printer is offline or its buffer is full."""
    return bytes((0x10, 0x04, kind))


def ask_printed(process_id: bytes) -> bytes:
    """`GS ( H`, function 48: say the id when the data before it is printed. ValueError unless it is 4 printable ASCII bytes."""
    if len(process_id) != 4 or not all(0x20 <= byte <= 0x7E for byte in process_id):
        raise ValueError(f"{process_id!r} is no process id")
    return b"\x1d(H\x06\x00\x30\x30" + process_id


def is_real_time(byte: int) -> bool:
    """Whether the fixed bits 0xx1xx10 are right; a byte without them is no status."""
    return byte & 0x93 == 0x12


def conditions(kind: int, byte: int) -> tuple[tuple[Reason, ...], tuple[Reason, ...]] | None:
    """(errors, warnings) of the byte that answers `DLE EOT kind`; None if it is no answer."""
    if kind not in KINDS or not is_real_time(byte):
        return None
    errors = tuple(reason for bits, reason in _STOPS[kind].items() if byte & bits)
    return errors, tuple(reason for bits, reason in _WARNINGS[kind].items() if byte & bits)


def to_status(answers: dict[int, int]) -> PrinterStatus:
    """The answers by n. Ready only if all four came: what was not answered is not known.

    Offline alone is a reason; with a cause beside it, the cause says it better and comes first.
    """
    found = {kind: conditions(kind, byte) for kind, byte in answers.items()}
    errors = [reason for kind in (2, 3, 4, 1) for reason in (found.get(kind) or ((), ()))[0]]
    warnings = tuple(reason for kind in KINDS for reason in (found.get(kind) or ((), ()))[1])
    if errors:
        return PrinterStatus(False, _causes(errors), warnings)
    if any(found.get(kind) is None for kind in KINDS):
        return PrinterStatus(None, (Reason.NO_REPLY,), warnings)
    return PrinterStatus(True, (), warnings)


def _causes(errors: list[Reason]) -> tuple[Reason, ...]:
    unique = tuple(dict.fromkeys(errors))
    specific = tuple(reason for reason in unique if reason is not Reason.OTHER)
    return specific if set(specific) - {Reason.OFFLINE} else unique


def automatic(frame: bytes) -> Automatic | None:
    """Four bytes of automatic status. First byte 0xx1xx00, the others 0xx0xxxx; None for anything else."""
    if len(frame) != _AUTOMATIC_LENGTH or frame[0] & 0x93 != 0x10 or any(byte & 0x90 for byte in frame[1:]):
        return None
    printer, error, paper = frame[0], frame[1], frame[2]
    stops = [
        (printer & 0x20, Reason.COVER_OPEN),
        (error & 0x08, Reason.CUTTER_FAULT),
        (error & 0x20, Reason.SERVICE_NEEDED),
        (error & 0x40, Reason.HEAD_OVER_TEMPERATURE),
        (error & 0x04, Reason.OTHER),
        (paper & 0x0C, Reason.MEDIA_EMPTY),
        (printer & 0x08, Reason.OFFLINE),
    ]
    warns = [(printer & 0x40, Reason.FEED_KEY), (paper & 0x03, Reason.MEDIA_LOW)]
    return Automatic(tuple(why for bit, why in stops if bit), tuple(why for bit, why in warns if bit))


class ReplyStream:
    """Finds replies in whatever pieces they arrive, by their fixed bits. Everything else is dropped; holds at most seven bytes."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Reply]:
        """The replies completed by `data`."""
        replies: list[Reply] = []
        for byte in data:
            self._buffer.append(byte)
            while self._buffer and (step := self._step()) is not None:
                used, reply = step
                del self._buffer[:used]
                if reply is not None:
                    replies.append(reply)
        return replies

    def _step(self) -> tuple[int, Reply | None] | None:
        """How many bytes are done with and what they were; None while the reply at the front is not complete."""
        head, length = self._buffer[0], len(self._buffer)
        if head == _ID_HEAD[0]:
            return self._printed(length)
        if is_real_time(head):
            return 1, RealTime(head)
        if head & 0x93 == 0x10:
            if length < _AUTOMATIC_LENGTH:
                return None if not any(byte & 0x90 for byte in self._buffer[1:]) else (1, None)
            found = automatic(bytes(self._buffer[:_AUTOMATIC_LENGTH]))
            return (_AUTOMATIC_LENGTH, found) if found else (1, None)
        return 1, None

    def _printed(self, length: int) -> tuple[int, Reply | None] | None:
        if length >= 2 and self._buffer[1] != _ID_HEAD[1]:
            return 1, None
        if length < _ID_LENGTH:
            return None
        if self._buffer[6] != 0:
            return 1, None
        return _ID_LENGTH, Printed(bytes(self._buffer[2:6]))
