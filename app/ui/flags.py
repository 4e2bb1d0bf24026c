"""The flags that follow an order to the floor, as violet chips."""

from __future__ import annotations

from app.screens.words import named
from app.ui.texts import Texts
from app.ui.widgets.chips import Chip


def flag_chips(texts: Texts, flags: tuple[str, ...]) -> tuple[Chip, ...]:
    """The flags of an order (`vip`, `gift` ...) as violet chips; flags without words stay as they are."""
    words = [(flag, named("flag", flag.lower())) for flag in flags]
    return tuple(Chip(texts.word(word) if word else flag, "flag") for flag, word in words)
