"""The workbench's presenter beside a centre that answers when the test says so: stale answers, one question at a time, what acts ask."""

from collections import deque

import pytest
from msgspec.structs import replace

from app.core.messages import Code, say
from app.core.outcome import Outcome
from app.screens.presenter import Stage
from app.screens.workbench import asking
from app.screens.workbench.presenter import WorkbenchPresenter
from app.services.workbench_ports import (
    ActResult,
    Address,
    CancelOrderRequest,
    ChangeLine,
    ChangeOrderRequest,
    PriorityRequest,
    ReleaseHoldRequest,
    SplitLine,
    SplitRequest,
)
from sync.contract.workbench import SearchReply
from tools.shots_workbench import COUNTS, FOUND, HELD, SHEET


class Later:
    """A worker whose jobs wait until the test lets the oldest one run."""

    def __init__(self):
        self.jobs = deque()

    def submit(self, job, done, failed=None):
        self.jobs.append((job, done))

    def run(self):
        while self.jobs:
            self.one()

    def one(self):
        job, done = self.jobs.popleft()
        done(job())


class Centre:
    """A workbench that finds by the beginning of a name."""

    def __init__(self):
        self.there, self.searched, self.acted, self.refuses = True, [], [], ()

    def online(self):
        return self.there

    def search(self, text, after=""):
        self.searched.append(text)
        found = [one for one in FOUND if one.customer.startswith(text)]
        reply = SearchReply(found=found, next=None, total=len(found), more_than=False, epoch=1, server_time="")
        return Outcome("search", reply)

    def counts(self):
        return Outcome("counts", COUNTS)

    def sheet(self, order):
        head = next(one for one in FOUND if one.number == order)
        return Outcome("sheet", replace(HELD if head.state == "held" else SHEET, head=head))

    def timeline(self, order):
        return Outcome("timeline", None, say(Code.NEEDS_CENTRE))

    def act(self, request):
        self.acted.append(request)
        result = ActResult(
            order=request.order, reason=self.refuses[0] if self.refuses else None, changed=["order.note"]
        )
        if self.refuses:
            return Outcome("refused", (result, None), say(Code.ORDER_NOT_DONE, reason=self.refuses[0]))
        return Outcome("done", (result, None), say(Code.SAVED))


class Bench:
    """The presenter with what it asked, drew and said."""

    def __init__(self, clock):
        self.centre, self.network, self.said, self.went = Centre(), Later(), [], []
        stage = Stage(
            Later(), self.network, clock, lambda _s: None, self.said.append, self.went.append, lambda _scan, _m: None
        )
        self.presenter = WorkbenchPresenter(stage, self.centre)
        self.presenter.enter()
        self.network.run()

    def press(self, *intents):
        for intent in intents:
            self.presenter.on_intent(intent)
        return self.presenter.state()

    def stand(self, number):
        self.press(f"row:{number}")
        self.network.run()
        return self

    def does(self, *intents):
        """What the centre was asked after these."""
        self.press(*intents)
        self.network.run()
        [request] = self.centre.acted
        return request


class Still:
    def mono(self):
        return 1.0

    def wall_ms(self):
        return 1

    def boot_id(self):
        return "b"


@pytest.fixture
def bench():
    return Bench(Still())


def test_one_search_at_a_time_and_only_the_last_one_counts(bench):
    bench.centre.searched.clear()
    bench.press("search:A", "search:Ad", "search:D", "search:Dö")
    assert len(bench.network.jobs) == 1
    bench.network.one()
    assert len(bench.presenter.state().found) == len(FOUND), "what was found for A is not shown"
    bench.network.run()
    assert bench.centre.searched == ["A", "Dö"]
    assert [one.customer for one in bench.presenter.state().found] == ["Dörte Großmann"]


def test_the_sheet_of_an_order_that_one_has_left_is_dropped(bench):
    bench.press(f"row:{FOUND[1].number}", f"row:{FOUND[2].number}")
    bench.network.one()
    assert bench.presenter.state().sheet is None
    bench.network.run()
    assert bench.presenter.state().sheet.head == FOUND[2]


def test_a_chip_puts_its_words_in_and_takes_them_out(bench):
    assert bench.press("search:Ada", "filter:held").text == "held Ada"
    assert bench.press("filter:state:ready").text == "state:ready Ada"
    assert bench.press("filter:state:ready").text == "Ada"


def test_away_it_asks_nothing_and_keeps_everything(bench):
    bench.stand(FOUND[0].number)
    bench.centre.there = False
    state = bench.press("ask:note", "entered:Half a thought")
    assert (state.fresh, state.question.typed) == (False, ("Half a thought",))
    assert bench.said[-1].code is Code.NEEDS_CENTRE
    bench.centre.there = True
    assert bench.does("do").text == "Half a thought"
    assert not bench.presenter.state().question.asks


def test_what_was_refused_stays_to_be_done_again(bench):
    bench.stand(FOUND[0].number)
    bench.centre.refuses = ("order_too_late",)
    bench.does("ask:cancel", "choose:all", "entered:")
    state = bench.presenter.state()
    assert bench.presenter.refusal.code is Code.ORDER_NOT_DONE
    assert (state.question.kind, state.changed) == ("cancel", ("order.note",))
    assert "do" in {act.intent for act in state.acts}


@pytest.mark.parametrize(("order", "intents", "wanted"), [
    (0, ("ask:priority", "choose:1"), PriorityRequest(order="N-104512", priority=1, revision=3)),
    (0, ("ask:quantity", "choose:1", "entered:x", "entered:3"),
     ChangeOrderRequest(order="N-104512", lines=[ChangeLine(line=1, qty=3)], revision=3)),
    (0, ("ask:cancel", "choose:2", "entered:Too  late"),
     CancelOrderRequest(order="N-104512", lines=[2], because="Too late", revision=3)),
    (0, ("ask:split", "choose:3", "do"),
     SplitRequest(order="N-104512", lines=[SplitLine(line=3, qty=1)], revision=3)),
    (1, ("ask:release", "choose:h1", "entered:De Molen", "entered:Havenweg 12", "entered:3811 AB", "entered:Amersfoort",
         "entered:", "entered:NL"),
     ReleaseHoldRequest(order="N-104511", hold="h1", revision=3, address=Address(
         name="De Molen", street="Havenweg 12", postcode="3811 AB", city="Amersfoort", country="NL"))),
    (1, ("ask:release", "choose:h2", "entered:CUP-BL"),
     ReleaseHoldRequest(order="N-104511", hold="h2", skus={2: "CUP-BL"}, revision=3)),
    (1, ("ask:release", "choose:", "entered:Asked them"),
     ReleaseHoldRequest(order="N-104511", because="Asked them", revision=3)),
], ids=["priority", "quantity", "cancel", "split", "release_address", "release_item", "release_all"])  # fmt: skip
def test_each_act_asks_once_and_says_which_state_was_seen(bench, order, intents, wanted):
    assert bench.stand(FOUND[order].number).does(*intents) == wanted


def test_what_must_not_be_empty_is_asked_until_it_is_not(bench):
    bench.stand(FOUND[0].number)
    state = bench.press("ask:hold", "entered:", "entered:  ")
    assert state.question.field.key == "because"
    assert not bench.centre.acted


def test_escape_leaves_one_thing_after_the_other(bench):
    bench.stand(FOUND[0].number)
    assert bench.press("tab:timeline", "ask:nothing").tab == "timeline"
    assert bench.press("close").tab == "sheet"
    assert bench.press("ask:note").question.asks
    assert not bench.press("close").question.asks
    bench.press("close")
    assert bench.went == ["orders"]


def test_a_person_who_leaves_takes_the_names_along(bench):
    bench.stand(FOUND[0].number)
    bench.presenter.forget()
    state = bench.presenter.state()
    assert (state.found, state.sheet, state.text) == ((), None, "")


def test_an_act_that_this_person_may_not_is_not_offered():
    sheet = replace(SHEET, acts=[replace(one, why_not="order_not_now") for one in SHEET.acts])
    assert asking.letters(sheet) == ()
