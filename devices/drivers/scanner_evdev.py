"""Keyboard scanners read below the desktop (Linux evdev, grabbed): no focus needed, no layout in the way, nothing out."""

from __future__ import annotations

from collections.abc import Sequence

from devices.codecs.scancodes import KeyDecoder
from devices.codecs.scans import scan_from_bytes
from devices.drivers.base import STEP_S, Clock, Event, PortDriver
from devices.drivers.scanner_serial import LONGEST_SCAN, Framing
from devices.framing import DelimiterFramer
from devices.model import DeviceKey, Feedback, ScanSource
from devices.transports.base import Transport

SILENCE_S = 0.1
HALF_S = 1.0


class EvdevScannerDriver(PortDriver):
    """Turns the key presses of one grabbed device into scans. Without a suffix, 100 ms without a key end a scan."""

    def __init__(self, transport: Transport, key: DeviceKey, clock: Clock, framing: Framing) -> None:
        super().__init__(transport)
        self._key = key
        self._clock = clock
        unsuffixed = not framing.ends
        self.keys = KeyDecoder()
        self.framer = DelimiterFramer(
            framing.ends,
            framing.starts,
            LONGEST_SCAN,
            SILENCE_S if unsuffixed else HALF_S,
            idle_ends=unsuffixed,
            before=framing.before,
        )

    def open(self) -> None:
        """See Driver.open."""
        self.keys.reset()
        self.framer.reset()
        super().open()

    def probe(self) -> Sequence[Event]:
        """The grab is ours; more is not to be known."""
        return ()

    def step(self) -> Sequence[Event]:
        """Wait for keys and return the scans they complete."""
        data = self._transport.read(self.framer.patience(self._clock(), STEP_S))
        now = self._clock()
        frames = self.framer.feed(self.keys.feed(data).encode("latin-1"), now)
        whole = [frame for frame in frames if self._is_whole(frame)]
        return [scan_from_bytes(frame, self._key, now, ScanSource.EVDEV) for frame in whole]

    def feedback(self, kind: Feedback) -> Sequence[Event]:
        """A keyboard cannot be answered: the screen and the sound do."""
        return ()

    def _is_whole(self, frame: bytes) -> bool:
        if KeyDecoder.LOST.encode("latin-1") not in frame:
            return True
        self.framer.counters.incomplete += 1
        return False
