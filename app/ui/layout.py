"""Where everything stands in a window of any size: fixed places, so that nothing moves under a finger."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect

from app.ui.theme import Skin

#: From this width on a window is a desk: keys in sight, acts inside the prompt, side columns.
DESK_WIDTH = 900


@dataclass(frozen=True, slots=True)
class Places:
    """The parts of a window. At a desk the screen reaches to the bottom and leaves `foot` pixels free under its middle column."""

    desk: bool
    strip: QRect
    progress: QRect
    screen: QRect
    prompt: QRect
    actions: QRect
    foot: int

    @staticmethod
    def of(skin: Skin, width: int, height: int) -> Places:
        """The places in a window of this size; the prompt of a desk is narrowed to the middle column later."""
        small = height < 600
        edge = skin.measure("edge") if width > 360 else 10
        strip = QRect(0, 0, width, min(skin.grown(skin.measure("strip")), 64) if not small else 38)
        progress = QRect(0, strip.height(), width, skin.measure("progress") if not small else 4)
        top = progress.bottom() + 1
        if width >= DESK_WIDTH:
            high = max(100, min(skin.grown(100), height // 5))
            prompt = QRect(edge, height - edge - high, width - 2 * edge, high)
            screen = QRect(0, top, width, height - top)
            return Places(True, strip, progress, screen, prompt, QRect(), high + edge + 12)
        least = 56 if small else skin.measure("action")
        action = min(skin.grown(least), max(least, height // 9))
        least = 56 if small else skin.measure("prompt")
        high = max(least, min(skin.grown(least), height // 6))
        gap = 8 if small else 12
        actions = QRect(edge, height - (8 if small else 12) - action, width - 2 * edge, action)
        prompt = QRect(edge, actions.top() - gap - high, width - 2 * edge, high)
        screen = QRect(0, top, width, prompt.top() - (4 if small else 8) - top)
        return Places(False, strip, progress, screen, prompt, actions, 0)
