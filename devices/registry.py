"""From a configured address to the driver that serves it: `?dialect=` chooses, each role has a table of its own in `devices.drivers`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar
from urllib.parse import urlsplit

from devices.drivers.base import Clock, PrinterDriver, ScaleDriver, ScannerDriver
from devices.drivers.printers import PRINTERS
from devices.drivers.scales import SCALES
from devices.drivers.scanners import SCANNERS
from devices.model import Role
from devices.transports.urls import option

_T = TypeVar("_T")
_USUAL = {Role.SCANNER: "lines", Role.SCALE: "mt-sics", Role.LABEL_PRINTER: "zpl", Role.PAPER_PRINTER: "ipp"}
_OF_SCHEME = {"ipp": "ipp", "winspool": "raw"}
"""Ways of reaching a printer that leave no choice."""
PAPER_WAYS = ("ipp", "raw")
"""Dialects that carry a page as it is."""


def scanner_for(url: str, clock: Clock) -> ScannerDriver:
    """Driver for the address, `?dialect=lines` if none is named. ValueError if unknown."""
    return _pick(SCANNERS, dialect_of(Role.SCANNER, url))(url, clock)


def scale_for(url: str, clock: Clock) -> ScaleDriver:
    """Driver for the address, `?dialect=mt-sics` if none is named. ValueError if unknown."""
    return _pick(SCALES, dialect_of(Role.SCALE, url))(url, clock)


def paper_printer_for(url: str, clock: Clock) -> PrinterDriver:
    """Driver for the address of a printer of pages: they come as PDF, which only IPP and spoolers carry. ValueError otherwise."""
    dialect = dialect_of(Role.PAPER_PRINTER, url)
    if dialect not in PAPER_WAYS:
        raise ValueError(f"a paper printer is reached by {' or '.join(PAPER_WAYS)}, not {dialect!r}")
    return _pick(PRINTERS, dialect)(url, clock)


def printer_for(url: str, clock: Clock) -> PrinterDriver:
    """Driver for the address, `?dialect=zpl` if none is named (IPP and the Windows spooler speak their own). ValueError if unknown."""
    return _pick(PRINTERS, dialect_of(Role.LABEL_PRINTER, url))(url, clock)


def dialect_of(role: Role, url: str) -> str:
    """Name of the dialect in which a device of this role is spoken to at this address."""
    return option(url, "dialect", _OF_SCHEME.get(urlsplit(url).scheme, _USUAL[role]))


def tongue_of(url: str) -> str:
    """What labels for the printer at this address must be written in: printers of the same tongue may stand in for each other.

    A spooler or IPP only carries; there `?language=` says it.
    """
    dialect = dialect_of(Role.LABEL_PRINTER, url)
    language = option(url, "language", "zpl") if dialect in ("raw", "ipp") else dialect
    return f"{language} {option(url, 'dpmm', '8')}/mm"


def _pick(table: Mapping[str, Callable[[str, Clock], _T]], dialect: str) -> Callable[[str, Clock], _T]:
    if dialect not in table:
        raise ValueError(f"dialect must be one of {', '.join(table)} but is {dialect!r}")
    return table[dialect]
