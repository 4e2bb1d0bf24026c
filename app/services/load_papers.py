"""The lists that go with what leaves the dock: content of a pallet, a carrier's list, what a driver took. Printed once when something is
closed, and again when somebody says why; what is owed is in the store. Used by `services.load` and `services.manifests`; `run` is called on
the thread of errands (`app.wiring.errands`)."""

import threading
from collections.abc import Callable
from enum import StrEnum
from typing import Final

from msgspec import Struct

from app.core.messages import Code, Message, say
from app.core.storage import StorageTrouble
from app.core.views_load import ListState
from app.services.load_ports import Again, Asked, ListPrinting, Papers
from app.services.pack_papers import NOTHING_SENT, settled
from app.services.ports import CentreAway, CentreRefused, NoPrinter, Store, UnitOfWork
from app.services.states import decode, encode
from sync.contract.codes import ErrorCode

KIND: Final = "dock_list"
VERSION: Final = 1
PAPER_S: Final = 15.0
#: Seconds until it is tried again: while the centre lacks what was done here, and while centre or printer are away.
SOON_S, LATER_S = 1.0, 5.0
#: More than any list has.
_MOST_BYTES: Final = 4_000_000
#: Facts that change what stands on a list.
_ABOUT = {
    "pallet-list": ("pallet.open", "pallet.put", "pallet.take", "pallet.close"),
    "hand-over": ("load.scan", "load.take", "load.hand_over"),
    "manifest": (),
}
#: Who wants it then says why.
_PRINTED_ONCE = (ListState.PRINTED, ListState.UNSURE)
_FATES = {"printed": ListState.PRINTED, "uncertain": ListState.UNSURE, "failed": ListState.OWED}


class ListKind(StrEnum):
    """The name of a list in `GET /v1/documents`."""

    PALLET = "pallet-list"
    MANIFEST = "manifest"
    HAND_OVER = "hand-over"


class Owed(Struct, frozen=True):
    """The n-th printing of a list, as it is kept; `why` and `by` of one that is printed again."""

    kind: ListKind
    key: str
    n: int = 1
    why: str = ""
    by: str = ""

    def print_job(self, n: int = 0) -> str:
        """Its print job, or that of another printing of the same list."""
        return f"{self.kind.value}.{self.key}.{n or self.n}"


class DockLists:
    """Owns what cannot be printed for good. `run` from one thread, the rest from any."""

    def __init__(
        self,
        store: Store,
        asked: Asked,
        printing: ListPrinting,
        changed: Callable[[], None],
        ring: Callable[[], None],
    ) -> None:
        """`ring` has `run` called soon, `changed` says that a list stands otherwise."""
        self._store, self._asked, self._printing = store, asked, printing
        self._changed, self._ring = changed, ring
        self._lock = threading.Lock()
        self._hopeless: set[str] = set()
        #: What went to the printer in this run of the program.
        self._sent: set[str] = set()

    # --- any thread ---

    def can_print(self) -> bool:
        """Whether lists come out of a printer here."""
        return self._printing.has_paper_printer()

    def owe(self, u: UnitOfWork, kind: ListKind, key: str, again: Again | None = None) -> None:
        """Something was closed: its list is to come out, once. Inside the unit of work that writes that down."""
        if not self.can_print():
            return
        # Who runs then waits for the end of this unit of work.
        self._ring()
        for one in _owed(u):
            if (one.kind, one.key) == (kind, key) and u.prints.fate(one.print_job()) in (*NOTHING_SENT, "failed"):
                # What was to be printed before is in this one, or is not so any more.
                u.flows.finish(one.print_job())
        why, by = (again.why, again.by) if again else ("", "")
        new = Owed(kind, key, _newest(u, kind, key) + 1, why, by)
        u.flows.keep(new.print_job(), KIND, VERSION, encode(new))
        u.flows.put_down(KIND)

    def asked(self, kind: ListKind, key: str, why: str) -> Message | None:
        """Somebody wants the list; `why` when it was printed before. None where it can only be had as a file."""
        if not self.can_print():
            return None
        with self._store.unit() as u:
            stands = self.stands(u, kind, key)
            if stands is ListState.PRINTING or (stands in _PRINTED_ONCE and not why):
                return say(Code.NOT_NOW)
            if stands is not ListState.OWED:
                person = u.people.signed_in()
                again = Again(why, person.id if person else "") if stands in _PRINTED_ONCE else None
                self.owe(u, kind, key, again)
        self._ring()
        return say(Code.PAPERS_COMING)

    def stands(self, u: UnitOfWork, kind: ListKind, key: str) -> ListState:
        """How a list stands, for the screen."""
        n = _newest(u, kind, key)
        job = Owed(kind, key, max(n, 1)).print_job()
        if n == 0:
            return ListState.NOT_PRINTED if self.can_print() else ListState.FILE
        with self._lock:
            if job in self._hopeless:
                return ListState.FAILED
        fate = self._fate(u, job)
        if fate in NOTHING_SENT:
            return ListState.OWED if u.flows.of(job) else ListState.NOT_PRINTED
        return _FATES.get(fate or "", ListState.PRINTING)

    def _fate(self, u: UnitOfWork, job: str) -> str | None:
        """What may have come out in a run of the program that has ended meanwhile is not sent again by itself."""
        with self._lock:
            watched = job in self._sent
        return settled(u.prints.fate(job), watched)

    # --- the errands ---

    def run(self) -> float | None:
        """Prints what can be printed now; seconds until it is worth trying again, None when nothing is owed."""
        try:
            waits = [self._see_to(one) for one in self._due()]
        except StorageTrouble:
            return LATER_S
        found = [wait for wait in waits if wait is not None]
        return min(found) if found else None

    def _due(self) -> list[Owed]:
        with self._store.look() as u, self._lock:
            return [one for one in _owed(u) if one.print_job() not in self._hopeless]

    def _see_to(self, one: Owed) -> float | None:
        """Seconds until this one is looked at again; None when it is done with."""
        job = one.print_job()
        with self._store.look() as u:
            fate, heard = self._fate(u, job), _heard(u, one)
        if fate in ("printed", "uncertain"):
            # Whether an uncertain one lies there, people see: they print it again, and say why.
            self._done(job)
            return None
        if fate not in (None, "failed") or not heard:
            return SOON_S
        return LATER_S if not self.can_print() else self._print(one, job)

    def _print(self, one: Owed, job: str) -> float | None:
        try:
            pdf = self._asked.paper(one.kind.value, one.key, PAPER_S)
            if not (pdf.startswith(b"%PDF-") and len(pdf) <= _MOST_BYTES):
                raise NoPrinter("other")
            with self._store.look() as u:
                # Meanwhile it may have been closed anew.
                wanted = u.flows.of(job) is not None
            if wanted:
                with self._lock:
                    self._sent.add(job)
                again = Again(one.why, one.by, one.print_job(one.n - 1)) if one.why else None
                self._printing.print_list(job, pdf, f"{one.kind.value} {one.key[-12:]}", again)
        except CentreAway:
            return LATER_S
        except CentreRefused as no:
            if no.code is not ErrorCode.NOT_FOUND:
                return LATER_S
            self._give_up(job)
            return None
        except NoPrinter:
            self._give_up(job)
            return None
        self._changed()
        return SOON_S

    def _give_up(self, job: str) -> None:
        with self._lock:
            self._hopeless.add(job)
        self._changed()

    def _done(self, job: str) -> None:
        with self._store.unit() as u:
            u.flows.finish(job)
        self._changed()


def _owed(u: UnitOfWork) -> list[Owed]:
    kept = (decode(one, Owed, VERSION) for one in u.flows.unfinished(KIND))
    return [one for one in kept if one is not None]


def _newest(u: UnitOfWork, kind: ListKind, key: str) -> int:
    """How often a list was asked for here."""
    n = 0
    while True:
        job = Owed(kind, key, n + 1).print_job()
        if u.prints.fate(job) is None and u.flows.of(job) is None and not u.flows.is_finished(job):
            return n
        n += 1


def _heard(u: UnitOfWork, one: Owed) -> bool:
    """Whether the centre, which draws the list, has everything that was done with it here."""
    of = "load" if one.kind is ListKind.HAND_OVER else "pallet"
    facts = (logged.fact for kind in _ABOUT[one.kind] for logged in u.journal.unsettled(None, kind))
    return all(getattr(fact, of, None) != one.key for fact in facts)


def fetch_paper(asked: Asked, papers: Papers, kind: str, key: str, name: str) -> Message:
    """Gets a paper from the centre and keeps it as a file; what to say."""
    try:
        return say(Code.PAPER_KEPT, name=papers.keep(name, asked.paper(kind, key, PAPER_S)))
    except (CentreAway, CentreRefused):
        return say(Code.NEEDS_CENTRE)
    except OSError:
        return say(Code.STORAGE_FULL)
