"""Picking through the service on a real store: what is said, what is on the disk, what is there after a restart."""

import msgspec
import pytest

from app.core.messages import Code
from app.core.scan import ScanInput, ScanSource
from app.core.storage import StorageFull
from app.core.views import PickStep
from sync.contract.codes import JobState, ShortReason
from sync.contract.rows import ItemRow, JobRow

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


def test_a_job_handed_over_starts_where_the_other_stopped(floor):
    _row, works = floor.pick_job(tote="T-0005", state=JobState.ACTIVE)
    floor.pull(msgspec.structs.replace(works[0], qty_done=1))
    view = floor.pick.start_next().view
    assert (view.step, view.in_hand, view.tote) == (PickStep.BIN, 1, "T-0005")


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
