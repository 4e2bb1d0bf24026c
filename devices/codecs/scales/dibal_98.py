"""Dibal "98": `98000001` asks, `99 0 wwwww 0 aaaaaa c` answers: status, five digits of grams, six of amount, check character."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import reduce
from operator import xor

from devices.codecs.scales.cutting import lines
from devices.codecs.scales.dialect import Commands, Dialect
from devices.codecs.scales.replies import Fault, Ignored, Reply, weight
from devices.model import Reason, WeightState

COMMANDS = Commands(ask=b"98000001\r\n")

_FRAME = re.compile(rb"99(\d)(\d{5})(\d)(\d{6})([0-?])")


def checksum(digits: bytes) -> int:
    """Exclusive or of the digits' values; the check character is 0x30 above it. Both known frames, request and answer, obey it."""
    return 0x30 | reduce(xor, digits, 0) & 0x0F


def parse(frame: bytes, at: float) -> Reply | None:
    """One line, received at `at`; None for garbage. The scale answers with a weight only when the load stands still."""
    line = frame.strip()
    found = _FRAME.fullmatch(line)
    if not found:
        return None
    status, grams, _, amount, check = found.groups()
    if check[0] != checksum(line[:-1]):
        return Ignored("checksum")
    if status != b"0":
        return Fault(Reason.OTHER, f"status {status.decode('ascii')}")
    details = (("checksum", "ok"), ("amount", amount.decode("ascii")))
    return weight(Decimal(int(grams)).scaleb(-3), "kg", WeightState.STABLE, frame, at, details=details)


DIALECT = Dialect("dibal-98", "Dibal 98", parse, lines, COMMANDS, checksum="always")
