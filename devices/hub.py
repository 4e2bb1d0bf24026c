"""The front door of this room: one `DeviceHub` per station, built by the client's bootstrap with the callables that want to know.

The callables are called on device threads; carrying anything into the GUI thread is the client's business.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast
from urllib.parse import urlsplit

from devices import registry
from devices.drivers.base import Driver, Event, ScaleDriver, ScannerDriver
from devices.evidence import Ring, export
from devices.model import (
    DeviceInfo,
    DeviceKey,
    Feedback,
    JobReport,
    LinkState,
    PrinterStatus,
    PrintJob,
    Reading,
    Reason,
    Role,
    Scan,
)
from devices.print_group import PAPER, PrintGroup
from devices.printing import PrinterWorker, PrintJournal, PrintPolicy
from devices.session import Backoff, DeviceSession
from devices.transports.base import Transport
from devices.transports.movable import MovableTransport
from devices.transports.tap import TapTransport
from devices.transports.urls import key_for, wrapping

FRESH_S = 1.0
STOP_S = 1.0
CAP_LOCAL_S = 5.0
CAP_NETWORK_S = 15.0
LOCAL = frozenset({"serial", "hid", "evdev", "usblp"})
"""Schemes of devices that hang on this machine; the others are reached over a network."""


@dataclass(frozen=True, slots=True)
class HubSinks:
    """Who wants to know. Each is called on the thread of the device concerned and should return soon."""

    scan: Callable[[Scan], None]
    reading: Callable[[DeviceKey, Reading], None]
    status: Callable[[DeviceKey, PrinterStatus], None]
    link: Callable[[DeviceKey, LinkState, Reason | None], None]
    job: Callable[[JobReport], None]


@dataclass(slots=True)
class _Device:
    """One device of the hub: its session, the driver in the role it plays, and the ways to listen in and to move it."""

    session: DeviceSession
    driver: Driver
    ring: Ring
    movables: list[MovableTransport] = field(default_factory=list)
    status: PrinterStatus | None = None


class DeviceHub:
    """All devices of one station. Add them, `start`, use from any thread, `stop`. Devices may come and go while it runs."""

    def __init__(
        self,
        sinks: HubSinks,
        journal: PrintJournal,
        clock: Callable[[], float] = time.monotonic,
        policy: PrintPolicy | None = None,
    ) -> None:
        self._sinks = sinks
        self._clock = clock
        self.prints = PrintGroup(journal, sinks.job, clock, policy)
        """The printers' queues: hold, cancel, decide, reprint."""
        self._devices: dict[DeviceKey, _Device] = {}
        self._leaving: list[DeviceSession] = []
        # Guards the two above; never held while calling out.
        self._lock = threading.Lock()
        self._latest: tuple[DeviceKey, Reading] | None = None
        self._started = False

    # --- set-up ---

    def add(self, role: Role, url: str, name: str, key: DeviceKey | None = None) -> DeviceKey:
        """Add a device, also while the hub runs: `serial:///dev/ttyACM0`, `tcp://10.0.0.7:9100?dialect=zpl`. Returns its key.

        `key` is its identity if discovery knows a better one than the address (`Found.key`). ValueError for an address that makes no
        sense, or a key that is taken.
        """
        key = key or key_for(url)
        ring = Ring(self._clock)
        movables: list[MovableTransport] = []

        def listen_in(transport: Transport) -> Transport:
            movables.append(MovableTransport(transport))
            return TapTransport(movables[-1], ring)

        with wrapping(listen_in):
            driver = self._driver(role, url, key)
        session = self._session(DeviceInfo(key, role, name, url), driver)
        with self._lock:
            if key in self._devices:
                raise ValueError(f"{key} is there already")
            self._devices[key] = _Device(session, driver, ring, movables)
            if isinstance(driver, PrinterWorker):
                self.prints.add(driver)
            # Whoever held this port before gives it back first.
            leaving = list(self._leaving)
            started = self._started
        if started:
            session.start(after=leaving)
        return key

    def add_scanner(self, url: str, name: str) -> DeviceKey:
        """Add a scanner; see `add`."""
        return self.add(Role.SCANNER, url, name)

    def add_scale(self, url: str, name: str) -> DeviceKey:
        """Add a scale; see `add`."""
        return self.add(Role.SCALE, url, name)

    def add_printer(self, url: str, name: str) -> DeviceKey:
        """Add a label printer; see `add`."""
        return self.add(Role.LABEL_PRINTER, url, name)

    def remove(self, key: DeviceKey) -> None:
        """Let a device go, also while the hub runs; returns at once. A printer's jobs get their honest last word. KeyError if unknown."""
        with self._lock:
            device = self._devices.pop(key)
            self._leaving = [session for session in self._leaving if not session.join(0)] + [device.session]
            if self._latest is not None and self._latest[0] == key:
                self._latest = None
        self.prints.remove(key)
        device.session.stop()

    def move(self, key: DeviceKey, url: str) -> None:
        """The device is now at `url` (same role and dialect): it is opened there next, at once if it has no link.

        Its driver and a printer's queue stay as they are. KeyError if unknown, ValueError for an address that makes no sense.
        """
        device = self._device(key)
        if not device.movables:
            # It has no line of its own (IPP): a new driver is made for the new address, and jobs get their honest last word.
            info = device.session.info
            self._plain_driver(info.role, url)
            self.remove(key)
            self.add(info.role, url, info.name, key)
            return
        fresh: list[Transport] = []

        def catch(transport: Transport) -> Transport:
            fresh.append(transport)
            return transport

        with wrapping(catch):
            # A driver knows best how its line is set; of this one only the transport is used.
            self._plain_driver(device.session.info.role, url)
        for movable, there in zip(device.movables, fresh, strict=True):
            movable.move(there)
        device.session.info = replace(device.session.info, url=url)
        device.session.retry()

    def devices(self) -> Sequence[tuple[DeviceInfo, LinkState, Reason | None]]:
        """All devices in the order they were added, with the state of their links."""
        with self._lock:
            sessions = [device.session for device in self._devices.values()]
        return [(session.info, session.state, session.reason) for session in sessions]

    def start(self) -> None:
        """Begin to talk to the devices; once only."""
        with self._lock:
            self._started = True
            sessions = [device.session for device in self._devices.values()]
        for session in sessions:
            session.start()

    def stop(self) -> bool:
        """Stop talking, within a second even if a device is mute. Jobs that are not done get their honest last word.

        True if every device thread has ended; the threads are daemons and hold no process back.
        """
        deadline = time.monotonic() + STOP_S
        with self._lock:
            self._started = False
            sessions = [device.session for device in self._devices.values()]
            leaving = list(self._leaving)
        for session in sessions:
            session.stop()
        ended = [session.join(max(deadline - time.monotonic(), 0)) for session in (*sessions, *leaving)]
        return all(ended)

    # --- use, from any thread ---

    def print(self, role_or_key: Role | DeviceKey, job: PrintJob) -> None:
        """Queue a job at this printer, or at the first printer of this role that is ready; what becomes of it comes through the job sink.

        Raises DuplicateJob for an id that was used before (unless that job FAILED), and what the journal raises.
        """
        to = role_or_key if isinstance(role_or_key, DeviceKey) else None
        self.prints.submit(job, to, paper=role_or_key is Role.PAPER_PRINTER)

    def feedback(self, device: DeviceKey, kind: Feedback) -> None:
        """Let the scanner answer, if it is a scanner of this hub and has a link; a keyboard wedge stays silent."""
        with self._lock:
            found = self._devices.get(device)
        if found is not None and found.session.info.role is Role.SCANNER:
            driver = cast(ScannerDriver, found.driver)
            found.session.post(lambda: driver.feedback(kind))

    def latest_reading(self) -> Reading | None:
        """What a scale said within the last second; older than that is not a weight."""
        latest = self._latest
        return latest[1] if latest is not None and self._clock() - latest[1].at <= FRESH_S else None

    def zero_scale(self, key: DeviceKey | None = None) -> None:
        """Set the scale to zero, or all scales of the station, where they have a link."""
        for session, driver in self._scales(key):
            session.post(driver.zero)

    def tare_scale(self, key: DeviceKey | None = None) -> None:
        """Take what stands on the scale as tare, or on all scales of the station, where they have a link."""
        for session, driver in self._scales(key):
            session.post(driver.tare)

    def retry(self, device: DeviceKey) -> None:
        """Try a lost or misconfigured device again at once. KeyError if unknown."""
        self._device(device).session.retry()

    def evidence(self, device: DeviceKey) -> str:
        """The last five minutes of raw traffic as a transcript that can be replayed. KeyError if unknown."""
        found = self._device(device)
        info = found.session.info
        return export(found.ring, info, registry.dialect_of(info.role, info.url))

    # --- inside ---

    def _driver(self, role: Role, url: str, key: DeviceKey) -> Driver:
        plain = self._plain_driver(role, url)
        if role is Role.PAPER_PRINTER:
            return self.prints.worker(key, plain, PAPER)
        return self.prints.worker(key, plain, registry.tongue_of(url)) if role is Role.LABEL_PRINTER else plain

    def _plain_driver(self, role: Role, url: str) -> Any:
        if role is Role.SCANNER:
            return registry.scanner_for(url, self._clock)
        if role is Role.SCALE:
            return registry.scale_for(url, self._clock)
        if role is Role.PAPER_PRINTER:
            return registry.paper_printer_for(url, self._clock)
        return registry.printer_for(url, self._clock)

    def _session(self, info: DeviceInfo, driver: Driver) -> DeviceSession:
        cap = CAP_LOCAL_S if urlsplit(info.url).scheme in LOCAL else CAP_NETWORK_S
        return DeviceSession(
            info,
            driver,
            lambda event: self._event(info.key, event),
            lambda state, reason: self._sinks.link(info.key, state, reason),
            self._clock,
            Backoff(cap, random.Random(str(info.key))),  # noqa: S311 - spreads retries, guards nothing
        )

    def _device(self, key: DeviceKey) -> _Device:
        with self._lock:
            return self._devices[key]

    def _scales(self, key: DeviceKey | None) -> list[tuple[DeviceSession, ScaleDriver]]:
        with self._lock:
            devices = [device for found, device in self._devices.items() if key is None or found == key]
        return [
            (device.session, cast(ScaleDriver, device.driver))
            for device in devices
            if device.session.info.role is Role.SCALE
        ]

    def _event(self, key: DeviceKey, event: Event) -> None:
        if isinstance(event, Scan):
            # The driver knows its address; who it is, the hub knows better.
            self._sinks.scan(event if event.device == key else replace(event, device=key))
        elif isinstance(event, Reading):
            with self._lock:
                if key in self._devices:
                    self._latest = (key, event)
            self._sinks.reading(key, event)
        elif isinstance(event, PrinterStatus):
            with self._lock:
                device = self._devices.get(key)
                changed = device is not None and device.status != event
                if device is not None:
                    device.status = event
            # Looked at every second, told when it changes.
            if changed:
                self._sinks.status(key, event)
