"""Simulated handhelds on the real client store, its file on a disk whose power can be cut: the whole device but its windows."""

import math
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import TypeVar

from app.core.storage import StorageTrouble
from app.store.store import Store
from app.store.sync_ports import sync_ports
from sync.client.calls import Event
from sync.client.identity import own_key, public_hex
from sync.client.ports import Identity
from sync.client.requests import Response
from sync.client.status import ClaimPolicy
from sync.contract import proof, wire
from sync.contract.chain import chain_next, chain_start, content_hash
from sync.contract.facts import Fact
from sync.contract.rows import WorkRow
from sync.contract.wire import Token
from sync.simulation.clock import VirtualClock
from sync.simulation.device import SimDevice
from sync.simulation.invariants import DeviceSight, Logged
from tools.soak._centre import Centre
from tools.soak._power import Disk, PowerCut, opening_on

T = TypeVar("T")


class Handheld(SimDevice):
    """Owns a device: its disk, its store while it has power, its folder for the key."""

    def __init__(
        self, name: str, clock: VirtualClock, policy: ClaimPolicy, dice: Random, files: dict[str, bytes]
    ) -> None:
        self.clock = clock
        self.dice = dice
        self.beeped: set[str] = set()
        self.cuts = 0
        self.dead = False
        self._folder = Path(tempfile.mkdtemp(prefix="fh-hand-"))
        self._switch_on(files)
        super().__init__(name, sync_ports(self.store), policy, dice)

    def _switch_on(self, files: dict[str, bytes]) -> None:
        # Files are known by their whole path; a copy lives in another folder.
        self.disk = Disk({str(self._folder / Path(name).name): data for name, data in files.items()})
        with opening_on(self.disk):
            self.store = Store(self._folder, self.clock, 0)

    def pair(self, centre: Centre) -> None:
        """Gets an identity by a one-time code."""
        meta = self.ports.meta
        key = own_key(meta)
        code, public = centre.house.code(), public_hex(key)
        signature = key.sign(proof.pairing(code, public, self.name)).hex()
        reply = centre.pair(wire.PairRequest(code=code, pubkey=public, label=self.name, app="sim", signature=signature))
        meta.save_identity(Identity(reply.device_id, reply.site, reply.cluster_id, reply.epoch, reply.spki, ()))

    def clone(self, name: str, dice: Random) -> "Handheld":
        """A second device with the same disk and key, as a careless restore of a device's backup makes it."""
        clock = replace(self.clock, boots=1)
        made = Handheld(name, clock, self.state.policy, dice, self.disk.contents())
        key = self.ports.meta.device_key()
        assert key is not None
        made.ports.meta.save_device_key(key)
        made.beeped = set(self.beeped)
        return made

    def destroy(self) -> None:
        """Lets go of everything outside this process's memory."""
        self.store.close()
        shutil.rmtree(self._folder)

    # --- power ---

    def cut_power_after(self, writes: int) -> None:
        """The power goes at one of the next writes."""
        self.disk.cut_after = self.disk.writes + writes

    def power_on(self) -> None:
        """Starts on what the disk holds after the cut (or after the program was ended in good order)."""
        self.clock.boots += 1
        if self.dead:
            self._switch_on(self.disk.after_cut(self.dice))
            self.ports = sync_ports(self.store)
            self.dead = False
        self.disk.cut_after = None
        self.boot()

    def _die(self) -> None:
        with suppress(Exception):
            self.store.close()
        self.dead = True
        self.cuts += 1
        self.run += 1
        self.flights, self.outbox, self.wake_at = {}, [], math.inf

    def attempt(self, act: Callable[[], T]) -> T | None:
        """What `act` gives, unless the power goes in the middle of it."""
        if self.dead:
            return None
        try:
            return act()
        except (PowerCut, StorageTrouble):
            # SQLite names a failed write an I/O error: on a real device the process would be gone.
            self._die()
            return None

    def feed(self, event: Event) -> None:
        """One step of the machine."""
        self.attempt(lambda: super(Handheld, self).feed(event))

    def hear(self, id: int, response: Response) -> None:
        """The answer to a call, and the step it leads to."""
        self.attempt(lambda: super(Handheld, self).hear(id, response))

    # --- the person with the device ---

    def scan(self, fact: Fact, item: str | None) -> str | None:
        """Records a fact; its op id is the good tone, None silence."""

        def act() -> str:
            with self.store.unit() as u:
                right = u.leases.right(item) if item else None
                return u.journal.append(fact, item, right.token if right else None, None)

        op_id = self.attempt(act)
        if op_id is not None:
            self.beeped.add(op_id)
        return op_id

    def work(self) -> dict[str, WorkRow]:
        """The work rows here, by id."""
        with self.store.look() as u:
            return {row.id: row for row in u.rows.all(WorkRow)}

    def logged(self) -> Iterator[tuple[str, str | None, bytes]]:
        """(kind, item, body) of all facts in the journal."""
        yield from self._query("SELECT kind, item, body FROM journal ORDER BY seq")

    def _query(self, sql: str) -> list[tuple]:  # type: ignore[type-arg]
        with self.store.look():
            return [tuple(row) for row in self.store._connection.exec_driver_sql(sql)]

    # --- looking ---

    def sight(self) -> DeviceSight:
        """What the invariants ask about. The device must have power."""
        identity = self.ports.meta.identity()
        assert identity is not None
        rows = self._query("SELECT e, id, v, body FROM row")
        [(overlay,)] = self._query("SELECT count(*) FROM journal WHERE settled = 0")
        with self.store.look() as u:
            through = u.rows.through()
        status = self.statuses[-1] if self.statuses else None
        return DeviceSight(
            name=self.name,
            device_id=identity.device_id,
            epoch=identity.epoch,
            through=through,
            beeped=frozenset(self.beeped),
            journal=self._journal(identity.device_id),
            rows={(e, id): (v, bytes(body)) for e, id, v, body in rows},
            overlay=overlay,
            held=frozenset((lease.item, lease.token) for lease in self.ports.leases.held()),
            online=status is not None and status.online,
        )

    def _journal(self, device_id: str) -> dict[str, Logged]:
        chain, found = chain_start(device_id), {}
        ops = self._query(
            "SELECT op_id, seq, outcome, chain, kind, v, item, tok_epoch, tok_n, session, body FROM journal ORDER BY seq"
        )
        for op_id, seq, outcome, link, kind, v, item, of, n, session, body in ops:
            token: Token | None = None if n is None else (of, n)
            chain = chain_next(chain, op_id, content_hash(kind, v, item, token, session, bytes(body)))
            found[op_id] = Logged(seq, outcome, chain == link)
        return found


def fresh_files() -> dict[str, bytes]:
    """The disk of a device that has just been set up."""
    with tempfile.TemporaryDirectory() as place:
        disk = Disk()
        with opening_on(disk):
            Store(Path(place), VirtualClock.__new__(VirtualClock), 0).close()
        return disk.contents()
