"""How serial scanners of known makes are set when they come out of the box; every setting can be overruled in the address.

Read by `devices.drivers.scanners`, offered by the set-up screen. Speeds and suffixes vary within a make: they are starting points.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit


@dataclass(frozen=True, slots=True)
class SerialPreset:
    """Settings as they stand in an address: line, framing, feedback."""

    name: str
    options: Mapping[str, str]


def _preset(name: str, **options: str) -> SerialPreset:
    return SerialPreset(name, MappingProxyType(options))


PRESETS = {
    "generic": _preset("Any scanner", baud="9600", prefix="stx", suffix="any", feedback="none"),
    "honeywell": _preset("Honeywell Xenon, Hyperion 1300g, 3310g", baud="115200", suffix="cr", feedback="ack"),
    "metrologic": _preset("Honeywell MS9540, MS9520", baud="9600", bits="7", parity="S", stop="2", feedback="ack"),
    "datalogic": _preset("Datalogic Gryphon, QuickScan, PowerScan", baud="9600", suffix="crlf", feedback="datalogic"),
    "zebra": _preset("Zebra LS, LI, DS without SSI", baud="9600", suffix="cr", feedback="bel"),
    "newland": _preset("Newland HR, FM", baud="9600", suffix="crlf", feedback="none"),
    "stx-etx": _preset("Any scanner framed by STX and ETX", prefix="stx", suffix="etx", feedback="none"),
    "no-suffix": _preset("Any scanner without a suffix", suffix="none", feedback="none"),
}
"""By the name that stands in the address (`?preset=honeywell`)."""


def with_preset(url: str) -> str:
    """The address with the settings of its `?preset=` written out; what it says itself stays. ValueError for an unknown preset."""
    parts = urlsplit(url)
    said = dict(parse_qsl(parts.query))
    name = said.get("preset")
    if name is None:
        return url
    if name not in PRESETS:
        raise ValueError(f"preset must be one of {', '.join(PRESETS)} but is {name!r}")
    return urlunsplit(parts._replace(query=urlencode({**PRESETS[name].options, **said})))
