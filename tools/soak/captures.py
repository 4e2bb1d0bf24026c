"""How many customer orders a second come in through one server process, over TCP with TLS, and how soon they are given to sites.

Shops post orders of two lines side by side, first one in a request, then several; each order has a customer nobody knew. In the end every
order that was answered for is there once, with its lines, and sourced.

python -m tools.soak captures -- --orders 1000 --shops 8
"""

import argparse
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from statistics import median, quantiles
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import text

from oms.bootstrap import Oms, open_oms
from oms.catalog.models import Bin, Item, Zone
from oms.db.work import Actor, Work
from oms.people.keys import Scope, add_key, new_key
from sync.contract.codes import BinKind
from tools.bench import Figure
from tools.soak._centre import own_database
from tools.soak._replicas import Replica, replicas

_ITEMS: Final = 200
_TOGETHER: Final = 20
#: So long the server may take to source what has come in.
_PATIENCE_S: Final = 600.0


def _shelves(w: Work, keys: Sequence[str]) -> None:
    """More of each item than is ordered."""
    w.db.add(Zone(site_id=w.site, code="A"))
    w.db.flush()
    for n in range(_ITEMS):
        w.db.add(Item(site_id=w.site, sku=f"SKU-{n}", name=f"Item {n}"))
        w.db.add(Bin(site_id=w.site, code=f"A-{n:03}", zone="A", kind=BinKind.PICK, seq=n))
    w.db.flush()
    for n in range(_ITEMS):
        w.move(uuid4().hex, 0, f"SKU-{n}", "", "supplier", f"bin:A-{n:03}", 1_000_000)
    for n, key in enumerate(keys):
        add_key(w, key, f"shop {n}", [Scope.ORDERS])


def order_of(tag: str, n: int) -> dict[str, Any]:
    """The `n`th order as a shop sends it."""
    lines = [{"sku": f"SKU-{(n * 7 + k * 13) % _ITEMS}", "qty": 1 + k, "price": "2.50"} for k in range(2)]
    home = {"name": f"Ada {n}", "street": f"Kade {n}", "postcode": "3511 AB", "city": "Utrecht", "country": "NL"}
    return {
        "reference": f"{tag}-{n}", "number": f"{tag}-{n}", "email": f"{tag}{n}@example.org", "ship_to": home, "lines": lines
    }  # fmt: skip


def post(server: Replica, keys: Sequence[str], tag: str, orders: int, together: int) -> tuple[float, list[float], int]:
    """`orders` orders by all shops, `together` in a request: seconds, milliseconds of each request, orders not answered as created."""

    def shop(nth: int) -> tuple[list[float], int]:
        caller, times, bad = server.caller(keys[nth]), [], 0
        try:
            for first in range(nth * together, orders, len(keys) * together):
                some = [order_of(tag, n) for n in range(first, min(first + together, orders))]
                began = time.perf_counter()
                status, said = caller.ask("POST", "/v1/customer-orders", {"orders": some})
                times.append((time.perf_counter() - began) * 1000)
                done = said["orders"] if status == 200 and isinstance(said, dict) else []
                bad += len(some) - sum(one["result"] == "created" for one in done)
        finally:
            caller.close()
        return times, bad

    began = time.perf_counter()
    with ThreadPoolExecutor(len(keys)) as pool:
        done = list(pool.map(shop, range(len(keys))))
    return time.perf_counter() - began, [one for times, _ in done for one in times], sum(bad for _, bad in done)


def _waiting(oms: Oms) -> int:
    with oms.sessions() as db:
        found: int = db.scalars(text("SELECT count(*) FROM customer_order WHERE state = 'accepted'")).one()
    return found


def _all_sourced(oms: Oms) -> float:
    """Seconds until no order waits to be sourced."""
    began = time.perf_counter()
    while _waiting(oms) and time.perf_counter() - began < _PATIENCE_S:
        time.sleep(0.05)
    return time.perf_counter() - began


def _wrong(oms: Oms, orders: int) -> int:
    """Orders that are not there once with two lines of which each unit is at a site."""
    with oms.sessions() as db:
        good = db.scalars(
            text(
                "SELECT count(*) FROM (SELECT order_no FROM customer_order_line JOIN customer_order ON number = order_no"
                " WHERE state = 'sourced' GROUP BY order_no HAVING count(*) = 2 AND sum(qty) = 3 AND sum(assigned) = 3) o"
            )
        ).one()
        all_ = db.scalars(text("SELECT count(*) FROM customer_order")).one()
    return abs(orders - int(good)) + abs(orders - int(all_))


def main(arguments: Sequence[str]) -> list[Figure]:
    """The shops, on a database that is synced to disk as a shop's is."""
    parser = argparse.ArgumentParser(prog="captures")
    parser.add_argument("--orders", type=int, default=1000)
    parser.add_argument("--shops", type=int, default=8)
    got = parser.parse_args(list(arguments))
    keys = [new_key() for _ in range(got.shops)]
    with own_database(durable=True) as url:
        oms = open_oms(url)
        oms.works.run(oms.site, Actor("test"), lambda w: _shelves(w, keys))
        with replicas(url, 1) as [server]:
            post(server, keys, "WARM", 2 * got.shops, 1)
            _all_sourced(oms)
            [seconds, times, bad] = post(server, keys, "ONE", got.orders, 1)
            later = _all_sourced(oms)
            [many_s, _, many_bad] = post(server, keys, "MANY", got.orders, _TOGETHER)
            many_later = _all_sourced(oms)
            post(server, keys[:1], "IDLE", 1, 1)
            idle = _all_sourced(oms)
        wrong = _wrong(oms, 2 * got.orders + 2 * got.shops + 1)
        oms.close()
    return [
        Figure("Capture: orders one by one", got.orders / seconds, "1/s"),
        Figure("Capture: request of one, p50", median(times), "ms"),
        Figure("Capture: request of one, p99", quantiles(times, n=100)[98], "ms"),
        Figure("Capture: all of them sourced after the last", later, "s"),
        Figure("Capture: captured and sourced, one by one", got.orders / (seconds + later), "1/s"),
        Figure(f"Capture: orders {_TOGETHER} in a request", got.orders / many_s, "1/s"),
        Figure(f"Capture: all of them sourced after the last, {_TOGETHER} in a request", many_later, "s"),
        Figure("Capture: an order of an idle server is sourced after", idle, "s", limit=3.0),
        Figure("Capture: orders not answered as created", bad + many_bad, "", limit=0),
        Figure("Capture: orders not there once and sourced", wrong, "", limit=0),
    ]
