"""Who may import whom: the contracts of pyproject.toml hold here, and each of them can be broken."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")
CONTRACTS = [c["id"] for c in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]]

# One import that breaks each contract, where it is written, and through whom when it is not direct.
BREAKS = {
    "contract-room": {"sync/contract/wire.py": "import sqlalchemy"},
    "core-room": {"app/core/scan.py": "import PySide6.QtCore"},
    "flows-room": {"app/flows/pick.py": "import app.core.scan", "app/core/scan.py": "import app.store"},
    "services-room": {"app/services/pick.py": "from app.store import tables"},
    "store-room": {"app/store/tables.py": "import devices.codecs"},
    "presenters": {
        "app/screens/pick/presenter.py": "import app.services.pick",
        "app/services/pick.py": "import sqlalchemy",
    },
    "screens-and-skin": {"app/ui/shell.py": "import zeroconf"},
    "devices-room": {"devices/hub.py": "import sync.contract"},
    "sync-client-room": {"sync/client/machine.py": "import app.core"},
    "oms-room": {"oms/feed/ingest.py": "import app.core.scan"},
    "client-without-server": {"app/bootstrap.py": "import oms.api"},
    "resources-room": {"resources/__init__.py": "import app.core"},
    "api-is-thin": {"oms/api/orders.py": "from oms.orders import models", "oms/orders/models.py": ""},
}


def run_lint_imports(root, *arguments):
    return subprocess.run(
        [LINT_IMPORTS, "--no-logo", "--no-cache", *arguments],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def empty_house(tmp_path):
    """The packages of this tree, all empty, under the same contracts."""
    for init in ROOT.glob("*/**/__init__.py"):
        if init.relative_to(ROOT).parts[0] in {"app", "devices", "sync", "oms", "resources"}:
            copy = tmp_path / init.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.touch()
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_contracts_hold():
    done = run_lint_imports(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_contract_is_shown_to_break():
    assert set(BREAKS) == set(CONTRACTS)


@pytest.mark.parametrize("contract", CONTRACTS)
def test_contract_can_be_broken(empty_house, contract):
    for path, line in BREAKS[contract].items():
        file = empty_house / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(line + "\n")
        for package in file.relative_to(empty_house).parents[:-1]:
            (empty_house / package / "__init__.py").touch()
    done = run_lint_imports(empty_house, "--contract", contract)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout
