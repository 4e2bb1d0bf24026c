"""Dialog 06, spoken by checkout scales of Dibal, Bizerba and Ohaus (Dibal DPOS400 p. 56, Cely PI100 p. 18, Ohaus Aviator 7000 p. 45).

Record 01 gives the scale a unit price, ENQ fetches record 02 with weight, price and amount; a NAK is explained by record 08 and its
answer 09. Record 11, the certified point of sale's checksum, is not spoken here.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from devices.codecs.scales.cutting import ACK, ETX, NAK, STX, block
from devices.codecs.scales.dialect import Commands, Dialect, Line
from devices.codecs.scales.replies import Ack, Fault, Ignored, Reply, Status, trouble, weight
from devices.model import Reason, WeightState

PRICE = b"001000"
"""10.00 a kilogram: the amount repeats the weight to the gram, so the one checks the other."""
COMMANDS = Commands(ask=b"\x04\x0201\x1b" + PRICE + b"\x1b\x03")
FETCH, EXPLAIN = b"\x04\x05", b"\x04\x0208\x03"

_WEIGHT = re.compile(rb"\x0202\x1b(\d)\x1b(\d{5})\x1b(\d{6})\x1b(\d{6})\x03")
_STATUS = re.compile(rb"\x0209\x1b(\d{2})\x03")
_KILOGRAMS = b"3"
_STATES = {
    "20": WeightState.UNSTABLE,
    "22": WeightState.BUSY,
    "30": WeightState.UNDER,
    "31": WeightState.UNDER,
    "32": WeightState.OVER,
}
_UNMOVED = "21"
_FAULTS = {
    "01": Reason.OTHER,
    "02": Reason.TRANSMISSION,
    "10": Reason.SYNTAX,
    "11": Reason.LOGICAL,
    "12": Reason.LOGICAL,
}


def parse(frame: bytes, at: float) -> Reply | None:
    """One record or single byte, received at `at`; None for garbage."""
    if frame == bytes([ACK]):
        return Ack("price", done=True, stage="accepted")
    if frame == bytes([NAK]):
        # Empty, moving, under or over: record 09 knows which.
        return trouble(WeightState.BUSY, frame, at)
    found = _WEIGHT.fullmatch(frame)
    if found:
        return _weight(found, frame, at)
    found = _STATUS.fullmatch(frame)
    return _status(found[1].decode("ascii"), frame, at) if found else None


def follow(reply: Reply) -> bytes:
    """The price was taken: fetch the weight. There was none: ask why."""
    if isinstance(reply, Ack):
        return FETCH
    return (
        EXPLAIN
        if getattr(reply, "state", None) is WeightState.BUSY and getattr(reply, "raw", b"") == bytes([NAK])
        else b""
    )


def _weight(found: re.Match[bytes], frame: bytes, at: float) -> Reply:
    places, grams, price, amount = found.groups()
    if places != _KILOGRAMS:
        return Ignored("unit")
    value = Decimal(int(grams)).scaleb(-3)
    details = (("unit-price", price.decode("ascii")), ("amount", amount.decode("ascii")))
    fits = (value * int(price)).quantize(Decimal(1), ROUND_HALF_UP) == int(amount)
    if price == PRICE and not fits:
        return Ignored("checksum")
    return weight(
        value, "kg", WeightState.STABLE, frame, at, details=(*details, ("checksum", "ok")) if fits else details
    )


def _status(code: str, frame: bytes, at: float) -> Reply:
    if code == _UNMOVED:
        return Status(WeightState.BUSY, unmoved=True, word=code)
    if code in _STATES:
        return Status(_STATES[code], word=code)
    if code == "00":
        return Ack("status", done=True, stage="done")
    return Fault(_FAULTS.get(code, Reason.OTHER), f"status {code}")


DIALECT = Dialect(
    "dialog06",
    "Dialog 06",
    parse,
    block(STX, ETX, singles=bytes([ACK, NAK])),
    COMMANDS,
    Line(9600, 7, "O"),
    follow=follow,
)
