"""What a scanner sends for a symbol, and back: AIM identifier and data on one side, symbology and message with `^` for FNC1 on the other.

Follows GS1's own engine to the letter; used by the conformance run and the simulated scanners. The client reads scans with `scan.parse`.
"""

from __future__ import annotations

import re

from devices.codecs import gtin
from devices.codecs.gs1.elements import GS, ends_itself, refuse_long, split_caret, split_strictly
from devices.codecs.gs1.faults import Gs1Error

_COMPOSITE = "|]e0"
_AIM_LENGTH = 3
_ESCAPES = re.compile(r"\\*\^")

# Symbologies for data without a GS1 meaning, and with one: (plain, GS1) AIM identifiers.
_TWO_WAY = {"QR": ("]Q1", "]Q3"), "DM": ("]d1", "]d2"), "DotCode": ("]J0", "]J1")}
_PLAIN = {plain: name for name, (plain, _) in _TWO_WAY.items()}
_MESSAGES = {gs1: name for name, (_, gs1) in _TWO_WAY.items()} | {"]e0": "DataBarExpanded", "]C1": "GS1_128_CCA"}

# Retail symbols: digits in the symbol with check digit, AIM identifier, digits that the scanner sends.
_RETAIL = {"EAN13": (13, "]E0", 13), "UPCA": (12, "]E0", 13), "UPCE": (12, "]E0", 13), "EAN8": (8, "]E4", 8)}
_GTIN_14 = ("DataBarOmni", "DataBarTruncated", "DataBarStacked", "DataBarStackedOmni", "DataBarLimited")
_LINEAR_GS1 = ("DataBarExpanded", "GS1_128_CCA", "GS1_128_CCC")


def process(text: str) -> tuple[str, str]:
    """Symbology and message of scanned `text`, AIM identifier in front. Gs1Error if there is none, or the data breaks a GS1 rule.

    Data that is no GS1 message and begins with `^` gets a backslash in front, so that the two cannot be mixed up.
    """
    refuse_long(text)
    aim, data = text[:_AIM_LENGTH], text[_AIM_LENGTH:]
    if aim in _PLAIN:
        return _PLAIN[aim], "\\" + data if _ESCAPES.match(data) else data
    if aim in _MESSAGES:
        return _MESSAGES[aim], _caret_of(data)
    if aim in ("]E0", "]E4"):
        primary, bar, composite = data.partition(_COMPOSITE)
        name = "EAN13" if aim == "]E0" else "EAN8"
        if len(primary) != _RETAIL[name][0] or not gtin.has_valid_check_digit(primary):
            raise Gs1Error("not a product number")
        return name, primary + ("|" + _caret_of(composite) if bar else "")
    raise Gs1Error("no symbology identifier that is known")


def _caret_of(data: str) -> str:
    if "^" in data:
        raise Gs1Error("^ in a GS1 message")
    split_strictly(data)
    return "^" + data.replace(GS, "^")


def generate(symbology: str, message: str) -> str:
    """What a scanner sends for this message in this symbology. Gs1Error if the symbology cannot carry it, or a GS1 rule is broken."""
    refuse_long(message)
    if symbology in _TWO_WAY:
        plain, gs1 = _TWO_WAY[symbology]
        if message.startswith("^"):
            return gs1 + _sent(message)
        return plain + (message[1:] if message.startswith("\\") and _ESCAPES.match(message) else message)
    linear, bar, composite = message.partition("|")
    if symbology in _RETAIL:
        return _retail(symbology, linear) + (_COMPOSITE + _sent(composite) if bar else "")
    if symbology in _GTIN_14:
        return "]e0" + _joined("^01" + _gtin_in(linear, 14, symbology), composite if bar else None)
    if symbology in _LINEAR_GS1:
        aim = "]C1" if symbology.startswith("GS1_128") and not bar else "]e0"
        return aim + _joined(linear, composite if bar else None)
    raise Gs1Error("not a symbology that is known")


def _sent(message: str) -> str:
    """A message as it is sent: FNC1 in front left out, the others as GS; a last one stays if there is one."""
    split_caret(message)
    return message[1:].replace("^", GS)


def _joined(linear: str, composite: str | None) -> str:
    """Linear and composite part of a symbol are sent as one message."""
    if composite is None:
        return _sent(linear)
    elements = split_caret(linear)
    identifier, value = elements[-1]
    separator = "" if linear.endswith("^") or ends_itself(identifier + value) else GS
    return _sent(linear) + separator + _sent(composite)


def _retail(symbology: str, linear: str) -> str:
    size, aim, sent = _RETAIL[symbology]
    code = _gtin_in(linear, size, symbology)
    if symbology == "UPCE" and gtin.compress_upc_a(code) is None:
        raise Gs1Error("cannot be written as UPC-E")
    return aim + code.zfill(sent)


def _gtin_in(linear: str, size: int, symbology: str) -> str:
    """The product number of `size` digits; alone, with or without check digit, or as (01) filled up with zeros."""
    code = linear
    if linear.startswith("^"):
        elements = split_caret(linear)
        if [identifier for identifier, _ in elements] != ["01"]:
            raise Gs1Error("only a GTIN fits")
        code = elements[0][1]
        if code[: 14 - size].strip("0"):
            raise Gs1Error(f"the GTIN has more than {size} digits")
        code = code[14 - size :]
    if gtin.is_digits(code) and len(code) == size - 1:
        code += gtin.check_digit(code)
    if len(code) != size or not gtin.has_valid_check_digit(code):
        raise Gs1Error(f"not a product number of {size} digits")
    # DataBar Limited has no room for more (General Specifications 5.5.2.3.2).
    if symbology == "DataBarLimited" and code[0] not in "01":
        raise Gs1Error("DataBar Limited begins with 0 or 1")
    return code
