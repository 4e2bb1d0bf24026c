"""Which driver serves which printer language: a plain table, read by `devices.registry`. A new language is a new line here."""

from __future__ import annotations

from devices.drivers.base import Clock, PrinterDriver
from devices.drivers.printer_zpl import ZplPrinterDriver
from devices.transports.urls import transport_for


def zpl(url: str, clock: Clock) -> PrinterDriver:
    """ZPL II over any byte transport."""
    return ZplPrinterDriver(transport_for(url), clock)


PRINTERS = {"zpl": zpl}
