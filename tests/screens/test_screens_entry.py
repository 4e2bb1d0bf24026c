"""Sign-in, pairing and home without Qt."""

import pytest

from app.core.messages import Code, say
from app.core.views import HomeView, SignInView
from app.screens.home.presenter import HomePresenter
from app.screens.pair.presenter import PairPresenter
from app.screens.signin.presenter import SignInPresenter
from app.screens.words import Word
from tools.shots_data import PICK
from tools.shots_goods import BOSS, JOBS, PEOPLE, PICKER

NOBODY = SignInView(recent=PEOPLE)


@pytest.fixture
def came():
    return []


@pytest.fixture
def spoken():
    return []


@pytest.fixture
def signin(around, service, came, spoken):
    service.now(NOBODY)
    presenter = SignInPresenter(around.stage, service, came.append, spoken.append, "en")
    presenter.enter()
    around.run()
    service.calls.clear()
    return presenter


def test_a_badge_signs_in_by_the_network_worker(signin, around, service, came):
    service.now(SignInView(person=PICKER), say(Code.SIGNED_IN, name="Amira Haddad"))
    signin.on_scan(around.scan("B-1004"))
    assert around.state.frame.busy.word is Word.CHECKING
    around.store.run()
    assert service.calls == []
    around.network.run()
    assert service.calls == [("badge", "B-1004")]
    assert came == [PICKER]


def test_an_unknown_badge_is_refused_with_a_way_out(signin, around, service, came):
    service.now(NOBODY, say(Code.BADGE_UNKNOWN))
    signin.on_scan(around.scan("B-9"))
    around.run()
    assert came == []
    refusal = around.state.frame.refusal
    assert refusal.message.code is Code.BADGE_UNKNOWN
    assert [a.word for a in refusal.exits] == [Word.USE_PIN]
    assert around.state.frame.busy is None


def test_number_then_pin(signin, around, service):
    signin.on_intent("number")
    assert around.state.page == "number"
    signin.on_intent("typed:1004")
    assert around.state.page == "pin"
    signin.on_intent("typed:4711")
    around.run()
    assert service.calls == [("pin", "1004", "4711")]


def test_who_was_here_lately_only_types_the_pin(signin, around, service):
    signin.on_intent("recent:1004")
    assert around.state.frame.prompt == say(Code.ENTER_PIN, name="Amira Haddad")
    signin.on_intent("typed:4711")
    around.run()
    assert service.calls == [("pin", "1004", "4711")]


def test_escape_leads_back_to_the_badge(signin, around):
    signin.on_intent("number")
    signin.on_intent("back")
    assert around.state.page == "badge"


def test_a_session_still_open_after_a_restart_goes_on(around, service, came, spoken):
    service.now(SignInView(person=BOSS))
    presenter = SignInPresenter(around.stage, service, came.append, spoken.append, "en")
    presenter.enter()
    around.run()
    assert came == [BOSS]


def test_a_language_is_chosen_before_signing_in(signin, around, spoken):
    signin.on_intent("language:da")
    assert spoken == ["da"]
    assert around.state.language == "da"


def test_a_fault_inside_ends_the_waiting(signin, around):
    signin.on_scan(around.scan("B-1"))
    signin.on_fault()
    assert around.state.frame.busy is None


@pytest.fixture
def home(around, service):
    service.now(HomeView(PICKER, JOBS, ("pick", "settings"), say(Code.TAKE_NEXT_WORK)))
    presenter = HomePresenter(around.stage, service, service, lambda: PICKER)
    presenter.enter()
    around.run()
    service.calls.clear()
    return presenter


def test_home_shows_jobs_and_doors(home, around):
    assert [job.title for job in around.state.jobs] == ["50231", "50244", "50198"]
    assert [door.intent for door in around.state.doors] == ["door:settings"]


@pytest.mark.parametrize(
    ("intent", "call"), [("next", ("start_next",)), ("start:j2", ("start", "j2")), ("door:pick", ("start_next",))]
)
def test_work_that_begins_opens_the_pick_screen(home, around, service, intent, call):
    service.now(PICK)
    home.on_intent(intent)
    around.run()
    assert service.calls == [call]
    assert around.went == ["pick"]


def test_no_work_stays_at_home_and_says_so(home, around, service):
    service.now(None, say(Code.NO_WORK))
    home.on_intent("next")
    around.run()
    assert around.went == []
    assert around.said[-1].code is Code.NO_WORK


@pytest.mark.parametrize("text", ["50231", "T-0417", "j1"])
def test_scanning_a_job_of_the_list_opens_it(home, around, service, text):
    service.now(PICK)
    home.on_scan(around.scan(text))
    around.run()
    assert service.calls == [("start", "j1")]


def test_scanning_anything_else_at_home_is_looked_up(home, around, service):
    service.now(None, say(Code.NOT_NOW))
    home.on_scan(around.scan("4711"))
    around.run()
    assert [call[0] for call in service.calls] == ["on_scan"]
    assert (around.went, around.said[-1].code) == ([], Code.NOT_NOW)
    assert around.answered[-1][1].code is Code.NOT_NOW


@pytest.mark.parametrize("by", ["the same code", "the button"])
def test_work_of_somebody_else_is_offered_and_then_taken_over(home, around, service, by):
    service.now(None, say(Code.OFFER_TAKE_OVER, name="Bo", job="j9"))
    home.on_scan(around.scan("50777"))
    around.run()
    refusal = around.state.frame.refusal
    assert (refusal.message.words["name"], [a.intent for a in refusal.exits]) == ("Bo", ["take_over:j9"])
    service.now(PICK)
    service.calls.clear()
    if by == "the same code":
        home.on_scan(around.scan("50777"))
    else:
        home.on_intent("take_over:j9")
    assert around.state.frame.busy is not None
    around.run()
    assert service.calls == [("take_over", "j9")]
    assert around.went == ["pick"]


def test_another_code_in_between_takes_nothing_over(home, around, service):
    service.now(None, say(Code.OFFER_TAKE_OVER, name="Bo", job="j9"))
    for text in ("50777", "50778"):
        home.on_scan(around.scan(text))
        around.run()
    assert {call[0] for call in service.calls} == {"on_scan"}


def test_a_command_card_takes_the_next_work(home, around, service):
    service.now(PICK)
    home.on_scan(around.scan("FH:NEXT"))
    around.run()
    assert around.went == ["pick"]


def test_other_doors_open(home, around):
    home.on_intent("door:orders")
    assert around.went == ["orders"]


class FakePairing:
    def __init__(self, answer):
        self.answer = answer
        self.asked = []

    def servers(self):
        return ("https://10.0.0.5:8443",)

    def pair(self, code):
        self.asked.append(code)
        return self.answer


@pytest.mark.parametrize(
    ("answer", "went"),
    [(say(Code.PAIRED, site="A"), ["signin"]), (say(Code.PAIRING_REFUSED), []), (say(Code.CENTRE_AWAY), [])],
)
def test_pairing_by_a_scanned_code(around, answer, went):
    pairing = FakePairing(answer)
    presenter = PairPresenter(around.stage, pairing)
    presenter.enter()
    around.run()
    assert around.state.servers == ("https://10.0.0.5:8443",)
    presenter.on_scan(around.scan("FHPAIR:abc"))
    assert around.state.frame.busy.word is Word.PAIRING_NOW
    around.run()
    assert pairing.asked == ["FHPAIR:abc"]
    assert around.went == went
    assert around.said[-1] is answer
    assert around.state.frame.busy is None
