"""People's own figures beside those of others. Nobody is compared who did not say that they want to be."""

from typing import TYPE_CHECKING

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from oms.people.models import Worker
from oms.reports import floor
from oms.reports.asking import Asked
from oms.reports.floor import Picked
from oms.reports.models import Ranked
from sync.contract.reports import PersonRow

if TYPE_CHECKING:
    from oms.db.work import Work


def show(w: "Work", worker: str, *, shown: bool) -> None:
    """Whether they want to be seen in the ranking from now on."""
    if shown:
        w.db.execute(insert(Ranked).values(worker_id=worker, since=w.now).on_conflict_do_nothing())
    else:
        w.db.execute(delete(Ranked).where(Ranked.worker_id == worker))
    w.audit("report.ranked", worker=worker, shown=shown)


def is_shown(db: Session, worker: str) -> bool:
    """Whether they are in the ranking."""
    return db.get(Ranked, worker) is not None


def ranking(db: Session, what: Asked, me: str = "") -> list[PersonRow]:
    """Those who want to be seen and picked in the period, the most picks per hour first."""
    wanted = select(Worker.id, Worker.name).join(Ranked, Ranked.worker_id == Worker.id).where(Worker.active)
    names = {row.id: row.name for row in db.execute(wanted)}
    if not names:
        return []
    found: dict[str, Picked] = {}
    for (_, worker), one in floor.picked(db, what).items():
        if worker in names:
            found[worker] = found.get(worker, Picked()) + one
    rows = [
        PersonRow(
            name=names[worker], pieces=one.pieces, picks_per_hour=one.per_hour, accuracy=one.accuracy, mine=worker == me
        )
        for worker, one in found.items()
    ]
    return sorted(rows, key=lambda row: (-(row.picks_per_hour or 0), row.name))
