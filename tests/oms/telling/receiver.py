"""Another program's end of a webhook: HTTP on a real socket, by hand, so that it can misbehave in every way."""

import json
import socket
import threading
import time


class Receiver:
    """Keeps what it got as `(path, headers, body)`. `answers` are used one after another (bytes, or a function of the connection); when
    none is left it says 200."""

    def __init__(self):
        self.got, self.answers = [], []
        self.came = threading.Condition()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/in"
        self._threads = []
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in [self._accepting, *self._threads]:
            thread.join(10)

    def wait(self, count, timeout=20):
        """Until `count` messages have come."""
        with self.came:
            assert self.came.wait_for(lambda: len(self.got) >= count, timeout), f"{len(self.got)} of {count} came"

    @property
    def events(self):
        return [json.loads(body) for _, _, body in self.got]

    @property
    def ids(self):
        return [headers["webhook-id"] for _, headers, _ in self.got]

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection):
        with connection:
            try:
                path, headers, body = self._read(connection)
            except (OSError, ValueError):
                return
            with self.came:
                answer = self.answers.pop(0) if self.answers else status(200)
                self.got.append((path, headers, body))
                self.came.notify_all()
            try:
                if callable(answer):
                    answer(connection)
                else:
                    connection.sendall(answer)
            except OSError:
                pass

    def _read(self, connection):
        connection.settimeout(10)
        said = b""
        while b"\r\n\r\n" not in said:
            more = connection.recv(4096)
            if not more:
                raise ValueError
            said += more
        head, _, body = said.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        while len(body) < int(headers["content-length"]):
            body += connection.recv(4096)
        return first.split(" ")[1], headers, body


def status(code, *headers):
    """A plain answer."""
    return "\r\n".join([f"HTTP/1.1 {code} X", *headers, "Content-Length: 0", "", ""]).encode()


def drip(connection):
    """Never comes to an end: one byte now and then."""
    end = time.monotonic() + 5
    try:
        while time.monotonic() < end:
            connection.sendall(b"H")
            time.sleep(0.05)
    except OSError:
        pass


def flood(connection):
    """A head without an end."""
    try:
        for _ in range(1000):
            connection.sendall(b"X-More: " + b"x" * 4000 + b"\r\n")
    except OSError:
        pass
