"""The pack presenter without Qt: bench, scale, label, and the supervisor's badge."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.core.facts import HoldReason, ReopenReason, ShortReason
from app.core.messages import Code, say
from app.core.views import PackStep
from app.screens.pack.paper_words import PaperWord, later_word
from app.screens.pack.presenter import (
    ASIDE_REASONS,
    MISSING_REASONS,
    PASS_REASONS,
    REOPEN_REASONS,
)
from app.screens.words import Word
from app.services.api import LabelReport, Weight
from tests.screens.pack_bench import opened, stands
from tools.shots_goods import LEMON
from tools.shots_pack import (
    BENCH,
    BLOCKED,
    CARTON,
    FETCHED,
    MISSING,
    NO_LABEL,
    PACK,
    PENDING,
    STICK,
    TO_PLACE,
    UNSURE,
    WEIGH,
    WHY_ASIDE,
)

TOO_LIGHT = say(Code.WEIGHT_OUT, grams=1846, expected=2310, tolerance=30, diff=-464)


@pytest.fixture
def pack(around, service):
    return opened(around, service, PACK)


def weight(grams, stable=True):
    return Weight(Decimal(grams), stable, 1.0)


@pytest.mark.parametrize(
    ("view", "page"),
    [(BENCH, "waiting"), (PACK, "order"), (CARTON, "order"), (replace(PACK, step=PackStep.DONE), "done")],
)
def test_each_step_has_its_page(pack, around, service, view, page):
    stands(pack, around, service, view)
    assert around.state.page == page


def test_a_stable_weight_goes_to_the_service_once(pack, around, service):
    stands(pack, around, service, WEIGH)
    for _ in range(5):
        pack.on_weight(weight(2300))
    around.run()
    assert [call[0] for call in service.calls] == ["weight"]


def test_an_unsteady_weight_is_shown_but_decides_nothing(pack, around, service):
    stands(pack, around, service, WEIGH)
    pack.on_weight(weight(1200, stable=False))
    around.run()
    assert service.calls == []
    assert around.state.weight.grams == 1200
    assert around.state.frame.prompt.code is Code.WAIT_FOR_STEADY


def test_the_same_weight_counts_again_for_the_next_parcel(pack, around, service):
    stands(pack, around, service, WEIGH)
    pack.on_weight(weight(2300))
    around.run()
    stands(pack, around, service, PACK)
    stands(pack, around, service, replace(WEIGH, job="k9"))
    pack.on_weight(weight(2300))
    around.run()
    assert [call[0] for call in service.calls] == ["weight"]


def test_the_scale_is_followed_while_units_are_scanned_but_asked_nothing(pack, around, service):
    pack.on_weight(weight(700))
    around.run()
    assert service.calls == []
    assert around.state.weight.grams == 700


def test_a_weight_mismatch_offers_to_let_it_pass_by_a_supervisors_badge(pack, around, service):
    stands(pack, around, service, BLOCKED, TOO_LIGHT)
    assert "let_pass" in [a.intent for a in around.state.frame.refusal.exits]
    pack.on_intent("let_pass")
    assert around.state.choices == PASS_REASONS
    assert around.state.frame.refusal is None
    pack.on_intent("let_pass:counted_again")
    assert around.state.page == "badge"
    assert around.state.frame.prompt.word is Word.SUPERVISOR_BADGE
    service.now(STICK, say(Code.SAVED))
    pack.on_scan(around.scan("B-1001"))
    around.run()
    assert service.calls == [("release_weight", "B-1001", "counted_again")]
    assert around.state.page == "order"


def test_a_badge_that_may_not_is_refused_and_still_waited_for(pack, around, service):
    stands(pack, around, service, BLOCKED)
    pack.on_intent("let_pass:counted_again")
    service.now(BLOCKED, say(Code.NOT_ALLOWED))
    pack.on_scan(around.scan("B-1004"))
    around.run()
    assert around.state.frame.refusal.message.code is Code.NOT_ALLOWED
    service.calls.clear()
    pack.on_intent("ok")
    around.run()
    assert service.calls == []
    assert around.state.page == "badge"


def test_missing_units_need_a_reason_and_a_badge(pack, around, service):
    asking = replace(PACK, prompt=say(Code.CHOOSE_SHORT_REASON, n=1))
    service.now(asking)
    pack.on_intent("missing")
    around.run()
    assert around.state.choices == MISSING_REASONS
    pack.on_intent("missing:not_found")
    pack.on_scan(around.scan("B-1001"))
    around.run()
    assert service.calls == [("missing",), ("release_missing", "B-1001", ShortReason.NOT_FOUND)]


def test_the_way_back_from_a_reason_is_told_to_the_service(pack, around, service):
    pack.on_intent("missing:not_found")
    pack.on_intent("back")
    around.run()
    assert service.calls == [("acknowledge",)]
    assert around.state.page == "order"


def test_a_scan_instead_of_a_reason_goes_on_with_the_work(pack, around, service):
    stands(pack, around, service, BLOCKED)
    pack.on_intent("let_pass")
    pack.on_scan(around.scan("X"))
    around.run()
    assert service.calls[0][0] == "on_scan"
    assert around.state.page == "order"


def test_boxes_are_chosen_by_their_number(pack, around, service):
    stands(pack, around, service, CARTON)
    choices = {a.key: a.intent for a in around.state.frame.choices}
    assert choices == {"1": "carton:S1", "2": "carton:M2", "3": "carton:L1"}
    pack.on_intent(choices["2"])
    around.run()
    assert service.calls == [("choose_carton", "M2")]


@pytest.mark.parametrize(("answer", "came"), [("yes", True), ("no", False)])
def test_the_packers_word_on_an_unsure_label(pack, around, service, answer, came):
    stands(pack, around, service, UNSURE, say(Code.LABEL_UNSURE))
    pack.on_intent(f"came_out:{answer}")
    around.run()
    assert service.calls == [("label_came_out", came)]
    assert around.state.frame.refusal is None


def test_the_fate_of_a_label_is_written_down_on_any_screen(pack, around, service):
    pack.leave()
    report = LabelReport("p1", "printed", 3)
    pack.on_label(report)
    around.run()
    assert service.calls == [("label_report", report)]


def test_an_item_of_another_order_is_shown_beside_the_one_that_comes_now(pack, around, service):
    stands(pack, around, service, replace(PACK, scanned=LEMON), say(Code.NOT_IN_ORDER, item="FH1001"))
    refusal = around.state.frame.refusal
    assert refusal.scanned is LEMON
    assert refusal.needed.sku == "FH1030"
    assert "Hand wash Lemon" in refusal.message.words["item"]


@pytest.mark.parametrize(
    ("intent", "call"),
    [("undo", "undo"), ("leave", "leave"), ("reprint", "reprint"), ("papers", "papers"), ("back", "leave")],
)
def test_each_act_is_one_call(pack, around, service, intent, call):
    pack.on_intent(intent)
    around.run()
    assert [c[0] for c in service.calls] == [call]


def test_an_empty_bench_leads_back_home(pack, around, service):
    stands(pack, around, service, BENCH)
    pack.on_intent("back")
    assert around.went == ["home"]


@pytest.mark.parametrize(("view", "offered"), [(PENDING, False), (NO_LABEL, False), (STICK, True)])
def test_what_has_not_come_cannot_be_printed_again(pack, around, service, view, offered):
    stands(pack, around, service, view)
    acts = {act.intent for act in around.state.frame.actions}
    assert ("reprint" in acts) is offered
    assert {"papers", "leave"} <= acts


@pytest.mark.parametrize(
    ("label", "word"),
    [
        ("", None),
        ("waiting", None),
        ("pending", PaperWord.LATER_MISSING),
        ("printing", PaperWord.LATER_MISSING),
        ("printed", PaperWord.LATER_HERE),
        ("unsure", PaperWord.LATER_LOOK),
    ],
)
def test_the_queue_says_in_two_words_what_a_parcel_put_down_waits_for(label, word):
    assert later_word(label) is word


# --- fetched, put aside, opened again ---


@pytest.mark.parametrize(
    ("act", "call"),
    [
        ("fetch:not_found", ("fetch", ShortReason.NOT_FOUND)),
        ("fetch:damaged", ("fetch", ShortReason.DAMAGED)),
        ("fetch_other", ("fetch_other",)),
        ("aside", ("hold",)),
        ("aside:papers", ("hold_for", HoldReason.PAPERS)),
        ("reopen", ("ask_reopen",)),
        ("reopen:customer", ("reopen", ReopenReason.CUSTOMER)),
    ],
)
def test_what_else_a_bench_can_do(pack, around, service, act, call):
    pack.on_intent(act)
    around.run()
    assert service.calls == [call]


def test_other_goods_are_offered_where_there_are_some(pack, around, service):
    for view, there in ((PACK, False), (MISSING, True)):
        stands(pack, around, service, replace(view, prompt=PACK.prompt))
        [act] = [act for act in around.state.frame.actions if act.intent == "fetch_other"]
        assert (act.key, act.enabled) == ("F7", there)
    stands(pack, around, service, FETCHED)
    assert {act.intent for act in around.state.frame.actions} == {"close_parcel", "undo", "leave", "aside", "photo"}


def test_the_way_back_from_putting_aside(pack, around, service):
    stands(pack, around, service, WHY_ASIDE)
    assert (around.state.page, around.state.choices) == ("reasons", ASIDE_REASONS)
    stands(pack, around, service, TO_PLACE)
    assert (around.state.page, around.state.frame.leave) == ("order", "cancel")
    pack.on_intent("back")
    around.run()
    assert service.calls == [("undo",)]


def test_the_office_is_asked_beside_the_bench(pack, around, service):
    asked = replace(BENCH, reopen="340123450000000018", prompt=say(Code.REOPEN_WHY))
    stands(pack, around, service, asked)
    service.now(replace(asked, opening=True))
    pack.on_intent("reopen:wrong_box")
    around.store.run()
    assert (around.state.frame.busy.word, around.state.choices) == (Word.ONE_MOMENT, ())
    pack.refresh()
    around.store.run()
    assert [call[0] for call in service.calls] == ["reopen", "view"]
    service.now(PACK, say(Code.PARCEL_REOPENED))
    around.network.run()
    around.store.run()
    assert [call[0] for call in service.calls] == ["reopen", "view", "ask_centre", "opened"]
    assert (around.state.frame.busy, around.state.page) == (None, "order")


def test_a_parcel_that_needs_a_supervisor_is_opened_by_their_badge(pack, around, service):
    asked = replace(BENCH, reopen="340123450000000018", prompt=say(Code.REOPEN_WHY))
    stands(pack, around, service, asked)
    assert (around.state.page, around.state.choices) == ("reasons", REOPEN_REASONS)
    service.now(asked, say(Code.NEEDS_SUPERVISOR))
    pack.on_intent("reopen:wrong_box")
    around.run()
    assert around.state.page == "badge"
    service.now(PACK, say(Code.PARCEL_REOPENED))
    pack.on_scan(around.scan("B-1001"))
    around.run()
    assert service.calls == [("reopen", ReopenReason.WRONG_BOX), ("reopen", ReopenReason.WRONG_BOX, "B-1001")]
    assert around.state.page == "order"
