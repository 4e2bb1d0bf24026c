"""When two scans are one: a key that bounces, or a scanner that delivers the same scan through two channels.

Decided by the times at which the devices read them, never by how fast this program got round to them.
"""

from dataclasses import dataclass

from app.core.scan import ScanInput


@dataclass(frozen=True, slots=True)
class DuplicateRule:
    """How close two equal scans must be to be one. A picker who scans the same article as fast as the trigger allows stays above
    `same_device_ms`; the second channel of one scanner (keystrokes and a serial line) stays below `other_device_ms`."""

    same_device_ms: int = 40
    other_device_ms: int = 120

    def is_echo(self, scan: ScanInput, before: ScanInput | None) -> bool:
        """Whether `scan` is `before` once more. `before` is the last scan that was not an echo."""
        if before is None or scan.text != before.text:
            return False
        same = (scan.device, scan.source) == (before.device, before.source)
        window = self.same_device_ms if same else self.other_device_ms
        return 0 <= (scan.at - before.at) * 1000 < window
