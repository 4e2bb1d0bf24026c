"""From a configured address to the driver that serves it: `?dialect=` chooses, each role has a table of its own in `devices.drivers`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from devices.drivers.base import Clock, PrinterDriver, ScaleDriver, ScannerDriver
from devices.drivers.printers import PRINTERS
from devices.drivers.scales import SCALES
from devices.drivers.scanners import SCANNERS
from devices.transports.urls import option

_T = TypeVar("_T")


def scanner_for(url: str, clock: Clock) -> ScannerDriver:
    """Driver for the address, `?dialect=lines` if none is named. ValueError if unknown."""
    return _pick(SCANNERS, option(url, "dialect", "lines"))(url, clock)


def scale_for(url: str, clock: Clock) -> ScaleDriver:
    """Driver for the address, `?dialect=mt-sics` if none is named. ValueError if unknown."""
    return _pick(SCALES, option(url, "dialect", "mt-sics"))(url, clock)


def printer_for(url: str, clock: Clock) -> PrinterDriver:
    """Driver for the address, `?dialect=zpl` if none is named. ValueError if unknown."""
    return _pick(PRINTERS, option(url, "dialect", "zpl"))(url, clock)


def _pick(table: Mapping[str, Callable[[str, Clock], _T]], dialect: str) -> Callable[[str, Clock], _T]:
    if dialect not in table:
        raise ValueError(f"dialect must be one of {', '.join(table)} but is {dialect!r}")
    return table[dialect]
