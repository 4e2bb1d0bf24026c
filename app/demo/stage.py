"""Lets several people act at once in one Qt event loop: each is a generator that yields what it waits for."""

import threading
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer

_TICK_MS = 8


@dataclass(frozen=True, slots=True)
class Until:
    """A condition a person waits for, in words, and how long at most."""

    true: Callable[[], object]
    what: str
    timeout_s: float = 90.0


Acting = Generator[Until, None, None]


class Stuck(Exception):
    """Somebody waited in vain; the text says who, for what, and what was on the screen."""


def pause(seconds: float) -> Until:
    """Waits a moment, as people do."""
    end = time.monotonic() + seconds
    return Until(lambda: time.monotonic() >= end, "a moment", seconds + 60)


def elsewhere(job: Callable[[], object], what: str) -> Acting:
    """Does something slow in a thread of its own."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            job()
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run, name="elsewhere", daemon=True)
    thread.start()
    yield Until(lambda: not thread.is_alive(), what, 180)
    if failed:
        raise failed[0]


class Stage(QObject):
    """Runs all actors by a short timer. `on_end(None)` when `leading` ones are through, `on_end(error)` when one got stuck or failed."""

    def __init__(self, on_end: Callable[[Exception | None], None], describe: Callable[[str], str]) -> None:
        super().__init__()
        self._on_end = on_end
        self._describe = describe
        self._actors: dict[str, tuple[Acting, Until, float]] = {}
        self._leading: set[str] = set()
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)

    def enter(self, name: str, acting: Acting, leading: bool = True) -> None:
        """Adds an actor; the play is over when all leading ones are through."""
        self._actors[name] = (acting, Until(lambda: True, "the start"), time.monotonic())
        if leading:
            self._leading.add(name)

    def start(self) -> None:
        """Begins."""
        self._timer.start()

    def _tick(self) -> None:
        for name in list(self._actors):
            try:
                self._act(name)
            except Exception as problem:
                self._timer.stop()
                self._on_end(problem)
                return
        if not self._leading & self._actors.keys():
            self._timer.stop()
            self._on_end(None)

    def _act(self, name: str) -> None:
        acting, until, since = self._actors[name]
        if not until.true():
            if time.monotonic() - since > until.timeout_s:
                raise Stuck(f"{name} waited {until.timeout_s:.0f} s for {until.what}. {self._describe(name)}")
            return
        try:
            self._actors[name] = (acting, next(acting), time.monotonic())
        except StopIteration:
            del self._actors[name]
