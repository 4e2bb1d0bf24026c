"""What an answer tells of the device that gave it: which scale dialect, printer language or scanner. Pure; used by `identify`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from devices.codecs.scales.dialects import DIALECTS
from devices.codecs.scales.replies import Status
from devices.discovery.found import plain
from devices.model import Reading, Role

LONGEST = 4096
"""Of what is heard so much is looked at; a device that says more is none that we know."""
GOOD = 0.9
STREAM_LEAST = 2
SHORTEST = 4
SBI_16_LINE = 16


@dataclass(frozen=True, slots=True)
class Verdict:
    """A device that was recognised."""

    role: Role
    dialect: str
    model: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A harmless question, and the dialects that answer it by rights."""

    ask: bytes
    dialects: tuple[str, ...]


SCALE_QUESTIONS = (
    Question(b"SI\r\n", ("mt-sics", "radwag")),
    Question(b"Q\r\n", ("aandd",)),
    Question(b"\x1bP\r\n", ("sartorius-sbi-16", "sartorius-sbi-22")),
    Question(b"IP\r\n", ("ohaus",)),
    Question(b"P\r\n", ("adam",)),
    Question(b"98000001\r\n", ("dibal-98",)),
    # From here on without LF: whoever cuts by LF must have been asked before.
    # Echoed by an 8217 only; an 8213, which weighs in the same words, says that it does not know it. F ends the echoing.
    Question(b"EhelloF", ("toledo-8217",)),
    Question(b"W", ("toledo-8213", "toledo-8217")),
    Question(b"\nW\r", ("sma",)),
    Question(b"W\r", ("nci",)),
    Question(b"\x05", ("cas-ecr",)),
    Question(DIALECTS["dialog06"].commands.ask, ("dialog06",)),
)
"""In the order in which they are asked: first those that disturb least and are answered by most, and each where what is left of the
ones before does it no harm."""

_ECHO = re.compile(rb"\x02E?\r?hello")


def scale_answer(question: Question, answer: bytes) -> Verdict | None:
    """Which of the question's dialects the answer is in, or None."""
    if question.dialects == ("toledo-8217",):
        stripped = bytes(byte & 0x7F for byte in answer[:LONGEST])
        return Verdict(Role.SCALE, "toledo-8217") if _ECHO.search(stripped) else None
    # A single ACK or NAK is said by many; and the longer lines of SBI read as the shorter ones with something in front.
    if len(answer) < SHORTEST:
        return None
    names = reversed(question.dialects) if len(answer.strip()) > SBI_16_LINE else question.dialects
    return _scale(tuple(names), answer, least=1)


def overheard(data: bytes) -> Verdict | None:
    """What a device is that talked unasked: a scale that streams, or a scanner on which somebody pulled the trigger."""
    streaming = [name for name, dialect in DIALECTS.items() if dialect.streaming]
    others = [name for name in DIALECTS if name not in streaming]
    found = _scale(streaming, data, STREAM_LEAST) or _scale(others, data, STREAM_LEAST)
    if found is not None:
        return found
    if _SSI.fullmatch(data) and sum(data[:-2]) + int.from_bytes(data[-2:], "big") & 0xFFFF == 0:
        return Verdict(Role.SCANNER, "ssi")
    return Verdict(Role.SCANNER, "lines") if _LINE.fullmatch(data) else None


# One SSI packet: length (all but the checksum), opcode, source 0 for the decoder; the checksum makes the sum of all nought.
_SSI = re.compile(rb"[\x04-\xff][\x00-\xff]\x00[\x00-\xff]*", re.DOTALL)
_LINE = re.compile(rb"\x02?[\x1d\x1e\x04\x20-\xff]{4,3000}[\r\n\t\x03]{1,2}")

ASK_SSI_REVISION = b"\x04\xa3\x04\x00\xff\x55"


def ssi_answer(answer: bytes) -> Verdict | None:
    """A Zebra scanner that told its revision (opcode A4), or that could not."""
    good = len(answer) > 5 and answer[1] in (0xA4, 0xD0, 0xD1) and answer[0] + 2 == len(answer)
    return overheard(answer) if good else None


def _scale(names: Iterable[str], data: bytes, least: int) -> Verdict | None:
    best: tuple[float, str] | None = None
    for name in names:
        dialect = DIALECTS[name]
        cutter = dialect.cutter()
        frames = cutter.feed(data[:LONGEST], 0.0) + cutter.expire(10.0)
        understood = [frame for frame in frames if isinstance(dialect.parse(frame, 0.0), Reading | Status)]
        share = sum(map(len, understood)) / len(data) if data else 0.0
        if len(understood) >= least and (best is None or share > best[0]):
            best = (share, name)
    # Single bytes (ACK before the weight, NUL after it) belong to many dialects and are left out of account.
    return Verdict(Role.SCALE, best[1]) if best and best[0] >= GOOD - 1 / max(len(data), 10) else None


@dataclass(frozen=True, slots=True)
class PrinterQuestion:
    """A harmless question to a printer, and what the answer of one that knows it looks like."""

    dialect: str
    ask: bytes
    answer: re.Pattern[bytes]


def _answer(pattern: bytes) -> re.Pattern[bytes]:
    return re.compile(pattern, re.DOTALL)


PRINTER_QUESTIONS = (
    # DLE EOT 1 and 4, answered at once whatever the printer does; the fixed bits of both must be right (Epson TM-L90 p. 429).
    PrinterQuestion(
        "escpos",
        b"\x10\x04\x01\x10\x04\x04",
        _answer(rb"[\x12\x16\x1a\x1e\x32\x36\x3a\x3e\x52\x56\x5a\x5e\x72\x76\x7a\x7e]{2}"),
    ),
    PrinterQuestion(
        "zpl", b"~HI", _answer(rb"\s*\x02(?P<model>[^,\x02\x03]{2,60}),[^,\x02\x03]+,\d+,[^\x02\x03]*\x03\s*")
    ),
    # ESC ! S: four status bytes between STX and ETX CR LF (TSC manual p. 97).
    PrinterQuestion("tspl", b"\x1b!S", _answer(rb"\x02[@`BCEFKLPW][\x40-\x7f]{3}\x03\r\n")),
    # ENQ: job, state, labels left, and with most models the job's name (M-8400RVe p. 203); some want SOH before it.
    PrinterQuestion("sbpl", b"\x05", _answer(rb"\x02[ 0-9A-Z]{2}[0-9A-Za-k][0-9]{6}(?:.{16})?\x03")),
    PrinterQuestion("sbpl", b"\x01\x05", _answer(rb"\x02[ 0-9A-Z]{2}[0-9A-Za-k][0-9]{6}(?:.{16})?\x03")),
    PrinterQuestion("epl2", b"\r\n^ee\r\n", _answer(rb"\s*\d\d(?:,\d\d)*\r\n")),
    PrinterQuestion("cpcl", b"\x1bv", _answer(rb"(?P<model>[\x20-\x7e\r\n]{3,120})\x00")),
    # ESC i S: 32 bytes, the first three always the same.
    PrinterQuestion("brother", b"\x1biS", _answer(rb"\x80\x20\x42.{29}")),
)


def printer_answer(question: PrinterQuestion, answer: bytes) -> Verdict | None:
    """The printer's language, if the answer is in it."""
    found = question.answer.fullmatch(answer[:LONGEST])
    if found is None:
        return None
    model = found.groupdict().get("model") or b""
    return Verdict(Role.LABEL_PRINTER, question.dialect, plain(model.decode("latin-1")))
