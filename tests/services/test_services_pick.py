"""Picking through the service on a real store: what is said, what is on the disk, what is there after a restart."""

from decimal import Decimal

import msgspec
import pytest

from app.core.messages import Code
from app.core.scan import ScanInput, ScanSource
from app.core.storage import StorageFull
from app.core.views import PickStep
from app.services.api import Weight
from app.services.ports import CentreRefused
from sync.contract.codes import BinKind, ErrorCode, JobKind, JobState, Outcome, ShortReason, Substitution, WorkState
from sync.contract.rows import BinRow, ItemRow, JobRow, Slot, WorkerRow, WorkRow
from sync.contract.wire import OpResult

CUP, CASE, TEA = "4006381333931", "14006381333938", "5000000000012"


def test_one_order_from_tote_to_lane(floor):
    floor.person("picker")
    floor.pick_job()
    opened = floor.pick.start_next()
    assert (opened.state, opened.view.prompt.code, opened.view.next_bin) == (PickStep.TOTE, Code.SCAN_TOTE, "B-1")
    assert floor.scan("T-0001").message.code is Code.TOTE_BOUND
    at_bin = floor.scan("B-1")
    assert at_bin.message.code is Code.BIN_RIGHT
    view = at_bin.view
    assert (view.order, view.line, view.lines, view.take, view.in_hand, view.bin_confirmed) == ("O1", 1, 2, 2, 0, True)
    assert (view.item.name, view.item.code, view.item.fragile, view.next_bin) == ("Cup", "04006381333931", True, "B-2")
    assert (view.flags, view.note, view.tote, view.lane) == (("gift",), "No prices", "T-0001", "LANE-1")
    assert floor.scan(CUP).message.words == {"n": 1, "of": 2}
    done = floor.scan(CUP)
    assert (done.message.code, done.view.lines_done, done.view.line) == (Code.LINE_DONE, 1, 2)
    assert {"job", "work", "order"} <= done.changes.entities
    assert floor.scans("B-2", TEA).view.step is PickStep.DROP
    last = floor.scan("LANE-1")
    assert (last.state, last.message.code) == (PickStep.DONE, Code.ORDER_PICKED)
    assert floor.pick.view().view is None
    assert floor.kinds() == [
        "tote.bind", "pick.at_bin", "pick.confirm", "pick.confirm", "pick.at_bin", "pick.confirm", "job.drop",
    ]  # fmt: skip
    assert {op.session for op in floor.ports.journal.pending(99, 10**6)} == {"session-1"}
    assert floor.ports.journal.pending(99, 10**6)[2].token == (1, 1)
    assert floor.pick.start_next().message.code is Code.NO_WORK_OFFLINE


def test_nothing_to_do_says_why(floor):
    assert floor.pick.start_next().message.code is Code.NO_WORK_OFFLINE
    floor.centre.answers["x"] = 1
    assert floor.pick.start_next().message.code is Code.NO_WORK
    assert floor.pick.start("j9").message.code is Code.JOB_GONE
    assert floor.scan("4711").message.code is Code.UNKNOWN_CODE
    assert floor.scan("B-1").message.code is Code.NOT_NOW
    assert floor.pick.skip().message.code is Code.NOT_NOW


def test_begun_work_comes_first_then_priority(floor):
    floor.pick_job("j1", "O1", priority=5)
    floor.pick_job("j2", "O2", priority=1)
    assert floor.pick.start_next().view.job == "j2"
    floor.pick.leave()
    assert floor.pick.start("j1").view.job == "j1"
    floor.scan("T-0001")
    floor.pick.leave()
    assert floor.pick.view().view is None
    assert floor.pick.start_next().view.job == "j1"
    assert floor.pick.start_next().view.job == "j1"


def test_an_order_or_its_tote_scanned_starts_it(floor):
    floor.pick_job("j1", "O1")
    floor.pick_job("j2", "O2", tote="T-0007", state=JobState.ACTIVE)
    assert floor.scan("O1").view.job == "j1"
    floor.pick.leave()
    assert floor.scan("T-0007").view.job == "j2"


def test_a_job_waits_for_its_rows(floor):
    floor.lease("j1", "j1-w1")
    assert floor.pick.start_next().view is None
    floor.pick_job("j1")
    assert floor.pick.start_next().view.job == "j1"


def test_wrong_item_shows_both(floor):
    floor.pick_job()
    floor.pick.start_next()
    floor.scans("T-0001", "B-1")
    wrong = floor.scan(TEA)
    assert wrong.message.code is Code.WRONG_ITEM
    assert (wrong.view.scanned.name, wrong.view.item.name) == ("Tea", "Cup")
    assert floor.facts("scan.refused")[-1]["code"] == "wrong_item"
    assert floor.pick.acknowledge().view.scanned is None


def test_a_case_counts_its_units_or_not_at_all(floor):
    floor.pick_job(lines=(("CUP", "B-1", 7),))
    floor.pick.start_next()
    assert floor.scans("T-0001", "B-1", CASE).view.in_hand == 6
    assert floor.scan(CASE).message.words == {"n": 1}


def test_twenty_scans_in_a_second_count_twenty(floor):
    floor.pick_job(lines=(("CUP", "B-1", 20),))
    floor.pick.start_next()
    floor.scans("T-0001", "B-1")
    for n in range(20):
        answer = floor.pick.on_scan(ScanInput(CUP, 100 + n / 20, None, ScanSource.SERIAL, "s1"))
    assert answer.view.step is PickStep.DROP
    assert len(floor.facts("pick.confirm")) == 20


def test_a_key_that_bounces_counts_once(floor):
    floor.pick_job(lines=(("CUP", "B-1", 5),))
    floor.pick.start_next()
    floor.scans("T-0001", "B-1")
    for at, source in ((100.0, ScanSource.SERIAL), (100.01, ScanSource.SERIAL), (100.1, ScanSource.WEDGE)):
        answer = floor.pick.on_scan(ScanInput(CUP, at, None, source, source.value))
    assert (answer.view.in_hand, answer.message) == (1, None)


def test_lot_from_the_code(floor):
    floor.pick_job(lines=(("MILK", "B-1", 1, {"lot": "L1", "expiry": "2027-01-31"}),))
    floor.pick.start_next()
    floor.scans("T-0001", "B-1")
    assert floor.pick.view().view.item.expiry == "2027-01-31"
    assert floor.scan("GS:05000000000029|L2|").message.code is Code.OTHER_LOT
    assert floor.scan("5000000000029").message.code is Code.SCAN_LOT
    assert floor.scan("L1").message.code is Code.LINE_DONE
    assert floor.facts("pick.confirm")[0]["lot"] == "L1"


def test_totes_in_use_are_refused_in_every_way(floor):
    floor.pick_job("j1", "O1")
    floor.pick_job("j2", "O2")
    floor.pack_job("p3", "O3", tote="T-0003", lease=False)
    floor.pick.start("j1")
    assert floor.scan("T-0003").message.words == {"tote": "T-0003", "job": "O3"}
    floor.scan("T-0001")
    floor.pick.start("j2")
    assert floor.scan("T-0001").message.code is Code.TOTE_IN_USE
    floor.pick.start("j1")
    floor.scans("B-1", CUP, CUP, "B-2", TEA, "LANE-1")
    floor.pick.start("j2")
    assert floor.scan("T-0001").message.code is Code.TOTE_IN_USE
    assert floor.scan("t-0002").view.tote == "T-0002"


def test_a_tote_is_free_again_when_its_goods_are_packed(floor):
    row, _ = floor.pick_job("j1", "O1", lease=False, tote="T-0001", state=JobState.DONE)
    floor.pull(JobRow(**{**msgspec.structs.asdict(row), "id": "p1", "kind": "pack", "state": JobState.DONE}))
    floor.pick_job("j2", "O2")
    floor.pick.start("j2")
    assert floor.scan("T-0001").message.code is Code.TOTE_BOUND


# --- short, skip, undo, commands ---


@pytest.fixture
def at_item(floor):
    floor.pick_job()
    floor.pick.start_next()
    floor.scans("T-0001", "B-1")
    return floor


def test_short_by_buttons(at_item):
    asked = at_item.pick.ask_short()
    assert (asked.state, asked.view.prompt.code) == (PickStep.SHORT, Code.CHOOSE_SHORT_REASON)
    assert at_item.pick.cancel_short().view.step is PickStep.ITEM
    at_item.pick.ask_short()
    noted = at_item.pick.short(ShortReason.DAMAGED)
    assert (noted.message.code, noted.view.line) == (Code.SHORT_NOTED, 2)
    assert at_item.facts("pick.short") == [
        {"job": "j1", "sku": "CUP", "missing": 2, "reason": "damaged", "bin": "B-1", "note": "", "damaged": None}
    ]


def test_the_scale_counts_what_lies_on_it(at_item):
    at_item.scan(CUP)
    at = at_item.pick.view().view
    assert at.can_weigh
    grams = 300 * (at.take - at.in_hand)
    moving = at_item.pick.from_scale(Weight(Decimal(grams), False, 1.0, "moving"))
    assert (moving.message.code, moving.message.words) == (Code.SCALE_UNCLEAR, {"grams": grams})
    assert at_item.pick.from_scale(Weight(Decimal(130), True, 2.0)).message.code is Code.SCALE_UNCLEAR
    before = len(at_item.facts("pick.confirm"))
    at_item.pick.from_scale(Weight(Decimal(grams), True, 3.0))
    [counted] = at_item.facts("pick.confirm")[before:]
    assert counted["qty"] == grams // 300


def test_everything_by_command_barcodes(at_item):
    assert at_item.scan("FH:SHORT").view.step is PickStep.SHORT
    assert at_item.scan("FH:BACK").view.step is PickStep.ITEM
    at_item.scan(CUP)
    assert at_item.scan("FH:UNDO").message.code is Code.UNDONE
    assert at_item.scan("FH:SKIP").message.code is Code.SKIPPED
    at_item.scan("B-4")
    assert at_item.scan("FH:OK").view.scanned is None
    assert at_item.scan("FH:SHORT:not_found").message.code is Code.SHORT_NOTED
    assert at_item.scan("FH:SHORT").view.step is PickStep.SHORT
    assert at_item.scan("FH:SHORT:other").view.step is PickStep.DONE
    assert at_item.facts("job.drop") == [{"job": "j1", "tote": None, "lane": "LANE-1"}]


def test_a_command_nobody_knows(at_item):
    assert at_item.scan("FH:DANCE").message.code is Code.NOT_NOW
    assert at_item.scan("FH:BACK").view is None
    assert at_item.scan("FH:OK").message.code is Code.NOT_NOW


def test_buttons_tell_what_they_can(at_item):
    view = at_item.pick.view().view
    assert (view.can_undo, view.can_skip, view.can_short) == (False, True, True)
    at_item.scan(CUP)
    assert at_item.pick.undo().message.words == {"n": 1}
    assert at_item.pick.undo().message.code is Code.NOTHING_TO_UNDO
    assert at_item.pick.skip().view.item.sku == "TEA"
    assert at_item.kinds()[-2:] == ["pick.undo", "pick.skip"]


# --- refusals on the record ---


def test_refusals_are_written_down_but_not_without_end(at_item):
    for _ in range(40):
        assert at_item.scan("B-4").message.code is Code.WRONG_BIN
    written = at_item.facts("scan.refused")
    # A burst of ten, and one for each second of the twenty that the scans took.
    assert 25 <= len(written) <= 32
    assert written[0] == {"job": "j1", "text": "B-4", "code": "wrong_bin", "expected": "B-1"}


# --- restart, overlay ---


def test_a_restart_stands_on_the_same_line(at_item):
    at_item.scan(CUP)
    before = at_item.pick.view().view
    at_item.restart()
    assert at_item.pick.view().view == before
    assert at_item.scan(CUP).message.code is Code.LINE_DONE


def test_a_state_of_another_version_is_built_anew_from_rows_and_facts(at_item):
    at_item.scan(CUP)
    for spoilt in (lambda u: u.flows.keep("j1", "pick", 99, b"{}"), lambda u: u.flows.keep("j1", "pick", 1, b"{}")):
        with at_item.store.unit() as u:
            spoilt(u)
        view = at_item.pick.view().view
        assert (view.step, view.in_hand, view.tote, view.bin) == (PickStep.BIN, 1, "T-0001", "B-1")


@pytest.mark.parametrize("tote", ["T-0005", "T-0006"], ids=["the same tote", "another one"])
def test_a_job_handed_over_starts_where_the_other_stopped(floor, tote):
    """The tote of the one before may be anywhere: it counts once it is in these hands, and an empty one will do."""
    _row, works = floor.pick_job(tote="T-0005", state=JobState.ACTIVE)
    floor.pull(msgspec.structs.replace(works[0], qty_done=1))
    view = floor.pick.start_next().view
    assert (view.step, view.tote) == (PickStep.TOTE, None)
    view = floor.scan(tote).view
    assert (view.step, view.in_hand, view.tote) == (PickStep.BIN, 1, tote)


def test_a_job_that_was_finished_for_nobody_begins_anew_when_it_comes_again(floor):
    """Its lease ran out, somebody else was given it, and then it came back here: the drop of the first time finished nothing."""
    row, works = floor.pick_job(lines=(("CUP", "B-1", 1),))
    floor.pick.start_next()
    assert floor.scans("T-0001", "B-1", CUP, "LANE-1").view.step is PickStep.DONE
    ops = floor.ports.journal.pending(100, 10**6)
    results = [OpResult(seq=op.seq, op_id=op.op_id, outcome=Outcome.DIVERTED, ver=1) for op in ops]
    floor.ports.journal.record_results(results, ops[-1].seq, "", 0)
    floor.ports.leases.drop([f"{work.id}/1" for work in works], "regranted")
    assert floor.pick.start_next().message.code is Code.NO_WORK_OFFLINE
    floor.lease(row.id, *(work.id for work in works), n=3)
    view = floor.pick.start_next().view
    assert (view.step, view.job, view.in_hand) == (PickStep.TOTE, row.id, 0)


def test_items_without_rows_show_their_number(at_item):
    at_item.pull(gone=[("item", "CUP"), ("order", "O1")])
    view = at_item.pick.view().view
    assert (view.item.name, view.flags) == ("CUP", ())
    at_item.pull(ItemRow(id="CUP", name="Back", codes=[]))
    assert at_item.pick.view().view.item.code == "CUP"


# --- rights ---


def test_after_the_lease_the_line_in_hand_is_finished(at_item):
    at_item.clock.ahead = 900 * 0.9 + 1
    assert at_item.scan(CUP).message.code is Code.UNIT_COUNTED
    assert at_item.scan(CUP).message.code is Code.LINE_DONE
    assert at_item.scan("B-2").message.code is Code.LEASE_OVER
    at_item.lease("j1", "j1-w1", "j1-w2")
    assert at_item.scan("B-2").message.code is Code.BIN_RIGHT


def test_after_a_reboot_the_lease_has_to_be_renewed(at_item):
    at_item.scans(CUP, CUP)
    at_item.clock.boot = "boot-2"
    assert at_item.scan("B-2").message.code is Code.LEASE_OVER


@pytest.mark.parametrize("reason", ["regranted", "cancelled", "reclaimed"])
def test_a_lost_lease_freezes_the_line(at_item, reason):
    at_item.ports.leases.drop(["j1-w1/1"], reason)
    assert at_item.scan(CUP).message.code is Code.JOB_GONE


def test_a_cancelled_job_takes_no_more(at_item, floor):
    with floor.store.look() as u:
        row = u.rows.get(JobRow, "j1")
    floor.pull(msgspec.structs.replace(row, state=JobState.CANCELLED))
    told = at_item.scan(CUP)
    assert (told.message.code, told.state) == (Code.ORDER_TAKEN_AWAY, PickStep.DONE)
    assert floor.kinds().count("pick.confirm") == 0
    assert floor.pick.view().view is None
    assert floor.pick.start_next().view is None


def test_units_of_a_cancelled_order_go_back_to_their_bins(at_item, floor):
    at_item.scans(CUP, CUP, "B-2")
    with floor.store.look() as u:
        row = u.rows.get(JobRow, "j1")
    floor.pull(msgspec.structs.replace(row, state=JobState.CANCELLED))
    told = at_item.scan(TEA)
    assert (told.message.code, told.message.words) == (Code.ORDER_TAKEN_AWAY, {"order": "O1", "n": 2})
    assert (told.state, told.view.bin, told.view.take, told.view.back) == (PickStep.BACK_BIN, "B-1", 2, True)
    assert at_item.pick.view().message is None
    assert at_item.scans("B-1", CUP).message.words == {"n": 1, "of": 2}
    assert at_item.scan(CUP).state == PickStep.DONE
    assert floor.kinds()[-2:] == ["pick.undo", "pick.undo"]
    assert at_item.facts("pick.undo")[0]["tote"] == "T-0001"
    assert floor.pick.view().view is None


def test_lines_the_centre_calls_done_do_not_end_the_job(at_item):
    at_item.scans(CUP, CUP)
    at_item.ports.leases.drop(["j1-w1/1"], "done")
    assert at_item.scans("B-2", TEA).view.step is PickStep.DROP
    at_item.ports.leases.drop(["j1-w2/1"], "done")
    assert at_item.scan("LANE-1").message.code is Code.ORDER_PICKED


# --- the disk is full ---


@pytest.fixture
def full(floor, monkeypatch):
    def fill():
        def no_unit():
            raise StorageFull("full")

        monkeypatch.setattr(floor.store, "unit", no_unit)

    return fill


def test_a_full_disk_makes_no_good_sound_and_tells_refusals(at_item, full):
    full()
    good = at_item.scan(CUP)
    assert (good.message.code, good.view.in_hand) == (Code.STORAGE_FULL, 0)
    assert at_item.scan(TEA).message.code is Code.WRONG_ITEM
    assert at_item.pick.start_next().message.code is Code.STORAGE_FULL
    assert at_item.pick.leave().message.code is Code.STORAGE_FULL
    assert at_item.pick.view().view.in_hand == 0


def test_a_full_disk_with_nothing_open(floor, full):
    full()
    assert floor.pick.skip().message.code is Code.STORAGE_FULL


def test_a_disk_that_cannot_even_be_read_keeps_the_last_picture(at_item, full, monkeypatch):
    before = at_item.pick.view().view
    full()
    monkeypatch.setattr(at_item.store, "look", at_item.store.unit)
    for answer in (at_item.scan(CUP), at_item.pick.skip(), at_item.pick.view()):
        assert (answer.message.code, answer.view) == (Code.STORAGE_FULL, before)


def test_a_job_whose_rows_went_away_is_not_on_screen(at_item):
    with at_item.store.unit() as u:
        u.flows.keep("j1", "pick", 99, b"{}")
    at_item.pull(gone=[("job", "j1")])
    assert at_item.pick.view().view is None
    assert at_item.scan("T-0001").message.code is Code.NOT_NOW


def test_a_tote_of_a_job_that_is_no_longer_known_is_free(floor):
    floor.pick_job("j1", "O1")
    floor.pick.start("j1")
    floor.scan("T-0001")
    floor.pull(gone=[("job", "j1")])
    floor.pick_job("j2", "O2")
    floor.pick.start("j2")
    assert floor.scan("T-0001").message.code is Code.TOTE_BOUND


# --- taking over ---


@pytest.fixture
def elsewhere(floor):
    """Somebody else's job: its rows are here, its rights are not."""
    floor.pick_job("j1", "O1", holder="dev-9", worker="w9", tote="T-0009", state=JobState.ACTIVE, lease=False)
    floor.pull(WorkerRow(id="w9", name="Bo", number="9", roles=[]))
    return floor


@pytest.mark.parametrize("code", ["O1", "T-0009", "j1"])
def test_work_of_somebody_else_is_named_by_order_tote_or_ticket(elsewhere, code):
    offer = elsewhere.scan(code)
    assert (offer.message.code, offer.message.words) == (Code.OFFER_TAKE_OVER, {"name": "Bo", "job": "j1"})
    assert offer.view is None


def test_it_is_taken_over_where_the_other_stopped(elsewhere):
    elsewhere.centre.answers["take_over"] = lambda job: elsewhere.claim_reply(
        elsewhere.lease(job, "j1-w1", "j1-w2", n=2)
    )
    taken = elsewhere.pick.take_over("j1")
    assert (taken.view.order, taken.view.step) == ("O1", PickStep.TOTE)
    view = elsewhere.scan("T-0009").view
    assert (view.tote, view.step) == ("T-0009", PickStep.BIN)


def test_taking_over_needs_the_centre_and_its_word(elsewhere):
    assert elsewhere.pick.take_over("j1").message.code is Code.NEEDS_CENTRE
    elsewhere.centre.answers["take_over"] = CentreRefused(ErrorCode.FORBIDDEN)
    assert elsewhere.pick.take_over("j1").message.code is Code.NOT_ALLOWED
    elsewhere.centre.answers["take_over"] = elsewhere.claim_reply([], reason="taken", holder="Cy")
    assert elsewhere.pick.take_over("j1").message.words == {"name": "Cy"}


def test_who_took_it_over_is_named(at_item, floor):
    with floor.store.look() as u:
        row = u.rows.get(JobRow, "j1")
    floor.pull(
        msgspec.structs.replace(row, holder="dev-9", worker="w9"), WorkerRow(id="w9", name="Bo", number="9", roles=[])
    )
    floor.ports.leases.drop(["j1-w1/1"], "reclaimed")
    refused = at_item.scan(CUP)
    assert (refused.message.code, refused.message.words) == (Code.TAKEN_OVER, {"name": "Bo"})


def test_a_newer_right_in_the_rows_is_enough(at_item, floor):
    with floor.store.look() as u:
        work, job = u.rows.get(WorkRow, "j1-w1"), u.rows.get(JobRow, "j1")
    mine = msgspec.structs.replace(work, token=(1, 1), holder="dev-1")
    floor.pull(mine)
    assert at_item.scan(CUP).message.code is Code.UNIT_COUNTED
    floor.pull(
        msgspec.structs.replace(work, token=(1, 2), holder="dev-9"),
        msgspec.structs.replace(job, holder="dev-9", worker="w9"),
        WorkerRow(id="w9", name="Bo", number="9", roles=[]),
    )
    assert at_item.scan(CUP).message.words == {"name": "Bo"}


# --- lines that join ---


def test_a_line_the_centre_puts_into_the_walk_is_picked_with_its_token(at_item, floor):
    new = WorkRow(
        id="j1-w9", job="j1", kind=JobKind.PICK, order="O1", sku="TEA", qty_req=1, qty_done=0, state=WorkState.LEASED,
        seq=3, from_bin="B-3", holder="dev-1", token=(1, 7),
    )  # fmt: skip
    floor.pull(new)
    told = at_item.pick.view()
    assert (told.message.code, told.view.lines) == (Code.LINE_ADDED, 3)
    assert at_item.pick.view().message is None
    assert at_item.scans(CUP, CUP, "B-2", TEA).view.bin == "B-3"
    at_item.scans("B-3", TEA)
    tokens = {op.item: op.token for op in floor.ports.journal.pending(99, 10**6) if op.kind == "pick.confirm"}
    assert tokens["j1-w9"] == (1, 7)
    assert "j1-w9" not in {lease.item for lease in floor.ports.leases.held()}


def test_an_adopted_right_ends_with_those_of_its_job(at_item, floor):
    new = WorkRow(
        id="j1-w9", job="j1", kind=JobKind.PICK, order="O1", sku="TEA", qty_req=1, qty_done=0, state=WorkState.LEASED,
        seq=3, from_bin="B-3", holder="dev-1", token=(1, 7),
    )  # fmt: skip
    floor.pull(new)
    at_item.scans(CUP, CUP, "B-2", TEA)
    floor.ports.leases.drop(["j1-w1/1", "j1-w2/1"], "reclaimed")
    assert at_item.scan("B-3").message.code is Code.JOB_GONE
    with floor.store.look() as u:
        assert u.leases.jobs() == {}


# --- a cart ---


@pytest.fixture
def cart(floor):
    """Two orders on a cart of two slots: O1 and O2 want cups from B-1, O2 is more urgent; O1 wants tea too."""
    floor.person("picker")
    slots = [Slot(n=1, order="O1"), Slot(n=2, order="O2")]
    lines = (
        ("CUP", "B-1", 2, {"slot": 1}),
        ("CUP", "B-1", 1, {"slot": 2, "order": "O2"}),
        ("TEA", "B-2", 1, {"slot": 1}),
    )
    floor.cluster_job("c1", slots, lines)
    floor.pull(floor.order("O2", priority=1, lines=(("CUP", 1),)))
    floor.pick.start("c1")
    return floor


def test_a_cluster_from_the_cart_to_the_lane(cart):
    assert cart.pick.view().view.step is PickStep.CART
    assert cart.scan("CART-7").message.words == {"cart": "CART-7"}
    assert cart.scans("T-0001", "T-0002").view.step is PickStep.BIN
    view = cart.scan("B-1").view
    assert (view.take, view.orders, [(s.n, s.units) for s in view.slots]) == (3, 2, [(1, 2), (2, 1)])
    sort = cart.scans(CUP, CUP, CUP)
    assert (sort.state, sort.view.slot, sort.view.hand, sort.view.slot_tote) == (PickStep.SORT, 1, 2, "T-0001")
    assert cart.scan("CART-7-2").message.code is Code.WRONG_SLOT
    assert cart.scan("CART-7-1").message.code is Code.PUT_DONE
    assert cart.scan("T-0002").message.code is Code.SLOT_COMPLETE
    assert cart.scans("B-2", TEA).state == PickStep.SORT
    assert cart.scan("T-0001").state == PickStep.DROP
    assert cart.scan("LANE-1").message.code is Code.ORDER_PICKED
    assert cart.kinds() == [
        "cart.bind", "tote.bind", "tote.bind", "pick.at_bin", *["pick.confirm"] * 3, "scan.refused", "put.confirm",
        "put.confirm", "pick.at_bin", "pick.confirm", "put.confirm", "job.drop",
    ]  # fmt: skip
    # The more urgent order is credited first.
    ops = [op.item for op in cart.ports.journal.pending(99, 10**6) if op.kind == "pick.confirm"]
    assert ops == ["c1-w2", "c1-w1", "c1-w1", "c1-w3"]


def test_a_cart_in_the_middle_survives_a_restart_and_a_new_version(cart):
    cart.scans("CART-7", "T-0001", "T-0002", "B-1", CUP, CUP, CUP, "CART-7-1")
    before = cart.pick.view().view
    cart.restart()
    assert cart.pick.view().view == before
    with cart.store.unit() as u:
        u.flows.keep("c1", "pick", 1, b"{}")
    view = cart.pick.view().view
    assert (view.step, view.slot, view.hand, view.cart) == (PickStep.SORT, 2, 1, "CART-7")
    assert [slot.tote for slot in view.slots] == ["T-0001", "T-0002"]


def test_a_tote_or_cart_of_another_walk_is_refused(cart):
    cart.cluster_job("c2", [Slot(n=1, order="O3")], (("TEA", "B-2", 1, {"slot": 1, "order": "O3"}),))
    cart.scans("CART-7", "T-0001")
    cart.pick.start("c2")
    assert cart.scan("CART-7").message.code is Code.CART_IN_USE
    assert cart.scans("CART-8", "T-0001").message.code is Code.TOTE_IN_USE


def test_a_cancelled_order_of_a_cart_is_put_back_out_of_its_tote(cart):
    cart.scans("CART-7", "T-0001", "T-0002", "B-1", CUP, CUP, CUP, "CART-7-1", "CART-7-2")
    with cart.store.look() as u:
        rows = [row for row in u.rows.find(WorkRow, "job", "c1") if row.order == "O1"]
    cart.pull(*(msgspec.structs.replace(row, state=WorkState.CANCELLED) for row in rows))
    told = cart.pick.view()
    assert (told.message.code, told.message.words) == (Code.ORDER_TAKEN_AWAY, {"order": "O1", "n": 2})
    assert (told.state, told.view.tote, told.view.slots[0].state) == (PickStep.BACK_ITEM, None, "cancelled")
    assert cart.scans(CUP, CUP).state == PickStep.DROP
    assert {body["tote"] for body in cart.facts("pick.undo")} == {"T-0001"}


def test_buttons_by_card_on_a_cart(cart):
    cart.scan("CART-7")
    assert cart.scan("FH:WALK").message.code is Code.SLOTS_LATER
    cart.scans("B-1", CUP)
    assert cart.scan("FH:QTY:2").state == PickStep.SORT
    assert cart.scan("FH:LATER").message.code is Code.REST_LATER
    assert cart.facts("pick.short")[0]["reason"] == "pick_later"


# --- what a scan cannot say ---


def test_the_other_buttons_by_card(at_item, floor):
    assert at_item.scan("FH:QTY:1").message.code is Code.SCAN_FIRST
    assert at_item.scan("FH:CALL").message.code is Code.GOODS_CALLED
    assert at_item.scan("FH:OUT").message.code is Code.NOT_NOW
    assert at_item.scan("FH:FULL").message.code is Code.NOT_NOW
    assert at_item.scan("FH:YES").message.code is Code.NOT_NOW
    assert at_item.scan("FH:OTHER").message.code is Code.NO_SUBSTITUTE
    assert at_item.scan("FH:UNLOAD").message.code is Code.NOT_NOW
    assert at_item.pick.answer(True).message.code is Code.NOT_NOW


def test_each_button_of_the_service(at_item):
    pick = at_item.pick
    for press in (pick.walk, pick.put, pick.rest_later, pick.unload, pick.take_out, pick.full):
        assert press().message.code is Code.NOT_NOW
    at_item.scan(CUP)
    assert pick.quantity(1).message.code is Code.LINE_DONE
    assert pick.full().state == PickStep.FULL
    assert at_item.scan("T-0002").view.totes == ("T-0001",)
    assert pick.call_goods().message.code is Code.GOODS_CALLED
    assert pick.substitute().message.code is Code.NO_SUBSTITUTE


@pytest.mark.parametrize(
    ("says", "code"), [("allowed", None), ("never", Code.SUBSTITUTE_FORBIDDEN), ("ask", Code.CUSTOMER_ASKED)]
)
def test_another_item_as_the_customer_says(at_item, floor, says, code):
    with floor.store.look() as u:
        cup = u.rows.get(ItemRow, "CUP")
    floor.pull(
        msgspec.structs.replace(cup, substitutes=["TEA", "GONE"]), floor.order("O1", substitution=Substitution(says))
    )
    asked = at_item.pick.substitute()
    assert (asked.message and asked.message.code) == code
    if code is None:
        assert [card.sku for card in asked.view.others] == ["TEA"]
        assert at_item.scans("B-2", TEA).message.code is Code.SUBSTITUTE_TAKEN
        assert at_item.facts("pick.substitute")[0]["other"] == "TEA"


def test_careful_lines_show_what_they_are_mistaken_for(floor):
    floor.pick_job(lines=(("CUP", "B-1", 1, {"careful": True}),))
    with floor.store.look() as u:
        cup = u.rows.get(ItemRow, "CUP")
    floor.pull(msgspec.structs.replace(cup, look_alikes=["TEA", "GONE"]))
    floor.pick.start_next()
    check = floor.scans("T-0001", "B-1", CUP)
    assert (check.state, [card.sku for card in check.view.others]) == (PickStep.CHECK, ["TEA"])
    assert floor.scan(CUP).message.code is Code.LINE_DONE


def test_an_empty_bin_is_asked_about(floor):
    floor.pick_job(lines=(("CUP", "B-1", 1, {"empties": True}),))
    floor.pick.start_next()
    asked = floor.scans("T-0001", "B-1", CUP)
    assert (asked.state, asked.view.bin, asked.view.prompt.words) == (PickStep.EMPTY, "B-1", {"bin": "B-1"})
    assert floor.scan("FH:NO").message.code is Code.BIN_NOT_EMPTY_NOTED
    assert floor.facts("bin.empty")[0]["empty"] is False


def test_parts_of_an_order_meet_at_one_lane(floor):
    floor.pick_job(lines=(("CUP", "B-1", 1),), method="zones", legs=3, leg=2, parts_here=1)
    floor.pick.start_next()
    view = floor.scans("T-0001", "B-1", CUP).view
    assert (view.prompt.code, view.prompt.words) == (Code.PARTS_HERE, {"n": 1, "of": 3, "lane": "LANE-1"})
    assert floor.scan("LANE-2").message.code is Code.LANE_FIXED
    assert floor.scan("LANE-1").message.code is Code.ORDER_PICKED


def test_a_leg_is_passed_on_at_a_hand_over_point(floor):
    floor.pull(BinRow(id="H-1", zone="B", kind=BinKind.HAND_OVER, seq=50))
    floor.pick_job(lines=(("CUP", "B-1", 1),), method="pass_pick", legs=2, leg=1, trip="t1", lane=None)
    floor.pick.start_next()
    floor.scans("T-0001", "B-1", CUP)
    assert floor.scan("LANE-1").message.code is Code.NOT_A_LANE
    assert floor.scan("H-1").message.code is Code.ORDER_PICKED


@pytest.mark.parametrize(("state", "code"), [("cancelled", Code.ORDER_PICKED), ("open", Code.NOT_A_LANE)])
def test_a_leg_after_which_nothing_is_to_be_fetched_is_the_last(floor, state, code):
    trip = {"method": "pass_pick", "legs": 2, "trip": "t1", "lane": None}
    later = (("TEA", "B-2", 1),)
    [_, [work]] = floor.pick_job("j2", lines=later, lease=False, leg=2, **trip | {"state": JobState.WAITING})
    floor.pull(msgspec.structs.replace(work, state=WorkState(state)))
    floor.pick_job(lines=(("CUP", "B-1", 1),), leg=1, **trip)
    floor.pick.start_next()
    floor.scans("T-0001", "B-1", CUP)
    assert floor.scan("LANE-1").message.code is code
