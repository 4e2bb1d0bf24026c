"""When two scans are one: a key that bounces, or a scanner that delivers the same scan through two channels.

Decided by the times at which the devices read them, never by how fast this program got round to them.
"""

from collections import deque
from dataclasses import dataclass

from app.core.scan import ScanInput, ScanSource


@dataclass(frozen=True, slots=True)
class DuplicateRule:
    """How close two equal scans must be to be one. A picker who scans the same article as fast as the trigger allows stays above
    `same_device_ms`; the second channel of one scanner (keystrokes beside a serial line) stays below `other_device_ms`.

    Only keystrokes can be a second channel: two scanners with a line of their own are two people with the same article in hand.
    """

    same_device_ms: int = 40
    other_device_ms: int = 120

    def is_echo(self, scan: ScanInput, before: ScanInput | None) -> bool:
        """Whether `scan` is `before` once more. `before` is a scan that was not an echo."""
        if before is None:
            return False
        apart_ms = (scan.at - before.at) * 1000
        if (scan.device, scan.source) == (before.device, before.source):
            return scan.text == before.text and 0 <= apart_ms < self.same_device_ms
        if ScanSource.TYPED in (scan.source, before.source):
            return False
        if (scan.source is ScanSource.WEDGE) == (before.source is ScanSource.WEDGE):
            return False
        # Either channel may come first, and keystrokes write a separator in ways of their own.
        return abs(apart_ms) < self.other_device_ms and _bare(scan.text) == _bare(before.text)


def _bare(text: str) -> str:
    return "".join(char for char in text.replace("{GS}", "").replace("<GS>", "") if char.isalnum())


class RecentScans:
    """The last scans of a station that counted, so that an echo is known even when another scanner spoke in between."""

    MOST = 16

    def __init__(self, rule: DuplicateRule) -> None:
        self._rule = rule
        self._counted: deque[ScanInput] = deque(maxlen=self.MOST)

    def is_echo(self, scan: ScanInput) -> bool:
        """Whether this is one of them once more; if not, it counts from now on. One scan has one echo by each other channel."""
        echoed = any(self._rule.is_echo(scan, before) for before in self._counted)
        if not echoed:
            self._counted.append(scan)
        return echoed
