"""Where on the floor the map looks, and how near. Plain figures: millimetres on the floor, pixels on the screen; y grows upwards there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

#: The nearest look: so many pixels for a metre.
_NEAREST: Final = 400 / 1000
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Camera:
    """The middle of the picture on the floor, pixels for a millimetre, and the size of the picture."""

    x: float
    y: float
    scale: float
    wide: int
    high: int

    def at(self, x: float, y: float) -> tuple[float, float]:
        """A place of the floor in the picture."""
        return (x - self.x) * self.scale + self.wide / 2, self.high / 2 - (y - self.y) * self.scale

    def moved(self, right: float, down: float) -> Camera:
        """The look moved by so many pixels."""
        return replace(self, x=self.x + right / self.scale, y=self.y - down / self.scale)

    def nearer(self, times: float, box: Box, at: tuple[float, float] | None = None) -> Camera:
        """So many times nearer; the place under `at` (pixels, usually the mouse) stays where it is. Never farther than all of `box`."""
        least = whole(box, self.wide, self.high).scale
        scale = min(max(least, self.scale * times), max(_NEAREST, least))
        if scale == least:
            return whole(box, self.wide, self.high)
        px, py = at or (self.wide / 2, self.high / 2)
        dx, dy = px - self.wide / 2, self.high / 2 - py
        kept = 1 / self.scale - 1 / scale
        return replace(self, x=self.x + dx * kept, y=self.y + dy * kept, scale=scale)


def whole(box: Box, wide: int, high: int) -> Camera:
    """All of the box (left, bottom, right, top), as near as it goes."""
    left, bottom, right, top = box
    scale = min(wide / max(1.0, right - left), high / max(1.0, top - bottom))
    return Camera((left + right) / 2, (bottom + top) / 2, max(scale, 1e-9), max(1, wide), max(1, high))
