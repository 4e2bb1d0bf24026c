"""Scan to feedback in every way of working, with 50 000 lines in the store and four devices attached: a corded scanner and a keyboard
scanner in turn, a scale somebody leans on, a label printer. Real window, real store on disk, each device a process of its own."""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tools.bench import Figure, _ways_data

#: What may be seen of a scan, in milliseconds.
P95_MS, P99_MS = 50, 100
_WAIT_S = 20.0
_NO_ECHO_S = 0.06


class Hand:
    """The person, the devices, and what each scan took to be seen."""

    def __init__(self, data: Path) -> None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        from app.bootstrap import Client, Place
        from app.demo.devices import StationDevices
        from app.demo.seats import CordedSeat, WedgeSeat
        from app.demo.show import KeptInMemory
        from app.screens.preferences import Preferences

        from PySide6.QtWidgets import QApplication  # isort: skip

        self.app = QApplication.instance() or QApplication(["bench"])
        self._devices = StationDevices(data / "devices")
        place = Place(
            data / "store",
            "Handheld",
            scanners=((self._devices.scanner_url, "Scanner"),),
            scales=((self._devices.scale_url, "Scale"),),
            printers=((self._devices.printer_url, "Printer"),),
        )
        self.client = Client(place, KeptInMemory(Preferences(volume=0)))
        self.client.start()
        self.seat = WedgeSeat(self.client)
        self._seats = (self.seat, CordedSeat(self.client, self._devices))
        self._scans = 0
        self._pulled = 0.0
        self.until(self._all_ready)

    def _all_ready(self) -> bool:
        plugged = self.client._board.statuses()
        return self.seat.screen() == "home" and len(plugged) >= 3 and all(device.ready for device in plugged)

    def until(self, true: Callable[[], bool]) -> None:
        """Lets the window run until something is so."""
        end = time.monotonic() + _WAIT_S
        while not true():
            self.app.processEvents()
            time.sleep(0.0005)
            assert time.monotonic() < end, f"stuck at {self.seat.screen()}: {str(self.view())[:200]}"

    def view(self):
        """What the screen shows."""
        return self.seat.view()

    def scan(self, text: str) -> None:
        """Pulls the trigger of one scanner or the other, and waits until the answer is on the screen."""
        # No hand pulls the trigger again within the time in which a second channel of the same scanner echoes.
        self.until(lambda: time.monotonic() - self._pulled > _NO_ECHO_S)
        self._pulled = time.monotonic()
        self._scans += 1
        if self._scans % 20 == 0:
            self._devices.load(float(self._scans))
        before, seen = self.seat.answered(), len(self.client.shell.latencies())
        self._seats[self._scans % 2].scan(text)
        self.until(lambda: self.seat.answered() > before and len(self.client.shell.latencies()) > seen)

    def press(self, intent: str, screen: str) -> None:
        """Uses a button and waits for a screen."""
        self.seat.press(intent)
        self.until(lambda: self.seat.screen() == screen and self.view() is not None)

    def home(self) -> None:
        """Puts down what is open and goes back to where everything begins."""
        while self.seat.screen() != "home":
            before = self.view()
            self.seat.press("leave")
            self.until(lambda before=before: self.seat.screen() == "home" or self.view() is not before)

    def timed(self, way: Callable[["Hand"], None]) -> tuple[list[float], float]:
        """What each scan of one way of working took, in milliseconds, and the processor time of the whole client for each on average."""
        before, busy = len(self.client.shell.latencies()), time.process_time()
        way(self)
        waits = self.client.shell.latencies()[before:]
        return waits, (time.process_time() - busy) * 1000 / len(waits)

    def stop(self) -> None:
        """Unplugs everything."""
        self.client.stop()
        self._devices.stop()


def _code(view) -> str:
    return _ways_data.gtin13(int(view.item.sku[1:]))


def _picked(hand: Hand, job: str) -> None:
    """A pick from its first tote to its lane."""
    from app.core.views import PickStep

    hand.press(f"start:{job}", "pick")
    totes = (f"T-{job[:2]}{n:02d}" for n in range(1, 99))
    said = {
        PickStep.CART: lambda _view: _ways_data.CART,
        PickStep.SLOTS: lambda _view: next(totes),
        PickStep.TOTE: lambda _view: next(totes),
        PickStep.BIN: lambda view: view.bin,
        PickStep.ITEM: _code,
        PickStep.SORT: lambda view: view.slot_tote,
        PickStep.EMPTY: lambda _view: "FH:NO",
        PickStep.DROP: lambda _view: _ways_data.LANE,
    }
    while hand.seat.screen() == "pick" and (view := hand.view()).step is not PickStep.DONE:
        hand.scan(said[view.step](view))
    if hand.seat.screen() == "pick":
        hand.home()


def single(hand: Hand) -> None:
    """One order, one tote."""
    _picked(hand, "SINGLE")


def cluster(hand: Hand) -> None:
    """Several orders on one cart, each unit into its slot."""
    _picked(hand, "CLUSTER")


def wall(hand: Hand) -> None:
    """A bulk tote into the slots of the put wall."""
    from app.core.views_work import WallStep

    hand.press("door:wall", "wall")
    hand.scan(_ways_data.BULK)
    codes = iter(
        [_ways_data.gtin13(k * 3 + n) for n in range(_ways_data.WALL_ORDERS) for k in range(_ways_data.WALL_LINES)]
    )
    while (view := hand.view()).step in (WallStep.UNIT, WallStep.SLOT):
        hand.scan(next(codes) if view.step is WallStep.UNIT else view.slot.place)
    hand.home()


def tasks(hand: Hand) -> None:
    """Bins that are counted."""
    hand.press("door:tasks", "tasks")
    for n in range(_ways_data.COUNTS):
        hand.press(f"start:COUNT{n:02d}", "tasks")
        hand.until(lambda: hand.view().place is not None)
        hand.scan(hand.view().place)
        for _ in range(3):
            hand.scan(_ways_data.gtin13(n * 5))
        hand.seat.press("leave")
        hand.until(lambda: hand.view().job is None)
    hand.home()


def zone(hand: Hand) -> None:
    """A zone's list: the bin of a line opens its pick, a tote nobody knows is refused."""
    hand.press("door:zone", "zone")
    hand.scan(_ways_data.bin_of(0))
    for n in range(_ways_data.PARTS):
        hand.scan(f"T-NOT{n}")
        hand.scan(_ways_data.bin_of(n * 9))
        hand.until(lambda: hand.seat.screen() == "pick")
        hand.home()
        hand.press("door:zone", "zone")


WAYS = (single, cluster, wall, tasks, zone)


def _figures(name: str, waits: list[float], busy: float) -> list[Figure]:
    waits = sorted(waits)

    def at(percent: int) -> float:
        return waits[min(len(waits) * percent // 100, len(waits) - 1)]

    return [
        Figure(f"{name}: scan to painted answer, median of {len(waits)}", at(50), "ms"),
        Figure(f"{name}: scan to painted answer, p95", at(95), "ms", P95_MS),
        Figure(f"{name}: scan to painted answer, p99", at(99), "ms", P99_MS),
        Figure(f"{name}: scan to painted answer, longest", waits[-1], "ms"),
        Figure(f"{name}: processor for each scan, mean, with all that goes on between two", busy, "ms"),
    ]


def main(names: tuple[str, ...] = ()) -> list[Figure]:
    """The figures of every way (or of those named), and of all scans together."""
    folder = Path(tempfile.mkdtemp(prefix="floorhand-bench-"))
    _ways_data.prepare(folder / "store")
    hand = Hand(folder)
    try:
        found = {way.__name__: hand.timed(way) for way in WAYS if not names or way.__name__ in names}
    finally:
        hand.stop()
    figures = [Figure("load of the machine while it ran", os.getloadavg()[0], "")]
    every = [wait for waits, _ in found.values() for wait in waits]
    figures += _figures("all ways", every, sum(len(waits) * busy for waits, busy in found.values()) / len(every))
    return figures + [figure for name, (waits, busy) in found.items() for figure in _figures(name, waits, busy)]


if __name__ == "__main__":
    for figure in main(tuple(sys.argv[1:])):
        print(f"{figure.name:70} {figure.value:10.1f} {figure.unit:4} {'' if figure.kept else 'OVER'}")
