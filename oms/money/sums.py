"""What an order costs by its prices, discounts and rates, to the coin, so that its lines add up to its total. Pure; pricing and quotations
call it. The rules in words are in `docs/money.md`."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from oms.money.codes import Rounding
from oms.money.currencies import ZERO, part, rounded, spread


@dataclass(frozen=True, slots=True)
class Position:
    """A line as it is priced: `price` of one unit, `discount` of all of them, `rate` the share of tax."""

    qty: int
    price: Decimal
    discount: Decimal = ZERO
    rate: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Cost:
    """What it comes to. `goods` before and `amount` after discount, as prices are told (with tax or without); `total` is with tax."""

    goods: Decimal
    amount: Decimal
    tax: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class Sums:
    """Of a whole order. `shipping.amount` is what sending costs as told; `total` = sum of the lines' totals + `shipping.total`."""

    lines: tuple[Cost, ...]
    shipping: Cost

    @property
    def goods(self) -> Decimal:
        """Before discount."""
        return sum((line.goods for line in self.lines), ZERO)

    @property
    def discount(self) -> Decimal:
        """Of all lines, positive."""
        return sum((line.goods - line.amount for line in self.lines), ZERO)

    @property
    def tax(self) -> Decimal:
        """Of lines and shipping."""
        return sum((line.tax for line in self.lines), self.shipping.tax)

    @property
    def total(self) -> Decimal:
        """What the customer pays."""
        return sum((line.total for line in self.lines), self.shipping.total)


def work_out(
    lines: Sequence[Position],
    currency: str,
    *,
    included: bool,
    rounding: Rounding,
    shipping: Decimal = ZERO,
    shipping_rate: Decimal = ZERO,
) -> Sums:
    """The sums of an order. A line costs quantity x price less discount, rounded; tax is rounded as `rounding` says."""
    amounts = [rounded(line.qty * line.price - line.discount, currency) for line in lines]
    cuts = [rounded(line.discount, currency) for line in lines]
    amounts.append(rounded(shipping, currency))
    cuts.append(ZERO)
    rates = [*(line.rate for line in lines), shipping_rate]
    taxes = _taxes(amounts, rates, currency, included, rounding)
    costs = [
        Cost(amount + cut, amount, tax, amount if included else amount + tax)
        for amount, cut, tax in zip(amounts, cuts, taxes, strict=True)
    ]
    return Sums(tuple(costs[:-1]), costs[-1])


def tax_in(amount: Decimal, rate: Decimal, *, included: bool) -> Decimal:
    """The tax of an amount that has it in it, or on which it comes; not rounded."""
    return amount * rate / (1 + rate) if included else amount * rate


def _taxes(
    amounts: Sequence[Decimal], rates: Sequence[Decimal], currency: str, included: bool, rounding: Rounding
) -> list[Decimal]:
    exact = [tax_in(amount, rate, included=included) for amount, rate in zip(amounts, rates, strict=True)]
    if rounding is Rounding.LINE or min(exact) < 0:
        return [rounded(one, currency) for one in exact]
    taxes = [ZERO] * len(exact)
    places: dict[Decimal, list[int]] = defaultdict(list)
    for place, rate in enumerate(rates):
        places[rate].append(place)
    for mine in places.values():
        # Of the sum, not of the sum of what was rounded.
        whole = rounded(sum((exact[place] for place in mine), ZERO), currency)
        for place, tax in zip(mine, spread(whole, [exact[place] for place in mine], currency), strict=True):
            taxes[place] = tax
    return taxes


@dataclass(frozen=True, slots=True)
class Share:
    """What some units of a line cost: total with tax, and the tax in it."""

    total: Decimal
    tax: Decimal

    @property
    def net(self) -> Decimal:
        """Without tax."""
        return self.total - self.tax


def units_cost(total: Decimal, tax: Decimal, qty: int, currency: str, before: int, now: int) -> Share:
    """Units number `before` + 1 to `now` of a line of `qty` that costs `total`. Whatever the pieces, together they cost the whole line."""
    return Share(
        part(total, now, qty, currency) - part(total, before, qty, currency),
        part(tax, now, qty, currency) - part(tax, before, qty, currency),
    )
