"""Which driver serves which printer language: a plain table, read by `devices.registry`. A new language is a new line here.

Every language runs over every byte transport (TCP, serial, USB): the address says which.
"""

from __future__ import annotations

from functools import partial
from urllib.parse import urlsplit

from devices.drivers.base import Clock, PrinterDriver
from devices.drivers.printer_brother import BrotherPrinterDriver
from devices.drivers.printer_cpcl import CpclPrinterDriver
from devices.drivers.printer_epl2 import Epl2PrinterDriver
from devices.drivers.printer_escpos import EscposPrinterDriver
from devices.drivers.printer_ipp import IppPrinterDriver
from devices.drivers.printer_sbpl import SbplPrinterDriver
from devices.drivers.printer_spool import SpoolPrinterDriver
from devices.drivers.printer_tspl import TsplPrinterDriver
from devices.drivers.printer_zpl import ZplPrinterDriver
from devices.drivers.snmp_look import PORT as SNMP_PORT
from devices.drivers.snmp_look import BrotherLook
from devices.transports import usblp
from devices.transports.urls import option, transport_for

REPLY_NETWORK_S = 1.0
REPLY_SERIAL_S = 2.0


def zpl(url: str, clock: Clock) -> PrinterDriver:
    """ZPL II: Zebra and everybody who speaks its language."""
    return ZplPrinterDriver(transport_for(url), clock, _patience(url))


def tspl(url: str, clock: Clock) -> PrinterDriver:
    """TSPL, TSPL2, FBPL: TSC, Gprinter, Xprinter, Brother TD."""
    return TsplPrinterDriver(transport_for(url), clock, _patience(url))


def epl2(url: str, clock: Clock) -> PrinterDriver:
    """EPL2: older Zebra and Eltron, Intermec ESim."""
    return Epl2PrinterDriver(transport_for(url), clock, _patience(url))


def cpcl(url: str, clock: Clock) -> PrinterDriver:
    """CPCL: mobile printers."""
    return CpclPrinterDriver(transport_for(url), clock, _patience(url))


def sbpl(url: str, clock: Clock) -> PrinterDriver:
    """SBPL: SATO."""
    return SbplPrinterDriver(transport_for(url), clock, _patience(url))


def escpos(url: str, clock: Clock) -> PrinterDriver:
    """ESC/POS: Epson, Citizen, Star in Epson mode."""
    return EscposPrinterDriver(transport_for(url), clock, _patience(url))


def brother(url: str, clock: Clock) -> PrinterDriver:
    """Brother raster: QL, PT and TD. On a network its state is asked by SNMP (`?snmp=PORT`, `?snmp=no` for models that answer in line)."""
    port, host = option(url, "snmp", str(SNMP_PORT)), urlsplit(url).hostname
    look = BrotherLook(host, int(port)) if url.startswith("tcp:") and host and port != "no" else None
    return BrotherPrinterDriver(transport_for(url), clock, _patience(url), look)


def ipp(url: str, clock: Clock) -> PrinterDriver:
    """IPP printers and CUPS queues."""
    return IppPrinterDriver(url, clock)


def raw(url: str, clock: Clock) -> PrinterDriver:
    """One-way ports: nothing comes back, whatever the language."""
    parts = urlsplit(url)
    look = partial(usblp.look, parts.path) if parts.scheme == "usblp" else None
    return SpoolPrinterDriver(transport_for(url), look)


def _patience(url: str) -> float:
    return REPLY_SERIAL_S if url.startswith("serial:") else REPLY_NETWORK_S


PRINTERS = {
    "zpl": zpl,
    "tspl": tspl,
    "epl2": epl2,
    "cpcl": cpcl,
    "sbpl": sbpl,
    "escpos": escpos,
    "brother": brother,
    "ipp": ipp,
    "raw": raw,
}
