"""Simulated handhelds on the real client store, its file on a disk whose power can be cut: the whole device but its windows."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Self

import msgspec

from app.store.store import Store
from app.store.sync_ports import sync_ports
from sync.client.status import ClaimPolicy
from sync.contract import wire
from sync.contract.facts import Fact
from sync.contract.rows import WorkRow
from sync.simulation.clock import VirtualClock
from tools.soak._hand import Hand
from tools.soak._power import Disk, opening_on


class Handheld(Hand):
    """Owns a device: its disk, its store while it has power, its folder for the key."""

    def __init__(
        self, name: str, clock: VirtualClock, policy: ClaimPolicy, dice: Random, files: dict[str, bytes]
    ) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="fh-hand-"))
        self._switch_on(files, clock)
        super().__init__(name, clock, policy, dice, sync_ports(self.store))

    @classmethod
    def new(cls, name: str, clock: VirtualClock, policy: ClaimPolicy, dice: Random) -> Self:
        return cls(name, clock, policy, dice, fresh_files())

    def _switch_on(self, files: dict[str, bytes], clock: VirtualClock) -> None:
        # Files are known by their whole path; a copy lives in another folder.
        self.disk = Disk({str(self._folder / Path(name).name): data for name, data in files.items()})
        with opening_on(self.disk):
            self.store = Store(self._folder, clock, 0)

    def clone(self, name: str, dice: Random) -> Self:
        clock = replace(self.clock, boots=1)
        made = type(self)(name, clock, self.state.policy, dice, self.disk.contents())
        key = self.ports.meta.device_key()
        assert key is not None
        made.ports.meta.save_device_key(key)
        made.beeped = set(self.beeped)
        return made

    def destroy(self) -> None:
        self.store.close()
        shutil.rmtree(self._folder)

    # --- power ---

    def cut_power_after(self, writes: int) -> None:
        self.disk.cut_after = self.disk.writes + writes

    def keep_power(self) -> None:
        self.disk.cut_after = None

    def _wake_up(self) -> None:
        self._switch_on(self.disk.after_cut(self.dice), self.clock)
        self.ports = sync_ports(self.store)

    def _go_dark(self) -> None:
        with suppress(Exception):
            self.store.close()

    # --- the person with the device ---

    def _record(self, fact: Fact, item: str | None) -> str:
        with self.store.unit() as u:
            right = u.leases.right(item) if item else None
            return u.journal.append(fact, item, right.token if right else None, None)

    def work(self) -> dict[str, WorkRow]:
        with self.store.look() as u:
            return {row.id: row for row in u.rows.all(WorkRow)}

    def logged(self) -> Iterator[tuple[str, str | None, bytes]]:
        yield from self._query("SELECT kind, item, body FROM journal ORDER BY seq")

    def _query(self, sql: str) -> list[tuple]:  # type: ignore[type-arg]
        with self.store.look():
            return [tuple(row) for row in self.store._connection.exec_driver_sql(sql)]

    # --- looking ---

    def settled(self) -> bool:
        with self.store.look() as u:
            return not u.journal.unsettled()

    def _rows(self) -> dict[tuple[str, str], tuple[int, bytes]]:
        return {(e, id): (v, bytes(body)) for e, id, v, body in self._query("SELECT e, id, v, body FROM row")}

    def _through(self) -> int:
        with self.store.look() as u:
            return u.rows.through()

    def _overlay(self) -> int:
        [(overlay,)] = self._query("SELECT count(*) FROM journal WHERE settled = 0")
        return int(overlay)

    def _log(self) -> list[tuple[wire.Op, str | None, str]]:
        asked = "SELECT op_id, seq, outcome, chain, kind, v, item, tok_epoch, tok_n, session, body FROM journal ORDER BY seq"
        return [
            (
                wire.Op(
                    op_id=op_id,
                    seq=seq,
                    kind=kind,
                    v=v,
                    body=msgspec.Raw(body),
                    t=_NEVER,
                    item=item,
                    token=None if n is None else (of, n),
                    session=session,
                ),
                outcome,
                chain,
            )
            for op_id, seq, outcome, chain, kind, v, item, of, n, session, body in self._query(asked)
        ]


_NEVER = wire.Times(wall=0, mono=0, boot="")


@cache
def fresh_files() -> dict[str, bytes]:
    """The disk of a device that has just been set up; not to be changed."""
    with tempfile.TemporaryDirectory() as place:
        disk = Disk()
        with opening_on(disk):
            Store(Path(place), VirtualClock.__new__(VirtualClock), 0).close()
        return disk.contents()
