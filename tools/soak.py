"""`make soak`: the demonstration under chaos, round after round, each with another seed, until the time is over or a round is not clean."""

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

FLOORHAND = Path(sys.executable).with_name("floorhand")
ADDED_UP = (
    "orders",
    "shipped",
    "picks",
    "labels_printed",
    "labels_unsure",
    "facts_lost",
    "facts_doubled",
    "server_restarts",
    "link_cuts",
)


def trouble(figures: dict[str, int]) -> list[str]:
    """What is wrong with one round, counted by the demonstration from the databases and the virtual printer."""
    wrong = [f"{name} = {figures[name]}" for name in ("facts_lost", "facts_doubled") if figures[name]]
    if figures["shipped"] != figures["orders"]:
        wrong.append(f"shipped {figures['shipped']} of {figures['orders']}")
    return wrong


def main() -> int:
    """Runs rounds; 0 when all were clean."""
    parser = argparse.ArgumentParser(prog="python -m tools.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--orders", type=int, default=20, help="orders a round")
    parser.add_argument("--seed", type=int, default=1, help="seed of the first round")
    options = parser.parse_args()

    total: Counter[str] = Counter()
    ends = time.monotonic() + options.minutes * 60
    seed = options.seed
    while seed == options.seed or time.monotonic() < ends:
        words = ["demo", "--headless", "--chaos", "--json", "--orders", str(options.orders), "--seed", str(seed)]
        done = subprocess.run([FLOORHAND, *words], stdout=subprocess.PIPE, text=True)
        if done.returncode:
            print(f"round with seed {seed} ended with {done.returncode}")
            return 1
        figures = json.loads(done.stdout.splitlines()[-1])
        if wrong := trouble(figures):
            print(f"round with seed {seed}: {', '.join(wrong)}")
            return 1
        total.update({name: int(figures.get(name, 0)) for name in ADDED_UP})
        seed += 1
        print(
            f"{seed - options.seed} rounds clean: " + ", ".join(f"{name} {total[name]}" for name in ADDED_UP),
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
