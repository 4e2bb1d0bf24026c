"""What a draft's lines cost, exactly: units of the channel turned into ours, a discount of the whole order laid on its lines, and whether
it all adds up to what the channel says. Pure; capture calls it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal

from oms.channels.rules import smallest_coin
from oms.sales.drafts import ZERO, HoldCode, SaleDraft, Trouble

_KEPT = Decimal("0.0001")
_MOST = Decimal(10) ** 9
#: What a line or an order may come to.
MOST_SUM = Decimal(10) ** 10


@dataclass(frozen=True, slots=True)
class Fitted:
    """A line as it is kept: our SKU ('' unknown), base units, price of one, discount and tax of the line. `problem` is a code or ''."""

    sku: str
    qty: int
    price: Decimal | None
    discount: Decimal
    tax: Decimal | None
    tax_rate: Decimal | None
    problem: str = ""

    @property
    def goods(self) -> Decimal:
        """Before discount; 0 without a price."""
        return ZERO if self.price is None else self.price * self.qty


def kept(amount: Decimal | None) -> bool:
    """Whether a column can hold it: finite, at most four decimals, not negative, below a thousand million."""
    if amount is None:
        return True
    return amount.is_finite() and 0 <= amount < _MOST and amount == amount.quantize(_KEPT)


def in_base_units(price: Decimal, discount: Decimal, qty: int, units: int) -> tuple[Decimal, Decimal]:
    """(price of a base unit, discount of the line) for `qty` packs of `units`: what the line costs stays the same to the last digit. Where
    a pack's price cannot be divided, the unit's is rounded up and the discount takes the difference."""
    unit = (price / units).quantize(_KEPT, ROUND_UP)
    return unit, discount + unit * qty * units - price * qty


def laid_on_lines(lines: Sequence[Fitted], discount: Decimal, currency: str) -> list[Fitted]:
    """The lines with their share of a discount of the whole order, by what each costs, in whole coins; the shares add up exactly. Never
    more than the lines cost."""
    net = [max(ZERO, line.goods - line.discount) for line in lines]
    whole, left = sum(net, ZERO), min(discount, sum(net, ZERO))
    if not whole or left <= 0:
        return list(lines)
    coin = smallest_coin(currency)
    shares = [(discount_share(left, one, whole)).quantize(coin, ROUND_DOWN) for one in net]
    rest = left - sum(shares, ZERO)
    # What rounding left goes to the lines that still have room, dearest first.
    for at in sorted(range(len(net)), key=lambda n: (-net[n], n)):
        more = min(rest, net[at] - shares[at])
        shares[at] += more
        rest -= more
    return [replace(line, discount=line.discount + share) for line, share in zip(lines, shares, strict=True)]


def discount_share(discount: Decimal, net: Decimal, whole: Decimal) -> Decimal:
    """The part of `discount` that a line of `net` carries among lines of `whole`."""
    return discount * net / whole


def total_of(draft: SaleDraft, lines: Sequence[Fitted], tax_included: bool) -> Decimal | None:
    """What the customer pays by the lines; None where a price, or a tax that comes on top, is not told."""
    if any(line.price is None for line in lines):
        return None
    net = sum((line.goods - line.discount for line in lines), ZERO) + draft.shipping
    if tax_included:
        return net
    tax = tax_of(draft, lines)
    return None if tax is None else net + tax


def tax_of(draft: SaleDraft, lines: Sequence[Fitted]) -> Decimal | None:
    """The tax the channel told, of the order or of every line; None: it did not."""
    if draft.tax is not None:
        return draft.tax
    told = [line.tax for line in lines]
    return None if not told or None in told else sum((one for one in told if one is not None), ZERO)


def not_adding_up(draft: SaleDraft, lines: Sequence[Fitted], tax_included: bool, currency: str) -> list[Trouble]:
    """`TOTAL_DIFFERS` when the channel's total is more than a coin per line away from the sum of its lines."""
    total = total_of(draft, lines, tax_included)
    if total is None or draft.total is None:
        return []
    if abs(total - draft.total) <= smallest_coin(currency) * max(1, len(lines)):
        return []
    rounded = total.quantize(smallest_coin(currency), ROUND_HALF_UP)
    return [Trouble(HoldCode.TOTAL_DIFFERS, params={"said": str(draft.total), "sum": str(rounded)})]
