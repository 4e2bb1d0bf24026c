"""ZPL printers that report no label (`^HV`) but count them: the count before and after a job stands in, unless it proves nothing."""

import time

import pytest

from devices.confirmation import Ascent
from devices.drivers.printer_zpl import ZplPrinterDriver
from devices.model import JobState, PrintJob
from devices.printing import PrintPolicy
from devices.simulated.zpl_machine import PrinterBuild
from devices.simulated.zpl_sim import ZplSim
from devices.transports.urls import transport_for

LABEL = b"^XA^LL400^FO9,9^A0N,30,30^FD4711^FS^XZ"
QUICK = PrintPolicy(hold_s=0.3, listen_s=0.05, base_s=0.5, per_label_s=0.1, grace_s=0.1)


@pytest.fixture
def printer(plug, tmp_path):
    def make(**build):
        return plug(ZplSim(tmp_path / "labels", PrinterBuild(print_s=0.01, **build)))

    return make


def met(sim):
    """A driver that has asked the printer who it is, as a session does once."""
    driver = ZplPrinterDriver(transport_for(sim.url), time.monotonic)
    driver.connect()
    assert driver.identify() is not None
    driver.disconnect()
    return driver


def printed(driver, journal, job_id="c-1", copies=1, on_report=lambda report: None):
    said = []

    def hear(report):
        said.append(report)
        on_report(report)

    ascent = Ascent(PrintJob(job_id, LABEL, copies), driver, journal, hear, time.monotonic, QUICK)
    while not ascent.state.final:
        ascent.advance()
    return said[-1]


def test_the_count_confirms_where_nothing_is_reported(printer, journal):
    sim = printer(echoes=False)
    driver = met(sim)
    for number, copies in enumerate((1, 3, 2)):
        report = printed(driver, journal, f"c-{number}", copies)
        assert (report.state, report.level) == (JobState.PRINTED, 3)
    assert len(sim.labels) == 6


def test_labels_of_another_host_make_the_count_prove_nothing(printer, journal):
    sim = printer(echoes=False)

    def meanwhile(report):
        if report.state is JobState.SENT:
            sim._machine.odometer += 1

    report = printed(met(sim), journal, on_report=meanwhile)
    assert (report.state, report.level) == (JobState.UNCERTAIN, 2)


def test_a_label_that_was_lost_is_not_counted(printer, journal, until):
    sim = printer(echoes=False, labels=0)

    def lost(report):
        if report.state is JobState.SENT:
            until(lambda: sim._machine.faults)  # it has the job and no label for it
            sim._machine.power_off()
            sim.load(None)

    report = printed(met(sim), journal, on_report=lost)
    assert report.state is JobState.UNCERTAIN


def test_without_count_and_report_it_is_unsure(printer, journal):
    report = printed(met(printer(echoes=False, counts=False)), journal)
    assert (report.state, report.level) == (JobState.UNCERTAIN, 2)


def test_once_a_label_was_reported_nobody_asks_for_the_count(printer, journal):
    sim = printer()
    driver = met(sim)
    assert printed(driver, journal).state is JobState.PRINTED
    asked = []
    driver._transport.write = lambda data, timeout, write=driver._transport.write: (
        asked.append(data),
        write(data, timeout),
    )
    assert printed(driver, journal, "c-2").state is JobState.PRINTED
    assert not any(b"getvar" in data for data in asked)
