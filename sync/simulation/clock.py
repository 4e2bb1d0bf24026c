"""Time that passes when told to."""

from dataclasses import dataclass


@dataclass(slots=True)
class VirtualTime:
    """Seconds since the simulation began, the same for everybody in it."""

    now: float = 0.0


@dataclass(slots=True)
class VirtualClock:
    """A device's `sync.client.ports.Clock`. `skew_ms` is what its wall clock is wrong by; `boots` counts its restarts."""

    time: VirtualTime
    skew_ms: int = 0
    boots: int = 1

    def mono(self) -> float:
        """Seconds since the simulation began."""
        return self.time.now

    def wall_ms(self) -> int:
        """A wall clock that may be years off."""
        return 1_700_000_000_000 + round(self.time.now * 1000) + self.skew_ms

    def boot_id(self) -> str:
        """A new name after each restart of the device."""
        return f"boot-{self.boots}"
