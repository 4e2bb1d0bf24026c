"""The workbench's list, its head and the searches that people keep. Reads, but for the latter; the workbench's routes call it."""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from oms.catalog.models import Site
from oms.sales.desk_models import SavedSearch
from oms.sales.heads import heads
from oms.sales.search_words import OPEN_STATES, Typed, read
from oms.sales.searching import Hits, search
from sync.contract.workbench import OrderFound, SavedFilter, StateCount

if TYPE_CHECKING:
    from oms.db.work import Work

#: Nobody counts further; there are never so many open orders of one kind.
_COUNTED: Final = 10_000
_MOST_KEPT, _MOST_NAME, _MOST_TEXT = 100, 60, 300


def today() -> date:
    """The day (UTC) by which an order is late."""
    return datetime.now(UTC).date()


def found(db: Session, typed: str, after: str, limit: int) -> tuple[Typed, Hits, list[OrderFound]]:
    """A page of what was meant, as it is shown."""
    day = today()
    meant = read(typed.replace("\0", ""), day)
    hits = search(db, meant, today=day, after=after.replace("\0", ""), limit=limit)
    return meant, hits, heads(db, hits.numbers, day)


_OF_STATE: Final = text(
    "SELECT count(*) FROM (SELECT FROM customer_order WHERE state = :state ORDER BY placed_at LIMIT :most) AS few"
)
_HELD: Final = text(
    "SELECT count(*) FROM (SELECT DISTINCT order_no FROM order_hold WHERE released_at IS NULL LIMIT :most) AS few"
)
_LATE: Final = text(
    "SELECT count(*) FROM (SELECT FROM customer_order WHERE state NOT IN ('shipped', 'returned', 'cancelled') "
    "AND promised IS NOT NULL AND promised < :today LIMIT :most) AS few"
)
#: Each next channel by one look into the index: there are few, and a million orders.
_CHANNELS: Final = text(
    "WITH RECURSIVE c AS ((SELECT channel FROM customer_order WHERE reference IS NOT NULL ORDER BY channel LIMIT 1) UNION ALL "
    "SELECT (SELECT channel FROM customer_order o WHERE o.channel > c.channel AND reference IS NOT NULL ORDER BY channel LIMIT 1) "
    "FROM c WHERE c.channel IS NOT NULL) SELECT channel FROM c WHERE channel IS NOT NULL LIMIT 100"
)


def counts(db: Session) -> list[StateCount]:
    """How many open orders are in each state, how many are kept back, and how many are late."""
    made = [
        _count(db, state.value, f"state:{state.value}", _OF_STATE, state=state.value) for state in sorted(OPEN_STATES)
    ]
    return [*made, _count(db, "on_hold", "held", _HELD), _count(db, "late", "late", _LATE, today=today())]


def _count(db: Session, name: str, query: str, sql: object, **words: object) -> StateCount:
    many = db.scalar(sql, {**words, "most": _COUNTED + 1}) or 0  # type: ignore[call-overload]
    return StateCount(name=name, count=min(many, _COUNTED), query=query, more_than=many > _COUNTED)


def channels(db: Session) -> list[str]:
    """Channels that orders came from."""
    return [one for one in db.scalars(_CHANNELS) if one]


def sites(db: Session) -> list[str]:
    """Sites that may send something."""
    return list(db.scalars(select(Site.id).order_by(Site.id)))


def kept(db: Session, owner: str) -> list[SavedFilter]:
    """The searches a person keeps, by name."""
    mine = select(SavedSearch).where(SavedSearch.owner == owner).order_by(SavedSearch.name)
    return [SavedFilter(name=one.name, text=one.text) for one in db.scalars(mine.limit(_MOST_KEPT))]


def keep(w: "Work", name: str, typed: str) -> None:
    """Keeps a search under a name, or forgets it when the text is empty."""
    owner, name = owner_of(w.actor.worker, w.actor.source), name.strip()[:_MOST_NAME]
    if not name:
        return
    w.db.execute(delete(SavedSearch).where(SavedSearch.owner == owner, SavedSearch.name == name))
    if typed.strip() and len(kept(w.db, owner)) < _MOST_KEPT:
        w.db.execute(
            insert(SavedSearch).values(owner=owner, name=name, text=typed.strip()[:_MOST_TEXT]).on_conflict_do_nothing()
        )
    w.audit("search.kept" if typed.strip() else "search.forgotten", name=name)


def owner_of(worker: str | None, source: str) -> str:
    """Whose searches they are: a person's, or a program's."""
    return worker or source
