"""Reading the 32 bytes that a Brother raster printer sends: asked, after printing, and when something changes. Used by its driver.

Sources: Brother QL raster command reference; TD-4000 reference p.91; brother_ql 0.9.4 reader.py and lprint-brother.c for the bits.
"""

from __future__ import annotations

from dataclasses import dataclass

from devices.model import PrinterStatus, Reason

INVALIDATE = b"\0" * 200
ASK_STATUS = b"\x1biS"
INITIALIZE = INVALIDATE + b"\x1b@" + b"\x1bia\x01"
"""Drop a half command, initialise, raster mode."""

LENGTH = 32
_HEAD = b"\x80\x20\x42"

_FIRST = {
    0x01: Reason.MEDIA_EMPTY,
    0x02: Reason.MEDIA_EMPTY,
    0x04: Reason.CUTTER_FAULT,
    0x08: Reason.BATTERY_LOW,
    0x10: Reason.BUSY,
    0x20: Reason.OFFLINE,
    0x40: Reason.OTHER,
    0x80: Reason.SERVICE_NEEDED,
}
_SECOND = {
    0x01: Reason.WRONG_MEDIA,
    0x02: Reason.BUFFER_FULL,
    0x04: Reason.TRANSMISSION,
    0x08: Reason.BUFFER_FULL,
    0x10: Reason.COVER_OPEN,
    0x20: Reason.PAUSED,
    0x40: Reason.MEDIA_JAM,
    0x80: Reason.SERVICE_NEEDED,
}
_EVENTS = {0: "reply", 1: "printing-completed", 2: "error", 3: "turned-off", 4: "turned-off", 5: "notification"}
_PHASE_CHANGE = 6
_MEDIA = {0x00: "none", 0x0A: "continuous", 0x0B: "die-cut", 0x4A: "continuous", 0x4B: "die-cut"}


@dataclass(frozen=True, slots=True)
class Packet:
    """One status packet. `event` says why it was sent, `printing` its phase; sizes in millimetres (length 0: continuous)."""

    event: str
    errors: tuple[Reason, ...]
    printing: bool
    media: str
    width_mm: int
    length_mm: int


def packet(frame: bytes) -> Packet | None:
    """The 32 bytes; None for anything else."""
    if len(frame) != LENGTH or not frame.startswith(_HEAD):
        return None
    kind, printing = frame[18], frame[19] == 1
    event = (
        ("phase-printing" if printing else "phase-waiting") if kind == _PHASE_CHANGE else _EVENTS.get(kind, "unknown")
    )
    errors = [reason for bit, reason in _FIRST.items() if frame[8] & bit]
    errors += [reason for bit, reason in _SECOND.items() if frame[9] & bit]
    if event == "error" and not errors:
        errors = [Reason.OTHER]
    media = _MEDIA.get(frame[11], "unknown")
    return Packet(event, tuple(dict.fromkeys(errors)), printing, media, frame[10], frame[17])


class PacketStream:
    """Finds packets in whatever pieces they arrive; holds at most one."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Packet]:
        """The packets completed by `data`."""
        packets: list[Packet] = []
        for byte in data:
            self._buffer.append(byte)
            while not _HEAD.startswith(self._buffer[: len(_HEAD)]):
                del self._buffer[:1]
            if len(self._buffer) == LENGTH:
                found = packet(bytes(self._buffer))
                self._buffer.clear()
                if found is not None:
                    packets.append(found)
        return packets


def to_status(said: Packet | None) -> PrinterStatus:
    """One packet; silence is UNKNOWN (over a network most models are silent)."""
    if said is None:
        return PrinterStatus(None, (Reason.NO_REPLY,))
    off = said.event == "turned-off"
    errors = said.errors + ((Reason.OFFLINE,) if off and Reason.OFFLINE not in said.errors else ())
    return PrinterStatus(not errors, errors, printing=said.printing)
