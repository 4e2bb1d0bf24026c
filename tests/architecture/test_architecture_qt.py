"""The Qt that is installed is one that survives what the shell does to it all day."""

import importlib.metadata
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# PySide6 6.12.0 aborts on Python 3.11 when a signal carries Python objects often enough: its reference counting on emit is wrong.
EMITS = """
import sys
from PySide6.QtCore import QCoreApplication, QObject, Qt, QThread, Signal

class Speaker(QObject):
    said = Signal(object)

class Ear(QObject):
    def __init__(self):
        super().__init__()
        self.heard = 0
    def hear(self, word):
        self.heard += len(word)
        if self.heard == 20_000:
            QCoreApplication.quit()

class Talk(QThread):
    def run(self):
        for number in range(10_000):
            speaker.said.emit((number, {"text": str(number)}))

application = QCoreApplication(sys.argv)
speaker, ear = Speaker(), Ear()
speaker.said.connect(ear.hear, KIND)
thread = Talk()
thread.start()
if KIND == Qt.ConnectionType.QueuedConnection:
    application.exec()
thread.wait()
assert ear.heard == 20_000, ear.heard
"""


@pytest.mark.parametrize("kind", ["DirectConnection", "QueuedConnection"])
def test_ten_thousand_emits_across_threads(kind):
    program = EMITS.replace("KIND", f"Qt.ConnectionType.{kind}")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_pyside_is_the_pinned_line():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert "PySide6_Essentials>=6.11,<6.12" in project["dependencies"]
    assert importlib.metadata.version("PySide6_Essentials").startswith("6.11.")


@pytest.mark.parametrize("lock", ["runtime.lock", "dev.lock"])
def test_locks_pin_and_hash_every_requirement(lock):
    text = (ROOT / "requirements" / lock).read_text()
    entries = re.split(r"\n(?=[a-z0-9])", re.sub(r"(?m)^ *#.*\n", "", text))
    for entry in entries:
        assert re.match(r"[a-z0-9._-]+(\[[a-z]+\])?==\S+", entry), entry.splitlines()[0]
        assert "--hash=sha256:" in entry, entry.splitlines()[0]
    names = {re.split(r"[=\[]", entry)[0] for entry in entries}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *(project["optional-dependencies"]["dev"] if lock == "dev.lock" else [])]
    missing = {re.split(r"[><=\[;]", want)[0].lower().replace("_", "-") for want in wanted} - names
    assert not missing
