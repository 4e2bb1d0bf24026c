"""Serial ports of this machine: USB adapters, USB-COM scanners, RS-232, by the system's list. Only looks; opens nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Protocol

from serial.tools.list_ports import comports

from devices.discovery.found import Found, plain
from devices.discovery.known import role_of_usb
from devices.discovery.polling import POLL_S, PollingSource
from devices.model import DeviceKey

BY_ID = Path("/dev/serial/by-id")


class Port(Protocol):
    """What pySerial tells about a port."""

    device: str
    vid: int | None
    pid: int | None
    serial_number: str | None
    product: str | None
    manufacturer: str | None
    location: str | None


class SerialPorts(PollingSource):
    """Looks at the list of ports each second. A port's identity is its by-id link, which goes with the device from socket to socket."""

    way = "serial port"

    def __init__(
        self,
        ports: Callable[[], Iterable[Port]] = comports,
        by_id: Path = BY_ID,
        poll_s: float = POLL_S,
    ) -> None:
        super().__init__(poll_s)
        self._ports = ports
        self._by_id = by_id

    def look(self) -> Sequence[Found]:
        """See PollingSource.look. A UART that nothing is known of (no USB) is offered, too: a scale may hang on it."""
        links = self._links()
        return [self._found(port, links.get(str(Path(port.device).resolve()))) for port in self._ports()]

    def _links(self) -> dict[str, Path]:
        """Stable link of each port, by the node that it points to now."""
        try:
            return {str(link.resolve()): link for link in sorted(self._by_id.iterdir())}
        except OSError:
            return {}

    def _found(self, port: Port, link: Path | None) -> Found:
        path = str(link or port.device)
        model = plain(" ".join(word for word in (port.manufacturer, port.product) if word))
        serial = plain(port.serial_number or "")
        key, aliases = DeviceKey(f"ser:{path}"), [DeviceKey(f"ser:{port.device}")] if link is not None else []
        if link is None and port.vid is not None and port.location:
            # No link to hold on to, but the socket it is in is still better than a number that counts up.
            key, aliases = DeviceKey(f"usb:path:{port.location}"), [key]
        role, dialect = role_of_usb(port.vid, port.pid)
        return Found(
            key,
            f"serial://{path}",
            role,
            dialect,
            model or Path(port.device).name,
            model,
            serial,
            (self.way,),
            tuple(aliases),
        )
