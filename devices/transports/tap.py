"""Listens in on a transport and notes everything in a ring, without changing anything. Put around every driver's transport by the hub."""

from __future__ import annotations

from devices.evidence import Kind, Ring
from devices.transports.base import LinkError, Transport


class TapTransport:
    """A transport that remembers what went through it, and how it failed."""

    def __init__(self, inner: Transport, ring: Ring) -> None:
        self._inner = inner
        self._ring = ring
        self._open = False

    def open(self) -> None:
        """See Transport.open."""
        try:
            self._inner.open()
        except LinkError as trouble:
            self._failed("open", trouble)
            raise
        self._open = True
        self._ring.note(Kind.OPENED)

    def read(self, timeout: float) -> bytes:
        """See Transport.read."""
        try:
            data = self._inner.read(timeout)
        except LinkError as trouble:
            self._failed("read", trouble)
            raise
        if data:
            self._ring.note(Kind.READ, data)
        return data

    def write(self, data: bytes, timeout: float) -> None:
        """See Transport.write. A write is noted before it is done, so that an answer never stands before its question."""
        self._ring.note(Kind.WRITTEN, data)
        try:
            self._inner.write(data, timeout)
        except LinkError as trouble:
            self._failed("write", trouble)
            raise

    def close(self) -> None:
        """See Transport.close."""
        self._inner.close()
        if self._open:
            self._open = False
            self._ring.note(Kind.CLOSED)

    def wake(self) -> None:
        """See Transport.wake."""
        self._inner.wake()

    def cancel(self) -> None:
        """See Transport.cancel."""
        self._inner.cancel()

    def _failed(self, call: str, trouble: LinkError) -> None:
        self._ring.note(Kind.FAILED, f"{call} {trouble.reason.value} {trouble.sent}".encode())
