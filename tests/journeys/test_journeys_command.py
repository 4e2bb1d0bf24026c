"""The `floorhand` command: which program a word starts, and what it says to words it does not know."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.__main__ import main


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as a shell runs it."""
    return subprocess.run(
        [sys.executable, "-m", "app", *words],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **environment},
    )


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    assert all(word in said for word in ("client", "server", "import", "admin", "devices", "demo", "version"))


def test_no_word_is_a_question_for_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "usage" in capsys.readouterr().out


def test_an_unknown_word_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fly"]) == 2
    assert "usage" in capsys.readouterr().err


def test_the_server_is_a_program_of_its_own_without_qt() -> None:
    done = run("server", "--help")
    assert done.returncode == 0
    assert "--tls" in done.stdout
    listed = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, oms.cli.server; print([m for m in sys.modules if m.startswith(('PySide6', 'app.'))])",
        ],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert listed.stdout.strip() == "[]"


def test_an_import_without_a_server_says_so_in_words(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text("sku,name\nA,Apple\n")
    done = run("import", "items", str(tmp_path / "items.csv"), "--data", str(tmp_path / "none"))
    assert done.returncode == 1
    assert done.stderr.startswith("floorhand: no server has run on")


def test_the_client_names_a_bad_option_and_its_limits(tmp_path: Path) -> None:
    done = run("client", "--data", str(tmp_path), "--text-size", "7", QT_QPA_PLATFORM="offscreen")
    assert done.returncode == 2
    assert "text_size must be a whole number from 70 to 400" in done.stderr


def test_a_data_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    from app.store.store import Store
    from app.wiring.clock import SystemClock

    store = Store(tmp_path, SystemClock())
    try:
        done = run("client", "--data", str(tmp_path), QT_QPA_PLATFORM="offscreen")
    finally:
        store.close()
    assert done.returncode == 3
    assert "another client has" in done.stderr
