"""ISO/IEC 15434 messages, `[)>` RS format ... RS EOT: several formats in one symbol, of which 05 (GS1) and 06 (ANSI MH10.8.2) are read.

Used by `scan`.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from devices.codecs.gs1.elements import refuse_long, split_message
from devices.codecs.gs1.faults import Gs1Error
from devices.codecs.gs1.identifiers import Element
from devices.codecs.gs1.separators import EOT, GS, RS

HEADER = "[)>"
_DATA_IDENTIFIER = re.compile(r"(\d{0,3}[A-Z])(.*)", re.DOTALL)
_FORMAT = re.compile(r"\d\d")
_COUNT = re.compile(r"[0-9]{1,9}(?:\.0+)?")

# Data identifiers by what they say (ANSI MH10.8.2); the first one present counts.
ITEM = ("P", "1P", "30P", "25P", "2P")
GTIN = ("8P", "01")
LOT = ("1T", "T", "25T", "30T")
SERIAL = ("S", "1S", "25S")
COUNT = ("Q",)
EXPIRY = ("14D",)
PLATE = ("J", "1J", "2J", "3J", "4J", "5J", "6J")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands in a message: all fields as (identifier, value), data identifiers of format 06 and application identifiers of 05.

    `formats` names every format that occurs, also those not read.
    """

    formats: tuple[str, ...]
    fields: tuple[Element, ...]
    separator_lost: bool = False

    def first(self, identifiers: tuple[str, ...]) -> str | None:
        """Value of the first of these identifiers that is there."""
        values = dict(reversed(self.fields))
        return next((values[identifier] for identifier in identifiers if identifier in values), None)

    @property
    def count(self) -> int | None:
        """Quantity if it is a whole number, without a unit."""
        text = self.first(COUNT)
        return int(text.partition(".")[0]) if text and _COUNT.fullmatch(text) else None

    @property
    def expiry(self) -> dt.date | None:
        """Expiry date (14D, YYYYMMDD), or None also when it is no date."""
        text = self.first(EXPIRY) or ""
        try:
            return dt.datetime.strptime(text, "%Y%m%d").date() if re.fullmatch("[0-9]{8}", text) else None  # noqa: DTZ007
        except ValueError:
            return None


def read_envelope(text: str) -> Envelope:
    """The message in `text`, separators as RS, GS and EOT. Gs1Error if it is not built as the standard says."""
    refuse_long(text)
    # Many printers leave out the trailer; without it the last format just ends.
    body = text.removeprefix(HEADER).removeprefix(RS).removesuffix(EOT).removesuffix(RS)
    formats: list[str] = []
    fields: list[Element] = []
    lost = False
    for part in body.split(RS):
        indicator, data = part[:2], part[2:].removeprefix(GS)
        if not _FORMAT.fullmatch(indicator):
            raise Gs1Error(f"no format indicator: {indicator!r}")
        formats.append(indicator)
        if indicator == "05":
            elements, elements_lost = split_message(data)
            fields += elements
            lost = lost or elements_lost
        elif indicator == "06":
            fields += [_field(piece) for piece in data.split(GS) if piece]
    return Envelope(tuple(formats), tuple(fields), lost)


def _field(piece: str) -> Element:
    found = _DATA_IDENTIFIER.fullmatch(piece)
    if not found:
        raise Gs1Error(f"no data identifier in {piece[:20]!r}")
    return found[1], found[2]
