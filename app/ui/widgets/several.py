"""As many widgets of a kind as there are things to show."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtWidgets import QWidget

W = TypeVar("W", bound=QWidget)


def keep(widgets: list[W], count: int, make: Callable[[], W]) -> None:
    """Leaves `count` of them in the list, making or removing only what differs, so that who stands on one keeps it."""
    while len(widgets) > count:
        gone = widgets.pop()
        gone.hide()
        gone.deleteLater()
    while len(widgets) < count:
        made = make()
        widgets.append(made)
        made.show()
