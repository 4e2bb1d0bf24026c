"""Does anybody notice? Puts one bug after the other into a copy of the protocol and runs the tests on it: each bug must be caught.

    python -m tools.soak protocol_mutants -- --only "no epoch"

A fault test that no seeded bug can fail proves nothing. Every bug is one that a rule of the protocol exists to prevent.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.bench import Figure

ROOT = Path(__file__).resolve().parents[2]
_COPIED = ("app", "devices", "oms", "resources", "sync", "tools", "tests", "pyproject.toml")
#: The quickest to notice come first.
_TESTS = (
    ("tests/store/test_store_rows.py", "tests/store/test_store_journal.py", "tests/store/test_store_rights.py"),
    ("tests/sync/test_sync_exchange.py", "tests/sync/test_sync_machine.py", "tests/sync/test_sync_feed.py"),
    ("tests/sync/test_sync_faults.py", "tests/sync/test_sync_leases.py", "tests/oms/test_oms_picking_rules.py"),
    ("tests/sync/test_sync_seeds.py", "tests/sync/test_sync_state_machine.py", "tests/sync/test_sync_live.py"),
)
_TOO_LONG_S = 400


@dataclass(frozen=True, slots=True)
class Mutant:
    """One bug: what it is, the tests that should notice it first, and the texts that make it (file, what stands there, what stands there
    then)."""

    name: str
    first: str
    changes: tuple[tuple[str, str, str], ...]


def mutants() -> list[Mutant]:
    """All bugs, as `protocol_mutants.toml` lists them."""
    listed = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())["mutant"]
    return [
        Mutant(one["name"], one["first"], tuple((c["file"], c["old"], c["new"]) for c in one["change"]))
        for one in listed
    ]


def main(arguments: Sequence[str]) -> list[Figure]:
    """Bugs put in and bugs noticed; says by which tests and how long it took."""
    parser = argparse.ArgumentParser(prog="protocol_mutants")
    parser.add_argument("--only", help="the bugs whose name contains this")
    parser.add_argument("--seeds", default="1-60", help="seeds of the short stories")
    got = parser.parse_args(list(arguments))
    chosen = [mutant for mutant in mutants() if not got.only or got.only in mutant.name]
    figures, missed = [], 0
    for mutant in chosen:
        began = time.monotonic()
        by = _noticed(mutant, got.seeds)
        seconds = time.monotonic() - began
        print(f"{mutant.name:<50} {by or 'NOT NOTICED':<60} {seconds:5.0f} s", flush=True)
        missed += not by
        figures.append(Figure(f"F2 {mutant.name}: {by or 'NOT NOTICED'}", seconds, "s"))
    return [*figures, Figure("F2 bugs put in", len(chosen), ""), Figure("F2 bugs nobody noticed", missed, "", limit=0)]


def _noticed(mutant: Mutant, seeds: str) -> str | None:
    """The test that fails first, and passes where nothing was changed; None when there is none."""
    with _copy() as sound, _copy() as copy:
        for file, old, new in mutant.changes:
            _change(copy / file, old, new)
        for tests in ((mutant.first,), *_TESTS):
            by = _first_failure(copy, tests, seeds)
            if by and _first_failure(sound, (by,), seeds) is None:
                return by.split("/")[-1]
    return None


@contextmanager
def _copy() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="mutant-") as place:
        copy = Path(place)
        for name in _COPIED:
            source = ROOT / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, copy / name, **_quick(source))
        yield copy


def _quick(source: Path) -> dict[str, object]:
    return {"ignore": shutil.ignore_patterns("__pycache__", "node_modules")} if source.is_dir() else {}


def _change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    if old not in text:
        raise ValueError(f"{file.name} has changed: there is no {old!r} any more")
    file.write_text(text.replace(old, new))


def _first_failure(copy: Path, tests: Sequence[str], seeds: str) -> str | None:
    """The first test that fails, as pytest names it (or all of `tests`, when they stand still or cannot even be collected)."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--timeout", "100", *tests]
    environment = {**os.environ, "FLOORHAND_SEEDS": seeds, "PYTHONPATH": str(copy)}
    try:
        done = subprocess.run(
            command, cwd=copy, env=environment, capture_output=True, text=True, check=False, timeout=_TOO_LONG_S
        )
    except subprocess.TimeoutExpired:
        return tests[0]
    if done.returncode == 0:
        return None
    words = [line for line in done.stdout.splitlines() if line.startswith(("FAILED tests", "ERROR tests"))]
    return words[0].split(" ", 1)[1].split(" - ")[0] if words else tests[0]
