"""Which driver serves which kind of scale: a plain table, read by `devices.registry`. A new dialect is a line in `codecs.scales.dialects`.

An address may say, besides the transport's own settings: `unit=` (where frames name none), `division=` (in that unit), `poll=` (seconds).
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import partial
from urllib.parse import urlsplit

from devices.codecs.scales.dialect import Dialect
from devices.codecs.scales.dialects import DIALECTS
from devices.drivers.base import Clock, ScaleDriver
from devices.drivers.scale_dialect import POLL_S, DialectScaleDriver, ScaleSettings
from devices.model import GRAMS_PER
from devices.transports.urls import option, transport_for


def settings_for(url: str) -> ScaleSettings:
    """What the address says about the scale itself. ValueError when it makes no sense."""
    unit = option(url, "unit", "")
    if unit and unit not in GRAMS_PER:
        raise ValueError(f"unit must be one of {', '.join(GRAMS_PER)} but is {unit!r}")
    try:
        division = Decimal(option(url, "division", "0"))
        poll = float(option(url, "poll", str(POLL_S)))
        sound = 0 <= division < 1_000_000 and 0.02 <= poll <= 60
    except (InvalidOperation, ValueError) as bad:
        raise ValueError("division and poll must be numbers") from bad
    if not sound:
        raise ValueError("division must be 0..1000000 and poll 0.02..60 seconds")
    return ScaleSettings(unit, division or None, poll)


def with_line(url: str, dialect: Dialect) -> str:
    """The address with the dialect's usual line, if it is a serial one that says nothing about speed and framing."""
    if urlsplit(url).scheme != "serial" or any(option(url, name, "") for name in ("baud", "bits", "parity")):
        return url
    line = dialect.line
    return f"{url}{'&' if '?' in url else '?'}baud={line.baud}&bits={line.bits}&parity={line.parity}"


def _scale(dialect: Dialect, url: str, clock: Clock) -> ScaleDriver:
    return DialectScaleDriver(transport_for(with_line(url, dialect)), clock, dialect, settings_for(url))


SCALES: dict[str, Callable[[str, Clock], ScaleDriver]] = {
    name: partial(_scale, dialect) for name, dialect in DIALECTS.items()
}
