"""A HID-POS barcode scanner that is not there: its reports through memory, one at a time, as the kernel hands them out."""

from __future__ import annotations

from devices.codecs import hid_pos
from devices.transports.memory import MemoryTransport, memory_pair


class HidPosSim:
    """A scanner at the other end of `transport`, which goes to the driver. `microscan` chooses the second layout."""

    def __init__(self, microscan: bool = False) -> None:
        self.transport: MemoryTransport
        self.transport, self._device = memory_pair()
        self._microscan = microscan

    def scan(self, text: str, aim: str = "") -> None:
        """Pull the trigger on a code; LinkError after `unplug`."""
        data = text.encode("latin-1", "replace")
        for report in self._reports(data, aim):
            self._device.write(report, 1.0)

    def send(self, report: bytes) -> None:
        """One report as it is, for what no scanner would send."""
        self._device.write(report, 1.0)

    def unplug(self) -> None:
        """Pull the plug."""
        self._device.close()

    def _reports(self, data: bytes, aim: str) -> list[bytes]:
        if self._microscan:
            return hid_pos.microscan_reports(aim.encode("ascii") + data)
        return hid_pos.reports(data, aim)
