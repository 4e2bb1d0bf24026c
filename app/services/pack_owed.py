"""Papers that the bench owes: which go with a parcel, and what is to be done about those that have not come out. Works on the store only.

Used by `services.pack` when a parcel gets its label, and by `services.pack_errands`.
"""

from dataclasses import dataclass, field

from app.flows.pack_state import PackState
from app.services.overlay import Overlay
from app.services.pack_papers import GUEST, NOTHING_SENT, Paper, may_be_drawn, papers_of, waiting_states
from app.services.ports import OwedPaper, UnitOfWork
from sync.contract.codes import ParcelState
from sync.contract.rows import ParcelRow
from sync.contract.shipping import PaperKind

#: What the print queue writes of a job that is over, well or not known how: it is not printed again by itself.
OUT = ("printed", "uncertain")
FAILED, CALLED_OFF = "failed", "cancelled"
#: How often a printer is asked for one paper by itself; then somebody has to look, or the program to start anew.
MOST_TRIES = 5


@dataclass(slots=True)
class Debts:
    """What is to be done: `due` can be fetched now; `settled`, `failed` and `fresh` are to be written down."""

    due: list[OwedPaper] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    fresh: list[Paper] = field(default_factory=list)

    def write(self, u: UnitOfWork) -> None:
        """Brings the book up to what was found."""
        for print_job in self.settled:
            u.papers.settle(print_job)
        for print_job in self.failed:
            u.papers.put_note(print_job, "failed")
        for paper in self.fresh:
            u.papers.owe(paper.print_job(), paper.kind.value, paper.parcel, paper.order)

    @property
    def news(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.settled or self.failed or self.fresh)


def take_note(u: UnitOfWork, state: PackState) -> None:
    """The parcel has been weighed: its papers are owed from now on, whatever becomes of this program."""
    for paper in _fresh(u, state):
        u.papers.owe(paper.print_job(), paper.kind.value, paper.parcel, paper.order)


def debts(u: UnitOfWork, tried: dict[str, int]) -> Debts:
    """How everything that is owed stands; `tried` is what this program has handed to a printer, and how often."""
    found = Debts(fresh=[paper for state in waiting_states(u) for paper in _fresh(u, state)])
    for owed in u.papers.owed():
        row, fate = u.rows.get(ParcelRow, owed.parcel), u.prints.fate(owed.print_job)
        if fate in OUT or (row is not None and no_more(u, row, owed.order)) or _called_off(u, owed, fate):
            found.settled.append(owed.print_job)
        elif fate == FAILED and owed.print_job in tried and not owed.note:
            found.failed.append(owed.print_job)
        elif row is not None and may_be_drawn(row, PaperKind(owed.kind)) and _to_print(owed, fate, tried):
            found.due.append(owed)
    return found


def again(u: UnitOfWork, parcel: str) -> bool:
    """The papers of a parcel are wanted once more, those of the newest when it has none; False when there are none at all. One that has
    not been sent is only asked for anew."""
    of = parcel if u.papers.of_parcel(parcel) else u.papers.last_parcel()
    row = u.rows.get(ParcelRow, of)
    papers = [one for one in u.papers.of_parcel(of) if row is None or not no_more(u, row, one.order)]
    waits = {(one.kind, one.order): one for one in u.papers.owed() if one.parcel == of and _unsent(u, one)}
    for paper in papers:
        waiting = waits.get((paper.kind, paper.order))
        if waiting is not None:
            u.papers.put_note(waiting.print_job, "")
        else:
            u.papers.owe_again(_next_job(u, paper), paper.kind, of, paper.order)
    return bool(papers)


def no_more(u: UnitOfWork, row: ParcelRow, order: str) -> bool:
    """Whether nothing may be printed for an order in this parcel any more: it was opened again, or (`order` not empty) shares it no
    longer."""
    if row.state is ParcelState.VOID:
        return True
    return bool(order) and order not in {one for one, _ in Overlay.of(u).parcel(row).joined}


def given_up(u: UnitOfWork, print_job: str) -> str:
    """The order of a print job of this bench that may not be printed any more; empty while it may, and for jobs of others."""
    rest = print_job.rpartition(".")[0]
    kind, dot, key = rest.partition(".")
    row = u.rows.get(ParcelRow, key.partition(GUEST)[0] if dot and kind in set(PaperKind) else rest)
    if row is None:
        return ""
    order = next((one.order for one in u.papers.of_parcel(row.id) if one.print_job.rpartition(".")[0] == rest), "")
    return (order or row.order) if no_more(u, row, order) else ""


def key_of(u: UnitOfWork, owed: OwedPaper) -> str:
    """What the centre is asked for: the parcel. For another order in it the parcel that one would have had, as a channel's number may hold
    letters that no address takes; the number where no parcel is known."""
    if not owed.order:
        return owed.parcel
    return min((row.id for row in u.rows.find(ParcelRow, "order", owed.order)), default=owed.order)


def _fresh(u: UnitOfWork, state: PackState) -> list[Paper]:
    row = u.rows.get(ParcelRow, state.parcel)
    if row is None:
        return []
    known = {(one.kind, one.order) for one in u.papers.of_parcel(row.id)}
    papers = [paper for paper in papers_of(row, state) if (paper.kind.value, paper.order) not in known]
    return [paper for paper in papers if u.prints.fate(paper.print_job()) in NOTHING_SENT]


def _called_off(u: UnitOfWork, owed: OwedPaper, fate: str | None) -> bool:
    return fate == FAILED and u.prints.reason(owed.print_job) == CALLED_OFF


def _to_print(owed: OwedPaper, fate: str | None, tried: dict[str, int]) -> bool:
    """Whether it is nowhere on its way. What a program that is no more had queued has not left it."""
    times = tried.get(owed.print_job, 0)
    return fate is None or (fate == FAILED and times < MOST_TRIES) or (fate in NOTHING_SENT and not times)


def _unsent(u: UnitOfWork, owed: OwedPaper) -> bool:
    return u.prints.fate(owed.print_job) in (None, FAILED)


def _next_job(u: UnitOfWork, paper: OwedPaper) -> str:
    """Name of the next print job of a paper: one that the queue does not know."""
    name, n = paper.print_job.rpartition(".")[0], 1
    while u.prints.fate(f"{name}.{n}") is not None:
        n += 1
    return f"{name}.{n}"
