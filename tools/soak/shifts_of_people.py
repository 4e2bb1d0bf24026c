"""Whole shifts by every method: four pickers with a process each, one packer, one scan in ten with trouble, the network, servers and the
database going away; then everything is counted in the databases, the bins and the parcels.

    python -m tools.soak shifts_of_people -- --orders 60 --seed 1 --methods single zones

A shift that does not come out even prints its figures; its command plays it again, though not to the same moment.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from app.demo.command import METHODS
from tools.bench import Figure

#: What must be nought whatever happened.
NOUGHT = (
    "facts_lost",
    "facts_doubled",
    "double_assignments",
    "wrong_items_in_parcels",
    "stock_difference",
    "labels_twice",
)
_LONGEST_S = 3600


def play(method: str, orders: int, seed: int, pickers: int = 4) -> dict[str, Any]:
    """The figures of one shift (see `app.demo.report.count`), with `ok`."""
    with tempfile.TemporaryDirectory(prefix="floorhand-people-") as folder:
        out = Path(folder) / "out"
        done = subprocess.run(
            [
                sys.executable, "-m", "app", "demo", "--headless", "--json", "--method", method, "--pickers", str(pickers),
                "--orders", str(orders), "--seed", str(seed), "--faults", "0.1", "--chaos", "--out", str(out),
            ],
            capture_output=True, text=True, timeout=_LONGEST_S, check=False,
        )  # fmt: skip
    if not done.stdout.startswith("{"):
        return {"ok": False, "problem": done.stderr[-2000:]}
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def main(arguments: Sequence[str] = ()) -> list[Figure]:
    """Figures method by method. `--methods` all, `--orders` 60, `--seed` 1."""
    parser = argparse.ArgumentParser("shifts_of_people")
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=METHODS)
    parser.add_argument("--orders", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    got = parser.parse_args(arguments)
    print(f"P3 seed {got.seed}")
    return [figure for method in got.methods for figure in _figures(method, got.orders, got.seed)]


def _figures(method: str, orders: int, seed: int) -> Iterator[Figure]:
    told = play(method, orders, seed)
    if not told["ok"]:
        print(f"P3 {method}: {json.dumps(told)}")
    name = f"P3 {method}"
    left = [told.get(state, 0) for state in ("shipped", "short_shipped", "cancelled")]
    for state, count in zip(("shipped", "shipped short", "cancelled"), left, strict=True):
        yield Figure(f"{name} {state}", count, "orders")
    yield Figure(f"{name} left on the floor", orders - sum(left), "orders", limit=0)
    for word in NOUGHT:
        yield Figure(f"{name} {word.replace('_', ' ')}", told.get(word, 1), "", limit=0)
    yield Figure(f"{name} faults", sum(told.get("faults", {}).values()), "")
    yield Figure(f"{name} facts", told.get("facts", 0), "")
    yield Figure(f"{name} whole shift", told.get("seconds", 0), "s")
    yield Figure(f"{name} not even", not told["ok"], "", limit=0)
