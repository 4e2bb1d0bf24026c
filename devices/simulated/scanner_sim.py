"""A serial barcode scanner that is not there: sends lines over a pseudo terminal and remembers what the host answered."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from devices.simulated.chaos import ChaosPlan
from devices.simulated.lines import PtyLine


class ScannerSim:
    """A corded scanner. `heard` are the feedback bytes it got (06 accept, 07 reject)."""

    def __init__(
        self,
        link: Path | None = None,
        suffix: bytes = b"\r",
        on_heard: Callable[[bytes], None] | None = None,
    ) -> None:
        self._suffix = suffix
        self._on_heard = on_heard
        self._changed = threading.Condition()
        self.heard = b""
        self.line = PtyLine(self._receive, link)

    @property
    def url(self) -> str:
        """Address for `DeviceHub.add_scanner`."""
        return self.line.url

    def start(self, chaos: ChaosPlan | None = None) -> None:
        """Plug in."""
        self.line.plug(chaos)

    def stop(self) -> None:
        """Pull the plug."""
        self.line.unplug()

    def scan(self, text: str, aim: str = "") -> None:
        """Pull the trigger on a code; OSError while unplugged."""
        self.line.send(aim.encode("ascii") + text.encode("latin-1", "replace") + self._suffix)

    def wait_heard(self, length: int, timeout: float) -> bytes:
        """What the host has answered, once it is at least `length` bytes or `timeout` seconds are over."""
        with self._changed:
            self._changed.wait_for(lambda: len(self.heard) >= length, timeout)
            return self.heard

    def _receive(self, data: bytes, now: float) -> bytes:
        if data:
            with self._changed:
                self.heard += data
                self._changed.notify_all()
            if self._on_heard is not None:
                self._on_heard(data)
        return b""
