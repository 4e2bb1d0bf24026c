"""Which driver serves which kind of scanner: a plain table, read by `devices.registry`. A new dialect is a new line here."""

from __future__ import annotations

from devices.drivers.base import Clock, ScannerDriver
from devices.drivers.scanner_serial import SerialScannerDriver
from devices.feedback import PROFILES
from devices.transports.urls import key_for, option, transport_for


def serial_lines(url: str, clock: Clock) -> ScannerDriver:
    """Lines of text over a serial port; `?feedback=ack|datalogic|none`, `?suffix=none`. ValueError for another choice."""
    answers = option(url, "feedback", "ack")
    if answers not in PROFILES:
        raise ValueError(f"feedback must be one of {', '.join(PROFILES)} but is {answers!r}")
    unsuffixed = option(url, "suffix", "any") == "none"
    return SerialScannerDriver(transport_for(url), key_for(url), clock, unsuffixed, PROFILES[answers])


SCANNERS = {"lines": serial_lines}
