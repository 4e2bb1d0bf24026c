"""A real server process on a database of its own, and devices that talk to it: what the ratios of sync are measured with."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import httpx2
import msgspec
import psutil
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.client.http import pinned_context
from sync.client.identity import own_key, public_hex
from sync.client.ports import Identity, Meta
from sync.contract import proof, wire
from sync.contract.facts import ScanRefused
from sync.simulation.store import MemoryStore
from tools.soak._centre import Centre, own_database


class MachineClock:
    """The machine's time."""

    boot = uuid4().hex

    def mono(self) -> float:
        """See `sync.client.ports`."""
        return time.monotonic()

    def wall_ms(self) -> int:
        """See `sync.client.ports`."""
        return time.time_ns() // 1_000_000

    def boot_id(self) -> str:
        """See `sync.client.ports`."""
        return self.boot


class Served:
    """Owns nothing; knows the process, its address and the database behind it."""

    def __init__(self, centre: Centre, process: psutil.Process, port: int, spki: str) -> None:
        self.centre = centre
        self.process = process
        self.port = port
        self.spki = spki

    def device(self, address: str = "") -> MemoryStore:
        """The store of a new device that will look for the server at `address`."""
        store = MemoryStore(MachineClock())
        self.let_in(store.ports().meta, address)
        return store

    def let_in(self, meta: Meta, address: str = "") -> None:
        """Pairs a device without the network: from one address only a few a minute may come that way."""
        key = own_key(meta)
        code, public = self.centre.house.code(), public_hex(key)
        signature = key.sign(proof.pairing(code, public, "bench")).hex()
        made = self.centre.pair(
            wire.PairRequest(code=code, pubkey=public, label="bench", app="bench", signature=signature)
        )
        where = (address or f"127.0.0.1:{self.port}",)
        meta.save_identity(Identity(made.device_id, made.site, made.cluster_id, made.epoch, self.spki, where))

    def client(self) -> httpx2.Client:
        """An HTTP client with a connection of its own."""
        return httpx2.Client(
            base_url=f"https://127.0.0.1:{self.port}", verify=pinned_context(self.spki), trust_env=False
        )

    def push(self, http: httpx2.Client, store: MemoryStore, headers: dict[str, str], count: int) -> None:
        """Records so many facts on a device and sends them; all must be taken in."""
        journal = store.ports().journal
        for _ in range(count):
            store.append(uuid4().hex, ScanRefused(job=None, text="x", code="x"), None, None)
        ops = journal.pending(count, 10**6)
        before = journal.chain_at(ops[0].seq - 1) or ""
        request = wire.PushRequest(epoch=1, first_seq=ops[0].seq, prev_chain=before, ops=ops)
        answer = http.post("/v1/sync/push", content=msgspec.json.encode(request), headers=headers)
        answer.raise_for_status()
        reply = msgspec.json.decode(answer.content, type=wire.PushReply)
        assert len(reply.results) == count
        journal.record_results(reply.results, reply.last_seq, reply.chain, reply.durable_through)

    def bearer(self, store: MemoryStore) -> dict[str, str]:
        """The header that lets a device's requests in."""
        assert store.identity is not None
        assert store.key is not None
        id = store.identity.device_id
        with self.client() as http:
            asked = http.post("/v1/token/nonce", content=msgspec.json.encode(wire.NonceRequest(device_id=id)))
            nonce = asked.json()["nonce"]
            signed = Ed25519PrivateKey.from_private_bytes(store.key).sign(proof.token(nonce, id, self.spki)).hex()
            request = wire.TokenRequest(device_id=id, nonce=nonce, signature=signed)
            access = http.post("/v1/token", content=msgspec.json.encode(request)).json()["access"]
        return {"authorization": f"Bearer {access}", "content-type": "application/json"}


@contextmanager
def served() -> Iterator[Served]:
    """A server with TLS, on a database that is not synced to disk."""
    with own_database() as url, tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
        free.close()
        centre = Centre(url)
        command = [sys.executable, "-m", "oms", "server", "--data", folder, "--port", str(port)]
        environment = {**os.environ, "FLOORHAND_DATABASE_URL": url.render_as_string(hide_password=False)}
        child = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=Path.cwd()
        )
        try:
            assert child.stdout is not None
            ready = json.loads(child.stdout.readline())
            yield Served(centre, psutil.Process(child.pid), port, ready["spki"])
        finally:
            child.terminate()
            child.wait(30)
            if child.stdout:
                child.stdout.close()
            centre.close()


class Gate:
    """A TCP way to a port that is not there until it is opened. Runs in the loop that opens it."""

    def __init__(self, to: int) -> None:
        self._to = to
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]

    async def open(self) -> asyncio.Server:
        """From now on there is somebody."""
        return await asyncio.start_server(self._let_through, "127.0.0.1", self.port)

    async def _let_through(self, near_in: asyncio.StreamReader, near_out: asyncio.StreamWriter) -> None:
        # Cancelled with the loop that it lives in.
        with suppress(asyncio.CancelledError):
            far_in, far_out = await asyncio.open_connection("127.0.0.1", self._to)
            await asyncio.gather(_pump(near_in, far_out), _pump(far_in, near_out))


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
    sink.close()
