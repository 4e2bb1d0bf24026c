"""Devices are unplugged, put into another socket, switched off and on, a thousand times: how soon they are READY again, and what leaks.

    python -m tools.soak.link_cycles [--cycles 1000] [--devices 20] [--seed 1] [--no-events]

The whole chain is at work: simulated devices on real terminals and sockets, discovery, station, hub. What a hot-plug event does in the
field (make the source look at once) is done by the harness, since a pseudo terminal has no event of its own.
"""

import argparse
import contextlib
import logging
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from devices.discovery.finder import Finder
from devices.discovery.found import Found
from devices.discovery.polling import PollingSource
from devices.hub import DeviceHub, HubSinks
from devices.model import DeviceKey, LinkState, Reason, Role
from devices.simulated.scale_sim import ScaleSim
from devices.simulated.scanner_sim import ScannerSim
from devices.simulated.zpl_sim import ZplSim
from devices.stations import Binding, Bindings, Station
from tools.bench import Figure

WAIT_S = 20.0
READY_LIMIT_S = 1.5
NOTICED_LIMIT_S = 1.0


class Plugged(PollingSource):
    """The system's list: which devices are plugged in now, and where."""

    way = "soak"

    def __init__(self, events: bool) -> None:
        super().__init__(poll_s=1.0)
        self._events = events
        self.there: dict[DeviceKey, str] = {}
        self.lock = threading.Lock()

    def look(self) -> Sequence[Found]:
        with self.lock:
            return [Found(key, url, None, None, key.text, "", "", (self.way,)) for key, url in self.there.items()]

    def put(self, key: DeviceKey, url: str | None) -> None:
        """Plugged in at `url`, or out."""
        with self.lock:
            if url is None:
                self.there.pop(key, None)
            else:
                self.there[key] = url
        if self._events:
            self.nudge()


class Watch:
    """Hears the links; waits for a state of a device."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.last: dict[DeviceKey, tuple[LinkState, float]] = {}

    def link(self, key: DeviceKey, state: LinkState, reason: Reason | None) -> None:
        with self.changed:
            self.last[key] = (state, time.monotonic())
            self.changed.notify_all()

    def wait(self, key: DeviceKey, ready: bool) -> float:
        """When the device became ready, or stopped being so. TimeoutError if that does not happen."""
        with self.changed:
            if not self.changed.wait_for(
                lambda: key in self.last and (self.last[key][0] is LinkState.READY) is ready, WAIT_S
            ):
                raise TimeoutError(f"{key} is {self.last.get(key)}")
            return self.last[key][1]


class Victim(threading.Thread):
    """One device and its troubles, one after the other."""

    def __init__(
        self, number: int, folder: Path, cycles: int, dice: random.Random, plugged: Plugged, watch: Watch, kind: int
    ) -> None:
        super().__init__(name=f"victim {number}")
        self.key = DeviceKey(f"usb:0000:0000:{number:04d}")
        self.ready: list[float] = []
        self.noticed: list[float] = []
        self.failed: str | None = None
        self._cycles = cycles
        self._dice = dice
        self._folder, self._number = folder, number
        self._plugged, self._watch = plugged, watch
        self._kind = kind
        self.role = (Role.SCANNER, Role.SCALE, Role.SCALE, Role.LABEL_PRINTER)[kind]
        self.sim = self._make(kind)
        self.sim.start()
        self.url = self.sim.url

    def _make(self, kind: int) -> ScannerSim | ScaleSim | ZplSim:
        if kind == 0:
            return ScannerSim(self._path(0))
        if kind == 3:
            return ZplSim(self._folder / f"labels{self._number}")
        return ScaleSim(link=self._path(0)) if kind == 1 else ScaleSim(tcp_port=0)

    def _path(self, socket: int) -> Path:
        return self._folder / f"tty{self._number}-{socket}"

    def run(self) -> None:
        try:
            self._watch.wait(self.key, ready=True)
            for cycle in range(self._cycles):
                self._cycle(cycle)
        except TimeoutError as trouble:
            self.failed = str(trouble)

    def _cycle(self, cycle: int) -> None:
        began = time.monotonic()
        self.sim.stop()
        self._plugged.put(self.key, None)
        self.noticed.append(self._watch.wait(self.key, ready=False) - began)
        threading.Event().wait(self._dice.uniform(0, 0.3))
        if self._kind < 2 and self._dice.random() < 0.5:
            # Into another socket: the same device under another name.
            self.sim.line.rename(self._path(cycle + 1))
        self.sim.start()
        there = time.monotonic()
        self._plugged.put(self.key, self.sim.url)
        self.ready.append(max(self._watch.wait(self.key, ready=True) - there, 0.0))


class NoJournal:
    """Nothing is printed here."""

    def record(self, job: object, state: object, detail: str) -> None:
        pass


def run(cycles: int, devices: int, seed: int, events: bool = True) -> list[Figure]:
    """So many cycles in all, shared by so many devices that have their troubles at the same time.

    Without `events` the kernel says nothing, and only the polling of the list finds what was plugged in; devices of the network, which
    announce themselves, are left out then.
    """
    with _silence(), tempfile.TemporaryDirectory() as folder:
        watch, plugged = Watch(), Plugged(events)
        sinks = HubSinks(
            lambda scan: None, lambda key, reading: None, lambda key, status: None, watch.link, lambda job: None
        )
        hub = DeviceHub(sinks, NoJournal())
        share = -(-cycles // devices)
        kinds = 4 if events else 2
        victims = [
            Victim(number, Path(folder), share, random.Random(seed * 1000 + number), plugged, watch, number % kinds)
            for number in range(devices)
        ]
        station = Station(
            hub,
            Bindings(Binding(victim.role, victim.key, victim.url, f"Device {victim.key}") for victim in victims),
            lambda bindings: None,
        )
        station.open()
        hub.start()
        for victim in victims:
            plugged.put(victim.key, victim.url)
        finder = Finder([plugged], station.on_found)
        finder.start()
        for victim in victims:
            watch.wait(victim.key, ready=True)
        before = _least()
        for victim in victims:
            victim.start()
        for victim in victims:
            victim.join()
        after = _least()
        finder.stop()
        stopped = hub.stop()
        for victim in victims:
            victim.sim.stop()
    failed = [victim.failed for victim in victims if victim.failed]
    for line in failed:
        print(line, file=sys.stderr)
    ready = [seconds for victim in victims for seconds in victim.ready]
    noticed = [seconds for victim in victims for seconds in victim.noticed]
    return [
        Figure("link cycles done", len(ready), "cycles"),
        Figure("READY again, p50", _share(ready, 50), "s"),
        Figure("READY again, p95", _share(ready, 95), "s", READY_LIMIT_S),
        Figure("READY again, longest", max(ready), "s"),
        Figure("loss noticed, p95", _share(noticed, 95), "s", NOTICED_LIMIT_S),
        Figure("devices that did not come back", len(failed), "devices", 0),
        Figure("threads leaked", after[0] - before[0], "threads", 0),
        Figure("descriptors leaked", after[1] - before[1], "descriptors", 0),
        Figure("threads that did not stop", 0 if stopped else 1, "threads", 0),
    ]


def _share(values: Sequence[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1] if len(values) > 1 else values[0]


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """A thousand lost links are a thousand warnings."""
    logger = logging.getLogger("devices")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def _least() -> tuple[int, int]:
    """Threads and descriptors at rest: a look at a printer opens a connection for a moment, so the least of a second counts."""
    samples = []
    for _ in range(50):
        samples.append((threading.active_count(), _descriptors()))
        threading.Event().wait(0.02)
    return min(threads for threads, _ in samples), min(descriptors for _, descriptors in samples)


def _descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def main(arguments: Sequence[str] = ()) -> list[Figure]:
    """The figures of one run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cycles", type=int, default=1000)
    parser.add_argument("--devices", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-events", action="store_true", help="find what was plugged in by polling only")
    options = parser.parse_args(arguments)
    print(f"link cycles: seed {options.seed}", file=sys.stderr)
    return run(options.cycles, options.devices, options.seed, not options.no_events)


if __name__ == "__main__":
    for figure in main(sys.argv[1:]):
        print(f"{figure.name:32} {figure.value:10.3f} {figure.unit}" + ("" if figure.kept else "   OVER"))
