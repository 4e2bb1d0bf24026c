"""A station with thirty devices that nobody uses at the moment: what it costs, and how soon it ends when all of them have gone mute."""

import json
import logging
import resource
import subprocess
import sys
import threading
import time
from pathlib import Path

from devices.hub import DeviceHub, HubSinks
from devices.model import DeviceKey, LinkState, Role
from tools.bench import Figure

SECONDS = 10.0
WAIT_S = 30.0


class NoJournal:
    """Nothing is printed here."""

    def record(self, job: object, state: object, detail: str) -> None:
        pass


def main() -> list[Figure]:
    """Processor, memory and shutdown of a hub with thirty devices."""
    logging.getLogger("devices").setLevel(logging.CRITICAL)
    command = [sys.executable, "-m", "tools.bench._station_sims"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as sims:
        assert sims.stdin is not None
        assert sims.stdout is not None
        devices = json.loads(sims.stdout.readline())
        before = _memory()
        ready: set[DeviceKey] = set()
        all_ready = threading.Event()

        def link(key: DeviceKey, state: LinkState, reason: object) -> None:
            if state is LinkState.READY:
                ready.add(key)
            if len(ready) == len(devices):
                all_ready.set()

        hub = DeviceHub(
            HubSinks(lambda s: None, lambda k, r: None, lambda k, s: None, link, lambda j: None), NoJournal()
        )
        for number, (role, url) in enumerate(devices):
            hub.add(Role(role), url, f"Device {number}")
        hub.start()
        if not all_ready.wait(WAIT_S):
            raise TimeoutError(f"{len(ready)} of {len(devices)} devices ready")
        began, used = time.monotonic(), _processor()
        threading.Event().wait(SECONDS)
        share = (_processor() - used) / (time.monotonic() - began)
        memory = _memory() - before
        sims.stdin.write("mute\n")
        sims.stdin.flush()
        sims.stdout.readline()
        # Until the scales' three questions in a row are unanswered everything hangs in a wait.
        threading.Event().wait(0.5)
        began = time.monotonic()
        stopped = hub.stop()
        shutdown = time.monotonic() - began
        sims.stdin.close()
    return [
        Figure("devices on one station", len(devices), "devices"),
        Figure("processor, of one core", share * 100, "%", 2),
        Figure("memory", memory / 1e6, "MB", 30),
        Figure("shutdown with every device mute", shutdown, "s", 1),
        Figure("threads that did not end", 0 if stopped else 1, "threads", 0),
    ]


def _processor() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _memory() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()
