"""Raw TCP, as on port 9100 of label printers and on serial device servers."""

from __future__ import annotations

import contextlib
import errno
import socket

from devices.model import Reason
from devices.transports.base import LinkError
from devices.transports.wakeup import Bell, deadline_after, remaining

CONNECT_TIMEOUT_S = 2.0

_CONNECT_REASONS = {
    errno.ECONNREFUSED: Reason.REFUSED,
    errno.ETIMEDOUT: Reason.TIMED_OUT,
    errno.EHOSTUNREACH: Reason.ABSENT,
    errno.ENETUNREACH: Reason.ABSENT,
    errno.EACCES: Reason.DENIED,
}
_PENDING = (0, errno.EINPROGRESS, errno.EWOULDBLOCK)


class TcpTransport:
    """One TCP connection to `host`:`port`, made anew on each `open`. Waits can be ended by `wake`."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._socket: socket.socket | None = None
        self._bell = Bell()
        self._cancelled = False
        self._woken = False

    def open(self) -> None:
        """Connect within two seconds."""
        self.close()
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(*self._address, type=socket.SOCK_STREAM)[0]
        except OSError as trouble:
            raise LinkError(Reason.ABSENT, f"{self._address[0]}: {trouble}") from trouble
        link = socket.socket(family, kind, protocol)
        link.setblocking(False)
        try:
            self._connect(link, address)
        except BaseException:
            link.close()
            raise
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _notice_a_dead_peer(link)
        self._socket = link

    def _connect(self, link: socket.socket, address: tuple[object, ...]) -> None:
        code = link.connect_ex(address)
        if code in _PENDING:
            self._await_writable(link, deadline_after(CONNECT_TIMEOUT_S), sent=0)
            code = link.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            raise LinkError(
                _CONNECT_REASONS.get(code, Reason.ABSENT), f"{self._name()}: {errno.errorcode.get(code, code)}"
            )

    def read(self, timeout: float) -> bytes:
        """See Transport.read."""
        link = self._opened()
        # Connecting and writing hear the bell too and use it up; the flags remember what it was rung for.
        called = self._cancelled or self._woken
        ready = self._bell.wait(0.0 if called else timeout, readers=[link])
        self._woken = False
        if self._cancelled:
            raise LinkError(Reason.STOPPED, self._name())
        if not ready:
            return b""
        try:
            data = link.recv(65536)
        except BlockingIOError:
            return b""
        except OSError as trouble:
            raise LinkError(Reason.LOST, f"{self._name()}: {trouble}") from trouble
        if not data:
            raise LinkError(Reason.LOST, f"{self._name()}: closed by peer")
        return data

    def write(self, data: bytes, timeout: float) -> None:
        """See Transport.write. `sent` of the error counts bytes the system took; they may or may not have arrived."""
        link = self._opened()
        deadline = deadline_after(timeout)
        sent = 0
        while sent < len(data):
            try:
                sent += link.send(data[sent:])
                continue
            except BlockingIOError:
                pass
            except OSError as trouble:
                raise LinkError(Reason.LOST, f"{self._name()}: {trouble}", sent) from trouble
            self._await_writable(link, deadline, sent)

    def close(self) -> None:
        """See Transport.close."""
        link, self._socket = self._socket, None
        if link is not None:
            # Closing with unread bytes would be a reset, on which some printers throw away what they have not worked on yet. So our
            # direction is ended first, and what has come in meanwhile is read and dropped.
            with contextlib.suppress(OSError):
                link.shutdown(socket.SHUT_WR)
                while link.recv(65536):
                    pass
            link.close()

    def wake(self) -> None:
        """See Transport.wake."""
        self._woken = True
        self._bell.ring()

    def cancel(self) -> None:
        """See Transport.cancel."""
        self._cancelled = True
        self._bell.ring()

    def _await_writable(self, link: socket.socket, deadline: float, sent: int) -> None:
        while not self._bell.wait(remaining(deadline), writers=[link]):
            if self._cancelled:
                raise LinkError(Reason.STOPPED, self._name(), sent)
            if not remaining(deadline):
                raise LinkError(Reason.TIMED_OUT, self._name(), sent)

    def __del__(self) -> None:
        self.close()
        self._bell.close()

    def _opened(self) -> socket.socket:
        if self._socket is None:
            raise LinkError(Reason.LOST, f"{self._name()}: not open")
        return self._socket

    def _name(self) -> str:
        return f"{self._address[0]}:{self._address[1]}"


def _notice_a_dead_peer(link: socket.socket) -> None:
    """A printer that was switched off says nothing: after about ten seconds of silence the system finds out by itself."""
    link.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (("TCP_KEEPIDLE", 4), ("TCP_KEEPINTVL", 2), ("TCP_KEEPCNT", 3), ("TCP_USER_TIMEOUT", 10_000)):
        # Not every system has every one of them.
        if hasattr(socket, option):
            link.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
