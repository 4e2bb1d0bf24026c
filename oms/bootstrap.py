"""The composition root of the OMS: engine, units of work, site and server identity. Server, command line and tests build from here."""

import uuid
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from sqlalchemy import URL, Engine, inspect, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, sessionmaker

from oms.catalog.models import Site
from oms.db import schema
from oms.db.engine import POOL_SIZE, let_go, make_engine, make_sessions
from oms.db.work import Actor, Works
from oms.feed.models import Meta
from oms.feed.rows import build
from oms.inventory.actions import move
from oms.metrics import Metrics
from oms.server_tls import private_key
from oms.settings import DEFAULT_SITE


@dataclass(slots=True)
class Serving:
    """The pin of the TLS key that serves now (64 hex digits; empty where nobody serves), and where that key is. The server changes them
    while it runs."""

    spki: str = ""
    key: Path | None = None


@dataclass(frozen=True, slots=True)
class Oms:
    """An open OMS: its database and the way to write to it. `cluster_id` names it for ever, `site` is the one site of this server."""

    engine: Engine
    sessions: sessionmaker[Session]
    works: Works
    metrics: Metrics
    cluster_id: str
    site: str
    serving: Serving

    @property
    def spki(self) -> str:
        """The pin of the TLS key that serves now."""
        return self.serving.spki

    def epoch(self) -> int:
        """The time line this server lives in now; grows when it was restored from a backup. Asks the database."""
        with self.sessions() as db:
            return db.scalars(select(Meta.epoch)).one()

    def signing_key(self) -> EllipticCurvePrivateKey | None:
        """The key that serves now, to sign papers with; None where nobody serves by TLS. Reads the disk."""
        return private_key(self.serving.key) if self.serving.key is not None else None

    def close(self) -> None:
        """Gives the connections back."""
        let_go(self.engine)


def open_oms(
    url: URL, *, pool_size: int = POOL_SIZE, site: str = DEFAULT_SITE, spki: str = "", key: Path | None = None
) -> Oms:
    """Connects, brings the schema up to date, and makes identity and site at the first start."""
    engine = make_engine(url, pool_size)
    schema.upgrade(engine)
    sessions = make_sessions(engine)
    works = Works(sessions, build, move)
    cluster_id = _identity(sessions)
    _ensure_site(sessions, works, site)
    return Oms(engine, sessions, works, Metrics(engine), cluster_id, site, Serving(spki, key))


def _identity(sessions: sessionmaker[Session]) -> str:
    fresh = {"id": 1, "cluster_id": uuid.uuid4().hex}
    rest = {"epoch": 1, "epoch_confirmed": True, "backup_covered_ver": 0, "min_push_schema": 1, "min_pull_schema": 1}
    with sessions.begin() as db:
        db.execute(insert(Meta).values(**fresh, **rest).on_conflict_do_nothing())
        return db.scalars(select(Meta.cluster_id)).one()


def _ensure_site(sessions: sessionmaker[Session], works: Works, site: str) -> None:
    with sessions() as db:
        if db.get(Site, site):
            return
    with works.work(site, Actor("server")) as w:
        made = Site(id=site, name=site)
        fresh = insert(Site).values({one.key: getattr(made, one.key) for one in inspect(Site).column_attrs})
        w.db.execute(fresh.on_conflict_do_nothing())
        w.touch("site", site)
        w.audit("site.created", site=site)
