"""Waves on the supervisor's board, and jobs that nobody can take yet with what they wait for."""

import pytest

from oms.floor.queries import board
from oms.waves import desk
from sync.contract.board import BoardTab, WaitsFor
from sync.contract.codes import Method
from sync.contract.waves import MakeWaveRequest, WaveAct, WaveActRequest


@pytest.fixture
def shop(floor):
    floor.order("O1", ("TEA", 2), ("CUP", 1))
    floor.order("O2", ("TEA", 3))
    return floor


def make(floor, *orders, method):
    asked = MakeWaveRequest(name="Morning", orders=list(orders), method=method)
    return floor.act(lambda w: desk.make(w, asked)).wave


def act(floor, wave, what):
    done = floor.act(lambda w: desk.act(w, WaveActRequest(wave=wave, act=what)))
    assert done.reason is None


def shown(floor, tab):
    return floor.act(lambda w: board(w.db, w.site, BoardTab(tab), 0, ""))


def test_a_wave_stands_on_the_board_with_its_orders_until_it_is_over(shop):
    wave = make(shop, "O1", "O2", method=Method.CLUSTER)
    [row] = shown(shop, "planned").planned
    assert (row.id, row.name, row.orders) == (wave, "Morning", ["O1", "O2"])
    assert shown(shop, "devices").counts.planned == 1
    act(shop, wave, WaveAct.CANCEL)
    assert shown(shop, "planned").planned == []
    assert shown(shop, "devices").counts.planned == 0


def test_planned_work_waits_for_its_wave_and_is_free_once_it_is_let_go(shop):
    wave = make(shop, "O1", "O2", method=Method.CLUSTER)
    act(shop, wave, WaveAct.PLAN)
    assert [(job.state, job.waits_for) for job in shown(shop, "jobs").jobs] == [("waiting", WaitsFor.WAVE)]
    assert shown(shop, "jobs").counts.jobs == 1
    act(shop, wave, WaveAct.RELEASE)
    assert [(job.state, job.waits_for) for job in shown(shop, "jobs").jobs] == [("open", None)]
