"""What a bench owes survives the program: papers and labels come out after a power cut, once, and never for a parcel that is no more."""

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
from sync.contract.codes import JobState, ParcelState
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
