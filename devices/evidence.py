"""What went over a device's wire in the last five minutes, kept in little memory, told as a transcript. Filled by the hub's tap."""

from __future__ import annotations

import struct
import threading
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum, unique

from devices.model import DeviceInfo
from devices.simulated.transcript import Transcript
from devices.simulated.transcript_privacy import without_secrets

KEEP_S = 300.0
MOST_BYTES = 256 * 1024
"""Most that the packed segments of one device may take. A scale asked ten times a second fills about a tenth of it in five minutes."""
SEGMENT = 8 * 1024
LONGEST = 4096
"""Of one read or write so much is kept; longer ones are labels with pictures, whose content nobody may see anyway."""

_HEAD = struct.Struct("<IBIH")  # milliseconds since the segment began, kind, full length, kept length


@unique
class Kind(IntEnum):
    """What happened on the wire."""

    OPENED = 0
    CLOSED = 1
    WRITTEN = 2
    READ = 3
    FAILED = 4


@dataclass(frozen=True, slots=True)
class Trace:
    """One thing that happened, at `at` seconds of the hub's clock. `size` is its full length, `data` what was kept of it."""

    at: float
    kind: Kind
    data: bytes
    size: int


class Ring:
    """The last five minutes of one device. Written by the device's thread, read by any."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._packed: deque[tuple[float, float, bytes]] = deque()
        self._packed_bytes = 0
        self._open = bytearray()
        self._began = 0.0

    def note(self, kind: Kind, data: bytes = b"") -> None:
        """Keep what happened just now."""
        now = self._clock()
        with self._lock:
            if not self._open:
                self._began = now
            kept = data[:LONGEST]
            self._open += _HEAD.pack(int((now - self._began) * 1000), kind, len(data), len(kept)) + kept
            if len(self._open) >= SEGMENT:
                self._pack(now)

    def traces(self) -> list[Trace]:
        """Everything of the last five minutes, oldest first."""
        with self._lock:
            since = self._clock() - KEEP_S
            segments = [(began, zlib.decompress(blob)) for began, ended, blob in self._packed if ended >= since]
            segments.append((self._began, bytes(self._open)))
        return [trace for began, raw in segments for trace in _unpack(began, raw) if trace.at >= since]

    @property
    def size(self) -> int:
        """Bytes that it takes in memory, about."""
        with self._lock:
            return self._packed_bytes + len(self._open)

    def _pack(self, now: float) -> None:
        blob = zlib.compress(self._open, 1)
        self._open.clear()
        self._packed.append((self._began, now, blob))
        self._packed_bytes += len(blob)
        while self._packed and (self._packed_bytes > MOST_BYTES or self._packed[0][1] < now - KEEP_S):
            self._packed_bytes -= len(self._packed.popleft()[2])


def _unpack(began: float, raw: bytes) -> Iterator[Trace]:
    place = 0
    while place < len(raw):
        millis, kind, size, kept = _HEAD.unpack_from(raw, place)
        place += _HEAD.size
        yield Trace(began + millis / 1000, Kind(kind), raw[place : place + kept], size)
        place += kept


def export(ring: Ring, info: DeviceInfo, dialect: str) -> str:
    """The ring as a transcript in TOML, without what must not leave the house. `dialect` is how the device was spoken to."""
    transcript = Transcript.from_traces(
        ((trace.at, trace.kind.name.lower(), trace.data, trace.size) for trace in ring.traces()),
        role=info.role.value,
        dialect=dialect,
        url=info.url,
    )
    return without_secrets(transcript).text()
