"""The floor screen without Qt: what is asked, when, and what stands on the screen; nothing is done without its second word."""

from dataclasses import replace

import pytest

from app.core.messages import Code, say
from app.core.outcome import Changes, Outcome
from app.core.views import LinkStatus
from app.screens.floor.presenter import FloorPresenter
from app.screens.floor.watch import EVERY_S
from app.screens.floor.words import FloorWord
from app.services.floor_port import FloorPage
from sync.contract.board import ActReply, BoardAct, BoardCounts, BoardTab, ReclaimReply, UndoAct
from sync.contract.codes import Method
from sync.contract.waves import WaveReply
from tools.shots_floor import COUNTS, DARK, DEVICES, EXCEPTIONS, JOBS, PLANNED, PREVIEW, SHORT, STOPPED
from tools.shots_goods import OFFLINE, ONLINE

LISTS = {
    BoardTab.DEVICES: DEVICES, BoardTab.JOBS: JOBS, BoardTab.EXCEPTIONS: EXCEPTIONS, BoardTab.PEOPLE: (), BoardTab.WAVES: (),
    BoardTab.PLANNED: PLANNED,
}  # fmt: skip


class Board:
    """A board that answers as told, and remembers what was asked."""

    def __init__(self):
        self.calls = []
        self.on = True
        self.counts = COUNTS
        self.trouble = None
        self.edits = None
        self.preview_is = PREVIEW
        self.reclaimed = Outcome("done", ReclaimReply(done=True, preview=PREVIEW, epoch=1, server_time=""))
        self.acted = ActReply(
            done=True, epoch=1, server_time="", undo=UndoAct(act=BoardAct.PRIORITISE, id="job1", value="3")
        )
        self._number = 0

    def online(self):
        return self.on

    def fetch(self, tab):
        self.calls.append(("fetch", tab))
        return Outcome(tab, None, self.trouble)

    def page(self, tab, search, current):
        self._number += 1
        rows = [row for row in LISTS[tab] if search in str(row)]
        found = next((row for row in LISTS[tab] if row.id == current), None)
        page = FloorPage(tab, rows, self._number, 0, self.edits, len(rows), self.counts, found)
        return Outcome(tab, page)

    def preview(self, device, job):
        self.calls.append(("preview", device, job))
        return Outcome("preview", self.preview_is)

    def reclaim(self, device, job, version, reason):
        self.calls.append(("reclaim", device, job, version, reason))
        return self.reclaimed

    def act(self, act, id, value="", reason=""):
        self.calls.append(("act", act, id, value, reason))
        return Outcome("done", self.acted, say(Code.SAVED))

    def decide_count(self, exception, *, believe):
        self.calls.append(("count", exception, believe))
        return Outcome("done", None, say(Code.SAVED))

    def templates(self):
        return Outcome("templates", ("Noon parcels", "Evening express"))

    def new_wave(self, *, template=None, orders=(), method=Method.CLUSTER):
        self.calls.append(("new_wave", template, orders, method))
        return Outcome("done", self.wave_reply(PLANNED[2]), say(Code.SAVED))

    def wave_act(self, wave, act, orders=()):
        self.calls.append(("wave", wave, act, orders))
        return Outcome("done", self.wave_reply(next(row for row in PLANNED if row.id == wave)), say(Code.SAVED))

    def wave_reply(self, row):
        return WaveReply(wave=row, reason=None, words={}, epoch=1, server_time="")


@pytest.fixture
def board():
    return Board()


@pytest.fixture
def floor(around, board):
    presenter = FloorPresenter(around.stage, board)
    presenter.on_link(ONLINE)
    presenter.enter()
    settle(around)
    board.calls.clear()
    return presenter


def settle(around):
    for _ in range(5):
        around.run()


def asked(board, what):
    return [call for call in board.calls if call[0] == what]


def press(floor, around, *intents):
    for intent in intents:
        floor.on_intent(intent)
        settle(around)


def test_it_opens_on_the_devices_with_the_one_that_needs_somebody_on_top(floor, around):
    state = around.state
    assert (state.tab, state.current.label, state.current.state) == (BoardTab.DEVICES, "Handheld 3", "overdue")
    assert [act.intent for act in state.acts] == ["reclaim"]
    assert state.frame.subtitle.words == {"n": 2}


def test_the_board_is_asked_every_two_seconds_by_the_beat_of_the_link(floor, around, board):
    for _ in range(10):
        around.clock.now += 0.5
        floor.on_link(ONLINE)
        settle(around)
    assert len(asked(board, "fetch")) == int(10 * 0.5 / EVERY_S)


def test_it_is_not_asked_again_before_it_has_answered(floor, around, board):
    for _ in range(5):
        around.clock.now += 3
        floor.on_link(ONLINE)
    assert len(around.network.jobs) == 1


def test_nor_while_another_screen_is_in_front(floor, around, board):
    floor.leave()
    around.clock.now += 60
    floor.on_link(ONLINE)
    floor.on_changes(Changes(frozenset({"job"})))
    settle(around)
    assert board.calls == []


def test_news_from_the_feed_asks_sooner_but_not_at_every_single_one(floor, around, board):
    around.clock.now += 1
    for _ in range(20):
        floor.on_changes(Changes(frozenset({"work"})))
        settle(around)
    floor.on_changes(Changes(frozenset({"item"})))
    settle(around)
    assert len(asked(board, "fetch")) == 1


def test_what_has_not_changed_is_not_drawn_again(floor, around, board):
    board.edits = ()
    around.clock.now += 3
    floor.on_link(ONLINE)
    settle(around)
    before = len(around.shown)
    for _ in range(5):
        around.clock.now += 3
        floor.on_link(ONLINE)
        settle(around)
    assert len(around.shown) == before


def test_taking_back_shows_the_consequences_and_asks_why_before_anything_is_done(floor, around, board):
    press(floor, around, f"row:{DARK.id}", "reclaim")
    assert asked(board, "preview") == [("preview", "d7", None)]
    assert (around.state.panel.kind, around.state.panel.preview) == ("reclaim", PREVIEW)
    # No reason counts while the consequences stand there, and no consequence is confirmed without a reason.
    press(floor, around, "reason:battery_flat")
    assert asked(board, "reclaim") == []
    press(floor, around, "go_on")
    assert around.state.panel.kind == "why"
    assert [option.intent for option in around.state.panel.options][:2] == ["reason:no_contact", "reason:battery_flat"]
    assert asked(board, "reclaim") == []
    press(floor, around, "reason:battery_flat")
    assert asked(board, "reclaim") == [("reclaim", "d7", None, "v1", "battery_flat")]
    assert around.state.panel.kind == "row"


def test_what_changed_meanwhile_is_shown_anew_and_needs_both_words_again(floor, around, board):
    press(floor, around, f"row:{DARK.id}", "reclaim", "go_on")
    now = replace_preview(version="v2", lines_back=6)
    reply = ReclaimReply(done=False, preview=now, epoch=1, server_time="")
    board.reclaimed = Outcome("changed", reply, say(Code.BOARD_CHANGED))
    press(floor, around, "reason:no_contact")
    panel = around.state.panel
    assert (panel.kind, panel.preview.version, panel.changed) == ("reclaim", "v2", True)
    assert around.said[-1].code is Code.BOARD_CHANGED
    press(floor, around, "reason:no_contact")
    assert len(asked(board, "reclaim")) == 1
    press(floor, around, "go_on", "reason:no_contact")
    assert asked(board, "reclaim")[-1] == ("reclaim", "d7", None, "v2", "no_contact")


def replace_preview(**news):
    import msgspec

    return msgspec.structs.replace(PREVIEW, **news)


def test_a_device_that_holds_nothing_any_more_offers_nothing_to_take(floor, around, board):
    board.preview_is = replace_preview(jobs=[], lines_back=0)
    press(floor, around, f"row:{DARK.id}", "reclaim")
    assert not around.state.acts[0].enabled
    press(floor, around, "go_on")
    assert around.state.panel.kind == "reclaim"


def test_one_job_can_be_chosen(floor, around, board):
    press(floor, around, f"row:{DARK.id}", "one_job")
    assert [option.intent for option in around.state.panel.options] == ["one_job:j-50231", "one_job:j-50244"]
    press(floor, around, "one_job:j-50244", "go_on", "reason:person_gone")
    assert asked(board, "reclaim") == [("reclaim", "d7", "j-50244", "v1", "person_gone")]


def test_a_job_in_somebodys_hands_can_be_taken_back_from_the_list_of_jobs(floor, around, board):
    press(floor, around, "tab:jobs", "row:job1", "reclaim")
    assert asked(board, "preview") == [("preview", "d1", "job1")]


def test_leaving_a_question_does_nothing(floor, around, board):
    press(floor, around, f"row:{DARK.id}", "reclaim", "go_on", "back", "back")
    assert around.state.panel.kind == "row" or around.went == ["home"]
    assert asked(board, "reclaim") == []


def test_back_leaves_question_then_row_then_screen(floor, around):
    press(floor, around, f"open:{DARK.id}", "reclaim", "back")
    assert (around.state.panel.kind, around.state.opened) == ("row", True)
    press(floor, around, "back")
    assert not around.state.opened
    press(floor, around, "back")
    assert around.went == ["home"]


def test_without_the_centre_every_act_is_off_and_says_why(floor, around, board):
    board.on = False
    floor.on_link(OFFLINE)
    settle(around)
    state = around.state
    assert state.frame.prompt.code is Code.NEEDS_CENTRE
    assert not any(act.enabled for act in state.acts)
    press(floor, around, "reclaim")
    assert board.calls == []
    assert around.said[-1].code is Code.NEEDS_CENTRE
    # What was known stays in sight.
    assert state.page.rows
    assert not state.fresh


def test_when_the_centre_refuses_it_stands_at_the_prompt_and_is_not_said_every_two_seconds(floor, around, board):
    board.trouble = say(Code.NOT_ALLOWED)
    for _ in range(3):
        around.clock.now += 3
        floor.on_link(ONLINE)
        settle(around)
    assert around.state.frame.prompt.code is Code.NOT_ALLOWED
    assert around.said == []


def test_an_act_can_be_taken_back_once(floor, around, board):
    press(floor, around, "tab:jobs", "row:job1", "first")
    assert asked(board, "act") == [("act", "prioritise", "job1", "1", "")]
    assert around.state.frame.actions[0].intent == "undo"
    board.acted = ActReply(done=True, epoch=1, server_time="")
    press(floor, around, "undo")
    assert asked(board, "act")[-1] == ("act", "prioritise", "job1", "3", "")
    assert all(act.intent != "undo" for act in around.state.frame.actions)


def test_an_act_is_not_sent_twice(floor, around, board):
    press(floor, around, "tab:jobs", "row:job1")
    floor.on_intent("first")
    floor.on_intent("first")
    settle(around)
    assert len(asked(board, "act")) == 1


def test_a_job_is_given_to_somebody_in_contact_or_to_anybody(floor, around, board):
    press(floor, around, "tab:jobs", "row:job1", "give")
    intents = [option.intent for option in around.state.panel.options]
    assert intents[0] == "give:anybody"
    assert "give:d20" in intents
    assert "give:d7" not in intents
    press(floor, around, "give:d20")
    assert asked(board, "act") == [("act", "reassign", "job1", "d20", "")]


def test_an_order_is_pulled_out_of_a_job_of_several(floor, around, board):
    press(floor, around, "tab:jobs", "row:job0", "pull", "pull:50205")
    assert asked(board, "act") == [("act", "pull_out", "50205", "", "")]


@pytest.mark.parametrize(
    ("intents", "act"),
    [
        (["approve"], ("act", "approve", "e1", "", "")),
        (["reallocate"], ("act", "reallocate", "e1", "", "")),
        (["settle", "settle:not_needed"], ("act", "resolve", "e1", "", "not_needed")),
    ],
    ids=["approve", "reallocate", "settle"],
)
def test_a_short_is_settled_in_one_of_its_ways(floor, around, board, intents, act):
    press(floor, around, "tab:exceptions", f"row:{SHORT.id}")
    assert [one.intent for one in around.state.acts] == ["approve", "reallocate", "settle"]
    press(floor, around, *intents)
    assert asked(board, "act") == [act]


def test_a_put_back_is_settled_only_by_being_done(floor, around):
    press(floor, around, "tab:exceptions", "row:e2", "settle")
    assert [option.intent for option in around.state.panel.options] == ["settle:done"]


def test_keys_are_the_lists_or_the_answers_of_a_question(floor, around):
    keys = {act.key: act.intent for act in around.state.frame.choices if act.key.isdigit()}
    assert keys["1"] == "tab:exceptions"
    assert keys["2"] == "tab:devices"
    press(floor, around, f"row:{DARK.id}", "reclaim", "go_on")
    keys = {act.key: act.intent for act in around.state.frame.choices if act.key.isdigit()}
    assert keys["1"] == "reason:no_contact"
    assert not any(intent.startswith("tab:") for intent in keys.values())


def test_dark_devices_are_spoken_of_on_every_list(floor, around, board):
    press(floor, around, "tab:jobs")
    assert around.state.frame.prompt.code is Code.DEVICES_DARK
    board.counts = BoardCounts(devices=3)
    press(floor, around, "tab:exceptions")
    assert around.state.frame.prompt.word is FloorWord.CHOOSE_ROW


def test_a_scan_finds_its_row(floor, around):
    floor.on_scan(around.scan("50244"))
    settle(around)
    assert [row.id for row in around.state.page.rows] == ["d7"]
    assert len(around.answered) == 1


def test_a_page_of_another_list_that_comes_late_is_not_shown(floor, around):
    floor.on_intent("tab:jobs")
    floor.on_intent("tab:exceptions")
    settle(around)
    assert around.state.page.tab is BoardTab.EXCEPTIONS


def test_who_comes_back_to_a_list_that_is_the_same_has_the_acts_of_its_first_row(floor, around, board):
    press(floor, around, "tab:planned")
    board.edits = ()
    floor.enter()
    floor.on_intent("tab:planned")
    settle(around)
    assert around.state.current == PLANNED[0]
    assert "wave:pause" in [act.intent for act in around.state.frame.choices]


def test_a_fault_inside_leaves_nothing_waiting(floor, around, board):
    floor.on_intent(f"row:{DARK.id}")
    floor.on_intent("reclaim")
    floor.on_fault()
    around.network.jobs.clear()
    settle(around)
    assert around.state.frame.busy is None
    around.clock.now += 3
    floor.on_link(LinkStatus(True, 1, 0, None, 1))
    settle(around)
    assert asked(board, "fetch")


def test_who_leaves_takes_everything_along(floor, around):
    press(floor, around, "tab:jobs", "row:job1", "first")
    floor.forget()
    assert floor.view is None
    floor.enter()
    assert around.state is not None
    settle(around)
    state = around.state
    assert (state.tab, state.search) == (BoardTab.DEVICES, "")
    assert all(act.intent != "undo" for act in state.frame.actions)
    assert replace(state.panel) == state.panel


def offered(state):
    return [option.intent for option in state.panel.options]


@pytest.mark.parametrize(
    ("wave", "acts"),
    [
        ("w1", ["wave:pause", "wave_more", "new_wave"]),
        ("w2", ["wave:release", "wave_more", "new_wave"]),
        ("w3", ["wave:plan", "wave_more", "new_wave"]),
    ],
)
def test_the_likeliest_act_of_a_wave_is_a_button_and_the_others_one_press_away(floor, around, wave, acts):
    press(floor, around, "tab:planned", f"row:{wave}")
    assert [act.intent for act in around.state.acts] == acts
    press(floor, around, "wave_more")
    row = next(row for row in PLANNED if row.id == wave)
    others = {f"wave:{act}" for act in row.acts} - {acts[0], "wave:add"}
    assert set(offered(around.state)) == others


def test_a_wave_is_let_go_at_once(floor, around, board):
    press(floor, around, "tab:planned", "row:w2", "wave:release")
    assert asked(board, "wave") == [("wave", "w2", "release", ())]


def test_an_act_a_wave_does_not_have_is_not_asked_for(floor, around, board):
    press(floor, around, "tab:planned", "row:w3", "wave:release", "wave_cancel")
    assert asked(board, "wave") == []


def test_cancelling_a_wave_says_first_what_it_means(floor, around, board):
    press(floor, around, "tab:planned", "row:w1", "wave_more", "wave:cancel")
    assert asked(board, "wave") == []
    assert around.state.panel.kind == "wave_cancel"
    assert [act.intent for act in around.state.acts] == ["wave_cancel", "close"]
    press(floor, around, "wave_cancel")
    assert asked(board, "wave") == [("wave", "w1", "cancel", ())]
    assert not around.state.panel.asks


def test_an_order_is_pulled_out_of_a_wave_the_one_searched_for_on_top(floor, around, board):
    press(floor, around, "tab:planned", "row:w1", "search:50198", "wave:pull")
    assert offered(around.state)[0] == "wave_pull:50198"
    press(floor, around, "wave_pull:50311", "wave_pull:50198")
    assert asked(board, "wave") == [("wave", "w1", "pull", ("50198",))]


def test_orders_searched_for_are_added_to_a_wave(floor, around, board):
    press(floor, around, "tab:planned", "row:w3", "search:50500, 50501 50500", "wave_more")
    assert "wave:add" in offered(around.state)
    press(floor, around, "wave:add")
    assert asked(board, "wave") == [("wave", "w3", "add", ("50500", "50501"))]


def test_a_wave_is_made_by_a_template_and_stood_on(floor, around, board):
    press(floor, around, "tab:planned", "new_wave")
    assert offered(around.state) == ["template:0", "template:1"]
    press(floor, around, "template:1")
    assert asked(board, "new_wave") == [("new_wave", "Evening express", (), Method.CLUSTER)]
    assert around.state.current.id == "w3"


def test_or_of_the_orders_searched_for_in_one_of_the_ways_of_picking(floor, around, board):
    press(floor, around, "tab:planned", "search:50500 50501", "new_wave")
    assert offered(around.state) == [
        f"of_orders:{way}" for way in ("cluster", "put_wall", "single_order", "pass_pick", "zones")
    ]
    press(floor, around, "of_orders:zones")
    assert asked(board, "new_wave") == [("new_wave", None, ("50500", "50501"), Method.ZONES)]


@pytest.mark.parametrize(("intent", "believe"), [("believe", True), ("recount", False)])
def test_a_count_that_differs_is_booked_or_done_once_more(floor, around, board, intent, believe):
    press(floor, around, "tab:exceptions", "row:e5")
    assert [act.intent for act in around.state.acts] == ["believe", "recount"]
    press(floor, around, intent)
    assert asked(board, "count") == [("count", "e5", believe)]


def test_nothing_can_be_done_about_a_job_that_waits(floor, around):
    press(floor, around, "tab:jobs", "row:job90")
    assert around.state.acts == ()


def test_zones_are_stopped_and_started_from_the_list_of_people(floor, around, board):
    board.counts = STOPPED
    press(floor, around, "tab:people", "zones")
    assert [option.intent for option in around.state.panel.options] == ["stop_zone:A", "stop_zone:B", "start_zone:C"]
    press(floor, around, "stop_zone:A")
    press(floor, around, "zones", "start_zone:C")
    assert asked(board, "act") == [
        ("act", BoardAct.STOP_ZONE, "A", "", ""),
        ("act", BoardAct.START_ZONE, "C", "", ""),
    ]


def test_a_stopped_zone_is_named_over_every_list(floor, around, board):
    board.counts = STOPPED
    for tab in BoardTab:
        press(floor, around, f"tab:{tab}")
        assert around.state.frame.subtitle.words == {"zones": "C"}
