"""All sources that work on this machine, as the client and the command line use them."""

from __future__ import annotations

from collections.abc import Sequence

from devices.discovery.asking import SnmpPrinters, ZebraPrinters
from devices.discovery.cups_queues import CupsQueues
from devices.discovery.finder import Source
from devices.discovery.hid_devices import HidDevices
from devices.discovery.hot_plug import HotPlug
from devices.discovery.keyboards import KeyboardScanners
from devices.discovery.mdns import MdnsPrinters
from devices.discovery.serial_ports import SerialPorts
from devices.discovery.usb_printers import UsbPrinters


def sources_here() -> Sequence[Source]:
    """Serial ports, HID, keyboard scanners and USB printers with hot plug, CUPS, mDNS.

    Zebra's own search and SNMP are among them, but wait until a person asks.
    """
    local = (SerialPorts(), HidDevices(), KeyboardScanners(), UsbPrinters())
    return (*local, HotPlug(local), CupsQueues(), MdnsPrinters(), ZebraPrinters(), SnmpPrinters())
