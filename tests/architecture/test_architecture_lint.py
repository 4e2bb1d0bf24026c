"""Format, lint and types are clean: the tests say what `make check` says."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


def run(*command):
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_format():
    run(BIN / "ruff", "format", "--check", "--quiet", ".")


def test_lint():
    run(BIN / "ruff", "check", "--quiet", ".")


@pytest.mark.timeout(900)
def test_types():
    run(sys.executable, "-m", "mypy")


def test_shell_scripts_parse():
    for script, shell in [("tools/setup", "sh"), (".ci/run", "bash"), ("tools/cleanroot", "bash")]:
        run(shell, "-n", script)
