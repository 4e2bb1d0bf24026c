"""What a channel takes: its rules as they are kept in `Channel.rules`. Pure; capture and the routes read them."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec
from msgspec import Struct

from oms.channels.codes import ChannelKind

_CURRENCY = re.compile(r"[A-Z]{3}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_MOST_LISTED: Final = 10_000
#: ISO 4217 currencies whose smallest coin is not a hundredth.
_PLACES: Final = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV",
                     "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}  # fmt: skip


class BadRules(ValueError):
    """Rules that cannot be kept; the text names the rule."""


class Rules(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a channel takes. Empty lists take everything; `least` and `most` bound an order's total, in the channel's currency."""

    #: Beside the channel's own currency.
    currencies: list[str] = []
    countries: list[str] = []
    least: Decimal | None = None
    most: Decimal | None = None
    #: Customer numbers and e-mail addresses (lower case) nothing is sent to.
    blocked: list[str] = []
    #: The same customer and lines again within so many minutes under another reference is doubtful; 0: never.
    likeness_minutes: int = 10
    #: None: web shops and marketplaces need one.
    needs_email: bool | None = None
    #: Whether totals that do not add up hold an order.
    check_totals: bool = True


def rules_of(kept: Mapping[str, Any]) -> Rules:
    """The rules in a row's JSON; raises `BadRules`."""
    try:
        rules = msgspec.convert(kept, Rules, strict=False)
    except msgspec.ValidationError as error:
        raise BadRules(str(error)) from None
    if not all(_CURRENCY.fullmatch(one) for one in rules.currencies):
        raise BadRules("currencies")
    if not all(_COUNTRY.fullmatch(one) for one in rules.countries):
        raise BadRules("countries")
    amounts = [one for one in (rules.least, rules.most) if one is not None]
    if not all(one.is_finite() and 0 <= one < 10**10 for one in amounts):
        raise BadRules("least, most")
    if not 0 <= rules.likeness_minutes <= 60 * 24 * 31:
        raise BadRules("likeness_minutes")
    if max(len(rules.blocked), len(rules.countries), len(rules.currencies)) > _MOST_LISTED:
        raise BadRules("too many")
    return rules


def kept_rules(rules: Rules) -> dict[str, Any]:
    """`rules` as they are kept: only what is not the default; amounts are texts, so that they stay exact."""
    made: dict[str, Any] = msgspec.to_builtins(rules)
    return made


def needs_email(rules: Rules, kind: ChannelKind) -> bool:
    """Whether an order of such a channel is doubtful without an e-mail address."""
    if rules.needs_email is not None:
        return rules.needs_email
    return kind in (ChannelKind.WEB, ChannelKind.MARKETPLACE)


def smallest_coin(currency: str) -> Decimal:
    """One cent of a currency: 0.01 of a euro, 1 of a yen, 0.001 of a dinar."""
    return Decimal(1).scaleb(-_PLACES.get(currency, 2))
