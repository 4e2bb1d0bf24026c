"""Every parser of bytes from outside under a coverage-guided fuzzer; nothing may escape, memory stays bounded.

python -m tools.soak parsers -- --seconds 60 --seed 1
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence

from tools.bench import Figure


def main(arguments: Sequence[str]) -> list[Figure]:
    """Parsers fuzzed, and parsers in which something was found; what was found is printed."""
    from tools.soak._fuzz import targets

    parser = argparse.ArgumentParser(prog="parsers")
    parser.add_argument("--seconds", type=int, default=20, help="for each parser")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="those whose name contains this")
    got = parser.parse_args(list(arguments))
    print(f"seed {got.seed}")
    names = [name for name in targets() if got.only in name]
    found = [name for name in names if not _clean(name, got.seconds, got.seed)]
    return [Figure("parsers fuzzed", len(names), ""), Figure("parsers with findings", len(found), "", limit=0)]


def _clean(name: str, seconds: int, seed: int) -> bool:
    command = [sys.executable, "-m", "tools.soak._fuzz", name, str(seconds), str(seed)]
    with tempfile.TemporaryDirectory() as place:
        done = subprocess.run(
            command, cwd=place, env={"PYTHONPATH": ":".join(sys.path), "PATH": "/usr/bin:/bin"},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
    if done.returncode:
        print(f"{name}:\n{done.stdout[-3000:]}", flush=True)
    return done.returncode == 0
