"""Money, numbers, weights and dates as people of each language write them. Pure; no locale of the machine is asked."""

from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from oms.money.currencies import EXPONENTS

LANGUAGES: Final = ("en", "nl", "de", "da")
#: Countries whose customers read one of ours; all others are written to in English.
_SPOKEN: Final = {"NL": "nl", "BE": "nl", "DE": "de", "AT": "de", "LI": "de", "DK": "da", "FO": "da", "GL": "da"}
#: Thousands and decimals.
_SIGNS: Final = {"en": (",", "."), "nl": (".", ","), "de": (".", ","), "da": (".", ",")}
_DATES: Final = {"en": "%d/%m/%Y", "nl": "%d-%m-%Y", "de": "%d.%m.%Y", "da": "%d.%m.%Y"}
_MARKS: Final = {"EUR": "€", "GBP": "£", "USD": "US$", "DKK": "kr.", "CHF": "CHF", "SEK": "SEK", "NOK": "NOK"}
#: Currencies without a hundredth part.
_WHOLE: Final = frozenset({"JPY", "KRW", "ISK", "HUF"})
_THIN: Final = "\N{NO-BREAK SPACE}"


def language_of(wanted: str, country: str) -> str:
    """The language to write in: the customer's own where we have it, else that of the country, else English."""
    short = wanted.lower()[:2]
    return short if short in LANGUAGES else _SPOKEN.get(country.upper(), "en")


def number(value: Decimal | int, language: str, places: int = 0) -> str:
    """`1.234,50`: grouped by thousands, `places` decimals, halves to even."""
    group, point = _SIGNS[language]
    plain = f"{Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN):,f}"
    return plain.translate({ord(","): group, ord("."): point})


def money(value: Decimal, currency: str, language: str) -> str:
    """`€ 1.234,50`, `1.234,50 €`, `£1,234.50`, `1.234,50 kr.`: sign and place as the language has it."""
    amount = number(abs(value), language, places_of(currency))
    mark = _MARKS.get(currency, currency)
    minus = "-" if value < 0 and Decimal(amount.translate({ord(c): None for c in ".,"})) else ""
    match language:
        case "en":
            return f"{minus}{mark}{'' if len(mark) == 1 or mark.endswith('$') else _THIN}{amount}"
        case "nl":
            return f"{mark}{_THIN}{minus}{amount}"
    return f"{minus}{amount}{_THIN}{mark}"


def places_of(currency: str) -> int:
    """Decimals of a currency."""
    return 0 if currency in _WHOLE else EXPONENTS.get(currency, 2)


def day(value: date, language: str) -> str:
    """`24-12-2026`."""
    return value.strftime(_DATES[language])


def moment(value: datetime, language: str) -> str:
    """`24-12-2026 17:05`, in the time zone it comes in."""
    return f"{day(value, language)} {value:%H:%M}"


def percent(share: Decimal, language: str) -> str:
    """A share as percent, with decimals only where there are any: `21 %`, `5,5 %`."""
    hundred = (share * 100).normalize()
    exponent = hundred.as_tuple().exponent
    places = max(0, -exponent) if isinstance(exponent, int) else 0
    return f"{number(hundred, language, places)}{_THIN}%"


def kilograms(grams: int | None, language: str) -> str:
    """`1,250 kg`, with fewer decimals the heavier it is (`412,0 kg`); empty when nobody weighed it."""
    if grams is None:
        return ""
    places = 3 if grams < 10_000 else 2 if grams < 100_000 else 1
    return f"{number(Decimal(grams) / 1000, language, places)}{_THIN}kg"


def sscc(text: str) -> str:
    """An SSCC in groups, as people read it out: `3 8719333 000000021 4` without knowing the prefix: by fours from the end."""
    return " ".join(text[max(0, end - 4) : end] for end in range(len(text) % 4 or 4, len(text) + 1, 4))
