"""What goods that move, and costs that become known late, come to: from a fact to the draft of its entry. Pure but for the pools it
changes; where those are kept is its caller's (`oms.finance.shelves`, or a test's memory)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from oms.finance.codes import Event, Role
from oms.finance.rules import Draft, Line, Place, balanced, lines_for
from oms.finance.valuation import NO_SOURCE, Pool, share

#: Goods on their way from one site to another are at no site.
ON_THE_WAY: Final = "*"


class Pools(Protocol):
    """Where stock is kept by item and site."""

    def pool(self, site: str, sku: str) -> Pool:
        """The pool of an item at a site, new where there was none."""

    def pools_of(self, sku: str) -> Sequence[tuple[str, Pool]]:
        """(site, pool) of an item wherever it is."""


@dataclass(frozen=True, slots=True)
class Goods:
    """Units that moved. `qty` is above 0, below it only for an `adjustment` that found less; `value` what they cost where that is known;
    `there` the other site of a `transfer`."""

    source: str
    event: Event
    day: date
    site: str
    sku: str
    qty: int
    value: int | None = None
    there: str = ""


@dataclass(slots=True)
class Receipt:
    """Goods that came from a supplier, worth `value` then; `invoiced` units of them have an invoice."""

    source: str
    site: str
    sku: str
    qty: int
    value: int
    invoiced: int = 0


@dataclass(frozen=True, slots=True)
class Billed:
    """A supplier's invoice: `lines` are (item, units, net), `tax` its input tax, all in the book's currency."""

    source: str
    day: date
    lines: tuple[tuple[str, int, int], ...]
    tax: int = 0
    text: str = ""
    #: What is owed, where that is in another currency.
    currency: str = ""
    money: int = 0


class MoreThanReceived(Exception):
    """A supplier invoices more units of an item than came without an invoice."""


def moved(numbers: Mapping[Role, str], pools: Pools, fact: Goods) -> Draft:
    """The entry of goods that moved."""
    pool = pools.pool(fact.site, fact.sku)
    amounts = _AMOUNTS.get(fact.event, _out)(pools, pool, fact)
    place = Place(fact.site, fact.sku, fact.qty, fact.there)
    return Draft(fact.source, fact.event, fact.day, lines_for(fact.event, amounts, numbers, place), fact.sku)


def _in(pools: Pools, pool: Pool, fact: Goods) -> dict[str, int]:
    new = fact.event is Event.GOODS_RECEIVED
    value = fact.value
    if value is None:
        value = pool.guess(fact.qty) if new else _left_at(pools, pool, fact)
    came = pool.receive(fact.source if new else NO_SOURCE, fact.qty, value)
    return {"stock": came.stock, "gone": came.gone, "value": value}


def _left_at(pools: Pools, pool: Pool, fact: Goods) -> int:
    """What comes back to a site that never had such goods is worth what it is at one that had."""
    if not (pool.left[0] or pool.known[0]):
        pool = next((one for _, one in pools.pools_of(fact.sku) if one.left[0] or one.known[0]), pool)
    return pool.unit_cost(fact.qty)


def _out(pools: Pools, pool: Pool, fact: Goods) -> dict[str, int]:
    return {"value": pool.issue(fact.qty).value}


def _across(pools: Pools, pool: Pool, fact: Goods) -> dict[str, int]:
    """Layers go over as they are: what a receipt cost stays known at the other site."""
    went, there = pool.issue(fact.qty), pools.pool(fact.there, fact.sku)
    came = [there.receive(source, units, worth) for source, units, worth in went.taken]
    return {"stock": sum(one.stock for one in came), "gone": sum(one.gone for one in came), "value": went.value}


def _counted(pools: Pools, pool: Pool, fact: Goods) -> dict[str, int]:
    if fact.qty < 0:
        value = -pool.issue(-fact.qty).value
        return {"stock": value, "value": value}
    value = fact.value if fact.value is not None else pool.found(fact.qty)
    came = pool.receive(NO_SOURCE, fact.qty, value)
    return {"stock": came.stock, "gone": came.gone, "value": value}


_AMOUNTS: Final = {
    Event.GOODS_RECEIVED: _in,
    Event.RETURN_TO_STOCK: _in,
    Event.TRANSFER: _across,
    Event.ADJUSTMENT: _counted,
    Event.OPENING: _in,
}


def billed(numbers: Mapping[Role, str], pools: Pools, receipts: Mapping[str, Sequence[Receipt]], bill: Billed) -> Draft:
    """The entry of a supplier's invoice over `receipts` (by item, the oldest first; their `invoiced` grows): what it costs more or less
    than was thought goes to units that are still here, and to the cost of those that are gone. Raises `MoreThanReceived`: then nothing
    has changed."""
    for sku in {line[0] for line in bill.lines}:
        units = sum(qty for one, qty, _ in bill.lines if one == sku)
        if units > sum(one.qty - one.invoiced for one in receipts.get(sku, ())):
            raise MoreThanReceived(sku)
    lines: list[Line] = []
    for sku, qty, net in bill.lines:
        for receipt, units, part in _matched(receipts[sku], qty, net):
            value = share(receipt.value, receipt.invoiced + units, receipt.qty) - share(
                receipt.value, receipt.invoiced, receipt.qty
            )
            receipt.invoiced += units
            lines.extend(_late(numbers, pools, receipt, units, part - value))
            lines.append(Line(numbers[Role.GOODS_IN], value, receipt.site))
    lines += _owed(numbers, bill)
    return Draft(bill.source, Event.SUPPLIER_INVOICE, bill.day, merged(lines), bill.text)


def _matched(receipts: Sequence[Receipt], qty: int, net: int) -> Iterable[tuple[Receipt, int, int]]:
    """(receipt, units, their part of the net amount) until `qty` units are matched."""
    done = 0
    for receipt in receipts:
        units = min(receipt.qty - receipt.invoiced, qty - done)
        if units > 0:
            yield receipt, units, share(net, done + units, qty) - share(net, done, qty)
            done += units


def late_cost(numbers: Mapping[Role, str], pools: Pools, receipt: Receipt, cost: Billed) -> Draft:
    """The entry of a cost of a receipt that became known late (freight, duty): `lines` of `cost` are added up."""
    net = sum(one for _, _, one in cost.lines)
    lines = _late(numbers, pools, receipt, receipt.qty, net)
    return Draft(cost.source, Event.LATE_COST, cost.day, merged([*lines, *_owed(numbers, cost)]), cost.text)


def _owed(numbers: Mapping[Role, str], bill: Billed) -> list[Line]:
    total = sum(net for _, _, net in bill.lines) + bill.tax
    owed = Line(numbers[Role.PAYABLE], -total, currency=bill.currency, money=-bill.money)
    return [Line(numbers[Role.INPUT_TAX], bill.tax), owed]


def _late(numbers: Mapping[Role, str], pools: Pools, receipt: Receipt, units: int, amount: int) -> list[Line]:
    """`units` of a receipt cost `amount` more than was thought."""
    if not amount:
        return []
    lines, left = [], amount
    averaged = pools.pool(receipt.site, receipt.sku)
    # What was averaged has no receipt of its own: the site it came to stands for it.
    found = [(receipt.site, averaged)] if averaged.method.value == "average" else pools.pools_of(receipt.sku)
    for site, pool in found:
        part = pool.late(receipt.source, receipt.qty, amount)
        left -= part
        lines.append(Line(numbers[Role.STOCK], part, site, receipt.sku))
    return [*lines, Line(numbers[Role.COST_OF_GOODS], left, receipt.site)]


def merged(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Lines of one account, site and item as one; those that come to nothing are left out, but for two."""
    sums: dict[tuple[str, str, str, str], list[int]] = {}
    for line in lines:
        found = sums.setdefault((line.account, line.site, line.sku, line.currency), [0, 0, 0])
        for n, more in enumerate((line.amount, line.qty, line.money)):
            found[n] += more
    made = [
        Line(account, amount, site, sku, qty, currency, money)
        for (account, site, sku, currency), (amount, qty, money) in sums.items()
    ]
    kept = [line for line in made if line.amount or line.qty or line.money]
    return balanced(kept if len(kept) > 1 else made[:2])
