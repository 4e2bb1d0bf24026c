"""HID-POS barcode scanners (USB usage page 8C): reports in, nothing out."""

from __future__ import annotations

from collections.abc import Sequence

from devices.codecs.hid_pos import Scanned
from devices.codecs.scans import scan_with_aim
from devices.drivers.base import STEP_S, Clock, Event, PortDriver
from devices.framing import HidPosJoiner
from devices.model import DeviceKey, Feedback, Scan, ScanSource
from devices.transports.base import Transport


class HidPosDriver(PortDriver):
    """Turns the reports of a HID-POS scanner into scans; each read of the transport is one report."""

    def __init__(self, transport: Transport, key: DeviceKey, clock: Clock) -> None:
        super().__init__(transport)
        self._key = key
        self._clock = clock
        self.joiner = HidPosJoiner()

    def open(self) -> None:
        """See Driver.open."""
        self.joiner.reset()
        super().open()

    def probe(self) -> Sequence[Event]:
        """The device is on the scanners' usage page; more is not to be known."""
        return ()

    def step(self) -> Sequence[Event]:
        """Wait for a report and return the scans it completes."""
        report = self._transport.read(self.joiner.patience(self._clock(), STEP_S))
        now = self._clock()
        if not report:
            return self._scans(self.joiner.expire(now), now)
        return self._scans(self.joiner.feed(report, now), now)

    def feedback(self, kind: Feedback) -> Sequence[Event]:
        """HID-POS has no word for it that scanners agree on: the screen and the sound answer."""
        return ()

    def _scans(self, found: Sequence[Scanned], now: float) -> list[Scan]:
        return [scan_with_aim(scanned.aim, scanned.data, self._key, now, ScanSource.HID_POS) for scanned in found]
