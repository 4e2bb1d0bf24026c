"""Every dialect as a simulated scale speaks it, by table: which bytes ask for what, what answers them, what streams unasked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from devices.simulated import scale_frames as frames
from devices.simulated.scale_platform import Platform, Shown
from devices.simulated.scale_sics import SicsTalk

Frame = Callable[[Shown], bytes]


class Talk(Protocol):
    """The talking half of a scale."""

    def receive(self, data: bytes, now: float) -> bytes:
        """Answers to `data`, which may be empty, and what it is time to say."""


@dataclass(frozen=True, slots=True)
class Row:
    """One dialect. `asks`: bytes and what answers them; `zero`, `tare`, `clear`: bytes of the command and the answer.

    `unknown` answers anything else up to `end` (or each byte, if there is no `end`); `stream_s`: seconds between frames sent unasked.
    """

    asks: Mapping[bytes, Frame] = field(default_factory=dict)
    zero: tuple[bytes, Frame] | None = None
    tare: tuple[bytes, Frame] | None = None
    clear: tuple[bytes, Frame] | None = None
    unknown: bytes = b""
    end: bytes = b""
    stream: Frame | None = None
    stream_s: float = 0.06


def _say(text: bytes) -> Frame:
    return lambda _: text


_NOTHING = _say(b"")


def _cas(stream: Frame) -> Row:
    return Row(zero=(b"ZE\r\n", _NOTHING), tare=(b"TR\r\n", _NOTHING), end=b"\n", stream=stream)


def _sbi(answer: Frame) -> Row:
    asks = {b"\x1bP\r\n": answer, b"\x1bx1_\r\n": _say(b"ENTRIS6202\r\n")}
    return Row(asks, zero=(b"\x1bV\r\n", _NOTHING), tare=(b"\x1bU\r\n", _NOTHING), end=b"\n")


ROWS: dict[str, Row] = {
    "toledo-8217": Row(
        {b"W": frames.toledo_8217, b"Ehello": _say(b"\x02E\rhello"), b"F": _say(b"\x02F\r")},
        zero=(b"Z", frames.toledo_8217),
        tare=(b"T\r", frames.toledo_8217),
        clear=(b"C", frames.toledo_8217),
    ),
    "toledo-8213": Row(
        {b"W": frames.toledo_8213, b"H": frames.toledo_8213},
        zero=(b"Z", frames.toledo_8213),
        unknown=b"\x02?\x60\r",
    ),
    "toledo-continuous": Row(
        zero=(b"Z", _NOTHING), tare=(b"T", _NOTHING), clear=(b"C", _NOTHING), stream=frames.continuous, stream_s=0.05
    ),
    "nci": Row(
        {b"W\r": frames.nci, b"H\r": frames.nci, b"S\r": frames.nci},
        zero=(b"Z\r", frames.nci),
        tare=(b"T\r", frames.nci),
        unknown=b"\n?\r\x03",
        end=b"\r",
    ),
    "sma": Row(
        {b"\nW\r": frames.sma, b"\nH\r": frames.sma, b"\nA\r": _say(b"\nSMA:2/1.0\r"), b"\nD\r": _say(b"\n    \r")},
        zero=(b"\nZ\r", frames.sma),
        tare=(b"\nT\r", frames.sma),
        clear=(b"\nC\r", frames.sma),
        unknown=b"\n?\r",
        end=b"\r",
    ),
    "aandd": Row(
        {b"Q\r\n": frames.aandd, b"SI\r\n": frames.aandd},
        zero=(b"Z\r\n", _say(b"\x06")),
        tare=(b"T\r\n", _say(b"\x06")),
        unknown=b"EC,E01\r\n",
        end=b"\n",
    ),
    "cas-22": _cas(frames.cas_22),
    "cas-18": _cas(frames.cas_18),
    "cas-10": _cas(frames.cas_10),
    "cas-ecr": Row({b"\x05": _say(b"\x06"), b"\x11": frames.ecr}, unknown=b"\x15"),
    "sartorius-sbi-16": _sbi(frames.sbi_16),
    "sartorius-sbi-22": _sbi(frames.sbi_22),
    "ohaus": Row(
        {b"IP\r\n": frames.ohaus},
        zero=(b"Z\r\n", _NOTHING),
        tare=(b"T\r\n", _NOTHING),
        unknown=b"ES\r\n",
        end=b"\n",
    ),
    "adam": Row({b"P\r\n": frames.adam}, zero=(b"Z\r\n", _NOTHING), tare=(b"T\r\n", _NOTHING), end=b"\n"),
    "dibal-98": Row({b"98000001\r\n": frames.dibal}, end=b"\n"),
    "dialog06": Row(
        {
            b"\x04\x0201\x1b001000\x1b\x03": _say(b"\x06"),
            b"\x04\x05": frames.dialog_06,
            b"\x04\x0208\x03": frames.dialog_06_why,
        },
        unknown=b"\x15",
        end=b"\x03",
    ),
    "radwag": Row(
        {b"SI\r\n": frames.radwag},
        zero=(b"Z\r\n", _say(b"Z A\r\nZ D\r\n")),
        tare=(b"T\r\n", _say(b"T A\r\nT D\r\n")),
        unknown=b"ES\r\n",
        end=b"\n",
    ),
    "usb-hid-scale": Row(tare=(b"\x02\x01", _NOTHING), stream=frames.hid, stream_s=0.1),
}


class TableTalk:
    """One dialect over a platform, out of its row. Keeps the half command that has come so far, 64 bytes at most."""

    LIMIT = 64

    def __init__(self, row: Row, platform: Platform) -> None:
        self._row = row
        self._platform = platform
        self._pending = b""
        self._next_frame = 0.0
        commands = {"zero": row.zero, "tare": row.tare, "clear": row.clear}
        self._answers = dict(row.asks) | {command[0]: command[1] for command in commands.values() if command}
        self._acts = {command[0]: name for name, command in commands.items() if command}

    def receive(self, data: bytes, now: float) -> bytes:
        """See Talk.receive."""
        self._pending = (self._pending + data)[-self.LIMIT :]
        said = b""
        while self._pending and (token := self._token()) is not None:
            said += self._answer(token, now)
        if self._row.stream is not None and now >= self._next_frame:
            self._next_frame = now + self._row.stream_s
            said += self._row.stream(self._platform.shown(now))
        return said

    def _token(self) -> bytes | None:
        """The next command, b"" for one that is none, None while it is not complete."""
        for token in sorted(self._answers, key=len, reverse=True):
            if self._pending.startswith(token):
                self._pending = self._pending[len(token) :]
                return token
        if any(token.startswith(self._pending) for token in self._answers):
            return None
        if not self._row.end:
            self._pending = self._pending[1:]
            return b""
        _, end, rest = self._pending.partition(self._row.end)
        if not end:
            return None
        self._pending = rest
        return b""

    def _answer(self, token: bytes, now: float) -> bytes:
        if not token:
            return self._row.unknown
        act = self._acts.get(token)
        if act == "zero":
            self._platform.set_zero(now)
        elif act is not None:
            self._platform.set_tare(self._platform.gross_g(now) if act == "tare" else 0)
        return self._answers[token](self._platform.shown(now))


def talk_for(dialect: str, platform: Platform) -> Talk:
    """The talking half of a scale of the dialect. ValueError for one that has no simulator."""
    if dialect == "mt-sics":
        return SicsTalk(platform)
    if dialect not in ROWS:
        raise ValueError(f"dialect must be one of mt-sics, {', '.join(ROWS)} but is {dialect!r}")
    return TableTalk(ROWS[dialect], platform)
