"""Tells a scanner that types from a person who types, in the keys of one window. The recogniser itself comes from `devices.wedge`.

Installed by the shell on its own QWindow, so it sees each key once, before any widget does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QWindow


class Recogniser(Protocol):
    """`devices.wedge.KeyBurst`, seen from here."""

    @property
    def deadline(self) -> float | None: ...
    def press(self, key: Any) -> Any: ...
    def tick(self, t_ms: float) -> Any: ...


@dataclass(frozen=True, slots=True)
class Wedge:
    """A recogniser and the type of the keys it is fed with (`devices.wedge.Key`)."""

    recogniser: Recogniser
    key: Callable[..., Any]


class WedgeFilter(QObject):
    """Holds keys while it is open whether they are a scan, replays them when they were typed, swallows them when they were a scan.

    `on_scan(text)` is called in the GUI thread, in the order of the keys.
    """

    def __init__(self, wedge: Wedge, window: QWindow, on_scan: Callable[[str], None]) -> None:
        super().__init__(window)
        self._wedge = wedge
        self._window = window
        self._on_scan = on_scan
        self._replaying = False
        self._held: set[int] = set()
        self._last_ms = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._idle)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt asks before each event of the window; True swallows it."""
        kind = event.type()
        if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and not self._replaying:
            return self._press(event)
        if kind == QEvent.Type.KeyRelease and isinstance(event, QKeyEvent) and not self._replaying:
            # A widget that never saw the press must not see the release.
            key = event.key()
            if key in self._held:
                self._held.discard(key)
                return True
        return False

    def _press(self, event: QKeyEvent) -> bool:
        self._last_ms = float(event.timestamp())
        name = "" if event.text() else QKeySequence(event.key()).toString()
        key = self._wedge.key(self._last_ms, event.text(), name, event.isAutoRepeat(), event.clone())
        outcome = self._wedge.recogniser.press(key)
        if outcome.held:
            self._held.add(event.key())
        self._follow(outcome)
        return bool(outcome.held)

    def _idle(self) -> None:
        deadline = self._wedge.recogniser.deadline
        if deadline is not None:
            self._follow(self._wedge.recogniser.tick(deadline))

    def _follow(self, outcome: Any) -> None:
        for key in outcome.replay:
            self._replay(key.token)
        for scan in outcome.scans:
            self._on_scan(scan.text)
        deadline = self._wedge.recogniser.deadline
        if deadline is None:
            self._timer.stop()
        else:
            self._timer.start(max(1, round(deadline - self._last_ms) + 1))

    def _replay(self, press: QKeyEvent) -> None:
        """Gives a typed key back to the widget that has the focus, press and release."""
        self._held.discard(press.key())
        release = QKeyEvent(QEvent.Type.KeyRelease, press.key(), press.modifiers(), press.text())
        self._replaying = True
        try:
            QCoreApplication.sendEvent(self._window, press)
            QCoreApplication.sendEvent(self._window, release)
        finally:
            self._replaying = False
