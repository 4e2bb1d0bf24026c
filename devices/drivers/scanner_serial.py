"""Serial barcode scanners (RS-232, USB-COM, Bluetooth SPP): lines in, one byte of feedback out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from devices.codecs.scans import scan_from_bytes
from devices.drivers.base import STEP_S, Event, PortDriver
from devices.feedback import ACK_NAK_BEL
from devices.framing import DelimiterFramer
from devices.model import DeviceKey, Feedback, Scan, ScanSource
from devices.transports.base import Transport

SCANNER_ENDS = b"\r\n\t\x03"
LONGEST_SCAN = 8192  # a QR code holds at most 7089 characters
SILENCE_S = 0.3
FEEDBACK_TIMEOUT_S = 0.2


class SerialScannerDriver(PortDriver):
    """Turns what a serial scanner sends into scans. `unsuffixed`: the scanner sends no end character, silence of 300 ms ends a scan."""

    def __init__(
        self,
        transport: Transport,
        key: DeviceKey,
        clock: Callable[[], float],
        unsuffixed: bool = False,
        answers: Mapping[Feedback, bytes] = ACK_NAK_BEL,
    ) -> None:
        super().__init__(transport)
        self._key = key
        self._clock = clock
        self._answers = answers
        self.framer = DelimiterFramer(SCANNER_ENDS, limit=LONGEST_SCAN, idle_s=SILENCE_S, idle_ends=unsuffixed)

    def open(self) -> None:
        """See Driver.open."""
        self.framer.reset()
        super().open()

    def probe(self) -> Sequence[Event]:
        """A scanner has nothing to be asked; an open line is all there is to know."""
        return ()

    def step(self) -> Sequence[Event]:
        """Wait for characters and return the scans they complete."""
        return self.frames(self._transport.read(STEP_S))

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
