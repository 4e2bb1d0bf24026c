"""Shifts by the thousand, each from a seed: the real client on real stores, power cuts, clones and server restores, the real OMS.

    python -m tools.soak shifts -- --seeds 1-20000        (two at once: run it twice, on two ranges)

A failure prints its seed; `FLOORHAND_SEEDS=17 pytest tests/sync/test_sync_simulation.py` plays that one again.
"""

import argparse
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tools.bench import Figure
from tools.soak._centre import Centre, own_database
from tools.soak._shift import Broken, run


@dataclass(slots=True)
class Tally:
    """What became of the seeds."""

    seeds: int = 0
    requests: int = 0
    scans: int = 0
    cuts: int = 0
    forks: int = 0
    restores: int = 0
    seconds: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)


def play(centre: Centre, seeds: Iterable[int], for_s: float = float("inf"), at_least: int = 0) -> Tally:
    """Plays the seeds one after the other; ends early after `for_s` seconds once `at_least` seeds are done."""
    tally, began = Tally(), time.monotonic()
    for seed in seeds:
        try:
            told = run(centre, seed)
        except Broken as broken:
            tally.broken.append(str(broken))
            print(broken, flush=True)
        else:
            tally.requests += told.requests
            tally.scans += told.scans
            tally.cuts += told.cuts
            tally.forks += told.forks
            tally.restores += told.restores
            tally.outcomes.update(told.outcomes)
        tally.seeds += 1
        tally.seconds = time.monotonic() - began
        if tally.seconds > for_s and tally.seeds >= at_least:
            break
    return tally


def main(arguments: Sequence[str]) -> list[Figure]:
    """Seeds played and what was found."""
    parser = argparse.ArgumentParser(prog="shifts")
    parser.add_argument("--seeds", default="1-20000", help="a range")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop after so long")
    got = parser.parse_args(list(arguments))
    first, _, last = got.seeds.partition("-")
    print(f"seeds {got.seeds}")
    with own_database() as url:
        centre = Centre(url)
        tally = play(centre, range(int(first), int(last or first) + 1), got.minutes * 60)
        centre.close()
    return [
        Figure("seeds", tally.seeds, ""),
        Figure("seeds a second", tally.seeds / tally.seconds, "1/s"),
        Figure("requests", tally.requests, ""),
        Figure("scans", tally.scans, ""),
        Figure("power cuts of devices", tally.cuts, ""),
        Figure("clones", tally.forks, ""),
        Figure("server restores", tally.restores, ""),
        *(Figure(f"facts {word}", count, "") for word, count in sorted(tally.outcomes.items())),
        Figure("seeds with a broken invariant", len(tally.broken), "", limit=0),
    ]
