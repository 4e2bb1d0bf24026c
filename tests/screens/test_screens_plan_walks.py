"""The screen of plans without Qt: what is asked, when, and what stands on the screen; nothing is used without its second word."""

import pytest
from msgspec.structs import replace

from app.core.messages import Code, say
from app.core.outcome import Outcome
from app.screens.frame import Phrase
from app.screens.plans.pages import Page
from app.screens.plans.presenter import PlansPresenter
from app.screens.plans.words import PlansWord
from app.services.plans_port import MoveKind, PlanState
from tools.shots_goods import OFFLINE, ONLINE
from tools.shots_planning import (
    AGAINST,
    APPLIED,
    BLIND_MOMENT,
    DRAWING,
    FIRST,
    OUTCOME,
    PLAN,
    RESCUE,
    RUNNING,
    THINKING,
    UNDRAWN,
    USED,
    WAVE,
)


class Centre:
    """Plans that answer as told; remembers what was asked."""

    def __init__(self, *plans, drawing=DRAWING, rescue=None):
        self.calls = []
        self.on = True
        self.kept = {plan.id: plan for plan in plans}
        self.drawing, self.rescue_is = drawing, rescue
        self.made = THINKING
        self.refusal = None

    def online(self):
        return self.on

    def _plan(self, name, *args):
        self.calls.append((name, *args))
        if self.refusal is not None:
            return Outcome("refused", None, self.refusal)
        return Outcome("done", self.kept.get(args[0]))

    def plans(self, wave):
        self.calls.append(("plans", wave))
        return Outcome("plans", tuple(replace(plan, result=None) for plan in self.kept.values()))

    def make(self, wave, asked):
        self.calls.append(("make", wave, asked))
        self.kept = {self.made.id: self.made, **self.kept}
        return Outcome("done", self.made)

    def look(self, plan):
        return self._plan("look", plan)

    def cancel(self, plan):
        self.kept[plan] = replace(self.kept[plan], state=PlanState.CANCELLED)
        return self._plan("cancel", plan)

    def apply(self, plan):
        if self.refusal is None:
            self.kept[plan] = replace(self.kept[plan], applied=APPLIED)
        return self._plan("apply", plan)

    def against(self, one, other):
        self.calls.append(("against", one, other))
        return Outcome("against", AGAINST)

    def outcome(self, plan):
        self.calls.append(("outcome", plan))
        return Outcome("outcome", OUTCOME)

    def floor(self):
        self.calls.append(("floor",))
        return Outcome("floor", self.drawing)

    def rescue(self, wave):
        self.calls.append(("rescue", wave))
        return Outcome("rescue", self.rescue_is)

    def move(self, wave, move):
        self.calls.append(("move", wave, move))
        return Outcome("done", None, say(Code.SAVED))

    def asked(self, name):
        return [call for call in self.calls if call[0] == name]


@pytest.fixture
def loads():
    return []


@pytest.fixture
def open_(around, loads):
    def opened(centre, wave=WAVE):
        presenter = PlansPresenter(around.stage, centre, lambda: loads.append("charts"))
        presenter.on_link(ONLINE)
        presenter.of_wave(wave)
        presenter.enter()
        settle(around)
        presenter.on_link(ONLINE)
        settle(around)
        return presenter

    return opened


def settle(around):
    for _ in range(5):
        around.run()


def press(presenter, around, *intents):
    for intent in intents:
        presenter.on_intent(intent)
        settle(around)


def beat(presenter, around, seconds=1.0):
    around.clock.now += seconds
    presenter.on_link(ONLINE)
    settle(around)


def intents(around):
    return [act.intent for act in around.state.acts]


def test_a_wave_without_a_plan_offers_to_make_one_and_changes_nothing_by_itself(open_, around):
    centre = Centre()
    presenter = open_(centre)
    assert around.state.frame.prompt == Phrase(PlansWord.NO_PLAN)
    assert [(act.intent, act.key) for act in around.state.acts] == [("make", "F5"), ("map", "F8")]
    assert not centre.asked("make")
    press(presenter, around, "make")
    [(_, wave, asked)] = centre.asked("make")
    assert (wave, asked.method) == (WAVE.id, WAVE.method)


def test_a_plan_that_is_thought_out_shows_how_far_it_is_and_can_be_stopped(open_, around):
    centre = Centre()
    presenter = open_(centre)
    press(presenter, around, "make")
    assert around.state.frame.progress == 460
    assert around.state.frame.prompt == Phrase(PlansWord.THINKING, {"n": 46})
    assert intents(around)[0] == "stop"
    looked = len(centre.asked("look"))
    beat(presenter, around)
    beat(presenter, around)
    assert len(centre.asked("look")) == looked + 2
    press(presenter, around, "stop")
    assert around.state.frame.prompt == Phrase(PlansWord.CANCELLED)
    assert around.state.frame.progress is None
    looked = len(centre.asked("look"))
    beat(presenter, around)
    assert len(centre.asked("look")) == looked


def test_when_it_is_ready_its_walks_are_there_and_the_first_is_on_the_map(open_, around):
    centre = Centre()
    presenter = open_(centre)
    press(presenter, around, "make")
    centre.kept = {PLAN.id: PLAN}
    beat(presenter, around)
    state = around.state
    assert [row.number for row in state.rows] == [1, 2, 3, 4, 5]
    assert state.tour.number == 1
    press(presenter, around, "row:4")
    assert around.state.tour.number == 4


def test_a_question_that_is_under_way_is_not_asked_twice(open_, around):
    centre = Centre(THINKING)
    presenter = open_(centre)
    centre.calls.clear()
    for _ in range(4):
        around.clock.now += 1
        presenter.on_link(ONLINE)
    assert len(around.network.jobs) == 1


def test_orders_that_wait_stand_on_top_and_an_order_shows_its_walk(open_, around):
    presenter = open_(Centre(PLAN))
    press(presenter, around, "page:orders")
    assert [row.order for row in around.state.rows[:2]] == ["50311", "50312"]
    assert around.state.tour is None
    press(presenter, around, "row:50212")
    assert (around.state.tour.number, around.state.order) == (2, "50212")


def test_the_code_of_an_order_finds_why_it_is_where_it_is(open_, around):
    presenter = open_(Centre(PLAN))
    presenter.on_scan(around.scan("50289"))
    assert (around.state.page, around.state.current.order, around.state.opened) == (Page.ORDERS, "50289", True)
    presenter.on_scan(around.scan("nothing of ours"))
    assert around.state.current.order == "50289"
    assert len(around.answered) == 2


def test_it_is_used_only_after_it_was_read_and_what_was_left_out_stays_to_be_read(open_, around):
    centre = Centre(PLAN)
    presenter = open_(centre)
    press(presenter, around, "use_now")
    assert not centre.asked("apply")
    press(presenter, around, "use")
    assert around.state.question.kind == "use"
    assert not centre.asked("apply")
    press(presenter, around, "use_now")
    assert centre.asked("apply") == [("apply", PLAN.id)]
    assert around.state.plan.applied.left_out[0].words == {"order": "50304"}
    assert around.state.in_use
    assert not next(act for act in around.state.acts if act.intent == "use").main


def test_the_plan_used_last_is_the_one_in_use(open_, around):
    older = replace(FIRST, applied=replace(APPLIED, at="2026-11-22T14:05:00Z"))
    presenter = open_(Centre(older, USED))
    assert (around.state.plan.id, around.state.in_use) == ("p2", True)
    press(presenter, around, "plan:p1")
    assert (around.state.plan.id, around.state.in_use) == ("p1", False)


def test_leaving_the_question_uses_nothing(open_, around):
    centre = Centre(PLAN)
    presenter = open_(centre)
    press(presenter, around, "use", "back")
    assert not around.state.question.asks
    assert not centre.asked("apply")


def test_a_refusal_stays_and_the_question_too(open_, around):
    centre = Centre(PLAN)
    presenter = open_(centre)
    press(presenter, around, "use")
    centre.refusal = say(Code.WAVE_BEGUN)
    press(presenter, around, "use_now")
    assert around.state.frame.refusal.message.code is Code.WAVE_BEGUN


def test_the_plan_of_a_wave_that_runs_cannot_be_used_or_made_again(open_, around):
    presenter = open_(Centre(PLAN), wave=RUNNING)
    press(presenter, around, "page:walks", "use")
    assert not around.state.question.asks
    assert not {"use", "again"} & set(intents(around))


def test_another_plan_changes_one_thing(open_, around):
    centre = Centre(PLAN)
    presenter = open_(centre)
    press(presenter, around, "again")
    words = [option.word for option in around.state.options]
    assert words == [
        PlansWord.LONGER, PlansWord.ONE_MORE, PlansWord.ONE_LESS, PlansWord.SMALL_CART, PlansWord.SMALL_CART,
    ]  # fmt: skip
    assert [option.key for option in around.state.options] == ["1", "2", "3", "4", "5"]
    press(presenter, around, "again:1")
    [(_, _, asked)] = centre.asked("make")
    assert (asked.people, asked.slots, asked.seconds) == ({"A": 3}, PLAN.asked.slots, PLAN.asked.seconds)


def test_two_plans_are_compared_and_the_other_can_be_chosen(open_, around):
    third = replace(FIRST, id="p0")
    centre = Centre(PLAN, FIRST, third)
    presenter = open_(centre)
    press(presenter, around, "page:compare")
    assert centre.asked("against") == [("against", "p2", "p1")]
    assert [(option.intent, option.key, option.n) for option in around.state.options] == [
        ("against:p1", "F5", 2), ("against:p0", "F6", 1),
    ]  # fmt: skip
    press(presenter, around, "against:p0")
    assert centre.asked("against")[-1] == ("against", "p2", "p0")
    assert [row.what for row in around.state.rows] == [figure.what for figure in AGAINST.figures]


def test_one_plan_alone_is_compared_with_nothing(open_, around):
    centre = Centre(PLAN)
    press(open_(centre), around, "page:compare")
    assert not centre.asked("against")
    assert around.state.other == 0


def test_what_draws_curves_is_loaded_when_the_first_is_wanted_and_once(open_, around, loads):
    presenter = open_(Centre(PLAN))
    press(presenter, around, "page:orders", "page:compare")
    assert (loads, around.state.charts) == ([], False)
    press(presenter, around, "page:rehearsal", "page:walks", "page:rehearsal")
    assert (loads, around.state.charts) == (["charts"], True)


def test_what_happened_is_asked_for_only_of_a_plan_that_was_used(open_, around):
    centre = Centre(PLAN)
    press(open_(centre), around, "page:outcome")
    assert not centre.asked("outcome")
    used = Centre(USED)
    press(open_(used), around, "page:outcome")
    assert used.asked("outcome") == [("outcome", USED.id)]
    assert [row.what for row in around.state.rows] == ["picked", "packed", "metres", "late"]


def test_a_wave_that_runs_opens_on_its_rescue_and_is_looked_at_again_and_again(open_, around):
    centre = Centre(rescue=RESCUE)
    presenter = open_(centre, wave=RUNNING)
    assert around.state.page is Page.RESCUE
    assert [row.order for row in around.state.rows] == ["50231", "50244", "50198"]
    before = len(centre.asked("rescue"))
    for _ in range(16):
        beat(presenter, around)
    assert len(centre.asked("rescue")) == before + 1


def test_a_move_says_what_it_will_do_before_it_does_it(open_, around):
    centre = Centre(rescue=RESCUE)
    presenter = open_(centre, wave=RUNNING)
    press(presenter, around, "move_now")
    press(presenter, around, "move:0")
    assert not centre.asked("move")
    assert around.state.question.move.kind is MoveKind.PULL
    asked = len(centre.asked("rescue"))
    press(presenter, around, "move_now")
    assert centre.asked("move") == [("move", RUNNING.id, RESCUE.moves[0])]
    assert not around.state.question.asks
    assert len(centre.asked("rescue")) == asked + 1


def test_people_are_borrowed_by_speaking_to_them(open_, around):
    centre = Centre(rescue=RESCUE)
    presenter = open_(centre, wave=RUNNING)
    press(presenter, around, "move:1")
    assert intents(around) == ["close"]
    press(presenter, around, "move_now")
    assert not centre.asked("move")


def test_without_the_centre_it_says_so_and_offers_nothing_that_needs_it(open_, around):
    centre = Centre(PLAN)
    presenter = open_(centre)
    centre.on = False
    presenter.on_link(OFFLINE)
    settle(around)
    state = around.state
    assert state.frame.prompt == say(Code.NEEDS_CENTRE)
    assert {act.intent for act in state.acts if act.enabled} == {"map"}
    assert state.rows
    press(presenter, around, "again", "again:0")
    assert not centre.asked("make")
    assert around.said[-1].code is Code.NEEDS_CENTRE


def test_a_floor_that_is_not_drawn_has_no_map_to_make_large(open_, around):
    presenter = open_(Centre(*BLIND_MOMENT.plans, drawing=UNDRAWN))
    assert "map" not in intents(around)
    press(presenter, around, "page:rehearsal", "map")
    assert not around.state.large


def test_what_is_on_its_way_for_one_wave_is_not_shown_for_the_next(open_, around):
    centre = Centre(PLAN)
    presenter = open_(centre)
    presenter.of_wave(replace(WAVE, id="w9"))
    presenter.enter()
    presenter.of_wave(replace(WAVE, id="w10"))
    settle(around)
    presenter.show()
    assert around.state.rows == ()
    assert around.state.loading


def test_the_next_person_finds_nothing_of_it(open_, around):
    presenter = open_(Centre(PLAN))
    presenter.forget()
    presenter.show()
    assert (around.state.wave, around.state.plan, around.state.drawing) == (None, None, None)


def test_escape_goes_back_one_step_at_a_time(open_, around):
    presenter = open_(Centre(PLAN))
    press(presenter, around, "open:2", "map", "use")
    for left in ("asks", "large", "opened"):
        press(presenter, around, "back")
        state = around.state
        assert {"asks": state.question.asks, "large": state.large, "opened": state.opened}[left] is False
        assert around.went == []
    press(presenter, around, "back")
    assert around.went == ["floor"]
