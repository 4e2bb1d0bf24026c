"""Random business events, and the books in memory: the real rules, pools and receipts with lists in place of tables."""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from oms.finance.charts import charts
from oms.finance.codes import Event, Method, Role
from oms.finance.goods import Billed, Goods, Receipt, billed, late_cost, moved
from oms.finance.rules import (
    KINDS,
    MONETARY,
    Draft,
    converted,
    lines_for,
    posting_day,
    revalued,
    year_end,
    year_of,
)
from oms.finance.valuation import Pool

NUMBERS = {role: number for role, (number, _) in charts()["generic"].items()}
KIND_OF = {NUMBERS[role]: kind for role, kind in KINDS.items()}
SITES, SKUS = ("W", "S"), ("TEA", "CUP", "POT")
RATES = {"EUR": Decimal(1), "USD": Decimal("0.9137"), "JPY": Decimal("0.00613")}
MONEY = (
    Event.INVOICE,
    Event.CREDIT_NOTE,
    Event.SALE,
    Event.PAYMENT,
    Event.REFUND,
    Event.FEE,
    Event.PAYOUT,
    Event.SUPPLIER_PAYMENT,
)
MOVING = (
    Event.GOODS_RECEIVED, Event.GOODS_RECEIVED, Event.SHIPMENT, Event.SHIPMENT, Event.TRANSFER, Event.ADJUSTMENT,
    Event.RETURN_TO_STOCK, Event.WRITE_OFF, Event.RETURN_TO_SUPPLIER,
)  # fmt: skip


@dataclass(frozen=True)
class Happening:
    """One event: `what` and its words. `close` closes the books through `day`."""

    what: str
    day: date
    words: dict


def happenings(seed, count, start=date(2024, 1, 1)):
    """`count` events over some years, most on their day, some told late."""
    dice, day = random.Random(seed), start
    received = 0
    for n in range(count):
        day += timedelta(days=dice.random() < 0.1)
        told = day - timedelta(days=dice.choice((0, 0, 0, 0, 3, 40)))
        draw = dice.random()
        if draw < 0.5:
            event = dice.choice(MOVING)
            qty = dice.randint(1, 30)
            words = {"n": n, "event": event, "site": dice.choice(SITES), "sku": dice.choice(SKUS), "qty": qty}
            if event is Event.GOODS_RECEIVED:
                words |= {
                    "qty": 2 * qty,
                    "value": dice.choice((None, dice.randint(0, 90_000), dice.randint(0, 90_000))),
                }
                received += 1
            elif event is Event.TRANSFER:
                words["there"] = SITES[1 - SITES.index(words["site"])]
            elif event is Event.ADJUSTMENT:
                words["qty"] = dice.choice((-1, 1)) * qty
            yield Happening("goods", told, words)
        elif draw < 0.6:
            lines = [
                (sku, dice.randint(1, 25), dice.randint(0, 70_000)) for sku in dice.sample(SKUS, dice.randint(1, 3))
            ]
            yield Happening("bill", told, {"n": n, "lines": lines, "tax": dice.randint(0, 9000)})
        elif draw < 0.65:
            yield Happening(
                "late",
                told,
                {"n": n, "pick": dice.random(), "net": dice.randint(-300, 5000), "tax": dice.randint(0, 99)},
            )
        elif draw < 0.99:
            total, currency = dice.randint(0, 200_000), dice.choice(("EUR", "EUR", "USD", "JPY"))
            tax = total * 21 // 121
            yield Happening(
                "money", told, {"n": n, "event": dice.choice(MONEY), "total": total, "tax": tax, "currency": currency}
            )
        else:
            yield Happening("close", day - timedelta(days=dice.randint(1, 20)), {"n": n})


@dataclass
class Memory:
    """The books of one company, in lists."""

    method: Method
    pools: dict = field(default_factory=dict)
    receipts: list = field(default_factory=list)
    entries: list = field(default_factory=list)
    closed: date | None = None
    #: By account, kept beside the entries so that every event can be checked.
    sums: dict = field(default_factory=lambda: defaultdict(int))
    moved: dict = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    numbers: dict = field(default_factory=lambda: {"INV": [], "CRN": []})

    def pool(self, site, sku):
        return self.pools.setdefault((site, sku), Pool(self.method))

    def pools_of(self, sku):
        return [(site, pool) for (site, one), pool in sorted(self.pools.items()) if one == sku]

    def post(self, draft):
        day = posting_day(draft.day, self.closed)
        assert self.closed is None or day > self.closed
        self.entries.append((len(self.entries) + 1, day, draft))
        for line in draft.lines:
            self.sums[line.account] += line.amount
            if line.account == NUMBERS[Role.STOCK]:
                self.moved[line.site, line.sku][0] += line.qty
                self.moved[line.site, line.sku][1] += line.amount

    def happen(self, one):
        """Posts it; False where nothing could be posted (nobody has such goods, the period cannot be closed)."""
        return {
            "goods": self._goods,
            "bill": self._bill,
            "late": self._late,
            "money": self._money,
            "close": self._close,
        }[one.what](one)

    def _goods(self, one):
        words = dict(one.words)
        fact = Goods(f"move:{words.pop('n')}", words.pop("event"), one.day, **words)
        draft = moved(NUMBERS, self, fact)
        self.post(draft)
        if fact.event is Event.GOODS_RECEIVED:
            value = -sum(line.amount for line in draft.lines if line.account == NUMBERS[Role.GOODS_IN])
            self.receipts.append(Receipt(fact.source, fact.site, fact.sku, fact.qty, value))
        return True

    def _bill(self, one):
        open_by = defaultdict(list)
        for receipt in self.receipts:
            if receipt.invoiced < receipt.qty:
                open_by[receipt.sku].append(receipt)
        lines = tuple(
            (sku, min(qty, sum(r.qty - r.invoiced for r in open_by[sku])), net) for sku, qty, net in one.words["lines"]
        )
        lines = tuple(line for line in lines if line[1])
        if lines:
            self.post(
                billed(NUMBERS, self, open_by, Billed(f"bill:{one.words['n']}", one.day, lines, one.words["tax"]))
            )
        return bool(lines)

    def _late(self, one):
        if not self.receipts:
            return False
        receipt = self.receipts[int(one.words["pick"] * len(self.receipts))]
        cost = Billed(f"late:{one.words['n']}", one.day, (("", 0, one.words["net"]),), one.words["tax"])
        self.post(late_cost(NUMBERS, self, receipt, cost))
        return True

    def _money(self, one):
        event, currency, total, tax = (one.words[name] for name in ("event", "currency", "total", "tax"))
        own = {name: converted(one.words[name], currency, "EUR", RATES[currency]) for name in ("total", "tax")}
        own["net"] = own["total"] - own["tax"]
        foreign = None if currency == "EUR" else (currency, {"total": total, "tax": tax, "net": total - tax})
        series = {Event.INVOICE: "INV", Event.CREDIT_NOTE: "CRN"}.get(event)
        if series:
            self.numbers[series].append(len(self.numbers[series]) + 1)
        self.post(Draft(f"money:{one.words['n']}", event, one.day, lines_for(event, own, NUMBERS, money=foreign)))
        return True

    def _close(self, one):
        first = self.closed + timedelta(days=1) if self.closed else date(2023, 1, 1)
        last = year_of(first, 1)[1]
        through = min(one.day, last)
        if through < first:
            return False
        held = defaultdict(lambda: [0, 0])
        for _, day, draft in self.entries:
            for line in draft.lines:
                if line.currency and day <= through and line.account in {NUMBERS[role] for role in MONETARY}:
                    held[line.account, line.currency][0] += line.money
                    held[line.account, line.currency][1] += line.amount
        lines = revalued({key: tuple(sums) for key, sums in held.items()}, RATES, "EUR", NUMBERS[Role.EXCHANGE])
        if lines:
            self.post(Draft(f"exchange:{through}", Event.EXCHANGE, through, lines))
        if through == last:
            balances = defaultdict(int)
            for _, day, draft in self.entries:
                for line in draft.lines:
                    balances[line.account] += line.amount * (day <= through)
            if lines := year_end(balances, KIND_OF, NUMBERS[Role.RESULT]):
                self.post(Draft(f"year-end:{through}", Event.YEAR_END, through, lines))
        self.closed = through
        return True

    def wrong(self):
        """What does not hold after the last event."""
        found = []
        if sum(self.sums.values()):
            found.append("trial balance")
        stock = sum(pool.value for pool in self.pools.values())
        if stock != self.sums[NUMBERS[Role.STOCK]]:
            found.append("stock account")
        for key, pool in self.pools.items():
            if [pool.qty, pool.value] != self.moved[key]:
                found.append(f"movements of {key}")
            signs = {layer.qty > 0 for layer in pool.layers}
            if len(signs) > 1 or any(layer.qty == 0 for layer in pool.layers):
                found.append(f"layers of {key}")
        if self.entries and self.entries[-1][0] != len(self.entries):
            found.append("numbers")
        return found
