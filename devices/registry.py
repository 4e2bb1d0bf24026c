"""Which driver serves which dialect: plain tables, read by the hub. A new dialect is a new line here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

from devices.drivers.printer_zpl import ZplPrinterDriver
from devices.drivers.scale_sics import SicsScaleDriver
from devices.drivers.scanner_serial import SerialScannerDriver
from devices.feedback import PROFILES
from devices.transports.urls import key_for, transport_for

Clock = Callable[[], float]
_T = TypeVar("_T")


def _serial_scanner(url: str, clock: Clock) -> SerialScannerDriver:
    answers = _option(url, "feedback", "ack")
    if answers not in PROFILES:
        raise ValueError(f"feedback must be one of {', '.join(PROFILES)} but is {answers!r}")
    unsuffixed = _option(url, "suffix", "any") == "none"
    return SerialScannerDriver(transport_for(url), key_for(url), clock, unsuffixed, PROFILES[answers])


def _sics_scale(url: str, clock: Clock) -> SicsScaleDriver:
    return SicsScaleDriver(transport_for(url), clock)


def _zpl_printer(url: str, clock: Clock) -> ZplPrinterDriver:
    return ZplPrinterDriver(transport_for(url), clock)


SCANNERS: dict[str, Callable[[str, Clock], SerialScannerDriver]] = {"lines": _serial_scanner}
SCALES: dict[str, Callable[[str, Clock], SicsScaleDriver]] = {"mt-sics": _sics_scale}
PRINTERS: dict[str, Callable[[str, Clock], ZplPrinterDriver]] = {"zpl": _zpl_printer}


def scanner_for(url: str, clock: Clock) -> SerialScannerDriver:
    """Driver for the address; `?dialect=`, `?feedback=ack|datalogic|none` and `?suffix=none` choose. ValueError if unknown."""
    return _pick(SCANNERS, _option(url, "dialect", "lines"))(url, clock)


def scale_for(url: str, clock: Clock) -> SicsScaleDriver:
    """Driver for the address; `?dialect=` chooses. ValueError if unknown."""
    return _pick(SCALES, _option(url, "dialect", "mt-sics"))(url, clock)


def printer_for(url: str, clock: Clock) -> ZplPrinterDriver:
    """Driver for the address; `?dialect=` chooses. ValueError if unknown."""
    return _pick(PRINTERS, _option(url, "dialect", "zpl"))(url, clock)


def _option(url: str, name: str, default: str) -> str:
    return parse_qs(urlsplit(url).query).get(name, [default])[-1]


def _pick(table: dict[str, _T], dialect: str) -> _T:
    if dialect not in table:
        raise ValueError(f"dialect must be one of {', '.join(table)} but is {dialect!r}")
    return table[dialect]
