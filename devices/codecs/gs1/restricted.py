"""Restricted circulation numbers (02, 20-29): a shop's or country's own numbers with weight, price or count inside. Used by `scan`.

What the digits mean is agreed in each country or company, so nothing is read without a rule; none is built in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from devices.codecs import gtin

_PATTERN = re.compile(r"(?P<prefix>02|2[0-9?])(?P<rest>[IWPQV]{10})C")


@dataclass(frozen=True, slots=True)
class Inside:
    """What such a number says. `item` is the number with the variable digits zero and a new check digit: the same for every piece."""

    item: str
    weight_g: Decimal | None = None
    price: Decimal | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class RestrictedRule:
    """One country's rule: 13 places, such as `28IIIIIWWWWWC`. The prefix may end in `?`.

    I item, W weight, P price, Q count, V check digit of the price (not verified), C check digit. `unit_g` is what one in the weight
    stands for, in grams; `decimals` how many of the price's digits are behind the point. ValueError if the pattern makes no sense.
    """

    pattern: str
    unit_g: Decimal = Decimal(1)
    decimals: int = 2

    def __post_init__(self) -> None:
        """Rejects a pattern that cannot be read."""
        variable = re.findall("W+|P+|Q+", self.pattern)
        if not _PATTERN.fullmatch(self.pattern) or len(variable) != 1 or "I" not in self.pattern:
            raise ValueError(f"not a rule for restricted numbers: {self.pattern!r}")

    def read(self, gtin14: str) -> Inside | None:
        """What a GTIN-14 with a right check digit says by this rule, or None if the rule is for other numbers."""
        code = gtin14[1:]
        places = list(zip(self.pattern, code, strict=True))
        if gtin14[0] != "0" or any(place in "02" and place != digit for place, digit in places[:2]):
            return None
        if self.pattern[1] not in ("?", code[1]):
            return None
        body = "".join("0" if place in "WPQV" else digit for place, digit in places[:-1])
        digits = {kind: "".join(digit for place, digit in places if place == kind) for kind in "WPQ"}
        return Inside(
            item="0" + body + gtin.check_digit(body),
            weight_g=int(digits["W"]) * self.unit_g if digits["W"] else None,
            price=Decimal(int(digits["P"])).scaleb(-self.decimals) if digits["P"] else None,
            count=int(digits["Q"]) if digits["Q"] else None,
        )
