"""What is posted for each event: one table from events to accounts. Pure; the same rules post to the database and in tests.

Amounts are whole coins of the book's currency (`int`); debit is positive, credit negative, and an entry's lines add up to 0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from oms.finance.codes import Event, Kind, Role
from oms.money.currencies import coin

_E, _R = Event, Role


class NotBalanced(Exception):
    """Lines that do not add up to 0: a fault of the program or of a bookkeeper's entry, never posted."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One line of a rule: the amount called `what` goes to the account of `role`, debit (+1) or credit (-1). `there`: at the other site."""

    role: Role
    sign: int
    what: str
    there: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an entry. `money` is the same in `currency` where that is not the book's own; `qty` units where goods move."""

    account: str
    amount: int
    site: str = ""
    sku: str = ""
    qty: int = 0
    currency: str = ""
    money: int = 0


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry before it has a number. `source` names the fact, once for ever; `day` is when it happened."""

    source: str
    event: Event
    day: date
    lines: tuple[Line, ...]
    text: str = ""


def _legs(text: str) -> tuple[Leg, ...]:
    """`stock+value payable-total` as legs; `stock@` is the stock of the other site."""
    found = []
    for word in text.split():
        at = min(word.find(sign) for sign in "+-" if sign in word)
        role, there = word[:at].rstrip("@"), word[:at].endswith("@")
        found.append(Leg(Role(role), 1 if word[at] == "+" else -1, word[at + 1 :], there))
    return tuple(found)


#: `gone` is what turns out, when goods or their cost become known, to belong to goods that had left before (see `valuation`).
RULES: Final[Mapping[Event, tuple[Leg, ...]]] = {
    _E.GOODS_RECEIVED: _legs("stock+stock cost_of_goods+gone goods_in-value"),
    _E.RETURN_TO_SUPPLIER: _legs("goods_in+value stock-value"),
    _E.TRANSFER: _legs("stock@+stock cost_of_goods+gone stock-value"),
    _E.ADJUSTMENT: _legs("stock+stock cost_of_goods+gone stock_difference-value"),
    _E.SHIPMENT: _legs("cost_of_goods+value stock-value"),
    _E.RETURN_TO_STOCK: _legs("stock+stock cost_of_goods+gone cost_of_goods-value"),
    _E.WRITE_OFF: _legs("written_off+value stock-value"),
    _E.SUPPLIER_INVOICE: _legs("goods_in+received stock+stock cost_of_goods+gone input_tax+tax payable-total"),
    _E.LATE_COST: _legs("stock+stock cost_of_goods+gone input_tax+tax payable-total"),
    _E.SUPPLIER_PAYMENT: _legs("payable+total bank-total"),
    _E.INVOICE: _legs("receivable+total revenue-net output_tax-tax"),
    _E.CREDIT_NOTE: _legs("sales_returns+net output_tax+tax receivable-total"),
    _E.SALE: _legs("receivable+total revenue-net output_tax-tax"),
    _E.PAYMENT: _legs("clearing+total receivable-total"),
    _E.REFUND: _legs("receivable+total clearing-total"),
    _E.FEE: _legs("fees+net input_tax+tax clearing-total"),
    _E.PAYOUT: _legs("bank+total clearing-total"),
    _E.OPENING: _legs("stock+value opening-value"),
}

#: What an account of a role is; `manual` entries may use any.
KINDS: Final[Mapping[Role, Kind]] = {
    _R.STOCK: Kind.ASSET, _R.INPUT_TAX: Kind.ASSET, _R.RECEIVABLE: Kind.ASSET, _R.CLEARING: Kind.ASSET,
    _R.BANK: Kind.ASSET, _R.GOODS_IN: Kind.LIABILITY, _R.PAYABLE: Kind.LIABILITY, _R.OUTPUT_TAX: Kind.LIABILITY,
    _R.OPENING: Kind.EQUITY, _R.RESULT: Kind.EQUITY, _R.REVENUE: Kind.INCOME, _R.SALES_RETURNS: Kind.INCOME,
    _R.COST_OF_GOODS: Kind.EXPENSE, _R.STOCK_DIFFERENCE: Kind.EXPENSE, _R.WRITTEN_OFF: Kind.EXPENSE,
    _R.FEES: Kind.EXPENSE, _R.EXCHANGE: Kind.EXPENSE,
}  # fmt: skip
#: Accounts on which money of another currency is owed or held: worth another amount when its rate changes.
MONETARY: Final = (_R.RECEIVABLE, _R.PAYABLE, _R.CLEARING, _R.BANK)
OF_THE_YEAR: Final = (Kind.INCOME, Kind.EXPENSE)


@dataclass(frozen=True, slots=True)
class Place:
    """Where goods are posted: which site, item and how many units; `there` is the other site of a transfer."""

    site: str = ""
    sku: str = ""
    qty: int = 0
    there: str = ""


def lines_for(
    event: Event,
    amounts: Mapping[str, int],
    numbers: Mapping[Role, str],
    place: Place | None = None,
    money: tuple[str, Mapping[str, int]] | None = None,
) -> tuple[Line, ...]:
    """The lines of an event's rule: `amounts` by name (missing: 0), `numbers` of accounts by role; `money` is (currency, the same amounts
    in it). An event that comes to nothing keeps its two first lines at 0, so that it has its entry."""
    at, (currency, foreign) = place or Place(), money or ("", {})
    made = [
        Line(
            numbers[leg.role], leg.sign * amounts.get(leg.what, 0),
            *_goods(leg, at), currency, leg.sign * foreign.get(leg.what, 0),
        )
        for leg in RULES[event]
    ]  # fmt: skip
    kept = [line for line in made if line.amount or line.qty or line.money]
    return balanced(kept if len(kept) > 1 else made[:2])


def _goods(leg: Leg, at: Place) -> tuple[str, str, int]:
    if leg.role is not Role.STOCK or not at.sku:
        return at.site, "", 0
    # A late cost touches the stock's worth and moves no units.
    return (at.there if leg.there else at.site), at.sku, leg.sign * at.qty


def balanced(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines themselves; raises `NotBalanced` unless they are at least two that add up to 0."""
    off = sum(line.amount for line in lines)
    if off or len(lines) < 2:
        raise NotBalanced(f"{[(line.account, line.amount) for line in lines]}")
    return tuple(lines)


def posting_day(day: date, closed: date | None) -> date:
    """When a fact is posted: on its day, or when that is closed, on the first day that is open."""
    return day if closed is None or day > closed else closed + timedelta(days=1)


def year_of(day: date, first_month: int) -> tuple[date, date]:
    """First and last day of the business year that `day` is in."""
    year = day.year if day.month >= first_month else day.year - 1
    return date(year, first_month, 1), date(year + 1, first_month, 1) - timedelta(days=1)


def year_end(balances: Mapping[str, int], kinds: Mapping[str, Kind], result: str) -> tuple[Line, ...]:
    """Lines that empty the accounts of income and expense into the result; () when all are empty."""
    over = {number: amount for number, amount in balances.items() if amount and kinds[number] in OF_THE_YEAR}
    if not over:
        return ()
    return balanced([
        *(Line(number, -amount) for number, amount in sorted(over.items())),
        Line(result, sum(over.values())),
    ])  # fmt: skip


def revalued(
    held: Mapping[tuple[str, str], tuple[int, int]], rates: Mapping[str, Decimal], currency: str, exchange: str
) -> tuple[Line, ...]:
    """Lines that bring (account, currency) -> (its money, what the book has it at) to today's rates; () when they are there already."""
    off = {
        key: converted(money, key[1], currency, rates[key[1]]) - amount for key, (money, amount) in sorted(held.items())
    }
    made = [Line(account, change, currency=foreign) for (account, foreign), change in off.items() if change]
    return balanced([*made, Line(exchange, -sum(off.values()))]) if made else ()


def coins(amount: Decimal, currency: str) -> int:
    """An amount in whole coins of its currency, halves away from 0."""
    return int((amount / coin(currency)).quantize(Decimal(1), ROUND_HALF_UP))


def amount_of(whole: int, currency: str) -> Decimal:
    """Whole coins as an amount: 1234 EUR is 12.34."""
    return whole * coin(currency)


def converted(money: int, currency: str, into: str, rate: Decimal) -> int:
    """Coins of one currency as coins of another; one unit of it is worth `rate`."""
    return money if currency == into else coins(amount_of(money, currency) * rate, into)
