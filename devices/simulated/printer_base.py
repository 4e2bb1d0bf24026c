"""What all virtual label printers but the ZPL one have in common: a roll, faults, a buffer, print time, labels that came out, a plug.

A language is a `LabelMachine` that understands its bytes; `PrinterSim` puts it behind a TCP port or a pseudo terminal.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from devices.model import Reason
from devices.simulated.chaos import ChaosPlan
from devices.simulated.lines import PtyLine, TcpLine

LARGEST_INPUT = 1_000_000
"""Bytes that a printer holds of a command that does not end."""


@dataclass(frozen=True, slots=True)
class CameOut:
    """One label that came out: its bytes as sent, the job id the language carried ("" if none)."""

    number: int
    data: bytes
    job: str
    at: float


@dataclass(slots=True)
class Build:
    """How a printer is made and stocked. `labels` None: the roll never ends. `knows` names the optional abilities of the language that it
    has, None: all of them. `model` "": what the machine calls itself."""

    model: str = ""
    print_s: float = 0.08
    labels: int | None = None
    knows: frozenset[str] | None = None
    fault_at: dict[int, Reason] = field(default_factory=dict)
    """Fault that appears when label number n (from 1) is half out."""


@dataclass(slots=True)
class Waiting:
    """One job in the buffer: so many labels of `data` are still to come. `echo` is said once all of them are out."""

    data: bytes
    left: int = 1
    job: str = ""
    echo: bytes = b""


class LabelMachine(ABC):
    """The inside of a printer. `receive`, `tick` and the rest are called by one thread at a time; `on_label` as labels come out."""

    faults_known: frozenset[Reason] = frozenset()
    model = "FH-SIM"

    def __init__(self, build: Build | None = None) -> None:
        self.build = build or Build()
        self.build.model = self.build.model or self.model
        self.faults: set[Reason] = set()
        self.odometer = 0
        self.on_label: Callable[[CameOut], None] = lambda label: None
        self._input = bytearray()
        self._queue: deque[Waiting] = deque()
        self._label_ends: float | None = None

    @abstractmethod
    def _obey(self, now: float) -> tuple[int, bytes] | None:
        """Do what stands at the front of the input: bytes used up and the answer; None if it is not complete."""

    def knows(self, ability: str) -> bool:
        """Whether this one has the optional ability."""
        return self.build.knows is None or ability in self.build.knows

    def receive(self, data: bytes, now: float) -> bytes:
        """Take bytes from the host; returns what the printer answers at once."""
        self._input += data
        answers = bytearray()
        while self._input and (step := self._obey(now)) is not None:
            used, answer = step
            del self._input[:used]
            answers += answer
        if len(self._input) > LARGEST_INPUT:
            self._input.clear()
        return bytes(answers)

    def tick(self, now: float) -> bytes:
        """Let time pass: labels come out. Returns what the printer says of itself."""
        answers = bytearray()
        while self._queue:
            if not self._queue[0].left:
                answers += self._queue.popleft().echo
                continue
            if self.build.labels == 0:
                self.fault(Reason.MEDIA_EMPTY, True)
            if self.faults:
                # A label that was half out is printed again from its start when the fault is cleared.
                self._label_ends = None
                break
            if self._label_ends is None:
                self._label_ends = now + self.build.print_s
            fault = self.build.fault_at.pop(self.odometer + 1, None)
            if fault is not None:
                self.fault(fault, True)
                continue
            if now < self._label_ends:
                break
            self._print(now)
        return bytes(answers) + self._unasked()

    @property
    def busy(self) -> bool:
        """True while something is in the buffer."""
        return bool(self._queue)

    def fault(self, reason: Reason, present: bool) -> None:
        """Let a fault appear or clear it. ValueError for one that this printer cannot have."""
        if reason not in self.faults_known:
            raise ValueError(f"fault must be one of {', '.join(sorted(self.faults_known))} but is {reason.value}")
        (self.faults.add if present else self.faults.discard)(reason)

    def cancel(self) -> None:
        """Everything received and not printed is forgotten."""
        self._queue.clear()
        self._label_ends = None

    def power_off(self) -> None:
        """As `cancel`, with the half command."""
        self.cancel()
        self._input.clear()

    def hang_up(self) -> None:
        """The host is gone: the half of a command that it left is given up."""
        self._input.clear()

    def _unasked(self) -> bytes:
        return b""

    def _print(self, now: float) -> None:
        waiting = self._queue[0]
        waiting.left -= 1
        self.odometer += 1
        if self.build.labels is not None:
            self.build.labels -= 1
        self._label_ends = None
        self.on_label(CameOut(self.odometer, waiting.data, waiting.job, now))

    def _line(self, end: bytes = b"\n") -> bytes | None:
        """The text line at the front of the input with its end, once it is complete."""
        at = self._input.find(end)
        return None if at < 0 else bytes(self._input[: at + len(end)])


class PrinterSim:
    """A whole printer: the machine behind a TCP port, or behind a pseudo terminal at `link`. `labels` is what came out, `on_label` is
    called with each."""

    def __init__(
        self,
        machine: LabelMachine,
        port: int = 0,
        link: Path | None = None,
        pty: bool = False,
        on_label: Callable[[CameOut], None] = lambda label: None,
    ) -> None:
        self.machine = machine
        self._on_label = on_label
        self.labels: list[CameOut] = []
        self._changed = threading.Condition(threading.RLock())
        machine.on_label = self._came_out
        self.line: TcpLine | PtyLine = (
            PtyLine(self._receive, link) if pty or link else TcpLine(self._receive, port, self._hung_up)
        )

    @property
    def url(self) -> str:
        """Address, to which `?dialect=` is added."""
        return self.line.url

    def start(self, chaos: ChaosPlan | None = None) -> None:
        """Plug in. What was in the buffer is still there."""
        self.line.plug(chaos)

    def stop(self) -> None:
        """Pull the plug of the line; the printer itself stays on."""
        self.line.unplug()

    def power_cycle(self) -> None:
        """Off and on: connection and buffer are gone."""
        with self._changed:
            self.machine.power_off()
        if isinstance(self.line, TcpLine):
            self.line.drop()

    def fault(self, reason: Reason, present: bool) -> None:
        """See LabelMachine.fault."""
        with self._changed:
            self.machine.fault(reason, present)

    def load(self, labels: int | None) -> None:
        """Put in a roll of so many labels (None: endless), which also clears media-empty."""
        with self._changed:
            self.machine.build.labels = labels
            self.machine.faults.discard(Reason.MEDIA_EMPTY)

    def wait_labels(self, count: int, timeout: float) -> list[CameOut]:
        """Labels that have come out, once they are at least `count` or `timeout` seconds are over."""
        with self._changed:
            self._changed.wait_for(lambda: len(self.labels) >= count, timeout)
            return list(self.labels)

    def _receive(self, data: bytes, now: float) -> bytes:
        with self._changed:
            return self.machine.receive(data, now) + self.machine.tick(now)

    def _hung_up(self) -> None:
        with self._changed:
            self.machine.hang_up()

    def _came_out(self, label: CameOut) -> None:
        self.labels.append(label)
        self._changed.notify_all()
        self._on_label(label)
