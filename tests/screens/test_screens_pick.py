"""The pick presenter without Qt: what it asks of the service, what it shows, what it says."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.core.facts import ShortReason
from app.core.messages import Code, say
from app.core.outcome import Changes
from app.core.views import CartSlotCard, PickStep
from app.screens.pick.acts import REASONS
from app.screens.pick.presenter import PickPresenter
from app.screens.pick.view import _PAGES
from app.screens.words import Word
from app.services.api import Weight
from tools.shots_data import GO, PICK
from tools.shots_goods import CUP, LEMON, OLIVE


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
        ("short:not_found", ("short", ShortReason.NOT_FOUND)),
        ("full", ("full",)),
        ("unload", ("unload",)),
        ("substitute", ("substitute",)),
        ("call_goods", ("call_goods",)),
        ("take_out", ("take_out",)),
        ("walk", ("walk",)),
        ("put", ("put",)),
        ("rest_later", ("rest_later",)),
        ("answer:yes", ("answer", True)),
        ("answer:no", ("answer", False)),
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


# --- what is typed ---


@pytest.mark.parametrize(
    ("acts", "page", "figure", "typed", "call"),
    [
        (("ask:qty",), "number", 3, "number:2", ("quantity", 2)),
        (("ask:fits",), "number", 0, "number:1", ("full", 1)),
        (("short:damaged",), "number", 3, "number:4", ("short", ShortReason.DAMAGED, "", 4)),
        (("short:other",), "note", None, "note:torn box", ("short", ShortReason.OTHER, "torn box")),
        (("short:other",), "note", None, "note", ("short", ShortReason.OTHER, "")),
    ],
)
def test_a_number_or_note_is_asked_for_and_then_given(pick, around, service, acts, page, figure, typed, call):
    for act in acts:
        pick.on_intent(act)
    around.run()
    assert service.calls == []
    assert (around.state.page, around.state.figure) == (page, figure)
    assert around.state.frame.leave == "cancel_short"
    pick.on_intent(typed)
    around.run()
    assert service.calls == [call]
    assert around.state.page == "walk"


def test_back_closes_what_is_typed_and_nothing_is_recorded(pick, around, service):
    pick.on_intent("ask:qty")
    pick.on_intent("back")
    around.run()
    assert (service.calls, around.state.page) == ([], "walk")


def test_a_scan_while_something_is_typed_is_no_lost_scan(pick, around, service):
    pick.on_intent("ask:qty")
    pick.on_scan(around.scan("9501101000008"))
    around.run()
    assert [call[0] for call in service.calls] == ["on_scan"]
    assert around.state.page == "walk"


@pytest.mark.parametrize("nonsense", ["number:", "number:x", "number:123456", "ask:age"])
def test_nonsense_is_not_a_number(pick, around, service, nonsense):
    pick.on_intent(nonsense)
    around.run()
    assert service.calls == []


def test_one_broken_unit_needs_no_number(pick, around, service):
    service.now(replace(PICK, in_hand=4))
    pick.refresh()
    around.run()
    service.calls.clear()
    pick.on_intent("short:damaged")
    around.run()
    assert service.calls == [("short", ShortReason.DAMAGED)]


def test_none_broken_is_no_reason_and_the_question_stays(pick, around, service):
    pick.on_intent("short:damaged")
    pick.on_intent("number:0")
    around.run()
    assert (service.calls, around.state.page) == ([], "number")


def test_what_was_typed_is_forgotten_with_the_person(pick, around, service):
    pick.on_intent("ask:qty")
    pick.forget()
    pick.show()
    assert around.state.page == "walk"


# --- every step ---


@pytest.mark.parametrize("step", list(PickStep))
def test_every_step_has_a_page_acts_and_a_way_back(pick, around, service, step):
    cart = (CartSlotCard(1, "O1", "T-1", "filling", 2, True),)
    for view in (replace(PICK, step=step), replace(PICK, step=step, slots=cart, slot=1, slot_tote="T-1", lines_done=6)):
        service.now(view)
        pick.refresh()
        around.run()
        state = around.state
        assert state.page in _PAGES
        assert state.frame.leave
        assert state.frame.actions
        keys = [a.key for a in (*state.frame.actions, *state.frame.choices)]
        assert len(set(keys)) == len(keys)
        assert all(keys)


def test_buttons_behind_more_only_where_they_do_something(pick, around, service):
    can = {
        "can_type": "ask:qty", "can_take_out": "take_out", "can_substitute": "substitute", "can_call": "call_goods",
        "can_fill": "full", "can_unload": "unload",
    }  # fmt: skip
    for name, intent in can.items():
        service.now(replace(PICK, **{name: True}))
        pick.refresh()
        around.run()
        assert [a.intent for a in around.state.frame.actions[3:-1]] == [intent]


def test_the_scale_can_be_asked_while_something_lies_on_it(pick, around, service):
    service.now(replace(PICK, can_weigh=True))
    pick.refresh()
    around.run()

    def offered():
        return "weigh" in [act.intent for act in around.state.frame.actions]

    assert not offered()
    weight = Weight(Decimal(900), True, 1.0)
    pick.on_weight(weight)
    assert offered()
    service.calls.clear()
    pick.on_intent("weigh")
    around.run()
    assert service.calls == [("from_scale", weight)]
    pick.on_weight(Weight(Decimal(0), True, 2.0))
    assert not offered()


@pytest.mark.parametrize(
    ("more", "title", "subtitle"),
    [
        ({}, Word.ORDER_NO, Word.SINGLE),
        ({"orders": 3, "method": "put_wall"}, Word.N_ORDERS, Word.METHOD_WALL),
        ({"orders": 2, "slots": (CartSlotCard(1, "O1", None, "empty"),)}, Word.N_ORDERS, Word.METHOD_CLUSTER),
        ({"legs": 3, "part": 2}, Word.ORDER_NO, Word.METHOD_LEGS),
    ],
)
def test_the_strip_says_how_the_walk_is_arranged(pick, around, service, more, title, subtitle):
    service.now(replace(PICK, **more))
    pick.refresh()
    around.run()
    assert (around.state.frame.title.word, around.state.frame.subtitle.word) == (title, subtitle)


def test_a_slot_without_a_tote_can_be_left_to_somebody_else(pick, around, service):
    sort = replace(PICK, step=PickStep.SORT, slot=1, slots=(CartSlotCard(1, "O1", None, "empty", 2, True),))
    service.now(sort)
    pick.refresh()
    around.run()
    assert around.state.frame.actions[0].intent == "rest_later"
    service.now(replace(sort, slot_tote="T-1", can_put=True, can_fill=True))
    pick.refresh()
    around.run()
    assert [a.intent for a in around.state.frame.actions[:2]] == ["put", "ask:fits"]
