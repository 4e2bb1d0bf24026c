"""Fetches carriers' labels and papers and hands them to the printers, while the packer goes on. Runs on a thread of its own
(`app.wiring.errands`); everything it needs to know again after a crash is in the store.

A label is bought by the centre, once. Here it is fetched as often as need be and printed once for each print job: what the print queue's
journal knows of is never sent again by itself.
"""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass

from app.core.messages import Code, say
from app.core.storage import StorageTrouble
from app.core.views import PackStep
from app.flows.pack_state import PRINTING, PackState
from app.services import pack_owed
from app.services.api import LabelReport
from app.services.pack_papers import KIND, NOTHING_SENT, RESTARTED, carriers, waiting_states
from app.services.pack_ports import CarrierBytes, Hears, SheetPrinting, ShippingDesk
from app.services.ports import CentreAway, CentreRefused, NoPrinter, OwedPaper, Store, UnitOfWork
from sync.contract.codes import ErrorCode, ParcelState
from sync.contract.rows import ParcelRow
from sync.contract.shipping import CarrierLabel, LabelReply

_log = logging.getLogger(__name__)

FETCH_S = 5.0
#: More than any label or paper has.
MOST_BYTES = 2_000_000
AGAIN_S, AGAIN_MOST_S = 1.0, 30.0
#: A reason keyword the floor knows: see `app.wiring.faults`.
_UNUSABLE = "other"


@dataclass(frozen=True, slots=True)
class DueLabel:
    """A label that is at the centre and not at the printer."""

    print_job: str
    earlier: tuple[str, ...]
    row: ParcelRow
    on_bench: bool

    @property
    def meaning(self) -> str:
        """What people call it: the number tells two labels of one parcel apart."""
        return f"{self.row.order} {self.row.tracking}"


class PackErrands:
    """Owns which print jobs it has handed to the queue; what is owed is in the store. `run` is of one thread, the rest of any."""

    def __init__(
        self, store: Store, desk: ShippingDesk, printing: SheetPrinting, hears: Hears, ring: Callable[[], None]
    ) -> None:
        """`ring` has `run` called soon."""
        self._store, self._desk, self._printing, self._hears, self._ring = store, desk, printing, hears, ring
        self._asked: set[str] = set()
        self._tried: dict[str, int] = {}
        self._failures = 0

    # --- the bench, any thread: see `pack_ports.Later` ---

    def wake(self) -> None:
        """See the port."""
        self._ring()

    def once_more(self, print_job: str) -> None:
        """See the port."""
        self._asked.discard(print_job)
        self._ring()

    def again(self, parcel: str) -> bool:
        """See the port."""
        try:
            with self._store.unit() as u:
                found = pack_owed.again(u, parcel)
        except StorageTrouble:
            return False
        self._ring()
        return found

    # --- the errands ---

    def run(self) -> float | None:
        """Does all that can be done now; seconds until it is worth trying again, None when nothing is left to try."""
        try:
            self._call_back()
            with self._store.look() as u:
                labels = self._labels(u)
                papers = pack_owed.debts(u, self._tried)
            if papers.news:
                with self._store.unit() as u:
                    papers.write(u)
                for print_job in papers.settled:
                    self._tried.pop(print_job, None)
                self._hears.changed()
            done = [self._bring(label) for label in labels] + [self._draw(paper) for paper in self._due(papers)]
        except StorageTrouble:
            return AGAIN_MOST_S
        except CentreAway:
            # Each question waits its time out: the others would wait theirs for nothing.
            done = [False]
        if all(done):
            self._failures = 0
            return AGAIN_MOST_S if papers.failed else None
        self._failures += 1
        return float(min(AGAIN_MOST_S, AGAIN_S * 2 ** min(self._failures - 1, 10)))

    def _due(self, papers: pack_owed.Debts) -> list[OwedPaper]:
        """What may be asked for now, with what was found to be owed in this very round."""
        if not papers.fresh:
            return papers.due
        with self._store.look() as u:
            return pack_owed.debts(u, self._tried).due

    def _call_back(self) -> None:
        """Nothing is printed for a parcel that is no more: what has not left the queue stays there."""
        waiting = self._printing.unsent()
        if not waiting:
            return
        with self._store.look() as u:
            orders = {job: pack_owed.given_up(u, job) for job in waiting}
        void = {job: order for job, order in orders.items() if order}
        for order in dict.fromkeys(order for job, order in void.items() if self._printing.call_back(job)):
            self._hears.notice(say(Code.LABEL_CALLED_BACK, order=order))

    # --- labels ---

    def _labels(self, u: UnitOfWork) -> list[DueLabel]:
        active = u.flows.active(KIND)
        found = []
        for state in waiting_states(u):
            row = u.rows.get(ParcelRow, state.parcel)
            if row is None or not carriers(row) or row.label is not CarrierLabel.READY:
                continue
            if row.state is ParcelState.VOID or not self._unsent(u, state):
                continue
            earlier = tuple(f"{state.parcel}.{n}" for n in range(state.prints - 1, 0, -1))
            found.append(DueLabel(state.print_job, earlier, row, active is not None and active.job == state.job))
        return found

    def _unsent(self, u: UnitOfWork, state: PackState) -> bool:
        if state.step is not PackStep.LABEL or state.label != PRINTING:
            return False
        fate = u.prints.fate(state.print_job)
        if fate == "failed" and u.prints.reason(state.print_job) != RESTARTED:
            return False
        return fate is None or (fate in (*NOTHING_SENT, "failed") and state.print_job not in self._asked)

    def _bring(self, due: DueLabel) -> bool:
        """True unless it should be tried again later. Raises `CentreAway`."""
        try:
            if not any(self._same(due, first) for first in due.earlier):
                label = self._fetched(due)
                if label is None:
                    return False
                # While it was on its way the packer may have asked for something else.
                with self._store.look() as u:
                    wanted = any(one.print_job == due.print_job for one in self._labels(u))
                if not wanted:
                    return True
                self._asked.add(due.print_job)
                self._printing.print_carrier(due.print_job, label)
        except NoPrinter as no:
            self._asked.add(due.print_job)
            self._hears.label(LabelReport(due.print_job, "failed", 0, reason=str(no)))
        except StorageTrouble:
            return False
        if not due.on_bench:
            self._hears.notice(say(Code.LABEL_HAS_COME, order=due.row.order))
        self._hears.changed()
        return True

    def _same(self, due: DueLabel, first: str) -> bool:
        if not self._printing.print_same(due.print_job, first, due.meaning):
            return False
        self._asked.add(due.print_job)
        return True

    def _fetched(self, due: DueLabel) -> CarrierBytes | None:
        """The label; None while there is none. Raises `NoPrinter` for one that is of no use, and `CentreAway`."""
        try:
            reply = self._desk.label(due.row.id, FETCH_S)
        except CentreRefused:
            return None
        if reply.state is not CarrierLabel.READY or reply.tracking != due.row.tracking:
            # It was given back meanwhile; the row that says so is on its way.
            return None
        if not _sound(reply, due.row.id) or reply.format is None:
            _log.info("the label of %s that came is not the one that was bought", due.row.id)
            raise NoPrinter(_UNUSABLE)
        return CarrierBytes(reply.body, reply.format, due.meaning)

    # --- papers ---

    def _draw(self, owed: OwedPaper) -> bool:
        """True unless it should be tried again later. A paper never stops a parcel: what cannot be is a note. Raises `CentreAway`."""
        trouble, over = "", False
        try:
            if not self._printing.has_paper_printer():
                trouble, over = "no_printer", self._has_left(owed.parcel)
            else:
                with self._store.look() as u:
                    key = pack_owed.key_of(u, owed)
                pdf = self._desk.paper(owed.kind, key, FETCH_S)
                if not (pdf.startswith(b"%PDF-") and len(pdf) <= MOST_BYTES):
                    raise NoPrinter(_UNUSABLE)
                self._tried[owed.print_job] = self._tried.get(owed.print_job, 0) + 1
                self._printing.print_paper(owed.print_job, pdf, owed.kind)
        except CentreRefused as no:
            if no.code is not ErrorCode.NOT_FOUND:
                return False
            trouble, over = "failed", True
        except NoPrinter:
            trouble, over = "failed", True
        self._note(owed, trouble, over)
        return True

    def _has_left(self, parcel: str) -> bool:
        with self._store.look() as u:
            return all(state.parcel != parcel for state in waiting_states(u))

    def _note(self, owed: OwedPaper, trouble: str, over: bool) -> None:
        """Writes down what keeps a paper, and whether it is given up."""
        if trouble == owed.note and not over:
            return
        with self._store.unit() as u:
            u.papers.put_note(owed.print_job, trouble)
            if over:
                u.papers.settle(owed.print_job)
        self._hears.changed()


def _sound(reply: LabelReply, parcel: str) -> bool:
    """Whether these are the bytes that were bought."""
    if reply.parcel != parcel or not 0 < len(reply.body) <= MOST_BYTES:
        return False
    return hashlib.sha256(reply.body).hexdigest() == reply.sha256
