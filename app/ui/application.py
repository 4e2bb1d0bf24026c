"""Puts the screens together: the one function the bootstrap calls to get a window. Knows every screen; nothing below knows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.core.clock import Clock
from app.screens.pair.port import Pairing
from app.screens.preferences import KeepsPreferences
from app.services.api import Home, Orders, Pack, Pick, SignIn
from app.ui.shell import Shell
from app.ui.wedge_filter import Wedge


@dataclass(frozen=True, slots=True)
class UiServices:
    """What the screens call. All but `sign_in`, `pairing` and `orders.release` only touch the disk of this device.

    `pairing` is None when this device is paired already. `pack` and `orders` may be None on a handheld that has no such door.
    """

    sign_in: SignIn
    home: Home
    pick: Pick
    pack: Pack
    orders: Orders
    pairing: Pairing | None = None


def build_shell(
    services: UiServices,
    preferences: KeepsPreferences,
    clock: Clock,
    *,
    wedge: Wedge | None = None,
    about: tuple[tuple[str, str], ...] = (),
    on_fault: Callable[[Exception], None] | None = None,
) -> Shell:
    """A complete window, not yet shown. Needs a QApplication; call it in the GUI thread.

    `wedge` recognises scans in the keys of a keyboard-wedge scanner (`Wedge(devices.wedge.KeyBurst(), devices.wedge.Key)`). `about` is what the settings page says
    about this device. `on_fault` hears what went wrong inside (for the log); the person sees calm words.
    """
    raise NotImplementedError
