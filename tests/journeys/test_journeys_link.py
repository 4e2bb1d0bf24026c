"""The demonstration's link: what flows is relayed byte by byte, a cut ends it at once, a mended link flows again."""

import socket
import threading

import pytest

from app.demo.link import Link


@pytest.fixture
def echo():
    """A server that sends everything back; its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(near,), daemon=True).start()

    def answer(near: socket.socket) -> None:
        with near:
            while data := near.recv(1024):
                near.sendall(data)

    threading.Thread(target=serve, daemon=True).start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def test_a_cut_link_ends_what_flows_and_refuses_what_comes(echo: int) -> None:
    link = Link(echo)
    with socket.create_connection(("127.0.0.1", link.port), timeout=5) as near:
        near.sendall(b"hello")
        assert near.recv(5) == b"hello"
        link.cut()
        assert near.recv(5) == b""
    with socket.create_connection(("127.0.0.1", link.port), timeout=5) as near:
        assert near.recv(5) == b""
    link.mend()
    with socket.create_connection(("127.0.0.1", link.port), timeout=5) as near:
        near.sendall(b"again")
        assert near.recv(5) == b"again"
    assert link.cuts == 1
    link.close()
