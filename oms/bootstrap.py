"""The composition root of the OMS: engine, units of work, site and server identity. The server, the command line and tests build from here."""

import uuid
from dataclasses import dataclass

from sqlalchemy import URL, Engine, select, text
from sqlalchemy.orm import Session, sessionmaker

from oms.catalog.models import Site
from oms.db import schema
from oms.db.engine import POOL_SIZE, make_engine, make_sessions
from oms.db.work import Actor, Works
from oms.feed.models import Meta
from oms.feed.rows import build
from oms.inventory.actions import move
from oms.settings import DEFAULT_SITE


@dataclass(frozen=True, slots=True)
class Oms:
    """An open OMS: its database and the way to write to it. `cluster_id` names it for ever, `site` is the one site of this server."""

    engine: Engine
    sessions: sessionmaker[Session]
    works: Works
    cluster_id: str
    site: str

    def epoch(self) -> int:
        """The time line this server lives in now; grows when it was restored from a backup."""
        with self.sessions() as db:
            return db.scalars(select(Meta.epoch)).one()

    def close(self) -> None:
        """Gives the connections back."""
        self.engine.dispose()


def open_oms(url: URL, *, pool_size: int = POOL_SIZE, site: str = DEFAULT_SITE) -> Oms:
    """Connects, brings the schema up to date, and makes identity and site at the first start."""
    engine = make_engine(url, pool_size)
    schema.upgrade(engine)
    sessions = make_sessions(engine)
    works = Works(sessions, build, move)
    return Oms(engine, sessions, works, _identity(sessions), _site(sessions, works, site))


def _identity(sessions: sessionmaker[Session]) -> str:
    with sessions.begin() as db:
        db.execute(
            text(
                "INSERT INTO meta (id, cluster_id, epoch, epoch_confirmed, backup_covered_ver, min_push_schema, min_pull_schema)"
                " VALUES (1, :cluster, 1, true, 0, 1, 1) ON CONFLICT DO NOTHING"
            ),
            {"cluster": uuid.uuid4().hex},
        )
        return db.scalars(select(Meta.cluster_id)).one()


def _site(sessions: sessionmaker[Session], works: Works, site: str) -> str:
    with sessions() as db:
        if db.get(Site, site):
            return site
    with works.work(site, Actor("server")) as w:
        w.db.add(Site(id=site, name=site))
        w.touch("site", site)
        w.audit("site.created", site=site)
    return site
