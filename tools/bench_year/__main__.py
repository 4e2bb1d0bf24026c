"""`python -m tools.bench_year [--days N] [--orders N] [--items N] [--seed N] [--service S] [--only WAY] [--json]`: a shop's year with
Floorhand's suggestions, and the same year with levels as people set them who look at last month's sales.

With `--json` an object a line, one for each way: `way`, `days`, `orders`, `items`, `seed`, `stockouts` (items with an empty shelf in the
evening, summed over the days), `service` (share of units that left on the day on which they were ordered), `turns` (a year's units at
cost through the mean worth of the shelves), `money` (that mean), `money_end`, `waiting` (units customers wait for, in the mean of
evenings), `purchases` (orders to suppliers), `first_ms`, `last_ms` (time of a day, in the mean of the first and the last four weeks),
`growth` (their ratio), `cpu_growth` (the same of the processors' time, which other work on the machine hardly changes), `cpu_ms` (of that
a day, in the mean), `broken` (rules of the books that do not hold in the end; always 0), `seconds`.

The exit status is 1 when Floorhand was worse in service, in stock-outs or in money tied up, when a day costs more than a quarter
more processor time in the end than in the beginning, or when the books do not hold.
"""

import argparse
import gc
import json
import sys
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from datetime import time as daytime
from decimal import Decimal
from statistics import fmean
from typing import Any, Final

from oms.bootstrap import Oms
from oms.verify import verify
from tools.bench_year._clock import Clock
from tools.bench_year._cpu import spent
from tools.bench_year._days import Evening, Shop
from tools.bench_year._house import build, opened, tidy
from tools.bench_year._levels import WAYS
from tools.bench_year._world import World

_FIRST: Final = date(2031, 1, 6)
_MONTH: Final = 28
_GROWTH: Final = 1.25
Row = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(
        "bench-year", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--orders", type=int, default=200, help="a day")
    parser.add_argument("--items", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--service", type=Decimal, default=Decimal("0.95"), help="the share of times that shelves should last"
    )
    parser.add_argument("--only", choices=list(WAYS), help="one of the two ways")
    parser.add_argument("--json", action="store_true")
    got = parser.parse_args(arguments)
    rows = []
    for way in [got.only] if got.only else WAYS:
        rows.append(played(way, got.days, got.orders, got.items, got.seed, got.service))
        print(json.dumps(rows[-1]) if got.json else _told(rows[-1]), flush=True)
    return int(bad(rows))


def played(way: str, days: int, orders: int, items: int, seed: int, service: Decimal) -> Row:
    """One shop's days; the keys are those of the module."""
    begun = time.monotonic()
    with opened("year") as (oms, clock):
        row = measured(oms, clock, way, days, orders, items, seed, service)
    return {**row, "seconds": round(time.monotonic() - begun)}


def measured(oms: Oms, clock: Clock, way: str, days: int, orders: int, items: int, seed: int, service: Decimal) -> Row:
    """The same on an empty OMS."""
    world = World.made(items, seed)
    shop = Shop(oms, clock, world, WAYS[way], orders)
    clock.set(datetime.combine(_FIRST, daytime(6), UTC))
    build(oms, world, _FIRST, orders, service)
    shop.open(_FIRST)
    # As the server does when it has started.
    gc.collect()
    gc.freeze()
    try:
        evenings, walls, cpus = _play(oms, shop, days)
    finally:
        gc.unfreeze()
    worth = float(fmean(one.worth for one in evenings))
    month = min(_MONTH, max(1, days // 2))
    return {
        "way": way, "days": days, "orders": orders, "items": items, "seed": seed,
        "stockouts": sum(one.empty for one in evenings),
        "service": round(sum(one.at_once for one in evenings) / sum(one.asked for one in evenings), 4),
        "turns": round(float(evenings[-1].left) / worth * 365 / days, 2), "money": round(worth),
        "money_end": round(evenings[-1].worth), "waiting": round(fmean(one.waiting for one in evenings), 1),
        "purchases": shop.bought, "first_ms": round(1000 * fmean(walls[:month])), "last_ms": round(1000 * fmean(walls[-month:])),
        "growth": round(fmean(walls[-month:]) / fmean(walls[:month]), 3),
        "cpu_growth": round(fmean(cpus[-month:]) / fmean(cpus[:month]), 3), "cpu_ms": round(1000 * fmean(cpus)),
        "broken": len(verify(oms.engine).findings),
    }  # fmt: skip


def _play(oms: Oms, shop: Shop, days: int) -> tuple[list[Evening], list[float], list[float]]:
    """Its evenings, and seconds and processor seconds of each day."""
    evenings, walls, cpus = [], [], []
    for n in range(days):
        today = _FIRST + timedelta(days=n)
        cpu, wall = spent(oms), time.monotonic()
        shop.play(today)
        walls.append(time.monotonic() - wall)
        cpus.append(spent(oms) - cpu)
        evenings.append(shop.evening(today))
        if today.isoweekday() == 7:
            tidy(oms)
            sys.stderr.write(f"{today} {evenings[-1]} {walls[-1]:.2f} s\n")
    return evenings, walls, cpus


def bad(rows: Sequence[Row]) -> bool:
    """Whether anything is not as it should be; of both ways, Floorhand's first."""
    if any(row["broken"] or row["cpu_growth"] > _GROWTH for row in rows):
        return True
    if len(rows) < 2:
        return False
    ours, theirs = rows
    return bool(
        ours["service"] < theirs["service"]
        or ours["stockouts"] > theirs["stockouts"]
        or ours["money"] > theirs["money"]
    )


def _told(row: Row) -> str:
    return f"{row['way']:10} " + "  ".join(f"{name} {value}" for name, value in row.items() if name != "way")


if __name__ == "__main__":
    raise SystemExit(main())
