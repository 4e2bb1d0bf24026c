"""The drawings of the flows are those of today's tables, and the tables hold together."""

import xml.etree.ElementTree as ET

import pytest

from app.core.scan import ScanKind
from app.core.views import PickStep
from app.flows import pick
from app.flows.pick_state import TRANSITIONS
from app.screens.pick.view import _PAGES
from tools.flow_drawings import FLOWS, HOME, drawing, main


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_the_drawing_is_current(flow):
    """Else: `python -m tools.flow_drawings`."""
    assert (HOME / f"{flow.name}.svg").read_text(encoding="utf-8") == drawing(flow)


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_the_drawing_is_whole(flow):
    root = ET.fromstring(drawing(flow))
    words = {text.text for text in root.iter("{http://www.w3.org/2000/svg}text")}
    answered = {where.value for where, _ in flow.table}
    assert answered <= words


def test_all_are_written(tmp_path):
    assert main([str(tmp_path)]) == 0
    assert {path.stem for path in tmp_path.iterdir()} == {flow.name for flow in FLOWS}


def test_every_step_of_a_pick_is_answered_and_led_to():
    answered = {where for where, _ in pick.TABLE}
    assert answered == set(PickStep) - {PickStep.DONE}
    led_to = {step for after in TRANSITIONS.values() for step in after}
    assert set(PickStep) - led_to <= {PickStep.CART}


def test_every_step_has_a_page_of_its_screen():
    walks = {PickStep.BIN, PickStep.ITEM, PickStep.BACK_BIN, PickStep.BACK_ITEM}
    assert {step.value for step in set(PickStep) - walks} | {"walk"} <= set(_PAGES)


def test_every_scan_has_an_answer_at_every_step_that_scans():
    """A command is a button and a badge opens no bin; any other scan is answered, or its step is a question without a scan."""
    scans = set(ScanKind) - {ScanKind.COMMAND, ScanKind.BADGE, ScanKind.UNKNOWN}
    open_steps = set(PickStep) - {PickStep.SHORT, PickStep.SORT, PickStep.DONE, PickStep.SUBSTITUTE}
    for step in open_steps:
        assert {kind for where, kind in pick.TABLE if where is step and isinstance(kind, ScanKind)} >= scans, step
