"""Which picture stands, and for how long. Pure; used by the presenter."""

from __future__ import annotations

from dataclasses import dataclass, replace

#: Milliseconds a picture stands, from fast to slow: a hand scanner with a trigger reads one in a good second.
PACES_MS = (400, 700, 1200, 2000, 3500)


@dataclass(frozen=True, slots=True)
class Loop:
    """`count` pictures, the one at `at` stands; they change by themselves while `running`."""

    count: int = 0
    at: int = 0
    pace: int = 2
    running: bool = True

    @property
    def pause_ms(self) -> int:
        """How long one picture stands; 0 when it stays."""
        return PACES_MS[self.pace] if self.running and self.count > 1 else 0

    def turned(self, by: int) -> Loop:
        """The picture `by` further on, round and round."""
        return replace(self, at=(self.at + by) % max(1, self.count))

    def paced(self, by: int) -> Loop:
        """Slower (1) or faster (-1)."""
        return replace(self, pace=min(len(PACES_MS) - 1, max(0, self.pace + by)))

    def held(self) -> Loop:
        """Standing still, or running on."""
        return replace(self, running=not self.running)
