"""`python -m tools.bench [--json FILE] [NAME...]`: runs the measurements, prints one table, and writes the same as JSON.

The exit code is 1 when a figure is over its limit or a measurement did not come to its end.
"""

import argparse
import json
import pkgutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import rich
from rich.table import Table

from tools import bench
from tools.bench import Figure

_MARK = "figures:"
_RUN = (
    "import dataclasses, importlib, json, sys; figures = importlib.import_module(sys.argv[1]).main(); "
    f"print('{_MARK}' + json.dumps([dataclasses.asdict(figure) for figure in figures]))"
)


def measurements() -> list[str]:
    """Names of all measurements, sorted."""
    return sorted(found.name for found in pkgutil.iter_modules(bench.__path__) if not found.name.startswith("_"))


def measure(name: str) -> list[Figure] | None:
    """Runs one measurement in a new process; None when it failed (its words are on the terminal then)."""
    done = subprocess.run([sys.executable, "-c", _RUN, f"tools.bench.{name}"], stdout=subprocess.PIPE, text=True)
    for line in reversed(done.stdout.splitlines()):
        if done.returncode == 0 and line.startswith(_MARK):
            return [Figure(**words) for words in json.loads(line.removeprefix(_MARK))]
    sys.stderr.write(done.stdout)
    return None


def main() -> int:
    """Runs what the command line names, or everything."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=bench.__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of: {', '.join(measurements())}")
    parser.add_argument("--json", type=Path, default=Path("out/bench.json"), help="where the figures go")
    options = parser.parse_args()

    table = Table("measurement", "figure", "value", "limit", "verdict")
    report: dict[str, list[dict[str, object]] | None] = {}
    good = True
    for name in options.names or measurements():
        print(f"measuring {name} ...", file=sys.stderr)
        figures = measure(name)
        report[name] = None if figures is None else [asdict(figure) | {"kept": figure.kept} for figure in figures]
        good &= figures is not None and all(figure.kept for figure in figures)
        if figures is None:
            table.add_row(name, "-", "-", "-", "failed")
        for figure in figures or []:
            limit = "" if figure.limit is None else f"{figure.limit:g} {figure.unit}"
            verdict = "" if figure.limit is None else "kept" if figure.kept else "OVER"
            table.add_row(name, figure.name, f"{figure.value:,.4g} {figure.unit}", limit, verdict)
    rich.print(table)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(report, indent=1) + "\n")
    print(f"written to {options.json}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
