"""How messages are sent: what a server is told by `FLOORHAND_HOOKS_*`. Read by the command line only."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

#: Seconds until the n-th repetition; after the last one a message is given up (three days in all).
WAITS: Final = (5, 60, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)


@dataclass(frozen=True, slots=True)
class HookSettings:
    """`private`: receivers inside the own network (and without TLS) are allowed. Times in seconds."""

    private: bool = False
    timeout_s: float = 10.0
    every_s: float = 1.0
    waits: tuple[float, ...] = WAITS
    #: Longest pause of a receiver that fails again and again, whatever its messages wait for.
    pause_s: float = 60.0
    #: Receivers that are served at the same time; at most half of them may be slow ones.
    lanes: int = 6


def hooks_from(environment: Mapping[str, str]) -> HookSettings:
    """`FLOORHAND_HOOKS_PRIVATE=1`, everything else as it is."""
    return HookSettings(private=environment.get("FLOORHAND_HOOKS_PRIVATE", "").strip().lower() in {"1", "true", "yes"})
