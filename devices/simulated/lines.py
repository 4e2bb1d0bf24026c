"""The device's end of a line: a pseudo terminal or a TCP port, served by one thread. Used by the simulators."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import threading
import time
import tty
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from devices.simulated.chaos import Chaos, ChaosPlan

Receiver = Callable[[bytes, float], bytes]
"""Takes (bytes that came in, now) and returns the bytes to answer. Called with b"" about every TICK_S, so that a device can speak up."""

TICK_S = 0.01


class Line(Protocol):
    """One plug of a device."""

    @property
    def url(self) -> str:
        """Address under which a driver finds it."""

    def plug(self, chaos: ChaosPlan | None = None) -> None:
        """Connect the device, with a plan of trouble if given. Also used to plug in again."""

    def trouble(self, plan: ChaosPlan) -> None:
        """From now on things go wrong as planned."""

    def unplug(self) -> None:
        """Pull the plug; the host loses the link at once."""

    def send(self, data: bytes) -> None:
        """Say something unasked. Raises OSError when nobody is connected."""


class PtyLine:
    """A pseudo terminal in raw mode. `link` is a path that always points to the present terminal, as /dev/serial/by-id does."""

    def __init__(self, receive: Receiver, link: Path | None = None) -> None:
        self._receive = receive
        self._link = link.absolute() if link is not None else None
        self._ends: tuple[int, int] | None = None
        self._path = ""
        self._lock = threading.Lock()
        self._chaos = Chaos(ChaosPlan())
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Address of the port."""
        return f"serial://{self._link or self._path}"

    def plug(self, chaos: ChaosPlan | None = None) -> None:
        """See Line.plug."""
        self.unplug()
        master, slave = os.openpty()
        tty.setraw(slave)
        # With nobody reading, a full terminal must fail and not hang the simulator.
        os.set_blocking(master, False)
        self._path = os.ttyname(slave)
        self._chaos = Chaos(chaos or ChaosPlan())
        if self._link is not None:
            fresh = self._link.with_name(self._link.name + ".new")
            fresh.unlink(missing_ok=True)
            fresh.symlink_to(self._path)
            fresh.replace(self._link)
        # Our own end of the slave stays open: without any, the master reads EIO until the host opens it.
        self._ends = (master, slave)
        self._thread = threading.Thread(target=self._serve, args=(master,), name=f"simulated {self._path}", daemon=True)
        self._thread.start()

    def rename(self, link: Path) -> None:
        """Let the port appear under another name from the next `plug` on, as a device put into another socket does."""
        self.unplug()
        self._link = link.absolute()

    def trouble(self, plan: ChaosPlan) -> None:
        """See Line.trouble."""
        self._chaos = Chaos(plan)

    def unplug(self) -> None:
        """See Line.unplug."""
        with self._lock:
            ends, self._ends = self._ends, None
        if self._link is not None:
            self._link.unlink(missing_ok=True)
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()
        for end in ends or ():
            os.close(end)

    def send(self, data: bytes) -> None:
        """See Line.send."""
        pieces, cut = self._chaos.sending(data)
        with self._lock:
            if self._ends is None:
                raise OSError("unplugged")
            for piece in pieces:
                os.write(self._ends[0], piece)
        if cut:
            self.unplug()

    def _serve(self, master: int) -> None:
        while self._ends is not None and self._ends[0] == master:
            ready, _, _ = select.select([master], [], [], TICK_S)
            bite = self._chaos.appetite(4096) if ready else 0
            data, cut = self._chaos.received(os.read(master, bite)) if bite else (b"", False)
            if ready and not bite:
                time.sleep(TICK_S)
            answer = self._receive(data, time.monotonic())
            if answer:
                with contextlib.suppress(OSError):
                    self.send(answer)
            if cut:
                self.unplug()


class TcpLine:
    """A TCP port on the loopback that serves one host at a time, as most printers do; others wait in the backlog."""

    def __init__(self, receive: Receiver, port: int = 0, on_hangup: Callable[[], None] | None = None) -> None:
        self._receive = receive
        self._port = port
        self._on_hangup = on_hangup
        self._listener: socket.socket | None = None
        self._host: socket.socket | None = None
        self._chaos = Chaos(ChaosPlan())
        self._lock = threading.RLock()
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The port, once plugged; it stays the same when plugged in again."""
        return self._port

    @property
    def url(self) -> str:
        """Address of the port."""
        return f"tcp://127.0.0.1:{self._port}"

    def plug(self, chaos: ChaosPlan | None = None) -> None:
        """See Line.plug."""
        self.unplug()
        self._chaos = Chaos(chaos or ChaosPlan())
        listener = socket.create_server(("127.0.0.1", self._port), backlog=8)
        self._port = listener.getsockname()[1]
        self._listener = listener
        self._thread = threading.Thread(
            target=self._serve, args=(listener,), name=f"simulated tcp {self._port}", daemon=True
        )
        self._thread.start()

    def trouble(self, plan: ChaosPlan) -> None:
        """See Line.trouble."""
        self._chaos = Chaos(plan)

    def unplug(self) -> None:
        """See Line.unplug."""
        with self._lock:
            listener, self._listener = self._listener, None
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()
        self._hang_up()
        if listener is not None:
            listener.close()

    def drop(self) -> None:
        """End the present connection only, as a printer does that reboots its network."""
        self._hang_up()

    def send(self, data: bytes) -> None:
        """See Line.send."""
        with self._lock:
            if self._host is None:
                raise OSError("nobody is connected")
            pieces, cut = self._chaos.sending(data)
            for piece in pieces:
                self._host.sendall(piece)
            if cut:
                self._hang_up()

    def _serve(self, listener: socket.socket) -> None:
        while self._listener is listener:
            host = self._host
            try:
                ready, _, _ = select.select([host or listener], [], [], TICK_S)
            except (OSError, ValueError):  # hung up by another thread meanwhile
                continue
            data = b""
            if ready and host is None:
                self._pick_up(listener)
            elif ready and host is not None and (bite := self._chaos.appetite(65536)):
                data = self._take(host, bite)
            elif ready:
                time.sleep(TICK_S)
            answer = self._receive(data, time.monotonic())
            if answer:
                with contextlib.suppress(OSError):
                    self.send(answer)

    def _pick_up(self, listener: socket.socket) -> None:
        host, _ = listener.accept()
        host.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            self._host = host

    def _take(self, host: socket.socket, most: int) -> bytes:
        try:
            data = host.recv(most)
        except OSError:
            data = b""
        if not data:
            self._hang_up()
            return b""
        kept, cut = self._chaos.received(data)
        if cut:
            self._hang_up()
        return kept

    def _hang_up(self) -> None:
        with self._lock:
            host, self._host = self._host, None
        if host is not None:
            host.close()
            if self._on_hangup is not None:
                self._on_hangup()
