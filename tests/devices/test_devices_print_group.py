"""Several printers and a person: standing in, holding, cancelling, deciding, repeating, and what is known after a power cut."""

import time

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from devices import job_book
from devices.hub import DeviceHub
from devices.job_book import DuplicateJob, JobBook, Undecided
from devices.model import JobReport, JobState, PrintJob, Reason, Role, Verdict
from devices.print_group import PrintGroup
from devices.printing import PrintPolicy
from devices.simulated.zpl_machine import PrinterBuild
from devices.simulated.zpl_sim import ZplSim

SMALL = b"^XA^LL400^FO9,9^A0N,30,30^FDlabel^FS^XZ"
QUICK = PrintPolicy(hold_s=1.5, failover_s=0.2, listen_s=0.05, base_s=0.5, per_label_s=0.1, grace_s=0.1)


def job(job_id, identity="", **more):
    return PrintJob(job_id, SMALL, identity=identity, **more)


def jobs_of(printer):
    return [label.job for label in printer.labels]


@pytest.fixture
def two(plug, tmp_path, listener, journal):
    """A hub with a first printer and a spare, both ready."""
    printers = [plug(ZplSim(tmp_path / name, PrinterBuild(print_s=0.0))) for name in ("first", "spare")]
    hub = DeviceHub(listener.sinks(), journal, policy=QUICK)
    keys = [hub.add_printer(printer.url, f"Printer {n}") for n, printer in enumerate(printers)]
    hub.start()
    for key in keys:
        listener.wait_ready(key)
        listener.wait(lambda key=key: any(found == key and status.ready for found, status in said(listener)))
    yield hub, printers, keys
    assert hub.stop()


def said(listener):
    """The statuses heard so far, each with its device."""
    return [(key, status) for key, status in listener.printers]


@pytest.fixture
def listener(listener):
    """The shared listener, which also remembers whose status it heard."""
    listener.printers = []
    sinks = listener.sinks()

    def status(key, status):
        listener.printers.append((key, status))
        sinks.status(key, status)

    listener.sinks = lambda: type(sinks)(sinks.scan, sinks.reading, status, sinks.link, sinks.job)
    return listener


# --- another printer stands in ---


def test_jobs_go_to_the_first_printer_while_it_is_well(two, listener):
    hub, (first, spare), _ = two
    for n in range(3):
        hub.print(Role.LABEL_PRINTER, job(f"j{n}"))
    assert {listener.final(f"j{n}").state for n in range(3)} == {JobState.PRINTED}
    assert (jobs_of(first), jobs_of(spare)) == (["j0", "j1", "j2"], [])


def test_when_the_first_runs_out_of_labels_its_waiting_jobs_come_out_of_the_spare_in_order(two, listener, journal):
    hub, (first, spare), keys = two
    hub.prints.hold(keys[1])
    first.fault(Reason.MEDIA_EMPTY, True)
    for n in range(3):
        hub.print(Role.LABEL_PRINTER, job(f"j{n}"))
    listener.wait(lambda: any(report.reasons == (Reason.MEDIA_EMPTY,) for report in listener.jobs))
    hub.prints.release(keys[1])
    reports = [listener.final(f"j{n}") for n in range(3)]
    assert [(report.state, report.printer) for report in reports] == [(JobState.PRINTED, keys[1])] * 3
    assert (jobs_of(first), jobs_of(spare)) == ([], ["j0", "j1", "j2"])
    assert [detail for _, _, detail in journal.rows if detail.startswith("moved")] == [
        f"moved from {keys[0]} to {keys[1]}"
    ] * 3


def test_a_printer_that_is_switched_off_is_stood_in_for(two, listener, expected_log):
    expected_log.append("Printer 0: no link")
    hub, (first, spare), keys = two
    first.stop()
    hub.print(keys[0], job("stays"))
    hub.print(Role.LABEL_PRINTER, job("moves"))
    assert listener.final("moves").state is JobState.PRINTED
    assert jobs_of(spare) == ["moves"]
    # The one that was asked for at this very printer waits for it, and is FAILED, not moved.
    assert listener.final("stays").state is JobState.FAILED


def test_a_job_of_which_a_byte_has_left_never_moves(two, listener):
    hub, (first, spare), keys = two
    first._machine.build.fault_at[1] = Reason.MEDIA_EMPTY
    hub.print(Role.LABEL_PRINTER, job("begun"))
    listener.wait(lambda: any(report.state is JobState.SENT and report.reasons for report in listener.jobs))
    hub.prints.hold(keys[0])
    time.sleep(3 * QUICK.failover_s)
    assert jobs_of(spare) == []
    first.load(5)
    assert listener.final("begun").printer == keys[0]
    assert jobs_of(first) == ["begun"]


def test_what_waits_behind_a_label_that_stopped_half_out_comes_out_of_the_spare(two, listener):
    hub, (first, spare), keys = two
    hub.prints.hold(keys[1])
    first.next_label_fails(Reason.MEDIA_EMPTY)
    for name in ("half", "next"):
        hub.print(Role.LABEL_PRINTER, job(name))
    listener.wait(lambda: any(report.state is JobState.SENT and report.reasons for report in listener.jobs))
    hub.prints.release(keys[1])
    assert listener.final("next").printer == keys[1]
    first.repair()
    assert listener.final("half").printer == keys[0]
    assert (jobs_of(first), jobs_of(spare)) == (["half"], ["next"])


@pytest.mark.parametrize("other", ["dialect=tspl", "dpmm=12", "dialect=raw&language=epl2"])
def test_a_printer_that_speaks_otherwise_does_not_stand_in(plug, tmp_path, listener, journal, other):
    first, odd = (plug(ZplSim(tmp_path / name, PrinterBuild(print_s=0.0))) for name in ("first", "odd"))
    first.fault(Reason.COVER_OPEN, True)
    hub = DeviceHub(listener.sinks(), journal, policy=QUICK)
    hub.add_printer(first.url, "First")
    hub.add_printer(f"{odd.url}?{other}", "Odd")
    hub.start()
    hub.print(Role.LABEL_PRINTER, job("mine"))
    report = listener.final("mine")
    assert (report.state, report.reasons) == (JobState.FAILED, (Reason.COVER_OPEN,))
    assert odd.labels == []
    assert hub.stop()


# --- holding and cancelling ---


def test_a_held_queue_waits_for_as_long_as_it_takes_and_goes_on_when_released(two, listener):
    hub, (first, _), keys = two
    hub.prints.hold(keys[0])
    assert hub.prints.held(keys[0])
    hub.print(keys[0], job("waits"))
    listener.wait(lambda: any(report.reasons == (Reason.HELD,) for report in listener.jobs))
    time.sleep(QUICK.hold_s + 0.2)
    assert jobs_of(first) == []
    assert [report.job_id for report in hub.prints.reports()] == ["waits"]
    hub.prints.release(keys[0])
    assert listener.final("waits").state is JobState.PRINTED
    assert hub.prints.reports() == ()


def test_a_held_printer_is_passed_over(two, listener):
    hub, (first, spare), keys = two
    hub.prints.hold(keys[0])
    hub.print(Role.LABEL_PRINTER, job("elsewhere"))
    assert listener.final("elsewhere").state is JobState.PRINTED
    assert (jobs_of(first), jobs_of(spare)) == ([], ["elsewhere"])


def test_a_job_is_cancelled_before_its_first_byte_and_not_after(two, listener):
    hub, (first, _), keys = two
    hub.prints.hold(keys[0])
    hub.print(keys[0], job("unwanted"))
    assert hub.prints.cancel("unwanted", "Ann")
    report = listener.final("unwanted")
    assert (report.state, report.reasons) == (JobState.FAILED, (Reason.CANCELLED,))
    assert "Ann" in report.detail
    hub.prints.release(keys[0])
    first._machine.build.print_s = 0.5
    hub.print(keys[0], job("late"))
    listener.wait(lambda: any(report.state is JobState.SENT for report in listener.jobs))
    assert not hub.prints.cancel("late", "Ann")
    assert listener.final("late").state is JobState.PRINTED
    assert jobs_of(first) == ["late"]


def test_a_job_for_a_printer_that_is_off_can_be_held_and_cancelled(two, listener, expected_log):
    expected_log.append("Printer 0: no link")
    hub, (first, _), keys = two
    first.stop()
    hub.prints.hold(keys[0])
    hub.print(keys[0], job("stuck"))
    listener.wait(lambda: any(report.reasons == (Reason.HELD,) for report in listener.jobs))
    assert hub.prints.cancel("stuck", "Ann")
    assert listener.final("stuck").reasons == (Reason.CANCELLED,)
    assert not hub.prints.cancel("stuck", "Ann")
    assert hub.prints.job("stuck").payload == SMALL


def test_a_printer_that_is_taken_away_leaves_no_job_without_a_last_word(two, listener):
    hub, (first, spare), keys = two
    hub.prints.hold(keys[0])
    hub.print(keys[0], job("orphan"))
    hub.remove(keys[0])
    assert listener.final("orphan").state is JobState.FAILED
    hub.print(Role.LABEL_PRINTER, job("orphan"))
    listener.wait(lambda: any(report.state is JobState.PRINTED for report in listener.jobs))
    assert (jobs_of(first), jobs_of(spare)) == ([], ["orphan"])


# --- a person decides ---


@pytest.fixture
def unsure(two, listener):
    """A serialised label that left, and nobody knows whether it came out."""
    hub, (first, _), keys = two
    first._machine.build.echoes = first._machine.build.counts = False
    hub.print(keys[0], job("first", "sscc-1"))
    assert listener.final("first").state is JobState.UNCERTAIN
    first._machine.build.echoes = True
    listener.jobs.clear()
    return hub, first, keys[0]


def test_an_unsure_label_is_repeated_only_when_a_person_has_looked_and_the_journal_says_so(unsure, listener, journal):
    hub, first, key = unsure
    with pytest.raises(Undecided):
        hub.prints.reprint("first", "again", "not there", "Ann")
    hub.prints.decide("first", came_out=False, who="Ann")
    assert journal.decisions == [("first", Verdict.NOT_OUT, "Ann")]
    with pytest.raises(ValueError, match="needs no decision"):
        hub.prints.decide("first", came_out=True, who="Bob")
    hub.prints.reprint("first", "again", "not there", "Ann", to=key)
    assert listener.final("again").state is JobState.PRINTED
    assert ("again", JobState.QUEUED, "reprint of first asked by Ann: not there") in journal.rows
    assert journal.kept["again"].identity == "sscc-1"
    assert journal.kept["again"].reprint_of == "first"
    assert [label.zpl.count(b"label") for label in first.labels] == [1, 1]


def test_scanning_the_label_back_is_proof(unsure, listener, journal):
    hub, _, _ = unsure
    hub.prints.scanned("first", "Ann")
    assert listener.jobs[-1].state is JobState.PRINTED
    assert (listener.jobs[-1].level, listener.jobs[-1].verdict) == (4, Verdict.SCANNED)
    assert journal.decisions == [("first", Verdict.SCANNED, "Ann")]
    assert hub.prints.reports() == ()


@pytest.mark.parametrize(("reason", "who"), [("", "Ann"), ("torn", " ")])
def test_a_reprint_has_a_reason_and_a_person(unsure, reason, who):
    hub, _, _ = unsure
    hub.prints.decide("first", came_out=True, who="Ann")
    with pytest.raises(ValueError, match="a reason and a person"):
        hub.prints.reprint("first", "again", reason, who)


def test_one_sscc_is_not_printed_twice_under_two_names(two, listener):
    hub, (first, _), _ = two
    hub.print(Role.LABEL_PRINTER, job("a", "sscc"))
    with pytest.raises(DuplicateJob):
        hub.print(Role.LABEL_PRINTER, job("b", "sscc"))
    assert listener.final("a").state is JobState.PRINTED
    with pytest.raises(DuplicateJob):
        hub.print(Role.LABEL_PRINTER, job("b", "sscc"))
    hub.prints.reprint("a", "b", "torn", "Ann")
    assert listener.final("b").state is JobState.PRINTED
    hub.prints.reprint("a", "c", "torn again", "Ann")
    assert listener.final("c").state is JobState.PRINTED
    assert jobs_of(first) == ["a", "b", "c"]
    with pytest.raises(KeyError):
        hub.prints.reprint("never", "d", "torn", "Ann")
    with pytest.raises(KeyError):
        hub.prints.decide("never", True, "Ann")


def test_a_label_still_in_the_printer_is_not_repeated_behind_it(two, listener, expected_log):
    """Out of labels in the middle, then the link breaks: the printer prints what it has when it is reloaded, all by itself."""
    expected_log.append("Printer 0: no link")
    hub, (first, _), keys = two
    first._machine.build.fault_at[1] = Reason.MEDIA_EMPTY
    hub.print(keys[0], job("first", "sscc"))
    listener.wait(lambda: any(report.state is JobState.SENT and report.reasons for report in listener.jobs))
    first.line.drop()
    assert listener.final("first").state is JobState.UNCERTAIN
    hub.prints.decide("first", came_out=False, who="Ann")
    hub.prints.reprint("first", "again", "not there", "Ann", to=keys[0])
    hub.retry(keys[0])
    listener.wait(lambda: any(r.job_id == "again" and r.reasons == (Reason.MEDIA_EMPTY,) for r in listener.jobs))
    first.load(5)
    report = listener.final("again")
    assert (report.state, report.reasons) == (JobState.FAILED, (Reason.UNCONFIRMED,))
    assert jobs_of(first) == ["first"]


# --- after a power cut ---


def test_after_a_restart_every_job_has_a_last_word_and_unsure_ones_are_asked_about(journal, listener):
    first = PrintGroup(journal, lambda report: None, time.monotonic)
    for name in ("waiting", "sent", "done", "asked"):
        first._book.enter(job(name, f"sscc-{name}"))
    journal.record(job("sent", "sscc-sent"), JobState.SENT, "")
    journal.record(job("done", "sscc-done"), JobState.PRINTED, "")
    journal.record(job("asked", "sscc-asked"), JobState.UNCERTAIN, "")
    # The program dies here, and starts again.
    group = PrintGroup(journal, listener.sinks().job, time.monotonic)
    found = {report.job_id: report.state for report in group.recover()}
    assert found == {"waiting": JobState.FAILED, "sent": JobState.UNCERTAIN, "asked": JobState.UNCERTAIN}
    assert {report.job_id: report.state for report in listener.jobs} == found
    assert journal.states("sent")[-1] is JobState.UNCERTAIN
    assert {report.job_id for report in group.reports()} == {"sent", "asked"}
    assert len(journal.rows) == 9
    group.recover()
    assert len(journal.rows) == 9
    with pytest.raises(DuplicateJob):
        group.submit(job("x", "sscc-done"))
    with pytest.raises(DuplicateJob):
        group.submit(job("done"))
    with pytest.raises(Undecided):
        group.reprint("asked", "x", "torn", "Ann")
    group.decide("sent", came_out=True, who="Ann")
    group.submit(job("waiting", "sscc-waiting"))
    assert journal.states("waiting")[-1] is JobState.FAILED, "there is no printer here"


def test_what_is_remembered_is_bounded_and_the_journal_knows_the_rest(journal, monkeypatch):
    monkeypatch.setattr(job_book, "MOST_SETTLED", 10)
    book = JobBook(journal, lambda report: None)
    for n in range(50):
        name = f"j{n}"
        book.enter(job(name, f"sscc-{n}"))
        state = JobState.UNCERTAIN if n == 3 else JobState.PRINTED
        journal.record(job(name, f"sscc-{n}"), state, "")
        book.tell(JobReport(name, state))
    assert len(book._entries) == 10
    assert len(book._bearers) == 10
    assert [report.job_id for report in book.reports()] == ["j3"]
    with pytest.raises(DuplicateJob):
        book.enter(job("j0"))
    with pytest.raises(DuplicateJob):
        book.enter(job("new", "sscc-1"))


class AnyOrder(RuleBasedStateMachine):
    """Whatever is asked in whatever order: an identity is under way at most once, and is repeated only when that is allowed."""

    fresh_journal = None

    def __init__(self):
        super().__init__()
        self.journal = self.fresh_journal()
        self.book = JobBook(self.journal, lambda report: None)
        self.under_way, self.sent, self.decided, self.n = None, 0, True, 0

    @rule(repeat=st.booleans(), restart=st.booleans())
    def ask(self, repeat, restart):
        if restart and self.under_way is None:
            self.book = JobBook(self.journal, lambda report: None)
        self.n += 1
        bearer = self.book.bearer(job("none", "sscc"))
        name = f"j{self.n}"
        asked = job(name, "sscc", reprint_of=bearer if repeat and bearer != "none" else "")
        free = self.under_way is None and (self.sent == 0 or (bool(asked.reprint_of) and self.decided))
        try:
            self.book.enter(asked)
        except ValueError:
            assert not free
        else:
            assert free
            self.under_way = asked

    @rule(state=st.sampled_from([JobState.PRINTED, JobState.FAILED, JobState.UNCERTAIN]))
    def end(self, state):
        if self.under_way is not None:
            self.journal.record(self.under_way, state, "")
            self.book.tell(JobReport(self.under_way.job_id, state))
            self.sent += state is not JobState.FAILED
            if state is not JobState.FAILED:
                self.decided = state is JobState.PRINTED
            self.under_way = None

    @rule(came_out=st.booleans())
    def decide(self, came_out):
        if self.under_way is None and not self.decided:
            self.book.decide(
                self.book.bearer(job("none", "sscc")), Verdict.CAME_OUT if came_out else Verdict.NOT_OUT, "Ann"
            )
            self.decided = True

    @invariant()
    def at_most_one_is_open(self):
        assert len([report for report in self.book.reports() if not report.state.final]) <= 1


def test_in_whatever_order_things_are_asked(journal):
    AnyOrder.fresh_journal = staticmethod(type(journal))
    run_state_machine_as_test(AnyOrder, settings=settings(max_examples=60, stateful_step_count=25))


# --- pages ---


def test_labels_and_pages_keep_apart(plug, tmp_path, listener, journal, expected_log):
    """A printer of pages is no stand-in for a label printer, whichever was there first, and the other way round."""
    expected_log.append("Office: no link")
    hub = DeviceHub(listener.sinks(), journal, policy=QUICK)
    hub.add(Role.PAPER_PRINTER, "ipp://127.0.0.1:9/ipp/print", "Office")
    hub.start()
    hub.print(Role.LABEL_PRINTER, job("label-1"))
    report = listener.final("label-1")
    assert (report.state, report.reasons, report.printer) == (JobState.FAILED, (Reason.ABSENT,), None)
    printer = plug(ZplSim(tmp_path / "labels", PrinterBuild(print_s=0.0)))
    listener.wait_ready(hub.add_printer(printer.url, "Labels"))
    hub.print(Role.LABEL_PRINTER, job("label-2"))
    assert listener.final("label-2").state is JobState.PRINTED
    hub.print(Role.PAPER_PRINTER, PrintJob("slip-1", b"%PDF-1.7", serialised=False))
    assert listener.final("slip-1").state is JobState.FAILED
    assert jobs_of(printer) == ["label-2"]
    assert hub.stop()


def test_a_printer_that_carries_no_pages_is_no_printer_of_pages(listener, journal):
    hub = DeviceHub(listener.sinks(), journal, policy=QUICK)
    with pytest.raises(ValueError, match="paper printer"):
        hub.add(Role.PAPER_PRINTER, "tcp://127.0.0.1:9100?dialect=zpl", "Office")
    assert hub.devices() == []
