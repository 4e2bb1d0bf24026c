"""What the hand-over screen asks of the hand-over service. Every call touches only the disk of this device."""

from __future__ import annotations

from typing import Protocol

from app.core.handover import HandOverView, Picture
from app.core.outcome import Outcome
from app.core.scan import ScanInput


class HandOver(Protocol):
    """Giving work to another device and taking it over, with the centre away."""

    def enter(self) -> Outcome[HandOverView]:
        """The screen was opened."""

    def view(self) -> Outcome[HandOverView]:
        """Where this device stands."""

    def give(self) -> Outcome[HandOverView]:
        """Freezes all work held here, for good, and makes the pictures."""

    def again(self) -> Outcome[HandOverView]:
        """The pictures of the hand-over given before."""

    def picture(self, number: int) -> Picture | None:
        """One of the pictures, from 0; None when it is no longer shown."""

    def stop(self) -> Outcome[HandOverView]:
        """No pictures any more; what was frozen stays so."""

    def take(self) -> Outcome[HandOverView]:
        """Begins to gather another's pictures, from none."""

    def leave(self) -> Outcome[HandOverView]:
        """Forgets the pictures gathered so far."""

    def on_scan(self, scan: ScanInput) -> Outcome[HandOverView]:
        """A picture of another device, or its code for ours."""
