"""Toledo continuous output: `STX A B C weight(6) tare(6) CR [checksum]`, seven to twenty times a second, unasked.

Source: WILDCAT technical manual pp. 6-4, 6-5; the units of status word C beyond grams are from the IND terminals.
"""

from __future__ import annotations

import re
from decimal import Decimal

from devices.codecs.scales.cutting import CR, STX
from devices.codecs.scales.dialect import Commands, Dialect
from devices.codecs.scales.replies import Fault, Ignored, Reply, trouble, weight
from devices.model import Reason, WeightState

COMMANDS = Commands(zero=b"Z", tare=b"T", clear=b"C")

_FRAME = re.compile(rb"\x02([ -?])([ -\x7f])([ -?])([ \d]{6})([ \d]{6})\r(.?)", re.DOTALL)
_SHORT = 17
NET, NEGATIVE, OUT_OF_RANGE, MOTION, KILOGRAMS, NOT_ZEROED = 0x01, 0x02, 0x04, 0x08, 0x10, 0x40
_UNITS = {1: "g", 2: "t", 3: "oz", 4: "ozt", 5: "dwt"}
_DIGITS = re.compile(rb" *\d+")


def checksum(frame: bytes) -> int:
    """Two's complement of the seven low bits of the sum of all that comes before, STX and CR included."""
    return -sum(frame) & 0x7F


def measure(pending: bytes, silent: bool) -> int:
    """See cutting.Measure. Whether there is a checksum shows only in the byte after CR: it fits, or it is the next STX."""
    length = len(pending)
    if pending[0] != STX:
        return -1
    if length <= _SHORT:
        if length > 1 and pending[-1] == STX:
            return 1 - length
        if length < _SHORT:
            return 0
        if pending[-1] != CR:
            return -1
        return _SHORT if silent else 0
    return _SHORT if pending[-1] == STX != checksum(pending[:_SHORT]) else _SHORT + 1


def parse(frame: bytes, at: float) -> Reply | None:
    """One frame of 17 or 18 bytes, received at `at`; None for garbage."""
    found = _FRAME.fullmatch(frame)
    if not found:
        return None
    a, b, c, figure, tare, check = found.groups()
    if check and check[0] != checksum(frame[:-1]):
        return Ignored("checksum")
    status = b[0]
    if status & NOT_ZEROED:
        return Fault(Reason.NEEDS_ZERO, "not-zeroed")
    if status & OUT_OF_RANGE:
        return trouble(WeightState.UNDER if status & NEGATIVE else WeightState.OVER, frame, at)
    value, container = _scaled(figure, a[0]), _scaled(tare, a[0])
    if value is None or container is None:
        return Ignored("contradiction")
    unit = _UNITS.get(c[0] & 7) if c[0] & 7 else ("kg" if status & KILOGRAMS else "lb")
    if unit is None:
        return Ignored("unit")
    details = (("checksum", "ok"),) if check else ()
    state = WeightState.UNSTABLE if status & MOTION else WeightState.STABLE
    return weight(
        -value if status & NEGATIVE else value,
        unit,
        state,
        frame,
        at,
        net=bool(status & NET),
        tare=container if container else None,
        details=details,
    )


def _scaled(field: bytes, a: int) -> Decimal | None:
    """Six digits with the point where status word A puts it: 0 XXXX00, 1 XXXXX0, 2 XXXXXX, 3 XXXXX.X ... 7 X.XXXXX.

    None when the fixed zeros of 0 and 1 are none. Bits 3 and 4, the increment, are not held against a net weight.
    """
    if not _DIGITS.fullmatch(field):
        return None
    whole, place = int(field), a & 7
    if place < 2 and whole % 10 ** (2 - place):
        return None
    return Decimal(whole).scaleb(-max(place - 2, 0))


DIALECT = Dialect(
    "toledo-continuous",
    "Toledo continuous output",
    parse,
    measure,
    COMMANDS,
    streaming=True,
    checksum="optional",
)
