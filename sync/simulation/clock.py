"""Time that passes when told to."""

from dataclasses import dataclass


@dataclass(slots=True)
class VirtualClock:
    """A `sync.client.ports.Clock`. `skew_ms` is what the device's wall clock is wrong by; `boots` counts restarts of the device."""

    now: float = 0.0
    skew_ms: int = 0
    boots: int = 1

    def mono(self) -> float:
        """Seconds since the simulation began."""
        return self.now

    def wall_ms(self) -> int:
        """A wall clock that may be years off."""
        return 1_700_000_000_000 + round(self.now * 1000) + self.skew_ms

    def boot_id(self) -> str:
        """A new name after each restart of the device."""
        return f"boot-{self.boots}"
