"""Tells a scanner that types from a person who types, in the keys of our windows. The recogniser itself comes from `devices.wedge`.

Installed by the shell on its own QWindow, so it sees each key once, before any widget does; it follows the focus to pop-ups and dialogs,
which are windows of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from PySide6.QtCore import QCoreApplication, QElapsedTimer, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QWindow
from shiboken6 import isValid

STALLED_MS = 20
GRACE_MS = 10

# As numbers: a key without a name in Qt (media keys of some keyboards) makes no Qt.Key.
_MODIFIERS = frozenset(
    key.value
    for key in (
        Qt.Key.Key_Shift,
        Qt.Key.Key_Control,
        Qt.Key.Key_Alt,
        Qt.Key.Key_AltGr,
        Qt.Key.Key_Meta,
        Qt.Key.Key_CapsLock,
        Qt.Key.Key_NumLock,
        Qt.Key.Key_unknown,
    )
)


class Recogniser(Protocol):
    """`devices.wedge.KeyBurst`, seen from here."""

    @property
    def deadline(self) -> float | None: ...
    def press(self, key: Any) -> Any: ...
    def tick(self, t_ms: float) -> Any: ...


def _nothing_wrong(text: str) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Wedge:
    """A recogniser and the type of the keys it is fed with (`devices.wedge.Key`).

    `symptom` names the keyboard layout that garbled a scan ("azerty"), or None (`devices.codecs.layouts.symptom`).
    """

    recogniser: Recogniser
    key: Callable[..., Any]
    symptom: Callable[[str], str | None] = _nothing_wrong


class WedgeFilter(QObject):
    """Holds keys while it is open whether they are a scan, replays them when they were typed, swallows them when they were a scan.

    `on_scan(text)` is called in the GUI thread, in the order of the keys; `on_symptom(layout)` before it when the text was garbled by a
    keyboard layout that is not the scanner's.
    """

    def __init__(
        self,
        wedge: Wedge,
        window: QWindow,
        on_scan: Callable[[str], None],
        on_symptom: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(window)
        self._wedge = wedge
        self._window = window
        self._on_scan = on_scan
        self._on_symptom = on_symptom
        self._replaying = False
        self._held: set[int] = set()
        self._last_ms = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._idle)
        self._armed = QElapsedTimer()
        self._arrivals = QElapsedTimer()
        self._arrivals.start()
        self._in_grace = False
        window.installEventFilter(self)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.focusWindowChanged.connect(self._follow_focus)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt asks before each event of the window; True swallows it."""
        kind = event.type()
        if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and not self._replaying:
            return self._press(watched, event)
        if kind == QEvent.Type.KeyRelease and isinstance(event, QKeyEvent) and not self._replaying:
            # A widget that never saw the press must not see the release.
            key = event.key()
            if key in self._held:
                self._held.discard(key)
                return True
        return False

    def _follow_focus(self, window: QWindow | None) -> None:
        # Only over our own window: a program may have several, each with its own scanner.
        if window is not None and self._window.isAncestorOf(window, QWindow.AncestorMode.IncludeTransients):
            # Qt keeps a filter once per object, however often it is installed.
            window.installEventFilter(self)

    def _press(self, watched: QObject, event: QKeyEvent) -> bool:
        # Virtual keyboards and some remote desktops give no time: without one, every word would look as fast as a scan.
        self._last_ms = float(event.timestamp() or self._arrivals.elapsed() + 1)
        modifiers = event.modifiers()
        control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        # Control and Alt together are AltGr on some systems: then the text is what counts.
        alt = bool(modifiers & Qt.KeyboardModifier.AltModifier) and not control
        key = self._wedge.key(
            self._last_ms, event.text(), _name(event, control), event.isAutoRepeat(), (watched, event.clone()), alt
        )
        outcome = self._wedge.recogniser.press(key)
        if outcome.held:
            self._held.add(event.key())
        self._follow(outcome)
        return bool(outcome.held)

    def _idle(self) -> None:
        late = self._armed.elapsed() - self._timer.interval()
        if late > STALLED_MS and not self._in_grace:
            # We were busy: keys that came meanwhile wait behind this timer, and may be the rest of the scan.
            self._in_grace = True
            self._timer.start(GRACE_MS)
            return
        deadline = self._wedge.recogniser.deadline
        if deadline is not None:
            self._follow(self._wedge.recogniser.tick(deadline))

    def _follow(self, outcome: Any) -> None:
        for key in outcome.replay:
            self._replay(*key.token)
        for scan in outcome.scans:
            self._scanned(scan.text)
        self._in_grace = False
        deadline = self._wedge.recogniser.deadline
        if deadline is None:
            self._timer.stop()
        else:
            self._timer.start(max(1, round(deadline - self._last_ms) + 1))
            self._armed.start()

    def _scanned(self, text: str) -> None:
        layout = self._wedge.symptom(text)
        if layout is not None and self._on_symptom is not None:
            self._on_symptom(layout)
        self._on_scan(text)

    def _replay(self, window: QObject, press: QKeyEvent) -> None:
        """Gives a typed key back to the widget that has the focus, press and release."""
        self._held.discard(press.key())
        release = QKeyEvent(QEvent.Type.KeyRelease, press.key(), press.modifiers(), press.text())
        # A pop-up may have closed over the keys before: then the window below gets the rest.
        target = window if isValid(window) else self._window
        self._replaying = True
        try:
            QCoreApplication.sendEvent(target, press)
            QCoreApplication.sendEvent(target, release)
        finally:
            self._replaying = False


def _name(event: QKeyEvent, control: bool) -> str:
    """Name of a key that gives no text ("F12", "Ctrl+]"); nothing for one that only modifies others."""
    if event.text() or event.key() in _MODIFIERS:
        return ""
    name = QKeySequence(event.key()).toString()
    return f"Ctrl+{name}" if control else name
