"""Nobody is sold what is not there: a crowd of buyers on scarce items, through several server processes on one database.

python -m tools.soak oversell -- --orders 20000 --buyers 32 --items 200 --replicas 2
"""

import argparse
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random
from statistics import median, quantiles
from typing import Any
from uuid import uuid4

import psycopg
from sqlalchemy import URL, text

from oms.bootstrap import Oms, open_oms
from oms.catalog.models import Bin, Item, Site, Zone
from oms.db.work import Actor, Work
from oms.people.keys import Scope, add_key, new_key
from oms.promise.availability import available
from oms.promise.models import ReportedStock
from sync.contract.codes import BinKind
from tools.bench import Figure
from tools.soak._centre import libpq_words, own_database
from tools.soak._replicas import Caller, Replica, replicas

#: (sku, site).
Cell = tuple[str, str]
#: How often a buyer changes his mind, and how often he commits one bare row to compare with: every so many orders.
_LEAVES, _BARE = 10, 10
_MOST_BUYERS = 64
_ELSEWHERE = "SUPPLIER"
_BARE_TABLE = "CREATE TABLE bare_commit (id text PRIMARY KEY, qty integer NOT NULL)"


@dataclass(slots=True)
class Bought:
    """What one buyer, or all of them, came to. Times are in milliseconds."""

    sold: Counter[Cell] = field(default_factory=Counter)
    orders: int = 0
    lines: int = 0
    had_lines: int = 0
    left: int = 0
    failed: int = 0
    times_ms: list[float] = field(default_factory=list)
    bare_ms: list[float] = field(default_factory=list)

    def add(self, other: "Bought") -> None:
        """With another buyer's."""
        self.sold.update(other.sold)
        self.orders += other.orders
        self.lines += other.lines
        self.had_lines += other.had_lines
        self.left += other.left
        self.failed += other.failed
        self.times_ms += other.times_ms
        self.bare_ms += other.bare_ms


@dataclass(frozen=True, slots=True)
class Books:
    """What the books say in the end: cells sold beyond what they had, and cells where sold + left is not had."""

    had: int
    oversold: int
    wrong: int


class Fair:
    """A shop with scarce goods: each item in one bin, every fourth also at a supplier. Quantities are drawn by `seed`."""

    def __init__(self, oms: Oms, items: int, seed: int) -> None:
        self._oms = oms
        #: One program may ask so often only; each buyer is one of his own.
        self.keys = [new_key() for _ in range(_MOST_BUYERS)]
        dice = Random(seed)
        self.skus = [f"SCARCE-{n:03d}" for n in range(items)]
        self.had: dict[Cell, int] = {(sku, oms.site): dice.randint(20, 220) for sku in self.skus}
        self.had |= {(sku, _ELSEWHERE): dice.randint(5, 60) for sku in self.skus[::4]}
        oms.works.run(oms.site, Actor("test"), self._build)

    def _build(self, w: Work) -> None:
        w.db.add_all([Zone(site_id=w.site, code="A"), Site(id=_ELSEWHERE, name="Supplier")])
        w.db.flush()
        for n, sku in enumerate(self.skus):
            w.db.add(Item(site_id=w.site, sku=sku, name=sku))
            w.db.add(Bin(site_id=w.site, code=f"A-{n:03d}", zone="A", kind=BinKind.PICK, seq=n))
        w.db.flush()
        for n, sku in enumerate(self.skus):
            w.move(uuid4().hex, 0, sku, "", "supplier", f"bin:A-{n:03d}", self.had[sku, w.site])
        for sku in self.skus[::4]:
            w.db.add(ReportedStock(sku=sku, site_id=_ELSEWHERE, qty=self.had[sku, _ELSEWHERE], at=w.now))
        for n, key in enumerate(self.keys):
            add_key(w, key, f"buyer {n}", [Scope.ORDERS])

    def order(self, dice: Random) -> list[dict[str, Any]]:
        """1 to 3 lines; some items are wanted more than others."""
        wanted = [self.skus[int(len(self.skus) * dice.random() ** 1.5)] for _ in range(dice.randint(1, 3))]
        return [{"sku": sku, "qty": dice.choice((1, 1, 2))} for sku in wanted]

    def books(self, sold: Counter[Cell]) -> Books:
        """Compares what buyers were told with what is kept and what is still free."""
        with self._oms.sessions() as db:
            rows = db.execute(text("SELECT sku, site_id, sum(qty) FROM kept GROUP BY sku, site_id")).all()
            free = available(db, self.skus)
        kept = {(sku, site): int(qty) for sku, site, qty in rows}
        over = sum(max(0, kept.get(cell, 0) - had) for cell, had in self.had.items())
        wrong = sum(
            kept.get((sku, site), 0) != sold[sku, site] or sold[sku, site] + free[sku][site].now != had
            for (sku, site), had in self.had.items()
        )
        return Books(sum(self.had.values()), over, wrong + len(set(kept) - set(self.had)))


def crowd(fair: Fair, servers: Sequence[Replica], url: URL, buyers: int, orders: int, seed: int) -> Bought:
    """`buyers` side by side, `orders` in all, each buyer at one of the servers."""
    with psycopg.connect(libpq_words(url), autocommit=True) as admin:
        admin.execute(_BARE_TABLE)

    def buy(n: int) -> Bought:
        caller = servers[n % len(servers)].caller(fair.keys[n])
        with psycopg.connect(libpq_words(url)) as bare:
            try:
                return _buy(fair, caller, bare, Random(f"{seed}/{n}"), len(range(n, orders, buyers)))
            finally:
                caller.close()

    all_of_them = Bought()
    with ThreadPoolExecutor(buyers) as pool:
        for one in pool.map(buy, range(buyers)):
            all_of_them.add(one)
    return all_of_them


def _buy(fair: Fair, caller: Caller, bare: psycopg.Connection[Any], dice: Random, orders: int) -> Bought:
    got = Bought()
    for n in range(1, orders + 1):
        wanted = fair.order(dice)
        began = time.perf_counter()
        status, answer = caller.ask("POST", "/v1/reservations", {"lines": wanted, "minutes": 600})
        got.times_ms.append((time.perf_counter() - began) * 1000)
        got.orders += 1
        got.lines += len(wanted)
        if status != 201 or not isinstance(answer, dict):
            got.failed += 1
            continue
        mine: Counter[Cell] = Counter()
        for line in answer["lines"]:
            if line["site"] is not None:
                mine[line["sku"], line["site"]] += line["qty"]
                got.had_lines += 1
        if n % _LEAVES == 0:
            got.left += 1
            status, _ = caller.ask("DELETE", f"/v1/reservations/{answer['basket']}")
            if status == 204:
                mine.clear()
            got.failed += status != 204
        got.sold.update(mine)
        if n % _BARE == 0:
            got.bare_ms.append(_commit(bare))
    return got


def _commit(bare: psycopg.Connection[Any]) -> float:
    """One row of a buyer's own, in milliseconds: nothing is looked up and nobody is waited for."""
    began = time.perf_counter()
    bare.execute("INSERT INTO bare_commit VALUES (%s, 1)", (uuid4().hex,))
    bare.commit()
    return (time.perf_counter() - began) * 1000


def _p99(times: list[float]) -> float:
    return quantiles(times, n=100)[98] if len(times) > 1 else max(times, default=0.0)


def main(arguments: Sequence[str]) -> list[Figure]:
    """The crowd, on a database that is synced to disk as a shop's is."""
    parser = argparse.ArgumentParser(prog="oversell")
    parser.add_argument("--orders", type=int, default=20_000)
    parser.add_argument("--buyers", type=int, default=32)
    parser.add_argument("--items", type=int, default=200)
    parser.add_argument("--replicas", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    got = parser.parse_args(list(arguments))
    print(f"oversell: seed {got.seed}", flush=True)
    with own_database(durable=True) as url:
        oms = open_oms(url)
        fair = Fair(oms, got.items, got.seed)
        with replicas(url, got.replicas) as servers:
            began = time.perf_counter()
            bought = crowd(fair, servers, url, got.buyers, got.orders, got.seed)
            seconds = time.perf_counter() - began
        books = fair.books(bought.sold)
        oms.close()
    return [
        Figure("Oversell: orders", bought.orders, ""),
        Figure("Oversell: lines asked", bought.lines, ""),
        Figure("Oversell: lines had", bought.had_lines, ""),
        Figure("Oversell: baskets left again", bought.left, ""),
        Figure("Oversell: requests that failed", bought.failed, "", limit=0),
        Figure("Oversell: units had", books.had, ""),
        Figure("Oversell: units sold", bought.sold.total(), ""),
        Figure("Oversell: units sold that were not there", books.oversold, "", limit=0),
        Figure("Oversell: cells where sold + left is not had", books.wrong, "", limit=0),
        Figure("Oversell: orders a second", bought.orders / seconds, "1/s"),
        Figure("Oversell: reservation, p50", median(bought.times_ms), "ms"),
        Figure("Oversell: reservation, p99", _p99(bought.times_ms), "ms"),
        Figure("Oversell: bare commit beside it, p50", median(bought.bare_ms), "ms"),
        Figure("Oversell: bare commit beside it, p99", _p99(bought.bare_ms), "ms"),
        Figure("Oversell: reservation against bare commit, p50", median(bought.times_ms) / median(bought.bare_ms), "x"),
        Figure(
            "Oversell: reservation against bare commit, p99",
            _p99(bought.times_ms) / _p99(bought.bare_ms),
            "x",
            limit=20,
        ),
    ]
