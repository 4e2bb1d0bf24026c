"""Bad links: real clients behind ways that lose, stop, drip and swallow bytes; once a way is good again, everything must be acknowledged
soon, each op once, and no client may stand still.

    python -m tools.soak links -- --runs 200 --seed 1
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from statistics import median
from uuid import uuid4

from sync.client.driver import SyncThread
from sync.contract.facts import ScanRefused
from sync.simulation.store import MemoryStore
from tools.bench import Figure
from tools.bench._served import Served, served
from tools.soak._gates import Fault, Gates

_AT_ONCE = 10
_PENDING = 20
_STUCK_S = 60.0
SOON_S = 15.0


@dataclass(slots=True)
class Healed:
    """Seconds from the healing of each run's link until all is acknowledged; runs that never were; ops not there exactly once."""

    seconds: list[float] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    odd: int = 0
    made: set[str] = field(default_factory=set)
    by_fault: dict[Fault, list[float]] = field(default_factory=dict)


class _Run:
    """One device behind one bad way."""

    def __init__(self, at: Served, port: int) -> None:
        self.store: MemoryStore = at.device(f"127.0.0.1:{port}")
        self.thread = SyncThread(self.store.ports(), "links", lambda status: None, lambda entities: None)
        self.thread.start()

    def scan(self, count: int) -> None:
        """So many facts."""
        for _ in range(count):
            self.store.append(uuid4().hex, ScanRefused(job=None, text="?", code="unknown_code"), None, None)
        self.thread.wake()

    def waits(self) -> bool:
        """Whether anything is not acknowledged."""
        return self.store.ports().journal.pending_count() > 0


def bad_links(at: Served, runs: int, seed: int, at_once: int = _AT_ONCE, pending: int = _PENDING) -> Healed:
    """So many runs, `at_once` side by side, the faults in turn."""
    found, faults = Healed(), list(Fault)
    for first in range(0, runs, at_once):
        chosen = [faults[(first + n) % len(faults)] for n in range(min(at_once, runs - first))]
        _together(at, chosen, Random(f"{seed} {first}"), pending, found)
    found.odd = len(set(at.centre.house.outcomes()) ^ found.made)
    return found


def _together(at: Served, faults: Sequence[Fault], dice: Random, pending: int, found: Healed) -> None:
    with Gates(at.port, len(faults), dice.getrandbits(32)) as ways:
        runs = [_Run(at, gate.port) for gate in ways.gates]
        for gate, fault, run in zip(ways.gates, faults, runs, strict=True):
            gate.fault = fault
            run.scan(pending)
        # Facts go on coming while the link is bad.
        for _ in range(4):
            time.sleep(dice.uniform(0.2, 0.8))
            for run in runs:
                run.scan(pending // 4)
        for gate in ways.gates:
            gate.fault = None
        _wait(runs, faults, found)
        for run in runs:
            run.thread.stop()
        found.made |= {entry.op.op_id for run in runs for entry in run.store.entries}


def _wait(runs: Sequence[_Run], faults: Sequence[Fault], found: Healed) -> None:
    began, left = time.monotonic(), set(range(len(runs)))
    while left and time.monotonic() - began < _STUCK_S:
        for n in [n for n in left if not runs[n].waits()]:
            left.discard(n)
            seconds = time.monotonic() - began
            found.seconds.append(seconds)
            found.by_fault.setdefault(faults[n], []).append(seconds)
        time.sleep(0.01)
    found.stuck += [faults[n].value for n in left]


def main(arguments: Sequence[str]) -> list[Figure]:
    """How soon the runs were over."""
    parser = argparse.ArgumentParser(prog="links")
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    got = parser.parse_args(list(arguments))
    print(f"seed {got.seed}")
    with served() as at:
        found = bad_links(at, got.runs, got.seed)
        at.centre.house.check()
    return [
        Figure("F7 bad links: runs", got.runs, ""),
        Figure("F7 runs stuck", len(found.stuck), "", limit=0),
        Figure("F7 ops not there exactly once", found.odd, "", limit=0),
        Figure("F7 heal until all is acknowledged, slowest", max(found.seconds), "s", limit=SOON_S),
        Figure("F7 R12 heal until all is acknowledged, median", median(found.seconds), "s", limit=3),
        *(Figure(f"F7 median after {fault}", median(times), "s") for fault, times in sorted(found.by_fault.items())),
    ]
