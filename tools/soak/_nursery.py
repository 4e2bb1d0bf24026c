"""Real processes that can be killed a hundred times a minute: a nursery has a program's modules loaded and forks one life after the other.

`python -m tools.soak._nursery MODULE` loads the module, then reads lines of words (JSON) from standard input; for each it forks a child
that runs `MODULE.main(words)`. What the child prints comes through; `gone` follows when it is no more.
"""

import importlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence

_GONE = "gone"


class Nursery:
    """Owns the nursery process and its present child."""

    def __init__(self, module: str, environment: Mapping[str, str] | None = None) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tools.soak._nursery", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, **(environment or {})},
        )
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._ear = threading.Thread(target=self._hear, daemon=True)
        self._ear.start()
        self._pid = 0

    def _hear(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._lines.put(line.rstrip("\n"))

    def start(self, *words: str) -> str:
        """A new life; its first line."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()
        self._pid = int(self.line())
        return self.line()

    def line(self, seconds: float = 60.0) -> str:
        """The next line. Raises `queue.Empty`."""
        return self._lines.get(timeout=seconds)

    def ask_to_end(self) -> None:
        """SIGTERM."""
        os.kill(self._pid, signal.SIGTERM)

    def kill(self) -> list[str]:
        """SIGKILL; every whole line it had written and nobody had read."""
        os.kill(self._pid, signal.SIGKILL)
        return self.rest()

    def rest(self) -> list[str]:
        """All lines until it is gone."""
        lines = []
        while (line := self.line()) != _GONE:
            lines.append(line)
        return lines

    def close(self) -> None:
        """No more children."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(30)
        self._ear.join(10)
        self._process.stdout.close()


def _raise_children(module: str) -> None:
    program = importlib.import_module(module)
    for line in sys.stdin:
        words: Sequence[str] = json.loads(line)
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(writer)
            # Its first line comes after its number.
            os.read(reader, 1)
            os._exit(_live(program.main, words))
        os.close(reader)
        _say(str(child))
        os.close(writer)
        os.waitpid(child, 0)
        # A killed child may have been in the middle of a line.
        _say(f"\n{_GONE}")


def _live(main: object, words: Sequence[str]) -> int:
    try:
        main(list(words))  # type: ignore[operator]
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        return 1
    return 0


def _say(words: str) -> None:
    os.write(1, f"{words}\n".encode())


if __name__ == "__main__":
    _raise_children(sys.argv[1])
