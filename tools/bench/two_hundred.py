"""Two hundred devices on one server: real sync threads over TLS, a scan every four seconds each, from the moment they come back at once."""

import os
import time
from contextlib import ExitStack
from statistics import median, quantiles

from sync.client.driver import SyncThread
from sync.client.status import SyncStatus
from sync.contract.facts import ScanRefused
from sync.simulation.store import Entry, MemoryStore
from tools.bench import Figure
from tools.bench._served import Served, served

_DEVICES = 200
_PACE_S = 4.0
_SECONDS = 20.0
_PATIENCE_S = 120.0


class _Device:
    """One device; knows whether it is online."""

    def __init__(self, at: Served) -> None:
        self.store: MemoryStore = at.device()
        self.online = False
        self.thread = SyncThread(self.store.ports(), "bench", self._tell, lambda entities: None)

    def _tell(self, status: SyncStatus) -> None:
        self.online = status.online

    def scan(self) -> Entry:
        """One fact; what becomes of it."""
        self.store.append(os.urandom(16).hex(), ScanRefused(job=None, text="x", code="x"), None, None)
        self.thread.wake()
        return self.store.entries[-1]


def _all_online(devices: list[_Device]) -> float:
    began = time.perf_counter()
    while not all(device.online for device in devices):
        if time.perf_counter() - began > _PATIENCE_S:
            raise TimeoutError(f"{sum(device.online for device in devices)} of {len(devices)} are online")
        time.sleep(0.02)
    return time.perf_counter() - began


def _shift(devices: list[_Device]) -> list[float]:
    """Milliseconds from each scan until it is acknowledged."""
    waiting: list[tuple[float, Entry]] = []
    times: list[float] = []
    began, made = time.perf_counter(), 0
    while (now := time.perf_counter()) < began + _SECONDS or waiting:
        if now < began + _SECONDS and made < (now - began) * len(devices) / _PACE_S:
            waiting.append((time.perf_counter(), devices[made % len(devices)].scan()))
            made += 1
        done = [(at, entry) for at, entry in waiting if entry.outcome is not None]
        times += [(now - at) * 1000 for at, _ in done]
        waiting = [one for one in waiting if one not in done]
        if now > began + _SECONDS + _PATIENCE_S:
            raise TimeoutError(f"{len(waiting)} facts are never acknowledged")
        time.sleep(0.002)
    return times


def main() -> list[Figure]:
    """How soon all are online, and how soon a scan is acknowledged while all work."""
    with served() as at, ExitStack() as stack:
        devices = [_Device(at) for _ in range(_DEVICES)]
        for device in devices:
            device.thread.start()
            stack.callback(device.thread.stop)
        online = _all_online(devices)
        cpu, began = sum(at.process.cpu_times()[:2]), time.perf_counter()
        times = _shift(devices)
        share = (sum(at.process.cpu_times()[:2]) - cpu) / (time.perf_counter() - began) * 100
    return [
        Figure("200 devices come back at once: all online", online, "s", 60),
        Figure("200 devices, 50 scans/s: facts acknowledged", len(times), ""),
        Figure("200 devices, 50 scans/s: acknowledged, p50", median(times), "ms"),
        Figure("200 devices, 50 scans/s: acknowledged, p99", quantiles(times, n=100)[98], "ms"),
        Figure("200 devices, 50 scans/s: the server's share of a core", share, "%", 100),
    ]
