"""A weight that is off is explained on the refusal, the likeliest reason first."""

from dataclasses import replace

import pytest

from app.core.messages import Code, say
from app.screens.pack.presenter import PackPresenter
from tools.shots_pack import BLOCKED

TOO_LIGHT = say(Code.WEIGHT_OUT, grams=1846, expected=2310, tolerance=30, diff=-464)
CAUSES = (
    say(Code.WEIGHT_MISSING, item="Teapot", percent=81),
    say(Code.WEIGHT_TWO_MISSING, item="Cup", other="Lemon squeezer", percent=12),
)


@pytest.fixture
def pack(around, service):
    around.presenter = PackPresenter(around.stage, service)
    return around.presenter


def stands(pack, around, service, causes):
    service.now(replace(BLOCKED, weight=replace(BLOCKED.weight, causes=causes)), TOO_LIGHT)
    pack.enter()
    around.run()
    return around.state.frame.refusal


def test_the_reasons_are_on_the_refusal(pack, around, service):
    assert stands(pack, around, service, CAUSES).likely == CAUSES


def test_without_reasons_the_usual_hint_stays(pack, around, service):
    assert stands(pack, around, service, ()).likely == ()
