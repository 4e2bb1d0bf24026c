"""Carriers' labels and papers at the bench, on a real store: fetched while the packer goes on, printed once, visible until then."""

import hashlib
from dataclasses import dataclass, field

import msgspec
import pytest

from app.core.messages import Code
from app.core.views import PackStep
from app.services.api import LabelReport
from app.services.pack import PackService
from app.services.pack_errands import PackErrands
from app.services.pack_ports import Bench
from app.services.ports import CentreAway, CentreRefused, NoPrinter
from devices.model import PrintJob
from sync.contract.codes import ErrorCode, ParcelState
from sync.contract.rows import ParcelRow
from sync.contract.shipping import CarrierLabel, LabelFormat, LabelReply, PaperKind

CUP, TEA = "4006381333931", "5000000000012"
NUMBER = "ACME0000123456"
ZPL = b"^XA^FO10,10^FDparcel^FS^XZ"
PDF = b"%PDF-1.7 paper"


@dataclass
class Desk:
    """The centre's counter: away until a test puts something on it."""

    labels: dict = field(default_factory=dict)
    papers: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)

    def label(self, parcel, timeout_s):
        self.asked.append(parcel)
        if parcel not in self.labels:
            raise CentreAway
        return self.labels[parcel]

    def paper(self, kind, key, timeout_s):
        self.asked.append((kind, key))
        answer = self.papers.get(kind, CentreAway())
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass
class Sheets:
    """Printers that take others' bytes: a queue that writes its journal and waits."""

    journal: object
    store: object
    out: list = field(default_factory=list)
    away: str = ""
    paper: bool = True

    def _queue(self, job):
        if self.away:
            raise NoPrinter(self.away)
        self.journal.record(job, "queued", "")
        self.out.append(job)

    def print_carrier(self, print_job, label):
        self._queue(PrintJob(print_job, label.body, meaning=label.meaning, foreign=True))

    def print_same(self, print_job, first, meaning):
        kept = next((job for job in self.out if (job.job_id, job.meaning) == (first, meaning)), None)
        if kept is None:
            return False
        self._queue(PrintJob(print_job, kept.payload, meaning=meaning, foreign=True))
        return True

    def has_paper_printer(self):
        return self.paper

    def unsent(self):
        with self.store.look() as u:
            return tuple(job.job_id for job in self.out if u.prints.fate(job.job_id) == "queued")

    def call_back(self, print_job):
        self.journal.record(PrintJob(print_job, b"x"), "failed", "cancelled nothing was sent")
        return True

    def print_paper(self, print_job, pdf, meaning):
        self._queue(PrintJob(print_job, pdf, serialised=False, meaning=meaning))


class Station:
    """A bench with its errands, run by hand."""

    def __init__(self, floor, reader):
        self.floor, self.reader, self.desk, self.rung, self.notices = floor, reader, Desk(), 0, []
        self.start()

    def start(self):
        """The bench's services, as after power-on."""
        self.sheets = Sheets(self.floor.printer.journal, self.floor.store)
        self.errands = PackErrands(self.floor.store, self.desk, self.sheets, self, self.ring)
        bench = Bench("BENCH-1", self.floor.printer, self.errands)
        self.pack = PackService(
            self.floor.store, self.reader, self.floor.clock, self.floor.centre, self.floor.gate, bench
        )
        self.floor.pack = self.pack

    def ring(self):
        self.rung += 1

    def label(self, report):
        self.pack.label_report(report)

    def changed(self):
        pass

    def notice(self, message):
        self.notices.append(message)

    def scan(self, *texts):
        return self.floor.scans(*texts, service=self.pack)

    def row(self, order="O1", **changes):
        """The parcel's row, changed by the centre."""
        with self.floor.store.look() as u:
            row = u.rows.get(ParcelRow, f"parcel-{order}")
        self.floor.pull(msgspec.structs.replace(row, **changes))

    def bought(self, order="O1", number=NUMBER, body=ZPL, format=LabelFormat.ZPL, **more):
        """The centre has the label."""
        self.row(order, label=CarrierLabel.READY, tracking=number, state=ParcelState.LABEL_PENDING)
        id = f"parcel-{order}"
        answer = {"state": CarrierLabel.READY, "tracking": number, "format": format, "body": body}
        sha = hashlib.sha256(body).hexdigest()
        self.desk.labels[id] = LabelReply(parcel=id, **{**answer, "sha256": sha, **more})

    def told(self, job, state, reason=""):
        self.sheets.journal.record(PrintJob(job, b"x"), {"unsure": "uncertain"}.get(state, state), reason)
        return self.pack.label_report(LabelReport(job, state, 3 if state == "printed" else 0, "ZD421", reason))

    def labels(self):
        return [job for job in self.sheets.out if job.job_id.startswith("parcel-")]

    def state_of(self, name):
        return next(card.state for card in self.pack.view().view.papers if card.name == name)


@pytest.fixture
def station(floor, reader):
    """One tote of a carrier's parcel, weighed: the carrier has not answered."""
    floor.person("packer")
    floor.pack_job()
    made = Station(floor, reader)
    made.row(label=CarrierLabel.PENDING, papers=[PaperKind.PACKING_SLIP])
    made.scan("T-1", CUP, CUP, TEA, "S1")
    made.weighed = floor.weigh(750)
    return made


def test_our_own_label_is_not_printed_on_a_carriers_parcel(station):
    view = station.weighed.view
    assert (view.step, view.prompt.code, station.floor.printer.labels) == (PackStep.LABEL, Code.LABEL_PENDING, [])
    assert (station.rung, station.state_of("label")) == (1, "pending")
    assert station.errands.run() is None
    assert station.desk.asked == []


def test_the_label_prints_by_itself_once_it_is_bought(station):
    station.bought()
    assert station.state_of("label") == "fetching"
    station.errands.run()
    assert [(job.job_id, job.payload) for job in station.labels()] == [("parcel-O1.1", ZPL)]
    assert station.state_of("label") == "printing"
    station.errands.run()
    assert len(station.labels()) == 1
    assert station.told("parcel-O1.1", "printed").view.step is PackStep.SCAN_BACK
    assert station.scan(NUMBER).message.code is Code.PARCEL_SHIPPED


@pytest.mark.parametrize("code", [f"420{NUMBER}", f"%00{NUMBER.lower()}7", f"{NUMBER[:4]} {NUMBER[4:]}"])
def test_the_carriers_own_code_is_the_stuck_label(station, code):
    station.bought()
    station.errands.run()
    station.told("parcel-O1.1", "printed")
    assert station.scan("ACME9999999999").message.code is not Code.PARCEL_SHIPPED
    assert station.scan(code).message.code is Code.PARCEL_SHIPPED


def test_nothing_proves_a_label_that_nobody_has_bought(station):
    assert station.scan("340123451000000018").message.code is Code.NOT_NOW
    assert station.pack.view().view.step is PackStep.LABEL


def test_the_packer_goes_on_and_the_label_comes_later(station):
    station.floor.pack_job("p2", "O2", "T-2")
    opened = station.scan("T-2")
    assert (opened.message.code, opened.view.order) == (Code.TOTE_OPENED, "O2")
    assert [job.label for job in opened.view.queue] == ["pending"]
    station.bought()
    station.errands.run()
    assert [job.job_id for job in station.labels()] == ["parcel-O1.1"]
    assert [(notice.code, notice.words["order"]) for notice in station.notices] == [(Code.LABEL_HAS_COME, "O1")]
    station.told("parcel-O1.1", "printed")
    assert station.pack.view().view.order == "O2"
    station.pack.leave()
    assert station.scan(NUMBER).message.code is Code.PARCEL_SHIPPED
    assert station.pack.view().view.step is PackStep.WAITING


def test_a_tote_is_no_next_one_while_our_own_label_prints(station):
    station.bought()
    station.errands.run()
    station.floor.pack_job("p2", "O2", "T-2")
    assert station.scan("T-2").message.code is not Code.TOTE_OPENED
    assert station.pack.view().view.order == "O1"


def test_a_label_that_is_not_the_one_that_was_bought_is_not_printed(station):
    station.bought(sha256="00")
    station.errands.run()
    assert (station.labels(), station.state_of("label")) == ([], "failed")
    station.bought()
    station.pack.reprint("again")
    station.errands.run()
    assert [job.job_id for job in station.labels()] == ["parcel-O1.2"]


def test_the_centre_is_asked_again_until_it_answers(station):
    station.row(label=CarrierLabel.READY, tracking=NUMBER)
    first, second = station.errands.run(), station.errands.run()
    assert 0 < first < second
    station.bought()
    station.errands.run()
    assert len(station.labels()) == 1


def test_a_reprint_is_the_same_bytes_without_asking(station):
    station.bought()
    station.errands.run()
    station.told("parcel-O1.1", "unsure")
    station.desk.labels.clear()
    asked = len(station.desk.asked)
    station.pack.label_came_out(False)
    station.errands.run()
    assert [(job.job_id, job.payload) for job in station.labels()] == [("parcel-O1.1", ZPL), ("parcel-O1.2", ZPL)]
    assert [one for one in station.desk.asked[asked:] if one == "parcel-O1"] == []


def test_another_number_is_another_label(station):
    station.bought()
    station.errands.run()
    station.told("parcel-O1.1", "printed")
    station.bought(number="ACME0000999999", body=ZPL + b" ")
    assert station.scan(NUMBER).message.code is not Code.PARCEL_SHIPPED
    station.pack.reprint("voided")
    station.errands.run()
    assert station.labels()[-1].payload == ZPL + b" "


def test_no_printer_is_told_and_mended_by_asking_again(station):
    station.bought()
    station.sheets.away = "wrong-dialect"
    station.errands.run()
    assert station.state_of("label") == "failed"
    station.sheets.away = ""
    station.pack.reprint("again")
    station.errands.run()
    assert [job.job_id for job in station.labels()] == ["parcel-O1.2"]


@pytest.mark.parametrize(("fate", "prints"), [(None, 1), ("queued", 1), ("sending", 0), ("printed", 0)])
def test_after_a_restart_what_may_have_left_is_not_sent_again(station, fate, prints):
    station.bought()
    if fate:
        station.sheets.journal.record(PrintJob("parcel-O1.1", ZPL), fate, "")
    station.floor.restart()
    station.start()
    station.errands.run()
    assert len(station.labels()) == prints
    steps = {"sending": PackStep.LABEL_UNSURE, "printed": PackStep.SCAN_BACK}
    assert station.pack.view().view.step is steps.get(fate, PackStep.LABEL)


def test_a_problem_at_the_carriers_is_shown(station):
    station.row(label=CarrierLabel.PROBLEM)
    assert (station.pack.view().view.prompt.code, station.state_of("label")) == (Code.LABEL_PROBLEM, "problem")


# --- papers ---


def papers(station):
    return [job.job_id for job in station.sheets.out if not job.job_id.startswith("parcel-")]


def test_papers_come_out_by_themselves_once_the_centre_knows_the_parcel(station):
    station.desk.papers[PaperKind.PACKING_SLIP] = PDF
    station.errands.run()
    assert (papers(station), station.state_of("packing-slip")) == ([], "fetching")
    station.row(state=ParcelState.LABEL_PENDING)
    station.errands.run()
    station.errands.run()
    assert papers(station) == ["packing-slip.parcel-O1.1"]
    assert station.state_of("packing-slip") == "printing"


def test_papers_once_more_by_command(station):
    station.desk.papers[PaperKind.PACKING_SLIP] = PDF
    station.row(state=ParcelState.LABEL_PENDING)
    station.errands.run()
    assert station.scan("FH:PAPERS").message.code is Code.PAPERS_COMING
    station.errands.run()
    assert papers(station) == ["packing-slip.parcel-O1.1", "packing-slip.parcel-O1.2"]


def test_customs_waits_for_the_number_it_travels_under(station):
    station.row(papers=[PaperKind.PACKING_SLIP, PaperKind.CUSTOMS], state=ParcelState.LABEL_PENDING)
    station.desk.papers |= {PaperKind.PACKING_SLIP: PDF, PaperKind.CUSTOMS: PDF}
    station.start()
    station.errands.run()
    assert papers(station) == ["packing-slip.parcel-O1.1"]
    station.bought()
    station.errands.run()
    assert papers(station) == ["packing-slip.parcel-O1.1", "customs.parcel-O1.1"]


def test_no_paper_printer_is_a_note_and_no_obstacle(station):
    station.sheets.paper = False
    station.bought()
    station.errands.run()
    assert (papers(station), station.state_of("packing-slip")) == ([], "no_printer")
    station.told("parcel-O1.1", "printed")
    assert station.scan(NUMBER).message.code is Code.PARCEL_SHIPPED


def test_a_paper_that_does_not_exist_is_let_be(station):
    station.desk.papers[PaperKind.PACKING_SLIP] = CentreRefused(ErrorCode.NOT_FOUND)
    station.row(state=ParcelState.LABEL_PENDING)
    assert station.errands.run() is None
    assert station.state_of("packing-slip") == "failed"


def test_one_question_that_nobody_answers_is_enough_for_a_round(station):
    kinds = [PaperKind.PACKING_SLIP, PaperKind.RETURN_SLIP]
    station.row(papers=kinds, state=ParcelState.LABEL_PENDING)
    station.start()
    first = station.errands.run()
    assert (len(station.desk.asked), first) == (1, 1.0)
    station.desk.papers |= dict.fromkeys(kinds, PDF)
    assert station.errands.run() is None
    assert papers(station) == ["packing-slip.parcel-O1.1", "return-slip.parcel-O1.1"]


def test_papers_of_a_parcel_without_any(floor, reader):
    floor.person("packer")
    assert Station(floor, reader).scan("FH:PAPERS").message.code is Code.NO_PAPERS
