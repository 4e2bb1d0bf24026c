"""The pack presenter with a planned parcel: its picture by layers, and the checklist before the weight."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.core.messages import Code, say
from app.core.views import PackStep
from app.services.api import Weight
from tests.screens.pack_bench import intents, opened, stands
from tools.shots_pack import PACK, PLANNED, PLANNED_CARTON, PLANNED_WEIGHT


@pytest.fixture
def pack(around, service):
    return opened(around, service, PLANNED)


def test_the_picture_opens_turns_its_layers_and_closes_by_key(pack, around):
    assert ("picture", "PgUp") in [(act.intent, act.key) for act in around.state.frame.actions]
    pack.on_intent("picture")
    assert (around.state.page, around.state.layer) == ("picture", 1)
    assert intents(around) == ["layer", "picture"]
    pack.on_intent("layer")
    assert around.state.layer == 0
    pack.on_intent("layer")
    assert around.state.layer == 1
    pack.on_intent("back")
    assert around.state.page == "order"


def test_a_scan_turns_back_to_the_layer_in_hand(pack, around, service):
    pack.on_intent("picture")
    pack.on_intent("layer")
    assert around.state.layer == 0
    stands(pack, around, service, replace(PLANNED, in_parcel=6))
    assert (around.state.page, around.state.layer) == ("picture", 1)


def test_there_is_no_picture_where_nothing_is_planned(pack, around, service):
    pack.on_intent("picture")
    stands(pack, around, service, PACK)
    assert around.state.page == "order"
    assert not {"picture", "supplies"} & set(intents(around))


def test_the_picture_is_gone_once_the_label_is_awaited(pack, around, service):
    pack.on_intent("picture")
    stands(pack, around, service, replace(PLANNED_WEIGHT, step=PackStep.LABEL, prompt=say(Code.WAIT_FOR_LABEL)))
    assert around.state.page == "order"


def test_the_second_choice_is_one_key_away(pack, around, service):
    stands(pack, around, service, PLANNED_CARTON)
    choices = {act.key: act.intent for act in around.state.frame.choices}
    assert (choices["1"], choices["2"]) == ("carton:M2", "carton:L1")


def test_one_key_confirms_the_list_and_the_weight_is_taken_again(pack, around, service):
    stands(pack, around, service, PLANNED_WEIGHT)
    weight = Weight(Decimal(2310), True, 1.0)
    pack.on_weight(weight)
    around.run()
    pack.on_weight(weight)
    around.run()
    assert [call[0] for call in service.calls] == ["weight"]
    assert intents(around)[0] == "supplies"
    service.now(replace(PLANNED_WEIGHT, supplies=tuple(replace(card, done=True) for card in PLANNED_WEIGHT.supplies)))
    pack.on_intent("supplies")
    around.run()
    assert "supplies" not in intents(around)
    pack.on_weight(weight)
    around.run()
    assert [call[0] for call in service.calls] == ["weight", "confirm_supplies", "weight"]


def test_whoever_comes_next_sees_no_picture_of_another(pack, around):
    pack.on_intent("picture")
    pack.forget()
    pack.show()
    assert around.state.page == "order"
