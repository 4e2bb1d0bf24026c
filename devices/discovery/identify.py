"""Asks one address what it is. This writes to a device, so it is done only when a person asked for it.

Order (least disturbing first): what the system knows of it; listening; harmless questions, at each of the usual line settings.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from urllib.parse import urlsplit

from devices.codecs.scales.dialect import COMMON_LINES, Line
from devices.codecs.scales.dialects import DIALECTS
from devices.discovery.answers import (
    ASK_SSI_REVISION,
    LONGEST,
    PRINTER_QUESTIONS,
    SCALE_QUESTIONS,
    Question,
    Verdict,
    overheard,
    printer_answer,
    scale_answer,
    ssi_answer,
)
from devices.discovery.by_hand import address
from devices.discovery.found import Found
from devices.discovery.hid_devices import HidDevices
from devices.drivers.printers import PRINTERS
from devices.drivers.scales import SCALES
from devices.drivers.scanners import SCANNERS
from devices.model import Reason, Role
from devices.transports.base import LinkError, Transport
from devices.transports.urls import key_for, transport_for

WAY = "asking it"
LISTEN_S = 1.2
ANSWER_S = 0.35
QUIET_S = 0.08
FLUSH_S = 0.1
WRITE_S = 1.0
_TABLES: dict[Role, Collection[str]] = {Role.SCANNER: SCANNERS, Role.SCALE: SCALES, Role.LABEL_PRINTER: PRINTERS}


def identify(url: str, stopped: Callable[[], bool] = lambda: False) -> Found | None:
    """What answers there, or None. Takes a second or two over a network, up to half a minute at a serial port that stays silent.

    `stopped` is asked now and then. ValueError for an address that makes no sense; LinkError when it cannot be opened.
    """
    url = address(url)
    scheme = urlsplit(url).scheme
    if scheme == "hid":
        return next((found for found in HidDevices().look() if key_for(url) in found.keys), None)
    bare = url.partition("?")[0]
    lines = COMMON_LINES if scheme == "serial" else (None,)
    for line in lines:
        there = bare if line is None else f"{bare}?baud={line.baud}&bits={line.bits}&parity={line.parity}"
        try:
            verdict = _ask_all(there, stopped, listen=line is lines[0])
        except LinkError as trouble:
            if line is lines[0] or trouble.reason is not Reason.DENIED:
                raise
            # This port cannot do this line setting.
            continue
        if verdict is not None:
            return _found(bare, line, verdict)
        if stopped():
            return None
    return None


def _found(bare: str, line: Line | None, verdict: Verdict) -> Found:
    words = f"?dialect={verdict.dialect}"
    if line is not None:
        words += f"&baud={line.baud}&bits={line.bits}&parity={line.parity}"
    url = bare + words
    key = key_for(url)
    return Found(key, url, verdict.role, verdict.dialect, verdict.model or verdict.dialect, verdict.model, "", (WAY,))


def _ask_all(url: str, stopped: Callable[[], bool], listen: bool) -> Verdict | None:
    transport = transport_for(url)
    transport.open()
    try:
        for verdict in _verdicts(transport, url, listen):
            if verdict is not None and verdict.dialect in _TABLES[verdict.role]:
                return verdict
            if stopped():
                return None
        return None
    except LinkError as trouble:
        if trouble.reason is Reason.LOST:
            # A device that hangs up on a question it does not know.
            return None
        raise
    finally:
        transport.close()


def _verdicts(transport: Transport, url: str, listen: bool) -> Iterator[Verdict | None]:
    if listen:
        yield overheard(_hear(transport, LISTEN_S, quiet=LISTEN_S))
    if urlsplit(url).scheme != "serial":
        # What has an address in the network is a printer more often than not.
        yield from _ask_printer(transport)
        yield from _ask_scale(transport)
    else:
        yield from _ask_scale(transport)
        yield ssi_answer(_asked(transport, ASK_SSI_REVISION))
        yield from _ask_printer(transport)


def _ask_printer(transport: Transport) -> Iterator[Verdict | None]:
    for question in PRINTER_QUESTIONS:
        yield printer_answer(question, _asked(transport, question.ask))


def _ask_scale(transport: Transport) -> Iterator[Verdict | None]:
    ended = True
    for question in SCALE_QUESTIONS:
        if not ended:
            # A device that cuts by CR would take the last question for the beginning of this one.
            transport.write(b"\r", WRITE_S)
            _hear(transport, FLUSH_S, QUIET_S)
        ended = question.ask[-1:] in b"\r\n"
        answer = _conversation(transport, question)
        verdict = scale_answer(question, answer)
        if verdict is None and answer:
            # It listens, but had the rest of another question in its ear.
            verdict = scale_answer(question, _conversation(transport, question))
        yield verdict


def _conversation(transport: Transport, question: Question) -> bytes:
    """The answer, and what comes after the word with which some dialects want to be asked on."""
    answer = _asked(transport, question.ask)
    dialect = DIALECTS[question.dialects[0]]
    cutter = dialect.cutter()
    for frame in cutter.feed(answer, 0.0):
        reply = dialect.parse(frame, 0.0)
        more = dialect.follow(reply) if reply is not None else b""
        if more:
            return answer + _asked(transport, more)
    return answer


def _asked(transport: Transport, question: bytes) -> bytes:
    transport.write(question, WRITE_S)
    return _hear(transport, ANSWER_S, QUIET_S)


def _hear(transport: Transport, seconds: float, quiet: float) -> bytes:
    """What is said within `seconds`, or until it is quiet again."""
    heard = b""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0 and len(heard) < LONGEST:
        chunk = transport.read(min(left, quiet) if heard else left)
        if not chunk and heard:
            break
        heard += chunk
    return heard
