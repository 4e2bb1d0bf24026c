"""What a scanned text says: `parse(text, symbology)` finds GTIN, SSCC, lot, serial, expiry and count in it.

Called by the client's scan resolver through the bootstrap.
"""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum, unique

from devices.codecs import aim, gtin
from devices.codecs.digital_link import is_web_address, link_elements
from devices.codecs.element_strings import GS, PREDEFINED, Gs1Error, numbers_right, split_message

# ISO/IEC 15434 message header: "[)>" RS.
ENVELOPE = "[)>\x1e"

_DATES = {"11", "12", "13", "15", "16", "17"}


@unique
class ScanKind(StrEnum):
    """What sort of content a scan has."""

    GTIN = "gtin"
    SSCC = "sscc"
    ELEMENT_STRING = "gs1"
    DIGITAL_LINK = "digital-link"
    ENVELOPE = "iso15434"
    OPAQUE = "opaque"


@dataclass(frozen=True, slots=True)
class ParsedScan:
    """What one scan says. `elements` are (AI, value) pairs in the order of the code; numbers stay text, `gtin` is always 14 digits."""

    kind: ScanKind
    text: str
    symbology: str | None = None
    elements: tuple[tuple[str, str], ...] = ()
    gtin: str | None = None
    content_gtin: str | None = None
    sscc: str | None = None
    lot: str | None = None
    serial: str | None = None
    expiry: dt.date | None = None
    best_before: dt.date | None = None
    count: int | None = None
    net_weight_g: Decimal | None = None
    separator_lost: bool = False
    restricted: bool = False
    error: str = ""

    def get(self, identifier: str) -> str | None:
        """Value of the first element with this application identifier."""
        return next((value for found, value in self.elements if found == identifier), None)


def parse(text: str, symbology: str | None = None, today: dt.date | None = None) -> ParsedScan:
    """Content of a scan. Never raises: a code that claims GS1 and breaks its rules comes back OPAQUE with `error`.

    `symbology` is the AIM identifier; without one (None) the content decides. `today` (default: the system's date) gives dates a century.
    """
    if symbology is None:
        symbology, text = aim.split(text)
    today = today or dt.datetime.now(tz=dt.UTC).date()
    if symbology in aim.GS1_SYNTAX:
        return _claimed(text, symbology, today)
    if is_web_address(text) and (symbology is None or symbology in aim.MAY_HOLD_LINK):
        return _link(text, symbology, today)
    if text.startswith(ENVELOPE):
        return ParsedScan(ScanKind.ENVELOPE, text, symbology)
    number = _bare_number(text, symbology)
    if number is not None:
        return number
    if symbology is None and (text.startswith(GS) or text[:2] in PREDEFINED | {"10", "21", "30", "37"}):
        guess = _claimed(text, None, today)
        # Plain text may begin like an AI; without the symbology's word only a flawless message that names a thing counts.
        if not guess.error and not guess.separator_lost and (guess.gtin or guess.sscc or guess.content_gtin):
            return guess
    return ParsedScan(ScanKind.OPAQUE, text, symbology)


def _bare_number(text: str, symbology: str | None) -> ParsedScan | None:
    if symbology is not None and symbology not in aim.RETAIL | aim.INTERLEAVED:
        return None
    if symbology == "]E3":
        text = text[:13]
    if symbology in (None, "]I1") and gtin.is_sscc(text):
        return ParsedScan(ScanKind.SSCC, text, symbology, sscc=text)
    code = text.zfill(14) if symbology == "]E4" and gtin.has_valid_check_digit(text) else gtin.to_gtin14(text)
    if code is None or (symbology in aim.INTERLEAVED and len(text) != 14):
        return None
    return ParsedScan(ScanKind.GTIN, text, symbology, gtin=code, restricted=gtin.is_restricted(code))


def _claimed(text: str, symbology: str | None, today: dt.date) -> ParsedScan:
    try:
        elements, lost = split_message(text)
        scan = _understand(
            ParsedScan(ScanKind.ELEMENT_STRING, text, symbology, tuple(elements), separator_lost=lost), today
        )
    except Gs1Error as trouble:
        return ParsedScan(ScanKind.OPAQUE, text, symbology, error=str(trouble))
    return scan


def _link(text: str, symbology: str | None, today: dt.date) -> ParsedScan:
    """A GS1 Digital Link, or OPAQUE for any other web address."""
    try:
        return _understand(ParsedScan(ScanKind.DIGITAL_LINK, text, symbology, tuple(link_elements(text))), today)
    except ValueError as trouble:
        return ParsedScan(ScanKind.OPAQUE, text, symbology, error=str(trouble))


def _understand(scan: ParsedScan, today: dt.date) -> ParsedScan:
    values: dict[str, str] = {}
    for identifier, value in scan.elements:
        if values.setdefault(identifier, value) != value:
            raise Gs1Error(f"({identifier}) twice with different values")
        if not numbers_right((identifier, value)):
            raise Gs1Error(f"({identifier}) has a wrong check digit")
    dates = {identifier: _date(value, today) for identifier, value in values.items() if identifier in _DATES}
    count = values.get("37") or values.get("30")
    code = values.get("01")
    return replace(
        scan,
        gtin=code,
        content_gtin=values.get("02"),
        sscc=values.get("00"),
        lot=values.get("10"),
        serial=values.get("21"),
        expiry=dates.get("17"),
        best_before=dates.get("15"),
        count=int(count) if count else None,
        net_weight_g=_net_weight(values),
        restricted=code is not None and gtin.is_restricted(code),
    )


def _net_weight(values: dict[str, str]) -> Decimal | None:
    # (310n): net weight in kilograms with n decimals.
    for identifier, value in values.items():
        if identifier.startswith("310"):
            return Decimal(value).scaleb(3 - int(identifier[3]))
    return None


def _date(digits: str, today: dt.date) -> dt.date:
    year = _century(int(digits[:2]), today.year)
    month, day = int(digits[2:4]), int(digits[4:6])
    if not 1 <= month <= 12:
        raise Gs1Error(f"month {month} in {digits}")
    # DD = 00 means the last day of the month.
    last = calendar.monthrange(year, month)[1]
    if day > last:
        raise Gs1Error(f"day {day} in {digits}")
    return dt.date(year, month, day or last)


def _century(two_digits: int, this_year: int) -> int:
    """Four-digit year by GS1's sliding window (General Specifications 7.12): at most 49 years back and 50 ahead."""
    century = this_year - this_year % 100
    distance = two_digits - this_year % 100
    if distance >= 51:
        return century - 100 + two_digits
    if distance <= -50:
        return century + 100 + two_digits
    return century + two_digits
