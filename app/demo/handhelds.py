"""The handhelds of the demonstration that are processes of their own, seen from the parent: started, watched, stopped."""

import json
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.demo.processes import Command


@dataclass(frozen=True, slots=True)
class Told:
    """What a handheld process is told: where it lives, who holds it (nobody: `badge` empty), what they do there (`job`: pick, zone, sort),
    how clumsy they are, and how many times quicker than life."""

    data: str
    name: str
    badge: str
    totes: str
    world: str
    orders: int
    seed: int
    language: str = "en"
    job: str = "pick"
    zone: str = ""
    slip: float = 0.06
    faults: float = 0.0
    pace: float = 0.0


class Handheld:
    """One process with one window."""

    def __init__(self, told: Told, log: Path) -> None:
        self.told = told
        self.state: dict[str, Any] = {}
        self.problem: str | None = None
        self._stopped = False
        self._copied = threading.Event()
        words = {name: getattr(told, name) for name in Told.__dataclass_fields__}
        self._process = Command(told.name, ["app.demo.hand"], log, first=json.dumps(words), on_event=self._heard)

    def _heard(self, event: dict[str, Any]) -> None:
        if event["event"] == "problem":
            self.problem = f"{self.told.name}: {event['problem']}"
        elif event["event"] == "copied":
            self._copied.set()
        else:
            self.state = event

    def drained(self) -> bool:
        """Everything it has seen is at the centre."""
        return self.state.get("waiting") == 0

    def copy_to(self, folder: Path) -> None:
        """Has its folder copied as it is at one moment, while it works on."""
        self._process.send(f"copy {folder}")
        if not self._copied.wait(60):
            raise TimeoutError(f"{self.told.name} was not copied")

    def stop(self) -> None:
        """Ends it in good order; its last state stays."""
        if not self._stopped:
            self._stopped = True
            self._process.send("stop")
            self._process.wait(20)
