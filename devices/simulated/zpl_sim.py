"""A label printer that is not there: TCP port 9100 style, keeps every label that comes out as a file, with a ledger beside them."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable
from pathlib import Path

from devices.model import Reason
from devices.simulated.chaos import ChaosPlan
from devices.simulated.lines import TcpLine
from devices.simulated.zpl_machine import FAULTS, PrintedLabel, PrinterBuild, PrinterMachine

LEDGER = "ledger.jsonl"


class ZplSim:
    """The whole printer. Labels come out into `folder` as label-0001.zpl, ... and one line each in ledger.jsonl; `labels` has them too."""

    def __init__(
        self,
        folder: Path,
        build: PrinterBuild | None = None,
        port: int = 0,
        on_label: Callable[[PrintedLabel], None] | None = None,
    ) -> None:
        self._folder = folder
        self._on_label = on_label
        self._changed = threading.Condition(threading.RLock())
        self._machine = PrinterMachine(build or PrinterBuild(), self._came_out)
        self.labels: list[PrintedLabel] = []
        self.line = TcpLine(self._receive, port)

    @property
    def url(self) -> str:
        """Address for `DeviceHub.add_printer`."""
        return self.line.url

    @property
    def port(self) -> int:
        """The TCP port, once started."""
        return self.line.port

    def start(self, chaos: ChaosPlan | None = None) -> None:
        """Connect it to the network. What was in its buffer is still there."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self.line.plug(chaos)

    def stop(self) -> None:
        """Take it off the network; nothing is printed meanwhile."""
        self.line.unplug()

    def power_cycle(self) -> None:
        """Off and on: connection and buffer are gone."""
        with self._changed:
            self._machine.power_off()
        self.line.drop()

    def fault(self, reason: Reason, present: bool) -> None:
        """Let a fault appear or clear it. ValueError for one that this printer cannot have."""
        if reason not in FAULTS:
            raise ValueError(f"fault must be one of {', '.join(sorted(FAULTS))} but is {reason.value}")
        with self._changed:
            (self._machine.faults.add if present else self._machine.faults.discard)(reason)

    def load(self, labels: int | None) -> None:
        """Put in a roll of so many labels (None: endless), which also clears media-empty."""
        with self._changed:
            self._machine.build.labels = labels
            self._machine.faults.discard(Reason.MEDIA_EMPTY)

    def next_label_fails(self, reason: Reason) -> None:
        """A fault that appears when the next label is half out."""
        with self._changed:
            self._machine.build.fault_at[self._machine.odometer + 1] = reason

    def repair(self) -> None:
        """Whatever is wrong or about to be is put right, and the roll never ends."""
        with self._changed:
            self._machine.build.fault_at.clear()
            self._machine.build.labels = None
            self._machine.faults.clear()

    @property
    def moving(self) -> bool:
        """True while a label is being printed: whole formats wait inside, and no fault stops them."""
        with self._changed:
            return self._machine.waiting > 0 and not self._machine.faults

    def wait_labels(self, count: int, timeout: float) -> list[PrintedLabel]:
        """Labels that have come out, once they are at least `count` or `timeout` seconds are over."""
        with self._changed:
            self._changed.wait_for(lambda: len(self.labels) >= count, timeout)
            return list(self.labels)

    def _receive(self, data: bytes, now: float) -> bytes:
        with self._changed:
            return self._machine.receive(data, now) + self._machine.tick(now)

    def _came_out(self, label: PrintedLabel) -> None:
        name = f"label-{label.number:04d}.zpl"
        (self._folder / name).write_bytes(label.zpl)
        line = {
            "number": label.number,
            "file": name,
            "job": label.job,
            "copy": label.copy,
            "sha256": hashlib.sha256(label.zpl).hexdigest(),
        }
        with (self._folder / LEDGER).open("a", encoding="utf-8") as ledger:
            ledger.write(json.dumps(line) + "\n")
        self.labels.append(label)
        self._changed.notify_all()
        if self._on_label is not None:
            self._on_label(label)
