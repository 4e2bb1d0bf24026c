"""Runs the modules of `tools.bench` or `tools.soak`, each in a process of its own, and prints one table of their figures.

    python -m tools.bench [--json FILE] [NAME...]        python -m tools.soak [--json FILE] [NAME...] [-- ARGUMENTS OF THE MODULE]

The exit code is 1 when a figure is over its limit or a measurement did not come to its end.
"""

import argparse
import json
import pkgutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from types import ModuleType

import rich
from rich.table import Table

from tools.bench import Figure

_MARK = "figures:"
_RUN = (
    "import dataclasses, importlib, json, sys; figures = importlib.import_module(sys.argv[1]).main(*json.loads(sys.argv[2])); "
    f"print('{_MARK}' + json.dumps([dataclasses.asdict(figure) for figure in figures]))"
)


def measurements(package: ModuleType) -> list[str]:
    """Names of all measurements, sorted."""
    return sorted(found.name for found in pkgutil.iter_modules(package.__path__) if not found.name.startswith("_"))


def measure(name: str, arguments: Sequence[object]) -> list[Figure] | None:
    """Runs one measurement (`tools.bench.startup`) in a new process; None when it failed (its words are on the terminal then)."""
    command = [sys.executable, "-c", _RUN, name, json.dumps(list(arguments))]
    figures = None
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        for line in running.stdout:
            if line.startswith(_MARK):
                figures = [Figure(**words) for words in json.loads(line.removeprefix(_MARK))]
            else:
                sys.stderr.write(line)
    return figures if running.returncode == 0 else None


def _rows(name: str, figures: list[Figure] | None) -> list[tuple[str, ...]]:
    if figures is None:
        return [(name, "-", "-", "-", "failed")]
    rows = []
    for figure in figures:
        limit = "" if figure.limit is None else f"{figure.limit:g} {figure.unit}"
        verdict = "" if figure.limit is None else "kept" if figure.kept else "OVER"
        rows.append((name, figure.name, f"{figure.value:,.4g} {figure.unit}", limit, verdict))
    return rows


def main(package: ModuleType, arguments: Sequence[object] = ()) -> int:
    """Runs what the command line names, or everything; `arguments` go to each measurement's `main`."""
    known = measurements(package)
    parser = argparse.ArgumentParser(prog=f"python -m {package.__name__}", description=package.__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of: {', '.join(known)}")
    report_file = Path("out") / f"{package.__name__.rpartition('.')[2]}.json"
    parser.add_argument("--json", type=Path, default=report_file, help="where the figures go")
    options = parser.parse_args(list(sys.argv[1 : _end()]))
    if unknown := sorted(set(options.names) - set(known)):
        parser.error(f"there is no {', '.join(unknown)}; there are {', '.join(known)}")

    table = Table("measurement", "figure", "value", "limit", "verdict")
    report: dict[str, list[dict[str, object]] | None] = {}
    good = True
    for name in options.names or known:
        print(f"measuring {name} ...", file=sys.stderr)
        figures = measure(f"{package.__name__}.{name}", arguments)
        report[name] = None if figures is None else [asdict(figure) | {"kept": figure.kept} for figure in figures]
        good &= figures is not None and all(figure.kept for figure in figures)
        for row in _rows(name, figures):
            table.add_row(*row)
    rich.print(table)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(report, indent=1) + "\n")
    print(f"written to {options.json}")
    return 0 if good else 1


def _end() -> int:
    return sys.argv.index("--") if "--" in sys.argv else len(sys.argv)


def passed_on() -> list[str]:
    """The words of the command line behind `--`, for the measurement itself."""
    return sys.argv[_end() + 1 :]
