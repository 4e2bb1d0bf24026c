"""Plays the feature files of this folder: one office a process, a fresh hall a scenario, and the books closed after each of them."""

import gc
import importlib
import re
import tempfile
import uuid
from pathlib import Path

import argon2
import psycopg
import pytest
from pytest_bdd.steps import StepNamePrefix

from oms.people import sessions
from tests.scenarios.floor import Floor
from tests.scenarios.office import Office

_HERE = Path(__file__).parent
for _file in sorted(_HERE.glob("steps*.py")):
    _module = importlib.import_module(f"tests.scenarios.{_file.stem}")
    _words = (StepNamePrefix.step_def.value, StepNamePrefix.step_impl.value)
    globals().update({name: it for name, it in vars(_module).items() if name.startswith(_words)})

_SCAN = re.compile(r"[A-Z][a-z]+ scans (.+)")


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.parent == _HERE:
            item.add_marker(pytest.mark.postgres)


@pytest.fixture(scope="session")
def office(postgres, tmp_path_factory):
    """One real OMS behind TLS for all scenarios of this process."""
    name = f"scenarios_{uuid.uuid4().hex[:12]}"
    url = postgres.url("postgres")
    with psycopg.connect(f"host={url.query['host']} user=postgres dbname=postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE floorhand_template STRATEGY file_copy")
        office = Office(postgres.url(name), tmp_path_factory.mktemp("office"))
        yield office
        office.close()
        gc.collect()
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def floor(office, qapp, monkeypatch):
    """The hall of this scenario, with nobody there yet. In the end the books are looked at."""
    # A sign-in costs a quarter of a second on purpose, which is proven elsewhere.
    monkeypatch.setattr(sessions, "_hasher", argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    with tempfile.TemporaryDirectory() as folder:
        floor = Floor(office, Path(folder))
        yield floor
        floor.end()


def pytest_bdd_before_scenario(request, feature, scenario):
    """Tells the network how long the scenario is."""
    acts = 0
    for step in scenario.steps:
        if " opens the pick" in step.name:
            acts = 0
        elif step.type == "when":
            scanned = _SCAN.fullmatch(step.name)
            acts += len(re.split(r", | and ", scanned[1])) if scanned else 1
    request.getfixturevalue("floor").plan(acts)


def pytest_bdd_after_scenario(request, feature, scenario):
    """Closes the books. A scenario that failed has said what is wrong already."""
    if not getattr(request.node, "_a_step_failed", False):
        request.getfixturevalue("floor").close_books()


def pytest_bdd_step_error(request, feature, scenario, step, step_func, step_func_args, exception):
    request.node._a_step_failed = True
