"""The inside of a ZPL label printer: parsing, buffering, faults, printing, answering. Time is passed in; zpl_sim gives it a socket."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from devices.model import Reason

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

_COMMANDS = re.compile(
    rb'(?P<quest>~HS|~HQES|~HI|~JA|~PS|~PP)[ ]*|! U1 getvar "(?P<variable>[^"]*)"\s|(?P<begin>\^XA)|(?P<end>\^XZ)',
)
_LONGEST_COMMAND = 64
_HOST_COMMANDS = re.compile(rb"\^(?:HV|PQ)[^^~]*")
_COPIES = re.compile(rb"\^PQ(\d+)")
_VERIFY = re.compile(rb"\^HV(\d+),(\d+),([^,^~]*),([^,^~]*)(?:,([FL]))?")


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
    fault_at: dict[int, Reason] = field(default_factory=dict)
    """Fault that appears when label number n (from 1) is half out."""


class PrinterMachine:
    """The printer's state. `receive` and `tick` are called by one thread at a time; printed labels go to `on_label` as they come out."""

    def __init__(self, build: PrinterBuild, on_label: Callable[[PrintedLabel], None]) -> None:
        self.build = build
        self.faults: set[Reason] = set()
        self.odometer = 0
        self._on_label = on_label
        self._input = bytearray()
        self._format: bytearray | None = None
        self._queue: deque[_Format] = deque()
        self._label_ends: float | None = None
        self._copies: Counter[str] = Counter()

    @property
    def partial(self) -> bool:
        """True while a format has begun and not ended."""
        return self._format is not None

    def receive(self, data: bytes, now: float) -> bytes:
        """Take bytes from the host; returns what the printer answers at once."""
        self._input += data
        answers = bytearray()
        while True:
            match = _COMMANDS.search(bytes(self._input))
            if match is None:
                # The beginning of a command may still be coming.
                self._take(max(len(self._input) - _LONGEST_COMMAND, 0))
                return bytes(answers)
            self._take(match.start())
            del self._input[: match.end() - match.start()]
            answers += self._obey(match, now)

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
        self._input.clear()
        self._format = None
        self._queue.clear()
        self._label_ends = None

    def _take(self, length: int) -> None:
        if self._format is not None:
            self._format += self._input[:length]
        del self._input[:length]

    def _obey(self, match: re.Match[bytes], now: float) -> bytes:
        if match["begin"]:
            # A second ^XA inside a format does not end it: what a half format swallows is gone.
            if self._format is None:
                self._format = bytearray()
            self._format += b"^XA"
        elif match["end"] and self._format is not None:
            self._finish_format(bytes(self._format) + b"^XZ")
            self._format = None
        elif match["variable"] is not None:
            known = match["variable"] == b"odometer.total_label_count"
            return f'"{self.odometer}"'.encode() if known else b'"?"'
        elif match["quest"]:
            return self._answer(match["quest"], now)
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

    def _finish_format(self, zpl: bytes) -> None:
        copies = _COPIES.search(zpl)
        job = _Format(_HOST_COMMANDS.sub(b"", zpl), int(copies[1]) if copies else 1)
        verify = _VERIFY.search(zpl)
        if verify:
            data = re.search(rb"\^FN" + verify[1] + rb"(?:\^FH.)?\^FD(.*?)\^FS", zpl, re.DOTALL)
            carried = data[1][: int(verify[2])] if data else b""
            job.job = carried.decode("ascii", "replace")
            job.echo = verify[3] + carried + verify[4] if self.build.echoes else b""
            job.echo_each = verify[5] == b"L"
        self._queue.append(job)

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
