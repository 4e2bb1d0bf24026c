"""Which driver serves which kind of scanner: a plain table, read by `devices.registry`. A new dialect is a new line here."""

from __future__ import annotations

from urllib.parse import urlsplit

from devices.drivers.base import Clock, ScannerDriver
from devices.drivers.scanner_evdev import EvdevScannerDriver
from devices.drivers.scanner_hid_pos import HidPosDriver
from devices.drivers.scanner_presets import with_preset
from devices.drivers.scanner_serial import SerialScannerDriver, framing_named
from devices.drivers.scanner_ssi import SsiScannerDriver
from devices.feedback import PROFILES
from devices.transports.urls import key_for, option, transport_for


def serial_lines(url: str, clock: Clock) -> ScannerDriver:
    """Lines of text over a serial port. ValueError for a choice that is not there.

    `?preset=` (see scanner_presets), `?feedback=ack|bel|datalogic|none`, `?suffix=any|cr|crlf|lf|tab|etx|none`, `?prefix=stx|none`.
    """
    url = with_preset(url)
    answers = option(url, "feedback", "ack")
    if answers not in PROFILES:
        raise ValueError(f"feedback must be one of {', '.join(PROFILES)} but is {answers!r}")
    framing = framing_named(option(url, "prefix", "stx"), option(url, "suffix", "any"))
    return SerialScannerDriver(transport_for(url), key_for(url), clock, framing, PROFILES[answers])


def ssi(url: str, clock: Clock) -> ScannerDriver:
    """Zebra SSI over a serial port. `?aim=on`: ask the scanner for AIM identifiers, which tell GS1 DataMatrix from plain."""
    aim = option(url, "aim", "off")
    if aim not in ("on", "off"):
        raise ValueError(f"aim must be on or off but is {aim!r}")
    return SsiScannerDriver(transport_for(url), key_for(url), clock, ask_aim=aim == "on")


def hid_pos(url: str, clock: Clock) -> ScannerDriver:
    """USB HID-POS, `hid://VID:PID[/SERIAL]`."""
    return HidPosDriver(transport_for(url), key_for(url), clock)


def evdev(url: str, clock: Clock) -> ScannerDriver:
    """A keyboard scanner grabbed below the desktop; `?suffix=` and `?prefix=` as for lines."""
    framing = framing_named(option(url, "prefix", "stx"), option(url, "suffix", "any"))
    return EvdevScannerDriver(transport_for(url), key_for(url), clock, framing)


_BY_SCHEME = {"hid": hid_pos, "evdev": evdev}


def lines(url: str, clock: Clock) -> ScannerDriver:
    """What an address means that names no dialect: lines of text, unless it is none of a serial line."""
    return _BY_SCHEME.get(urlsplit(url).scheme, serial_lines)(url, clock)


SCANNERS = {"lines": lines, "ssi": ssi, "hid-pos": hid_pos, "evdev": evdev}
