"""The inside of a ZPL label printer: parsing, buffering, faults, printing, answering. Time is passed in; zpl_sim gives it a socket."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from devices.codecs.printers.zpl_stream import Command, ZplStream, escaped
from devices.model import Reason
from devices.simulated.zpl_memory import Memory

_ERROR_BITS = {
    Reason.MEDIA_EMPTY: 0x1,
    Reason.MARKER_SUPPLY_EMPTY: 0x2,
    Reason.COVER_OPEN: 0x4,
    Reason.CUTTER_FAULT: 0x8,
    Reason.HEAD_OVER_TEMPERATURE: 0x10,
    Reason.MEDIA_JAM: 0x1000,
    Reason.PAUSED: 0x10000,
}
FAULTS = frozenset(_ERROR_BITS)
"""The faults it can be given."""

_GETVAR = re.compile(rb'! U1 getvar "([^"]*)"')
_COPIES = re.compile(rb"\s*(\d+)")
_VERIFY = re.compile(rb"(\d+),(\d+),([^,^~]*),([^,^~]*)(?:,([FL]))?")
_DRAWS = frozenset(
    b"^" + name for name in (b"FD", b"FV", b"GB", b"GC", b"GD", b"GE", b"GF", b"GS", b"XG", b"IM", b"IL", b"SN", b"XF")
)
_JOB = b"job="


@dataclass(frozen=True, slots=True)
class PrintedLabel:
    """One label that came out: `zpl` as a renderer takes it (host commands taken out), `job` the id it carried, `copy` 1, 2, ..."""

    number: int
    zpl: bytes
    job: str
    copy: int
    at: float


@dataclass(slots=True)
class _Format:
    """One format in the buffer: what is to be printed, how often still, and what to report for it."""

    zpl: bytes
    left: int
    done: int = 0
    job: str = ""
    echo: bytes = b""
    echo_each: bool = False


@dataclass(slots=True)
class PrinterBuild:
    """How the printer is made and stocked. `labels` None: the roll never ends."""

    model: str = "ZTC FH-SIM-203dpi ZPL"
    print_s: float = 0.12
    buffer_formats: int = 50
    labels: int | None = None
    silent_hs_in_error: bool = True
    """Some printers do not answer ~HS while a person is needed (docs.zebra.com ~HS)."""
    echoes: bool = True
    """False: a printer that does not know ^HV."""
    counts: bool = True
    """False: a printer that does not tell how many labels it has printed (before Link-OS)."""
    fault_at: dict[int, Reason] = field(default_factory=dict)
    """Fault that appears when label number n (from 1) is half out."""


class PrinterMachine:
    """The printer's state. `receive` and `tick` are called by one thread at a time; printed labels go to `on_label` as they come out."""

    def __init__(self, build: PrinterBuild, on_label: Callable[[PrintedLabel], None]) -> None:
        self.build = build
        self.faults: set[Reason] = set()
        self.odometer = 0
        self._on_label = on_label
        self._input = ZplStream()
        self._format: list[Command] | None = None
        self.memory = Memory()
        self._queue: deque[_Format] = deque()
        self._label_ends: float | None = None
        self._copies: Counter[str] = Counter()

    @property
    def partial(self) -> bool:
        """True while a format has begun and not ended."""
        return self._format is not None

    @property
    def waiting(self) -> int:
        """Formats in the buffer."""
        return len(self._queue)

    def receive(self, data: bytes, now: float) -> bytes:
        """Take bytes from the host; returns what the printer answers at once."""
        return b"".join(self._obey(command, now) for command in self._input.feed(data))

    def tick(self, now: float) -> bytes:
        """Let time pass: labels come out. Returns echoes for the host."""
        answers = bytearray()
        while self._queue:
            if self.build.labels == 0:
                self.faults.add(Reason.MEDIA_EMPTY)
            if self.faults:
                # A label that was half out is printed again from its start when the fault is cleared (^JZY).
                self._label_ends = None
                break
            if self._label_ends is None:
                self._label_ends = now + self.build.print_s
            fault = self.build.fault_at.pop(self.odometer + 1, None)
            if fault is not None:
                self.faults.add(fault)
                continue
            if now < self._label_ends:
                break
            answers += self._label_out(now)
        return bytes(answers)

    def power_off(self) -> None:
        """Everything that is not printed is forgotten."""
        self._input.reset()
        self.memory.forget()
        self._format = None
        self._queue.clear()
        self._label_ends = None

    def _obey(self, command: Command, now: float) -> bytes:
        if command.name == b"^XA":
            # A second ^XA inside a format does not end it: what a half format swallows is gone.
            self._format = [*self._format, command] if self._format is not None else []
        elif command.name == b"^XZ":
            self._finish_format()
        elif command.name == b"! U":
            variable = _GETVAR.match(command.body)
            known = variable is not None and variable[1] == b"odometer.total_label_count" and self.build.counts
            return f'"{self.odometer}"'.encode() if known else b'"?"' if variable else b""
        elif command.name[:1] == b"~":
            self.memory.download(command)
            return self._answer(command.name + command.body.split()[0] if command.body.split() else command.name, now)
        elif self._format is not None:
            self._format.append(command)
        else:
            self.memory.apply([command])
        return b""

    def _answer(self, question: bytes, now: float) -> bytes:
        if question == b"~HQES":
            return self._errors()
        if question == b"~HS":
            return b"" if self.faults and self.build.silent_hs_in_error else self._host_status()
        if question == b"~HI":
            return f"\x02{self.build.model},V84.20.21Z,8,8176KB\x03\r\n".encode()
        if question == b"~JA":
            self._format = None
            self._queue.clear()
            self._label_ends = None
        elif question == b"~PP":
            self.faults.add(Reason.PAUSED)
        elif question == b"~PS":
            self.faults.discard(Reason.PAUSED)
        return b""

    def _errors(self) -> bytes:
        bits = sum(_ERROR_BITS[fault] for fault in self.faults)
        return (
            "\x02\r\n\r\n  PRINTER STATUS                            \r\n"
            f"   ERRORS:         {int(bool(bits))} 00000000 {bits:08X}      \r\n"
            "   WARNINGS:       0 00000000 00000000      \r\n\x03"
        ).encode()

    def _host_status(self) -> bytes:
        def flag(fault: Reason) -> int:
            return int(fault in self.faults)

        formats = len(self._queue)
        remaining = max(self._queue[0].left - 1, 0) if self._queue else 0
        full = int(formats >= self.build.buffer_formats)
        one = f"030,{flag(Reason.MEDIA_EMPTY)},{flag(Reason.PAUSED)},1218,{formats:03d},{full},0,{int(self.partial)},000,0,0,"
        one += str(flag(Reason.HEAD_OVER_TEMPERATURE))
        two = f"000,0,{flag(Reason.COVER_OPEN)},{flag(Reason.MARKER_SUPPLY_EMPTY)},0,2,6,0,{remaining:08d},1,000"
        return f"\x02{one}\x03\r\n\x02{two}\x03\r\n\x021234,0\x03\r\n".encode()

    def _finish_format(self) -> None:
        format_, self._format = self._format or [], None
        names = {command.name for command in format_}
        if names & _DRAWS and b"^DF" not in names:
            self._queue.append(self._queued(format_))
        self.memory.apply(format_)

    def _queued(self, format_: list[Command]) -> _Format:
        """What will come out, without what is said to the printer or back to the host."""
        seen = [command for command in escaped(format_) if command.name not in (b"^HV", b"^PQ", b"^CC", b"^CT")]
        copies = [_COPIES.match(command.body) for command in format_ if command.name == b"^PQ"]
        number = max(int(copies[-1][1]), 1) if copies and copies[-1] else 1
        job = _Format(self.memory.complete(seen), number)
        verify = next((_VERIFY.match(command.body) for command in format_ if command.name == b"^HV"), None)
        if verify:
            carried = _field_data(format_, verify[1])[: int(verify[2])]
            told = verify[3] + carried
            job.job = told.removeprefix(_JOB).strip().decode("ascii", "replace")
            job.echo = told + verify[4] if self.build.echoes else b""
            job.echo_each = verify[5] == b"L"
        return job

    def _label_out(self, now: float) -> bytes:
        job = self._queue[0]
        job.left -= 1
        job.done += 1
        self.odometer += 1
        if self.build.labels is not None:
            self.build.labels -= 1
        self._copies[job.job] += 1
        self._on_label(PrintedLabel(self.odometer, job.zpl, job.job, self._copies[job.job], now))
        echo = job.echo if job.echo_each or not job.left else b""
        if not job.left:
            self._queue.popleft()
        self._label_ends = None
        return echo


def _field_data(format_: list[Command], number: bytes) -> bytes:
    """Data of the field that bears this ^FN number."""
    inside = False
    for command in format_:
        if command.name == b"^FN":
            inside = command.body.strip().split(b'"')[0] == number
        elif command.name == b"^FD" and inside:
            return command.body
        elif command.name == b"^FS":
            inside = False
    return b""
