"""Time as a thing that is handed in, so that every rule can be tested at any hour."""

from typing import Protocol


class Clock(Protocol):
    """Where the client's rooms read the time. Decisions use `mono`; `wall` is for display and audit."""

    def mono(self) -> float:
        """Seconds on a clock that never steps back while the device is on."""

    def wall_ms(self) -> int:
        """Milliseconds since 1970 by the device's own, untrusted clock."""

    def boot_id(self) -> str:
        """A name for this run of the monotonic clock."""
