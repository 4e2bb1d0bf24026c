"""The unit of work: the only way anything that devices see is written.

It collects what was touched, draws the site's next feed version, writes the new rows of everything touched under that version, then
the audit rows, and commits. The version is its last lock: acts are linked behind the commit (ADR 0026). An exception rolls all of it
back and gives the version back.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

import msgspec
from psycopg.errors import DeadlockDetected, SerializationFailure
from sqlalchemy import insert, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from oms.catalog.models import Site
from oms.db.bulk import insert_rows
from oms.feed.models import Change
from oms.people.models import Audit
from sync.contract.rows import Row

T = TypeVar("T")
_ATTEMPTS = 4
#: The triggers of `oms.db.triggers` let writes to synced tables through only in a transaction that says so.
_BEGIN = text("SELECT set_config('floorhand.work', 'on', true), clock_timestamp()")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it: a device and the person signed in on it, or a program. `source` is a word such as `sync`, `import` or `cli`."""

    source: str
    device: str | None = None
    worker: str | None = None


class RowBuilder(Protocol):
    """Makes contract rows from what is in the database now (`oms.feed.rows`)."""

    def __call__(self, db: Session, site: str, entity: str, ids: list[str]) -> dict[str, Row]:
        """The rows of those of `ids` that exist; what is missing is sent as deleted."""


class Mover(Protocol):
    """Writes one movement to the ledger and the two balances (`oms.inventory.actions.move`)."""

    def __call__(
        self,
        w: "Work",
        source_id: str,
        line: int,
        sku: str,
        lot: str,
        from_: str,
        to: str,
        qty: int,
        item: str | None = None,
    ) -> None: ...


class Work:
    """One transaction on one site. `db` is its session, `now` the database's clock at its start, `ver` the feed version once it is
    committed (0 when nothing was touched)."""

    def __init__(self, db: Session, site: str, actor: Actor, now: datetime, mover: Mover) -> None:
        self.db = db
        self.site = site
        self.actor = actor
        self.now = now
        self.ver = 0
        self._mover = mover
        self._beside: dict[str, Work] = {}
        self._touched: set[tuple[str, str]] = set()
        self._at_version: list[Callable[[Session, int], None]] = []
        self._acts: list[dict[str, Any]] = []

    def beside(self, site: str) -> "Work":
        """The same transaction on another site: what is touched in it goes into that site's feed, in the same commit."""
        if site == self.site:
            return self
        if site not in self._beside:
            # One family, whoever of it is asked.
            other = Work(self.db, site, self.actor, self.now, self._mover)
            other._beside = self._beside
            self._beside.setdefault(self.site, self)
            self._beside[site] = other
        return self._beside[site]

    def touch(self, entity: str, id: str) -> None:
        """Notes that the row of `entity` (a key of `sync.contract.rows.ENTITIES`) with `id` is new, changed or gone."""
        self._touched.add((entity, id))

    def move(
        self, source_id: str, line: int, sku: str, lot: str, from_: str, to: str, qty: int, item: str | None = None
    ) -> None:
        """Moves `qty` > 0 units between two accounts of the ledger. `(source_id, line)` names the movement, once for ever; `item` is
        the work item it was done for."""
        self._mover(self, source_id, line, sku, lot, from_, to, qty, item)

    def audit(self, what: str, **words: str | int | bool | None) -> None:
        """Records an act with its words when this is committed. Never pass a secret."""
        self._acts.append(
            {
                "site_id": self.site,
                "at": self.now,
                "what": what,
                "source": self.actor.source,
                "worker_id": self.actor.worker,
                "device": self.actor.device,
                "words": dict(words),
            }
        )

    def at_version(self, write: Callable[[Session, int], None]) -> None:
        """Calls `write(db, ver)` in this transaction once the version is known, for rows that carry it. Draws a version if need be."""
        self._at_version.append(write)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part that can fail alone: after an exception in it nothing of it remains, what was touched, read and locked in it included."""
        before = [(one, set(one._touched), list(one._at_version), list(one._acts)) for one in self._family()]
        try:
            with self.db.begin_nested():
                yield
        except BaseException:
            for one in self._family():
                one._touched, one._at_version, one._acts = set(), [], []
            for one, touched, at_version, acts in before:
                one._touched, one._at_version, one._acts = touched, at_version, acts
            # What was read may have been written in it, and what is remembered of the transaction may be a lock that is gone.
            self.db.expire_all()
            self.db.info.clear()
            raise

    def finish(self, build: RowBuilder) -> list["Work"]:
        """Writes the feed under the next version, and the audit rows. Sites in order of id; those whose feed has grown are returned."""
        self.db.flush()
        family = self._family()
        for one in family:
            if one._touched or one._at_version:
                one._write_feed(build)
        acts = [act for one in family for act in one._acts]
        if acts:
            self.db.flush()
            self.db.execute(insert(Audit.__table__), acts)  # type: ignore[arg-type]
        return [one for one in family if one.ver]

    def _family(self) -> list["Work"]:
        return [self._beside[site] for site in sorted(self._beside)] or [self]

    def _write_feed(self, build: RowBuilder) -> None:
        """Rows are built after the counter is locked and from fresh reads: only then no other transaction can have changed a part of
        them unseen."""
        counter = update(Site).where(Site.id == self.site).values(ver=Site.ver + 1).returning(Site.ver)
        self.ver = self.db.execute(counter.execution_options(synchronize_session=False)).scalar_one()
        self.db.expire_all()
        changes = [
            change for entity in sorted({e for e, _ in self._touched}) for change in self._changes(entity, build)
        ]
        insert_rows(self.db, Change, changes, replace=("ver", "body"))
        for write in self._at_version:
            write(self.db, self.ver)

    def _changes(self, entity: str, build: RowBuilder) -> list[dict[str, Any]]:
        ids = sorted(i for e, i in self._touched if e == entity)
        rows = build(self.db, self.site, entity, ids)
        return [
            {
                "site_id": self.site,
                "ent": entity,
                "ent_id": id,
                "ver": self.ver,
                "body": msgspec.json.encode(rows[id]).decode() if id in rows else None,
            }
            for id in ids
        ]


class Works:
    """Opens units of work. `on_commit` is called with (site, version) after each commit that changed the feed."""

    def __init__(self, sessions: sessionmaker[Session], build: RowBuilder, mover: Mover) -> None:
        self._sessions = sessions
        self._build = build
        self._mover = mover
        self.on_commit: Callable[[str, int], None] = _nobody

    @contextmanager
    def work(self, site: str, actor: Actor) -> Iterator[Work]:
        """One transaction: commits when the block ends, rolls everything back when it raises."""
        with self._sessions() as db, db.begin():
            now = db.execute(_BEGIN).one()[1]
            w = Work(db, site, actor, now, self._mover)
            yield w
            grown = w.finish(self._build)
        for one in grown:
            self.on_commit(one.site, one.ver)

    def run(self, site: str, actor: Actor, act: Callable[[Work], T]) -> T:
        """`act` in one unit of work, again when the database broke a deadlock at its cost; so `act` must have no other effect."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with self.work(site, actor) as w:
                    return act(w)
            except DBAPIError as error:
                if attempt == _ATTEMPTS or not isinstance(error.orig, DeadlockDetected | SerializationFailure):
                    raise
        raise AssertionError("unreachable")


def _nobody(site: str, ver: int) -> None:
    """Nobody listens yet."""
