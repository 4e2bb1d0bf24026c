"""Two transports joined in memory: what one end writes, the other reads. Carries drivers to simulators without an operating system."""

from __future__ import annotations

import threading
from collections import deque

from devices.model import Reason
from devices.transports.base import LinkError
from devices.transports.wakeup import deadline_after, remaining


class _Lane:
    """One direction: bytes on the way, and whether either end has closed."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.chunks: deque[bytes] = deque()
        self.closed = False
        self.rung = False
        self.cancelled = False


class MemoryTransport:
    """One end of a pair made by `memory_pair`. Closing either end is, for the other, a lost link."""

    def __init__(self, inward: _Lane, outward: _Lane) -> None:
        self._inward = inward
        self._outward = outward

    def open(self) -> None:
        """Nothing to do while the other end is there."""
        if self._inward.closed:
            raise LinkError(Reason.ABSENT, "the other end is closed")

    def read(self, timeout: float) -> bytes:
        """See Transport.read."""
        lane = self._inward
        deadline = deadline_after(timeout)
        with lane.changed:
            while not lane.chunks and not lane.closed and not lane.rung and not lane.cancelled:
                if not lane.changed.wait(remaining(deadline)):
                    return b""
            lane.rung = False
            if lane.cancelled:
                raise LinkError(Reason.STOPPED, "memory")
            if lane.chunks:
                return lane.chunks.popleft()
            if lane.closed:
                raise LinkError(Reason.LOST, "the other end closed")
            return b""

    def write(self, data: bytes, timeout: float) -> None:
        """See Transport.write; memory takes everything at once."""
        lane = self._outward
        with lane.changed:
            if lane.closed:
                raise LinkError(Reason.LOST, "the other end closed")
            lane.chunks.append(bytes(data))
            lane.changed.notify_all()

    def close(self) -> None:
        """See Transport.close."""
        for lane in (self._inward, self._outward):
            with lane.changed:
                lane.closed = True
                lane.changed.notify_all()

    def wake(self) -> None:
        """See Transport.wake."""
        with self._inward.changed:
            self._inward.rung = True
            self._inward.changed.notify_all()

    def cancel(self) -> None:
        """See Transport.cancel."""
        with self._inward.changed:
            self._inward.cancelled = True
        self.wake()


def memory_pair() -> tuple[MemoryTransport, MemoryTransport]:
    """Two joined ends."""
    there, back = _Lane(), _Lane()
    return MemoryTransport(back, there), MemoryTransport(there, back)
