"""The machine's clocks, as the rest of the client may see them."""

import time
import uuid
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class SystemClock:
    """`app.core.clock.Clock` on this machine. On Linux `mono` counts from boot and goes on through suspend, so that a lease that was
    granted before the handheld slept, or before the app was restarted, still ends on time."""

    def __init__(self) -> None:
        self._since_boot = hasattr(time, "CLOCK_BOOTTIME") and _BOOT_ID.exists()
        self._boot = _BOOT_ID.read_text().strip() if self._since_boot else uuid.uuid4().hex

    def mono(self) -> float:
        """Seconds; never steps back while the machine is on."""
        return time.clock_gettime(time.CLOCK_BOOTTIME) if self._since_boot else time.monotonic()

    def wall_ms(self) -> int:
        """Milliseconds since 1970, by a clock nobody should trust."""
        return time.time_ns() // 1_000_000

    def boot_id(self) -> str:
        """Names this run of `mono`."""
        return self._boot
