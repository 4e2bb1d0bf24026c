"""Packing through the service on a real store: from the tote to the scanned label, through every trouble on the way."""

from decimal import Decimal

import msgspec
import pytest

from app.core.messages import Code
from app.core.scan import ScanInput
from app.core.storage import StorageFull
from app.core.views import PackStep
from app.services.api import LabelReport, Weight
from app.services.ports import CentreRefused
from app.store.sync_ports import PrintJournal
from devices.model import PrintJob
from sync.contract.codes import BinKind, ErrorCode, JobState, ParcelState, Role, ShortReason
from sync.contract.rows import BinRow, CartonRow, ItemRow, JobRow, ParcelRow
from sync.contract.wire import SessionReply

CUP, CASE, TEA = "4006381333931", "14006381333938", "5000000000012"
SSCC = "340123451000000018"


def label(floor, job="parcel-O1.1", state="printed", level=3, reason=""):
    return floor.pack.label_report(LabelReport(job, state, level, "ZD421", reason))


@pytest.fixture
def bench(floor):
    """The station, with one tote in its queue."""
    floor.person("packer")
    floor.pack_job()

    def scan(*texts):
        return floor.scans(*texts, service=floor.pack)

    floor.bench = scan
    return floor


@pytest.fixture
def boxed(bench):
    bench.bench("T-1", CUP, CUP, TEA, "S1")
    return bench


@pytest.fixture
def printing(boxed):
    assert boxed.weigh(750).view.step is PackStep.LABEL
    return boxed


def test_an_order_in_two_totes_is_opened_by_either_and_each_unit_comes_out_of_its_own(floor):
    floor.person("packer")
    row, works = floor.pack_job(tote="T-1", more_totes=["T-2"])
    floor.pull(msgspec.structs.replace(works[1], from_bin="T-2"))
    opened = floor.scans("T-2", service=floor.pack)
    assert (opened.message.code, opened.view.order, opened.view.totes) == (Code.TOTE_OPENED, "O1", ("T-1", "T-2"))
    assert floor.scans("T-1", service=floor.pack).message.code is Code.TOTE_OPENED
    assert floor.scans("T-3", service=floor.pack).message.code is Code.WRONG_TOTE
    floor.scans(CUP, CUP, TEA, service=floor.pack)
    with floor.store.look() as u:
        packed = [(one.fact.sku, one.fact.tote) for one in u.journal.unsettled(row.id, "pack.confirm")]
    assert packed == [("CUP", "T-1"), ("CUP", "T-1"), ("TEA", "T-2")]


def test_one_tote_from_scan_to_shipped(bench):
    waiting = bench.pack.view()
    assert (waiting.view.step, waiting.view.prompt.code) == (PackStep.WAITING, Code.SCAN_TOTE_TO_PACK)
    assert [card.tote for card in waiting.view.queue] == ["T-1"]
    opened = bench.bench("T-1")
    assert (opened.message.code, opened.view.order, opened.view.units) == (Code.TOTE_OPENED, "O1", 3)
    assert opened.view.queue == ()
    assert [(line.item.sku, line.qty, line.current) for line in opened.view.lines] == [
        ("CUP", 2, True),
        ("TEA", 1, False),
    ]
    bench.bench(CUP, CUP)
    boxes = bench.bench(TEA)
    assert [(card.code, card.key, card.suggested, card.fits) for card in boxes.view.cartons] == [
        ("S1", 1, True, True),
        ("M1", 2, False, True),
    ]
    weigh = bench.pack.choose_carton("S1")
    assert (weigh.view.carton.code, weigh.view.weight.expected, weigh.view.weight.tolerance) == ("S1", 750, 30)
    bench.weigh(300, stable=False)
    assert bench.pack.view().view.prompt.code is Code.WAIT_FOR_STEADY
    done = bench.weigh(760)
    assert (done.message.code, done.view.step, done.view.weight.grams) == (Code.WEIGHT_RIGHT, PackStep.LABEL, 760)
    [asked] = bench.printer.labels
    assert (asked.print_job, asked.sscc, asked.order, asked.tracking, asked.weight_g, asked.parcel) == (
        "parcel-O1.1", SSCC, "O1", "JDO1", 760, "1/1",
    )  # fmt: skip
    assert (asked.ship_to, asked.ship_from) == (("Greta", "Street 1", "Town", "DE"), ("We", "Here"))
    assert label(bench, state="sending", level=1).view.papers[0].state == "printing"
    printed = label(bench)
    assert (printed.message.code, printed.view.step, printed.view.papers[0].state) == (
        Code.LABEL_PRINTED,
        PackStep.SCAN_BACK,
        "printed",
    )
    assert bench.bench("00340123452000000018").message.code is Code.WRONG_LABEL
    shipped = bench.bench(SSCC)
    assert (shipped.message.code, shipped.state) == (Code.PARCEL_SHIPPED, PackStep.DONE)
    assert [(job, came_out) for job, came_out, who in bench.printer.said if who] == [("parcel-O1.1", True)]
    assert bench.pack.view().view.step is PackStep.WAITING
    assert bench.pack.view().view.queue == ()
    kinds = [kind for kind in bench.kinds() if kind != "scan.refused"]
    assert kinds == [
        "pack.open", "pack.confirm", "pack.confirm", "pack.confirm", "parcel.weighed", "label.fate", "label.fate",
        "parcel.ship",
    ]  # fmt: skip
    assert bench.facts("pack.open") == [{"job": "p1", "tote": "T-1", "station": "BENCH-1"}]


def test_the_label_scanned_as_gs1(printing):
    label(printing)
    assert printing.bench("00" + SSCC).message.code is Code.PARCEL_SHIPPED


def parcel(floor):
    with floor.store.look() as u:
        return msgspec.structs.asdict(u.rows.get(ParcelRow, "parcel-O1"))


def test_wrong_and_extra_units(bench):
    bench.bench("T-1")
    wrong = bench.bench("NEW")
    assert (wrong.message.code, wrong.view.scanned.name) == (Code.NOT_IN_ORDER, "New")
    assert bench.bench(CASE).message.code is Code.TOO_MANY
    assert bench.bench("T-2").message.code is Code.WRONG_TOTE
    assert bench.pack.acknowledge().view.scanned is None
    assert bench.pack.undo().message.code is Code.NOTHING_TO_UNDO


def test_a_unit_comes_out_and_goes_in_again(bench):
    bench.bench("T-1", CUP)
    assert bench.pack.view().view.can_undo
    out = bench.bench("FH:UNDO")
    assert (out.message.code, out.view.packed, out.view.can_undo) == (Code.UNDONE, 0, False)
    bench.bench(CUP, CUP, TEA)
    assert bench.pack.undo().view.step is PackStep.UNITS
    assert bench.bench(TEA).view.step is PackStep.CARTON
    assert [fact["qty"] for fact in bench.facts("pack.undo")] == [1, 1]


# --- several parcels ---


def second_parcel(floor):
    first = ParcelRow(**parcel(floor))
    floor.pull(msgspec.structs.replace(first, id="parcel-2", number=2, sscc="340123452000000024", tracking="JD2"))


@pytest.mark.parametrize("known_before", [True, False])
def test_an_order_in_two_parcels(bench, known_before):
    bench.bench("T-1", CUP)
    if known_before:
        second_parcel(bench)
    closed = bench.pack.close_parcel()
    assert (closed.message.code, closed.view.step) == (Code.PARCEL_CLOSED, PackStep.CARTON)
    bench.pack.choose_carton("S1")
    weight = bench.pack.view().view.weight.expected
    bench.weigh(weight)
    label(bench)
    left = bench.bench(SSCC)
    assert left.message.code is Code.PART_SHIPPED
    if not known_before:
        assert left.view.step is PackStep.NEXT_PARCEL
        assert bench.pack.view().view.prompt.code is Code.WAIT_FOR_PARCEL
        second_parcel(bench)
    begun = bench.pack.view().view
    assert (begun.step, begun.in_parcel, begun.packed, begun.sscc) == (PackStep.UNITS, 0, 1, "340123452000000024")
    boxes = bench.bench(CUP, TEA)
    assert boxes.view.step is PackStep.CARTON
    bare = bench.pack.choose_carton("")
    assert (bare.message.code, bare.view.carton) == (Code.NO_CARTON, None)
    assert bare.view.weight.expected < 2 * weight
    bench.weigh(bare.view.weight.expected, load=2)
    label(bench, "parcel-2.1")
    assert bench.bench("340123452000000024").message.code is Code.PARCEL_SHIPPED
    assert [asked.parcel for asked in bench.printer.labels] == ["1", "2/2"]
    sent = {kind: fact["parcel"] for kind, fact in bench.facts() if kind in ("parcel.leave", "parcel.ship")}
    assert sent == {"parcel.leave": "parcel-O1", "parcel.ship": "parcel-2"}
    assert bench.pack.view().view.queue == ()


def test_a_bench_left_between_two_parcels_goes_on_with_the_second(bench):
    second_parcel(bench)
    bench.bench("T-1", CUP)
    bench.pack.close_parcel()
    bench.pack.choose_carton("S1")
    bench.weigh(bench.pack.view().view.weight.expected)
    label(bench)
    bench.bench(SSCC)
    bench.pack.leave()
    with bench.store.unit() as u:
        # Another program version does not read the old one's notes: rows and facts tell where the order stands.
        u.flows.keep("p1", "pack", 1, b"{}")
    again = bench.bench("T-1").view
    assert (again.step, again.sscc, again.in_parcel, again.packed) == (PackStep.UNITS, "340123452000000024", 0, 1)


# --- opening ---


@pytest.mark.parametrize(("code", "opens"), [(TEA, "O1"), ("NEW", None)])
def test_any_item_opens_the_order_that_needs_it(bench, code, opens):
    opened = bench.bench(code)
    assert opened.view.order == opens
    assert (opened.view.packed, opened.message.code) == ((1, Code.PACK_LINE_DONE) if opens else (0, Code.NOT_A_TOTE))


def test_an_order_opens_its_tote(bench):
    assert bench.bench("O1").message.code is Code.TOTE_OPENED


def test_a_slot_of_the_wall_is_asked_for_like_a_tote(floor):
    floor.person("packer")
    floor.pull(BinRow(id="W-1", zone="W", kind=BinKind.WALL, seq=200))
    floor.pack_job(tote="W-1", lease=False)
    floor.centre.answers["claim_tote"] = lambda tote: floor.claim_reply(floor.lease("p1", "p1-w1", "p1-w2"))
    opened = floor.scans("W-1", service=floor.pack)
    assert (opened.message.code, opened.view.tote) == (Code.TOTE_OPENED, "W-1")
    assert floor.centre.asked == [("claim_tote", "W-1")]


@pytest.mark.parametrize(
    ("text", "code"), [("B-1", Code.NOT_A_TOTE), ("S1", Code.NOT_A_TOTE), ("what", Code.TOTE_UNKNOWN_HERE)]
)
def test_other_things_open_nothing(bench, text, code):
    assert bench.bench(text).message.code is code


def test_a_tote_not_held_is_asked_for(floor):
    floor.pack_job(lease=False)
    assert floor.scan("T-1", floor.pack).message.code is Code.TOTE_UNKNOWN_HERE
    floor.centre.answers["claim_tote"] = lambda tote: floor.claim_reply(floor.lease("p1", "p1-w1", "p1-w2"))
    assert floor.scan("T-1", floor.pack).message.code is Code.TOTE_OPENED
    assert floor.centre.asked == [("claim_tote", "T-1"), ("claim_tote", "T-1")]


def test_an_order_not_held_is_asked_for_by_its_tote(floor):
    floor.pack_job(lease=False)
    floor.centre.answers["claim_tote"] = lambda tote: floor.claim_reply(floor.lease("p1", "p1-w1", "p1-w2"))
    assert floor.scan("O1", floor.pack).message.code is Code.TOTE_OPENED
    floor.pull(floor.order("O5"))
    floor.pack.leave()
    assert floor.scan("O5", floor.pack).message.words == {"order": "O5"}


@pytest.mark.parametrize(
    ("more", "code"),
    [({"reason": "taken", "holder": "Bob"}, Code.TAKEN_BY), ({"reason": "done"}, Code.TOTE_UNKNOWN_HERE)],
)
def test_a_tote_that_is_not_given(floor, more, code):
    floor.centre.answers["claim_tote"] = floor.claim_reply([], **more)
    assert floor.scan("T-9", floor.pack).message.code is code
    floor.centre.answers["claim_tote"] = CentreRefused(ErrorCode.FORBIDDEN)
    assert floor.scan("T-9", floor.pack).message.code is Code.TOTE_UNKNOWN_HERE


def test_granted_but_the_rows_are_not_here_yet(floor):
    floor.centre.answers["claim_tote"] = lambda tote: floor.claim_reply(floor.lease("p1", "p1-w1"))
    assert floor.scan("T-1", floor.pack).message.code is Code.TOTE_UNKNOWN_HERE
    floor.pack_job(parcel=False)
    assert floor.scan("T-1", floor.pack).message.code is Code.TOTE_UNKNOWN_HERE


def test_put_down_and_taken_up_again(bench):
    bench.bench("T-1", CUP)
    assert bench.bench("FH:BACK").view.step is PackStep.WAITING
    again = bench.bench("T-1")
    assert (again.view.packed, len(bench.facts("pack.open"))) == (1, 1)


def test_two_meanings_at_an_empty_bench_ask(bench):
    bench.pull(ItemRow(id="T-1", name="T", codes=[]), bench.order("T-1"))
    assert bench.bench("T-1").message.code is Code.TOTE_OPENED
    bench.pack.leave()
    bench.pull(bench.order("B-1"))
    assert bench.bench("B-1").message.code is Code.AMBIGUOUS_SCAN


# --- carton and weight ---


def test_a_carton_that_looks_too_small_or_is_none(bench):
    bench.pull(ItemRow(id="TEA", name="Tea", codes=[], size_mm=(160, 10, 10)))
    bench.bench("T-1", CUP, CUP, "TEA")
    assert bench.pack.choose_carton("nonsense").message.code is Code.NOT_NOW
    assert bench.bench("S1").message.code is Code.CARTON_TOO_SMALL
    chosen = bench.pack.choose_carton("S1")
    assert (chosen.message.code, chosen.view.carton.fits) == (Code.CARTON_CHOSEN, False)


def test_a_carton_not_on_offer_may_be_scanned(bench):
    many = [
        CartonRow(id=f"X{n}", name="", inner_mm=(200 + n, 200, 200), outer_mm=(1, 1, 1), tare_g=1, max_g=9999)
        for n in range(6)
    ]
    bench.pull(*many)
    bench.bench("T-1", CUP, CUP, TEA)
    chosen = bench.bench("M1")
    assert (chosen.view.carton.code, chosen.view.carton.key) == ("M1", 0)


def test_an_unknown_weight_is_learned(bench):
    bench.pull(ItemRow(id="TEA", name="Tea", codes=[]))
    bench.bench("T-1", CUP, CUP, "TEA", "S1")
    assert bench.pack.view().view.weight.expected is None
    assert bench.weigh(4321).message.code is Code.WEIGHT_RIGHT
    assert bench.facts("parcel.weighed")[0]["within"] is True


def test_readings_that_may_not_decide(boxed):
    old = boxed._at
    assert boxed.weigh(0).view.step is PackStep.WEIGHT
    assert boxed.pack.weight(Weight(Decimal(750), True, old)).view.step is PackStep.WEIGHT
    assert boxed.weigh(750, stable=False).view.weight.grams is None
    assert boxed.weigh(750).view.step is PackStep.LABEL


def test_the_parcel_before_still_on_the_scale_is_no_weight_of_the_next(boxed):
    boxed.pack_job(job="p2", order="O2", tote="T-2")
    assert boxed.weigh(900, load=1).view.weight.blocked
    assert boxed.weigh(750, load=2).view.step is PackStep.LABEL
    label(boxed)
    boxed.bench(SSCC)
    boxed.bench("T-2", CUP, CUP, TEA, "S1")
    still_there = boxed.weigh(750, load=2)
    assert (still_there.view.step, still_there.view.weight.blocked) == (PackStep.WEIGHT, False)
    assert still_there.view.prompt.code is Code.LIFT_AGAIN
    assert boxed.weigh(0).view.prompt.code is Code.PUT_ON_SCALE
    assert boxed.weigh(750, load=3).view.step is PackStep.LABEL
    assert [fact["job"] for fact in boxed.facts("parcel.weighed")] == ["p1", "p2"]


def supervisor(floor, roles=("supervisor",)):
    floor.centre.answers["sign_in"] = lambda badge, number, pin: SessionReply(
        session="s9", worker="boss", name="Boss", number="1", roles=[Role(role) for role in roles], language="en",
        offline_verifier=f"dev-1/{badge}//", offline_ttl_s=3600, epoch=1, server_time="",
    )  # fmt: skip


def test_a_wrong_weight_and_a_supervisor(boxed):
    out = boxed.weigh(900)
    assert (out.message.code, out.view.weight.blocked, out.view.step) == (Code.WEIGHT_OUT, True, PackStep.WEIGHT)
    assert boxed.pack.release_weight("B-BOSS", "x").message.code is Code.NEEDS_CENTRE
    supervisor(boxed, ("packer",))
    assert boxed.pack.release_weight("B-BOSS", "x").message.code is Code.NOT_ALLOWED
    supervisor(boxed)
    assert boxed.pack.release_weight("B-BOSS", "new paper").view.step is PackStep.LABEL
    [fact] = boxed.facts("parcel.weighed")
    assert (fact["released_by"], fact["reason"], fact["within"], fact["grams"]) == ("boss", "new paper", False, 900)
    assert {op.session for op in boxed.ports.journal.pending(99, 10**6)} == {"session-1"}
    boxed.centre.answers.clear()
    assert boxed.gate.supervisor("B-BOSS").offline


def test_missing_units_go_with_a_supervisor(bench):
    bench.bench("T-1", CUP)
    asked = bench.bench("FH:SHORT")
    assert asked.view.prompt.code is Code.CHOOSE_SHORT_REASON
    supervisor(bench)
    done = bench.pack.release_missing("B-BOSS", ShortReason.NOT_FOUND)
    assert (done.message.code, done.view.lines[0].short) == (Code.SHORT_NOTED, 1)
    assert bench.facts("pack.short")[0]["released_by"] == "boss"


def test_a_tote_that_was_empty_ends_without_a_parcel(bench):
    supervisor(bench)
    bench.bench("T-1")
    bench.pack.release_missing("B-BOSS", ShortReason.NOT_FOUND)
    bench.pack.release_missing("B-BOSS", ShortReason.NOT_FOUND)
    assert bench.pack.view().view.step is PackStep.WAITING
    assert bench.pack.view().view.queue == ()


def test_commands(bench):
    bench.bench("T-1", "NEW")
    assert bench.bench("FH:OK").view.scanned is None
    assert bench.bench("FH:UNDO").message.code is Code.NOTHING_TO_UNDO
    assert bench.bench("FH:SKIP").message.code is Code.NOT_NOW
    assert bench.bench("FH:DANCE").message.code is Code.UNKNOWN_CODE


def test_a_cancelled_order_takes_no_more(bench):
    bench.bench("T-1")
    with bench.store.look() as u:
        row = u.rows.get(JobRow, "p1")
    bench.pull(msgspec.structs.replace(row, state=JobState.CANCELLED))
    assert bench.bench(CUP).message.code is Code.JOB_GONE
    bench.pack.leave()
    assert bench.pack.view().view.queue == ()


# --- the label ---


def test_a_printer_that_fails_is_tried_again(printing):
    failed = label(printing, state="failed", level=0, reason="media-empty")
    assert (failed.message.code, failed.view.papers[0].state) == (Code.PRINTER_OUT_OF_LABELS, "failed")
    assert printing.pack.reprint("again").message.code is Code.WAIT_FOR_LABEL
    assert [asked.print_job for asked in printing.printer.labels] == ["parcel-O1.1", "parcel-O1.2"]
    assert len({asked.sscc for asked in printing.printer.labels}) == 1
    assert label(printing, "parcel-O1.1").view.step is PackStep.LABEL
    assert label(printing, "parcel-O1.2").view.step is PackStep.SCAN_BACK


def test_no_printer_at_all(boxed):
    boxed.printer.away = "absent"
    done = boxed.weigh(750)
    assert (done.message.code, done.message.words) == (Code.LABEL_FAILED, {"reason": "absent"})
    assert boxed.facts("label.fate")[0]["fate"] == "failed"


def test_unsure_asks_and_is_settled_by_eyes(printing):
    unsure = label(printing, state="unsure", level=1, reason="lost")
    assert (unsure.message.code, unsure.view.step) == (Code.LABEL_UNSURE, PackStep.LABEL_UNSURE)
    assert len(printing.printer.labels) == 1
    assert printing.pack.label_came_out(False).view.step is PackStep.LABEL
    assert len(printing.printer.labels) == 2
    label(printing, "parcel-O1.2", "unsure", 1)
    assert printing.pack.label_came_out(True).view.step is PackStep.SCAN_BACK
    assert printing.bench(SSCC).message.code is Code.PARCEL_SHIPPED
    assert [fact["fate"] for fact in printing.facts("label.fate")] == ["unsure", "reprint_asked", "unsure", "verified"]


def test_the_report_for_a_tote_that_was_put_down(printing):
    printing.pack.leave()
    assert label(printing).view.step is PackStep.WAITING
    printing.pack_job("p2", "O2", tote="T-2")
    printing.bench("T-2")
    assert printing.bench("FH:BACK", "T-1").view.step is PackStep.SCAN_BACK


def test_a_report_on_another_tote_says_nothing_over_the_one_in_hand(printing):
    printing.pack.leave()
    printing.pack_job("p2", "O2", tote="T-2")
    printing.bench("T-2")
    told = label(printing)
    assert (told.view.order, told.message) == ("O2", None)
    assert label(printing, "nobody.1").view.order == "O2"


# --- after a crash ---


@pytest.mark.parametrize(
    ("recorded", "step", "labels"),
    [
        (None, PackStep.LABEL, 1),
        ("queued", PackStep.LABEL, 1),
        ("preflight", PackStep.LABEL, 1),
        ("sending", PackStep.LABEL_UNSURE, 0),
        ("sent", PackStep.LABEL_UNSURE, 0),
        ("uncertain", PackStep.LABEL_UNSURE, 0),
        ("printed", PackStep.SCAN_BACK, 0),
        ("failed", PackStep.LABEL, 0),
    ],
)
def test_a_label_nobody_watched_to_the_end(boxed, recorded, step, labels):
    boxed.printer.print = lambda asked: None
    boxed.weigh(750)
    if recorded:
        PrintJournal(boxed.store).record(PrintJob("parcel-O1.1", b"^XA^XZ"), recorded, "")
    boxed.restart()
    answer = boxed.pack.view()
    assert (answer.view.step, len(boxed.printer.labels)) == (step, labels)
    assert boxed.pack.view().view.step is step
    assert len(boxed.printer.labels) == labels
    if recorded == "failed":
        assert answer.view.papers[0].state == "failed"


def test_a_label_not_sent_before_the_crash_and_no_printer_after_it(boxed):
    boxed.printer.print = lambda asked: None
    boxed.weigh(750)
    boxed.restart()
    boxed.printer.away = "absent"
    assert boxed.pack.view().message.code is Code.LABEL_FAILED


def test_a_put_down_label_is_settled_when_its_tote_is_opened_again(boxed):
    boxed.printer.print = lambda asked: None
    boxed.weigh(750)
    PrintJournal(boxed.store).record(PrintJob("parcel-O1.1", b"^XA^XZ"), "sending", "")
    boxed.pack.leave()
    boxed.restart()
    assert boxed.pack.view().view.step is PackStep.WAITING
    assert boxed.scan("T-1", boxed.pack).view.step is PackStep.LABEL_UNSURE


@pytest.mark.parametrize("texts", [(), (CUP,), (CUP, CUP), (CUP, CUP, TEA), (CUP, CUP, TEA, "S1")])
def test_a_restart_at_any_step_goes_on_there(bench, texts):
    bench.bench("T-1", *texts)
    before = bench.pack.view().view
    bench.restart()
    assert bench.pack.view().view == before


def test_a_state_of_another_version_is_built_anew(bench):
    bench.bench("T-1", CUP)
    with bench.store.unit() as u:
        u.flows.keep("p1", "pack", 99, b"{}")
    view = bench.pack.view().view
    assert (view.step, view.packed, view.sscc) == (PackStep.UNITS, 1, SSCC)


# --- overlay ---


def test_what_was_packed_here_stays_when_the_centre_has_it(bench):
    bench.bench("T-1", CUP)
    bench.acknowledge(bench.ver + 1)
    assert bench.pack.view().view.packed == 1
    assert bench.orders.view("all", "").view.orders[0].state == "packing"


# --- the disk is full ---


@pytest.fixture
def full(floor, monkeypatch):
    def fill():
        def no_unit():
            raise StorageFull("full")

        monkeypatch.setattr(floor.store, "unit", no_unit)

    return fill


def test_a_full_disk(bench, full, monkeypatch):
    bench.bench("T-1")
    full()
    good = bench.bench(CUP)
    assert (good.message.code, good.view.packed) == (Code.STORAGE_FULL, 0)
    assert bench.bench("NEW").message.code is Code.NOT_IN_ORDER
    assert bench.pack.leave().message.code is Code.STORAGE_FULL
    supervisor(bench)
    assert bench.pack.release_weight("B", "x").message.code is Code.STORAGE_FULL
    monkeypatch.setattr(bench.store, "look", bench.store.unit)
    assert bench.bench(CUP).message.code is Code.STORAGE_FULL
    assert bench.pack.view().view.step is PackStep.UNITS


def test_a_full_disk_at_an_empty_bench(bench, full):
    full()
    assert bench.bench("T-1").message.code is Code.STORAGE_FULL
    assert bench.pack.acknowledge().message.code is Code.STORAGE_FULL


def test_an_echo_at_the_bench(bench):
    bench.bench("T-1")
    for at in (900.0, 900.001):
        answer = bench.pack.on_scan(ScanInput(CUP, at))
    assert (answer.view.packed, answer.message) == (1, None)


def test_a_shipped_parcel_is_not_packed_twice(bench):
    bench.pull(ParcelRow(**{**parcel(bench), "state": ParcelState.SHIPPED}))
    assert bench.bench("T-1").message.code is Code.TOTE_UNKNOWN_HERE


def test_a_cancelled_tote_is_not_opened(bench):
    with bench.store.look() as u:
        row = u.rows.get(JobRow, "p1")
    bench.pull(msgspec.structs.replace(row, state=JobState.CANCELLED))
    assert bench.bench("T-1").message.code is Code.TOTE_UNKNOWN_HERE


def test_a_disk_that_fails_while_the_centre_is_to_be_asked(bench, monkeypatch):
    real, looks = bench.store.look, []

    def second_look_fails():
        looks.append(1)
        if len(looks) == 2:
            raise StorageFull("full")
        return real()

    monkeypatch.setattr(bench.store, "look", second_look_fails)
    assert bench.bench("T-9").message.code is Code.STORAGE_FULL
