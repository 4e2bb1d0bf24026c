"""GS1 Digital Link: the elements inside a web address, and web addresses for elements. Used by `scan` and the labels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from devices.codecs.gs1.elements import refuse_long
from devices.codecs.gs1.faults import Gs1Error
from devices.codecs.gs1.identifiers import Element, Identifier, check_value, known_or_plausible, lookup
from devices.codecs.gs1.linters import is_digits

DEFAULT_STEM = "https://id.gs1.org"
_SCHEMES = ("http://", "https://", "HTTP://", "HTTPS://")
# RFC 3986: unreserved, reserved and the percent sign.
_NOT_URI = re.compile(r"[^A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]")
_DOMAIN = re.compile(r"[A-Za-z0-9.\-]+(?::\d{0,5})?")
_ESCAPED = re.compile(r"%([0-9A-Fa-f]{2})")
_RESERVED = re.compile(r"[^0-9A-Za-z\-._~]")
_GTIN_SIZES = (8, 12, 13)

# Names that older versions of the standard (1.0, 1.1) allowed in the path instead of numbers.
_NAMES = {
    "gtin": "01", "itip": "8006", "gmn": "8013", "cpid": "8010", "gln": "414", "payTo": "415", "party": "417", "gsrnp": "8017",
    "gsrn": "8018", "gcn": "255", "sscc": "00", "gdti": "253", "ginc": "401", "gsin": "402", "grai": "8003", "giai": "8004", "cpv": "22",
    "lot": "10", "ser": "21", "tpx": "235", "glnx": "254", "refno": "8020", "srin": "8019", "cpsn": "8011",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Permits:
    """What older and newer Digital Links may do against the table of today: GTINs without their leading zeros, names instead of numbers in
    the path, identifiers in the query that the table does not have yet."""

    short_gtins: bool = False
    names: bool = False
    unknown: bool = False


STRICT = Permits()
LENIENT = Permits(short_gtins=True, names=True, unknown=True)


def is_web_address(text: str) -> bool:
    """True for http(s); the scheme is all lower or all upper case, never mixed (GS1 Digital Link: URI syntax 4.1)."""
    return text.startswith(_SCHEMES)


def unescape(text: str, *, query: bool = False) -> str:
    """Percent-decoded, a byte a character; `+` is a blank only in a query. What is no escape stays as it is."""
    if query:
        text = text.replace("+", " ")
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def escape(text: str, *, query: bool = False) -> str:
    """Percent-encoded but for letters, digits and `-._~`; a blank in a query is `+`. Characters beyond Latin-1 as UTF-8."""

    def encoded(found: re.Match[str]) -> str:
        char = found.group()
        if query and char == " ":
            return "+"
        data = char.encode("latin-1") if ord(char) < 256 else char.encode("utf-8", "replace")
        return "".join(f"%{byte:02X}" for byte in data)

    return _RESERVED.sub(encoded, text)


def link_elements(text: str, permits: Permits = STRICT) -> list[Element]:
    """Key, qualifiers and attributes in the order of the address. Gs1Error if it is not a Digital Link or breaks a rule."""
    refuse_long(text)
    scheme = next((scheme for scheme in _SCHEMES if text.startswith(scheme)), None)
    if scheme is None or _NOT_URI.search(text):
        raise Gs1Error("not a web address")
    address, _, query = text[len(scheme) :].partition("#")[0].partition("?")
    domain, slash, path = address.partition("/")
    if not slash or not _DOMAIN.fullmatch(domain):
        raise Gs1Error("no domain")
    elements = _path_elements(path.split("/"), permits)
    for attribute in query.split("&"):
        name, _, value = attribute.partition("=")
        if is_digits(name):
            elements.append(_attribute(name, unescape(value, query=True), elements, permits))
    return elements


def _path_elements(steps: list[str], permits: Permits) -> list[Element]:
    # Pairs are looked at from the end; the last primary key starts the identification, what stands before it is the resolver's own stem.
    found: list[Element] = []
    for at in range(len(steps) - 2, -1, -2):
        identifier = _NAMES.get(steps[at], steps[at]) if permits.names else steps[at]
        row = lookup(identifier)
        if row is None:
            break
        found.insert(0, _element(identifier, row, unescape(steps[at + 1]), permits))
        if row.keys is not None:
            _check_qualifiers(row, [qualifier for qualifier, _ in found[1:]])
            return found
    raise Gs1Error("no GS1 key in the path")


def _element(identifier: str, row: Identifier, value: str, permits: Permits) -> Element:
    if identifier == "01" and permits.short_gtins and len(value) in _GTIN_SIZES:
        value = value.zfill(14)
    check_value(identifier, row, value)
    return identifier, value


def _check_qualifiers(key: Identifier, qualifiers: list[str]) -> None:
    if not any(_in_order(qualifiers, sequence) for sequence in key.keys or ()):
        raise Gs1Error(f"({key.first}) with qualifiers {','.join(qualifiers)!r:.60}")


def _in_order(some: Sequence[str], sequence: Sequence[str]) -> bool:
    rest = iter(sequence)
    return all(one in rest for one in some)


def _attribute(identifier: str, value: str, before: list[Element], permits: Permits) -> Element:
    row = known_or_plausible(identifier) if permits.unknown else lookup(identifier)
    if row is None:
        raise Gs1Error(f"({identifier}) is not an application identifier")
    if not row.attribute:
        raise Gs1Error(f"({identifier}) may not stand in the query")
    if any(identifier == other for other, _ in before):
        raise Gs1Error(f"({identifier}) twice")
    if _belongs_in_path(identifier, before):
        raise Gs1Error(f"({identifier}) belongs in the path")
    return _element(identifier, row, value, permits)


def _belongs_in_path(identifier: str, before: list[Element]) -> bool:
    """A qualifier that would go with the qualifiers already in the path."""
    key = lookup(before[0][0])
    sequences = key.keys or () if key else ()
    present = {other for other, _ in before[1:]} & {qualifier for sequence in sequences for qualifier in sequence}
    return any(identifier in sequence and present <= set(sequence) for sequence in sequences)


def link_for(elements: Sequence[Element], stem: str = DEFAULT_STEM) -> str:
    """The Digital Link of these elements: the first key among them with its qualifiers as path, the others as query, in their order.

    Gs1Error if there is no key, if an element may stand in neither, or if `stem` is no web address.
    """
    if not is_web_address(stem):
        raise Gs1Error("the stem is not a web address")
    key, row = next(((one, row) for one in elements if (row := lookup(one[0])) and row.keys is not None), (None, None))
    if key is None or row is None:
        raise Gs1Error("no GS1 key")
    elements = list(dict.fromkeys(elements))
    values = dict(elements)
    if len(values) < len(elements):
        raise Gs1Error("an identifier twice with different values")
    candidates = [[name for name in sequence if name in values] for sequence in row.keys or ()]
    trouble = Gs1Error("no path fits")
    for qualifiers in sorted(candidates, key=len, reverse=True):
        path = [key, *((name, values[name]) for name in qualifiers)]
        others = [one for one in elements if one[0] not in {name for name, _ in path}]
        try:
            return stem.rstrip("/") + _address(path, others)
        except Gs1Error as found:
            trouble = found
    raise trouble


def _address(path: list[Element], others: list[Element]) -> str:
    text = "".join(f"/{identifier}/{escape(value)}" for identifier, value in path)
    for identifier, value in path:
        check_value(identifier, lookup(identifier) or _no_row(identifier), value)
    for identifier, value in others:
        row = known_or_plausible(identifier) or _no_row(identifier)
        if not row.attribute or _belongs_in_path(identifier, path):
            raise Gs1Error(f"({identifier}) may not stand in the query")
        check_value(identifier, row, value)
    query = "&".join(f"{identifier}={escape(value, query=True)}" for identifier, value in others)
    return text + (f"?{query}" if query else "")


def _no_row(identifier: str) -> Identifier:
    raise Gs1Error(f"({identifier}) is not an application identifier")
