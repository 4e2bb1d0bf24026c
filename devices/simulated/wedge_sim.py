"""A keyboard scanner that is not there: the key presses, with their times, by which it types a code. Posted to windows by its users."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from devices.wedge import Key

SEPARATORS = {
    "character": [Key(0.0, "\x1d")],
    "Ctrl+]": [Key(0.0, "", "Ctrl+]")],
    "F12": [Key(0.0, "", "F12")],
    "Alt+029": [Key(0.0, digit, alt=True) for digit in "029"],
}
"""The forms in which scanners type GS."""

USB_MS = (1.0, 20.0)
BLUETOOTH_MS = (15.0, 60.0)


@dataclass(slots=True)
class WedgeSim:
    """One scanner. `gap_ms`: shortest and longest time between characters; `prefix` is a key by name ("F13") or the character STX.

    `stumble_ms`: once in a scan, behind the fourth character, it waits so much longer.
    """

    gap_ms: tuple[float, float] = USB_MS
    prefix: str = ""
    suffix: str = "\r"
    separator: str = "character"
    shift_keys: bool = True
    stumble_ms: float = 0.0
    dice: random.Random = field(default_factory=lambda: random.Random(0))  # noqa: S311 - paces keys, guards nothing

    def scan(self, code: str, at_ms: float) -> list[Key]:
        """The keys of one scan that begins at `at_ms`."""
        keys: list[Key] = []
        now = at_ms
        stumble = self.dice.randint(4, max(4, len(code) - 1)) if self.stumble_ms else None
        if self.prefix:
            keys.append(Key(now, "", self.prefix) if len(self.prefix) > 1 else Key(now, self.prefix))
            now += self._gap()
        for number, char in enumerate(code):
            if number:
                now += self._gap() + (self.stumble_ms if number == stumble else 0.0)
            keys += self._character(char, now)
        for char in self.suffix:
            now += self._gap()
            keys.append(Key(now, char))
        return keys

    def _gap(self) -> float:
        return self.dice.uniform(*self.gap_ms)

    def _character(self, char: str, now: float) -> list[Key]:
        if char == "\x1d":
            return [Key(now, key.text, key.name, alt=key.alt) for key in SEPARATORS[self.separator]]
        # Shift is pressed for capitals; by itself it is a key without text or name.
        return [Key(now, ""), Key(now, char)] if char.isupper() and self.shift_keys else [Key(now, char)]
