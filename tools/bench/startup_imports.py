"""What importing costs: the client's part of start-up that nobody sees coming. Each import in a fresh interpreter, best of five."""

import importlib.util
import subprocess
import sys
import time

from tools.bench import Figure

IMPORTS = ("app.flows", "app.store", "app.services", "sync.client.http", "devices.hub", "PySide6.QtWidgets", "msgspec")


def main() -> list[Figure]:
    """Milliseconds above an interpreter that imports nothing."""
    bare = _best("pass")
    present = [name for name in IMPORTS if importlib.util.find_spec(name)]
    return [Figure(f"import {name}", max(_best(f"import {name}") - bare, 0.0), "ms") for name in present]


def _best(program: str) -> float:
    times = []
    for _ in range(5):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", program], check=True)
        times.append((time.perf_counter() - started) * 1000)
    return min(times)
