"""The compiler and the path without it, and the frame that the benchmarks hang in."""

import json
import subprocess
import sys

import numpy as np
import pytest

from oms.planning import compiled
from oms.planning.compiled import Kernel, kernel, roll
from tools.bench_planning import __main__ as bench
from tools.bench_planning import multi_block
from tools.bench_planning._measure import Result

needs_numba = pytest.mark.skipif(not compiled.enabled(), reason="there is no compiler here")


@kernel
def twice(value: int) -> int:
    """A kernel that another one calls."""
    return 2 * value


@kernel
def total(values: compiled.Ints) -> int:
    """Calls a kernel in a loop."""
    found = 0
    for value in values:
        found += twice(value)
    return found


def run(program, **environment):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        env={"PATH": "", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


@needs_numba
def test_a_kernel_that_calls_another_is_compiled_with_it():
    assert total(np.arange(5)) == 20
    assert isinstance(total, Kernel)
    assert total.compiled().signatures
    with compiled.plain():
        assert total(np.arange(5)) == 20
        assert not compiled.enabled()
    assert compiled.enabled()


def test_a_kernel_says_what_it_is():
    assert (twice.__name__, twice.__doc__) == ("twice", "A kernel that another one calls.")


def test_draws_are_the_same_on_both_paths_and_never_end():
    state, seen = 1, set()
    for _ in range(300):
        state = roll(state)
        assert 0 < state < compiled.ROLLS
        seen.add(state)
    assert len(seen) == 300
    assert roll(roll(1)) == roll.written(roll.written(1)) == 48271**2 % compiled.ROLLS


def test_the_server_does_not_load_the_compiler_before_it_is_asked():
    assert run(
        "import sys, oms.cli.server, oms.walks.order; print('numba' in sys.modules, 'highspy' in sys.modules)"
    ) == [
        "False",
        "False",
    ]


def test_where_it_is_switched_off_it_is_never_loaded():
    program = "import sys; from oms.planning import compiled as c; c.warm(); print(c.roll(1), c.enabled(), 'numba' in sys.modules)"
    assert run(program, FLOORHAND_NUMBA="0") == ["48271", "False", "False"]


KEPT = """
from pathlib import Path
from oms.planning import compiled
compiled.keep_in(Path({folder!r}))
print(compiled.roll(1), sum(compiled.roll.compiled().stats.cache_hits.values()))
"""


@needs_numba
def test_compiled_code_is_kept_in_the_folder_that_was_named(tmp_path):
    folder = tmp_path / "kernels"
    (folder / "kernels-of-an-older-program").mkdir(parents=True)
    program = KEPT.format(folder=str(folder))
    assert run(program) == ["48271", "0"]
    assert len(list(folder.rglob("*.nbc"))) == len(list(folder.iterdir())) == 1
    assert run(program) == ["48271", "1"]


@needs_numba
def test_a_folder_that_cannot_be_written_only_costs_time(tmp_path):
    (tmp_path / "kernels").write_text("a file")
    assert run(KEPT.format(folder=str(tmp_path / "kernels"))) == ["48271", "0"]


def test_the_bench_says_what_is_not_there(tmp_path, capsys):
    assert bench.main(["--data", str(tmp_path), "--only", "multi_block", "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out) == {}
    assert said.err.startswith("multi_block skipped: route-multiblock/instances.json is not below")
    assert bench.main(["--only", "no-such-thing"]) == 2
    assert "multi_block" in capsys.readouterr().err


def test_the_bench_prints_one_object_or_tables_with_a_plot(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    one = {"cross_y": [0.0, 9.0], "aisle_pitch": 5.0, "aisles": 2, "pts": [[0, 0], [0, 8], [1, 3]], "best": 26.0}
    (tmp_path / "instances.json").write_text(json.dumps([one, one]))
    chosen = ["--data", str(tmp_path), "--only", "multi_block"]
    assert bench.main([*chosen, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["multi_block"].keys() == {"n", "mean", "p95", "worst", "seconds"}
    assert (found["multi_block"]["n"], found["multi_block"]["worst"]) == (2, pytest.approx(1.0, abs=0.1))
    assert bench.main(chosen) == 0
    assert "aim 1.002" in capsys.readouterr().out
    assert "<polyline" in (tmp_path / "out" / "bench-planning.svg").read_text()


def test_a_target_that_is_missed_is_said():
    said = bench.table(Result("x", [1.0, 1.2], [0.1, 0.1]), {"mean": 1.05, "worst": 1.3})
    assert "MISSED" in next(line for line in said.splitlines() if "mean" in line)
    assert "reached" in next(line for line in said.splitlines() if "worst" in line)
    assert multi_block.NAME in {one.NAME for one in bench.benchmarks()}
