"""The presenters of put wall, zones, tasks and home without Qt: what they ask of their services, what they show, what they say."""

from dataclasses import replace

import pytest

from app.core.facts import ShortReason
from app.core.messages import Code, say
from app.core.outcome import Outcome
from app.core.views import HomeView
from app.core.views_work import SlotState, TaskStep, WallStep, ZoneStep
from app.flows.task import REASONS as MAY_SAY
from app.screens.home.presenter import HomePresenter
from app.screens.task.presenter import REASONS, TaskPresenter
from app.screens.wall.presenter import WallPresenter
from app.screens.words import Word
from app.screens.zone.presenter import ZoneBell, ZonePresenter
from tools import shots_work as work
from tools.shots_goods import BOSS, JOBS


def entered(presenter, around, service):
    presenter.enter()
    around.run()
    service.calls.clear()
    return presenter


@pytest.fixture
def wall(around, service):
    service.now(work.WALL)
    return entered(WallPresenter(around.stage, service), around, service)


@pytest.fixture
def zone(around, service):
    service.now(work.ZONE)
    return entered(ZonePresenter(around.stage, service), around, service)


@pytest.fixture
def tasks(around, service):
    service.now(work.TAKE)
    return entered(TaskPresenter(around.stage, service), around, service)


def shows(presenter, around, service, view, message=None):
    service.now(view, message)
    presenter.refresh()
    around.run()
    return around.state


# --- wall ---


@pytest.mark.parametrize(
    ("intent", "call"),
    [
        ("next", ("start_next",)), ("put", ("confirm",)), ("missing", ("missing",)), ("really_missing", ("really_missing",)),
        ("cancel", ("cancel",)), ("close", ("close",)), ("undo", ("undo",)), ("leave", ("leave",)), ("back", ("leave",)),
        ("start:s2", ("start", "s2")),
    ],
)  # fmt: skip
def test_each_act_of_the_wall_is_one_call(wall, around, service, intent, call):
    wall.on_intent(intent)
    around.run()
    assert service.calls == [call]
    wall.on_intent("dance")
    around.run()
    assert service.calls == [call]


@pytest.mark.parametrize(("card", "call"), [("FH:NEXT", "start_next"), ("fh:put", "confirm"), ("FH:EMPTY", "close")])
def test_cards_of_the_wall(wall, around, service, card, call):
    wall.on_scan(around.scan(card))
    around.run()
    assert service.calls == [(call,)]
    assert len(around.answered) == 1
    wall.on_scan(around.scan(card, at=99.0))
    around.run()
    assert service.calls == [(call,)]


def test_other_scans_and_cards_are_for_the_service(wall, around, service):
    for text in ("W1-03", "FH:SHORT"):
        wall.on_scan(around.scan(text))
    around.run()
    assert [call[0] for call in service.calls] == ["on_scan", "on_scan"]


@pytest.mark.parametrize(
    "view",
    [work.WALL_QUEUE, work.WALL, work.INTO, work.EXTRA, work.MISSING, work.CLOSE, work.SORTED],
    ids=lambda view: view.step.value,
)
def test_every_step_of_the_wall_has_its_page_and_its_acts(wall, around, service, view):
    state = shows(wall, around, service, view)
    assert state.page == view.step
    assert state.frame.actions
    assert state.frame.prompt == view.prompt
    keys = [action.key for action in state.frame.actions]
    assert len(keys) == len(set(keys))
    assert state.frame.leave == (
        "cancel" if view.step in (WallStep.SLOT, WallStep.EXTRA, WallStep.MISSING) else "leave"
    )


def test_all_steps_have_been_seen():
    seen = {
        view.step for view in (work.WALL_QUEUE, work.WALL, work.INTO, work.EXTRA, work.MISSING, work.CLOSE, work.SORTED)
    }
    assert seen == set(WallStep)
    assert {v.step for v in (work.CHOOSE, work.ZONE, work.UNLOAD, work.SET_DOWN)} == set(ZoneStep)
    tasks = (
        work.TASK_LIST,
        work.FETCH,
        work.TAKE,
        work.BRING,
        work.GIVE_UP,
        work.COUNT_BIN,
        work.COUNT,
        work.NUMBER,
        work.TASK_DONE,
    )
    assert {view.step for view in tasks} == set(TaskStep)


def test_slots_somebody_can_do_something_about_come_first(wall, around, service):
    state = shows(wall, around, service, work.WALL)
    assert [slot.state for slot in state.slots[:3]] == [SlotState.PACK, SlotState.WAITING, SlotState.CANCELLED]
    pack, waiting, gone = state.slots[:3]
    assert (pack.mark.word, waiting.mark.words, gone.mark.word) == (Word.SLOT_PACK, {"n": 1}, Word.SLOT_CANCELLED)
    assert waiting.waits[0].words == {"item": "Ceramic cup, white", "n": 1, "place": "B-02-07"}
    assert state.slots[-1].place.word is Word.SLOT_FREE


def test_a_wrong_slot_stays_until_it_is_put_right(wall, around, service):
    state = shows(wall, around, service, work.INTO, say(Code.WRONG_SLOT, scanned="W1-08", needed="W1-03"))
    assert [action.intent for action in state.frame.refusal.exits] == ["cancel"]
    service.now(work.WALL, say(Code.PUT_DONE, n=2, slot="W1-03"))
    wall.on_scan(around.scan("W1-03"))
    around.run()
    assert around.state.frame.refusal is None


def test_understanding_tells_the_wall(wall, around, service):
    wall.refusal = say(Code.WALL_FULL)
    wall.on_intent("ok")
    around.run()
    assert service.calls == [("acknowledge",)]


def test_from_the_queue_the_way_leads_home(wall, around, service):
    shows(wall, around, service, work.WALL_QUEUE)
    wall.on_intent("leave")
    assert around.went == ["home"]


@pytest.mark.parametrize("presenter", [WallPresenter, ZonePresenter, TaskPresenter])
def test_before_the_first_answer_there_is_a_word(around, service, presenter):
    made = presenter(around.stage, service)
    made.enter()
    assert made.state().page == "loading"
    assert made.frame().prompt.word is Word.LOADING
    made.on_intent("leave")
    assert around.went == ["home"]


# --- zone ---


@pytest.mark.parametrize(
    ("intent", "call"),
    [
        ("enter:B", ("enter", "B")), ("start:z2", ("start", "z2")), ("by:route", ("sort_by", "route")),
        ("leave_zone", ("leave_zone",)), ("unload", ("unload",)), ("cancel", ("cancel",)),
    ],
)  # fmt: skip
def test_each_act_of_the_zone_is_one_call(zone, around, service, intent, call):
    zone.on_intent(intent)
    around.run()
    assert service.calls == [call]
    zone.on_intent("dance")
    around.run()
    assert service.calls == [call]


@pytest.mark.parametrize(("card", "call"), [("FH:UNLOAD", "unload"), ("FH:LEAVE", "leave_zone")])
def test_cards_of_the_zone(zone, around, service, card, call):
    zone.on_scan(around.scan(card))
    around.run()
    assert service.calls == [(call,)]


@pytest.mark.parametrize("view", [work.CHOOSE, work.ZONE, work.UNLOAD, work.SET_DOWN], ids=lambda view: view.step.value)
def test_every_step_of_the_zone_has_its_page(zone, around, service, view):
    state = shows(zone, around, service, view)
    assert (state.page, bool(state.frame.actions)) == (view.step, True)


def test_a_pick_that_a_scan_opened_comes_to_the_screen(zone, around, service):
    service.now(replace(work.ZONE, opened="z3"))
    zone.on_scan(around.scan("A-12-07"))
    around.run()
    assert around.went == ["pick"]


def test_a_refusal_in_the_zone_is_acknowledged(zone, around, service):
    state = shows(zone, around, service, work.ZONE, say(Code.NOT_IN_ZONE, what="B-1", zone="A"))
    assert state.frame.refusal.message.code is Code.NOT_IN_ZONE
    zone.on_intent("back")
    around.run()
    assert service.calls[-1] == ("acknowledge",)


def test_going_back_from_setting_down_stays_in_the_zone(zone, around, service):
    shows(zone, around, service, work.UNLOAD)
    zone.on_intent("back")
    around.run()
    assert service.calls[-1] == ("cancel",)
    shows(zone, around, service, work.ZONE)
    zone.on_intent("back")
    assert around.went == ["home"]


def test_the_bell_rings_for_what_arrived(around):
    class Arrivals:
        left = [None, say(Code.LEG_ARRIVED, tote="T-1", place="HAND-A")]  # noqa: RUF012

        def arrived(self):
            return self.left.pop(0)

    rung = []
    bell = ZoneBell(Arrivals(), around.store, rung.append)
    for _ in range(2):
        bell.look()
        around.run()
    assert [message.code for message in rung] == [Code.LEG_ARRIVED]


# --- tasks ---


@pytest.mark.parametrize(
    ("intent", "call"),
    [
        ("next", ("start_next",)), ("start:t2", ("start", "t2")), ("short", ("ask_short",)),
        ("short:damaged", ("short", ShortReason.DAMAGED)), ("number", ("ask_number",)), ("typed:48", ("number", 48)),
        ("empty", ("empty",)), ("finish", ("finish",)), ("cancel", ("cancel",)), ("undo", ("undo",)), ("leave", ("leave",)),
    ],
)  # fmt: skip
def test_each_act_of_a_task_is_one_call(tasks, around, service, intent, call):
    tasks.on_intent(intent)
    around.run()
    assert service.calls == [call]


@pytest.mark.parametrize("intent", ["typed:", "typed:x", "typed:-4", "typed:9999999999", "dance"])
def test_what_is_no_number_is_no_call(tasks, around, service, intent):
    tasks.on_intent(intent)
    around.run()
    assert service.calls == []


@pytest.mark.parametrize(
    ("card", "call"),
    [("FH:NEXT", "start_next"), ("FH:EMPTY", "empty"), ("FH:DONE", "finish"), ("FH:NUMBER", "ask_number")],
)
def test_cards_of_the_tasks(tasks, around, service, card, call):
    tasks.on_scan(around.scan(card))
    around.run()
    assert service.calls == [(call,)]


@pytest.mark.parametrize(
    ("view", "page"),
    [
        (work.TASK_LIST, "list"), (work.FETCH, "walk"), (work.TAKE, "walk"), (work.BRING, "walk"), (work.GIVE_UP, "short"),
        (work.COUNT_BIN, "count"), (work.COUNT, "count"), (work.NUMBER, "number"), (work.TASK_DONE, "done"),
    ],
)  # fmt: skip
def test_every_step_of_a_task_has_its_page(tasks, around, service, view, page):
    state = shows(tasks, around, service, view)
    assert state.page == page
    assert state.frame.actions
    keys = [action.key for action in (*state.frame.actions, *state.frame.choices) if action.key]
    assert len(keys) == len(set(keys))


def test_a_blind_count_shows_no_quantity(tasks, around, service):
    state = shows(tasks, around, service, work.COUNT_BIN)
    assert (state.view.need, state.frame.progress) == (0, None)


def test_reasons_are_those_the_flow_takes():
    assert [action.intent.partition(":")[2] for action in REASONS] == [reason.value for reason in MAY_SAY]


def test_a_wrong_item_is_named_beside_the_needed_one(tasks, around, service):
    view = replace(work.TAKE, scanned=work.LEMON)
    state = shows(tasks, around, service, view, say(Code.WRONG_ITEM, scanned="FH1001", needed="FH1000"))
    refusal = state.frame.refusal
    assert (refusal.scanned, refusal.needed, refusal.take) == (work.LEMON, work.OLIVE, 36)
    assert refusal.message.words["scanned"] == "Hand wash Lemon, 500 ml refill (…0015)"
    tasks.on_intent("ok")
    around.run()
    assert service.calls[-1] == ("acknowledge",)


def test_the_second_count_is_said(tasks, around, service):
    assert shows(tasks, around, service, work.COUNT).frame.subtitle.word is Word.SECOND_COUNT


# --- home ---


@pytest.fixture
def home(around, service):
    doors = ("pick", "pack", "zone", "tasks", "wall", "orders", "floor", "settings")
    service.now(HomeView(BOSS, JOBS, doors, say(Code.TAKE_NEXT_WORK), {"tasks": 4, "wall": 0}))
    return entered(HomePresenter(around.stage, service, service, lambda: BOSS), around, service)


def test_doors_have_counts_and_keys(home):
    state = home.state()
    assert state.counts == {"door:tasks": 4}
    keys = [door.key for door in state.doors]
    assert len(keys) == len(set(keys)) == 7


@pytest.mark.parametrize("door", ["zone", "tasks", "wall"])
def test_new_doors_open_by_act_and_by_card(home, around, door):
    home.on_intent(f"door:{door}")
    home.on_scan(around.scan(f"FH:{door.upper()}"))
    assert around.went == [door, door]


def test_a_door_that_is_not_yours_stays_shut(around, service):
    service.now(HomeView(BOSS, (), ("settings",), say(Code.TAKE_NEXT_WORK)))
    home = entered(HomePresenter(around.stage, service, service, lambda: BOSS), around, service)
    home.on_scan(around.scan("FH:WALL"))
    assert around.went == []


def test_an_outcome_without_words_changes_nothing_said(wall, around, service):
    service.answers = [Outcome("", work.WALL)]
    wall.refresh()
    around.run()
    assert around.said == []
