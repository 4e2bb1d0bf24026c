"""What a scanned text says: `parse(text, symbology)` finds GTIN, SSCC, lot, serial, dates, count, weight and price in it.

Called by the client's scan resolver through the bootstrap.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum, unique

from devices.codecs import aim, gtin
from devices.codecs.gs1 import envelope
from devices.codecs.gs1.associations import repeats
from devices.codecs.gs1.dates import day_of
from devices.codecs.gs1.digital_link import Permits, is_web_address, link_elements
from devices.codecs.gs1.elements import LONGEST, split_message
from devices.codecs.gs1.faults import Gs1Error
from devices.codecs.gs1.identifiers import Element, lengths
from devices.codecs.gs1.lost_separator import has_swallowed
from devices.codecs.gs1.restricted import RestrictedRule
from devices.codecs.gs1.separators import AS_SENT, GS, Separators

_DATES = frozenset({"11", "12", "13", "15", "16", "17"})

# Grams in one: kilogram, avoirdupois pound and troy ounce are exact.
_KG, _LB, _TROY_OUNCE = Decimal(1000), Decimal("453.59237"), Decimal("31.1034768")
_NET_WEIGHTS = {"310": _KG, "320": _LB, "356": _TROY_OUNCE}
_GROSS_WEIGHTS = {"330": _KG, "340": _LB}

# What people print on products are links of every age of the standard; a GTIN is checked whatever its length.
_LINKS = Permits(short_gtins=True, names=True)


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
    """What one scan says. `elements` are (identifier, value) pairs in the order of the code: application identifiers, or the data
    identifiers of an envelope. Numbers stay text; `gtin` is always 14 digits. `item` is a number that is no GTIN: a part number, or a
    restricted number without its variable digits. `separator_lost`: a separator is missing, lot and serial may have run into what followed
    them. `price` is in `currency` (ISO 4217 numeric), the shop's own if None.
    """

    kind: ScanKind
    text: str
    symbology: str | None = None
    elements: tuple[Element, ...] = ()
    gtin: str | None = None
    content_gtin: str | None = None
    sscc: str | None = None
    item: str | None = None
    lot: str | None = None
    serial: str | None = None
    produced: dt.date | None = None
    best_before: dt.date | None = None
    expiry: dt.date | None = None
    count: int | None = None
    net_weight_g: Decimal | None = None
    gross_weight_g: Decimal | None = None
    price: Decimal | None = None
    currency: str | None = None
    separator_lost: bool = False
    restricted: bool = False
    error: str = ""

    def get(self, identifier: str) -> str | None:
        """Value of the first element with this identifier."""
        return next((value for found, value in self.elements if found == identifier), None)


@dataclass(frozen=True, slots=True)
class Reading:
    """How scans are read here: the forms of separators, and the country's rules for restricted numbers (none unless configured)."""

    separators: Separators = AS_SENT
    restricted: tuple[RestrictedRule, ...] = ()


DEFAULT = Reading()


def parse(
    text: str, symbology: str | None = None, today: dt.date | None = None, reading: Reading = DEFAULT
) -> ParsedScan:
    """Content of a scan. Never raises: a code that claims GS1 and breaks its rules comes back OPAQUE with `error`.

    `symbology` is the AIM identifier; without one (None) the content decides. `today` (default: the system's date) gives dates a century.
    """
    if len(text) > LONGEST:
        return ParsedScan(ScanKind.OPAQUE, text, symbology, error=f"longer than {LONGEST} characters")
    if symbology is None:
        symbology, text = aim.split(text)
    day = today or dt.datetime.now(tz=dt.UTC).date()
    if text.startswith(envelope.HEADER) and symbology not in aim.GS1_SYNTAX:
        return _envelope(text, symbology, day, reading)
    if symbology in aim.GS1_SYNTAX:
        return _claimed(text, symbology, day, reading)
    if is_web_address(text) and (symbology is None or symbology in aim.MAY_HOLD_LINK):
        return _link(text, symbology, day, reading)
    found = _bare_number(text, symbology, reading) or _composite(text, symbology, day, reading)
    found = found or _guess(text, symbology, day, reading)
    return found or ParsedScan(ScanKind.OPAQUE, text, symbology)


def _guess(text: str, symbology: str | None, day: dt.date, reading: Reading) -> ParsedScan | None:
    """Plain text may begin like an AI; without the symbology's word only a flawless message that names a thing counts."""
    message = reading.separators.in_message(text).removeprefix(GS)
    if symbology is not None or message[:2] not in lengths():
        return None
    guess = _claimed(text, None, day, reading)
    named = guess.gtin or guess.sscc or guess.content_gtin
    return guess if named and not guess.error and not guess.separator_lost else None


def _bare_number(text: str, symbology: str | None, reading: Reading) -> ParsedScan | None:
    if symbology is not None and symbology not in aim.RETAIL | aim.INTERLEAVED:
        return None
    if symbology == "]E3":
        text = text[:13]
    if symbology in (None, "]I1") and gtin.is_sscc(text):
        return ParsedScan(ScanKind.SSCC, text, symbology, sscc=text)
    code = _product_number(text, symbology)
    return _with_gtin(ParsedScan(ScanKind.GTIN, text, symbology), code, reading) if code else None


def _composite(text: str, symbology: str | None, day: dt.date, reading: Reading) -> ParsedScan | None:
    """A retail symbol with a two-dimensional part above it, sent together: number, perhaps a bar, `]e0` and element strings."""
    linear, mark, message = text.partition("]e0")
    if not mark or (symbology is not None and symbology not in aim.RETAIL):
        return None
    code = _product_number(linear.removesuffix("|"), symbology)
    if code is None:
        return None
    try:
        elements, lost = split_message(reading.separators.in_message(message))
        both = (("01", code), *elements)
        return _understand(
            ParsedScan(ScanKind.ELEMENT_STRING, text, symbology, both, separator_lost=lost), day, reading
        )
    except Gs1Error as trouble:
        return ParsedScan(ScanKind.OPAQUE, text, symbology, error=str(trouble))


def _product_number(text: str, symbology: str | None) -> str | None:
    """GTIN-14 of a bare number, seen through what the symbology says about its length."""
    if symbology == "]E4":
        return text.zfill(14) if len(text) == 8 and gtin.has_valid_check_digit(text) else None
    if symbology == "]E0" and len(text) == 8:
        # EAN-8 has an identifier of its own, so this is a UPC-E sent as it is printed.
        upc_a = gtin.expand_upc_e(text)
        return upc_a.zfill(14) if upc_a else None
    if symbology == "]I3" and len(text) == 13 and gtin.is_digits(text):
        # The check digit was verified by the scanner and not sent.
        text += gtin.check_digit(text)
    return gtin.to_gtin14(text) if symbology not in aim.INTERLEAVED or len(text) == 14 else None


def _with_gtin(scan: ParsedScan, code: str | None, reading: Reading) -> ParsedScan:
    """The scan with its product number, and with what a restricted one says by the rules here."""
    if code is None or not gtin.is_restricted(code):
        return replace(scan, gtin=code)
    inside = next((found for rule in reading.restricted if (found := rule.read(code))), None)
    scan = replace(scan, gtin=code, restricted=True)
    if inside is None:
        return scan
    return replace(
        scan,
        item=inside.item,
        net_weight_g=scan.net_weight_g if inside.weight_g is None else inside.weight_g,
        price=scan.price if inside.price is None else inside.price,
        count=scan.count if inside.count is None else inside.count,
    )


def _claimed(text: str, symbology: str | None, day: dt.date, reading: Reading) -> ParsedScan:
    try:
        elements, lost = split_message(reading.separators.in_message(text))
        lost = lost or has_swallowed(elements)
        scan = ParsedScan(ScanKind.ELEMENT_STRING, text, symbology, tuple(elements), separator_lost=lost)
        return _understand(scan, day, reading)
    except Gs1Error as trouble:
        return ParsedScan(ScanKind.OPAQUE, text, symbology, error=str(trouble))


def _link(text: str, symbology: str | None, day: dt.date, reading: Reading) -> ParsedScan:
    """A GS1 Digital Link, or OPAQUE for any other web address."""
    try:
        elements = tuple(link_elements(text, _LINKS))
        return _understand(ParsedScan(ScanKind.DIGITAL_LINK, text, symbology, elements), day, reading)
    except Gs1Error as trouble:
        return ParsedScan(ScanKind.OPAQUE, text, symbology, error=str(trouble))


def _envelope(text: str, symbology: str | None, day: dt.date, reading: Reading) -> ParsedScan:
    scan = ParsedScan(ScanKind.ENVELOPE, text, symbology)
    try:
        found = envelope.read_envelope(reading.separators.in_envelope(text))
        scan = replace(scan, elements=found.fields, separator_lost=found.separator_lost)
        scan = _understand(scan, day, reading)
    except Gs1Error as trouble:
        return ParsedScan(ScanKind.ENVELOPE, text, symbology, error=str(trouble))
    number = found.first(envelope.GTIN)
    plate = (found.first(envelope.PLATE) or "").removeprefix("00")
    return replace(
        scan,
        gtin=scan.gtin or (gtin.to_gtin14(number) if number else None),
        sscc=scan.sscc or (plate if gtin.is_sscc(plate) else None),
        item=scan.item or found.first(envelope.ITEM),
        lot=scan.lot or found.first(envelope.LOT),
        serial=scan.serial or found.first(envelope.SERIAL),
        count=found.count if scan.count is None else scan.count,
        expiry=scan.expiry or found.expiry,
    )


def _understand(scan: ParsedScan, day: dt.date, reading: Reading) -> ParsedScan:
    trouble = next(repeats(scan.elements), None)
    if trouble and scan.kind is not ScanKind.ENVELOPE:
        raise Gs1Error(trouble)
    values = dict(reversed(scan.elements))
    dates = {identifier: day_of(value, day) for identifier, value in values.items() if identifier in _DATES}
    count = values.get("37") or values.get("30")
    price, currency = _price(values)
    known = replace(
        scan,
        content_gtin=values.get("02"),
        sscc=values.get("00"),
        lot=values.get("10"),
        serial=values.get("21"),
        produced=dates.get("11"),
        best_before=dates.get("15"),
        expiry=dates.get("17") or (day_of(values["7003"], day) if "7003" in values else None),
        count=int(count) if count else None,
        net_weight_g=_weight(values, _NET_WEIGHTS),
        gross_weight_g=_weight(values, _GROSS_WEIGHTS),
        price=price,
        currency=currency,
    )
    return _with_gtin(known, values.get("01"), reading)


def _weight(values: dict[str, str], units: dict[str, Decimal]) -> Decimal | None:
    """Grams; the last digit of such an identifier is the number of decimals."""
    for identifier, value in values.items():
        unit = units.get(identifier[:3]) if len(identifier) == 4 else None
        if unit is not None:
            return Decimal(value).scaleb(-int(identifier[3])) * unit
    return None


def _price(values: dict[str, str]) -> tuple[Decimal | None, str | None]:
    """(392n) price, (393n) price with its currency in front; n is the number of decimals."""
    for identifier, value in values.items():
        if len(identifier) == 4 and identifier[:3] in ("392", "393"):
            currency = value[:3] if identifier[2] == "3" else None
            return Decimal(value[3:] if currency else value).scaleb(-int(identifier[3])), currency
    return None, None
