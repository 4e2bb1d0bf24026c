"""Data of people who work here: all of it handed out, and erased when they have left. What they did stays, under an id without a name."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session as Db

from oms.people.models import Session, Worker, WorkerRole

if TYPE_CHECKING:
    from oms.db.work import Work

ERASED: Final = "erased"
#: Name in the export -> what is known of a person by their id.
_KNOWN: Final = {
    "roles": "SELECT to_jsonb(r) FROM worker_role r WHERE worker_id = :id ORDER BY role",
    "sign_ins": "SELECT to_jsonb(s) - 'id' FROM session s WHERE worker_id = :id ORDER BY issued_at, id",
    "acts": "SELECT to_jsonb(a) - 'chain' FROM audit a WHERE worker_id = :id OR words->>'worker' = :id ORDER BY at, id",
    "facts": "SELECT to_jsonb(o) - 'content_hash' FROM op o WHERE worker_id = :id ORDER BY received_at, op_id",
    "order_events": "SELECT to_jsonb(e) - 'xid' FROM order_event e WHERE worker_id = :id ORDER BY id",
    "notes_on_orders": "SELECT to_jsonb(n) FROM order_note n WHERE worker_id = :id ORDER BY at, id",
    "in_ranking": "SELECT to_jsonb(r) FROM report_ranked r WHERE worker_id = :id",
    "notes_on_customers": "SELECT to_jsonb(n) FROM customer_note n WHERE worker_id = :id ORDER BY at, id",
}
_LAST: Final = text(
    """
    SELECT w.id FROM worker w WHERE w.site_id = :site AND NOT w.active AND w.name <> 'erased'
       AND coalesce((SELECT max(s.issued_at) FROM session s WHERE s.worker_id = w.id), '-infinity') < :before
       AND EXISTS (SELECT 1 FROM audit a WHERE a.site_id = w.site_id AND a.what = 'worker.changed'
                      AND a.words->>'number' = w.number AND a.words->>'active' = 'false')
       AND NOT EXISTS (SELECT 1 FROM audit a WHERE a.site_id = w.site_id AND a.what = 'worker.changed' AND a.at >= :before
                      AND a.words->>'number' = w.number AND a.words->>'active' = 'false')
     ORDER BY w.id
    """
)


class StillHere(ValueError):
    """Somebody who may still sign in is not erased."""


def by_number(db: Db, site: str, number: str) -> str | None:
    """The id of the person with this number."""
    return db.scalars(select(Worker.id).where(Worker.site_id == site, Worker.number == number)).one_or_none()


def export(w: "Work", id: str) -> dict[str, Any]:
    """Everything that is known of a person; never the hash of their PIN."""
    person = w.db.scalars(text("SELECT to_jsonb(w) - 'pin_hash' FROM worker w WHERE id = :id"), {"id": id}).one()
    known = {name: list(w.db.scalars(text(query), {"id": id})) for name, query in _KNOWN.items()}
    w.audit("worker.exported", worker=id)
    return {"made_at": w.now.isoformat(), "person": person, **known}


def left_before(w: "Work", keep: timedelta) -> list[str]:
    """People of this site who left longer ago than `keep` and have a name yet."""
    return list(w.db.scalars(_LAST, {"site": w.site, "before": w.now - keep}))


def erase(w: "Work", id: str) -> None:
    """Who they were goes: name, number, badge, PIN, roles. Raises `StillHere`."""
    person = w.db.get_one(Worker, id, with_for_update=True)
    if person.active:
        raise StillHere(id)
    person.name, person.number, person.badge, person.pin_hash = ERASED, f"{ERASED}-{id}", None, None
    person.trust_n += 1
    w.db.execute(delete(WorkerRole).where(WorkerRole.worker_id == id))
    w.db.execute(text("DELETE FROM report_ranked WHERE worker_id = :id"), {"id": id})
    w.db.execute(update(Session).where(Session.worker_id == id, Session.revoked_at.is_(None)).values(revoked_at=w.now))
    w.touch("worker", id)
    w.audit("worker.erased", worker=id)
