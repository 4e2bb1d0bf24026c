"""The board's lists as a desk knows them: merged, in order, narrowed, and told as edits that lead from one page to the next."""

import random

import msgspec
import pytest

from app.core.messages import Code
from app.services.floor import FloorService
from app.services.floor_lists import FloorLists
from app.services.ports import CentreAway, CentreRefused
from sync.contract.board import (
    ActReply,
    BoardCounts,
    BoardReply,
    BoardTab,
    JobLine,
    PreviewReply,
    ReclaimReply,
    TaskReply,
)
from sync.contract.codes import ErrorCode, Method
from sync.contract.waves import Template, WaveReply, WavesReply
from tools.shots_floor import PLANNED, PREVIEW

JOBS = BoardTab.JOBS


def job(n, priority=3, done=0, **words):
    made = JobLine(
        id=f"j{n:05}", kind="pick", method="single_order", state="open", priority=priority, orders=[f"5{n:05}"], order_count=1,
        lines=2, lines_done=0, units=4, units_done=done,
    )  # fmt: skip
    return msgspec.structs.replace(made, **words)


def reply(jobs=(), ver=1, full=True, **words):
    return BoardReply(
        ver=ver, full=full, counts=BoardCounts(jobs=len(jobs)), epoch=1, server_time="", jobs=list(jobs), **words
    )


def walk(rows, page):
    """What a window shows after the edits of a page."""
    rows = list(rows)
    if page.edits is None:
        return list(page.rows)
    for edit in page.edits:
        if edit.kind == "removed":
            del rows[edit.first : edit.last + 1]
        elif edit.kind == "inserted":
            assert len(edit.rows) == edit.last - edit.first + 1
            rows[edit.first : edit.first] = edit.rows
        else:
            rows[edit.first : edit.last + 1] = edit.rows
    return rows


@pytest.fixture
def lists():
    return FloorLists()


def test_the_most_urgent_stand_on_top(lists):
    lists.replace(JOBS, [job(1), job(2, priority=1), job(3, cut_off="2026-11-22T16:00:00Z")], 1, BoardCounts())
    assert [row.id for row in lists.page(JOBS, "", "").rows] == ["j00002", "j00003", "j00001"]


def test_the_edits_lead_from_page_to_page_whatever_happens(lists):
    rng = random.Random(7)
    rows = {n: job(n, rng.randint(1, 4)) for n in range(300)}
    lists.replace(JOBS, list(rows.values()), 1, BoardCounts())
    window, search = walk([], lists.page(JOBS, "", "")), ""
    for ver in range(2, 200):
        gone = [rows.pop(n).id for n in rng.sample(sorted(rows), rng.randint(0, 3))]
        changed = {n: job(n, rng.randint(1, 4), rng.randint(0, 4)) for n in rng.sample(sorted(rows), rng.randint(0, 5))}
        changed |= {n: job(n, 2) for n in rng.sample(range(1000), rng.randint(0, 3))}
        rows |= changed
        answer = reply(
            changed.values(), ver, full=False, gone=[id for id in gone if id not in {r.id for r in changed.values()}]
        )
        lists.change(JOBS, answer, list(changed.values()))
        if rng.random() < 0.2:
            search = rng.choice(["", "51", "500", "7"])
        page = lists.page(JOBS, search, "")
        window = walk(window, page)
        assert window == list(page.rows)
        wanted = sorted((row for row in rows.values() if search in row.orders[0]), key=lambda r: (r.priority, r.id))
        assert window == wanted


def test_one_change_among_ten_thousand_is_one_edit(lists):
    lists.replace(JOBS, [job(n) for n in range(10_000)], 1, BoardCounts())
    lists.page(JOBS, "", "")
    lists.change(JOBS, reply([job(5000, done=1)], 2, full=False), [job(5000, done=1)])
    page = lists.page(JOBS, "", "j05000")
    assert [(edit.kind, edit.first, edit.last) for edit in page.edits] == [("changed", 5000, 5000)]
    assert page.current.units_done == 1
    assert lists.page(JOBS, "", "").edits == ()


def test_too_many_edits_are_one_new_page(lists):
    lists.replace(JOBS, [job(n) for n in range(1000)], 1, BoardCounts())
    lists.page(JOBS, "", "")
    lists.replace(JOBS, [job(n) for n in range(1, 1000, 2)], 2, BoardCounts())
    assert lists.page(JOBS, "", "").edits is None


def test_every_word_of_a_search_must_be_in_the_row(lists):
    rows = [job(1, device="Handheld 7", person="Amira"), job(2, device="Handheld 7"), job(3, tote="T-0417")]
    lists.replace(JOBS, rows, 1, BoardCounts())
    found = {text: [row.id for row in lists.page(JOBS, text, "").rows] for text in ("HANDHELD", "amira 7", "0417", "x")}
    assert found == {"HANDHELD": ["j00001", "j00002"], "amira 7": ["j00001"], "0417": ["j00003"], "x": []}


class Centre:
    """A centre that answers as told, in order."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []
        self.on = True

    def online(self):
        return self.on

    def post(self, path, body, reads, timeout_s):
        self.asked.append((path, body))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def desk(floor, supervisor):
    """The service of a desk where a supervisor is signed in."""

    def open_(*answers):
        centre = Centre(*answers)
        return FloorService(floor.store, centre), centre

    return open_


@pytest.fixture
def supervisor(floor):
    from app.core.views import Person

    person = Person("w9", "Lieke", "1001", frozenset({"supervisor"}), session="s9")
    with floor.store.unit() as u:
        u.people.sign_in(person)
    return person


def test_a_long_list_is_fetched_page_by_page_and_then_only_what_changed(desk):
    service, centre = desk(
        reply([job(1), job(2)], 7, next="j00002"),
        reply([job(3)], 9),
        reply([job(2, done=1)], 11, full=False, gone=["j00001"]),
    )
    assert service.fetch(JOBS).message is None
    assert [row.id for row in service.page(JOBS, "", "").view.rows] == ["j00001", "j00002", "j00003"]
    service.fetch(JOBS)
    assert [(body.since, body.after) for _, body in centre.asked] == [(0, ""), (0, "j00002"), (7, "")]
    page = service.page(JOBS, "", "").view
    assert [(row.id, row.units_done) for row in page.rows] == [("j00002", 1), ("j00003", 0)]


def test_when_too_much_has_changed_everything_is_fetched_again(desk):
    service, centre = desk(reply([job(1)], 7), reply([], 90, full=False, restart=True), reply([job(2)], 91))
    service.fetch(JOBS)
    service.fetch(JOBS)
    assert [body.since for _, body in centre.asked] == [0, 7, 0]
    assert [row.id for row in service.page(JOBS, "", "").view.rows] == ["j00002"]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (CentreAway(), Code.NEEDS_CENTRE),
        (CentreRefused(ErrorCode.FORBIDDEN), Code.NOT_ALLOWED),
        (CentreRefused(ErrorCode.NOT_FOUND), Code.BOARD_GONE),
    ],
    ids=["away", "forbidden", "unknown"],
)
def test_a_centre_that_does_not_answer_or_says_no_is_a_calm_word(desk, answer, code):
    service, _ = desk(answer)
    assert service.preview("d7", None).message.code is code


def test_without_the_centre_nobody_is_asked(desk):
    service, centre = desk()
    centre.on = False
    assert service.act("prioritise", "j1", "1").message.code is Code.NEEDS_CENTRE
    assert centre.asked == []


def test_only_supervisors_ask(floor):
    centre = Centre()
    assert FloorService(floor.store, centre).fetch(JOBS).message.code is Code.NOT_ALLOWED
    assert centre.asked == []


def test_what_was_refused_is_said_in_words(desk):
    refused = ActReply(done=False, epoch=1, server_time="", refused="board_begun", params={"order": "50231"})
    service, _ = desk(refused)
    outcome = service.act("reassign", "j1", "d1")
    assert (outcome.message.code, outcome.message.words["order"]) == (Code.BOARD_BEGUN, "50231")


def test_work_taken_back_is_said_and_a_change_meanwhile_too(desk):
    taken = ReclaimReply(done=True, preview=PREVIEW, epoch=1, server_time="")
    changed = msgspec.structs.replace(taken, done=False)
    service, _ = desk(PreviewReply(preview=PREVIEW, epoch=1, server_time=""), taken, changed)
    assert service.preview("d7", None).view == PREVIEW
    said = service.reclaim("d7", None, "v1", "no_contact").message
    assert (said.code, said.words) == (Code.WORK_TAKEN_BACK, {"n": 7, "device": "Handheld 7"})
    assert service.reclaim("d7", None, "v1", "no_contact").message.code is Code.BOARD_CHANGED


def of_wave(reason=None, **words):
    return WaveReply(wave=PLANNED[0], reason=reason, words=words, epoch=1, server_time="")


def test_waves_are_known_by_their_orders_and_come_by_their_trucks(desk):
    service, _ = desk(
        BoardReply(ver=3, full=True, counts=BoardCounts(), epoch=1, server_time="", planned=list(PLANNED[::-1]))
    )
    service.fetch(BoardTab.PLANNED)
    assert [row.id for row in service.page(BoardTab.PLANNED, "", "").view.rows] == ["w1", "w2", "w3"]
    assert [row.id for row in service.page(BoardTab.PLANNED, "50312", "").view.rows] == ["w2"]


def test_jobs_that_wait_stand_below_those_somebody_can_take(lists):
    lists.replace(JOBS, [job(1, priority=1, state="waiting"), job(2, priority=9)], 1, BoardCounts())
    assert [row.id for row in lists.page(JOBS, "", "").rows] == ["j00002", "j00001"]


def test_a_wave_is_made_and_acted_on(desk):
    service, centre = desk(of_wave(), of_wave(), of_wave())
    assert service.new_wave(template="noon").message.code is Code.SAVED
    service.new_wave(orders=("50231", "50244", "50250"), method=Method.ZONES)
    service.wave_act("w1", "pull", ("50231",))
    by_template, by_hand, pulled = [body for _, body in centre.asked]
    assert (by_template.template, by_template.orders) == ("noon", [])
    assert (by_hand.template, by_hand.name, by_hand.method) == (None, "50231 +2", Method.ZONES)
    assert (pulled.wave, pulled.act, pulled.orders, pulled.session) == ("w1", "pull", ["50231"], "s9")


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("already_begun", Code.WAVE_BEGUN),
        ("nothing_to_release", Code.WAVE_NOTHING_FREE),
        ("no_orders", Code.WAVE_EMPTY),
        ("orders_not_free", Code.WAVE_ORDERS_TAKEN),
        ("too_few_orders", Code.WAVE_TOO_FEW),
        ("nothing_found", Code.WAVE_NOTHING_FOUND),
        ("not_in_this_state", Code.BOARD_CHANGED),
        ("a reason of tomorrow", Code.BOARD_CHANGED),
    ],
    ids=lambda value: str(value).replace(" ", "_"),
)
def test_why_nothing_was_done_to_a_wave_is_said(desk, reason, code):
    service, _ = desk(of_wave(reason, orders="50231"))
    outcome = service.wave_act("w1", "undo")
    assert (outcome.state, outcome.message.code) == ("refused", code)


def test_only_templates_in_use_are_offered(desk):
    kept = [Template(name="noon"), Template(name="old", active=False)]
    service, _ = desk(WavesReply(waves=[], templates=kept, epoch=1, server_time=""))
    assert service.templates().view == ("noon",)


def test_a_count_is_decided_once(desk):
    done, late = (TaskReply(job=None, reason=reason, epoch=1, server_time="") for reason in (None, "nothing_to_decide"))
    service, centre = desk(done, late)
    assert service.decide_count("e5", believe=True).message.code is Code.SAVED
    assert service.decide_count("e5", believe=False).message.code is Code.BOARD_GONE
    assert [(body.exception, body.believe) for _, body in centre.asked] == [("e5", True), ("e5", False)]
