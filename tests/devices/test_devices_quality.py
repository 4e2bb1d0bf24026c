"""Each driver has a quality file, each claim in it names a test that exists, and nothing is claimed that no test shows."""

import ast
import importlib.util
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

from devices.drivers.printers import PRINTERS
from devices.drivers.scales import SCALES
from devices.drivers.scanners import SCANNERS
from devices.model import Role

ROOT = Path(__file__).parents[2]
QUALITY = ROOT / "devices" / "quality"
CLAIMS = {
    "parses_captured_bytes",
    "survives_unplug_in_mid_frame",
    "logs_once",
    "diagnostics",
    "set_up_page",
    "recognised",
}
FACTS = {"role", "dialect", "title", "models", "setup", "hardware"}
TABLES = {Role.SCANNER: SCANNERS, Role.SCALE: SCALES, Role.LABEL_PRINTER: PRINTERS}
DRIVERS = [f"{role.value}-{dialect}" for role, table in TABLES.items() for dialect in table]
TEST = re.compile(r"(tests/[a-z_/0-9]+\.py)::(test_\w+)(?:\[([\w-]+)\])?")


def read(driver):
    return tomllib.loads((QUALITY / f"{driver}.toml").read_text("utf-8"))


@cache
def defined_in(path):
    """Names of the tests of a file, each with whether it is run for several parameters."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {
        node.name: any("parametrize" in ast.unparse(mark) for mark in node.decorator_list)
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
    }


@cache
def lives():
    """Parameters of the tests in test_devices_life.py."""
    spec = importlib.util.spec_from_file_location("lives", ROOT / "tests/devices/test_devices_life.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return frozenset(module.DRIVERS)


def complaints(driver, facts):
    """Everything that is wrong with one file."""
    shown, not_shown = facts.get("shown", {}), facts.get("not_shown", {})
    if set(facts) - {"shown", "not_shown"} != FACTS:
        yield f"facts are {sorted(facts)}"
        return
    if f"{facts['role']}-{facts['dialect']}" != driver:
        yield "speaks of another driver"
    if not facts["models"] or not all(isinstance(word, str) and word for word in [*facts["models"], facts["hardware"]]):
        yield "names no models"
    if set(shown) | set(not_shown) != CLAIMS or set(shown) & set(not_shown):
        yield f"claims are {sorted([*shown, *not_shown])}"
    yield from (f"{claim}: no reason" for claim, reason in not_shown.items() if len(reason) < 20)
    for claim, names in shown.items():
        if not names:
            yield f"{claim}: no test"
        for name in names:
            yield from (f"{claim}: {wrong}" for wrong in unfounded(driver, name))


def unfounded(driver, name):
    """What is wrong with the name of one test."""
    match = TEST.fullmatch(name)
    if match is None:
        yield f"{name} is no test"
        return
    path, function, parameter = match.groups()
    if not (ROOT / path).is_file() or function not in defined_in(path):
        yield f"{name} does not exist"
    elif parameter is not None and (not defined_in(path)[function] or parameter != driver or parameter not in lives()):
        yield f"{name} is not run for this driver"
    elif path.endswith("test_devices_life.py") and parameter is None:
        yield f"{name} does not say for which driver"


def test_every_driver_has_a_file_and_no_file_is_left_over():
    assert sorted(path.stem for path in QUALITY.glob("*")) == sorted(DRIVERS)


@pytest.mark.parametrize("driver", DRIVERS)
def test_what_is_claimed_is_shown(driver):
    assert list(complaints(driver, read(driver))) == []


@pytest.mark.parametrize("driver", DRIVERS)
def test_captured_bytes_are_there_where_they_are_claimed(driver, frames):
    facts = read(driver)
    names = " ".join(facts["shown"].get("parses_captured_bytes", []))
    role, dialect = facts["role"], facts["dialect"]
    if "test_every_recorded_frame" in names:
        assert any(row["protocol"].startswith(dialect) for row in frames("scale-frames"))
    elif "test_every_recorded_printer_frame" in names:
        assert any(row["language"].startswith(dialect) for row in frames("printer-frames"))
    elif "recorded" in names:
        kind = {"lines": "serial"}.get(dialect, dialect)
        assert role == "scanner"
        assert any(row["kind"] == kind for row in frames("scanner-frames"))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda facts: facts.pop("models"), "facts are"),
        (lambda facts: facts.update(extra=1), "facts are"),
        (lambda facts: facts.update(models=[]), "names no models"),
        (lambda facts: facts.update(dialect="sma"), "speaks of another driver"),
        (lambda facts: facts["shown"].pop("logs_once"), "claims are"),
        (lambda facts: facts["shown"].update(makes_coffee=["x"]), "claims are"),
        (lambda facts: facts["shown"].update(logs_once=[]), "no test"),
        (lambda facts: facts["shown"].update(logs_once=["trust me"]), "is no test"),
        (
            lambda facts: facts["shown"].update(logs_once=["tests/devices/test_devices_life.py::test_x"]),
            "does not exist",
        ),
        (
            lambda facts: facts["shown"].update(logs_once=[facts["shown"]["logs_once"][0].replace("nci", "sma")]),
            "is not run for this driver",
        ),
        (
            lambda facts: facts["shown"].update(logs_once=[facts["shown"]["logs_once"][0].partition("[")[0]]),
            "does not say for which driver",
        ),
        (
            lambda facts: facts.update(not_shown={"logs_once": "because"}) or facts["shown"].pop("logs_once"),
            "no reason",
        ),
    ],
)
def test_a_file_that_claims_too_much_is_found_out(change, complaint):
    facts = read("scale-nci")
    change(facts)
    assert any(complaint in wrong for wrong in complaints("scale-nci", facts))
