"""Plans as a desk asks for them: what goes to the centre, what a refusal is called, and what is kept when it does not answer."""

import msgspec
import pytest

from app.core.messages import Code
from app.core.views import Person
from app.services.plans import PlansService
from app.services.ports import CentreAway, CentreRefused
from sync.contract.codes import ErrorCode
from sync.contract.plans import (
    FloorMapReply,
    MapBin,
    PlanAsked,
    PlanReply,
    PlansReply,
)
from sync.contract.rescue import MoveKind, RescueActReply, RescueReply
from sync.contract.waves import WaveReply
from tools.shots_planning import AGAINST, APPLIED, OUTCOME, PLAN, RESCUE, USED

MAP = FloorMapReply(drawn=True, crossings=[], paths=[], bins=[MapBin("A", 0, 0, "", 2)], epoch=1, server_time="")
ASKS = {
    "plans": lambda plans: plans.plans("w1"),
    "make": lambda plans: plans.make("w1", PlanAsked()),
    "look": lambda plans: plans.look("p1"),
    "cancel": lambda plans: plans.cancel("p1"),
    "apply": lambda plans: plans.apply("p1"),
    "against": lambda plans: plans.against("p1", "p2"),
    "outcome": lambda plans: plans.outcome("p1"),
    "floor": lambda plans: plans.floor(),
    "rescue": lambda plans: plans.rescue("w1"),
    "pull": lambda plans: plans.move("w1", RESCUE.moves[0]),
    "service": lambda plans: plans.move("w1", RESCUE.moves[2]),
}
EVERY = pytest.mark.parametrize("ask", ASKS.values(), ids=ASKS)


def plan_reply(plan=PLAN, reason=None):
    return PlanReply(plan=plan, reason=reason, words={}, epoch=1, server_time="")


class Centre:
    """Answers in line, and remembers; an exception is raised."""

    def __init__(self):
        self.posts = []
        self.answers = []

    def online(self):
        return True

    def post(self, path, body, reads, timeout_s):
        self.posts.append((path, body))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return msgspec.convert(msgspec.to_builtins(answer), reads)


@pytest.fixture
def centre():
    return Centre()


@pytest.fixture
def signed_in(floor):
    """The store of a desk where somebody of this role is signed in."""

    def sign_in(role):
        with floor.store.unit() as u:
            u.people.sign_in(Person("w9", "Lieke", "1001", frozenset({role}), session="s9"))
        return floor.store

    return sign_in


@pytest.fixture
def plans(signed_in, centre):
    return PlansService(signed_in("supervisor"), centre)


@EVERY
def test_without_an_answer_it_needs_the_connection(plans, centre, ask):
    centre.answers = [CentreAway()]
    assert ask(plans).message.code is Code.NEEDS_CENTRE
    [(_, body)] = centre.posts
    assert body.session


@EVERY
def test_what_is_gone_is_said_to_be_settled(plans, centre, ask):
    centre.answers = [CentreRefused(ErrorCode.NOT_FOUND)]
    assert ask(plans).message.code is Code.BOARD_GONE


@EVERY
def test_only_a_supervisor_asks(signed_in, centre, ask):
    assert ask(PlansService(signed_in("picker"), centre)).message.code is Code.NOT_ALLOWED
    assert centre.posts == []


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("no_orders", Code.WAVE_EMPTY),
        ("too_many_waiting", Code.PLAN_TOO_MANY),
        ("orders_not_free", Code.WAVE_NOTHING_FREE),
        ("not_in_this_state", Code.BOARD_CHANGED),
        ("something new", Code.BOARD_CHANGED),
    ],
)
def test_a_refusal_has_its_words(plans, centre, reason, code):
    centre.answers = [plan_reply(None, reason)]
    done = plans.make("w1", PlanAsked())
    assert (done.state, done.message.code) == ("refused", code)


def test_using_a_plan_says_what_was_left_out(plans, centre):
    whole = msgspec.structs.replace(USED, applied=msgspec.structs.replace(APPLIED, left_out=[]))
    centre.answers = [plan_reply(USED), plan_reply(whole)]
    partly, wholly = plans.apply("p2"), plans.apply("p2")
    assert (partly.message.code, partly.message.words) == (Code.PLAN_USED_PARTLY, {"n": 1, "jobs": 5})
    assert (wholly.message.code, wholly.message.words) == (Code.PLAN_USED, {"n": 5})


def test_the_answers_come_through(plans, centre):
    centre.answers = [
        PlansReply(plans=[PLAN], epoch=1, server_time=""), plan_reply(), AGAINST, OUTCOME,
        RescueReply(rescue=RESCUE, reason=None, epoch=1, server_time=""),
    ]  # fmt: skip
    got = [ASKS[name](plans).view for name in ("plans", "look", "against", "outcome", "rescue")]
    assert got == [(PLAN,), PLAN, AGAINST, OUTCOME, RESCUE]
    assert [path for path, _ in centre.posts] == [
        "/v1/plans/list", "/v1/plans/look", "/v1/plans/against", "/v1/plans/outcome", "/v1/waves/rescue",
    ]  # fmt: skip


def test_the_floor_stays_as_it_was_known(plans, centre):
    centre.answers = [MAP, CentreAway()]
    first = plans.floor().view
    assert (first.drawn, len(first.bins)) == (True, 1)
    assert plans.floor().view is first


def test_pulling_out_is_the_waves_own_act_and_another_service_a_rescue(plans, centre):
    done = RescueActReply(done=["50244"], refused={}, epoch=1, server_time="")
    refused = RescueActReply(done=[], refused={"50244": "packed"}, epoch=1, server_time="")
    pulled = WaveReply(wave=None, reason=None, words={}, epoch=1, server_time="")
    late = WaveReply(wave=None, reason="orders_not_in_wave", words={}, epoch=1, server_time="")
    centre.answers = [pulled, late, done, refused]
    codes = [ASKS[name](plans).message.code for name in ("pull", "pull", "service", "service")]
    assert codes == [Code.SAVED, Code.BOARD_CHANGED, Code.SAVED, Code.RESCUE_REFUSED]
    (act, body), _, (path, send), _ = centre.posts
    assert (act, body.act, body.orders) == ("/v1/waves/act", "pull", ["50231"])
    assert (path, send.move, send.to_service) == ("/v1/waves/rescue/act", MoveKind.SERVICE, "DHL Paket")
