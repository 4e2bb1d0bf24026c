"""Several server processes on one database, each with TLS and a folder of its own, as behind a balancer."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPSConnection
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from sqlalchemy import URL

from sync.client.http import pinned_context


@dataclass(frozen=True, slots=True)
class Replica:
    """One of them, which answers."""

    port: int
    spki: str

    def caller(self, key: str) -> "Caller":
        """A program with an API key, on a connection of its own."""
        return Caller(HTTPSConnection("127.0.0.1", self.port, context=pinned_context(self.spki), timeout=60), key)


class Caller:
    """Owns one connection that is kept open."""

    def __init__(self, connection: HTTPSConnection, key: str) -> None:
        self._connection = connection
        self._headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, object]:
        """(status, decoded answer)."""
        sent = None if body is None else msgspec.json.encode(body)
        self._connection.request(method, path, sent, self._headers)
        answer = self._connection.getresponse()
        said = answer.read()
        return answer.status, msgspec.json.decode(said) if said else None

    def close(self) -> None:
        """Hangs up."""
        self._connection.close()


@contextmanager
def replicas(url: URL, count: int) -> Iterator[list[Replica]]:
    """So many servers, started side by side; stopped when the block ends."""
    with ExitStack() as stack:
        started = [_start(stack, url) for _ in range(count)]
        yield [_ready(child, port) for child, port in started]


def _start(stack: ExitStack, url: URL) -> tuple[subprocess.Popen[str], int]:
    folder = stack.enter_context(TemporaryDirectory())
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    command = [sys.executable, "-m", "oms", "server", "--data", folder, "--port", str(port)]
    environment = {**os.environ, "FLOORHAND_DATABASE_URL": url.render_as_string(hide_password=False)}
    child = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=Path.cwd()
    )
    stack.callback(_stop, child)
    return child, port


def _ready(child: subprocess.Popen[str], port: int) -> Replica:
    assert child.stdout is not None
    return Replica(port, json.loads(child.stdout.readline())["spki"])


def _stop(child: subprocess.Popen[str]) -> None:
    child.terminate()
    child.wait(30)
    if child.stdout:
        child.stdout.close()
