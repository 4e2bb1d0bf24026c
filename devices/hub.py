"""The front door of this room: one `DeviceHub` per station, built by the client's bootstrap with the callables that want to know.

The callables are called on device threads; carrying anything into the GUI thread is the client's business.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from devices import registry
from devices.drivers.base import Driver, Event, ScaleDriver, ScannerDriver
from devices.model import (
    DeviceInfo,
    DeviceKey,
    Feedback,
    JobReport,
    JobState,
    LinkState,
    PrinterStatus,
    PrintJob,
    Reading,
    Reason,
    Role,
    Scan,
)
from devices.printing import PrinterWorker, PrintJournal, PrintPolicy
from devices.session import Backoff, DeviceSession
from devices.transports.urls import key_for

FRESH_S = 1.0
STOP_S = 1.0
CAP_LOCAL_S = 5.0
CAP_NETWORK_S = 15.0


@dataclass(frozen=True, slots=True)
class HubSinks:
    """Who wants to know. Each is called on the thread of the device concerned and should return soon."""

    scan: Callable[[Scan], None]
    reading: Callable[[DeviceKey, Reading], None]
    status: Callable[[DeviceKey, PrinterStatus], None]
    link: Callable[[DeviceKey, LinkState, Reason | None], None]
    job: Callable[[JobReport], None]


class DeviceHub:
    """All devices of one station. Add them, `start`, use from any thread, `stop`."""

    def __init__(
        self,
        sinks: HubSinks,
        journal: PrintJournal,
        clock: Callable[[], float] = time.monotonic,
        policy: PrintPolicy | None = None,
    ) -> None:
        self._sinks = sinks
        self._journal = journal
        self._clock = clock
        self._policy = policy or PrintPolicy()
        self._sessions: dict[DeviceKey, DeviceSession] = {}
        self._scanners: dict[DeviceKey, ScannerDriver] = {}
        self._scales: dict[DeviceKey, ScaleDriver] = {}
        self._printers: dict[DeviceKey, PrinterWorker] = {}
        self._latest: Reading | None = None
        self._statuses: dict[DeviceKey, PrinterStatus] = {}
        self._started = False

    # --- set-up ---

    def add_scanner(self, url: str, name: str) -> DeviceKey:
        """Add a scanner, e.g. `serial:///dev/ttyACM0`; its key. ValueError for an address that makes no sense or is taken."""
        driver = registry.scanner_for(url, self._clock)
        key = self._add(url, name, Role.SCANNER, driver)
        self._scanners[key] = driver
        return key

    def add_scale(self, url: str, name: str) -> DeviceKey:
        """Add a scale, e.g. `serial:///dev/ttyUSB0?baud=9600`; its key. ValueError as above."""
        driver = registry.scale_for(url, self._clock)
        key = self._add(url, name, Role.SCALE, driver)
        self._scales[key] = driver
        return key

    def add_printer(self, url: str, name: str) -> DeviceKey:
        """Add a label printer, e.g. `tcp://10.0.0.7:9100`; its key. ValueError as above."""
        driver = registry.printer_for(url, self._clock)
        worker = PrinterWorker(driver, self._journal, self._sinks.job, self._clock, self._policy)
        key = self._add(url, name, Role.LABEL_PRINTER, worker)
        self._printers[key] = worker
        return key

    def devices(self) -> Sequence[tuple[DeviceInfo, LinkState, Reason | None]]:
        """All devices in the order they were added, with the state of their links."""
        return [(session.info, session.state, session.reason) for session in self._sessions.values()]

    def start(self) -> None:
        """Begin to talk to the devices; once only."""
        self._started = True
        for session in self._sessions.values():
            session.start()

    def stop(self) -> bool:
        """Stop talking, within a second even if a device is mute. Jobs that are not done get their honest last word.

        True if every device thread has ended; the threads are daemons and hold no process back.
        """
        deadline = time.monotonic() + STOP_S
        for session in self._sessions.values():
            session.stop()
        ended = [session.join(max(deadline - time.monotonic(), 0)) for session in self._sessions.values()]
        return all(ended)

    # --- use, from any thread ---

    def print(self, role_or_key: Role | DeviceKey, job: PrintJob) -> None:
        """Queue a job at a printer, or at the first label printer; what becomes of it comes through the job sink.

        Raises DuplicateJob for an id that was used before (unless that job FAILED), and what the journal raises.
        """
        worker = self._printer(role_or_key)
        if worker is None:
            self._journal.record(job, JobState.FAILED, Reason.ABSENT.value)
            self._sinks.job(
                JobReport(job.job_id, JobState.FAILED, reasons=(Reason.ABSENT,), detail="there is no such printer")
            )
            return
        worker.submit(job)

    def feedback(self, device: DeviceKey, kind: Feedback) -> None:
        """Let the scanner answer, if it is a scanner of this hub and has a link; a keyboard wedge stays silent."""
        driver = self._scanners.get(device)
        if driver is not None:
            self._sessions[device].post(lambda: driver.feedback(kind))

    def latest_reading(self) -> Reading | None:
        """What the scale said within the last second; older than that is not a weight."""
        latest = self._latest
        return latest if latest is not None and self._clock() - latest.at <= FRESH_S else None

    def zero_scale(self) -> None:
        """Set the station's scales to zero, where they have a link."""
        for key, driver in self._scales.items():
            self._sessions[key].post(driver.zero)

    def retry(self, device: DeviceKey) -> None:
        """Try a lost or misconfigured device again at once."""
        self._sessions[device].retry()

    # --- inside ---

    def _add(self, url: str, name: str, role: Role, driver: Driver) -> DeviceKey:
        key = key_for(url)
        if self._started:
            raise RuntimeError("devices are added before the hub starts")
        if key in self._sessions:
            raise ValueError(f"{key} is there already")
        cap = CAP_NETWORK_S if url.startswith("tcp:") else CAP_LOCAL_S
        self._sessions[key] = DeviceSession(
            DeviceInfo(key, role, name, url),
            driver,
            lambda event: self._event(key, event),
            lambda state, reason: self._sinks.link(key, state, reason),
            self._clock,
            Backoff(cap, random.Random(str(key))),  # noqa: S311 - spreads retries, guards nothing
        )
        return key

    def _printer(self, role_or_key: Role | DeviceKey) -> PrinterWorker | None:
        if isinstance(role_or_key, DeviceKey):
            return self._printers.get(role_or_key)
        return next(iter(self._printers.values()), None) if role_or_key is Role.LABEL_PRINTER else None

    def _event(self, key: DeviceKey, event: Event) -> None:
        if isinstance(event, Scan):
            self._sinks.scan(event)
        elif isinstance(event, Reading):
            self._latest = event
            self._sinks.reading(key, event)
        elif isinstance(event, PrinterStatus) and self._statuses.get(key) != event:
            # Looked at every second, told when it changes.
            self._statuses[key] = event
            self._sinks.status(key, event)
