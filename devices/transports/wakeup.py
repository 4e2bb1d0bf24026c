"""A bell that ends a wait in `select` from another thread. Used by the transports that wait on sockets or descriptors."""

from __future__ import annotations

import contextlib
import select
import socket
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class Bell:
    """A socket pair: `ring` writes one end, every wait listens to the other. Rings are kept until a wait hears them."""

    def __init__(self) -> None:
        self._hear, self._strike = socket.socketpair()
        self._hear.setblocking(False)
        self._strike.setblocking(False)

    def ring(self) -> None:
        """End the current wait, or the next one."""
        # A full pair means that it is ringing already; a closed one that nobody listens any more.
        with contextlib.suppress(OSError):
            self._strike.send(b"!")

    def wait(
        self, timeout: float, readers: Sequence[socket.socket | int] = (), writers: Sequence[socket.socket | int] = ()
    ) -> bool:
        """True as soon as one of the sockets (or descriptors) is ready, False after `timeout` seconds or when rung."""
        ready, writable, failed = select.select([self._hear, *readers], writers, writers, max(timeout, 0))
        if self._hear in ready:
            with contextlib.suppress(BlockingIOError):
                self._hear.recv(4096)
            ready.remove(self._hear)
        return bool(ready or writable or failed)

    def close(self) -> None:
        """Give the sockets back; the bell cannot be used afterwards."""
        self._hear.close()
        self._strike.close()


def deadline_after(timeout: float) -> float:
    """End of a wait on the clock that `remaining` reads."""
    return time.monotonic() + timeout


def remaining(deadline: float) -> float:
    """Seconds until `deadline`, never negative."""
    return max(deadline - time.monotonic(), 0.0)
