"""A transport whose address may change between two openings: the device was plugged into another port. Wrapped around by the hub."""

from __future__ import annotations

from devices.transports.base import Transport


class MovableTransport:
    """Owns the transport of the present address. A driver and its queue stay as they are while the device moves."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self._next: Transport | None = None
        self._cancelled = False

    def move(self, there: Transport) -> None:
        """From the next opening on the device is reached through `there`, which is closed now. Any thread."""
        self._next = there

    def open(self) -> None:
        """See Transport.open."""
        there, self._next = self._next, None
        if there is not None:
            self._inner.close()
            self._inner = there
        if self._cancelled:
            # The cancel may have met the transport from before the move.
            self._inner.cancel()
        self._inner.open()

    def read(self, timeout: float) -> bytes:
        """See Transport.read."""
        return self._inner.read(timeout)

    def write(self, data: bytes, timeout: float) -> None:
        """See Transport.write."""
        self._inner.write(data, timeout)

    def close(self) -> None:
        """See Transport.close."""
        self._inner.close()

    def wake(self) -> None:
        """See Transport.wake."""
        self._inner.wake()

    def cancel(self) -> None:
        """See Transport.cancel."""
        self._cancelled = True
        self._inner.cancel()
