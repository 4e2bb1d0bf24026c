"""Each printer language's driver against its virtual printer over real TCP and real ptys: prints, faults, trouble on the line."""

import time
from dataclasses import dataclass

import pytest

from devices.confirmation import Ascent
from devices.hub import DeviceHub
from devices.labels import test_label as own_label
from devices.model import JobState, LinkState, PrintJob, Reason, Role
from devices.printing import PrintPolicy
from devices.registry import printer_for
from devices.simulated.brother_machine import BrotherMachine
from devices.simulated.chaos import ChaosPlan
from devices.simulated.cpcl_machine import CpclMachine
from devices.simulated.epl2_machine import Epl2Machine
from devices.simulated.escpos_machine import EscposMachine
from devices.simulated.printer_base import LabelMachine, PrinterSim
from devices.simulated.sbpl_machine import SbplMachine
from devices.simulated.tspl_machine import TsplMachine
from devices.transports.base import LinkError

QUICK = PrintPolicy(hold_s=0.15, listen_s=0.04, base_s=0.3, per_label_s=0.12, grace_s=0.05)
PICTURE = bytes(range(256))


@dataclass(frozen=True)
class Language:
    """A language: its machine, one label of it, and how a job ends on a printer that does everything right."""

    name: str
    machine: type[LabelMachine]
    payload: bytes
    state: JobState
    level: int
    pause: Reason = Reason.PAUSED


TSPL = Language(
    "tspl",
    TsplMachine,
    b"SIZE 100 mm,50 mm\r\nGAP 2 mm,0\r\nCLS\r\nBITMAP 0,0,16,16,0," + PICTURE + b"\r\nPRINT 1,1\r\n",
    JobState.UNCERTAIN,
    2,
)
EPL2 = Language("epl2", Epl2Machine, b"N\r\nGW0,0,16,16," + PICTURE + b"\r\nP1\r\n", JobState.UNCERTAIN, 1)
CPCL = Language(
    "cpcl",
    CpclMachine,
    b"! 0 200 200 400 1\r\nCG 16 16 0 0 " + PICTURE + b"\r\nTEXT 4 0 30 40 Hello\r\nFORM\r\nPRINT\r\n",
    JobState.PRINTED,
    3,
    Reason.COVER_OPEN,
)
SBPL = Language(
    "sbpl", SbplMachine, b"\x02\x1bA\x1bV0100\x1bXMHELLO\x1bQ1\x1bZ\x03", JobState.PRINTED, 3, Reason.OFFLINE
)
ESCPOS = Language(
    "escpos",
    EscposMachine,
    b"\x1b@Hello\n\x1dv0\x00\x10\x00\x10\x00" + PICTURE + b"\x1dVA\x00",
    JobState.PRINTED,
    3,
    Reason.COVER_OPEN,
)
BROTHER = Language(
    "brother",
    BrotherMachine,
    b"\x1bia\x01\x1biz" + b"\0" * 10 + b"\x4d\x00" + b"g\x00\x5a" + b"\x55" * 90 + b"\x1a",
    JobState.PRINTED,
    3,
    Reason.COVER_OPEN,
)
ALL = [TSPL, EPL2, CPCL, SBPL, ESCPOS, BROTHER]
PLUGS = [False, True]


def by_name(value):
    return value.name if isinstance(value, Language) else {True: "pty", False: "tcp"}.get(value)


every = pytest.mark.parametrize("language", ALL, ids=by_name)
both = pytest.mark.parametrize("pty", PLUGS, ids=by_name)


@pytest.fixture
def printer(plug):
    def make(language, pty=False, **build):
        machine = language.machine()
        for name, value in build.items():
            setattr(machine.build, name, value)
        return plug(PrinterSim(machine, pty=pty))

    return make


def driver_for(sim, language):
    driver = printer_for(f"{sim.url}?dialect={language.name}&snmp=no", time.monotonic)
    driver._reply_s = 0.3
    return driver


def connected(sim, language):
    driver = driver_for(sim, language)
    driver.connect()
    return driver


def ask_often(driver):
    for _ in range(8):
        driver.status()


def job(language, job_id="j-1", copies=1):
    return PrintJob(job_id, language.payload, copies)


def climb(driver, print_job, journal, patience_s=10.0):
    """What the session does with a job: go on, and after a lost link begin again."""
    said = []
    ascent = Ascent(print_job, driver, journal, said.append, time.monotonic, QUICK)
    end = time.monotonic() + patience_s
    while time.monotonic() < end:
        try:
            ascent.advance()
        except LinkError:
            driver.disconnect()
        if ascent.state.final:
            return said[-1]
    raise AssertionError(f"still {ascent.state}")


# --- a printer that does everything right ---


@every
@both
def test_a_job_prints_and_is_confirmed_as_far_as_the_language_can(printer, journal, language, pty):
    sim = printer(language, pty)
    driver = driver_for(sim, language)
    report = climb(driver, job(language), journal)
    assert (report.state, report.level) == (language.state, language.level)
    (label,) = sim.wait_labels(1, 5)
    assert (PICTURE in label.data) == (PICTURE in language.payload)
    assert driver.confirm_level == language.level


@every
def test_copies_come_out_and_count(printer, journal, language):
    sim = printer(language, print_s=0.06)
    report = climb(driver_for(sim, language), job(language, copies=3), journal)
    assert report.state is language.state
    assert len(sim.wait_labels(3, 5)) == 3
    if language.state is JobState.PRINTED:
        assert report.detail == "3 of 3 labels reported"


@every
def test_two_jobs_one_after_the_other_do_not_answer_for_each_other(printer, journal, language):
    sim = printer(language)
    driver = driver_for(sim, language)
    for number in (1, 2, 3):
        assert climb(driver, job(language, f"j-{number}"), journal).state is language.state
        assert len(sim.wait_labels(number, 5)) == number


@every
def test_the_answers_may_come_byte_by_byte(printer, journal, language):
    sim = printer(language, print_s=0.12)
    sim.line.trouble(ChaosPlan(single_bytes=True, delay_s=0.004))
    report = climb(driver_for(sim, language), job(language), journal)
    assert (report.state, report.level) == (language.state, language.level)


# --- faults ---


@every
@both
def test_faults_are_told_and_clear(printer, language, pty):
    sim = printer(language, pty)
    driver = connected(sim, language)
    assert driver.status().ready is True
    for reason in (language.pause, Reason.MEDIA_EMPTY, Reason.COVER_OPEN):
        sim.fault(reason, True)
        status = driver.status()
        assert status.ready is False
        assert reason in status.reasons
        sim.fault(reason, False)
        assert driver.status().ready is True
    driver.disconnect()


@every
def test_a_fault_before_the_job_keeps_every_byte_back(printer, journal, language):
    sim = printer(language)
    sim.fault(language.pause, True)
    report = climb(driver_for(sim, language), job(language), journal)
    assert (report.state, report.level) == (JobState.FAILED, 0)
    assert language.pause in report.reasons
    sim.fault(language.pause, False)
    assert sim.wait_labels(1, 0.1) == []


@every
@both
def test_out_of_labels_in_the_middle_waits_for_a_person(printer, journal, language, pty):
    sim = printer(language, pty, labels=1, print_s=0.05)
    driver = driver_for(sim, language)
    told = []

    def reload(report):
        told.append(report)
        if Reason.MEDIA_EMPTY in report.reasons:
            sim.load(None)

    ascent = Ascent(job(language, copies=2), driver, journal, reload, time.monotonic, QUICK)
    while not ascent.state.final:
        ascent.advance()
    assert any(Reason.MEDIA_EMPTY in report.reasons for report in told)
    assert ascent.state is language.state
    assert len(sim.wait_labels(2, 5)) == 2


@every
def test_a_cover_opened_at_the_second_label_is_told_and_the_job_goes_on(printer, journal, language):
    sim = printer(language, print_s=0.05, fault_at={2: Reason.COVER_OPEN})
    driver = driver_for(sim, language)
    told = []

    def close(report):
        told.append(report)
        if Reason.COVER_OPEN in report.reasons:
            sim.fault(Reason.COVER_OPEN, False)

    ascent = Ascent(job(language, copies=2), driver, journal, close, time.monotonic, QUICK)
    while not ascent.state.final:
        ascent.advance()
    assert any(Reason.COVER_OPEN in report.reasons for report in told)
    assert ascent.state is language.state
    assert len(sim.labels) == 2


# --- trouble on the line ---


@every
def test_a_mute_printer_is_unknown_and_never_ready(printer, language):
    sim = printer(language, language is CPCL)
    sim.line.trouble(ChaosPlan(mute=True))
    driver = connected(sim, language)
    driver._reply_s = 0.1
    status = driver.status()
    assert (status.ready, status.reasons) == (None, (Reason.NO_REPLY,))
    assert driver.identify() is None
    driver.disconnect()


@every
def test_mute_from_the_first_byte_of_the_job_is_unsure(printer, journal, language):
    sim = printer(language)
    driver = driver_for(sim, language)
    driver._reply_s = 0.1
    send = driver.send

    def send_into_silence(wire):
        sim.line.trouble(ChaosPlan(mute=True))
        send(wire)

    driver.send = send_into_silence
    report = climb(driver, job(language), journal)
    assert report.state is JobState.UNCERTAIN


@every
def test_pulled_in_the_middle_of_an_answer_is_a_lost_link_and_then_all_is_well_again(printer, journal, language):
    sim = printer(language)
    driver = driver_for(sim, language)
    for cut in (1, 2, 3):
        sim.line.trouble(ChaosPlan(cut_after_sent=cut))
        driver.connect()
        with pytest.raises(LinkError):
            ask_often(driver)
        driver.disconnect()
    assert climb(driver, job(language), journal).state is language.state
    assert len(sim.labels) == 1


@every
def test_cut_in_the_middle_of_the_job_is_unsure_and_the_next_one_comes_out_whole(printer, journal, language):
    sim = printer(language)
    driver = driver_for(sim, language)
    for number, part in enumerate((0.3, 0.7)):
        before = len(sim.labels)
        prepare = driver.prepare

        def cut_it(print_job, part=part, prepare=prepare):
            wire = prepare(print_job)
            sim.line.trouble(ChaosPlan(cut_after_received=int(len(wire) * part)))
            return wire

        driver.prepare = cut_it
        report = climb(driver, job(language, f"cut-{number}"), journal)
        driver.prepare = prepare
        assert report.state is JobState.UNCERTAIN
        sim.line.trouble(ChaosPlan())
        assert climb(driver, job(language, f"next-{number}"), journal).state is language.state
        labels = sim.wait_labels(before + 1, 5)
        assert len(labels) == before + 1


@every
def test_switched_off_in_the_middle_is_never_printed(printer, journal, language):
    sim = printer(language, print_s=0.4)
    driver = driver_for(sim, language)
    told = []

    def switch_off(report):
        told.append(report)
        if report.state is JobState.SENT:
            sim.wait_labels(1, 0.1)
            sim.power_cycle()

    ascent = Ascent(job(language), driver, journal, switch_off, time.monotonic, QUICK)
    while not ascent.state.final:
        try:
            ascent.advance()
        except LinkError:
            driver.disconnect()
    assert ascent.state is JobState.UNCERTAIN
    assert sim.labels == []


class Babbler(LabelMachine):
    """Answers whatever it is asked with the same noise."""

    noise = b""

    def receive(self, data, now):
        return self.noise if data else b""

    def _obey(self, now):
        return None


@pytest.mark.parametrize("name", ["zpl", *(language.name for language in ALL)])
@pytest.mark.parametrize(
    "noise",
    [b"\x1b[31mREADY\x1b[0m\r\n" * 50, b"\xff" * 5000, b"\x07\x02" * 200_000],
    ids=["ansi", "binary", "flood"],
)
def test_an_answer_that_is_none_is_no_answer(plug, name, noise):
    machine = Babbler()
    machine.noise = noise
    sim = plug(PrinterSim(machine))
    driver = printer_for(f"{sim.url}?dialect={name}&snmp=no", time.monotonic)
    driver._reply_s = 0.1
    driver.connect()
    assert driver.status().ready is not True
    driver.disconnect()


# --- through the hub ---


@pytest.mark.parametrize("language", [ESCPOS, TSPL], ids=by_name)
def test_a_hub_serves_it_like_any_printer(printer, journal, listener, language):
    hub = DeviceHub(listener.sinks(), journal, policy=QUICK)
    sim = printer(language)
    key = hub.add_printer(f"{sim.url}?dialect={language.name}", "Printer")
    hub.start()
    try:
        listener.wait_ready(key)
        hub.print(Role.LABEL_PRINTER, job(language))
        assert listener.final("j-1").state is language.state
        sim.fault(Reason.COVER_OPEN, True)
        listener.wait(lambda: (key, LinkState.DEGRADED, Reason.COVER_OPEN) in listener.links)
    finally:
        assert hub.stop()


@every
def test_a_payload_of_another_language_is_refused(language):
    driver = printer_for(f"tcp://127.0.0.1:9?dialect={language.name}", time.monotonic)
    with pytest.raises(ValueError, match="payload"):
        driver.prepare(PrintJob("j", b""))
    if language is not ESCPOS:
        with pytest.raises(ValueError, match="payload"):
            driver.prepare(PrintJob("j", b"^XA^FDa^FS^XZ"))


# --- what single languages do ---


def test_old_tspl_firmware_answers_only_the_status_byte(printer, journal):
    sim = printer(TSPL, knows=frozenset())
    driver = driver_for(sim, TSPL)
    assert (report := climb(driver, job(TSPL), journal)).state is JobState.UNCERTAIN
    assert report.level == 2


def test_a_cpcl_printer_without_a_count_is_unsure(printer, journal):
    sim = printer(CPCL, knows=frozenset())
    report = climb(driver_for(sim, CPCL), job(CPCL), journal)
    assert (report.state, report.level) == (JobState.UNCERTAIN, 2)
    assert len(sim.labels) == 1


def test_a_link_os_printer_counts_by_sgd(printer, journal):
    sim = printer(CPCL, knows=frozenset({"sgd", "extended"}))
    sim.machine.odometer = 70_000
    driver = driver_for(sim, CPCL)
    for name in ("s-1", "s-2"):
        assert climb(driver, job(CPCL, name, copies=2), journal).state is JobState.PRINTED


def test_a_cpcl_count_begins_again_after_65535(printer, journal):
    sim = printer(CPCL)
    sim.machine.odometer = 65_535
    assert climb(driver_for(sim, CPCL), job(CPCL, copies=2), journal).state is JobState.PRINTED


def test_labels_that_somebody_else_printed_prove_nothing(printer, journal):
    sim = printer(CPCL, print_s=0.2)
    driver = driver_for(sim, CPCL)
    prepare = driver.prepare

    def meanwhile(print_job):
        sim.machine.odometer += 1
        return prepare(print_job)

    driver.prepare = meanwhile
    assert climb(driver, job(CPCL), journal).state is JobState.UNCERTAIN


@pytest.mark.parametrize("knows", [{"enq"}, {"name"}, set()], ids=str)
def test_the_short_sato_answer_will_do_and_that_behind_soh(printer, journal, knows):
    sim = printer(SBPL, knows=frozenset(knows))
    assert climb(driver_for(sim, SBPL), job(SBPL), journal).state is JobState.PRINTED


def test_a_sato_job_taken_back_at_the_panel_is_unsure(printer, journal):
    sim = printer(SBPL, print_s=5.0)
    driver = driver_for(sim, SBPL)
    told = []

    def take_back(report):
        told.append(report)
        if report.state is JobState.SENT and Reason.OFFLINE in report.reasons:
            sim.machine.cancel()
            sim.fault(Reason.OFFLINE, False)

    ascent = Ascent(job(SBPL), driver, journal, take_back, time.monotonic, QUICK)
    while ascent.state is not JobState.SENT:
        ascent.advance()
    ascent.advance()
    sim.fault(Reason.OFFLINE, True)
    while not ascent.state.final:
        ascent.advance()
    assert ascent.state is JobState.UNCERTAIN
    assert sim.labels == []


def test_an_escpos_printer_that_says_nothing_of_printing_is_unsure(printer, journal):
    sim = printer(ESCPOS, knows=frozenset())
    report = climb(driver_for(sim, ESCPOS), job(ESCPOS), journal)
    assert (report.state, report.reasons) == (JobState.UNCERTAIN, (Reason.TIMED_OUT,))
    assert len(sim.labels) == 1


def test_low_paper_stops_no_escpos_printer(printer, journal):
    sim = printer(ESCPOS)
    sim.fault(Reason.MEDIA_LOW, True)
    driver = connected(sim, ESCPOS)
    assert driver.status().warnings == (Reason.MEDIA_LOW,)
    assert climb(driver, job(ESCPOS), journal).state is JobState.PRINTED


def test_they_say_who_they_are_where_the_language_can(printer):
    assert connected(printer(TSPL), TSPL).identify().model == "FH-TSPL-SIM"
    who = connected(printer(CPCL), CPCL).identify()
    assert (who.model, who.firmware, who.serial) == ("FH CPCL-SIM", "V1.0", "SN0001")


def test_an_epl_report_comes_unasked(printer, until):
    sim = printer(EPL2, print_s=0.02, labels=1)
    driver = connected(sim, EPL2)
    assert driver.status().ready
    print_job = job(EPL2, copies=3)
    driver.send(driver.prepare(print_job))
    evidence = driver.evidence(print_job, 0.3)
    assert evidence.status.reasons == (Reason.MEDIA_EMPTY,)
    assert not evidence.consumed
    driver.disconnect()


# --- what our own label writers write ---


@pytest.mark.parametrize("language", [TSPL, EPL2, CPCL, SBPL, ESCPOS], ids=by_name)
def test_a_label_of_our_own_writers_comes_out_whole(printer, journal, language):
    payload = own_label("Dock 3", language=language.name)
    sim = printer(language)
    report = climb(driver_for(sim, language), PrintJob("own-1", payload), journal)
    assert (report.state, report.level) == (language.state, language.level)
    (label,) = sim.wait_labels(1, 5)
    assert len(label.data) > 0.95 * (len(payload) - 20)
    assert label.data[-200:-20] in payload
