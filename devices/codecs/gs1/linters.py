"""GS1's content rules for the pieces of a value ("linters"): each says where a text breaks it. Used by `identifiers` through LINTERS.

The names of rules and faults are those of the GS1 Barcode Syntax Dictionary and its tests.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from types import MappingProxyType

from devices.codecs.gs1 import code_lists, coupons
from devices.codecs.gs1.dates import date_fault, hour_minute_fault, two_digits_fault
from devices.codecs.gs1.faults import Fault, whole

Linter = Callable[[str], Fault | None]

# GS1 General Specifications, figure 7.11-1; the order counts for the check characters pair.
CSET82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
_CSET32 = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_VALUE82 = {char: value for value, char in enumerate(CSET82)}
_NOT_DIGIT = re.compile(r"[^0-9]")
_NOT_CSET82 = re.compile(f"[^{re.escape(CSET82)}]")
_NOT_CSET39 = re.compile(r"[^#\-/0-9A-Z]")
_NOT_CSET64 = re.compile(r"[^\-0-9A-Z_a-z]")
_NOT_IBAN = re.compile(r"[^0-9A-Z]")
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2}).{0,2}", re.DOTALL)
_POSITION = re.compile(r"([0-9]+)/([0-9]+)")
_MOST_FOR_PAIR = 97


def is_digits(text: str) -> bool:
    """True for one or more of 0-9 and nothing else."""
    return text.isascii() and text.isdigit()


def _charset(pattern: re.Pattern[str], code: str) -> Linter:
    def lint(value: str) -> Fault | None:
        found = pattern.search(value)
        return Fault(code, found.start(), 1) if found else None

    return lint


csetnumeric = _charset(_NOT_DIGIT, "NON_DIGIT_CHARACTER")
cset82 = _charset(_NOT_CSET82, "INVALID_CSET82_CHARACTER")
_base64url = _charset(_NOT_CSET64, "INVALID_CSET64_CHARACTER")


def cset64(value: str) -> Fault | None:
    """URL-safe base64; `=` only at the end, at most two, and only to fill up to a multiple of three."""
    data = value.rstrip("=")
    padding = len(value) - len(data)
    found = _base64url(data)
    if not found and padding and (padding > 2 or len(value) % 3):
        found = Fault("INVALID_CSET64_PADDING", len(data), padding)
    return found


def csum(value: str) -> Fault | None:
    """Mod-10 check digit, weights 3 and 1 from the right."""
    if not value:
        return whole("TOO_SHORT_FOR_CHECK_DIGIT", value)
    found = csetnumeric(value)
    if found:
        return found
    digits = [int(digit) for digit in value]
    if (sum(digits[-1::-2]) + 3 * sum(digits[-2::-2])) % 10:
        return Fault("INCORRECT_CHECK_DIGIT", len(value) - 1, 1)
    return None


def _primes(count: int) -> tuple[int, ...]:
    found: list[int] = []
    number = 2
    while len(found) < count:
        if all(number % prime for prime in found):
            found.append(number)
        number += 1
    return tuple(found)


_WEIGHTS = _primes(_MOST_FOR_PAIR)


def csumalpha(value: str) -> Fault | None:
    """Check character pair (General Specifications 7.9.5): prime weights from the right, modulo 1021, two characters of 32."""
    data, pair = value[:-2], value[-2:]
    if len(value) < 2:
        return whole("TOO_SHORT_FOR_CHECK_PAIR", value)
    if len(data) > _MOST_FOR_PAIR:
        return whole("TOO_LONG_FOR_CHECK_PAIR_IMPLEMENTATION", value)
    found = cset82(data)
    if found:
        return found
    total = sum(_VALUE82[char] * weight for char, weight in zip(reversed(data), _WEIGHTS, strict=False)) % 1021
    if pair != _CSET32[total >> 5] + _CSET32[total & 31]:
        return Fault("INCORRECT_CHECK_PAIR", len(data), 2)
    return None


def gcppos1(value: str) -> Fault | None:
    """Begins like a GS1 Company Prefix: at least four digits. Whether the prefix was given out is not known here."""
    if len(value) < 4:
        return whole("TOO_SHORT_FOR_GCP", value)
    return None if is_digits(value[:4]) else whole("INVALID_GCP_PREFIX", value)


def gcppos2(value: str) -> Fault | None:
    """The same from the second character on."""
    found = gcppos1(value[1:])
    return Fault(found.code, min(1, len(value)), found.length) if found else None


def hasnondigit(value: str) -> Fault | None:
    """Not digits only."""
    return None if _NOT_DIGIT.search(value) else whole("REQUIRES_NON_DIGIT_CHARACTER", value)


def iban(value: str) -> Fault | None:
    """International bank account number: country, two check digits (ISO 7064 mod 97-10), account."""
    if len(value) <= 4:
        return whole("IBAN_TOO_SHORT", value)
    found = _NOT_IBAN.search(value)
    if found:
        return Fault("INVALID_IBAN_CHARACTER", found.start(), 1)
    if value[:2] not in code_lists.COUNTRIES and value[:2] != "XK":
        return Fault("ILLEGAL_IBAN_COUNTRY_CODE", 0, 2)
    turned = "".join(str(int(char, 36)) for char in value[4:] + value[:4])
    remainder = 0
    for digit in turned:
        remainder = (remainder * 10 + int(digit)) % 97
    return None if remainder == 1 else Fault("INCORRECT_IBAN_CHECKSUM", 2, 2)


def importeridx(value: str) -> Fault | None:
    """One character of the base64url alphabet."""
    if len(value) != 1:
        return whole("IMPORTER_IDX_MUST_BE_ONE_CHARACTER", value)
    return whole("INVALID_IMPORT_IDX_CHARACTER", value) if _NOT_CSET64.search(value) else None


def _coordinate(name: str, most: int) -> Linter:
    def lint(value: str) -> Fault | None:
        if len(value) != 10:
            return whole(f"{name}_INVALID_LENGTH", value)
        found = csetnumeric(value)
        return found or (whole(f"INVALID_{name}", value) if int(value) > most else None)

    return lint


def nonzero(value: str) -> Fault | None:
    """Digits that are not all zero."""
    found = csetnumeric(value)
    return found or (None if value.strip("0") else whole("ILLEGAL_ZERO_VALUE", value))


def nozeroprefix(value: str) -> Fault | None:
    """Digits that do not begin with zero."""
    found = csetnumeric(value)
    return found or (Fault("ILLEGAL_ZERO_PREFIX", 0, 1) if value.startswith("0") else None)


def pcenc(value: str) -> Fault | None:
    """Every % begins a percent-encoded byte."""
    found = _BAD_PERCENT.search(value)
    return Fault("INVALID_PERCENT_SEQUENCE", found.start(), len(found.group())) if found else None


def pieceoftotal(value: str) -> Fault | None:
    """Number of this piece, then of all pieces, in equally many digits."""
    if not value or len(value) % 2:
        return whole("INVALID_LENGTH_FOR_PIECE_OF_TOTAL", value)
    found = csetnumeric(value)
    half = len(value) // 2
    piece, total = value[:half], value[half:]
    if found:
        return found
    if not piece.strip("0"):
        return Fault("ZERO_PIECE_NUMBER", 0, half)
    if not total.strip("0"):
        return Fault("ZERO_TOTAL_PIECES", half, half)
    return whole("PIECE_NUMBER_EXCEEDS_TOTAL", value) if piece > total else None


def posinseqslash(value: str) -> Fault | None:
    """`2/3`: position and end of a sequence."""
    found = _POSITION.fullmatch(value)
    if not found:
        return whole("POSITION_IN_SEQUENCE_MALFORMED", value)
    position, end = found.groups()
    if position.startswith("0"):
        return Fault("ILLEGAL_ZERO_PREFIX", 0, len(position))
    if end.startswith("0"):
        return Fault("ILLEGAL_ZERO_PREFIX", len(position) + 1, len(end))
    # Without leading zeros the longer number is the greater; int() refuses numbers of thousands of digits.
    return whole("POSITION_EXCEEDS_END", value) if (len(position), position) > (len(end), end) else None


def zero(value: str) -> Fault | None:
    """Zeros only."""
    return None if value and not value.strip("0") else whole("NOT_ZERO", value)


def _one_of(values: frozenset[str], code: str) -> Linter:
    def lint(value: str) -> Fault | None:
        return None if value in values else whole(code, value)

    return lint


LINTERS: MappingProxyType[str, Linter] = MappingProxyType(
    {
        "couponcode": coupons.couponcode,
        "couponposoffer": coupons.couponposoffer,
        "cset39": _charset(_NOT_CSET39, "INVALID_CSET39_CHARACTER"),
        "cset64": cset64,
        "cset82": cset82,
        "csetnumeric": csetnumeric,
        "csum": csum,
        "csumalpha": csumalpha,
        "gcppos1": gcppos1,
        "gcppos2": gcppos2,
        "hasnondigit": hasnondigit,
        "hh": two_digits_fault("HOUR", 23),
        "hhmi": hour_minute_fault,
        "hyphen": _one_of(frozenset("-"), "NOT_HYPHEN"),
        "iban": iban,
        "importeridx": importeridx,
        "iso3166": _one_of(code_lists.COUNTRY_NUMBERS, "NOT_ISO3166"),
        "iso3166999": _one_of(code_lists.COUNTRY_NUMBERS | {"999"}, "NOT_ISO3166_OR_999"),
        "iso3166alpha2": _one_of(code_lists.COUNTRIES, "NOT_ISO3166_ALPHA2"),
        "iso4217": _one_of(code_lists.CURRENCY_NUMBERS, "NOT_ISO4217"),
        "iso5218": _one_of(frozenset("0129"), "INVALID_BIOLOGICAL_SEX_CODE"),
        "latitude": _coordinate("LATITUDE", 1_800_000_000),
        "longitude": _coordinate("LONGITUDE", 3_600_000_000),
        "mediatype": _one_of(code_lists.MEDIA_TYPES, "INVALID_MEDIA_TYPE"),
        "mi": two_digits_fault("MINUTE", 59),
        "nonzero": nonzero,
        "nozeroprefix": nozeroprefix,
        "packagetype": _one_of(code_lists.PACKAGE_TYPES, "INVALID_PACKAGE_TYPE"),
        "pcenc": pcenc,
        "pieceoftotal": pieceoftotal,
        "posinseqslash": posinseqslash,
        "ss": two_digits_fault("SECOND", 59),
        "winding": _one_of(frozenset("019"), "INVALID_WINDING_DIRECTION"),
        "yesno": _one_of(frozenset("01"), "NOT_ZERO_OR_ONE"),
        "yymmd0": date_fault(2, day_may_be_zero=True),
        "yymmdd": date_fault(2, day_may_be_zero=False),
        "yyyymmd0": date_fault(4, day_may_be_zero=True),
        "yyyymmdd": date_fault(4, day_may_be_zero=False),
        "zero": zero,
    }
)
"""Every rule by its name."""
