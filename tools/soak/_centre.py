"""The real OMS on a real PostgreSQL, called without a network: the feed's own functions, in place of the routes that call them.

It can be away, be set back to an earlier moment (a restore from a backup), and be made new for the next seed without a new database.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from msgspec import Struct
from psycopg.pq import TransactionStatus
from sqlalchemy import URL, event, select, text

from oms.bootstrap import Oms, open_oms
from oms.catalog.models import Site
from oms.db.base import Base
from oms.db.embedded import EmbeddedPostgres
from oms.db.engine import connect_beside, make_sessions
from oms.db.work import Actor, Work
from oms.feed import ingest, leases, opening, pull
from oms.feed.models import Change, Meta
from oms.feed.refusals import Refusal
from oms.people import trust
from oms.picking.models import WorkItem
from oms.verify import broken_invariants, findings
from sync.client.requests import Request, Response
from sync.contract import wire
from sync.contract.wire import ErrorBody
from sync.simulation.invariants import CentreSight
from sync.simulation.world import ServerDown
from tools.soak._warehouse import Warehouse

_NEW, _BACKUP = "as_new", "as_backup"
#: More than the statements of a story.
_STATEMENTS_KEPT = 2000


@contextmanager
def own_database(*, durable: bool = False) -> Iterator[URL]:
    """URL of an embedded PostgreSQL that lives as long as the block; synced to disk only if `durable`."""
    folder = Path(tempfile.mkdtemp(prefix="fh-pg-"))
    # Under root PostgreSQL runs as a system user who must get there.
    folder.chmod(0o711)
    server = EmbeddedPostgres(folder / "pg", durable=durable)
    try:
        yield server.start()
    finally:
        server.stop()
        shutil.rmtree(folder)


def libpq_words(url: URL) -> str:
    """The address of an embedded database as libpq reads it."""
    return f"host={url.query['host']} user={url.username} dbname={url.database}"


class Centre:
    """Owns an open OMS with its warehouse. Calling it with a request is what its routes would do with it."""

    def __init__(self, url: URL) -> None:
        self.oms: Oms = open_oms(url)
        self.oms.works.on_commit = self._committed
        self.house = Warehouse(self.oms).build(stock=24)
        self.down = False
        self.requests = 0
        self.refused = 0
        self.epoch = 1
        self._head = 0
        # One statement each, so nothing is begun and ended around it.
        self._looks = make_sessions(self.oms.engine.execution_options(isolation_level="AUTOCOMMIT"))
        self._mover = connect_beside(self.oms.engine)
        # Append-only tables and foreign keys do not bind who puts a whole database back. On a connection of its own: to set this throws
        # away all that is planned there.
        self._mover.execute("SET session_replication_role = replica")
        for copy in (_NEW, _BACKUP):
            self._make_copy(copy)
        self._head = self._look_up_head()

    def _make_copy(self, copy: str) -> None:
        """A second set of all tables, with functions that fill it and put it back: their statements are planned once."""
        tables = [table.name for table in Base.metadata.sorted_tables]
        filled = (f"DELETE FROM {copy}.{t}; INSERT INTO {copy}.{t} TABLE public.{t};" for t in tables)
        gone = (f"DELETE FROM public.{t};" for t in tables)
        back = (f"INSERT INTO public.{t} OVERRIDING SYSTEM VALUE TABLE {copy}.{t};" for t in tables)
        statements = [
            f"CREATE SCHEMA {copy}",
            *(f"CREATE TABLE {copy}.{t} AS TABLE public.{t}" for t in tables),
            f"CREATE FUNCTION {copy}.fill() RETURNS void LANGUAGE plpgsql AS $$ BEGIN {' '.join(filled)} END $$",
            f"CREATE FUNCTION {copy}.put_back() RETURNS void LANGUAGE plpgsql AS $$ BEGIN {' '.join([*gone, *back])} END $$",
        ]
        self._mover.execute("; ".join(statements).encode())

    def hurry(self) -> None:
        """For who plays story after story on a database that nobody ends: no connection is asked before each use whether it is still
        there, and each keeps every statement prepared."""
        engine = self.oms.engine
        engine.dispose()
        event.listen(engine, "connect", _keep_statements)
        vars(engine.dialect).update(do_ping=_is_there, do_rollback=_roll_back)

    def close(self) -> None:
        """Gives the connections back."""
        self._mover.close()
        self.oms.close()

    # --- going back in time ---

    def renew(self) -> None:
        """As it was when it was built, for the next seed."""
        self._put_back(_NEW)
        self.down, self.requests, self.refused, self.epoch = False, 0, 0, 1

    def keep(self) -> None:
        """As it is now it will be made new."""
        self._copy_to(_NEW)

    def back_up(self) -> None:
        """Keeps this moment; only the newest is kept."""
        self._copy_to(_BACKUP)

    def _copy_to(self, copy: str) -> None:
        self._mover.execute(f"SELECT {copy}.fill()".encode())

    def restore(self) -> None:
        """Back at the moment of `back_up`, on a new time line, as the operator's command does it."""
        above = self.oms.epoch()
        self._put_back(_BACKUP)
        self.epoch = self.house.act(lambda w: opening.restored(w, above))

    def _put_back(self, copy: str) -> None:
        self._mover.execute(f"SELECT {copy}.put_back()".encode())
        self._head = self._look_up_head()

    # --- the server of a `World` ---

    def __call__(self, device: str, request: Request) -> Response:
        """Answers one request as the routes do. Raises `ServerDown`."""
        if self.down:
            raise ServerDown
        self.requests += 1
        try:
            reply = self._answer(request)
        except opening.Forgotten as forgotten:
            with self.oms.sessions.begin() as db:
                opening.suspect(db, forgotten.detail)
            return self._no(forgotten)
        except Refusal as refusal:
            return self._no(refusal)
        return Response(204, b"") if reply is None else Response(200, msgspec.json.encode(reply))

    def version(self) -> int:
        """The head of the feed."""
        return self._head

    def _committed(self, _: str, ver: int) -> None:
        self._head = ver

    def _look_up_head(self) -> int:
        with self.oms.sessions() as db:
            return int(db.scalars(select(Site.ver)).one())

    def _no(self, refusal: Refusal) -> Response:
        self.refused += 1
        body = ErrorBody(
            error=refusal.code,
            detail=refusal.detail,
            epoch=refusal.epoch or self.oms.epoch(),
            last_seq=refusal.last_seq,
            chain_at_last=refusal.chain,
            retry_after_s=refusal.retry_after_s,
        )
        return Response(refusal.status, msgspec.json.encode(body), refusal.retry_after_s)

    def _answer(self, request: Request) -> Struct | None:
        match request.path:
            case "/v1/token/nonce":
                body = msgspec.json.decode(request.body, type=wire.NonceRequest)
                with self.oms.sessions.begin() as db:
                    made = trust.new_nonce(db, body.device_id)
                return wire.NonceReply(nonce=made, epoch=self.oms.epoch(), server_time="")
            case "/v1/token":
                asked = msgspec.json.decode(request.body, type=wire.TokenRequest)
                with self.oms.sessions.begin() as db:
                    access = trust.new_token(db, asked, self.oms.spki)
                ttl = int(trust.TOKEN_TTL.total_seconds())
                return wire.TokenReply(access=access, ttl_s=ttl, epoch=self.oms.epoch(), server_time="")
            case "/v1/devices/refork":
                fork = msgspec.json.decode(request.body, type=wire.ReforkRequest)
                id = self.house.act(lambda w: trust.refork(w, fork))
                return wire.ReforkReply(device_id=id, epoch=self.oms.epoch(), server_time="")
            case "/v1/sync/pull":
                return self._pull(request)
            case _:
                return self._work(request)

    def _device(self, request: Request) -> trust.DeviceAuth:
        with self._looks() as db:
            return trust.authenticate(db, request.bearer)

    def _pull(self, request: Request) -> wire.PullReply | None:
        device = self._device(request)
        if leases.any_due(self._looks, device.id):
            self.house.act(lambda w: leases.renew_all(w, device.id))
        asked = dict(request.query)
        ask = pull.Ask(asked["cursor"], int(asked["limit"]), "digest" in asked, int(asked["schema"]))
        return pull.page(self.oms.engine, device.site, ask)

    def _work(self, request: Request) -> Struct:
        type_, act, finish = _ROUTES[request.path]
        body = msgspec.json.decode(request.body, type=type_)
        device = self._device(request)
        actor = Actor("sync", device=device.id)
        w, reply = self.oms.works.run(device.site, actor, lambda w: (w, act(w, device.id, body)))
        answer: Struct = finish(reply, w.ver)
        return answer

    # --- looking ---

    def pair(self, request: wire.PairRequest) -> wire.PairReply:
        """Lets a device in, as the route does."""
        id = self.house.act(lambda w: trust.pair(w, request))
        me = self.oms
        return wire.PairReply(
            device_id=id, site=me.site, cluster_id=me.cluster_id, epoch=me.epoch(), spki=me.spki, server_time=""
        )

    def sight(self) -> CentreSight:
        """What the invariants ask about."""
        broken = broken_invariants(findings(self.oms.engine))
        with self.oms.sessions() as db:
            changes = db.execute(select(Change.ent, Change.ent_id, Change.ver, Change.body)).all()
            tokens = db.execute(select(WorkItem.id, WorkItem.tok_epoch, WorkItem.tok_n)).all()
            epoch = db.scalars(select(Meta.epoch)).one()
        return CentreSight(
            epoch=epoch,
            head=self._head,
            outcomes=self.house.outcomes(),
            feed={(c.ent, c.ent_id): (c.ver, None if c.body is None else c.body.encode()) for c in changes},
            tokens={item: (of, n) for item, of, n in tokens},
            broken=broken,
        )

    def ledger(self) -> list[tuple[Any, ...]]:
        """Every op and movement in the order they were made, without the clocks: two runs of the same story have equal ledgers."""
        ops = "SELECT op_id, kind, outcome, item, tok_epoch, tok_n, ver FROM op ORDER BY ver, op_id"
        moves = "SELECT source_id, line_no, sku, from_account, to_account, qty FROM stock_move ORDER BY id"
        with self.oms.sessions() as db:
            return [tuple(row) for query in (ops, moves) for row in db.execute(text(query))]


def _keep_statements(connection: psycopg.Connection[Any], _: object) -> None:
    connection.prepared_max = _STATEMENTS_KEPT


def _roll_back(connection: psycopg.Connection[Any]) -> None:
    # The driver's own forgets all prepared statements, for tables may have been made in what is rolled back: here none are.
    if connection.pgconn.transaction_status != TransactionStatus.IDLE:
        connection.pgconn.exec_(b"ROLLBACK")


def _is_there(_: object) -> bool:
    return True


def _as_is(reply: Any, _: int) -> Any:
    return reply


Act = Callable[[Work, str, Any], Any]
_ROUTES: dict[str, tuple[Any, Act, Callable[[Any, int], Any]]] = {
    "/v1/sync/open": (wire.OpenRequest, opening.open_log, _as_is),
    "/v1/sync/push": (wire.PushRequest, ingest.push, ingest.answered),
    "/v1/work/claim": (wire.ClaimRequest, leases.claim, leases.answered),
    "/v1/work/renew": (wire.RenewRequest, leases.renew, _as_is),
    "/v1/work/release": (wire.ReleaseRequest, leases.release, _as_is),
}
