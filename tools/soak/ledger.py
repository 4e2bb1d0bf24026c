"""Ten thousand random business events on the books of a real PostgreSQL, by each way of valuing stock. After each event the trial balance
is zero, stock is worth what its movements say and numbers are dense; nothing comes into a closed period, and nothing of it changes."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence

from oms.bootstrap import open_oms
from oms.finance.codes import Method
from tests.oms.finance.ledger_walk import Walk
from tools.bench import Figure
from tools.soak._centre import own_database


def main(arguments: Sequence[str] = ()) -> list[Figure]:
    """`--events` (10 000) of each method, from `--seed` on."""
    parser = argparse.ArgumentParser(prog="ledger", description=__doc__)
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    figures = []
    for method in Method:
        with own_database() as url:
            oms = open_oms(url)
            try:
                began = time.monotonic()
                walk = Walk(oms, method, options.events).walk(options.seed)
                took = time.monotonic() - began
            finally:
                oms.close()
        print(f"{method}: {dict(walk.done)}, {len(walk.frozen)} closings")
        for words in walk.wrong[:5]:
            print("   ", words)
        figures += [
            Figure(f"{method}: events posted", sum(walk.done.values()), "events"),
            Figure(f"{method}: what did not hold", len(walk.wrong), "times", limit=0),
            Figure(f"{method}: each event with its looks", 1000 * took / options.events, "ms"),
        ]
    return figures
