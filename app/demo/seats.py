"""Ties a person of the demonstration to a real window: keys go into it as from a keyboard scanner, bytes as from a corded one."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.bootstrap import Client
from app.demo.devices import StationDevices


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

    def answered(self) -> int:
        """Scans answered on screen so far."""
        return self.client.shell.answered()

    def press(self, intent: str) -> None:
        """Uses a button."""
        self.client.shell.press(intent)


class WedgeSeat(_Window):
    """A handheld whose scanner types: real key events into the real window, ended by Enter."""

    def scan(self, text: str) -> None:
        """Types faster than any person."""
        window = self.client.shell.windowHandle()
        for character in text:
            QTest.keyClick(window, character)
        QTest.keyClick(window, Qt.Key.Key_Return)


class CordedSeat(_Window):
    """A station whose scanner sends bytes over a serial line."""

    def __init__(self, client: Client, devices: StationDevices) -> None:
        super().__init__(client)
        self._devices = devices

    def scan(self, text: str) -> None:
        """Pulls the trigger."""
        self._devices.scan(text)


Describe = Callable[[str], str]
