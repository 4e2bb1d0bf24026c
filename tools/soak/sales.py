"""Days of customer orders over two sites, anything in any order, on a real PostgreSQL: captured, paid, held, sourced, picked, short,
changed, called off, shipped, returned, paid back. After every step counts, goods, money, states and feeds are looked at
(`tests/oms/sales/sales_day.py`).

    python -m tools.soak sales -- --days 200 --steps 80 --seed 1
"""

import argparse
import time
from collections import Counter
from collections.abc import Sequence

from oms.bootstrap import open_oms
from oms.verify import verify
from tests.oms.sales.sales_day import walk
from tools.bench import Figure
from tools.soak._centre import own_database


def main(arguments: Sequence[str]) -> list[Figure]:
    """Plays the days one after the other; the first thing that is wrong ends it, with the seed of its day on the screen."""
    parser = argparse.ArgumentParser(prog="sales")
    parser.add_argument("--days", type=int, default=200)
    parser.add_argument("--steps", type=int, default=80)
    parser.add_argument("--seed", type=int, default=1)
    got = parser.parse_args(list(arguments))
    states: Counter[str] = Counter()
    answered: Counter[tuple[str, str]] = Counter()
    began = time.monotonic()
    with own_database() as url:
        oms = open_oms(url)
        for seed in range(got.seed, got.seed + got.days):
            print(f"seed {seed}", flush=True)
            seen, said = walk(oms, seed, got.steps)
            states.update(seen)
            answered.update(said)
        findings = verify(oms.engine).findings
        oms.close()
    return [
        Figure("sales: days", got.days, ""),
        Figure("sales: steps looked at", got.days * got.steps, ""),
        Figure("sales: time", time.monotonic() - began, "s"),
        *(Figure(f"sales: looks at orders {state}", units, "") for state, units in sorted(states.items())),
        *(Figure(f"sales: money, {kind} {how}", count, "") for (kind, how), count in sorted(answered.items())),
        Figure("sales: findings of the verifier", len(findings), "", limit=0),
    ]
