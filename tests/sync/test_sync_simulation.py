"""Whole shifts on a virtual link: the real client machine and exchange, the real OMS on PostgreSQL, faults from a seed.

A failure names its seed: `FLOORHAND_SEEDS=17 pytest tests/sync/test_sync_simulation.py` runs that one, `=0-500` a range.
"""

import asyncio
import os
from random import Random
from uuid import UUID

import msgspec
import pytest
from litestar.testing import TestClient
from sqlalchemy import select

from oms.api.app import make_app
from oms.bootstrap import open_oms
from oms.catalog.models import Site
from oms.feed.models import Change
from oms.orders import actions as order_actions
from sync.client.identity import own_key, public_hex
from sync.client.ports import Identity
from sync.client.requests import Response
from sync.client.status import ClaimPolicy
from sync.contract import facts, proof, wire
from sync.contract.rows import ENTITIES, WorkRow
from sync.simulation.clock import VirtualClock, VirtualTime
from sync.simulation.device import SimDevice
from sync.simulation.store import MemoryStore
from sync.simulation.world import CALM, Faults, ServerDown, World

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
SHIFT_S = 60.0
PICKER = ClaimPolicy(kinds=("pick",), capacity=2)


def seeds():
    first, _, last = os.environ.get("FLOORHAND_SEEDS", "1-12").partition("-")
    return range(int(first), int(last or first) + 1)


class RealOms:
    """The OMS application, called without a network. It can be away."""

    def __init__(self, oms, client):
        self.oms = oms
        self.client = client
        self.down = False

    def __call__(self, device, request):
        if self.down:
            raise ServerDown
        query = {**dict(request.query), "wait": "0"} if request.query else None
        headers = {"content-type": "application/json"}
        if request.bearer:
            headers["authorization"] = f"Bearer {request.bearer}"
        reply = self.client.request(
            request.method, request.path, params=query, content=request.body or None, headers=headers
        )
        assert reply.status_code != 500, reply.text
        return Response(reply.status_code, reply.content, None)

    def version(self):
        with self.oms.sessions() as db:
            return db.scalar(select(Site.ver))


class Picker:
    """A person with a device: does what the device has leases for, and now and then something else."""

    def __init__(self, shift, device, rng):
        self.shift, self.device, self.rng = shift, device, rng
        self.totes = {}

    def act(self):
        """One thing a person does."""
        if self.shift.over:
            return
        choice = self.rng.random()
        work = self._open_work()
        if work and choice < 0.85:
            self._pick(self.rng.choice(work))
        elif work and choice < 0.9:
            item, _ = self.rng.choice(work)
            body = facts.PickShort(job=item.job, sku=item.sku, missing=1, reason="not_found", bin=item.from_bin)
            self._record(body, item.id)
        elif choice < 0.97:
            self._drop()
        else:
            self._record(facts.ScanRefused(job=None, text="?", code="unknown_code"), None)
        self.shift.world.poke(self.device)
        self.shift.world.at(self.rng.uniform(0.1, 1.5), self.act)

    def _record(self, body, item):
        token = max((le.token for le in self.device.store.leases.values() if le.item == item), default=None)
        op_id = UUID(int=self.rng.getrandbits(128)).hex
        self.device.store.append(op_id, body, item, token)

    def _rows(self):
        bodies = [body for (e, _), (_, body) in self.device.store.rows.items() if e == "work"]
        return {row.id: row for row in (msgspec.json.decode(b, type=WorkRow) for b in bodies)}

    def _done_here(self, item):
        mine = [e.op for e in self.device.store.entries if e.op.item == item]
        picked = [msgspec.json.decode(op.body)["qty"] for op in mine if op.kind == "pick.confirm"]
        return sum(picked) if not any(op.kind == "pick.short" for op in mine) else 10**9

    def _open_work(self):
        rows = self._rows()
        held = [rows[le.item] for le in self.device.exchange.local().held if le.item in rows]
        todo = [(row, row.qty_req - max(row.qty_done, self._done_here(row.id))) for row in held]
        return [(row, left) for row, left in todo if left > 0]

    def _pick(self, work):
        item, left = work
        tote = self.totes.setdefault(item.job, f"T-{self.device.name}-{len(self.totes)}")
        qty = self.rng.randint(1, left)
        body = facts.PickConfirm(job=item.job, sku=item.sku, qty=qty, from_bin=item.from_bin, tote=tote)
        self._record(body, item.id)

    def _drop(self):
        busy = {item.job for item, _ in self._open_work()}
        jobs = sorted({le.job for le in self.device.exchange.local().held} - busy)
        if jobs:
            job = self.rng.choice(jobs)
            self._record(facts.JobDrop(job=job, tote=self.totes.get(job), lane="L1"), None)


class Shift:
    """One seed: devices, people, orders and faults."""

    def __init__(self, warehouse, client, seed):
        self.rng = Random(seed)
        self.warehouse = warehouse
        self.time = VirtualTime()
        self.server = RealOms(warehouse.oms, client)
        self.world = World(self.server, Random(seed + 1), self.time)
        self.over = False
        self.orders = [f"O-{n}" for n in range(6)]
        for number in self.orders:
            lines = [(sku, self.rng.randint(1, 4)) for sku in self.rng.sample(["TEA", "CUP"], self.rng.randint(1, 2))]
            warehouse.order(number, *lines)
        self.devices = [self._device(f"d{n}") for n in range(self.rng.randint(2, 4))]
        # Swarm: each seed has its own mix, so that rare pairs of faults meet.
        level = lambda: self.rng.choice([0.0, 0.0, 0.02, 0.15])  # noqa: E731
        self.faults = Faults(level(), level(), level(), level(), slow=level())
        self.world.faults = self.faults

    def _device(self, name):
        skew = self.rng.choice([0, 0, -10 * 365 * 86_400_000, 10 * 365 * 86_400_000])
        store = MemoryStore(VirtualClock(self.time, skew_ms=skew))
        meta = store.ports().meta
        key = own_key(meta)
        code, public = self.warehouse.code(), public_hex(key)
        signature = key.sign(proof.pairing(code, public, name)).hex()
        request = wire.PairRequest(code=code, pubkey=public, label=name, app="sim", signature=signature)
        reply = msgspec.json.decode(
            self.server.client.post("/v1/pair", content=msgspec.json.encode(request)).content, type=wire.PairReply
        )
        meta.save_identity(Identity(reply.device_id, reply.site, reply.cluster_id, reply.epoch, reply.spki, ()))
        return SimDevice(name, store, PICKER, Random(self.rng.getrandbits(32)))

    def misfortune(self):
        """Something goes wrong."""
        if self.over:
            return
        device = self.rng.choice(self.devices)
        match self.rng.randrange(6):
            case 0:
                self.server.down = True
                self.world.at(self.rng.uniform(0.5, 8), self._server_back)
            case 1:
                self.world.cut_off.add(device.name)
                self.world.at(self.rng.uniform(1, 20), lambda: self.world.cut_off.discard(device.name))
            case 2:
                device.store.clock.boots += 1
                device.boot()
                self.world.poke(device)
            case 3:
                self.warehouse.let_leases_run_out()
            case 4 if self.rng.random() < 0.5:
                number = self.rng.choice(self.orders)
                self.warehouse.act(lambda w: order_actions.cancel(w, number))
            case _:
                device.link_up()
                self.world.poke(device)
        self.world.at(self.rng.uniform(1, 15), self.misfortune)

    def _server_back(self):
        self.server.down = False

    def run(self):
        """A shift full of trouble, then a calm minute."""
        for device in self.devices:
            self.world.add(device)
            picker = Picker(self, device, Random(self.rng.getrandbits(32)))
            self.world.at(self.rng.uniform(0, 2), picker.act)
        self.world.at(self.rng.uniform(1, 5), self.misfortune)
        self.world.run(SHIFT_S)
        self.over = True
        self.server.down = False
        self.world.cut_off.clear()
        self.world.faults = CALM
        assert self.world.run(60.0, self._quiet), [d.statuses[-1] for d in self.devices]

    def _quiet(self):
        if not all(self._in_step(device) for device in self.devices):
            return False
        head = self.server.version()
        return all(device.store.through == head for device in self.devices)

    def _in_step(self, device):
        s = device.statuses[-1] if device.statuses else None
        return bool(s and s.online and not s.waiting and not s.catching_up and not device.store.overlay())


def check(shift):
    """The invariants of `sync.md` c.1 that can be seen from both ends."""
    shift.warehouse.check()
    outcomes = shift.warehouse.outcomes()
    with shift.warehouse.oms.sessions() as db:
        live = {
            (c.ent, c.ent_id): (c.ver, c.body.encode())
            for c in db.scalars(select(Change).where(Change.body.is_not(None)))
        }
    assert {e for e, _ in live} <= set(ENTITIES)
    for device in shift.devices:
        store = device.store
        # Nothing lost: every op that beeped is on the server, with the outcome that the device was told.
        assert store.beeped == {e.op.op_id for e in store.entries}
        assert {e.op.op_id: e.outcome.value for e in store.entries}.items() <= outcomes.items()
        # Converged: what the device holds is what the server would send.
        for key, row in store.rows.items():
            assert live.get(key) == row, key
        assert set(store.rows) == set(live)
    assert sum(len(d.store.entries) for d in shift.devices) == len(outcomes)


def run_seed(seed, url, warehouse_class):
    oms = open_oms(url)
    try:
        warehouse = warehouse_class(oms).build(stock=24)
        with TestClient(make_app(oms, asyncio.Event())) as client:
            shift = Shift(warehouse, client, seed)
            shift.run()
            check(shift)
        return shift
    finally:
        oms.close()


@pytest.mark.parametrize("seed", seeds())
def test_a_shift_full_of_trouble(seed, database_url, warehouse_class):
    run_seed(seed, database_url, warehouse_class)
