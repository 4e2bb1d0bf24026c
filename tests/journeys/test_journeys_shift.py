"""A whole shift through the real windows, devices and server with the network and the server going away; then the labels are read back."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tools.labels.decode import ENGINES, decode, render_zpl

ORDERS = 4


@pytest.fixture(scope="module")
def shift(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict, Path]:
    """(figures, folder) of one shift under chaos."""
    out = tmp_path_factory.mktemp("shift") / "out"
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "app",
            "demo",
            "--headless",
            "--orders",
            str(ORDERS),
            "--chaos",
            "--json",
            "--out",
            str(out),
        ],
        capture_output=True,
        text=True,
        timeout=500,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    return json.loads(done.stdout), out


pytestmark = [pytest.mark.slow, pytest.mark.node, pytest.mark.timeout(600), pytest.mark.xdist_group("shift")]


def test_every_order_is_shipped_and_no_fact_is_lost_or_doubled(shift: tuple[dict, Path]) -> None:
    figures, _ = shift
    assert figures["orders"] == figures["shipped"] == figures["labels_printed"] == ORDERS
    assert figures["wrong_items_in_parcels"] == figures["stock_difference"] == figures["double_assignments"] == 0
    assert figures["errors_nobody_can_act_on"] == 0
    assert figures["facts_lost"] == figures["facts_doubled"] == figures["labels_twice"] == figures["labels_unsure"] == 0
    assert figures["stock_conserved"]
    assert figures["invariants"]["broken"] == {}
    assert figures["picks"] > ORDERS
    assert figures["scan_to_feedback_ms"]["n"] > figures["picks"]


def test_trouble_really_came(shift: tuple[dict, Path]) -> None:
    figures, _ = shift
    assert figures["server_restarts"] >= 2
    assert figures["link_cuts"] >= 3
    assert figures["database_kills"] == figures["clones"] == 1
    assert figures["regranted_while_done"] >= 1
    assert figures["facts_by_outcome"]["diverted"] >= 1


@pytest.mark.parametrize("engine", ENGINES)
def test_every_label_that_came_out_says_its_sscc_and_order(shift: tuple[dict, Path], engine: str) -> None:
    _, out = shift
    intended = json.loads((out / "parcels.json").read_text())
    read = {}
    for path in sorted((out / "labels").glob("*.zpl")):
        codes = decode(render_zpl(path.read_bytes(), engine))
        sscc = next(data for symbology, data in codes if symbology == "]C1").decode()
        order = next(data for symbology, data in codes if symbology != "]C1").decode()
        read[sscc.removeprefix("00")] = order
    assert read == intended
    assert len(read) == ORDERS


def test_there_are_pictures_of_the_screens_and_the_labels(shift: tuple[dict, Path]) -> None:
    _, out = shift
    screens = {path.stem for path in (out / "screens").glob("*.png")}
    assert {
        "handheld-1-pick-bin",
        "handheld-1-pick-item",
        "station-1-pack-units",
        "station-1-pack-scan_back",
        "desk-orders",
    } <= screens
    assert len(list((out / "labels").glob("*.png"))) == ORDERS
