"""The physics of a simulated scale: a load that settles, zero and tare. Under every dialect of `scale_talks`."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScaleBuild:
    """How the scale is made. Grams and seconds."""

    capacity_g: int = 30_000
    division_g: int = 1
    settle_s: float = 0.3
    """Time constant of the platform: after one, 37 % of a change is still to come."""
    noise_g: float = 0.15
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Shown:
    """What a scale has on its display: the net weight and the tare in grams, whether the load moves, "+" over, "-" under, "" in range."""

    grams: int
    tare_g: int
    moving: bool
    verdict: str


class Platform:
    """The physics: a load put on settles exponentially, with noise; below half a division of movement it stands still."""

    def __init__(self, build: ScaleBuild) -> None:
        self._build = build
        self._dice = random.Random(build.seed)  # noqa: S311 - noise
        self._from_g = 0.0
        self._to_g = 0.0
        self._since = -1e9
        self._zero_g = 0
        self._tare_g = 0

    def load(self, grams: float, now: float) -> None:
        """There are now `grams` on the platform in all."""
        self._from_g = self._settled(now)
        self._to_g = grams
        self._since = now

    def stable(self, now: float) -> bool:
        """True when the platform stands still."""
        return abs(self._settled(now) - self._to_g) < self._build.division_g / 2

    def gross_g(self, now: float) -> int:
        """What the scale shows without tare, in whole divisions."""
        quiet = self.stable(now)
        value = self._to_g if quiet else self._settled(now) + self._dice.gauss(0, self._build.noise_g)
        division = self._build.division_g
        return math.floor(value / division + 0.5) * division - self._zero_g

    def net_g(self, now: float) -> int:
        """What the scale shows."""
        return self.gross_g(now) - self._tare_g

    @property
    def tare_g(self) -> int:
        """The tare in force."""
        return self._tare_g

    def verdict(self, now: float) -> str:
        """ "+" over capacity, "-" below zero by more than nine divisions, "" in range."""
        if self.gross_g(now) > self._build.capacity_g + 9 * self._build.division_g:
            return "+"
        return "-" if self.gross_g(now) < -9 * self._build.division_g else ""

    def set_zero(self, now: float) -> bool:
        """Zero here; False beyond 2 % of capacity (OIML R 76 zero-setting range)."""
        raw = self.gross_g(now) + self._zero_g
        if abs(raw) > self._build.capacity_g * 0.02:
            return False
        self._zero_g, self._tare_g = raw, 0
        return True

    def set_tare(self, grams: int) -> None:
        """Take `grams` as the weight of the container."""
        self._tare_g = grams

    def shown(self, now: float) -> Shown:
        """All that the display and the line can tell."""
        return Shown(self.net_g(now), self._tare_g, not self.stable(now), self.verdict(now))

    def _settled(self, now: float) -> float:
        return self._to_g + (self._from_g - self._to_g) * math.exp(-(now - self._since) / self._build.settle_s)
