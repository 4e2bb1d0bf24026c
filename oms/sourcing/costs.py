"""What it costs to send from a site: parcel, way, labour, how busy the site is, and how rare the goods are there. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from math import asin, cos, radians, sin, sqrt
from typing import Any, Final, Self

from oms.shipping.carriers.port import Address, Box
from oms.shipping.carriers.tables import Table, quote

_EARTH_KM: Final = 6371.0
#: What items of unknown weight are taken for.
USUAL_G: Final = 500


@dataclass(frozen=True, slots=True)
class Weights:
    """What counts how much. The first three are prices where a site has no rate table that knows the destination; `freight` and `labour`
    multiply real prices, `capacity` is added for a parcel from a site that is full (less, the emptier it is), `scarcity` multiplies what
    rare goods are worth to later orders. `wait` is the price of letting the customer wait for one unit, `wait_parcel` that of the
    parcel it then comes in."""

    parcel: float = 6.0
    unit: float = 0.3
    unit_km: float = 0.0003
    freight: float = 1.0
    labour: float = 1.0
    capacity: float = 2.0
    scarcity: float = 1.0
    wait: float = 25.0
    wait_parcel: float = 6.0

    @classmethod
    def of(cls, words: Mapping[str, Any]) -> Self:
        """From a rule; what it does not say, or says in no number, is as usual."""
        known = {one.name for one in fields(cls)}
        good = {key: float(value) for key, value in words.items() if key in known and isinstance(value, int | float)}
        return cls(**{key: value for key, value in good.items() if 0 <= value < 1e9})


@dataclass(frozen=True, slots=True)
class Labour:
    """What people cost at a site: of an order, a line, a unit; and the share of its day that is taken (0 to 1, None: no limit)."""

    order: float = 0.0
    line: float = 0.0
    unit: float = 0.0
    load: float | None = None


@dataclass(frozen=True, slots=True)
class Priced:
    """One site's cost of the parcel, and of one unit of each item."""

    ship: float
    unit: tuple[float, ...]


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Between two places in degrees, as the crow flies."""
    lat, lon, lat2, lon2 = (radians(value) for value in (*one, *other))
    part = sin((lat2 - lat) / 2) ** 2 + cos(lat) * cos(lat2) * sin((lon2 - lon) / 2) ** 2
    return 2 * _EARTH_KM * asin(sqrt(min(1.0, part)))


def price_site(
    weights: Weights, labour: Labour, km: float, freight: tuple[float, float] | None, items: Sequence[tuple[int, int]]
) -> Priced:
    """`items` are (units, grams of one); `freight` is what tables say: of the parcel, and of each gram more; None without a table."""
    base = weights.parcel if freight is None else weights.freight * freight[0]
    busy = weights.capacity * (labour.load or 0.0) ** 2
    unit = []
    for qty, grams in items:
        way = weights.unit + weights.unit_km * km if freight is None else weights.freight * freight[1] * grams
        unit.append(way + weights.labour * (labour.unit + labour.line / max(1, qty)))
    return Priced(base + weights.labour * labour.order + busy, tuple(unit))


def freight_of(
    tables: Sequence[Table], to: Address, grams: int, least: int, now: datetime
) -> tuple[float, float] | None:
    """(the least price of a parcel with only the lightest unit, each gram more up to the whole), None where no table has a price."""
    light, whole = (_cheapest(tables, to, weight, now) for weight in (least, grams))
    if light is None:
        return None
    if whole is None or grams <= least:
        return light, 0.0
    return light, max(0.0, (whole - light) / (grams - least))


def _cheapest(tables: Sequence[Table], to: Address, grams: int, now: datetime) -> float | None:
    said = [quote(table, to, Box(grams=max(1, grams)), now).price for table in tables]
    return min((float(price) for price in said if price is not None), default=None)
