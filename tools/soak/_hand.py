"""What every simulated handheld of the shifts can do, whatever its facts are kept on: people scan, the power goes, it is cloned.

`_handheld.Handheld` has the real store on a disk whose power can be cut at any write, `_pocket.Pocket` a store in memory whose power goes
between two commits: it is quick enough for seeds by the thousand.
"""

import math
from abc import abstractmethod
from collections.abc import Callable, Iterator
from random import Random
from typing import Self, TypeVar

from app.core.storage import StorageTrouble
from sync.client.calls import Event
from sync.client.identity import own_key, public_hex
from sync.client.ports import Identity, Ports
from sync.client.requests import Response
from sync.client.status import ClaimPolicy
from sync.contract import proof, wire
from sync.contract.chain import chain_next, chain_start, content_hash
from sync.contract.facts import Fact
from sync.contract.rows import WorkRow
from sync.contract.wire import Op
from sync.simulation.clock import VirtualClock
from sync.simulation.device import SimDevice
from sync.simulation.invariants import DeviceSight, Logged
from tools.soak._centre import Centre
from tools.soak._power import PowerCut

T = TypeVar("T")


class Hand(SimDevice):
    """Owns a device: what its person has heard, and whether it has power. Where its facts are is the subclass's."""

    def __init__(self, name: str, clock: VirtualClock, policy: ClaimPolicy, dice: Random, ports: Ports) -> None:
        self.clock = clock
        self.dice = dice
        self.beeped: set[str] = set()
        self.cuts = 0
        self.dead = False
        super().__init__(name, ports, policy, dice)

    @classmethod
    @abstractmethod
    def new(cls, name: str, clock: VirtualClock, policy: ClaimPolicy, dice: Random) -> Self:
        """A device that has just been set up."""

    @abstractmethod
    def clone(self, name: str, dice: Random) -> Self:
        """A second device with the same disk and key, as a careless restore of a device's backup makes it."""

    @abstractmethod
    def destroy(self) -> None:
        """Lets go of everything outside this process's memory."""

    def pair(self, centre: Centre) -> None:
        """Gets an identity by a one-time code."""
        meta = self.ports.meta
        key = own_key(meta)
        code, public = centre.house.code(), public_hex(key)
        signature = key.sign(proof.pairing(code, public, self.name)).hex()
        reply = centre.pair(wire.PairRequest(code=code, pubkey=public, label=self.name, app="sim", signature=signature))
        meta.save_identity(Identity(reply.device_id, reply.site, reply.cluster_id, reply.epoch, reply.spki, ()))

    # --- power ---

    @abstractmethod
    def cut_power_after(self, writes: int) -> None:
        """The power goes at one of the next writes."""

    @abstractmethod
    def keep_power(self) -> None:
        """No cut is coming any more."""

    @abstractmethod
    def _wake_up(self) -> None:
        """What is left on the disk after a cut is all there is."""

    @abstractmethod
    def _go_dark(self) -> None:
        """The program is gone."""

    def power_on(self) -> None:
        """Starts on what the disk holds after the cut (or after the program was ended in good order)."""
        self.clock.boots += 1
        if self.dead:
            self._wake_up()
            self.dead = False
        self.keep_power()
        self.boot()

    def _die(self) -> None:
        self._go_dark()
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
        self.attempt(lambda: super(Hand, self).feed(event))

    def hear(self, id: int, response: Response) -> None:
        """The answer to a call, and the step it leads to."""
        self.attempt(lambda: super(Hand, self).hear(id, response))

    # --- the person with the device ---

    @abstractmethod
    def _record(self, fact: Fact, item: str | None) -> str:
        """One commit; the op id."""

    def scan(self, fact: Fact, item: str | None) -> str | None:
        """Records a fact; its op id is the good tone, None silence."""
        op_id = self.attempt(lambda: self._record(fact, item))
        if op_id is not None:
            self.beeped.add(op_id)
        return op_id

    @abstractmethod
    def work(self) -> dict[str, WorkRow]:
        """The work rows here, by id."""

    @abstractmethod
    def logged(self) -> Iterator[tuple[str, str | None, bytes]]:
        """(kind, item, body) of all facts in the journal."""

    # --- looking ---

    @abstractmethod
    def settled(self) -> bool:
        """Whether the rows contain every fact."""

    @abstractmethod
    def _rows(self) -> dict[tuple[str, str], tuple[int, bytes]]:
        """All rows."""

    @abstractmethod
    def _through(self) -> int:
        """The version the rows are at."""

    @abstractmethod
    def _overlay(self) -> int:
        """Facts that the rows do not contain yet."""

    @abstractmethod
    def _log(self) -> list[tuple[Op, str | None, str]]:
        """The journal in order: op, what became of it, its link of the chain."""

    def sight(self) -> DeviceSight:
        """What the invariants ask about. The device must have power."""
        identity = self.ports.meta.identity()
        assert identity is not None
        status = self.statuses[-1] if self.statuses else None
        return DeviceSight(
            name=self.name,
            device_id=identity.device_id,
            epoch=identity.epoch,
            through=self._through(),
            beeped=frozenset(self.beeped),
            journal=self._journal(identity.device_id),
            rows=self._rows(),
            overlay=self._overlay(),
            held=frozenset((lease.item, lease.token) for lease in self.ports.leases.held()),
            online=status is not None and status.online,
            compared=self.state.opened,
        )

    def _journal(self, device_id: str) -> dict[str, Logged]:
        chain, found = chain_start(device_id), {}
        for op, outcome, link in self._log():
            hashed = content_hash(op.kind, op.v, op.item, op.token, op.session, bytes(op.body))
            chain = chain_next(chain, op.op_id, hashed)
            found[op.op_id] = Logged(op.seq, outcome, chain == link)
        return found
