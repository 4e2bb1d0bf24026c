"""What a person may choose about the looks and sounds of this device. Kept by the bootstrap; read by the shell and the settings screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

LANGUAGES = {"en": "English", "nl": "Nederlands", "de": "Deutsch", "da": "Dansk"}
THEMES = ("dark", "light", "contrast")
TEXT_SIZES = (70, 85, 100, 120, 150, 200, 300, 400)


@dataclass(frozen=True, slots=True)
class Preferences:
    """`text_size` in per cent (70-400), `volume` 0-100, `hand` `right` or `left`."""

    language: str = "en"
    theme: str = "dark"
    text_size: int = 100
    hand: str = "right"
    volume: int = 70


class KeepsPreferences(Protocol):
    """Where preferences live between two starts."""

    def load(self) -> Preferences: ...
    def save(self, preferences: Preferences) -> None: ...
