"""From the moment a scale says that its load stands still to the weight taken, and whether any parcel was ever taken twice.

The scale is simulated behind a pseudo terminal, the hub and its driver are the real ones, and `Capture` takes the weights. Parcels follow
one another by a story of its own: put on, knocked, pressed, taken off, exchanged for one of the same or another weight.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from decimal import Decimal

from devices.codecs.scales.dialects import DIALECTS
from devices.drivers.scale_dialect import DialectScaleDriver
from devices.model import Reading
from devices.simulated.lines import PtyLine
from devices.simulated.scale_platform import Platform, ScaleBuild
from devices.simulated.scale_talks import talk_for
from devices.transports.urls import transport_for
from devices.weighing import Capture, Captured
from tools.bench import Figure

LIMIT_MS = 150.0
REAL = 40
STORIES = 1_000
SEED = 11
TELLING = ("mt-sics", "toledo-continuous", "nci")


class _Bench:
    """One real line with a scale at its end and a driver's thread in front. Notes when the scale first said stable, and what was taken."""

    def __init__(self, dialect: str) -> None:
        self._dialect = DIALECTS[dialect]
        self.platform = Platform(ScaleBuild(settle_s=0.03))
        self._talk = talk_for(dialect, self.platform)
        self._cutter = self._dialect.cutter()
        self._line = PtyLine(self._said)
        self._line.plug()
        self._driver = DialectScaleDriver(transport_for(self._line.url), time.monotonic, self._dialect)
        self._capture = Capture()
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self.flagged: float | None = None
        self.taken: list[tuple[float, Captured]] = []
        self.news = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="bench scale")
        self._thread.start()

    def load(self, grams: float) -> None:
        """Put on a parcel; the next flag is its own."""
        with self._lock:
            self.platform.load(grams, time.monotonic())
            self.flagged = None

    def stop(self) -> None:
        """Everything ends."""
        self._stop.set()
        self._thread.join()
        self._line.unplug()

    def _said(self, data: bytes, now: float) -> bytes:
        with self._lock:
            said = self._talk.receive(data, now)
            replies = [self._dialect.parse(frame, now) for frame in self._cutter.feed(said, now)]
            if self.flagged is None and any(isinstance(reply, Reading) and reply.usable for reply in replies):
                self.flagged = time.monotonic()
        return said

    def _run(self) -> None:
        self._driver.open()
        self._driver.probe()
        while not self._stop.is_set():
            for event in self._driver.step():
                if isinstance(event, Reading) and (took := self._capture.offer(event, time.monotonic())):
                    with self.news:
                        self.taken.append((time.monotonic(), took))
                        self.news.notify()
        self._driver.close()


def delays(dialect: str, parcels: int) -> list[tuple[float, float]]:
    """(ms from the scale's own "stable", ms from standing still) to the weight taken, a parcel. RuntimeError when one is not taken."""
    bench, dice, found = _Bench(dialect), random.Random(SEED), []
    try:
        for number in range(parcels):
            # At any moment of the poll, and a different weight each time.
            time.sleep(dice.random() * 0.1)
            bench.load(1_000 + 500 * (number % 40))
            while not bench.platform.stable(time.monotonic()):
                time.sleep(0.0005)
            still = time.monotonic()
            with bench.news:
                if not bench.news.wait_for(lambda wanted=number + 1: len(bench.taken) >= wanted, 5):
                    raise RuntimeError(f"{dialect}: parcel {number} was not taken")
            taken, flagged = bench.taken[number][0], bench.flagged
            found.append(((taken - (flagged or still)) * 1000, (taken - still) * 1000))
    finally:
        bench.stop()
    return found


class _Talking:
    """A scale as a transport, in a time of its own."""

    def __init__(self, platform: Platform) -> None:
        self.now = 0.0
        self._talk = talk_for("mt-sics", platform)
        self._said = b""

    def clock(self) -> float:
        return self.now

    def open(self) -> None:
        """Always open."""

    def write(self, data: bytes, timeout: float) -> None:
        self._said += self._talk.receive(data, self.now)

    def read(self, timeout: float) -> bytes:
        self.now += 0.02 if self._said else max(timeout, 0.001)
        said, self._said = self._said, b""
        return said

    close = wake = cancel = open


def _handling(grams: int, dice: random.Random) -> Iterator[tuple[float, float]]:
    """One parcel in somebody's hands: (grams on the platform, seconds until the next of these)."""
    for _ in range(dice.randrange(3)):  # put down in pieces, leant on
        yield grams * dice.uniform(0.3, 1.6), dice.uniform(0.05, 0.3)
    yield grams, dice.uniform(3.5, 5.0)
    for _ in range(dice.randrange(3)):  # knocked, pressed upon
        yield grams * dice.uniform(0.6, 1.4), dice.uniform(0.05, 0.25)
        yield grams, dice.uniform(3.5, 4.5)
    yield 0, dice.uniform(2.5, 4.0)


def stories(parcels: int, seed: int = SEED) -> tuple[int, int, int]:
    """(parcels, taken twice or with a wrong weight, not taken) over so many parcels handled as people do; repeatable by its seed."""
    dice, platform, wrong, missed = random.Random(seed), Platform(ScaleBuild(seed=seed)), 0, 0
    wire = _Talking(platform)
    driver, capture = DialectScaleDriver(wire, wire.clock, DIALECTS["mt-sics"]), Capture()
    driver.open()
    driver.probe()
    grams = 0
    for _ in range(parcels):
        grams = grams if grams and dice.random() < 0.3 else dice.randrange(100, 25_000)
        taken = []
        for load, seconds in _handling(grams, dice):
            platform.load(load, wire.now)
            end = wire.now + seconds
            while wire.now < end:
                events = (event for event in driver.step() if isinstance(event, Reading))
                taken += [took.grams for event in events if (took := capture.offer(event, wire.now))]
        wrong += len(taken) > 1 or any(took != Decimal(grams) for took in taken)
        missed += not taken
    return parcels, wrong, missed


def main() -> list[Figure]:
    """The 95th percentile for three dialects that tell stability, on real lines, and the stories."""
    found = [delay for dialect in TELLING for delay in delays(dialect, REAL)]
    parcels, wrong, missed = stories(STORIES)
    print(f"seed {SEED}")
    return [
        Figure("scale's own stable flag to weight taken, p50", _percentile([flag for flag, _ in found], 50), "ms"),
        Figure(
            "scale's own stable flag to weight taken, p95", _percentile([flag for flag, _ in found], 95), "ms", LIMIT_MS
        ),
        Figure("load standing still to weight taken, p95", _percentile([still for _, still in found], 95), "ms"),
        Figure("parcels handled", parcels, ""),
        Figure("parcels taken twice or wrongly", wrong, "", 0),
        Figure("parcels not taken", missed, "", 0),
    ]


def _percentile(values: list[float], percent: int) -> float:
    return sorted(values)[len(values) * percent // 100]
