"""Simulated handhelds that keep everything in memory: the real client code without SQLite, quick enough for seeds by the thousand.

Power goes between two commits of the store, never in the middle of one; cuts at any write are the business of `_handheld`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Self
from uuid import uuid4

import msgspec

from sync.client.ports import Ports
from sync.client.status import ClaimPolicy
from sync.contract.facts import Fact
from sync.contract.rows import WorkRow
from sync.contract.wire import Op
from sync.simulation.clock import VirtualClock
from sync.simulation.store import MemoryStore
from tools.soak._hand import Hand
from tools.soak._power import PowerCut


@dataclass(slots=True)
class _Battery:
    """Counts commits; none when no cut is coming."""

    left: int | None = None

    def use(self) -> None:
        """One more commit."""
        if self.left is None:
            return
        self.left -= 1
        if self.left < 0:
            raise PowerCut


class _Powered:
    """A port of the store whose calls that write need power. Half of the cuts come when the write is on the disk already."""

    def __init__(self, port: Any, writes: tuple[str, ...], battery: _Battery, dice: Random) -> None:
        self._port, self._writes, self._battery, self._dice = port, writes, battery, dice

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call: Callable[..., Any] = getattr(self._port, name)
        return self._commit(call) if name in self._writes else call

    def _commit(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def powered(*words: Any) -> Any:
            if self._battery.left is None or self._dice.random() < 0.5:
                self._battery.use()
                return call(*words)
            answer = call(*words)
            self._battery.use()
            return answer

        return powered


def _powered(ports: Ports, battery: _Battery, dice: Random) -> Ports:
    def port(made: Any, *writes: str) -> Any:
        return _Powered(made, writes, battery, dice)

    return Ports(
        port(ports.journal, "record_results", "rewind", "resubmit_under"),
        port(ports.rows, "apply_page", "reset"),
        port(ports.leases, "store", "drop"),
        port(ports.meta, "save_identity", "save_epoch", "save_addresses"),
        ports.clock,
    )


class Pocket(Hand):
    """Owns a device and its memory."""

    def __init__(
        self, name: str, clock: VirtualClock, policy: ClaimPolicy, dice: Random, store: MemoryStore | None = None
    ) -> None:
        self.store = store or MemoryStore(clock)
        self.battery = _Battery()
        super().__init__(name, clock, policy, dice, _powered(self.store.ports(), self.battery, dice))

    @classmethod
    def new(cls, name: str, clock: VirtualClock, policy: ClaimPolicy, dice: Random) -> Self:
        return cls(name, clock, policy, dice)

    def clone(self, name: str, dice: Random) -> Self:
        clock = replace(self.clock, boots=1)
        made = type(self)(name, clock, self.state.policy, dice, self.store.copy(clock))
        made.beeped = set(self.beeped)
        return made

    def destroy(self) -> None:
        pass

    # --- power ---

    def cut_power_after(self, writes: int) -> None:
        # A commit is about eight writes of a disk.
        self.battery.left = writes // 8

    def keep_power(self) -> None:
        self.battery.left = None

    def _wake_up(self) -> None:
        pass

    def _go_dark(self) -> None:
        pass

    # --- the person with the device ---

    def _record(self, fact: Fact, item: str | None) -> str:
        self.battery.use()
        token = self.store.rights.get(item) if item else None
        return self.store.append(uuid4().hex, fact, item, token).op_id

    def work(self) -> dict[str, WorkRow]:
        bodies = [body for (entity, _), (_, body) in self.store.rows.items() if entity == "work"]
        return {row.id: row for row in (msgspec.json.decode(body, type=WorkRow) for body in bodies)}

    def logged(self) -> Iterator[tuple[str, str | None, bytes]]:
        yield from ((entry.op.kind, entry.op.item, bytes(entry.op.body)) for entry in self.store.entries)

    # --- looking ---

    def settled(self) -> bool:
        return not self.store.overlay()

    def _rows(self) -> dict[tuple[str, str], tuple[int, bytes]]:
        return dict(self.store.rows)

    def _through(self) -> int:
        return self.store.through

    def _overlay(self) -> int:
        return len(self.store.overlay())

    def _log(self) -> list[tuple[Op, str | None, str]]:
        return [(entry.op, entry.outcome, entry.chain) for entry in self.store.entries]
