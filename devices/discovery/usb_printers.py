"""USB label printers of this machine (kernel driver usblp), by what the kernel has read of them. Opens nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from devices.discovery.found import Found, plain
from devices.discovery.languages import language_of
from devices.discovery.polling import POLL_S, PollingSource
from devices.model import DeviceKey, Role

NODES = Path("/dev/usb")
CLASS = Path("/sys/class/usbmisc")
LONGEST_ID = 1024


class UsbPrinters(PollingSource):
    """Looks at /dev/usb/lp0, lp1, ...; a printer's identity is its maker, model and serial number in USB."""

    way = "USB printer"

    def __init__(self, nodes: Path = NODES, system: Path = CLASS, poll_s: float = POLL_S) -> None:
        super().__init__(poll_s)
        self._nodes = nodes
        self._system = system

    def look(self) -> Sequence[Found]:
        """See PollingSource.look."""
        nodes = sorted(self._nodes.glob("lp*")) if self._nodes.is_dir() else []
        return [self._found(node) for node in nodes]

    def _found(self, node: Path) -> Found:
        port = self._system / node.name / "device"
        words = device_id(_read(port / "ieee1284_id"))
        usb = [_read(port / ".." / name) for name in ("idVendor", "idProduct", "serial")]
        serial = plain(words.get("SN") or words.get("SERN") or usb[2])
        model = plain(f"{words.get('MFG', '')} {words.get('MDL', '')}")
        dialect = language_of(words.get("CMD", ""), model)
        at = DeviceKey(f"usb:{node}")
        key = DeviceKey(f"usb:{usb[0]}:{usb[1]}:{serial}") if usb[0] and usb[1] and serial else at
        url = f"usblp://{node}" + (f"?dialect={dialect}" if dialect else "")
        aliases = () if key == at else (at,)
        return Found(key, url, Role.LABEL_PRINTER, dialect, model or node.name, model, serial, (self.way,), aliases)


def device_id(text: str) -> Mapping[str, str]:
    """An IEEE 1284 device id, `MFG:Zebra;MDL:ZD421;CMD:ZPL;`, as a table with short upper-case names."""
    names = {"MANUFACTURER": "MFG", "MODEL": "MDL", "COMMAND SET": "CMD", "SERIALNUMBER": "SN"}
    pairs = (field.partition(":") for field in text[:LONGEST_ID].split(";"))
    named = ((name.strip().upper(), value) for name, colon, value in pairs if colon)
    return {names.get(name, name): plain(value) for name, value in named}


def _read(path: Path) -> str:
    try:
        return path.read_text("latin-1")[:LONGEST_ID].strip()
    except OSError:
        return ""
