"""An amount with its currency, as services hand it to screens; the language writes it."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount; `currency` is its ISO 4217 code."""

    amount: Decimal
    currency: str
