"""Which tax a line has: by what it is and where it goes, or none where the buyer pays it (reverse charge in the EU). Pricing calls it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from stdnum.eu import vat

from oms.money.currencies import ZERO
from oms.money.tables import SHIPPING, Tables

_EU: Final = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905 - read as a list
)
_GREECE: Final = "EL"


def in_eu(country: str) -> bool:
    """Whether its tax is that of the European Union."""
    return country in _EU


def vat_number(text: str) -> str | None:
    """A VAT number of the EU without blanks, checked by its check digits (nobody is asked whether it is in use); None when it is none."""
    try:
        plain: str = vat.compact(text)
        valid: bool = vat.is_valid(plain)
    except Exception:
        return None
    return plain if valid else None


def _country_of(number: str) -> str:
    return "GR" if number[:2] == _GREECE else number[:2]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is sold to, by whom, and who buys."""

    country: str
    region: str
    day: date
    seller: str = ""
    #: Checked; '' none.
    vat: str = ""

    @property
    def reverse_charge(self) -> bool:
        """From one country of the EU to a business with a VAT number of another one, to which it is sent."""
        crossing = in_eu(self.seller) and in_eu(self.country) and self.seller != self.country
        return crossing and bool(self.vat) and _country_of(self.vat) != self.seller


def line_rate(tables: Tables, place: Place, sku: str, categories: Mapping[str, str]) -> Decimal | None:
    """The share of tax on an item; 0 where the buyer pays it and outside of where rates were told; None: it should be known, and is not."""
    if place.reverse_charge:
        return ZERO
    rate = tables.tax_rate(place.country, place.region, categories.get(sku, "standard"), place.day)
    if rate is None and not (tables.keeps_taxes and in_eu(place.country)):
        return ZERO
    return rate


def shipping_rate(tables: Tables, place: Place, worth: Mapping[Decimal, Decimal]) -> Decimal:
    """The share of tax on sending: the country's own for `shipping`, else that of the rate on which most of the goods' money is (the higher
    of two alike). `worth` is rate -> money."""
    told = ZERO if place.reverse_charge else tables.tax_rate(place.country, place.region, SHIPPING, place.day)
    if told is not None:
        return told
    return max(worth, key=lambda rate: (worth[rate], rate), default=ZERO)
