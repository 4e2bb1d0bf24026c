"""Cutting a byte stream into frames, bit by bit as it arrives. Used by the drivers; no I/O and no clock of its own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class FrameCounters:
    """How much of a stream was good and how much was thrown away; for the device page and for tests."""

    frames: int = 0
    incomplete: int = 0
    overlong: int = 0
    dropped_bytes: int = 0


class DelimiterFramer:
    """Frames ended by one byte out of `ends` (a CR LF pair ends one frame, since empty frames are dropped).

    A byte out of `starts` begins a frame anew, which is how the stream is found again after garbage. A frame longer than `limit` bytes is
    dropped up to its end. After `idle_s` seconds of silence a rest is a frame if `idle_ends`, otherwise it is dropped and counted.
    """

    def __init__(
        self,
        ends: bytes = b"\r\n",
        starts: bytes = b"\x02",
        limit: int = 4096,
        idle_s: float | None = None,
        idle_ends: bool = False,
    ) -> None:
        self._ends = frozenset(ends)
        self._starts = frozenset(starts)
        self._limit = limit
        self._idle_s = idle_s
        self._idle_ends = idle_ends
        self._pending = bytearray()
        self._overlong = False
        self._last = 0.0
        self.counters = FrameCounters()

    def feed(self, data: bytes, now: float) -> list[bytes]:
        """The frames completed by `data`, which arrived at `now` (seconds, monotonic)."""
        frames = self.expire(now)
        if data:
            self._last = now
        for byte in data:
            if byte in self._ends:
                frames += self._finish()
            elif byte in self._starts:
                self._drop()
            elif self._overlong:
                self.counters.dropped_bytes += 1
            else:
                self._pending.append(byte)
                if len(self._pending) > self._limit:
                    self._drop()
                    self._overlong = True
                    self.counters.overlong += 1
        return frames

    def expire(self, now: float) -> list[bytes]:
        """Settle a rest that has been waiting for its end for too long."""
        if self._idle_s is None or not self._pending or now - self._last < self._idle_s:
            return []
        if self._idle_ends:
            return self._finish()
        self.counters.incomplete += 1
        self._drop()
        return []

    def reset(self) -> None:
        """Forget a half frame: the link was lost in the middle of it."""
        if self._pending:
            self.counters.incomplete += 1
        self._drop()
        self._overlong = False

    def _finish(self) -> list[bytes]:
        frame = bytes(self._pending)
        self._pending.clear()
        self._overlong = False
        if not frame:
            return []
        self.counters.frames += 1
        return [frame]

    def _drop(self) -> None:
        self.counters.dropped_bytes += len(self._pending)
        self._pending.clear()
