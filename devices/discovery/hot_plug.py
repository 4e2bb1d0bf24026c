"""Plugging in and out, by the kernel's word: makes the sources that read the system's lists look at once."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence

from devices.discovery.finder import Report
from devices.discovery.polling import STOP_S, PollingSource
from devices.transports.uevents import Uevents

log = logging.getLogger(__name__)

SUBSYSTEMS = frozenset({"tty", "hidraw", "usbmisc", "input", "usb"})
# The kernel tells before udev has made the links and set the rights.
LOOKS_AFTER_S = (0.0, 0.15, 0.5)
LISTEN_S = 0.2


class HotPlug:
    """Hears the kernel and nudges the sources. Sees nothing itself; where the kernel forbids it the sources' own polling has to do."""

    way = "hot plug"

    def __init__(self, sources: Sequence[PollingSource]) -> None:
        self._sources = tuple(sources)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, report: Report) -> None:
        """See Source.start. OSError where the kernel forbids it."""
        ear = Uevents()
        self._thread = threading.Thread(target=self._run, args=(ear,), name="finding hot plug", daemon=True)
        self._thread.start()

    def search(self) -> None:
        """See Source.search: there is nobody to ask."""

    def stop(self) -> None:
        """See Source.stop."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(STOP_S)

    def _run(self, ear: Uevents) -> None:
        looks: list[float] = []
        try:
            while not self._stopping.is_set():
                wait = min(looks[0] - time.monotonic(), LISTEN_S) if looks else LISTEN_S
                event = ear.read(max(wait, 0.0))
                now = time.monotonic()
                if event is not None and event.get("SUBSYSTEM") in SUBSYSTEMS:
                    looks = [now + after for after in LOOKS_AFTER_S]
                if looks and looks[0] <= now:
                    looks = [look for look in looks if look > now]
                    for source in self._sources:
                        source.nudge()
        finally:
            ear.close()
