"""The set-up on machines that are not this one: what it says when something is missing, and that it does nothing twice."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_FILES = (
    "tools/setup",
    "tools/apt-packages.txt",
    "tools/apt-test-packages.txt",
    "tools/labels/package-lock.json",
    "requirements/dev.lock",
    "pyproject.toml",
)
TOOLS = (
    "sh",
    "dirname",
    "grep",
    "tr",
    "cat",
    "sha256sum",
    "cut",
    "head",
    "env",
    "sleep",
    "mktemp",
    "tail",
    "rm",
    "date",
)


class Machine:
    """A checkout with just the files that the set-up reads, and a PATH that holds only what a test has put on it."""

    def __init__(self, place):
        self.checkout = place / "checkout"
        self.path = place / "path"
        self.calls = place / "calls"
        self.path.mkdir()
        for file in _FILES:
            (self.checkout / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / file, self.checkout / file)
        for tool in TOOLS:
            (self.path / tool).symlink_to(shutil.which(tool))
        self.command("id", "echo 1000")
        self.command("dpkg-query", "exit 1")
        self.command("apt-cache", "exit 0")
        self.calls.touch()

    def command(self, name, script):
        """Puts a command of that name on the PATH."""
        self.program(self.path / name, script)

    def program(self, file, script):
        """An executable that notes its call and does what `script` says, in place of what was there."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)  # a link to the machine's own tool must never be written through
        file.write_text(f'#!/bin/sh\necho "{file.name} $*" >>"{self.calls}"\n{script}\n')
        file.chmod(0o755)

    def setup(self, *words):
        environment = {"PATH": str(self.path), "HOME": str(self.path)}
        return subprocess.run(
            [self.checkout / "tools" / "setup", *words],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def python_of(version, ensurepip):
    """A stand-in for an interpreter, which answers what the set-up asks of it."""
    return f"""case "$*" in
    *version_info*) exit {0 if version >= (3, 11) else 1} ;;
    *ensurepip*) exit {0 if ensurepip else 1} ;;
    esac"""


def test_old_python_is_one_line(machine):
    machine.command("python3", python_of((3, 10), ensurepip=True))
    done = machine.setup()
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == ["setup: needs Python 3.11 or later as python3, or named by PYTHON=..."]


def test_missing_packages_are_one_line_for_who_may_not_install(machine):
    machine.command("python3", python_of((3, 11), ensurepip=False))
    machine.command("sudo", "exit 1")
    done = machine.setup()
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    told, _, names = line.partition("apt-get install ")
    assert told == "setup: missing system packages; as root run: "
    assert {"python3-venv", "libgl1", "fonts-inter", "libglib2.0-0"} <= set(names.split())
    assert "|" not in names


def test_only_what_is_missing_is_named_and_by_the_name_of_this_archive(machine):
    machine.command("python3", python_of((3, 11), ensurepip=True))
    machine.command("dpkg-query", 'case "$*" in *libglib*|*libgl1) exit 1 ;; *) printf installed ;; esac')
    machine.command("apt-cache", 'case "$*" in *t64*) echo "libglib2.0-0t64 | 2.80" ;; esac')
    assert machine.setup().stderr.split("apt-get install ")[1].split() == ["libgl1", "libglib2.0-0t64"]


def test_root_installs_and_says_so_when_that_fails(machine):
    machine.command("python3", python_of((3, 11), ensurepip=True))
    machine.command("id", "echo 0")
    machine.command("sleep", "exit 0")
    machine.command("apt-get", "echo 'no archive here' >&2; exit 100")
    done = machine.setup()
    assert done.returncode == 2
    assert "no archive here" in done.stderr
    assert machine.calls.read_text().count("apt-get") == 3
    assert not (machine.checkout / ".venv").exists()


def test_what_is_done_is_not_done_again(machine):
    machine.command("python3", python_of((3, 11), ensurepip=True))
    machine.command("dpkg-query", "printf installed")
    interpreter = machine.checkout / ".venv" / "bin" / "python"
    machine.program(interpreter, "exit 0")
    assert machine.setup().returncode == 0
    first = machine.calls.read_text()
    assert first.count("--require-hashes -r requirements/dev.lock") == 1
    assert first.count("--no-deps --no-build-isolation -e .") == 1

    machine.calls.write_text("")
    assert machine.setup().returncode == 0
    assert "pip" not in machine.calls.read_text()
    assert "dpkg-query" not in machine.calls.read_text()

    with (machine.checkout / "requirements" / "dev.lock").open("a") as lock:
        lock.write("# changed\n")
    assert machine.setup().returncode == 0
    assert "--require-hashes" in machine.calls.read_text()


def test_what_only_tests_talk_to_never_stops_the_set_up(machine):
    machine.command("python3", python_of((3, 11), ensurepip=True))
    machine.command("sudo", "exit 1")
    machine.command("dpkg-query", 'case "$*" in *snmpd) exit 1 ;; *) printf installed ;; esac')
    machine.program(machine.checkout / ".venv" / "bin" / "python", "exit 0")
    machine.program(machine.checkout / ".venv" / "bin" / "npm", "exit 0")
    assert "snmpd" not in machine.setup().stdout
    done = machine.setup("test")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].endswith("will skip; as root run: apt-get install snmpd")


def test_package_list_names_every_library_the_design_asks_for():
    names = (ROOT / "tools" / "apt-packages.txt").read_text().replace("|", " ").split()
    offscreen = {"libgl1", "libegl1", "libxkbcommon0", "libdbus-1-3", "libfontconfig1", "libglib2.0-0"}
    window = {"libxcb-cursor0", "libxcb-icccm4", "libxcb-keysyms1", "libxcb-shape0", "libxkbcommon-x11-0"}
    assert offscreen | window <= set(names)


def test_make_says_what_it_can_do():
    done = subprocess.run(["make", "help"], cwd=ROOT, env=os.environ, capture_output=True, text=True, check=True)
    for target in ("demo", "test", "check", "shots", "bench", "soak", "clean"):
        assert f"make {target}" in done.stdout
