"""The bench beside packing, through the service on a real store: goods that are fetched, totes put aside, parcels opened again."""

import msgspec
import pytest

from app.core.facts import HoldReason, ReopenReason, ShortReason
from app.core.messages import Code
from app.core.storage import StorageFull
from app.core.views import PackStep
from app.services.api import LabelReport
from app.services.ports import CentreRefused
from sync.contract.bench import ReopenReply
from sync.contract.codes import BinKind, ErrorCode, JobKind, JobState, ParcelState, Role, Substitution, WorkState
from sync.contract.rows import BinRow, ItemRow, ParcelRow, WorkRow
from sync.contract.wire import SessionReply

CUP, TEA = "4006381333931", "5000000000012"
SSCC = "340123451000000018"


@pytest.fixture
def bench(floor):
    """The station with the tote of two cups and a tea open on it, one cup packed."""
    floor.person("packer")
    floor.row, floor.works = floor.pack_job()
    floor.bench = lambda *texts: floor.scans(*texts, service=floor.pack)
    floor.bench("T-1", CUP)
    return floor


def comes(floor, *, awaited=0, need=1, works=(), **more):
    """The centre has everything, and says how the order stands now."""
    floor.acknowledge()
    row = msgspec.structs.replace(floor.row, awaited=awaited, state=JobState.ACTIVE, **more)
    first = msgspec.structs.replace(floor.works[0], qty_done=1, qty_req=need)
    floor.pull(row, first, floor.works[1], *works)


def new_work(holder="dev-1"):
    return WorkRow(
        id="p1-new", job="p1", kind=JobKind.PACK, order="O1", sku="CUP", qty_req=1, qty_done=0, state=WorkState.LEASED, seq=1,
        from_bin="T-9", holder=holder, token=(1, 7),
    )  # fmt: skip


# --- fetched ---


def test_what_is_fetched_joins_the_packing_with_its_right(bench):
    sent = bench.pack.fetch(ShortReason.NOT_FOUND)
    assert (sent.message.code, sent.view.step, sent.view.awaited) == (Code.GOODS_SENT_FOR, PackStep.UNITS, 1)
    assert [(line.item.sku, line.qty) for line in sent.view.lines] == [("CUP", 1), ("TEA", 1)]
    assert bench.facts("pack.hot") == [
        {"job": "p1", "sku": "CUP", "missing": 1, "tote": "T-1", "reason": "not_found", "other": ""}
    ]
    assert bench.bench(TEA).view.step is PackStep.GOODS
    comes(bench, awaited=1)
    assert bench.pack.view().view.step is PackStep.GOODS
    comes(bench, works=[new_work()], more_totes=["T-9"])
    here = bench.pack.view()
    assert (here.view.step, here.message.code, here.view.totes) == (PackStep.UNITS, Code.GOODS_HERE, ("T-1", "T-9"))
    with bench.store.look() as u:
        assert u.leases.right("p1-new").token == (1, 7)
    assert bench.bench(CUP).view.step is PackStep.CARTON
    assert bench.facts("pack.confirm")[-1]["tote"] == "T-9"


def test_somebody_with_the_goods_in_the_hand_need_not_wait_for_the_screen(bench):
    bench.bench("FH:FETCH", TEA)
    comes(bench, works=[new_work(holder="another")], more_totes=["T-9"])
    assert bench.bench(CUP).view.step is PackStep.CARTON


def test_what_the_house_has_not_is_asked_about_again(bench):
    bench.bench("FH:FETCH:DAMAGED", TEA)
    comes(bench, need=2)
    back = bench.pack.view()
    assert (back.message.code, back.view.step, back.view.awaited) == (Code.GOODS_NOT_HAD, PackStep.UNITS, 0)
    assert bench.pack.view().message is None


def test_a_bench_that_forgot_its_state_still_waits(bench):
    bench.bench("FH:FETCH", TEA)
    with bench.store.unit() as u:
        u.flows.keep("p1", "pack", 0, b"")
    bench.restart()
    assert bench.pack.view().view.awaited == 1


def test_other_goods_are_the_customers_choice(bench):
    assert bench.bench("FH:OTHER").message.code is Code.SUBSTITUTE_FORBIDDEN
    cup = ItemRow(id="CUP", name="Cup", codes=[], substitutes=["GONE", "MILK"])
    order = bench.order("O1", substitution=Substitution.ALLOWED)
    bench.pull(cup, order)
    assert [card.sku for card in bench.pack.view().view.others] == ["MILK"]
    sent = bench.pack.fetch_other()
    assert (sent.message.code, sent.message.words) == (Code.OTHER_SENT_FOR, {"item": "Milk"})
    assert bench.facts("pack.hot")[0]["other"] == "MILK"


def test_the_queue_tells_what_a_tote_waits_for(bench):
    bench.bench("FH:FETCH")
    bench.pack.leave()
    assert bench.pack.view().view.queue[0].flags[0] == "fetching"
    comes(bench, works=[new_work()], more_totes=["T-9"])
    assert bench.pack.view().view.queue[0].flags[0] == "goods_here"
    opened = bench.bench("T-9")
    assert (opened.view.step, opened.view.awaited) == (PackStep.UNITS, 0)


def test_nothing_is_sent_for_when_nothing_can_be_written(bench, monkeypatch):
    bench.bench("FH:FETCH")

    def full():
        raise StorageFull

    monkeypatch.setattr(bench.store, "unit", full)
    assert bench.pack.view().view.awaited == 1


# --- aside ---


def test_a_tote_is_put_aside_where_problems_go_and_found_again_after_a_restart(bench):
    bench.pull(BinRow(id="P-1", zone="P", kind=BinKind.PROBLEM, seq=99))
    assert bench.pack.hold().view.prompt.code is Code.WHY_ASIDE
    assert bench.pack.hold_for(HoldReason.QUESTION).view.prompt.code is Code.SCAN_ASIDE_PLACE
    for wrong in ("B-1", "LANE-1"):
        assert bench.bench(wrong).message.code is Code.NOT_AN_ASIDE_PLACE
    aside = bench.bench("P-1")
    assert (aside.message.code, aside.view.step, aside.view.job) == (Code.TOTE_ASIDE, PackStep.WAITING, None)
    assert bench.facts("pack.hold") == [{"job": "p1", "tote": "T-1", "reason": "question", "place": "P-1", "note": ""}]
    bench.restart()
    assert bench.pack.view().view.queue[0].flags[0] == "aside"
    again = bench.scans("T-1", service=bench.pack)
    assert (again.view.step, again.view.packed) == (PackStep.UNITS, 1)
    assert bench.facts("pack.resume") == [{"job": "p1", "tote": "T-1", "station": "BENCH-1"}]


def test_a_lane_will_do_where_no_place_is_for_problems(bench):
    bench.bench("FH:ASIDE", "FH:ASIDE:PAPERS")
    assert bench.bench("LANE-1").message.code is Code.TOTE_ASIDE
    bench.bench("T-1", "FH:ASIDE")
    assert bench.bench("FH:UNDO").view.step is PackStep.UNITS


# --- opened again ---


def answers(reason=None):
    tote, job = (None, None) if reason else (SSCC, "p2")
    return ReopenReply(tote=tote, job=job, reason=reason, epoch=1, server_time="")


@pytest.fixture
def labelled(bench):
    bench.bench(CUP, TEA)
    bench.pack.choose_carton("S1")
    bench.weigh(750)
    bench.pack.label_report(LabelReport("parcel-O1.1", "printed", 3))
    return bench


def opened_by_the_centre(floor):
    """What the centre's rows say once it has opened the parcel."""
    void = ParcelRow(id="parcel-O1", order="O1", number=1, sscc=SSCC, carrier="DHL", service="parcel", tracking="JDO1",
                     state=ParcelState.VOID)  # fmt: skip
    fresh = msgspec.structs.replace(void, id="parcel-2", number=2, sscc="340123459000000018", state=ParcelState.PLANNED)
    old = msgspec.structs.replace(floor.row, state=JobState.DONE)
    _, works = floor.pack_job("p2", tote=SSCC, lease=False, parcel=False)
    floor.pull(void, fresh, old)
    return works


def asked_the_centre(floor):
    """What came of it, once the centre was asked on the network's thread."""
    floor.pack.ask_centre()
    return floor.pack.opened()


def reopened(floor, why, badge=None):
    """Opened again; or refused before anybody was asked."""
    first = floor.pack.reopen(why, badge)
    return asked_the_centre(floor) if first.view.opening else first


def test_a_parcel_on_the_bench_is_opened_again(labelled):
    labelled.acknowledge()

    def claim(tote):
        works = opened_by_the_centre(labelled)
        return labelled.claim_reply(labelled.lease("p2", *(work.id for work in works)))

    labelled.centre.answers = {"post": answers(), "claim_tote": claim}
    asked = labelled.pack.ask_reopen()
    assert (asked.view.reopen, asked.view.prompt.code) == (SSCC, Code.REOPEN_WHY)
    done = reopened(labelled, ReopenReason.WRONG_BOX)
    assert (done.message.code, done.view.step, done.view.job, done.view.packed) == (
        Code.PARCEL_REOPENED, PackStep.UNITS, "p2", 0,
    )  # fmt: skip
    path, body = labelled.centre.asked[0][1:]
    assert (path, body.parcel, body.session, body.reason) == ("/v1/parcels/reopen", SSCC, "session-1", "wrong_box")
    labelled.pack.leave()
    assert labelled.bench(SSCC).view.job == "p2"
    with labelled.store.look() as u:
        assert u.flows.is_finished("p1")


def test_without_the_centre_it_stays_closed_and_is_asked_again(labelled):
    labelled.pack.ask_reopen()
    assert labelled.bench("FH:REOPEN:DAMAGED").view.opening
    away = asked_the_centre(labelled)
    assert (away.message.code, away.view.reopen) == (Code.NEEDS_CENTRE, SSCC)
    labelled.centre.answers = {"post": CentreRefused(ErrorCode.FORBIDDEN, "", None)}
    assert reopened(labelled, ReopenReason.DAMAGED).message.code is Code.NOT_ALLOWED
    labelled.centre.answers = {"post": answers("what_is_this")}
    assert reopened(labelled, ReopenReason.DAMAGED).message.code is Code.NOT_NOW
    assert labelled.pack.view().view.step is PackStep.SCAN_BACK
    assert reopened(labelled, ReopenReason.DAMAGED).message.code is Code.NOT_NOW


def test_one_that_has_left_needs_a_supervisor(labelled):
    labelled.bench(SSCC)
    labelled.acknowledge()
    assert labelled.bench(SSCC).view.reopen == SSCC
    labelled.centre.answers = {"post": answers("needs_supervisor")}
    asked = reopened(labelled, ReopenReason.CUSTOMER)
    assert (asked.message.code, asked.view.reopen) == (Code.NEEDS_SUPERVISOR, SSCC)
    labelled.centre.answers |= {"sign_in": CentreRefused(ErrorCode.NOT_FOUND, "", None)}
    assert reopened(labelled, ReopenReason.CUSTOMER, "B-1").message.code is Code.BADGE_UNKNOWN
    for role, code in ((Role.PACKER, Code.NOT_ALLOWED), (Role.SUPERVISOR, Code.PARCEL_MANIFESTED)):
        boss = SessionReply(
            worker="w9", name="Vera", number="9", roles=[role], language="en", session="s9", offline_verifier="h",
            offline_ttl_s=60, epoch=1, server_time="",
        )  # fmt: skip
        labelled.centre.answers = {"post": answers("parcel_manifested"), "sign_in": boss}
        assert reopened(labelled, ReopenReason.CUSTOMER, "B-9").message.code is code
    assert [one[2].session for one in labelled.centre.asked if one[0] == "post"] == ["session-1", "s9"]
    assert labelled.pack.view().view.reopen is None


def test_nothing_else_counts_while_the_centre_is_asked_and_nothing_waits_for_it(labelled):
    labelled.acknowledge()
    labelled.pack.ask_reopen()
    asked = labelled.pack.reopen(ReopenReason.DAMAGED)
    assert (asked.view.opening, labelled.centre.asked) == (True, [])
    assert labelled.pack.opened().view.opening
    assert labelled.bench(SSCC).message.code is Code.NOT_NOW
    assert labelled.pack.reopen(ReopenReason.DAMAGED).message.code is Code.NOT_NOW
    assert labelled.pack.acknowledge().view.opening
    labelled.centre.answers = {"post": answers("parcel_manifested")}
    assert asked_the_centre(labelled).message.code is Code.PARCEL_MANIFESTED
    labelled.pack.ask_centre()
    assert labelled.pack.view().view.opening is False
    assert len([one for one in labelled.centre.asked if one[0] == "post"]) == 1


def test_the_way_back_and_labels_of_nobody(labelled):
    labelled.bench(SSCC)
    assert labelled.bench("00340123452000000018").view.reopen == "340123452000000018"
    assert labelled.pack.acknowledge().view.reopen is None
    assert labelled.bench("FH:REOPEN").message.code is Code.NOT_NOW


def test_opened_but_not_here_yet(labelled):
    labelled.centre.answers = {"post": answers()}
    labelled.pack.ask_reopen()
    done = reopened(labelled, ReopenReason.WRONG_GOODS)
    assert (done.message.code, done.view.step) == (Code.PARCEL_REOPENED, PackStep.WAITING)


def test_a_parcel_that_was_opened_at_another_bench_is_no_more_on_this_one(labelled):
    labelled.acknowledge()
    assert labelled.pack.view().view.step is PackStep.SCAN_BACK
    opened_by_the_centre(labelled)
    assert labelled.pack.view().view.step is PackStep.DONE
    assert labelled.pack.view().view.step is PackStep.WAITING


def test_a_parcel_the_office_has_not_heard_of_is_asked_about_again(labelled):
    labelled.centre.answers = {"post": answers("parcel_still_open")}
    labelled.pack.ask_reopen()
    asked = reopened(labelled, ReopenReason.DAMAGED)
    assert (asked.message.code, asked.view.reopen) == (Code.PARCEL_STILL_OPEN, SSCC)


def test_a_row_that_is_not_there_moves_nothing(bench):
    bench.bench("FH:FETCH")
    bench.pull(gone=[("job", "p1")])
    assert bench.pack.view().view.awaited == 1
