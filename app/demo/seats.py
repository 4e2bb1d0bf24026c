"""Ties a person of the demonstration to a real window: keys go into it as from a keyboard scanner, bytes as from a corded one."""

import time

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent

from app.bootstrap import Client
from app.core.messages import Message
from app.demo.devices import StationDevices

_KEY_MS = 3


class _Window:
    """What the eyes and fingers of a person share with any window."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def screen(self) -> str:
        """Name of the screen that shows."""
        return self.client.shell.screen_name()

    def view(self) -> object:
        """What it shows."""
        return self.client.shell.service_view()

    def refusal(self) -> Message | None:
        """The refusal that stands on it."""
        return self.client.shell.presenter.refusal

    def notice(self) -> Message | None:
        """The instruction that waits to be read."""
        notices = self.client.shell.notices
        return notices.first if notices else None

    def answered(self) -> int:
        """Scans answered on screen so far."""
        return self.client.shell.answered()

    def press(self, intent: str) -> None:
        """Uses a button."""
        self.client.shell.press(intent)


class WedgeSeat(_Window):
    """A handheld whose scanner types: real key events into the real window, ended by Enter."""

    def scan(self, text: str) -> None:
        """Types faster than any person: a keyboard scanner sends a character every few milliseconds."""
        at = time.monotonic_ns() // 1_000_000
        for n, character in enumerate(text):
            self._stroke(Qt.Key(ord(character.upper())), character, at + _KEY_MS * n)
        self._stroke(Qt.Key.Key_Return, "\r", at + _KEY_MS * len(text))

    def _stroke(self, key: Qt.Key, text: str, at_ms: int) -> None:
        shift = Qt.KeyboardModifier.ShiftModifier if text.isupper() else Qt.KeyboardModifier.NoModifier
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, shift, text)
            event.setTimestamp(at_ms)
            QCoreApplication.sendEvent(self.client.shell.windowHandle(), event)


class CordedSeat(_Window):
    """A station whose scanner sends bytes over a serial line."""

    def __init__(self, client: Client, devices: StationDevices) -> None:
        super().__init__(client)
        self._devices = devices

    def scan(self, text: str) -> None:
        """Pulls the trigger."""
        self._devices.scan(text)
