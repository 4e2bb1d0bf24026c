"""The pick presenter without Qt: what it asks of the service, what it shows, what it says."""

from dataclasses import replace

import pytest

from app.core.facts import ShortReason
from app.core.messages import Code, say
from app.core.outcome import Changes
from app.core.views import PickStep
from app.screens.pick.presenter import REASONS, PickPresenter
from app.screens.words import Word
from tools.shots_data import CUP, GO, LEMON, OLIVE, PICK


@pytest.fixture
def pick(around, service):
    service.now(PICK)
    presenter = PickPresenter(around.stage, service)
    presenter.enter()
    around.run()
    service.calls.clear()
    return presenter


def test_entering_shows_where_the_pick_stands(pick, around):
    assert around.state.page == "walk"
    assert around.state.view is PICK
    assert around.state.frame.progress == 500


def test_nothing_is_asked_of_the_service_in_the_callers_thread(pick, around, service):
    pick.on_scan(around.scan("9501101000008"))
    assert service.calls == []
    around.run()
    assert [call[0] for call in service.calls] == ["on_scan"]


def test_twenty_scans_reach_the_service_in_their_order(pick, around, service):
    for n in range(20):
        pick.on_scan(around.scan(str(n)))
    around.run()
    assert [call[1].text for call in service.calls] == [str(n) for n in range(20)]
    assert len(around.answered) == 20


def test_a_scan_older_than_the_screen_is_dropped_but_answered(pick, around, service):
    pick.on_scan(around.scan("9501101000008", at=99.0))
    around.run()
    assert service.calls == []
    assert pick.dropped == 1
    assert len(around.answered) == 1


def test_a_refusal_stays_until_the_right_scan(pick, around, service, wrong_item):
    service.now(replace(PICK, scanned=LEMON), wrong_item)
    service.then(PICK, say(Code.DUPLICATE_SCAN))
    service.then(PICK, say(Code.UNIT_COUNTED, n=3, of=5))
    pick.on_scan(around.scan("x"))
    around.run()
    assert around.state.frame.refusal.message.code is Code.WRONG_ITEM
    pick.on_scan(around.scan("x"))
    around.run()
    assert around.state.frame.refusal.message.code is Code.WRONG_ITEM
    pick.on_scan(around.scan("y"))
    around.run()
    assert around.state.frame.refusal is None
    assert [m.code for m in around.said] == [Code.WRONG_ITEM, Code.DUPLICATE_SCAN, Code.UNIT_COUNTED]


def test_a_wrong_item_is_named_and_shown_beside_the_needed_one(pick, around, service, wrong_item):
    service.now(replace(PICK, scanned=LEMON), wrong_item)
    pick.on_scan(around.scan("x"))
    around.run()
    refusal = around.state.frame.refusal
    assert (refusal.scanned, refusal.needed, refusal.take) == (LEMON, OLIVE, 3)
    assert refusal.message.words["scanned"] == "Hand wash Lemon, 500 ml refill (…0015)"
    assert {a.word for a in refusal.exits} == {Word.MIXED_UP, Word.SKIP}


def test_understood_tells_the_service_and_clears(pick, around, service, wrong_item):
    pick.refusal = wrong_item
    pick.on_intent("ok")
    around.run()
    assert service.calls == [("acknowledge",)]
    assert around.state.frame.refusal is None


@pytest.mark.parametrize("text", ["FH:OK", "FH:BACK"])
def test_a_command_card_acknowledges_a_refusal(pick, around, service, wrong_item, text):
    pick.refusal = wrong_item
    pick.on_scan(around.scan(text))
    around.run()
    assert service.calls == [("acknowledge",)]
    assert len(around.answered) == 1


def test_other_command_cards_are_scans_for_the_service(pick, around, service):
    pick.on_scan(around.scan("FH:SHORT"))
    around.run()
    assert service.calls[0][0] == "on_scan"


@pytest.mark.parametrize(
    ("intent", "call"),
    [
        ("short", ("ask_short",)),
        ("short:damaged", ("short", ShortReason.DAMAGED)),
        ("skip", ("skip",)),
        ("undo", ("undo",)),
        ("next", ("start_next",)),
        ("leave", ("leave",)),
        ("back", ("leave",)),
        ("start:j2", ("start", "j2")),
    ],
)
def test_each_act_is_one_call(pick, around, service, intent, call):
    pick.on_intent(intent)
    around.run()
    assert service.calls == [call]


def test_an_unknown_act_does_nothing(pick, around, service):
    pick.on_intent("dance")
    around.run()
    assert service.calls == []


def test_what_the_service_forbids_cannot_be_pressed(pick, around, service):
    service.now(replace(PICK, can_short=False, can_skip=False, can_undo=False))
    pick.refresh()
    around.run()
    assert [a.enabled for a in around.state.frame.actions] == [False, False, False, True]


def test_the_question_why_offers_every_reason_with_a_key(pick, around, service):
    service.now(replace(PICK, step=PickStep.SHORT))
    pick.refresh()
    around.run()
    assert around.state.page == "short"
    assert around.state.frame.choices == REASONS
    assert [a.intent.partition(":")[2] for a in REASONS] == [r.value for r in ShortReason]
    assert around.state.frame.leave == "cancel_short"


def test_without_a_pick_the_way_leads_home(pick, around, service):
    service.now(None, say(Code.NO_WORK))
    pick.on_intent("next")
    around.run()
    assert around.went == ["home"]
    assert around.said[-1].code is Code.NO_WORK


def test_what_arrives_after_leaving_is_not_shown(pick, around, service):
    pick.on_scan(around.scan("x"))
    pick.leave()
    before = len(around.shown)
    around.run()
    assert len(around.shown) == before


def test_changes_from_the_centre_make_it_look_again(pick, around, service):
    pick.on_changes(Changes(frozenset({"work"})))
    around.run()
    assert service.calls == [("view",)]


def test_notes_of_an_item_say_what_to_look_out_for(pick, around, service):
    service.now(replace(GO, item=replace(CUP, lot="L1", expiry="2027-03-31")))
    pick.refresh()
    around.run()
    assert [note.word for note in around.state.notes] == [Word.EXPIRES, Word.LOT_NO, Word.FRAGILE]
