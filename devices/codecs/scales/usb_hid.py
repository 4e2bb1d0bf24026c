"""USB HID scales (usage page 0x8D, HID POS usage tables 1.02 ch. 4): Dymo, Stamps.com, Elane. Report 3 is status, unit, exponent, weight.

The transport gives one report a read; status 5 (under) has no sign, and what its figure means is not known.
"""

from __future__ import annotations

import re
from decimal import Decimal

from devices.codecs.scales.dialect import Commands, Dialect
from devices.codecs.scales.replies import Fault, Ignored, Reply, trouble, weight
from devices.model import Reason, WeightState

COMMANDS = Commands(tare=b"\x02\x01")
"""Output report 2, understood by some."""

REPORT, LENGTH = 3, 6
_FRAME = re.compile(rb"\x03(.)(.)(.)(..)", re.DOTALL)
_UNITS = {1: "mg", 2: "g", 3: "kg", 4: "ct", 5: "tl", 6: "gn", 7: "dwt", 8: "t", 10: "ozt", 11: "oz", 12: "lb"}
FAULT, ZERO, MOTION, STABLE, UNDER, OVER, CALIBRATE, RE_ZERO = range(1, 9)
_FAULTS = {
    FAULT: (Reason.OTHER, "fault"),
    CALIBRATE: (Reason.NEEDS_CALIBRATION, "needs-calibration"),
    RE_ZERO: (Reason.NEEDS_ZERO, "needs-zero"),
}


def measure(pending: bytes, silent: bool) -> int:
    """See cutting.Measure: six bytes from a report id 3 on; a report padded with zeros loses them here."""
    if pending[0] != REPORT or (len(pending) > 1 and not FAULT <= pending[1] <= RE_ZERO):
        return -1
    return LENGTH if len(pending) == LENGTH else 0


def parse(frame: bytes, at: float) -> Reply | None:
    """One report of six bytes, received at `at`; None for garbage."""
    found = _FRAME.fullmatch(frame[:LENGTH])
    if not found:
        return None
    status, named = found[1][0], _UNITS.get(found[2][0])
    exponent = int.from_bytes(found[3], "little", signed=True)
    whole = int.from_bytes(found[4], "little")
    if status in _FAULTS:
        return Fault(*_FAULTS[status], unit=named or "")
    if status in (UNDER, OVER):
        return trouble(WeightState.UNDER if status == UNDER else WeightState.OVER, frame, at, named or "")
    if named is None:
        return Ignored("unit")
    if not -6 <= exponent <= 6:
        return Ignored("contradiction")
    if status == ZERO:
        # Whatever is left in the figure, the scale says that there is nothing on it.
        return trouble(WeightState.ZERO, frame, at, named)
    state = {MOTION: WeightState.UNSTABLE, STABLE: WeightState.STABLE}.get(status)
    value = Decimal(whole).scaleb(exponent) if exponent < 0 else Decimal(whole * 10**exponent)
    return weight(value, named, state, frame, at) if state else None


DIALECT = Dialect(
    "usb-hid-scale",
    "USB HID scale",
    parse,
    measure,
    COMMANDS,
    streaming=True,
    holds=True,
    eight_bit=True,
    unit="g",
)
