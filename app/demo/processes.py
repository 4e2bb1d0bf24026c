"""Other processes of the demonstration: the OMS, and the simulated devices. Both are the real commands, started and killed for real."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Final
from urllib.parse import quote

#: Characters of the end of a log that are told with a failure.
_MOST_SAID: Final = 1500


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

    def __init__(
        self,
        name: str,
        arguments: list[str],
        log: Path,
        wait_s: float = 60.0,
        *,
        env: dict[str, str] | None = None,
        first: str = "",
        on_event: Callable[[dict[str, Any]], None] = lambda _event: None,
    ) -> None:
        """`first` is a line it gets at once; `on_event` hears what it says of its own accord (JSON objects with `event`), in a thread of
        this object."""
        self.name = name
        self._log = log.open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **(env or {})},
            start_new_session=True,
        )
        self._lines: SimpleQueue[str | None] = SimpleQueue()
        self._on_event = on_event
        self._reader = threading.Thread(target=self._read, name=f"{name}-out", daemon=True)
        self._reader.start()
        if first:
            self.send(first)
        self.ready: dict[str, Any] = self._first_json(wait_s, log)

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
                ended = self._process.poll()
                self.kill()
                # The log goes with the folder of the demonstration.
                said = log.read_text(encoding="utf-8", errors="replace")[-_MOST_SAID:]
                how = f"it ended with {ended}" if ended is not None else f"nothing was heard in {wait_s:.0f} s"
                raise StartFailed(f"{self.name} did not start ({how}): {said}")
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

    def wait(self, wait_s: float) -> None:
        """Waits for it to end by itself, and kills it when it does not."""
        try:
            self._process.wait(wait_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
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
    """The OMS of the demonstration: one or more server processes on one database, each of which can be killed and started again.

    The first brings the database; the others use it, and serve with a copy of the first one's TLS key.
    """

    def __init__(self, folder: Path, replicas: int = 1) -> None:
        self.data = folder / "oms"
        self._folder = folder
        self.ports = [free_port() for _ in range(replicas)]
        self.restarts = 0
        self.database_kills = 0
        self._killed_database = ""
        self._processes: list[Command] = []
        for number in range(replicas):
            self._processes.append(self._start(number))

    @property
    def port(self) -> int:
        """Where the first process listens."""
        return self.ports[0]

    @property
    def hello(self) -> dict[str, Any]:
        """What the first server said when it was ready: `url`, `spki`, `cluster_id`."""
        return self._processes[0].ready

    def _start(self, number: int) -> Command:
        data = self.data if number == 0 else self._folder / f"oms-{number + 1}"
        env = {}
        if number:
            shutil.copytree(self.data / "tls", data / "tls", dirs_exist_ok=True)
            env["FLOORHAND_DATABASE_URL"] = self.database_url()
        return Command(
            f"OMS {number + 1}",
            ["oms", "server", "--host", "127.0.0.1", "--port", str(self.ports[number]), "--data", str(data)],
            self._folder / f"oms-{number + 1}.log",
            env=env,
        )

    def _database_pid(self) -> list[str]:
        return (self.data / "postgres" / "postmaster.pid").read_text().splitlines()

    def database_url(self) -> str:
        """The database that the first process has started: line 5 of `postmaster.pid` is where it listens."""
        return f"postgresql+psycopg://postgres@/floorhand?host={quote(self._database_pid()[4].strip(), safe='/')}"

    def kill(self, number: int = 0) -> None:
        """Kills a process in the middle of whatever it does."""
        self._processes[number].kill()

    def start_again(self, number: int = 0) -> None:
        """Starts it on the same port and the same data."""
        self._processes[number] = self._start(number)
        self.restarts += 1

    def kill_database(self) -> None:
        """Kills PostgreSQL. The first server process starts it again."""
        self._killed_database = self._database_pid()[0]
        os.kill(int(self._killed_database), signal.SIGKILL)
        self.database_kills += 1

    def database_is_back(self) -> bool:
        """A new PostgreSQL has replayed its log: line 8 of `postmaster.pid`."""
        with suppress(OSError):
            said = self._database_pid()
            return said[0] != self._killed_database and said[7:8] != [] and said[7].strip() == "ready"
        return False

    def stop(self) -> None:
        """Ends everything in good order, the database last."""
        for process in reversed(self._processes):
            process.stop()

    def run(self, *arguments: str, check: bool = True) -> Any:
        """One `floorhand` command of the OMS side on this data folder; its last JSON line, decoded."""
        done = subprocess.run(
            [sys.executable, "-m", "oms", *arguments], capture_output=True, text=True, check=False, timeout=300
        )
        if check and done.returncode:
            raise StartFailed(f"{' '.join(arguments)}: {done.stderr.strip()[-800:] or done.stdout.strip()[-800:]}")
        begins = [at for at in map(done.stdout.find, "{[") if at >= 0]
        return json.loads(done.stdout[min(begins) :]) if begins else None
