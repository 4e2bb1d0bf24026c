"""GS1 Digital Link: the element strings inside a web address. Used by gs1."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from devices.codecs import gtin
from devices.codecs.element_strings import Element, Gs1Error, pattern_of

_KEYS_IN_LINK = {
    "00",
    "01",
    "253",
    "255",
    "401",
    "402",
    "414",
    "415",
    "417",
    "8003",
    "8004",
    "8006",
    "8010",
    "8013",
    "8017",
    "8018",
}


def is_web_address(text: str) -> bool:
    """True for http(s); the scheme is all lower or all upper case, never mixed (GS1 Digital Link: URI syntax 4.1)."""
    return text.startswith(("http://", "https://", "HTTP://", "HTTPS://"))


def link_elements(text: str) -> list[Element]:
    address = urlsplit(text)
    if not address.netloc:
        raise Gs1Error("no domain")
    steps = address.path.strip("/").split("/")
    # The last primary key in the path starts the identification; what stands before it is the resolver's own stem.
    starts = [index for index in range(len(steps) - 2, -1, -2) if steps[index] in _KEYS_IN_LINK]
    if not starts:
        raise Gs1Error("no GS1 key in the path")
    pairs = list(zip(steps[starts[0] :: 2], steps[starts[0] + 1 :: 2], strict=True))
    elements = [_link_element(identifier, unquote(value)) for identifier, value in pairs]
    for attribute in re.split("[&;]", address.query):
        identifier, _, value = attribute.partition("=")
        if gtin.is_digits(identifier):
            elements.append(_link_element(identifier, unquote(value.replace("+", " "))))
    return elements


def _link_element(identifier: str, value: str) -> Element:
    pattern = pattern_of(identifier)
    if pattern is None or not pattern.fullmatch(identifier + value):
        raise Gs1Error(f"({identifier}) does not fit {value!r}")
    return identifier, value
