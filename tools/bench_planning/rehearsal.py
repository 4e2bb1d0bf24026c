"""A forecast held against what happens: shifts of the demonstration with four pickers, each foretold from its orders, the floor, and the
pace that people had in the shifts before it. `FLOORHAND_BENCH_EVERY=n` plays every n-th of the ten, `FLOORHAND_BENCH_AT_ONCE=n` so many
side by side (they mostly wait).

Time in the demonstration runs `PACE` times quicker than life, so that a shift takes minutes and people still mostly walk: the machine's own
time (about a tenth of a second a scan) is part of the pace that is learned. The ratio is the forecast by what happened, or the other way
round where that is larger.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import numpy as np

from oms.planning.rehearsal import Call, Crew, Luck, Shift, Tour, Truck, rehearse
from oms.planning.shifts import FETCHED_AHEAD
from oms.planning.times import Times, learned
from tools.bench_planning._measure import Absent, Result

NAME: Final = "rehearsal"
#: Nine of ten within a tenth.
TARGETS: Final[Mapping[str, Mapping[str, float]]] = {NAME: {"beyond_10_percent": 0.1}}
SEEDS: Final = range(1, 11)
LEARNED_FROM: Final = 100
PICKERS: Final = 4
ORDERS: Final = 24
PACE: Final = 8.0
METHOD: Final = "single"
_LONGEST_S: Final = 900
#: The demonstration's people are less different than those of a real floor, and nothing keeps them at a bin.
LUCK: Final = replace(Luck(), people=0.05, walks=0.17, picks=0.17, trouble=0.0)


def play(seed: int) -> dict[str, Any]:
    """Plays one shift in a process of its own; see `_demo_shift`. Absent where it cannot be played."""
    with tempfile.TemporaryDirectory(prefix="floorhand-rehearsal-") as folder:
        out = Path(folder) / "shift.json"
        said = [str(seed), str(ORDERS), str(PACE), METHOD, str(PICKERS), str(out)]
        try:
            done = subprocess.run(
                [sys.executable, "-m", "tools.bench_planning._demo_shift", *said],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                timeout=_LONGEST_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise Absent(f"the demonstration's shift of seed {seed} did not end in {_LONGEST_S} s") from None
        if done.returncode:
            raise Absent(f"the demonstration's shift of seed {seed} went wrong: {done.stderr[-300:]}")
        found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
        return found


def foretold(tours: Sequence[Mapping[str, Any]], times: Times) -> float:
    """Seconds until the last pick, in half of the rehearsals."""
    shift = Shift(
        tuple(_tours(tours)), tuple(_orders(tours)), Crew({"": PICKERS}, ahead=FETCHED_AHEAD), times, luck=LUCK
    )
    return rehearse(shift).zones[""].p50


def pace_of(gaps: Sequence[Sequence[float]]) -> Times:
    """What walking and picking took."""
    rows = np.array(gaps, dtype=np.float64)
    return learned(rows[:, :-1].copy(), rows[:, -1].copy())


def _tours(tours: Sequence[Mapping[str, Any]]) -> Iterator[Tour]:
    for tour in tours:
        yield Tour(
            tuple(Call(place, metres, units, order) for place, metres, units, order in tour["calls"]), tour["home"]
        )


def _orders(tours: Sequence[Mapping[str, Any]]) -> Iterator[Truck]:
    for order in sorted({call[3] for tour in tours for call in tour["calls"]}):
        yield Truck(order)


def run(data: Path) -> Sequence[Result]:
    """Plays and foretells; the shifts need no data."""
    seeds = SEEDS[:: int(os.environ.get("FLOORHAND_BENCH_EVERY", "1"))]
    with ThreadPoolExecutor(int(os.environ.get("FLOORHAND_BENCH_AT_ONCE", "1"))) as players:
        first, *shifts = players.map(play, (LEARNED_FROM, *seeds))
    known = first["gaps"]
    ratios, seconds, signed = [], [], []
    for seed, happened in zip(seeds, shifts, strict=True):
        before = perf_counter()
        expected = foretold(happened["tours"], pace_of(known))
        seconds.append(perf_counter() - before)
        share = expected / happened["seconds"]
        sys.stderr.write(
            f"  seed {seed}: foretold {expected:.0f} s, it took {happened['seconds']:.0f} s: {share:.3f}\n"
        )
        ratios.append(max(share, 1 / share))
        signed.append(share)
        known = known + happened["gaps"]
    beyond = sum(abs(share - 1) > 0.1 for share in signed) / len(signed)
    return [Result(NAME, ratios, seconds, {"signed": sum(signed) / len(signed), "beyond_10_percent": beyond})]
