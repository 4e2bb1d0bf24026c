"""Papers that a bench owes, kept until they have come out: a bench that is switched off forgets none. Used through `store.Unit.papers`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, func, literal_column, select, update
from sqlalchemy.dialects.sqlite import insert

from app.store.tables import paper_owed

#: So many of the newest are kept, paid or not.
MOST_PAPERS = 400


@dataclass(frozen=True, slots=True)
class KeptPaper:
    """A paper of a parcel that has to come out under a print job's name. `note` is what keeps it, or empty; `order` whose
    it is of those that share the parcel, empty for the parcel's own."""

    print_job: str
    kind: str
    parcel: str
    note: str
    order: str = ""


class PaperBook:
    """Owns the table `paper_owed`."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def owe(self, print_job: str, kind: str, parcel: str, order: str = "") -> None:
        """One more paper has to come out; a print job that was owed before, paid or not, is not owed again."""
        values = {"print_job": print_job, "kind": kind, "parcel": parcel, "note": "", "settled": 0, "order_no": order}
        self._db.execute(insert(paper_owed).values(values).on_conflict_do_nothing())
        newest = select(func.max(paper_owed.c.n)).scalar_subquery()
        self._db.execute(delete(paper_owed).where(paper_owed.c.n <= newest - MOST_PAPERS))

    def owe_again(self, print_job: str, kind: str, parcel: str, order: str = "") -> None:
        """The same, also of one that was settled before anything of it came out."""
        self.owe(print_job, kind, parcel, order)
        self._db.execute(update(paper_owed).where(paper_owed.c.print_job == print_job).values(settled=0, note=""))

    def owed(self) -> Sequence[KeptPaper]:
        """Those that nobody has settled, oldest first."""
        asked = select(paper_owed).where(literal_column("settled = 0")).order_by(paper_owed.c.n)
        return [_kept(row) for row in self._db.execute(asked)]

    def note(self, print_job: str) -> str:
        """What kept a paper when it was tried last; empty when nothing did, or nobody ever wanted it."""
        asked = select(paper_owed.c.note).where(paper_owed.c.print_job == print_job)
        return self._db.execute(asked).scalar() or ""

    def put_note(self, print_job: str, note: str) -> None:
        """Something keeps a paper, or (empty) nothing does any more."""
        self._db.execute(update(paper_owed).where(paper_owed.c.print_job == print_job).values(note=note))

    def settle(self, print_job: str) -> None:
        """It has come out, or is not wanted any more."""
        self._db.execute(update(paper_owed).where(paper_owed.c.print_job == print_job).values(settled=1))

    def of_parcel(self, parcel: str) -> Sequence[KeptPaper]:
        """The papers that a parcel has or had, each by its first print job, oldest first."""
        asked = select(paper_owed).where(paper_owed.c.parcel == parcel).order_by(paper_owed.c.n)
        first: dict[tuple[str, str], KeptPaper] = {}
        for row in self._db.execute(asked):
            first.setdefault((row.kind, row.order_no), _kept(row))
        return list(first.values())

    def last_parcel(self) -> str:
        """The newest parcel with papers; empty when there is none."""
        return self._db.execute(select(paper_owed.c.parcel).order_by(paper_owed.c.n.desc()).limit(1)).scalar() or ""


def _kept(row: Row[Any]) -> KeptPaper:
    return KeptPaper(row.print_job, row.kind, row.parcel, row.note, row.order_no)
