"""One HTTP POST at a time, as IPP needs it. Used by the IPP driver and the search for CUPS queues."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading

from devices.model import Reason
from devices.transports.base import LinkError

CONNECT_TIMEOUT_S = 2.0
_MOST = 1_000_001


class HttpPost:
    """A connection to `host`:`port`, made for each question and closed after it. Used by one thread; `cancel` is for any."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._lock = threading.Lock()
        self._link: http.client.HTTPConnection | None = None
        self._stopped = threading.Event()

    def ask(self, path: str, body: bytes, kind: str, timeout: float) -> bytes:
        """Post `body` and return what is answered, each wait at most `timeout` seconds.

        LinkError, with `sent` 0 if nothing of the body can have left, and the length of the body otherwise.
        """
        link = http.client.HTTPConnection(*self._address, timeout=CONNECT_TIMEOUT_S)
        with self._lock:
            if self._stopped.is_set():
                raise LinkError(Reason.STOPPED, self._name())
            self._link = link
        try:
            self._connect(link, timeout)
            return self._exchange(link, path, body, kind)
        finally:
            with self._lock:
                self._link = None
            link.close()

    def pause(self, seconds: float) -> None:
        """Wait, unless we are shutting down: then LinkError(stopped)."""
        if self._stopped.wait(seconds):
            raise LinkError(Reason.STOPPED, self._name())

    def cancel(self) -> None:
        """We are shutting down: every wait, present and future, ends at once."""
        with self._lock:
            self._stopped.set()
            if self._link is not None and self._link.sock is not None:
                with contextlib.suppress(OSError):
                    self._link.sock.shutdown(socket.SHUT_RDWR)

    def _connect(self, link: http.client.HTTPConnection, timeout: float) -> None:
        try:
            link.connect()
        except ConnectionRefusedError as trouble:
            raise LinkError(Reason.REFUSED, f"{self._name()}: {trouble}") from trouble
        except TimeoutError as trouble:
            raise LinkError(Reason.TIMED_OUT, f"{self._name()}: {trouble}") from trouble
        except OSError as trouble:
            raise LinkError(Reason.ABSENT, f"{self._name()}: {trouble}") from trouble
        assert link.sock is not None
        link.sock.settimeout(timeout)

    def _exchange(self, link: http.client.HTTPConnection, path: str, body: bytes, kind: str) -> bytes:
        try:
            link.request("POST", path, body, {"Content-Type": kind, "Connection": "close"})
            answer = link.getresponse()
            data = answer.read(_MOST)
        except TimeoutError as trouble:
            raise LinkError(Reason.TIMED_OUT, f"{self._name()}: {trouble}", len(body)) from trouble
        except (OSError, http.client.HTTPException) as trouble:
            reason = Reason.STOPPED if self._stopped.is_set() else Reason.LOST
            raise LinkError(reason, f"{self._name()}: {type(trouble).__name__}", len(body)) from trouble
        if answer.status != http.client.OK:
            # The server has read the request and will not have it.
            denied = answer.status in (http.client.UNAUTHORIZED, http.client.FORBIDDEN)
            raise LinkError(Reason.DENIED if denied else Reason.WRONG_DIALECT, f"{self._name()}: HTTP {answer.status}")
        return data

    def _name(self) -> str:
        return f"{self._address[0]}:{self._address[1]}"
