"""Which driver serves which kind of scale: a plain table, read by `devices.registry`. A new dialect is a new line here."""

from __future__ import annotations

from devices.drivers.base import Clock, ScaleDriver
from devices.drivers.scale_sics import SicsScaleDriver
from devices.transports.urls import transport_for


def mt_sics(url: str, clock: Clock) -> ScaleDriver:
    """MT-SICS by polling."""
    return SicsScaleDriver(transport_for(url), clock)


SCALES = {"mt-sics": mt_sics}
