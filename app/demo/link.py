"""The network between the devices and the OMS, as a TCP relay that can be cut, like the Wi-Fi behind a steel rack."""

import itertools
import selectors
import socket
import threading
from contextlib import suppress

_CHUNK = 65536


class Link:
    """Relays 127.0.0.1:`port` to the servers in turn, to those that answer. `cut()` kills what flows and refuses what comes, `mend()`
    lets it flow again."""

    def __init__(self, *server_ports: int) -> None:
        self._server_ports = server_ports
        self._turn = itertools.count()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.cuts = 0
        self._up = True
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, name="link", daemon=True).start()

    def cut(self) -> None:
        """Ends every connection in mid-byte (with a reset) and closes every new one at once."""
        with self._lock:
            self._up = False
            self.cuts += 1
            for pair in self._pairs:
                for end in pair:
                    with suppress(OSError):
                        end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """Lets connections through again."""
        with self._lock:
            self._up = True

    def close(self) -> None:
        """Stops for good."""
        self.cut()
        # Closing alone does not wake who waits for a connection.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._relay, args=(near,), name="link-relay", daemon=True).start()

    def _server(self) -> socket.socket | None:
        """A connection to the next server that takes one."""
        turn = next(self._turn)
        for number in range(len(self._server_ports)):
            port = self._server_ports[(turn + number) % len(self._server_ports)]
            with suppress(OSError):
                return socket.create_connection(("127.0.0.1", port), timeout=2)
        return None

    def _relay(self, near: socket.socket) -> None:
        far = self._server()
        if far is None:
            near.close()
            return
        pair = (near, far)
        for end in pair:
            # A relay must not wait for acknowledgements that the two ends do not wait for.
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            if not self._up:
                near.close()
                far.close()
                return
            self._pairs.add(pair)
        try:
            _pump(near, far)
        finally:
            with self._lock:
                self._pairs.discard(pair)
            near.close()
            far.close()


def _pump(a: socket.socket, b: socket.socket) -> None:
    """Copies bytes both ways until either end closes or breaks."""
    other = {a: b, b: a}
    with selectors.DefaultSelector() as ready, suppress(OSError):
        for end in other:
            ready.register(end, selectors.EVENT_READ)
        while True:
            for key, _ in ready.select():
                source = key.fileobj
                assert isinstance(source, socket.socket)
                data = source.recv(_CHUNK)
                if not data:
                    return
                other[source].sendall(data)
