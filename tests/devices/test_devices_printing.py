"""Each label once, or an honest "unsure": real sockets to a virtual printer, cut at every byte, out of labels before and during."""

import random
import time

import pytest

from devices.codecs.printers.zpl import with_evidence
from devices.confirmation import Ascent
from devices.drivers.printer_zpl import ZplPrinterDriver
from devices.hub import DeviceHub
from devices.labels import build
from devices.labels.model import Barcode, Label, Symbology, Text
from devices.model import JobState, LinkState, PrintJob, Reason, Role
from devices.printing import DuplicateJob, PrintPolicy, state_after_crash
from devices.simulated.chaos import ChaosPlan, ChaosTransport
from devices.simulated.zpl_machine import PrinterBuild
from devices.simulated.zpl_sim import ZplSim
from devices.transports.base import LinkError
from devices.transports.tcp import TcpTransport
from devices.transports.urls import transport_for

SMALL = b"^XA^LL400^FO9,9^A0N,30,30^FD00095012345678901237^FS^XZ"
QUICK = PrintPolicy(hold_s=0.3, listen_s=0.05, base_s=0.5, per_label_s=0.1, grace_s=0.1)
PREFLIGHT_BYTES = len(b"~HQES\r\n~HS\r\n")


def job(job_id, copies=1, payload=SMALL):
    return PrintJob(job_id, payload, copies)


@pytest.fixture
def printer(plug, tmp_path):
    return plug(ZplSim(tmp_path / "labels", PrinterBuild(print_s=0.0)))


@pytest.fixture
def quick_hub(plug, listener, journal):
    hub = DeviceHub(listener.sinks(), journal, policy=QUICK)
    yield hub
    assert hub.stop()


def came_out(printer, job_id):
    return [label for label in printer.labels if label.job == job_id]


def climb(ascent, tries=200):
    """What the session does with a job: go on, and after a lost link begin again."""
    for _ in range(tries):
        try:
            ascent.advance()
        except LinkError:
            ascent._driver.disconnect()
        if ascent.state.final:
            return ascent.state
    raise AssertionError(f"still {ascent.state}")


def ascent_over(transport, print_job, journal, policy=QUICK):
    driver = ZplPrinterDriver(transport, time.monotonic)
    return Ascent(print_job, driver, journal, lambda report: None, time.monotonic, policy)


def judge(printer, job_id, state):
    """The one rule."""
    count = len(came_out(printer, job_id))
    assert count <= 1, f"{job_id} came out {count} times"
    if state is JobState.PRINTED:
        assert count == 1, f"{job_id} is said to be printed and is not"
    if state is JobState.FAILED:
        assert count == 0, f"{job_id} is said to have failed and came out"


def next_one_is_fine(printer, journal, job_id):
    """Whatever happened before: the next job comes out once, whole, and by itself."""
    transport = transport_for(printer.url)
    assert climb(ascent_over(transport, job(job_id), journal)) is JobState.PRINTED
    (label,) = came_out(printer, job_id)
    assert label.zpl.count(b"^XA") == 1, "a half format of before is glued to it"


def test_our_link_cut_at_every_byte(printer, journal):
    whole = PREFLIGHT_BYTES + len(with_evidence(SMALL, "cut-000", 1))
    for cut in range(1, whole + 2):
        transport = ChaosTransport(TcpTransport("127.0.0.1", printer.port), ChaosPlan(cut_after_sent=cut))
        name = f"cut-{cut:03d}"
        state = climb(ascent_over(transport, job(name), journal))
        # Cut before the first byte of the job: it is simply begun again. From the first byte on: never again by us.
        safe = cut <= PREFLIGHT_BYTES or cut > whole
        assert state is (JobState.PRINTED if safe else JobState.UNCERTAIN), f"cut at {cut}"
        next_one_is_fine(printer, journal, f"next-{cut}")
        judge(printer, name, state)


def test_the_printers_link_cut_at_every_byte(printer, journal):
    seen = set()
    for cut in range(1, PREFLIGHT_BYTES + len(SMALL) + 90, 2):
        printer.line.trouble(ChaosPlan(cut_after_received=cut))
        name = f"cut-{cut}"
        state = climb(ascent_over(transport_for(printer.url), job(name), journal))
        seen.add(state)
        printer.line.trouble(ChaosPlan())
        next_one_is_fine(printer, journal, f"next-{cut}")
        judge(printer, name, state)
    assert seen == {JobState.PRINTED, JobState.UNCERTAIN}


def test_the_printers_answers_cut_at_every_byte(printer, journal):
    """The label may well be out, but without the printer's whole word for it, it is not PRINTED."""
    seen = set()
    for cut in range(1, 330, 3):
        printer.line.trouble(ChaosPlan(cut_after_sent=cut))
        name = f"cut-{cut}"
        state = climb(ascent_over(transport_for(printer.url), job(name), journal))
        seen.add(state)
        printer.line.trouble(ChaosPlan())
        judge(printer, name, state)
    assert seen == {JobState.PRINTED, JobState.UNCERTAIN}


def test_a_link_that_breaks_before_the_first_byte_is_failed(printer, journal):
    transport = TcpTransport("127.0.0.1", printer.port)
    journal.on_record = lambda _, state, __: transport.close() if state is JobState.SENDING else None
    ascent = ascent_over(transport, job("j"), journal)
    assert climb(ascent) is JobState.FAILED
    assert came_out(printer, "j") == []


def test_the_journal_has_the_job_before_the_first_byte(printer, journal):
    written = []

    class Tap(TcpTransport):
        def write(self, data, timeout):
            written.append(data)
            super().write(data, timeout)

    def look(_, state, __):
        if state is JobState.SENDING:
            assert not any(b"^XA" in data for data in written)
            written.append("journal")

    journal.on_record = look
    assert climb(ascent_over(Tap("127.0.0.1", printer.port), job("j"), journal)) is JobState.PRINTED
    assert written[-2] == "journal"
    assert written[-1].startswith(SMALL[:-3])
    assert journal.states("j") == [JobState.PREFLIGHT, JobState.SENDING, JobState.SENT, JobState.PRINTED]


def test_a_journal_that_refuses_means_nothing_is_sent(printer, journal, expected_log):
    expected_log.append("the journal refused it")

    def refuse(_, state, __):
        if state is JobState.SENDING:
            raise OSError("disk full")

    journal.on_record = refuse
    ascent = ascent_over(transport_for(printer.url), job("j"), journal)
    assert climb(ascent) is JobState.FAILED
    journal.on_record = lambda *_: None
    next_one_is_fine(printer, journal, "next")
    assert came_out(printer, "j") == []


def test_a_bug_in_the_middle_of_sending_is_unsure_and_never_sent_again(printer, journal):
    class Buggy(TcpTransport):
        def write(self, data, timeout):
            super().write(data[:20], timeout)
            if b"^XA" in data:
                raise ValueError("ours")

    ascent = ascent_over(Buggy("127.0.0.1", printer.port), job("buggy"), journal)
    with pytest.raises(ValueError, match="ours"):
        climb(ascent)
    assert ascent.state is JobState.UNCERTAIN


@pytest.mark.parametrize("answers", [b"~HQES", b""], ids=["answers ~HQES only", "goes mute"])
def test_a_printer_that_tells_nothing_more_leaves_the_job_unsure_in_time(printer, journal, answers):
    """It took the job, knows no echo, and does not say whether anything is left in its buffer."""
    printer._machine.build.echoes = False
    ask = printer._machine._answer
    sent = []
    journal.on_record = lambda _, state, __: sent.append(state)
    printer._machine._answer = lambda question, now: (
        ask(question, now) if JobState.SENT not in sent or question == answers else b""
    )
    ascent = ascent_over(transport_for(printer.url), job("silent"), journal)
    assert climb(ascent, tries=8) is JobState.UNCERTAIN
    assert journal.rows[-1][2].startswith("timed-out")


def test_through_the_hub_jobs_come_out_in_order_once_each(quick_hub, printer, listener, journal):
    key = quick_hub.add_printer(printer.url, "Printer")
    quick_hub.start()
    names = [f"job-{n}" for n in range(20)]
    for n, name in enumerate(names):
        quick_hub.print(key if n % 2 else Role.LABEL_PRINTER, job(name))
    assert {listener.final(name).state for name in names} == {JobState.PRINTED}
    assert [label.job for label in printer.labels] == names
    assert listener.final("job-0").level == 3
    assert [report.state for report in listener.jobs if report.job_id == "job-3"] == [
        JobState.QUEUED,
        JobState.PREFLIGHT,
        JobState.SENDING,
        JobState.SENT,
        JobState.PRINTED,
    ]
    assert journal.states("job-3")[0] is JobState.QUEUED


def test_a_real_shipping_label_comes_out_with_ledger_and_file(quick_hub, printer, listener, tmp_path):
    quick_hub.add_printer(printer.url, "Printer")
    quick_hub.start()
    sscc = Barcode(Symbology.GS1_128, 3, 20, 95, 40, elements=(("00", "095012345678901237"),))
    label = Label(101.6, 76.2, (Text(3, 3, 90, 5, ("Ann ^XZ ~JA",)), sscc))
    quick_hub.print(Role.LABEL_PRINTER, job("ship-1", payload=build(label).payload))
    assert listener.final("ship-1").state is JobState.PRINTED
    assert b">;>800095012345678901237" in (tmp_path / "labels/label-0001.zpl").read_bytes()
    ledger = (tmp_path / "labels/ledger.jsonl").read_text().splitlines()
    assert len(ledger) == 1
    assert '"job": "ship-1"' in ledger[0]


def test_three_copies_are_printed_when_three_are_reported(quick_hub, printer, listener):
    quick_hub.add_printer(printer.url, "Printer")
    quick_hub.start()
    quick_hub.print(Role.LABEL_PRINTER, job("three", copies=3))
    assert listener.final("three").detail == "3 of 3 labels reported"
    assert [label.copy for label in came_out(printer, "three")] == [1, 2, 3]


def test_out_of_labels_before_the_job_it_waits_and_comes_out_after_the_reload(plug, printer, listener, journal):
    hub = DeviceHub(listener.sinks(), journal)
    printer.load(0)
    printer.fault(Reason.MEDIA_EMPTY, True)
    hub.add_printer(printer.url, "Printer")
    hub.start()
    hub.print(Role.LABEL_PRINTER, job("waits"))
    listener.wait(lambda: any(report.reasons == (Reason.MEDIA_EMPTY,) for report in listener.jobs))
    assert JobState.SENDING not in journal.states("waits")
    printer.load(10)
    assert listener.final("waits").state is JobState.PRINTED
    assert len(came_out(printer, "waits")) == 1
    assert hub.stop()


def test_out_of_labels_for_too_long_is_failed_with_its_reason_and_may_be_tried_again(quick_hub, printer, listener):
    printer.fault(Reason.COVER_OPEN, True)
    quick_hub.add_printer(printer.url, "Printer")
    quick_hub.start()
    quick_hub.print(Role.LABEL_PRINTER, job("again"))
    report = listener.final("again")
    assert (report.state, report.reasons) == (JobState.FAILED, (Reason.COVER_OPEN,))
    printer.fault(Reason.COVER_OPEN, False)
    listener.jobs.clear()
    quick_hub.print(Role.LABEL_PRINTER, job("again"))
    assert listener.final("again").state is JobState.PRINTED
    assert len(came_out(printer, "again")) == 1


@pytest.mark.parametrize("reason", [Reason.MEDIA_EMPTY, Reason.MARKER_SUPPLY_EMPTY, Reason.COVER_OPEN, Reason.PAUSED])
def test_trouble_during_the_job_waits_for_a_person_and_prints_once(quick_hub, plug, tmp_path, listener, reason):
    printer = plug(ZplSim(tmp_path / "during", PrinterBuild(print_s=0.02, fault_at={2: reason})))
    quick_hub.add_printer(printer.url, "Printer")
    quick_hub.start()
    quick_hub.print(Role.LABEL_PRINTER, job("during", copies=3))
    listener.wait(
        lambda: any(report.state is JobState.SENT and report.reasons == (reason,) for report in listener.jobs)
    )
    # Longer than any patience of the policy: while the printer says what it needs, it is the operator's clock.
    time.sleep(QUICK.base_s + 3 * QUICK.per_label_s + 0.2)
    assert not any(report.state.final for report in listener.jobs)
    printer.fault(reason, False)
    assert listener.final("during").state is JobState.PRINTED
    assert len(came_out(printer, "during")) == 3


def test_a_printer_that_is_off_keeps_the_job_waiting_until_it_is_on(plug, tmp_path, listener, journal, expected_log):
    expected_log.append("Printer: no link (refused")
    printer = ZplSim(tmp_path / "late")
    printer.start()
    url = printer.url
    printer.stop()
    hub = DeviceHub(listener.sinks(), journal)
    key = hub.add_printer(url, "Printer")
    hub.start()
    hub.print(Role.LABEL_PRINTER, job("late"))
    listener.wait(lambda: (key, LinkState.BACKOFF, Reason.REFUSED) in listener.links)
    listener.wait(lambda: any(report.reasons == (Reason.REFUSED,) for report in listener.jobs))
    plug(printer)
    hub.retry(key)
    assert listener.final("late").state is JobState.PRINTED
    assert hub.stop()


def test_a_printer_that_stays_off_fails_the_job_unsent(quick_hub, listener, expected_log):
    expected_log.append("Printer: no link (refused")
    quick_hub.add_printer("tcp://127.0.0.1:9", "Printer")
    quick_hub.start()
    quick_hub.print(Role.LABEL_PRINTER, job("never"))
    report = listener.final("never")
    assert (report.state, report.reasons) == (JobState.FAILED, (Reason.REFUSED,))


def test_silence_is_not_readiness(quick_hub, printer, listener):
    printer.line.trouble(ChaosPlan(mute=True))
    key = quick_hub.add_printer(printer.url, "Printer")
    quick_hub.start()
    quick_hub.print(Role.LABEL_PRINTER, job("mute"))
    report = listener.final("mute")
    assert (report.state, report.reasons) == (JobState.FAILED, (Reason.NO_REPLY,))
    assert (key, LinkState.DEGRADED, Reason.NO_REPLY) in listener.links
    assert listener.statuses[-1].ready is None


def test_a_printer_without_an_echo_leaves_the_job_unsure_though_it_consumed_it(quick_hub, plug, tmp_path, listener):
    printer = plug(ZplSim(tmp_path / "dumb", PrinterBuild(print_s=0.0, echoes=False, counts=False)))
    quick_hub.add_printer(printer.url, "Printer")
    quick_hub.start()
    quick_hub.print(Role.LABEL_PRINTER, job("dumb"))
    report = listener.final("dumb")
    assert (report.state, report.level, report.reasons) == (JobState.UNCERTAIN, 2, (Reason.UNCONFIRMED,))


def test_switched_off_in_the_middle_is_unsure_and_never_printed_again_by_us(
    quick_hub, plug, tmp_path, listener, expected_log
):
    expected_log.append("Printer: no link (lost")
    printer = plug(ZplSim(tmp_path / "off", PrinterBuild(print_s=60.0)))
    quick_hub.add_printer(printer.url, "Printer")
    quick_hub.start()
    quick_hub.print(Role.LABEL_PRINTER, job("off"))
    listener.wait(lambda: any(report.state is JobState.SENT for report in listener.jobs))
    printer.power_cycle()
    assert listener.final("off").state is JobState.UNCERTAIN
    printer._machine.build.print_s = 0.0
    quick_hub.print(Role.LABEL_PRINTER, job("next"))
    assert listener.final("next").state is JobState.PRINTED
    assert came_out(printer, "off") == []


def test_shutting_down_leaves_no_job_without_a_last_word(plug, tmp_path, listener, journal):
    printer = plug(ZplSim(tmp_path / "slow", PrinterBuild(print_s=60.0)))
    hub = DeviceHub(listener.sinks(), journal)
    hub.add_printer(printer.url, "Printer")
    hub.start()
    for name in ("in-hand", "waiting"):
        hub.print(Role.LABEL_PRINTER, job(name))
    listener.wait(lambda: any(report.state is JobState.SENT for report in listener.jobs))
    assert hub.stop()
    hub.print(Role.LABEL_PRINTER, job("too-late"))
    assert listener.final("in-hand").state is JobState.UNCERTAIN
    assert listener.final("waiting").state is JobState.FAILED
    assert listener.final("too-late").state is JobState.FAILED
    assert journal.states("in-hand")[-1] is JobState.UNCERTAIN


def test_an_id_is_used_once_unless_its_job_failed(quick_hub, printer, listener):
    quick_hub.add_printer(printer.url, "Printer")
    quick_hub.print(Role.LABEL_PRINTER, job("once"))
    with pytest.raises(DuplicateJob):
        quick_hub.print(Role.LABEL_PRINTER, job("once"))
    quick_hub.start()
    assert listener.final("once").state is JobState.PRINTED
    with pytest.raises(DuplicateJob):
        quick_hub.print(Role.LABEL_PRINTER, job("once"))
    assert len(came_out(printer, "once")) == 1


def test_a_job_that_the_journal_does_not_take_is_not_queued(quick_hub, printer, listener, journal):
    quick_hub.add_printer(printer.url, "Printer")

    def refuse(*_):
        raise OSError("disk full")

    journal.on_record = refuse
    with pytest.raises(OSError, match="disk full"):
        quick_hub.print(Role.LABEL_PRINTER, job("j"))
    journal.on_record = lambda *_: None
    quick_hub.print(Role.LABEL_PRINTER, job("j"))
    quick_hub.start()
    assert listener.final("j").state is JobState.PRINTED


def test_no_printer_is_a_failed_job_not_a_lost_one(quick_hub, listener, journal):
    quick_hub.print(Role.LABEL_PRINTER, job("nowhere"))
    assert listener.final("nowhere").reasons == (Reason.ABSENT,)
    assert journal.states("nowhere") == [JobState.QUEUED, JobState.FAILED]


def test_a_broken_payload_is_failed_and_nothing_is_sent(quick_hub, printer, listener):
    quick_hub.add_printer(printer.url, "Printer")
    quick_hub.start()
    quick_hub.print(Role.LABEL_PRINTER, job("broken", payload=b"^XA^FDno end"))
    assert listener.final("broken").state is JobState.FAILED
    quick_hub.print(Role.LABEL_PRINTER, job("good"))
    assert listener.final("good").state is JobState.PRINTED


def test_chaos_by_dice_never_doubles_or_silently_loses_a_label(quick_hub, plug, tmp_path, listener, expected_log):
    expected_log.append("Printer: no link")
    dice = random.Random(11)
    printer = plug(ZplSim(tmp_path / "chaos", PrinterBuild(print_s=0.005)))
    key = quick_hub.add_printer(printer.url, "Printer")
    quick_hub.start()
    outcome = {}
    for n in range(40):
        printer.line.trouble(
            ChaosPlan(
                seed=n,
                cut_after_received=dice.choice([None, dice.randint(1, 250)]),
                cut_after_sent=dice.choice([None, None, dice.randint(1, 500)]),
                single_bytes=dice.random() < 0.3,
            )
        )
        quick_hub.retry(key)
        quick_hub.print(Role.LABEL_PRINTER, job(f"dice-{n}"))
        outcome[f"dice-{n}"] = listener.final(f"dice-{n}").state
    for name, state in outcome.items():
        judge(printer, name, state)
    assert JobState.PRINTED in outcome.values()
    assert JobState.UNCERTAIN in outcome.values()


@pytest.mark.parametrize(
    ("recorded", "after"),
    [
        (JobState.QUEUED, JobState.FAILED),
        (JobState.PREFLIGHT, JobState.FAILED),
        (JobState.SENDING, JobState.UNCERTAIN),
        (JobState.SENT, JobState.UNCERTAIN),
        (JobState.PRINTED, JobState.PRINTED),
        (JobState.FAILED, JobState.FAILED),
        (JobState.UNCERTAIN, JobState.UNCERTAIN),
    ],
)
def test_after_a_crash_a_job_is_what_can_still_be_known(recorded, after):
    assert state_after_crash(recorded) is after


@pytest.mark.parametrize("job_id", ["", "a b", "x^XZ", "ä", "x" * 65, "a;b"])
def test_a_job_id_needs_no_escaping(job_id):
    with pytest.raises(ValueError, match="job id"):
        job(job_id)
