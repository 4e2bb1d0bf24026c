"""Notices that nobody has touched the device for a while. Scans come from the shell; touches and keys it sees at the window's door."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QWindow

from app.core.clock import Clock

#: What people do, as it reaches the window; a mouse that only moves may be a table that shakes.
_ACTS = frozenset({QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin, QEvent.Type.Wheel})
_LOOKS = 20
_LOOK_MOST_MS = 5_000


class IdleWatch(QObject):
    """Calls `on_idle` once `after_s` seconds after the last act, and again that long after the next one. On the monotonic clock, which
    counts while the device sleeps: one that lay in a drawer is locked when it wakes."""

    def __init__(self, clock: Clock, after_s: float, on_idle: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._clock, self._after_s, self._on_idle = clock, after_s, on_idle
        self._last = clock.mono()
        self._told = False
        self._timer = QTimer(self)
        self._timer.setInterval(max(20, min(_LOOK_MOST_MS, round(after_s * 1000 / _LOOKS))))
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def watch(self, window: QWindow) -> None:
        """Sees what comes in at this window."""
        window.installEventFilter(self)

    def touch(self) -> None:
        """Somebody did something."""
        self._last, self._told = self._clock.mono(), False

    def look(self) -> None:
        """Looks at the clock."""
        if not self._told and self._clock.mono() - self._last >= self._after_s:
            self._told = True
            self._on_idle()

    def stop(self) -> None:
        """Ends it."""
        self._timer.stop()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Takes note, and lets everything through. What comes too late is seen by the lock first."""
        if event.type() in _ACTS:
            self.look()
            self.touch()
        return False
