"""Cutting a byte stream into frames, bit by bit as it arrives. Used by the drivers; no I/O and no clock of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass

from devices.codecs import hid_pos, ssi

_SSI_OPS = frozenset(ssi.Op)


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
    Bytes out of `before` are passed over in front of a frame: the LF of a CR LF where LF ends nothing.
    """

    def __init__(
        self,
        ends: bytes = b"\r\n",
        starts: bytes = b"\x02",
        limit: int = 4096,
        idle_s: float | None = None,
        idle_ends: bool = False,
        before: bytes = b"",
    ) -> None:
        self._before = before
        self._ends = frozenset(ends)
        self._marks = re.compile(b"[" + re.escape(ends + starts) + b"]") if ends + starts else None
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
        at = 0
        for mark in self._marks.finditer(data) if self._marks else ():
            self._take(data[at : mark.start()])
            if data[mark.start()] in self._ends:
                frames += self._finish()
            else:
                self._drop()
            at = mark.end()
        self._take(data[at:])
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

    def patience(self, now: float, most: float) -> float:
        """How long to wait for more before `expire` has something to do: at most `most` seconds."""
        if self._idle_s is None or not self._pending:
            return most
        return min(max(self._last + self._idle_s - now, 0.0), most)

    def reset(self) -> None:
        """Forget a half frame: the link was lost in the middle of it."""
        if self._pending:
            self.counters.incomplete += 1
        self._drop()
        self._overlong = False

    def _take(self, piece: bytes) -> None:
        if self._overlong:
            self.counters.dropped_bytes += len(piece)
            return
        self._pending += piece if self._pending else piece.lstrip(self._before) if self._before else piece
        if len(self._pending) > self._limit:
            self._drop()
            self._overlong = True
            self.counters.overlong += 1

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


class SsiFramer:
    """Zebra SSI packets (`devices.codecs.ssi`), each good or damaged. Bytes that can begin no packet are dropped until some can.

    A rest that waits longer than `idle_s` for its end is dropped: the decoder sends again what was not acknowledged.
    """

    def __init__(self, idle_s: float = 0.3) -> None:
        self._idle_s = idle_s
        self._pending = bytearray()
        self._last = 0.0
        self.counters = FrameCounters()

    def feed(self, data: bytes, now: float) -> list[ssi.Packet | ssi.Damaged]:
        """The packets completed by `data`, which arrived at `now` (seconds, monotonic)."""
        self.expire(now)
        if data:
            self._last = now
        self._pending += data
        packets = []
        at = 0
        while (length := self._length_at(at)) is not None:
            if length == 0:
                self.counters.dropped_bytes += 1
                at += 1
                continue
            packet = ssi.decode(bytes(self._pending[at : at + length]))
            if packet is not None:
                packets.append(packet)
            at += length
        del self._pending[:at]
        self.counters.frames += sum(isinstance(packet, ssi.Packet) for packet in packets)
        return packets

    def expire(self, now: float) -> None:
        """Drop a rest that has been waiting for its end for too long."""
        if self._pending and now - self._last >= self._idle_s:
            self.reset()

    def reset(self) -> None:
        """Forget a half packet."""
        if self._pending:
            self.counters.incomplete += 1
            self.counters.dropped_bytes += len(self._pending)
        self._pending.clear()

    def _length_at(self, at: int) -> int | None:
        """Bytes of the whole packet at `at`; 0 if none can begin there, None if it has not come in full."""
        head = self._pending[at : at + 3]
        if not head:
            return None
        if (
            head[0] < ssi.HEADER
            or (len(head) > 1 and head[1] not in _SSI_OPS)
            or (len(head) > 2 and head[2] not in (ssi.DECODER, ssi.HOST))
        ):
            return 0
        length = head[0] + ssi.CHECKSUM
        return length if len(self._pending) - at >= length else None


class HidPosJoiner:
    """Joins the reports of one HID-POS scan. The other half of a scan must come within `idle_s`, or what there is is dropped; only where
    the layout has no sign for "goes on", a full report is a scan after `full_s` of silence."""

    def __init__(self, limit: int = 8192, idle_s: float = 1.0, full_s: float = 0.1) -> None:
        self._limit = limit
        self._idle_s = idle_s
        self._full_s = full_s
        self._last: hid_pos.Report | None = None
        self._aim: str | None = None
        self._pending = bytearray()
        self._at = 0.0
        self.counters = FrameCounters()

    def feed(self, report: bytes, now: float) -> list[hid_pos.Scanned]:
        """The scans completed by one report; what is no report of a scanner is counted and dropped."""
        scans = self.expire(now)
        part = hid_pos.parse(report)
        if part is None:
            self.counters.dropped_bytes += len(report)
            return scans
        if self._last is not None and not self._goes_on(self._last, part):
            scans += self._settle()
        if self._last is None:
            self._aim = part.aim
        self._pending += part.data
        self._last, self._at = part, now
        if len(self._pending) > self._limit:
            self.counters.overlong += 1
            self._drop()
        elif not part.continued and not part.full:
            scans += self._finish()
        return scans

    def expire(self, now: float) -> list[hid_pos.Scanned]:
        """Settle a rest that has been waiting for its end for too long."""
        if self._last is None or now - self._at < (self._full_s if self._last.full else self._idle_s):
            return []
        return self._settle()

    def patience(self, now: float, most: float) -> float:
        """How long to wait for more before `expire` has something to do: at most `most` seconds."""
        if self._last is None:
            return most
        return min(max(self._at + (self._full_s if self._last.full else self._idle_s) - now, 0.0), most)

    def reset(self) -> None:
        """Forget a half scan: the link was lost in the middle of it."""
        if self._last is not None:
            self.counters.incomplete += 1
        self._drop()

    def _goes_on(self, before: hid_pos.Report, part: hid_pos.Report) -> bool:
        return part.aim is None if before.full else part.aim == self._aim

    def _settle(self) -> list[hid_pos.Scanned]:
        if self._last is not None and self._last.full:
            return self._finish()
        self.reset()
        return []

    def _finish(self) -> list[hid_pos.Scanned]:
        scanned = hid_pos.Scanned(self._aim, bytes(self._pending))
        self._pending.clear()
        self._last = None
        if not scanned.data:
            return []
        self.counters.frames += 1
        return [scanned]

    def _drop(self) -> None:
        self.counters.dropped_bytes += len(self._pending)
        self._pending.clear()
        self._last = None
