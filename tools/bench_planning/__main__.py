"""`python -m tools.bench_planning [--data DIR] [--only NAME] [--json]`: tables and a plot, each figure beside its target.

`--data` names a folder with the data sets' folders in it (or in `own` and `third-party` below it); a set that is not there is skipped,
and why is said. With `--json` one object is printed: benchmark -> `n`, `mean`, `p95`, `worst` (ratios to the best known value) and
`seconds` (all instances together).
"""

import argparse
import json
import os
import pkgutil
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import cast

from tools import bench_planning
from tools.bench_planning._measure import IS_CPU, SHARED, Absent, Benchmark, Result
from tools.bench_planning._plot import drawing

_PLOT = Path("out") / "bench-planning.svg"


def benchmarks() -> list[Benchmark]:
    """All of them, by name."""
    found = (one.name for one in pkgutil.iter_modules(bench_planning.__path__) if not one.name.startswith("_"))
    return [cast(Benchmark, import_module(f"{bench_planning.__name__}.{name}")) for name in sorted(found)]


def table(result: Result, targets: dict[str, float]) -> str:
    """One benchmark's figures, each beside what is aimed at."""
    figures = result.all_figures()
    lines = [f"{result.name}: {figures.pop('n'):.0f} instances"]
    for name, value in figures.items():
        aim = targets.get(name)
        beside = "" if aim is None else f"  aim {aim:<8g} {'reached' if value <= aim else 'MISSED'}"
        lines.append(f"  {name:24}{value:>12.4f}{beside}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command: 0 also where data are not there, 2 for a benchmark that does not exist."""
    parser = argparse.ArgumentParser(prog="bench-planning", description=__doc__)
    parser.add_argument("--data", type=Path, default=SHARED, help="folder with the data sets")
    parser.add_argument("--only", action="append", metavar="NAME", help="this benchmark; may be given more than once")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    chosen = [one for one in benchmarks() if not options.only or one.NAME in options.only]
    if len(chosen) < len(set(options.only or ())):
        sys.stderr.write(f"there are: {', '.join(one.NAME for one in benchmarks())}\n")
        return 2
    found: list[tuple[Result, dict[str, float]]] = []
    for one in chosen:
        try:
            results = one.run(options.data)
        except Absent as why:
            sys.stderr.write(f"{one.NAME} skipped: {why}\n")
            continue
        for result in results:
            found.append((result, dict(one.TARGETS.get(result.name, {}))))
            if not options.json:
                print(table(*found[-1]), flush=True)
    if options.json:
        print(json.dumps({result.name: result.summed() for result, _ in found}))
    elif found:
        _PLOT.parent.mkdir(exist_ok=True)
        _PLOT.write_text(drawing([result for result, _ in found]), encoding="utf-8")
        counted = "the processor's time" if IS_CPU else "the clock on the wall"
        print(f"seconds by {counted}; load of the machine {os.getloadavg()[0]:.1f}; plot in {_PLOT}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
