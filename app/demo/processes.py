"""Other processes of the demonstration: the OMS, and the simulated devices. Both are the real commands, started and killed for real."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any


class StartFailed(Exception):
    """A process of the demonstration did not come up; the text says which and where its log lies."""


def free_port() -> int:
    """A TCP port of 127.0.0.1 that is free now."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port: int = s.getsockname()[1]
        return port


class Command:
    """A child process that prints one JSON line when it is ready and then takes lines on its standard input."""

    def __init__(self, name: str, arguments: list[str], log: Path, wait_s: float = 60.0) -> None:
        self.name = name
        self._log = log.open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            start_new_session=True,
        )
        self._lines: SimpleQueue[str | None] = SimpleQueue()
        self._on_event: Callable[[dict[str, Any]], None] = lambda _event: None
        threading.Thread(target=self._read, name=f"{name}-out", daemon=True).start()
        self.ready: dict[str, Any] = self._first_json(wait_s, log)

    def listen(self, on_event: Callable[[dict[str, Any]], None]) -> None:
        """Hears what the process says of its own accord (JSON objects with `event`), in a thread of this object."""
        self._on_event = on_event

    def _read(self) -> None:
        assert self._process.stdout
        for raw in self._process.stdout:
            line = raw.decode(errors="replace").strip()
            if line.startswith('{"event"'):
                self._on_event(json.loads(line))
            else:
                self._lines.put(line)
        self._lines.put(None)

    def _first_json(self, wait_s: float, log: Path) -> dict[str, Any]:
        while True:
            try:
                line = self._lines.get(timeout=wait_s)
            except Empty:
                line = None
            if line is None:
                self.kill()
                raise StartFailed(f"{self.name} did not start; see {log}")
            if line.startswith("{"):
                answer: dict[str, Any] = json.loads(line)
                return answer

    def send(self, line: str) -> None:
        """One line to the process."""
        assert self._process.stdin
        self._process.stdin.write(line.encode() + b"\n")
        self._process.stdin.flush()

    def kill(self) -> None:
        """SIGKILL: no goodbye, as when the power goes."""
        with suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait()
        self._close()

    def stop(self, wait_s: float = 15.0) -> None:
        """SIGTERM, and SIGKILL when that is not heard."""
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(wait_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._close()

    def _close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with suppress(OSError):
                    pipe.close()
        self._log.close()


class Oms:
    """The OMS of the demonstration, on its own port and data folder; it can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "oms"
        self._log = folder / "oms.log"
        self.port = free_port()
        self.restarts = 0
        self._process = self._start()

    @property
    def hello(self) -> dict[str, Any]:
        """What the server said when it was ready: `url`, `spki`, `cluster_id`."""
        return self._process.ready

    def _start(self) -> Command:
        return Command(
            "The OMS",
            ["oms", "server", "--host", "127.0.0.1", "--port", str(self.port), "--data", str(self.data)],
            self._log,
        )

    def kill(self) -> None:
        """Kills the OMS process in the middle of whatever it does."""
        self._process.kill()

    def start_again(self) -> None:
        """Starts it on the same port and the same data."""
        self._process = self._start()
        self.restarts += 1

    def stop(self) -> None:
        """Ends it in good order."""
        self._process.stop()

    def run(self, *arguments: str, check: bool = True) -> Any:
        """One `floorhand` command of the OMS side on this data folder; its last JSON line, decoded."""
        done = subprocess.run(
            [sys.executable, "-m", "oms", *arguments], capture_output=True, text=True, check=False, timeout=300
        )
        if check and done.returncode:
            raise StartFailed(f"{' '.join(arguments)}: {done.stderr.strip()[-800:] or done.stdout.strip()[-800:]}")
        return json.loads(done.stdout[done.stdout.index("{") :]) if "{" in done.stdout else None
