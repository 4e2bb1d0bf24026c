"""How long people wait: from the last byte of a scan to the screen repainted with its answer. Read by the bench and the demonstration."""

from __future__ import annotations

from collections import deque

from app.core.clock import Clock


class LatencyRing:
    """The last 1000 figures, in milliseconds. `mark` when an answer is on its way to the screen, `painted` when the screen has it."""

    def __init__(self, clock: Clock, size: int = 1000) -> None:
        self._clock = clock
        self._waiting: list[float] = []
        self._figures: deque[float] = deque(maxlen=size)

    @property
    def waiting(self) -> bool:
        """True while an answer has not been painted."""
        return bool(self._waiting)

    def mark(self, at: float) -> None:
        """The scan of time `at` (monotonic seconds) has its answer."""
        self._waiting.append(at)

    def painted(self) -> None:
        """The screen has been repainted."""
        now = self._clock.mono()
        self._figures.extend((now - at) * 1000 for at in self._waiting)
        self._waiting.clear()

    def figures(self) -> list[float]:
        """All kept figures, oldest first."""
        return list(self._figures)
