"""One job with a printer that does anything at all: whatever it answers and whenever the link breaks, the rule is kept."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.confirmation import Ascent, PrintPolicy, Rest, state_after_crash
from devices.drivers.base import Evidence
from devices.model import JobState, PrinterStatus, PrintJob, Reason
from devices.transports.base import LinkError

POLICY = PrintPolicy(hold_s=5, listen_s=1, base_s=6, per_label_s=2, grace_s=2)
READY = PrinterStatus(True, formats=0, remaining=0)

STATUS = st.sampled_from(
    [READY, READY, READY, PrinterStatus(True), PrinterStatus(True, formats=2), PrinterStatus(None, (Reason.NO_REPLY,)),
     PrinterStatus(False, (Reason.MEDIA_EMPTY,)), PrinterStatus(False, (Reason.PARTIAL_FORMAT,)), LinkError(Reason.LOST)]
)  # fmt: skip
SENT = st.sampled_from([None, None, None, *(LinkError(Reason.LOST, sent=sent) for sent in (0, 1, 7)), OSError("ours")])
WORD = st.builds(
    Evidence, st.integers(0, 3), st.booleans(), st.none() | STATUS.filter(lambda one: isinstance(one, PrinterStatus))
)
WORD |= st.just(LinkError(Reason.LOST))


class Anything:
    """A printer whose answers are drawn; it remembers what was done to it. `told` is the most labels it ever reported for the job."""

    def __init__(self, data, level):
        self.data, self.confirm_level = data, level
        self.sends, self.told, self.left = 0, 0, 0

    def _give(self, strategy):
        drawn = self.data.draw(strategy)
        if isinstance(drawn, Exception):
            raise drawn
        return drawn

    def connect(self):
        self._give(st.sampled_from([None, None, None, LinkError(Reason.REFUSED)]))

    def disconnect(self):
        pass

    def status(self):
        return self._give(STATUS)

    def clear_partial(self):
        self._give(st.sampled_from([None, LinkError(Reason.LOST)]))

    def prepare(self, job):
        return self._give(st.sampled_from([b"x" * 20, b"x" * 20, ValueError("not ours")]))

    def send(self, wire):
        self.sends += 1
        try:
            self._give(SENT)
        except LinkError as trouble:
            self.left = trouble.sent
            raise
        except OSError:
            self.left = 1
            raise
        self.left = len(wire)

    def evidence(self, job, timeout):
        word = self._give(WORD)
        self.told = max(self.told, word.echoes)
        return word


@settings(max_examples=400)
@given(st.data(), st.integers(0, 3), st.integers(1, 2), st.booleans(), st.integers(0, 60))
def test_the_rule_is_kept_whatever_the_printer_does(data, level, copies, repeats, last):
    now, rows, reports = [0.0], [], []
    printer = Anything(data, level)

    class Journal:
        def record(self, job, state, detail):
            assert state is not JobState.SENDING or printer.sends == 0, "written down before the first byte"
            rows.append(state)

    job = PrintJob("j", b"x", copies, reprint_of="first" if repeats else "")
    ascent = Ascent(job, printer, Journal(), reports.append, lambda: now[0], POLICY)
    for turn in range(60):
        now[0] += 1.0
        if turn == last:
            ascent.abandon(Reason.STOPPED)
        if ascent.state.final:
            break
        try:
            ascent.advance()
        except LinkError as trouble:
            if not ascent.state.final:
                assert ascent.untouched, "a link lost after the first byte settles the job"
                ascent.hold((trouble.reason,))
        except OSError:
            assert ascent.state is JobState.UNCERTAIN
    else:
        # It may wait for ever only for a printer that says what it waits for.
        assert ascent.state is JobState.SENT
        ascent.abandon(Reason.STOPPED)

    assert printer.sends <= 1
    assert [row for row in rows if row.final] == [ascent.state], "one last word"
    assert rows[-1] is ascent.state is reports[-1].state
    assert (ascent.state is JobState.FAILED) == (printer.left == 0)
    if ascent.state is JobState.PRINTED:
        assert printer.told >= copies
        assert reports[-1].level == 3
    assert reports[-1].level <= max(level, 3 if ascent.state is JobState.PRINTED else level)
    if printer.sends:
        assert rows.index(JobState.SENDING) < len(rows) - 1
    for number in range(len(rows)):
        # Had the power gone after this row: never FAILED once SENDING is written, for bytes may have left.
        after = state_after_crash(rows[number])
        assert (
            after is not JobState.FAILED
            or JobState.SENDING not in rows[: number + 1]
            or rows[number] is JobState.FAILED
        )


@pytest.mark.parametrize(
    ("asked_at", "states"),
    [
        (5.0, [JobState.SENT]),
        (2.0, [JobState.FAILED]),
        (1.0, [JobState.PREFLIGHT, JobState.FAILED]),
    ],
    ids=["after it came to rest", "before, and it is at rest now", "while it still has labels"],
)
def test_a_repeat_is_sent_only_if_it_was_asked_for_after_the_printer_came_to_rest(asked_at, states):
    """Otherwise the first label may have come out between the person's look and now."""
    now, sent, found = [asked_at], [], []

    class Printer(Anything):
        def connect(self):
            pass

        def status(self):
            return READY if now[0] >= 3.0 else PrinterStatus(True, formats=1)

        def prepare(self, job):
            return b"x"

        def send(self, wire):
            sent.append(wire)

    class Journal:
        def record(self, job, state, detail):
            pass

    rest = Rest(4.0 if asked_at == 5.0 else None)
    again = PrintJob("j", b"x", reprint_of="i")
    ascent = Ascent(again, Printer(None, 3), Journal(), lambda _: None, lambda: now[0], POLICY, rest)
    for _ in states:
        now[0] += 1.0
        ascent.advance()
        found.append(ascent.state)
    assert found == states
    assert sent == ([b"x"] if states == [JobState.SENT] else [])


def test_a_label_that_nobody_knows_the_end_of_unsettles_its_printer():
    rest = Rest(1.0)
    ascent = Ascent(
        PrintJob("j", b"x"),
        Anything(None, 3),
        type("J", (), {"record": lambda *_: None})(),
        lambda _: None,
        lambda: 2.0,
        POLICY,
        rest,
    )
    ascent.state = JobState.SENT
    ascent.abandon(Reason.STOPPED)
    assert rest.since is None
    rest.saw(PrinterStatus(True, formats=1), 3.0)
    rest.saw(PrinterStatus(False, (Reason.PAUSED,)), 4.0)
    rest.saw(PrinterStatus(None), 5.0)
    assert rest.since is None
    rest.saw(READY, 6.0)
    rest.saw(READY, 7.0)
    assert rest.since == 6.0
