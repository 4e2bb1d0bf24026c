"""What a bench owes survives the program: papers and labels come out after a power cut, once, and never for a parcel that is no more."""

import hashlib
import os
import signal
import subprocess
import sys
import textwrap

import msgspec
import pytest

from app.core.messages import Code
from app.core.views import PackStep
from app.services.api import LabelReport
from devices.model import PrintJob
from sync.contract.codes import JobState, OrderState, ParcelState
from sync.contract.rows import JobRow, ParcelRow
from sync.contract.shipping import CarrierLabel, PaperKind
from tests.services.test_services_pack_labels import CUP, NUMBER, PDF, TEA, Station

SSCC = "340123451000000018"
SLIP = "packing-slip.parcel-O1.1"
#: A packer sends a parcel off while nobody answers, and the power goes.
LAST_ACT = textwrap.dedent(
    """
    import importlib.util, os, signal, sys
    from pathlib import Path

    spec = importlib.util.spec_from_file_location("floor", sys.argv[1])
    floor = sys.modules["floor"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(floor)
    from tests.services import test_services_pack_labels as labels

    here = floor.Floor(Path(sys.argv[2]))
    here.person("packer")
    station = labels.Station(here, floor.read_scan)
    station.scan("T-1", labels.CUP, labels.CUP, labels.TEA, "S1")
    here.weigh(750)
    station.told("parcel-O1.1", "printed")
    said = station.scan("340123451000000018").message.code
    print(said, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
    """
)


def own_label(floor, reader, papers=(PaperKind.PACKING_SLIP,)):
    """A tote of a parcel with our own label and papers."""
    floor.person("packer")
    floor.pack_job()
    station = Station(floor, reader)
    station.row(papers=list(papers))
    return station


def weighed(station):
    station.scan("T-1", CUP, CUP, TEA, "S1")
    station.floor.weigh(750)
    return station


@pytest.fixture
def station(floor, reader):
    return own_label(floor, reader)


def papers(station):
    return [job.job_id for job in station.sheets.out if not job.job_id.startswith("parcel-")]


def owed(station):
    return [(card.name, card.state, card.order) for card in station.pack.view().view.papers]


def restarted(station):
    station.floor.restart()
    station.start()
    return station


def answers(station):
    station.desk.papers[PaperKind.PACKING_SLIP] = PDF
    station.row(state=ParcelState.SHIPPED)
    return station


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_killed_program_still_owes_what_it_owed(station, request):
    station.floor.store.close()
    conftest = request.path.parent / "conftest.py"
    words = [sys.executable, "-c", LAST_ACT, str(conftest), str(station.floor.folder)]
    last = subprocess.run(words, capture_output=True, text=True, timeout=60, env={**os.environ, "PYTHONPATH": "."})
    assert (last.stdout.strip(), last.returncode) == (Code.PARCEL_SHIPPED, -signal.SIGKILL), last.stderr
    station.floor.open()
    station.start()
    assert owed(station) == [("packing-slip", "fetching", "O1")]
    answers(station).errands.run()
    assert papers(station) == [SLIP]


def test_papers_of_a_parcel_that_left_come_by_themselves_after_a_restart(station):
    weighed(station).told("parcel-O1.1", "printed")
    assert station.scan(SSCC).message.code is Code.PARCEL_SHIPPED
    assert station.errands.run() is None
    assert owed(restarted(station)) == [("packing-slip", "fetching", "O1")]
    answers(station)
    station.errands.run()
    station.errands.run()
    assert papers(station) == [SLIP]
    assert owed(station) == [("packing-slip", "printing", "O1")]
    station.told(SLIP, "printed")
    assert owed(station) == []
    station.errands.run()
    assert owed(restarted(station)) == []


@pytest.mark.parametrize(("state", "why", "prints"), [
    ("queued", "", 1), ("failed", "stopped", 1), ("failed", "media-empty", 1), ("failed", "cancelled", 0),
    ("sending", "", 0), ("uncertain", "", 0), ("printed", "", 0),
])  # fmt: skip
def test_what_was_queued_when_the_power_went_comes_out_once(station, state, why, prints):
    answers(weighed(station)).errands.run()
    assert papers(station) == [SLIP]
    station.sheets.journal.record(PrintJob(SLIP, PDF), state, why)
    answers(restarted(station))
    station.errands.run()
    station.errands.run()
    assert papers(station) == [SLIP] * prints


def test_a_paper_that_failed_is_tried_again_a_few_times_and_then_when_somebody_asks(station):
    answers(weighed(station))
    for n in range(1, 9):
        wait = station.errands.run()
        assert len(papers(station)) == min(n, 5)
        if n <= 5:
            assert wait is None
            station.told(SLIP, "failed", "media-empty")
            assert station.errands.run() == 30.0 if n < 5 else True
            station.sheets.out.pop()
            station.sheets.out.append(PrintJob(SLIP, PDF))
    assert station.state_of("packing-slip") == "failed"


def test_without_a_paper_printer_nothing_is_owed_once_the_parcel_has_left(station):
    station.sheets.paper = False
    answers(weighed(station)).errands.run()
    assert station.state_of("packing-slip") == "no_printer"
    station.told("parcel-O1.1", "printed")
    station.scan(SSCC)
    station.pack.leave()
    assert owed(station) == [("packing-slip", "no_printer", "O1")]
    station.errands.run()
    assert owed(station) == []


# --- a label that was switched off before a byte of it left ---


def test_our_own_label_that_was_stopped_unsent_prints_by_itself(station):
    weighed(station)
    station.sheets.journal.record(PrintJob("parcel-O1.1", b"x"), "failed", "stopped nothing was sent")
    restarted(station)
    assert (
        station.pack.label_report(LabelReport("parcel-O1.1", "failed", 0, reason="stopped")).view.step is PackStep.LABEL
    )
    assert [label.print_job for label in station.floor.printer.labels] == ["parcel-O1.1"]
    station.pack.label_report(LabelReport("parcel-O1.1", "failed", 0, reason="stopped"))
    assert len(station.floor.printer.labels) == 1
    assert station.told("parcel-O1.1", "printed").view.step is PackStep.SCAN_BACK


def test_a_label_that_is_stopped_twice_is_shown_as_failed(station):
    weighed(station)
    for _ in range(2):
        station.told("parcel-O1.1", "failed", "stopped")
    assert station.state_of("label") == "failed"


def test_a_carriers_label_that_was_stopped_unsent_prints_by_itself(station):
    station.row(label=CarrierLabel.PENDING, papers=[])
    weighed(station)
    station.bought()
    station.errands.run()
    station.sheets.journal.record(PrintJob("parcel-O1.1", b"x"), "failed", "stopped nothing was sent")
    restarted(station)
    station.pack.label_report(LabelReport("parcel-O1.1", "failed", 0, reason="stopped"))
    station.errands.run()
    station.errands.run()
    assert [job.job_id for job in station.labels()] == ["parcel-O1.1"]
    assert station.scan(NUMBER).message.code is Code.NOT_NOW or station.told("parcel-O1.1", "printed")


# --- opened again ---


def opened(station):
    """Somebody opens the parcel at another bench."""
    station.row(state=ParcelState.VOID)
    with station.floor.store.look() as u:
        old = u.rows.get(JobRow, "p1")
    station.floor.pack_job("p2", tote=SSCC, lease=False, parcel=False)
    station.floor.pull(msgspec.structs.replace(old, state=JobState.DONE))


def test_what_is_queued_for_a_parcel_that_was_opened_again_is_called_back(station):
    station.row(label=CarrierLabel.PENDING)
    weighed(station)
    station.bought()
    station.desk.papers[PaperKind.PACKING_SLIP] = PDF
    station.errands.run()
    assert station.sheets.unsent() == ("parcel-O1.1", SLIP)
    opened(station)
    station.errands.run()
    assert station.sheets.unsent() == ()
    assert [(one.code, one.words["order"]) for one in station.notices] == [(Code.LABEL_CALLED_BACK, "O1")]
    with station.floor.store.look() as u:
        assert (u.papers.owed(), u.prints.reason(SLIP)) == ([], "cancelled")
    station.errands.run()
    assert len(station.notices) == 1


def test_the_label_of_a_parcel_that_is_no_more_proves_nothing(station):
    weighed(station).told("parcel-O1.1", "printed")
    station.row(state=ParcelState.VOID)
    refused = station.scan(SSCC)
    assert (refused.message.code, refused.view.step) == (Code.LABEL_VOID, PackStep.SCAN_BACK)
    assert [kind for kind, _ in station.floor.facts() if kind == "parcel.ship"] == []


def test_an_old_label_at_an_empty_bench_is_refused_in_words(station):
    with station.floor.store.look() as u:
        row = u.rows.get(ParcelRow, "parcel-O1")
    station.floor.pull(msgspec.structs.replace(row, state=ParcelState.VOID))
    answer = station.scan(SSCC)
    assert (answer.message.code, answer.view.step, answer.view.reopen) == (Code.LABEL_VOID, PackStep.WAITING, None)


def test_a_carriers_barcode_of_a_parcel_that_is_no_more_is_refused_with_the_number_it_has_now(station):
    station.row(state=ParcelState.VOID, tracking=NUMBER)
    assert station.scan(f"%99{NUMBER}7").message.code is Code.LABEL_VOID
    with station.floor.store.look() as u:
        old = u.rows.get(ParcelRow, "parcel-O1")
    new = {"id": "parcel-new", "number": 2, "state": ParcelState.LABEL_PRINTED, "sscc": "340123451000000094"}
    station.floor.pull(msgspec.structs.replace(old, tracking="", label=CarrierLabel.PENDING, **new))
    said = station.scan(f"%99{NUMBER}7").message
    assert (said.code, said.words) == (Code.LABEL_VOID_NOW, {"number": "340123451000000094"})
    assert station.scan(NUMBER).message.code is Code.LABEL_VOID_NOW
    assert station.scan("%99ACME00007").message.code is not Code.LABEL_VOID_NOW


# --- papers of orders that share the parcel ---

GUEST = f"invoice.parcel-O1:{hashlib.sha256(b'O2').hexdigest()[:8]}"
OF_TWO = ["invoice.parcel-O1.1", f"{GUEST}.1"]


def shared(floor, reader, teas=1):
    """O1 (a cup) on the bench with O2 (tea) in the same parcel; each order has an invoice."""
    floor.person("packer")
    for n, line in enumerate((("CUP", 1), ("TEA", teas)), 1):
        floor.pack_job(f"p{n}", f"O{n}", f"T-{n}", lines=(line,))
        floor.pull(floor.order(f"O{n}", OrderState.PICKED, [line], together="same"))
    station = Station(floor, reader)
    station.row(papers=[PaperKind.INVOICE])
    station.desk.papers[PaperKind.INVOICE] = PDF
    station.scan("T-1", "T-2")
    return station


def sent_off(station, *scans):
    station.scan(*scans)
    station.floor.weigh(450)
    station.row(state=ParcelState.LABEL_PENDING, joined=[("O2", "p2")])
    return station


def test_each_order_in_the_parcel_has_its_invoice_once_also_over_a_restart(floor, reader):
    two = sent_off(shared(floor, reader), CUP, TEA, "S1")
    assert [(card.name, card.order) for card in two.pack.view().view.papers[1:]] == [("invoice", ""), ("invoice", "O2")]
    two.told("parcel-O1.1", "printed")
    two.scan(SSCC)
    two.sheets.journal.record(PrintJob(OF_TWO[0], PDF), "printed", "")
    restarted(two)
    assert owed(two) == [("invoice", "fetching", "O2")]
    two.desk.papers[PaperKind.INVOICE] = PDF
    two.errands.run()
    two.errands.run()
    assert (papers(two), two.desk.asked) == (OF_TWO[1:], [("invoice", "parcel-O2")])
    assert two.pack.papers().message.code is Code.PAPERS_COMING
    two.errands.run()
    assert papers(two) == [OF_TWO[1], "invoice.parcel-O1.2", f"{GUEST}.2"]


def test_an_order_that_goes_on_in_a_parcel_of_its_own_has_its_invoice_there(floor, reader):
    two = sent_off(shared(floor, reader, teas=2), CUP, TEA, "FH:FULL", "S1")
    two.errands.run()
    assert papers(two) == OF_TWO[:1]


def test_an_order_that_the_office_takes_out_of_the_parcel_has_its_invoice_called_back(floor, reader):
    two = sent_off(shared(floor, reader), CUP, TEA, "S1")
    two.errands.run()
    assert papers(two) == OF_TWO
    two.floor.acknowledge()
    two.row(joined=[])
    two.errands.run()
    assert two.sheets.unsent() == (OF_TWO[0],)
    assert [(one.code, one.words["order"]) for one in two.notices] == [(Code.LABEL_CALLED_BACK, "O2")]
    with two.floor.store.look() as u:
        assert [one.print_job for one in u.papers.owed()] == OF_TWO[:1]
