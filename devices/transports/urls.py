"""From a configured address such as `serial:///dev/ttyUSB0?baud=9600` or `tcp://10.0.0.7:9100` to a transport and a device key."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from urllib.parse import parse_qs, unquote, urlsplit

from devices.model import DeviceKey
from devices.transports.base import Transport
from devices.transports.evdev import EvdevTransport
from devices.transports.hidraw import HidAddress, HidTransport
from devices.transports.serial_port import LineSettings, SerialTransport
from devices.transports.tcp import TcpTransport
from devices.transports.usblp import UsblpTransport
from devices.transports.winspool import WinspoolTransport

Wrapper = Callable[[Transport], Transport]
_wrapper: ContextVar[Wrapper | None] = ContextVar("wrapper", default=None)


@contextmanager
def wrapping(wrapper: Wrapper) -> Iterator[None]:
    """Within this, `transport_for` hands out what `wrapper` makes of each transport: that is how a hub listens in on its drivers.

    One within another works on what the outer one has made.
    """
    outer = _wrapper.get()
    token = _wrapper.set(wrapper if outer is None else lambda transport: wrapper(outer(transport)))
    try:
        yield
    finally:
        _wrapper.reset(token)


def key_for(url: str) -> DeviceKey:
    """Identity of what the address names. ValueError if it is none of ours."""
    parts = urlsplit(url)
    if parts.scheme == "serial" and parts.netloc + parts.path:
        return DeviceKey(f"ser:{_port_name(parts.netloc, parts.path)}")
    if parts.scheme == "tcp" and parts.hostname and parts.port:
        return DeviceKey(f"net:{parts.hostname}:{parts.port}")
    if parts.scheme == "evdev" and parts.path.strip("/"):
        return DeviceKey(f"evdev:{unquote(parts.path)}")
    if parts.scheme == "usblp" and parts.path:
        return DeviceKey(f"usb:{parts.path}")
    if parts.scheme == "winspool" and parts.netloc + parts.path:
        return DeviceKey(f"spool:{_spool_name(parts.netloc, parts.path)}")
    if parts.scheme == "ipp" and parts.hostname:
        return DeviceKey(f"net:{parts.hostname}:{parts.port or 631}{parts.path}")
    if parts.scheme == "hid":
        address = _hid_address(parts.netloc, unquote(parts.path))
        return DeviceKey(f"hid:{address}" if address.path else f"usb:{address}")
    raise ValueError(
        f"{url!r} is none of serial:///dev/..., tcp://host:port, hid://VID:PID[/SERIAL], evdev:///dev/input/..."
    )


def transport_for(url: str) -> Transport:
    """A closed transport for the address. ValueError if it is none of ours or a line setting makes no sense."""
    wrapper = _wrapper.get()
    return _plain(url) if wrapper is None else wrapper(_plain(url))


def _plain(url: str) -> Transport:
    key_for(url)
    parts = urlsplit(url)
    if parts.scheme == "tcp":
        assert parts.hostname is not None
        assert parts.port is not None
        return TcpTransport(parts.hostname, parts.port)
    if parts.scheme == "evdev":
        return EvdevTransport(unquote(parts.path))
    if parts.scheme == "usblp":
        return UsblpTransport(parts.path)
    if parts.scheme == "winspool":
        return WinspoolTransport(_spool_name(parts.netloc, parts.path))
    if parts.scheme == "ipp":
        raise ValueError(f"{url!r} is a printer (?dialect=ipp), not a line")
    if parts.scheme == "hid":
        return HidTransport(_hid_address(parts.netloc, unquote(parts.path)))
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    settings = LineSettings(
        baud=int(query.get("baud", "9600")),
        bits=int(query.get("bits", "8")),
        parity=query.get("parity", "N").upper(),
        stop=float(query.get("stop", "1")),
    )
    return SerialTransport(_port_name(parts.netloc, parts.path), settings)


def option(url: str, name: str, default: str) -> str:
    """Value of one `?name=` of an address; of several the last."""
    return parse_qs(urlsplit(url).query).get(name, [default])[-1]


def _port_name(netloc: str, path: str) -> str:
    # serial:///COM3 on Windows, serial:///dev/ttyUSB0 elsewhere.
    name = netloc + path
    return name.lstrip("/") if name.lstrip("/").upper().startswith("COM") else name


def _hid_address(netloc: str, path: str) -> HidAddress:
    if not netloc and path.strip("/"):
        # A node: /dev/hidraw5 here, \\\\?\\hid#... on Windows.
        return HidAddress(path=path if path.startswith("/dev/") else path.lstrip("/"))
    ids = netloc.split(":")
    if len(ids) != 2 or not all(re.fullmatch("[0-9A-Fa-f]{1,4}", word) for word in ids):
        raise ValueError(f"vendor and product must be two hex numbers but are {netloc!r}")
    return HidAddress(vendor=int(ids[0], 16), product=int(ids[1], 16), serial=path.strip("/"))


def _spool_name(netloc: str, path: str) -> str:
    # winspool://Dock%203, or winspool:////server/Dock%203 for a shared printer, whose name begins with two backslashes.
    name = unquote(netloc + path)
    return (
        name.lstrip("/")
        if netloc
        else name.lstrip("/")
        if not path.startswith("//")
        else "\\\\" + name.strip("/").replace("/", "\\")
    )
