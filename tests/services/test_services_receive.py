"""Labels of goods that came in, on a real store and a real print queue, at label printers that are simulated to the byte."""

import threading
from contextlib import contextmanager
from datetime import date, timedelta

import pytest

from app.core.messages import Code
from app.core.scan import ScanInput
from app.core.storage import StorageFull
from app.core.views_receive import LabelsStand, ReceiveStep
from app.services.receive import ReceiveService
from app.services.receive_ports import GOODS_JOB
from app.store.sync_ports import PrintJournal
from app.wiring.labels import LabelBook
from app.wiring.printing import StationPrinting
from app.wiring.scans import read_fields
from devices.hub import DeviceHub, HubSinks
from devices.model import JobState, Reason
from devices.simulated.zpl_machine import PrinterBuild
from devices.simulated.zpl_sim import ZplSim
from sync.contract.codes import BinKind, JobKind, WorkState
from sync.contract.codes import JobState as Job
from sync.contract.inbound import InboundLine, PurchaseRow
from sync.contract.rows import BinRow, ItemRow, JobRow, PackCode, WorkRow
from tools.labels.decode import decode, render_zpl

CHAI, DAY = "09501101530003", date.today() + timedelta(days=400)
SIX = DAY.strftime("%y%m%d")


class Dock:
    """A person who receives at a station with `printers` simulated label printers."""

    def __init__(self, floor, folder, printers):
        self.floor, self.sims = floor, [ZplSim(folder / f"{n}", PrinterBuild(print_s=0.0)) for n in range(printers)]
        self.reports, self._told = [], threading.Condition()
        for sim in self.sims:
            sim.start()
        self.on()

    def on(self):
        quiet = lambda *_: None  # noqa: E731
        self.hub = DeviceHub(
            HubSinks(quiet, quiet, quiet, quiet, self._report), PrintJournal(self.floor.store), self.floor.clock.mono
        )
        for sim in self.sims:
            self.hub.add_printer(sim.url, f"Printer {sim.port}")
        self.hub.start()
        self.printing = StationPrinting(self.hub, LabelBook(), "en")
        self.service = ReceiveService(self.floor.store, read_fields, self.floor.clock, self.floor.centre, self.printing)

    def off(self):
        self.hub.stop()

    def stop(self):
        self.off()
        for sim in self.sims:
            sim.stop()

    def _report(self, report):
        with self._told:
            self.reports.append(report)
            self._told.notify_all()

    def until(self, state):
        with self._told:
            assert self._told.wait_for(lambda: any(one.state is state for one in self.reports), 10), self.reports

    def scan(self, text, symbology=None):
        return self.service.on_scan(ScanInput(text, self.floor.clock.mono(), symbology))

    def booked(self, number="48", place="DOCK"):
        self.service.open("PO-1")
        self.scan(CHAI)
        if self.service.view().state == ReceiveStep.LOT:
            self.scan("L-7")
        if self.service.view().state == ReceiveStep.DAY:
            self.service.typed(SIX)
        self.service.ask_number()
        self.service.typed(number)
        return self.scan(place)

    def seen(self):
        """What scanners read on the labels that have come out."""
        return [decode(render_zpl(label.zpl, "zplkit", 101.6, 50.8, 8)) for label in self.sims[0].labels]


@pytest.fixture
def dock(floor, tmp_path):
    """Opens docks, one after the other."""
    open_ones = []
    floor.pull(
        ItemRow(id="CHAI", name="Chai", codes=[PackCode(gtin=CHAI)], lot_tracked=True, expiry_tracked=True),
        BinRow(id="DOCK", zone="IN", kind=BinKind.LANE, seq=1), BinRow(id="A-01", zone="A", kind=BinKind.PICK, seq=2),
        PurchaseRow(id="PO-1", sender="Tea & Co", day=DAY.isoformat(), lines=[InboundLine(line=1, sku="CHAI", open=99)]),
    )  # fmt: skip

    def start(printers=1):
        open_ones.append(Dock(floor, tmp_path / "printers", printers))
        return open_ones[-1]

    yield start
    for each in open_ones:
        each.stop()


def test_a_label_for_all_of_it_and_some_of_a_unit_are_read_here_as_what_they_stand_for(dock, floor):
    here = dock()
    assert here.service.labels().message.code is Code.NOT_NOW
    here.booked()
    floor.pull(
        JobRow(id="j1", kind=JobKind.PUT_AWAY, state=Job.OPEN, priority=3, orders=[], method="", lines=1, units=48),
        WorkRow(
            id="w1", job="j1", kind=JobKind.PUT_AWAY, order="", sku="CHAI", qty_req=48, qty_done=0, state=WorkState.OPEN, seq=1,
            from_bin="bin:DOCK", to_place="A-01", lot="L-7",
        ),
    )  # fmt: skip
    assert here.service.labels().view.label.qty == 48
    sent = here.service.one_label()
    assert (sent.message.code, sent.state, sent.view.labels) == (
        Code.RECEIVE_LABELS_SENT,
        "goods",
        LabelsStand.PRINTING,
    )
    here.sims[0].wait_labels(1, 20)
    here.until(JobState.PRINTED)
    assert here.service.view().view.labels is LabelsStand.PRINTED
    assert here.seen() == [[("]d2", f"02{CHAI}17{SIX}3748\x1d10L-7".encode())]]
    assert all(
        word in here.sims[0].labels[0].zpl for word in (b"Chai", b"PO-1", b"A-01", b"L-7", DAY.isoformat().encode())
    )
    # Scanned it is all 48 of that lot and day, with nothing asked.
    assert here.scan(f"02{CHAI}17{SIX}3748\x1d10L-7", "]d2").view.in_hand == 48
    here.service.undo()
    for _ in range(47):
        here.service.undo()
    # Three of a unit each, after the delivery is over.
    here.service.finish()
    assert here.service.labels().state == "labels"
    assert here.service.typed("49").message.code is Code.RECEIVE_LABELS_MOST
    assert here.service.typed("3").state == "done"
    assert len(here.sims[0].wait_labels(4, 20)) == 4
    assert here.seen()[1:] == [[("]d2", f"01{CHAI}17{SIX}10L-7".encode())]] * 3
    # Only what comes out at the printer is counted: nothing of it is a fact.
    assert {logged.kind for logged in floor.ports.journal.pending(1000, 10**7)} == {"goods.receive", "goods.done"}


def test_without_a_printer_it_is_said_and_the_goods_stay_booked(dock):
    here = dock(printers=0)
    here.booked(place="A-01")
    answer = here.service.labels()
    assert (answer.message.code, answer.state, answer.view.labels) == (Code.NO_LABEL_PRINTER, "goods", LabelsStand.NONE)
    # It goes while somebody thinks about how many.
    here.printing.has_label_printer = lambda: True
    here.service.labels()
    del here.printing.has_label_printer
    answer = here.service.one_label()
    assert (answer.message.code, answer.view.labels) == (Code.NO_LABEL_PRINTER, LabelsStand.FAILED)
    assert answer.view.open == 51


def test_what_waited_at_the_end_of_the_program_is_printed_when_somebody_asks_again(dock, floor):
    here = dock()
    here.sims[0].fault(Reason.COVER_OPEN, True)
    here.booked()
    here.service.labels()
    here.service.one_label()
    here.until(JobState.QUEUED)
    here.off()
    here.sims[0].repair()
    floor.restart()
    here.on()
    assert here.service.view().view.labels is LabelsStand.FAILED
    here.service.labels()
    here.service.one_label()
    here.until(JobState.PRINTED)
    assert (here.service.view().view.labels, len(here.sims[0].labels)) == (LabelsStand.PRINTED, 1)


def test_one_that_may_have_come_out_is_not_printed_by_itself_again(dock, floor):
    here = dock()
    here.booked()
    here.service.labels()
    here.sims[0].next_label_fails(Reason.MEDIA_EMPTY)
    here.service.one_label()
    here.until(JobState.SENT)
    here.off()
    assert here.service.view().view.labels is LabelsStand.UNSURE
    floor.restart()
    here.reports.clear()
    here.on()
    here.sims[0].repair()
    # The one that was half out comes out whole; what somebody asks for comes behind it, and nothing else.
    assert (here.service.view().view.labels, here.reports) == (LabelsStand.UNSURE, [])
    here.service.labels()
    here.service.typed("1")
    here.until(JobState.PRINTED)
    assert here.service.view().view.labels is LabelsStand.PRINTED
    assert len({label.job for label in here.sims[0].labels}) <= 2
    assert len({one.job_id for one in here.reports}) == 1


@pytest.mark.parametrize(("written", "stands"), [
    ((), LabelsStand.FAILED), (("queued", "preflight"), LabelsStand.FAILED), (("queued", "preflight", "sending"), LabelsStand.UNSURE),
    (("queued", "preflight", "sending", "sent", "printed"), LabelsStand.PRINTED),
])  # fmt: skip
def test_a_program_that_was_killed_says_how_the_label_stands(dock, floor, written, stands):
    here = dock(printers=0)
    here.printing.has_label_printer = lambda: True

    def queue(print_job, label, copies):
        for state in written:
            floor.store.run(lambda u, state=state: u.prints.record(print_job, state, ""))

    here.printing.print_goods = queue
    here.booked()
    here.service.labels()
    here.service.one_label()
    if written:
        assert here.service.view().view.labels is (stands if written[-1] == "printed" else LabelsStand.PRINTING)
    floor.restart()
    here.on()
    assert here.service.view().view.labels is stands


def test_what_cannot_be_written_down_is_not_printed(dock, monkeypatch):
    here = dock()
    here.booked()
    here.service.labels()
    kept = here.floor.store.unit

    def full():
        with kept() as u:
            yield u
            raise StorageFull("no room")

    monkeypatch.setattr(here.floor.store, "unit", contextmanager(full))
    assert here.service.one_label().message.code is Code.STORAGE_FULL
    monkeypatch.undo()
    assert here.service.view().state == "labels"
    assert not any(one.job_id.startswith(GOODS_JOB) for one in here.reports)
