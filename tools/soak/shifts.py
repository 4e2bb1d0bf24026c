"""Shifts by the thousand, each from a seed: the real client on real stores, power cuts, clones and server restores, the real OMS.

    python -m tools.soak shifts -- --seeds 1-2000 --minutes 60 --jobs 2

A failure prints its seed; `FLOORHAND_SEEDS=17 pytest tests/sync/test_sync_simulation.py` plays that one again.
"""

import argparse
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial, reduce

from tools.bench import Figure
from tools.soak._centre import Centre, own_database
from tools.soak._shift import Broken, Told, run
from tools.soak._side_by_side import add_jobs, side_by_side


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
    simulated_s: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    def add(self, told: Told) -> None:
        """One more that went well."""
        self.requests += told.requests
        self.scans += told.scans
        self.cuts += told.cuts
        self.forks += told.forks
        self.restores += told.restores
        self.simulated_s += told.simulated_s
        self.outcomes.update(told.outcomes)

    def join(self, beside: "Tally") -> "Tally":
        """Both, played at the same time."""
        words = ("seeds", "requests", "scans", "cuts", "forks", "restores", "simulated_s", "outcomes", "broken")
        both = {word: getattr(self, word) + getattr(beside, word) for word in words}
        return Tally(seconds=max(self.seconds, beside.seconds), **both)

    def figures(self) -> list[Figure]:
        """All of it."""
        return [
            Figure("F1 seeds", self.seeds, ""),
            Figure("F1 seeds a second", self.seeds / self.seconds, "1/s"),
            Figure("F1 F22 simulated", self.simulated_s / 3600, "h"),
            Figure("F1 requests", self.requests, ""),
            Figure("F1 scans", self.scans, ""),
            Figure("F1 power cuts of devices", self.cuts, ""),
            Figure("F1 clones", self.forks, ""),
            Figure("F1 server restores", self.restores, ""),
            *(Figure(f"F1 facts {word}", count, "") for word, count in sorted(self.outcomes.items())),
            Figure("F1 seeds with a broken invariant", len(self.broken), "", limit=0),
        ]


def play(run: Callable[[int], Told], seeds: Iterable[int], for_s: float = float("inf"), at_least: int = 0) -> Tally:
    """Plays the seeds one after the other; ends early after `for_s` seconds once `at_least` seeds are done."""
    tally, began = Tally(), time.monotonic()
    for seed in seeds:
        try:
            tally.add(run(seed))
        except Broken as broken:
            tally.broken.append(str(broken))
            print(broken, flush=True)
        tally.seeds += 1
        tally.seconds = time.monotonic() - began
        if tally.seconds > for_s and tally.seeds >= at_least:
            break
    return tally


def parsed(name: str, arguments: Sequence[str], minutes: float) -> tuple[range, float, int]:
    """(seeds, seconds, processes) that the words of the command line ask for; at most `minutes` unless they say otherwise."""
    parser = argparse.ArgumentParser(prog=name)
    parser.add_argument("--seeds", default="1-20000", help="a range")
    parser.add_argument("--minutes", type=float, default=minutes, help="stop after so long")
    add_jobs(parser)
    got = parser.parse_args(list(arguments))
    first, _, last = got.seeds.partition("-")
    print(f"seeds {got.seeds}, at most {got.minutes:g} minutes", flush=True)
    return range(int(first), int(last or first) + 1), got.minutes * 60, got.jobs


def all_played(share: Callable[[float, range], Tally], asked: tuple[range, float, int]) -> list[Figure]:
    """What `share(seconds, seeds)` made of all the seeds, in as many processes as asked for."""
    seeds, seconds, jobs = asked
    return reduce(Tally.join, side_by_side(partial(share, seconds), seeds, jobs)).figures()


def _share(seconds: float, seeds: range) -> Tally:
    with own_database() as url:
        centre = Centre(url)
        centre.hurry()
        tally = play(partial(run, centre), seeds, seconds)
        centre.close()
    return tally


def main(arguments: Sequence[str]) -> list[Figure]:
    """Seeds played and what was found."""
    return all_played(_share, parsed("shifts", arguments, 60))
