"""Real orders into real cartons, beside another packer's figures: a slice of what `make bench-cartons` does in full."""

import json

import pytest

from oms.packing.cartons import Rotation, Rules
from tools import bench_cartons
from tools.carton_check import wrong_loading

DATA = bench_cartons.SHARED / "boxpacker-orders"
EVERY = 17


@pytest.fixture(scope="module")
def orders():
    if not DATA.is_dir():
        pytest.skip(f"the real orders are not here: {DATA.name}")
    whole = bench_cartons.read(DATA)
    some = sorted(whole.reference)[::EVERY]
    return bench_cartons.Orders(whole.cartons, whole.lines, {order: whole.reference[order] for order in some})


@pytest.mark.parametrize(
    ("rotation", "support", "boxes", "room"),
    [
        (Rotation.FREE, 75, 1.0, 1.0),
        (Rotation.FREE, 0, 1.0, 1.0),
        (Rotation.FLAT, 75, 1.0, None),
        (Rotation.FLAT, 0, 1.0, None),
    ],
    ids=["free", "free unsupported", "flat", "flat unsupported"],
)
def test_no_more_boxes_than_the_other_packer_and_no_rule_broken(orders, rotation, support, boxes, room):
    found = bench_cartons.run(orders, rotation, support)
    assert found.violations == 0
    assert found.boxes <= boxes * found.boxes_reference
    assert room is None or found.volume_ratio <= room


def written(folder):
    (folder / "boxes.csv").write_text("Small,100,100,100,10,100,100,100,1000\nLarge,200,100,100,20,200,100,100,5000\n")
    (folder / "items.csv").write_text("o1,2,a,100,100,50,100\no2,1,a,100,100,50,100\no2,2,b,100,100,50,100\n")
    (folder / "expected.csv").write_text("o1,1,0,100.0,1,0,50.0\no2,1,0,75.0,2,0,75.0\n")
    return folder


def test_the_bench_prints_one_object_of_the_agreed_form(tmp_path, capsys):
    assert bench_cartons.main(["--data", str(written(tmp_path)), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found) == {"free", "flat", "free_unsupported", "flat_unsupported"}
    assert found["free"].pop("p99_ms") >= 0
    assert found["free"] == {"orders": 2, "boxes": 2, "boxes_reference": 3, "volume_ratio": 0.75, "violations": 0}


def test_the_bench_prints_a_table(tmp_path, capsys):
    assert bench_cartons.main(["--data", str(written(tmp_path)), "--containers", "0"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[:5]] == ["orders", "free", "flat", "free_unsupported", "flat_unsupported"]


def test_without_the_data_the_bench_says_so(tmp_path, capsys):
    assert bench_cartons.main(["--data", str(tmp_path)]) == 0
    assert bench_cartons.main(["--data", str(tmp_path), "--json"]) == 2
    heard = capsys.readouterr()
    assert heard.out == ""
    assert "no orders to pack" in heard.err


def test_a_choice_costs_the_same_steps_on_every_machine(orders):
    order = max(orders.lines, key=lambda one: sum(item.qty for item in orders.lines[one]))
    assert bench_cartons.choose(orders.lines[order], orders.cartons, Rules()) == bench_cartons.choose(
        orders.lines[order], orders.cartons, Rules()
    )


def test_a_container_is_well_filled():
    folder = bench_cartons.SHARED / "container-loading"
    if not folder.is_dir():
        pytest.skip(f"the containers are not here: {folder.name}")
    used = [share for shares in bench_cartons.fills(folder, 3, 0.5).values() for share in shares]
    assert len(used) == 3
    assert sum(used) / len(used) > 0.88


def test_the_judge_of_loadings_finds_what_is_wrong():
    goods = [([(2, 2, 2)], 1), ([(3, 2, 2)], 2)]
    assert wrong_loading((5, 2, 2), goods, [(0, 0, 0, 0, 2, 2, 2), (1, 2, 0, 0, 3, 2, 2)]) == []
    assert "too often" in wrong_loading((4, 2, 2), goods, [(0, 0, 0, 0, 2, 2, 2), (0, 2, 0, 0, 2, 2, 2)])[0]
    assert "may not lie" in wrong_loading((4, 2, 3), goods, [(1, 0, 0, 0, 2, 2, 3)])[0]
    assert "reaches out" in wrong_loading((4, 2, 2), goods, [(1, 2, 0, 0, 3, 2, 2)])[0]
    assert "same place" in wrong_loading((5, 2, 2), goods, [(0, 0, 0, 0, 2, 2, 2), (1, 1, 0, 0, 3, 2, 2)])[0]
