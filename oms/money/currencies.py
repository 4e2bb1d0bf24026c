"""Currencies and exact amounts in them: decimals of each, rounding half up, sharing without loss. Pure."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Final

ZERO: Final = Decimal(0)

_NONE: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE: Final = "BHD IQD JOD KWD LYD OMR TND"
_TWO: Final = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC "
    "CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES "
    "KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR "
    "NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT "
    "TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW ZWG"
)
#: ISO 4217: decimals of currencies that people pay with.
EXPONENTS: Final[dict[str, int]] = {
    code: places for places, codes in ((0, _NONE), (2, _TWO), (3, _THREE)) for code in codes.split()
}


def known(currency: str) -> bool:
    """Whether it is an ISO 4217 code of a currency in use."""
    return currency in EXPONENTS


def coin(currency: str) -> Decimal:
    """The smallest amount of it: 0.01 EUR, 1 JPY, 0.001 KWD; of an unknown one 0.01."""
    return Decimal(1).scaleb(-EXPONENTS.get(currency, 2))


def rounded(amount: Decimal, currency: str) -> Decimal:
    """To whole coins, halves away from zero."""
    return amount.quantize(coin(currency), ROUND_HALF_UP)


def part(whole: Decimal, units: int, of: int, currency: str) -> Decimal:
    """What `units` of `of` cost when all together cost `whole`: grows with `units`, and is `whole` for all of them."""
    return rounded(whole * units / of, currency) if of and units != of else whole if of else ZERO


def spread(whole: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """`whole` (in whole coins, >= 0) in parts like `weights` (>= 0), each in whole coins; they add up to it exactly. What rounding leaves
    goes, coin by coin, to the parts that lost most; the earlier one of two alike. All weights 0: to the first."""
    if not weights:
        return []
    total = sum(weights, ZERO)
    if not total:
        return [whole, *([ZERO] * (len(weights) - 1))]
    exact = [whole * weight / total for weight in weights]
    unit = coin(currency)
    parts = [one.quantize(unit, ROUND_DOWN) for one in exact]
    left = int((whole - sum(parts, ZERO)) / unit)
    for place in sorted(range(len(parts)), key=lambda n: (parts[n] - exact[n], n))[:left]:
        parts[place] += unit
    return parts
