"""Cutting what a scale sends into frames of at most 64 bytes, finding the way back after garbage. Used by the driver, a codec each way.

A dialect describes its frames by a `Measure`; the bytes are offered to it one by one, so how the line chops them makes no difference.
"""

from __future__ import annotations

from collections.abc import Callable

from devices.framing import FrameCounters

LIMIT = 64
IDLE_S = 0.3
"""A frame that stops coming for this long will not go on: at 1200 baud a byte takes 9 ms."""

Measure = Callable[[bytes, bool], int]
"""(what is pending, whether the line has gone silent) -> n > 0: the first n bytes are a frame; n < 0: the first -n are garbage; 0: not yet.

Called after each byte, and again from the first byte of what is left, so it need look at the last byte only.
"""

CR, LF, STX, ETX, EOT, ACK, NAK, SOH = 0x0D, 0x0A, 0x02, 0x03, 0x04, 0x06, 0x15, 0x01
_FRAMING = frozenset((CR, LF, STX, ETX, EOT, SOH))
# Line ends, the ETX after an NCI line, and the padding of a HID report belong to frames, though no frame needs them.
_HARMLESS = (b"\r", b"\n", b"\x03", b"\x00")


class Cutter:
    """The frames of one line, with their delimiters. Keeps what is pending and counts what it threw away; holds no clock."""

    def __init__(self, measure: Measure, seven_bit: bool) -> None:
        self._measure = measure
        # A 7E1 or 7O1 line opened as 8N1 shows its parity in bit 7.
        self._mask = 0x7F if seven_bit else 0xFF
        self._pending = bytearray()
        self._skipping = False
        self._last = 0.0
        self.counters = FrameCounters()

    def feed(self, data: bytes, now: float) -> list[bytes]:
        """The frames completed by `data`, which arrived at `now` (seconds, monotonic)."""
        frames = self.expire(now)
        if data:
            self._last = now
        for byte in data:
            byte &= self._mask
            if self._skipping and byte not in _FRAMING:
                self.counters.dropped_bytes += 1
                continue
            self._skipping = False
            self._pending.append(byte)
            self._settle(frames)
        return frames

    def expire(self, now: float) -> list[bytes]:
        """Settle a rest that has been waiting for its end for too long."""
        if not self._pending or now - self._last < IDLE_S:
            return []
        length = self._measure(bytes(self._pending), True)
        if length > 0:
            self.counters.frames += 1
            frames = [bytes(self._pending[:length])]
            self._pending.clear()
            return frames
        self.reset()
        return []

    def reset(self) -> None:
        """Forget a half frame: the link was lost in the middle of it."""
        if self._pending:
            self.counters.incomplete += 1
            self.counters.dropped_bytes += len(self._pending)
        self._pending.clear()
        self._skipping = False

    def _settle(self, frames: list[bytes]) -> None:
        length = self._measure(bytes(self._pending), False)
        if length == 0:
            if len(self._pending) < LIMIT:
                return
            # What follows is the rest of the same, up to the next byte that can begin or end a frame.
            self.counters.overlong += 1
            self._skipping = True
            length = -LIMIT
        taken, rest = bytes(self._pending[: abs(length)]), self._pending[abs(length) :]
        if length > 0:
            self.counters.frames += 1
            frames.append(taken)
        elif taken not in _HARMLESS:
            self.counters.dropped_bytes += len(taken)
        self._pending = bytearray()
        for byte in rest:
            self._pending.append(byte)
            self._settle(frames)


def lines(pending: bytes, silent: bool) -> int:
    """Lines ended by CR, LF or both; an empty line is nothing."""
    if pending[-1] not in (CR, LF):
        return 0
    return len(pending) if len(pending) > 1 else -1


def block(start: int, end: int, singles: bytes = b"", inner: bool = False) -> Measure:
    """From `start` to `end`, both included; bytes out of `singles` stand for themselves between blocks.

    A `start` begins anew, unless it is `inner` and follows a CR (SCP-01 has CR LF inside its frame).
    """

    def measure(pending: bytes, silent: bool) -> int:
        if pending[0] in singles:
            return 1
        if pending[0] != start:
            return -1
        length = len(pending)
        if length > 1 and pending[-1] == start and not (inner and pending[-2] == CR):
            return 1 - length
        return length if pending[-1] == end and length > 1 else 0

    return measure
