"""A warehouse behind a real OMS over TCP and TLS, a link that can be made bad, and devices with a real sync thread."""

import asyncio
import gc
import socket
import threading
import time
from contextlib import suppress
from uuid import uuid4

import httpx2
import msgspec
import psycopg
import pytest
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.store.store import Store
from app.store.sync_ports import sync_ports
from oms.api.app import make_app
from oms.bootstrap import open_oms
from oms.server_tls import server_identity
from sync.client.driver import SyncThread
from sync.client.http import pinned_context
from sync.client.identity import own_key, public_hex
from sync.client.pairing import pair
from sync.client.ports import Identity
from sync.client.status import ClaimPolicy
from sync.contract import facts, proof, wire
from sync.contract.pairing import PairingText
from sync.contract.rows import WorkRow
from sync.simulation.store import MemoryStore
from tools.soak._centre import Centre, libpq_words
from tools.soak._warehouse import Warehouse


class RealClock:
    """The clock of this machine."""

    def __init__(self):
        self.boot = uuid4().hex

    def mono(self):
        return time.monotonic()

    def wall_ms(self):
        return int(time.time() * 1000)

    def boot_id(self):
        return self.boot


class LiveServer:
    """The real application on uvicorn with TLS, in a thread. May be stopped and started again on the same port."""

    def __init__(self, oms, tls):
        self.oms = oms
        self.tls = tls
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._thread = None

    def start(self):
        """Returns when it answers."""
        ready = threading.Event()

        async def main():
            self._loop = asyncio.get_running_loop()
            self._stopping = asyncio.Event()
            config = uvicorn.Config(
                make_app(self.oms, self._stopping),
                host="127.0.0.1",
                port=self.port,
                ssl_keyfile=str(self.tls.key),
                ssl_certfile=str(self.tls.certificate),
                log_config=None,
                ws="none",
                timeout_graceful_shutdown=2,
            )
            self._server = uvicorn.Server(config)
            serving = asyncio.create_task(self._server.serve())
            while not self._server.started and not serving.done():  # noqa: ASYNC110
                await asyncio.sleep(0.005)
            ready.set()
            await serving
            # A connection that came in the last moment is in mid-handshake: the loop knows it, uvicorn does not yet. Those that are just
            # saying goodbye let go of their sockets in the loop's next rounds.
            for transport in list(self._loop._transports.values()):
                transport.abort()
            await asyncio.sleep(0.1)

        self._thread = threading.Thread(target=lambda: asyncio.run(main()), daemon=True)
        self._thread.start()
        assert ready.wait(20)
        assert self._server.started

    def stop(self):
        """In good order."""
        if self._thread is None:
            return
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._server.should_exit = True
        self._loop.call_soon_threadsafe(self._loop.call_later, 0.5, self._hang_up)
        self._thread.join(15)
        assert not self._thread.is_alive()
        self._thread = None

    def _hang_up(self):
        """A client that keeps an idle connection does not answer a TLS goodbye. The loop's own list of transports is the only place where
        connections in the middle of that goodbye can still be found."""
        for transport in list(self._loop._transports.values()):
            transport.abort()
        self._loop.call_later(0.1, self._hang_up)


class BadLink:
    """A TCP link to a port that can be cut, made deaf in one direction, or closed to newcomers. TLS passes through unseen."""

    def __init__(self, port):
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._guard = threading.Lock()
        self._open = set()
        self.closed = False
        self.swallow_answers = False
        self.swallowed = threading.Event()
        self.bytes_up = 0
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def retarget(self, port):
        """Leads somewhere else from now on."""
        self._to = port
        self.cut()

    def cut(self):
        """Ends every connection; new ones are let in unless `closed`."""
        with self._guard:
            ends, self._open = self._open, set()
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def end(self):
        """Away for good."""
        self.closed = True
        self._listener.close()
        self.cut()

    def _accept(self):
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                if self.closed:
                    raise OSError
                far = socket.create_connection(("127.0.0.1", self._to), 2)
                far.settimeout(None)
            except OSError:
                near.close()
                continue
            with self._guard:
                late = self.closed
                self._open |= set() if late else {near, far}
            if late:
                near.close()
                far.close()
                continue
            threading.Thread(target=self._pump, args=(near, far, True), daemon=True).start()
            threading.Thread(target=self._pump, args=(far, near, False), daemon=True).start()

    def _pump(self, source, sink, upward):
        with suppress(OSError):
            while data := source.recv(65536):
                if upward:
                    self.bytes_up += len(data)
                elif self.swallow_answers and data[0] == 23:
                    # 23 is TLS application data: the handshake passes, the answer does not.
                    self.swallowed.set()
                    continue
                sink.sendall(data)
        for end in (source, sink):
            # Shut down first: closing alone says nothing to the other side while another thread still reads here.
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            with suppress(OSError):
                end.close()
            with self._guard:
                self._open.discard(end)


class Syncing:
    """A device's sync thread and what it says; where the facts are is the subclass's."""

    def __init__(self, policy=None):
        self.policy = policy or ClaimPolicy()
        self.statuses = []
        self.changes = set()
        self.sync = None

    def _starts(self, ports):
        self.statuses.clear()
        self.sync = SyncThread(ports, "test", self.statuses.append, self.changes.update, self.policy)
        self.sync.start()
        return self

    def stop(self):
        """Switches it off; what is on the disk stays."""
        if self.sync:
            self.sync.stop()
            self.sync = None

    @property
    def status(self):
        return self.statuses[-1] if self.statuses else None

    @property
    def synced(self):
        """Whether nothing waits and the rows are all there."""
        s = self.status
        return bool(s and s.online and not s.waiting and s.synced_at is not None and not s.catching_up)


class TestDevice(Syncing):
    """A handheld: a store in memory, the real sync thread, and a person who scans."""

    __test__ = False

    def __init__(self, store=None, policy=None):
        super().__init__(policy)
        self.store = store or MemoryStore(RealClock())

    def pair(self, warehouse, address, spki, code=None):
        """Pairs over the network."""
        told = PairingText((address,), warehouse.oms.cluster_id, spki, code or warehouse.code())
        return pair(told.text(), self.store.ports().meta, "handheld", "test")

    def start(self):
        """Switches the sync thread on."""
        return self._starts(self.store.ports())

    def work_of(self, job):
        """The job's work rows here, in walk order."""
        rows = [msgspec.json.decode(body, type=WorkRow) for (e, _), (_, body) in self.store.rows.items() if e == "work"]
        return sorted((row for row in rows if row.job == job), key=lambda row: (row.seq, row.id))

    def token_of(self, item):
        """The newest token held for an item."""
        return next((lease.token for lease in self.store.leases.values() if lease.item == item), None)

    def pick(self, item, qty=None, token=..., op_id=None):
        """Scans `qty` units of a work item (row or model) into tote T-1."""
        body = facts.PickConfirm(
            job=getattr(item, "job", None) or item.job_id,
            sku=item.sku,
            qty=qty or item.qty_req,
            from_bin=item.from_bin,
            tote="T-1",
        )
        token = self.token_of(item.id) if token is ... else token
        op = self.store.append(op_id or uuid4().hex, body, item.id, token)
        if self.sync:
            self.sync.wake()
        return op.op_id

    def outcome(self, op_id):
        """What the device was told became of an op; None while it waits."""
        return next(e.outcome for e in self.store.entries if e.op.op_id == op_id)


class ShiftedClock(RealClock):
    """This machine's clock, and a wall clock that a test may put forward."""

    ahead_ms = 0

    def wall_ms(self):
        return super().wall_ms() + self.ahead_ms


class Handheld(Syncing):
    """A handheld with its real store on disk and the real sync thread."""

    def __init__(self, folder, policy=None):
        super().__init__(policy)
        self.folder = folder
        self.clock = ShiftedClock()
        self.switch_on()

    def switch_on(self):
        """Opens the folder, as the program does at its start."""
        self.disk = Store(self.folder, self.clock, reserve_bytes=4096)
        self.ports = sync_ports(self.disk)
        return self

    def switch_off(self):
        """Ends the program."""
        self.stop()
        if self.disk:
            self.disk.close()
            self.disk = None

    def start(self):
        """Switches the sync thread on."""
        return self._starts(self.ports)

    def record(self, fact, item=None, session=None):
        """A fact, as the floor records it; its op id."""
        with self.disk.unit() as u:
            right = u.leases.right(item) if item else None
            op_id = u.journal.append(fact, item, right.token if right else None, session)
        if self.sync:
            self.sync.wake()
        return op_id

    def note(self, n=0):
        """A scan that counted for nothing; its op id."""
        return self.record(facts.ScanRefused(job=None, text=str(n), code="unknown_code"))

    def sql(self, statement, *values):
        """Looks into its database, or changes it behind everybody's back; the rows."""
        with self.disk._lock:
            done = self.disk._connection.exec_driver_sql(statement, values)
            found = done.fetchall() if done.returns_rows else []
            self.disk._connection.commit()
        return found

    def rows(self):
        """{(entity, id): (version, body)} of everything here."""
        return {(e, id): (v, body) for e, id, v, body in self.sql("SELECT e, id, v, body FROM row")}

    def journal(self):
        """[(seq, op id, state, outcome)]."""
        return [tuple(row) for row in self.sql("SELECT seq, op_id, state, outcome FROM journal ORDER BY seq")]


class RawDevice:
    """A device that speaks the API by hand, for requests no well-behaved client would send."""

    def __init__(self, base, spki, store=None):
        self.spki = spki
        self.http = httpx2.Client(base_url=base, verify=pinned_context(spki), trust_env=False, timeout=10)
        self.store = store or MemoryStore(RealClock())
        self.access = ""

    def close(self):
        self.http.close()

    def post(self, path, body, bearer=True):
        """(status, JSON) of one request."""
        headers = {"authorization": f"Bearer {self.access}"} if bearer and self.access else {}
        content = body if isinstance(body, bytes) else msgspec.json.encode(body)
        reply = self.http.post(path, content=content, headers={"content-type": "application/json", **headers})
        return reply.status_code, reply.json()

    def pair(self, code, label="raw"):
        """Pairs; (status, JSON)."""
        key = own_key(self.store.ports().meta)
        public = public_hex(key)
        signature = key.sign(proof.pairing(code, public, label)).hex()
        request = wire.PairRequest(code=code, pubkey=public, label=label, app="raw", signature=signature)
        status, body = self.post("/v1/pair", request)
        if status == 201:
            who = Identity(body["device_id"], body["site"], body["cluster_id"], body["epoch"], self.spki, ("",))
            self.store.ports().meta.save_identity(who)
        return status, body

    def token(self, key=None):
        """Fetches a token; (status, JSON)."""
        device = self.store.identity.device_id
        _, reply = self.post("/v1/token/nonce", wire.NonceRequest(device_id=device))
        key = key or Ed25519PrivateKey.from_private_bytes(self.store.key)
        signature = key.sign(proof.token(reply["nonce"], device, self.spki)).hex()
        request = wire.TokenRequest(device_id=device, nonce=reply["nonce"], signature=signature)
        status, body = self.post("/v1/token", request)
        self.access = body.get("access", self.access)
        return status, body

    def push_request(self, ops, epoch=1, prev=None):
        """A push of ops of this device's journal."""
        prev = prev or self.store.ports().journal.chain_at(ops[0].seq - 1)
        return wire.PushRequest(epoch=epoch, first_seq=ops[0].seq, prev_chain=prev, ops=ops)

    def op(self, kind, v, body, item=None, token=None):
        """Appends an op of any kind with a JSON body."""
        head = self.store.ports().journal.head()
        return self.store.append_op(
            wire.Op(
                op_id=uuid4().hex,
                seq=head.next_seq,
                kind=kind,
                v=v,
                body=msgspec.Raw(body),
                t=wire.Times(wall=0, mono=0, boot="b"),
                item=item,
                token=token,
            )
        )


@pytest.fixture
def until():
    """Waits until `condition()` is true and gives its value; fails after `seconds`."""

    def wait(condition, seconds=60.0):
        end = time.monotonic() + seconds
        while not (value := condition()):
            assert time.monotonic() < end, f"still not so after {seconds} s"
            time.sleep(0.01)
        return value

    return wait


@pytest.fixture
def oms(database_url, tmp_path):
    """An open OMS that knows its TLS key."""
    made = open_oms(database_url, spki=server_identity(tmp_path / "server").spki)
    yield made
    made.close()


@pytest.fixture(scope="module")
def centre(postgres):
    """The OMS called without a network, on a database of the module's own; it is made new by whoever plays on it."""
    name = f"c_{uuid4().hex[:12]}"
    with psycopg.connect(libpq_words(postgres.url("postgres")), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE floorhand_template STRATEGY file_copy")
        made = Centre(postgres.url(name))
        yield made
        made.close()
        gc.collect()
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def warehouse_class():
    """For tests that open an OMS of their own."""
    return Warehouse


@pytest.fixture
def live_class():
    """For tests that run several servers."""
    return LiveServer


@pytest.fixture
def warehouse(oms):
    """A site with stock and people."""
    return Warehouse(oms).build()


@pytest.fixture
def live(oms, tmp_path, expected_log):
    """The real server over TCP and TLS."""
    # uvicorn says so when an idle TLS connection outlives its grace at the end; 0 means that no request was cut short.
    expected_log.append("Cancel 0 running task(s)")
    server = LiveServer(oms, server_identity(tmp_path / "server"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def link(live):
    """The way to the server that devices take."""
    made = BadLink(live.port)
    yield made
    made.end()


@pytest.fixture
def paired_with(warehouse):
    """A function that makes devices paired with the server at an address; switched off at the end."""
    made = []

    def make(address, spki, policy=None):
        one = TestDevice(policy=policy)
        one.pair(warehouse, address, spki)
        made.append(one)
        return one

    yield make
    for one in made:
        one.stop()


@pytest.fixture
def device(paired_with, live, link):
    """A function that makes paired, running devices of the live server."""

    def make(policy=None, start=True):
        one = paired_with(link.address, live.tls.spki, policy)
        return one.start() if start else one

    return make


@pytest.fixture
def handheld(warehouse, live, link, tmp_path):
    """A function that makes paired handhelds with a store on disk; switched off at the end."""
    made = []

    def make(policy=None, address=None):
        one = Handheld(tmp_path / f"handheld-{len(made)}", policy)
        made.append(one)
        told = PairingText((address or link.address,), warehouse.oms.cluster_id, live.tls.spki, warehouse.code())
        pair(told.text(), one.ports.meta, "handheld", "test")
        return one

    yield make
    for one in made:
        one.switch_off()


@pytest.fixture
def raw(warehouse, live):
    """A function that makes paired devices which speak by hand, with a token."""
    made = []

    def make(paired=True, store=None):
        one = RawDevice(f"https://127.0.0.1:{live.port}", live.tls.spki, store)
        made.append(one)
        if paired:
            assert one.pair(warehouse.code())[0] == 201
            assert one.token()[0] == 200
        return one

    yield make
    for one in made:
        one.close()
