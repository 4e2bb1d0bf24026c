"""From a trouble to its reason code at the screen's door, and from the mending to the all-clear: unplugged, mute, out of labels, open."""

import contextlib
import logging
import random
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import quantiles

from devices.hub import DeviceHub, HubSinks
from devices.model import DeviceKey, LinkState, Reason, Role
from devices.simulated.chaos import ChaosPlan
from devices.simulated.scale_sim import ScaleSim
from devices.simulated.scanner_sim import ScannerSim
from devices.simulated.zpl_sim import ZplSim
from tools.bench import Figure

ROUNDS = 15
WAIT_S = 20.0
LIMIT_S = 1.0


class Board:
    """The last word on each device, and when it was said."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.last: dict[DeviceKey, tuple[LinkState, Reason | None]] = {}

    def link(self, key: DeviceKey, state: LinkState, reason: Reason | None) -> None:
        with self.changed:
            self.last[key] = (state, reason)
            self.changed.notify_all()

    def seconds_until(self, key: DeviceKey, well: bool, act: Callable[[], None]) -> float:
        """From `act` to the device being READY, or not."""
        began = time.monotonic()
        act()
        with self.changed:
            told = self.changed.wait_for(
                lambda: key in self.last and (self.last[key][0] is LinkState.READY) is well, WAIT_S
            )
        if not told:
            raise TimeoutError(f"{key}: {self.last.get(key)}")
        return time.monotonic() - began


class NoJournal:
    """Nothing is printed here."""

    def record(self, job: object, state: object, detail: str) -> None:
        pass


Trouble = tuple[str, DeviceKey, Callable[[], None], Callable[[], None], float | None]


@contextlib.contextmanager
def _station(board: Board) -> Iterator[list[Trouble]]:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        scanner, scale, mute = ScannerSim(place / "scanner"), ScaleSim(link=place / "scale"), ScaleSim(tcp_port=0)
        printer = ZplSim(place / "labels")
        sims = (scanner, scale, mute, printer)
        for sim in sims:
            sim.start()
        hub = DeviceHub(
            HubSinks(lambda s: None, lambda k, r: None, lambda k, s: None, board.link, lambda j: None), NoJournal()
        )
        keys = [
            hub.add(role, sim.url, role.value)
            for role, sim in zip((Role.SCANNER, Role.SCALE, Role.SCALE, Role.LABEL_PRINTER), sims, strict=True)
        ]
        hub.start()

        def back(sim: ScannerSim | ScaleSim, key: DeviceKey) -> Callable[[], None]:
            def plug() -> None:
                sim.start()
                hub.retry(key)  # the kernel's word

            return plug

        def labels(reason: Reason, present: bool) -> Callable[[], None]:
            return lambda: printer.fault(reason, present)

        yield [
            ("scanner unplugged", keys[0], scanner.stop, back(scanner, keys[0]), LIMIT_S),
            ("scale unplugged", keys[1], scale.stop, back(scale, keys[1]), LIMIT_S),
            (
                "scale gone mute",  # three questions have to stay unanswered, half a second each
                keys[2],
                lambda: mute.line.trouble(ChaosPlan(mute=True)),
                lambda: mute.line.trouble(ChaosPlan()),
                None,
            ),
            *(
                (f"printer {reason.value}", keys[3], labels(reason, True), labels(reason, False), LIMIT_S)
                for reason in (Reason.MEDIA_EMPTY, Reason.COVER_OPEN, Reason.PAUSED)
            ),
        ]
        hub.stop()
        for sim in sims:
            sim.stop()


def main() -> list[Figure]:
    """p95 of both ways for each kind of trouble."""
    logging.getLogger("devices").setLevel(logging.CRITICAL)
    board = Board()
    dice = random.Random(1)
    figures = []
    with _station(board) as troubles:
        for _, key, *_ in troubles:
            board.seconds_until(key, True, lambda: None)
        for name, key, cause, mend, limit in troubles:
            shown, cleared = [], []
            for _ in range(ROUNDS if limit else 5):
                # At any moment of the device's round of questions.
                threading.Event().wait(dice.uniform(0.0, 0.3))
                shown.append(board.seconds_until(key, False, cause))
                threading.Event().wait(dice.uniform(0.0, 0.3))
                cleared.append(board.seconds_until(key, True, mend))
            figures += [
                Figure(f"{name}: shown, p95", quantiles(shown, n=20)[18], "s", limit),
                Figure(f"{name}: cleared, p95", quantiles(cleared, n=20)[18], "s", limit),
            ]
    return figures
