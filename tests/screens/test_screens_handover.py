"""The hand-over screen without pixels: the loop of pictures, keys and cards, what is refused, and how one gets there and away."""

import pytest

from app.core.handover import HandOverView, Picture
from app.core.messages import Code, say
from app.screens.handover.loop import PACES_MS, Loop
from app.screens.handover.presenter import HandOverPresenter
from app.screens.words import Word

SHOW = HandOverView("show", say(Code.HAND_OVER_SHOW), count=3, whole="w1", minutes=5)
START = HandOverView("start", say(Code.HAND_OVER_START), waiting=1)
TAKE = HandOverView("take", say(Code.HAND_OVER_TAKE), count=3, have=1, missing=(2, 3))


class Service:
    """A hand-over service that stands where the test says and makes pictures."""

    def __init__(self, fake, view):
        self.fake, self.made = fake, []
        fake.now(view)

    def picture(self, number):
        self.made.append(number)
        return Picture(number, ((True, bool(number % 2)),))

    def __getattr__(self, name):
        return getattr(self.fake, name)


@pytest.fixture
def screen(around, service):
    """A presenter in front, at a view."""

    def open_(view):
        made = HandOverPresenter(around.stage, Service(service, view))
        made.enter()
        around.run()
        return made

    return open_


def calls(service):
    return [name for name, *_ in service.calls]


def acts(state):
    return {action.intent: action for action in state.frame.actions}


def test_entering_puts_away_what_was_finished(screen, service):
    screen(START)
    assert calls(service) == ["enter"]


def test_pictures_go_round_and_only_those_that_are_seen_are_made(screen, around):
    one = screen(SHOW)
    assert one._service.made == [0, 1]
    for _ in range(4):
        one.on_intent("tick")
        around.run()
    assert around.state.loop.at == 1
    assert around.state.symbol == ((True, True),)
    assert sorted(one._service.made) == [0, 1, 2]
    one.on_intent("before")
    one.on_intent("before")
    assert around.state.loop.at == 2


def test_slower_faster_and_held_by_key_and_card(screen, around):
    one = screen(SHOW)
    assert acts(around.state)["hold"].word is Word.HOLD_PICTURE
    one.on_scan(around.scan("FH:SLOWER"))
    assert around.state.loop.pause_ms == PACES_MS[3]
    one.on_scan(around.scan("fh:faster"))
    one.on_intent("faster")
    assert around.state.loop.pause_ms == PACES_MS[1]
    one.on_scan(around.scan("FH:HOLD"))
    assert around.state.loop.pause_ms == 0
    assert acts(around.state)["hold"].word is Word.RUN_PICTURES
    one.on_scan(around.scan("FH:NEXT"))
    assert around.state.loop.at == 1
    keys = [action.key for action in around.state.frame.actions]
    assert len(set(keys)) == len(keys)
    assert [message for _, message in around.answered] == [None] * 4


def test_paces_end_and_one_picture_stands_still():
    loop = Loop(1)
    assert loop.pause_ms == 0
    assert [Loop(2).paced(by).paced(by).paced(by).pause_ms for by in (-1, 1)] == [PACES_MS[0], PACES_MS[-1]]


def test_other_pictures_begin_at_the_first_and_keep_the_pace(screen, around, service):
    one = screen(SHOW)
    one.on_intent("slower")
    one.on_intent("next")
    around.run()
    service.now(HandOverView("show", say(Code.HAND_OVER_SHOW), count=5, whole="w2"))
    one.on_intent("again")
    around.run()
    state = around.state
    assert (state.loop.at, state.loop.count, state.loop.pace) == (0, 5, 3)


def test_a_picture_that_comes_late_is_not_taken_for_another(screen, around, service):
    one = screen(SHOW)
    one.on_intent("next")
    [(job, done)] = around.store.jobs
    service.now(HandOverView("show", say(Code.HAND_OVER_SHOW), count=1, whole="w2"))
    around.store.jobs.clear()
    one.on_intent("again")
    around.run()
    late = job()
    done(late)
    assert late.number not in one._pictures


def test_every_page_has_its_way_back_and_its_help(screen, around):
    for view in (START, SHOW, TAKE, HandOverView("taken", START.prompt), HandOverView("given", START.prompt)):
        screen(view)
        frame = around.state.frame
        assert frame.leave
        assert frame.help
        assert any(action.key == "Esc" for action in frame.actions) or view.page == "given"


def test_leaving_stops_the_pictures_and_goes_where_one_came_from(screen, around, service):
    one = screen(SHOW)
    one.on_intent("back")
    around.run()
    assert calls(service)[-1] == "stop"
    one.on_intent("leave")
    one.leave()
    around.run()
    assert around.went == ["back"]
    assert calls(service)[-2:] == ["leave", "stop"]


def test_work_taken_over_is_gone_on_with(screen, around):
    one = screen(HandOverView("taken", START.prompt, code="123456"))
    one.on_intent("work")
    assert around.went == ["pick"]


def test_a_picture_of_another_hand_over_offers_to_start_again(screen, around, service):
    one = screen(TAKE)
    service.now(TAKE, say(Code.HAND_OVER_FOREIGN))
    one.on_scan(around.scan("FHX1AAAA"))
    around.run()
    refusal = around.state.frame.refusal
    assert refusal.message.code is Code.HAND_OVER_FOREIGN
    assert [action.intent for action in refusal.exits] == ["take"]
    one.on_intent("take")
    around.run()
    assert calls(service)[-1] == "take"


def test_how_far_one_is_stands_above(screen, around):
    screen(TAKE)
    assert around.state.frame.progress == 333
    screen(SHOW)
    assert around.state.frame.progress == 333


def test_nothing_to_give_offers_only_to_take(screen, around):
    screen(HandOverView("start", START.prompt))
    assert list(acts(around.state)) == ["take", "leave"]
    screen(HandOverView("start", START.prompt, unconfirmed=True, waiting=2))
    assert list(acts(around.state)) == ["give", "take", "again", "leave"]


def test_the_next_person_sees_nothing_of_it(screen, around):
    one = screen(SHOW)
    one.forget()
    assert one.view is None
    assert one.state().symbol == ()
