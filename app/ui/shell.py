"""The one window of the client: strip, progress, screen, prompt, actions. Hears the bridge, shows the presenters' states."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.core.messages import Message
from app.core.outcome import Changes
from app.core.scan import ScanInput
from app.core.views import DeviceStatus, LinkStatus
from app.services.api import LabelReport, Weight
from app.ui.bridge import Bridge


class Shell(QWidget):
    """A window. All `on_...` are called in the GUI thread; from other threads call them on `bridge`."""

    bridge: Bridge

    def show_handheld(self) -> None:
        """Opens as a handheld, 480 x 800."""

    def show_desk(self) -> None:
        """Opens as a pack station or supervisor's desk, 1280 x 800."""

    def screen_name(self) -> str:
        """`signin`, `pair`, `home`, `pick`, `pack`, `orders` or `settings`."""
        raise NotImplementedError

    def service_view(self) -> object:
        """What the screen shows, as the service gave it (`PickView`, `PackView`, `OrdersView` ...)."""
        raise NotImplementedError

    def answered(self) -> int:
        """How many scans have been answered on screen so far."""
        raise NotImplementedError

    def press(self, intent: str) -> None:
        """Uses a button by its intent (`next`, `short`, `short:not_found`, `release:20`), as a click would."""

    def latencies(self) -> list[float]:
        """Milliseconds from the last byte of a scan to the screen repainted with its answer, the last 1000 of them."""
        raise NotImplementedError

    def on_scan(self, scan: ScanInput) -> None: ...
    def on_weight(self, weight: Weight) -> None: ...
    def on_label(self, report: LabelReport) -> None: ...
    def on_link(self, link: LinkStatus) -> None: ...
    def on_devices(self, devices: tuple[DeviceStatus, ...]) -> None: ...
    def on_changes(self, changes: Changes) -> None: ...
    def on_notice(self, message: Message) -> None: ...
    def stop(self) -> None:
        """Ends the workers and the sound. The window may be closed after that."""
