"""`floorhand server`: database, schema, TLS identity, HTTP application, and a line on standard output once it can be reached."""

import argparse
import asyncio
import gc
import ipaddress
import json
import logging
import signal
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Thread
from types import FrameType

import msgspec
import psycopg
import uvicorn
from sqlalchemy import URL
from sqlalchemy.exc import SQLAlchemyError

from oms.accounts import BadAccount
from oms.api.app import make_app
from oms.bootstrap import Oms, open_oms
from oms.channels.sealing import BadKey, Sealer
from oms.cli.common import add_data_argument, give_up
from oms.datafolder import DataFolder, FolderInUse, ServerFile
from oms.db.embedded import DatabaseDown, EmbeddedPostgres
from oms.db.engine import database_url, wait_until_there
from oms.db.work import Actor
from oms.log import log_to_stderr
from oms.money.provider import open_providers
from oms.notify.settings import BadMailSetting
from oms.people.keys import Scope, add_key, find_key, new_key
from oms.people.server_keys import register
from oms.planning import compiled
from oms.server_tls import ServerIdentity, changed, server_identity
from oms.settings import (
    DEFAULT_PORT,
    ServerSettings,
    carriers_from_environment,
    database_url_from_environment,
    payments_from_environment,
    resource_minutes_from_environment,
    secrets_key_from_environment,
    telling_from_environment,
)
from oms.shipping.carriers.open import open_carriers
from oms.walks.floors import is_drawn
from sync.discovery import announce

_log = logging.getLogger("oms.server")

_GRACE_S = 10
#: How long a start waits for a database that is not there yet.
_DATABASE_S = 10
_KEY_WATCH_S = 1.0
#: Longer than any pause of a client between two requests, so that a connection is not closed under a request on its way.
_KEEP_ALIVE_S = 75


def main(argv: list[str]) -> int:
    """Runs until SIGTERM or Ctrl-C."""
    settings = _settings(argv)
    log_to_stderr()
    folder = DataFolder(settings.data)
    try:
        with ExitStack() as stack:
            folder.lock()
            stack.callback(folder.unlock)
            run(settings, folder, stack)
    except (FolderInUse, DatabaseDown) as error:
        give_up(str(error))
    except SQLAlchemyError as error:
        give_up(f"database: {error}")
    return 0


def run(settings: ServerSettings, folder: DataFolder, stack: ExitStack) -> None:
    """Brings everything up, serves, and leaves what must be taken down on `stack`."""
    listener = stack.enter_context(listen(settings))
    identity = server_identity(settings.tls_folder or folder.tls) if settings.tls else None
    oms = open_oms(
        _database(settings, folder, stack),
        spki=identity.spki if identity else "",
        key=identity.key if identity else None,
    )
    stack.callback(oms.close)
    compiled.keep_in(folder.kernels)
    if is_drawn(oms.sessions, oms.site):
        Thread(target=compiled.warm, name="kernels", daemon=True).start()
    _ensure_admin_key(oms, folder)
    if identity:
        _register(oms, identity)
    host, port = listener.getsockname()[:2]
    where = ServerFile(
        url=f"{'https' if identity else 'http'}://{_bracketed(_reachable(host))}:{port}",
        spki=oms.spki,
        cluster_id=oms.cluster_id,
        certificate=str(identity.certificate) if identity else "",
    )
    folder.say_where(where)
    if not _loopback(host):
        stack.enter_context(announce(oms.cluster_id, port, _addresses(host)))
    stopping = asyncio.Event()
    reached_at = [f"{_bracketed(one)}:{port}" for one in _addresses(host)]
    app = make_app(
        oms,
        stopping,
        reached_at,
        open_carriers(settings.carriers),
        _sealer(settings, folder),
        settings.telling,
        settings.resource_minutes,
        open_providers(settings.payments),
        settings.workers,
    )
    config = uvicorn.Config(
        app, loop="asyncio", http="h11", ws="none", log_config=None, access_log=False, server_header=False,
        timeout_graceful_shutdown=_GRACE_S, timeout_keep_alive=_KEEP_ALIVE_S,
    )  # fmt: skip
    _Server(config, stopping, where, identity, lambda now: _changed(oms, folder, where, now)).run(sockets=[listener])


class _Server(uvicorn.Server):
    """uvicorn that says when it is ready, wakes long polls when it is asked to end, and serves under another key once there is one."""

    def __init__(
        self,
        config: uvicorn.Config,
        stopping: asyncio.Event,
        where: ServerFile,
        identity: ServerIdentity | None,
        on_key: Callable[[ServerIdentity], None],
    ) -> None:
        super().__init__(config)
        config.load()
        config.ssl = identity.context() if identity else None
        self._stopping = stopping
        self._where = where
        self._identity = identity
        self._on_key = on_key
        self._watch: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts listening, then tells who started us."""
        await super().startup(sockets)
        # What was loaded stays: a large answer would have Python walk through all of it several times, looking for garbage.
        gc.collect()
        gc.freeze()
        ready = {"url": self._where.url, "spki": self._where.spki, "cluster_id": self._where.cluster_id}
        print(json.dumps(ready), flush=True)
        if self._identity is not None:
            self._watch = asyncio.create_task(self._watch_key(self._identity))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Ends the watch first."""
        if self._watch is not None:
            self._watch.cancel()
        await super().shutdown(sockets)

    async def _watch_key(self, identity: ServerIdentity) -> None:
        """Another server, or `floorhand server rotate-key`, may have put the next key in place."""
        while True:
            await asyncio.sleep(_KEY_WATCH_S)
            now = await asyncio.to_thread(changed, identity)
            if now is not None and isinstance(self.config.ssl, ssl.SSLContext):
                identity = now
                now.serve(self.config.ssl)
                await asyncio.to_thread(self._on_key, now)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Unlike uvicorn's own, does not raise the signal again at the end: the database is still to be stopped in good order."""
        loop = asyncio.get_running_loop()

        def end(number: int, frame: FrameType | None) -> None:
            self.handle_exit(number, frame)
            loop.call_soon_threadsafe(self._stopping.set)

        before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _register(oms: Oms, identity: ServerIdentity) -> None:
    """Devices are told to trust this key. One that nobody announced is no crime, but those that know only the one before stay away."""
    if oms.works.run(oms.site, Actor("server"), lambda w: register(w, identity.spki)):
        _log.warning("serving under the TLS key %s, which is new here", identity.spki[:16])


def _changed(oms: Oms, folder: DataFolder, where: ServerFile, identity: ServerIdentity) -> None:
    oms.serving.spki = identity.spki
    folder.say_where(msgspec.structs.replace(where, spki=identity.spki))
    _register(oms, identity)
    _log.info("serving under the TLS key %s from now on", identity.spki[:16])


def _settings(argv: list[str]) -> ServerSettings:
    parser = argparse.ArgumentParser("floorhand server", description="Runs the central order management system.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (0.0.0.0: all)")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="0: any free one")
    parser.add_argument("--tls", action=argparse.BooleanOptionalAction, default=True, help="only loopback goes without")
    parser.add_argument(
        "--tls-folder", type=Path, metavar="DIR", help="folder of the TLS key, when several servers share one"
    )
    parser.add_argument(
        "--workers", type=int, default=2, help="background jobs at a time; 0: `floorhand server worker` does them"
    )
    add_data_argument(parser)
    got = parser.parse_args(argv)
    if not 0 <= got.workers <= 16:
        parser.error("--workers is 0 to 16")
    if not got.tls and not _loopback(got.host):
        parser.error("without TLS the server listens on loopback only")
    try:
        carriers, providers = carriers_from_environment(), payments_from_environment()
        telling = telling_from_environment()
        minutes = resource_minutes_from_environment()
    except (BadAccount, BadMailSetting, ValueError) as error:
        give_up(str(error))
    return ServerSettings(
        got.data,
        got.host,
        got.port,
        got.tls,
        database_url_from_environment(),
        got.tls_folder,
        carriers,
        secrets_key_from_environment(),
        telling,
        minutes,
        providers,
        got.workers,
    )


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def listen(settings: ServerSettings) -> socket.socket:
    """The bound socket; ends the program with a sentence where there can be none."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # With its protocol named: only then does asyncio send answers at once (TCP_NODELAY). Otherwise the second part of an answer waits until
    # the first is acknowledged, for which the other side takes 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    # A server that was killed leaves connections behind that would keep its port busy for a minute.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        give_up(f"cannot listen on {settings.host}:{settings.port}: {error.strerror}")
    return listener


def _database(settings: ServerSettings, folder: DataFolder, stack: ExitStack) -> URL:
    if settings.database_url:
        try:
            url = database_url(settings.database_url)
            wait_until_there(url, _DATABASE_S)
            return url
        except (ValueError, SQLAlchemyError) as error:
            give_up(f"FLOORHAND_DATABASE_URL: {error}")
        except psycopg.OperationalError as error:
            give_up(f"database: {error}")
    server = EmbeddedPostgres(folder.postgres)
    url = server.start()
    stack.callback(server.stop)
    server.keep_running()
    return url


def _sealer(settings: ServerSettings, folder: DataFolder) -> Sealer:
    try:
        return Sealer.from_text(settings.secrets_key) if settings.secrets_key else Sealer.kept_in(folder.secrets_key)
    except (BadKey, OSError) as error:
        give_up(f"the key of secrets: {error}")


def _ensure_admin_key(oms: Oms, folder: DataFolder) -> None:
    """Sees to it that the data folder holds a key that this database knows."""
    key = folder.admin_key()
    with oms.sessions() as db:
        if key and find_key(db, key):
            return
    if not key:
        key = new_key()
        folder.keep_admin_key(key)
    oms.works.run(oms.site, Actor("server"), lambda w: add_key(w, key, "admin key of the data folder", [Scope.ADMIN]))


def _reachable(host: str) -> str:
    """Where this machine itself reaches the server."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound


def _addresses(host: str) -> list[str]:
    """Where devices reach the server: the address it listens on, or, on all, the one that leads to the network."""
    if host not in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        return [host]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Nothing is sent: connecting a datagram socket only asks the routing table. 192.0.2.0/24 is for documentation (RFC 5737).
            probe.connect(("192.0.2.1", 9))
            return [probe.getsockname()[0]]
        except OSError:
            return ["127.0.0.1"]


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
