"""The label of a parcel at the bench, seen from the print queue: handed over, reported on, settled after a restart. The part of
`services.pack` for these."""

from app.core.storage import StorageTrouble
from app.core.views import PackStep
from app.flows import pack_events as events
from app.flows.pack_state import PRINTING, PackState
from app.services import pack_open, pack_papers
from app.services.api import LabelReport
from app.services.pack_acts import Answer, PackActs
from app.services.pack_papers import KIND, NOTHING_SENT, RESTARTED, VERSION
from app.services.ports import NoPrinter, PrintRequest, UnitOfWork
from app.services.states import decode
from sync.contract.codes import ParcelState
from sync.contract.rows import ParcelRow

#: Rung of evidence of the printer's own word (its journal does not keep it beside the state).
PRINTED_LEVEL = 3


class PackLabels(PackActs):
    """Owns which print jobs were asked for since the start, and which of them by themselves a second time."""

    _asked: set[str]
    _again: set[str]

    def label_report(self, report: LabelReport) -> Answer:
        """See `api.Pack`. Counts for whichever tote the label belongs to, on the bench or put down."""
        if (report.state, report.reason) == ("failed", RESTARTED) and (answer := self._unsent(report.print_job)):
            return answer
        told = events.LabelTold(report.print_job, report.state, report.level, report.printer, report.reason)
        return self._do(lambda u, state: told, job_of=lambda u: self._printing(u, report.print_job))

    def _unsent(self, print_job: str) -> Answer | None:
        """A label that the queue gave up because its program or its printer was switched off, before anything was sent: it is printed
        after all, once by itself. None when it is not that."""
        try:
            with self._store.look() as u:
                state = self._printing(u, print_job)
                row = u.rows.get(ParcelRow, state.parcel) if state else None
                void = row is not None and row.state is ParcelState.VOID
                stale = u.prints.fate(print_job) != "failed"
                own = not pack_papers.carriers(row)
                label = pack_open.print_request(u, state) if state else None
        except StorageTrouble:
            return None
        if label is None or stale or state is None or state.label != PRINTING or void:
            return self._read(self._standing)
        if print_job in self._again:
            return None
        self._again.add(print_job)
        if own:
            return self._printed([label]) or self._read(self._standing)
        if self._bench.later is not None:
            self._bench.later.once_more(print_job)
        return self._read(self._standing)

    def _printed(self, labels: list[PrintRequest]) -> Answer | None:
        """Hands labels to the printer; an answer only when that failed on the spot."""
        for label in labels:
            self._asked.add(label.print_job)
            try:
                self._bench.printing.print(label)
            except NoPrinter as no:
                return self.label_report(LabelReport(label.print_job, "failed", 0, reason=str(no)))
        return None

    def _printing(self, u: UnitOfWork, print_job: str) -> PackState | None:
        """The state, on the bench or put down, whose newest print job this is."""
        states = [decode(kept, PackState, VERSION) for kept in u.flows.unfinished(KIND)]
        return next((state for state in states if state and state.print_job == print_job), None)

    # --- after a restart ---

    def _settled(self) -> Answer | None:
        """Settles the label on the bench if it needs that."""
        told = self._orphan()
        return self._do(lambda u, state: told) if told else None

    def _orphan(self) -> events.LabelTold | None:
        """What must be said of a label that was asked for before this start and whose end nobody here has seen.

        Where the print queue's own journal has no byte sent, the label is simply printed now. Anything less certain is unsure: a
        label is never printed twice by itself.
        """
        try:
            with self._store.look() as u:
                state = self._active(u)
                if state is None or state.step is not PackStep.LABEL or state.label != PRINTING:
                    return None
                if state.print_job in self._asked:
                    return None
                if pack_papers.label_missing(u, state):
                    return None
                own = not pack_papers.carriers(u.rows.get(ParcelRow, state.parcel))
                fate, label = u.prints.fate(state.print_job), pack_open.print_request(u, state)
                why = u.prints.reason(state.print_job)
        except StorageTrouble:
            return None
        self._asked.add(label.print_job)
        if fate == "printed":
            return events.LabelTold(label.print_job, "printed", PRINTED_LEVEL)
        if fate == "failed" and why != RESTARTED:
            return events.LabelTold(label.print_job, "failed", 0, reason=why or RESTARTED)
        if fate not in (*NOTHING_SENT, "failed"):
            return events.LabelTold(label.print_job, "unsure", 0, reason=RESTARTED)
        if not own:
            return None
        try:
            self._bench.printing.print(label)
        except NoPrinter as no:
            return events.LabelTold(label.print_job, "failed", 0, reason=str(no))
        return None
