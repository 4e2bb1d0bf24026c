"""Serial barcode scanners (RS-232, USB-COM, Bluetooth SPP): lines in, one byte of feedback out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from devices.codecs.scans import scan_from_bytes
from devices.drivers.base import STEP_S, Clock, Event, PortDriver
from devices.feedback import ACK_NAK_BEL
from devices.framing import DelimiterFramer
from devices.model import DeviceFault, DeviceKey, Feedback, Reason, Scan, ScanSource
from devices.transports.base import Transport

LONGEST_SCAN = 8192  # a QR code holds at most 7089 characters
SILENCE_S = 0.3
# Fewer bytes than this come from plugging and switching, too; nobody needs to hear of them.
WORTH_TELLING = 4
FEEDBACK_TIMEOUT_S = 0.2


@dataclass(frozen=True, slots=True)
class Framing:
    """What a scanner puts around the data. `ends`: any of these bytes ends a scan; none at all: silence of 300 ms does.

    `starts`: these bytes begin one. `before`: these are passed over in front of one (the LF of a CR LF).
    """

    ends: bytes = b"\r\n\t\x03"
    starts: bytes = b"\x02"
    before: bytes = b""


SUFFIXES = {
    "any": Framing().ends,
    "cr": b"\r",
    "crlf": b"\r",
    "lf": b"\n",
    "tab": b"\t",
    "etx": b"\x03",
    "none": b"",
}
"""By the name in the address (`?suffix=cr`). With one suffix named, the other bytes are data: a QR code may hold several lines."""

PREFIXES = {"stx": b"\x02", "none": b""}
"""By the name in the address (`?prefix=stx`)."""


def framing_named(prefix: str, suffix: str) -> Framing:
    """Framing by the names in an address. ValueError for a name that is not there."""
    for said, table, what in ((prefix, PREFIXES, "prefix"), (suffix, SUFFIXES, "suffix")):
        if said not in table:
            raise ValueError(f"{what} must be one of {', '.join(table)} but is {said!r}")
    return Framing(SUFFIXES[suffix], PREFIXES[prefix], b"\n" if suffix in ("cr", "crlf") else b"")


class SerialScannerDriver(PortDriver):
    """Turns what a serial scanner sends into scans."""

    def __init__(
        self,
        transport: Transport,
        key: DeviceKey,
        clock: Clock,
        framing: Framing = Framing(),
        answers: Mapping[Feedback, bytes] = ACK_NAK_BEL,
    ) -> None:
        super().__init__(transport)
        self._key = key
        self._clock = clock
        self._answers = answers
        self.framer = DelimiterFramer(
            framing.ends, framing.starts, LONGEST_SCAN, SILENCE_S, idle_ends=not framing.ends, before=framing.before
        )
        self._dropped = 0
        self._faulty = False

    def open(self) -> None:
        """See Driver.open."""
        self.framer.reset()
        self._dropped, self._faulty = self.framer.counters.dropped_bytes, False
        super().open()

    def probe(self) -> Sequence[Event]:
        """A scanner has nothing to be asked; an open line is all there is to know."""
        return ()

    def step(self) -> Sequence[Event]:
        """Wait for characters and return the scans they complete; a fault while what comes is no scan, until one comes."""
        scans = self.frames(self._transport.read(self.framer.patience(self._clock(), STEP_S)))
        dropped, self._dropped = self.framer.counters.dropped_bytes - self._dropped, self.framer.counters.dropped_bytes
        if scans and self._faulty:
            self._faulty = False
            return [DeviceFault(None), *scans]
        if not scans and not self._faulty and dropped >= WORTH_TELLING:
            self._faulty = True
            # Another speed than the scanner's, or no suffix: either way bytes come and no end of a scan.
            return [DeviceFault(Reason.TRANSMISSION, f"{dropped} bytes came without an end")]
        return scans

    def frames(self, chunk: bytes) -> list[Scan]:
        """Scans completed by `chunk`. One chunk may hold several scans, or half of one."""
        now = self._clock()
        return [scan_from_bytes(frame, self._key, now, ScanSource.SERIAL) for frame in self.framer.feed(chunk, now)]

    def feedback(self, kind: Feedback) -> Sequence[Event]:
        """Let the scanner beep; a scanner that has no word for it stays silent."""
        answer = self._answers[kind]
        if answer:
            self._transport.write(answer, FEEDBACK_TIMEOUT_S)
        return ()
