"""Half an hour of fifty devices at the pace of people: the real server process, real client stores and sync threads, orders that keep
coming. Nothing may be lost or doubled, and nothing may grow: not the processes, not the devices' write-ahead logs.

    python -m tools.soak endurance -- --minutes 30 --devices 50 --seed 1
"""

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import median

import psutil

from app.store.store import Store
from app.store.sync_ports import sync_ports
from sync.client.driver import SyncThread
from sync.client.status import ClaimPolicy
from sync.contract import facts
from sync.contract.codes import JobKind
from sync.contract.rows import WorkRow
from tools.bench import Figure
from tools.bench._served import MachineClock, Served, served

_PACE_S = 4.0
_LOOK_EVERY_S = 5.0
_REST_S = 60.0


class Person:
    """Owns one device of a person who picks what it is given, line by line."""

    def __init__(self, at: Served, folder: Path, dice: Random) -> None:
        self.store = Store(folder, MachineClock(), 0)
        self.folder = folder
        self._dice = dice
        self.ports = sync_ports(self.store)
        at.let_in(self.ports.meta)
        policy = ClaimPolicy(kinds=(JobKind.PICK.value,), capacity=1)
        self._thread = SyncThread(self.ports, "endurance", lambda status: None, lambda entities: None, policy)
        self._thread.start()
        self.next_at = time.monotonic() + dice.uniform(0, _PACE_S)

    def act(self) -> None:
        """One thing a person does."""
        self.next_at = time.monotonic() + self._dice.uniform(0.5, 1.5) * _PACE_S
        held = {lease.item: lease for lease in self.ports.leases.held()}
        with self.store.unit() as u:
            rows = [row for item in held if (row := u.rows.get(WorkRow, item)) is not None]
            done = dict(self._done())
            todo = [row for row in rows if done.get(row.id, 0) < row.qty_req]
            if todo:
                row = todo[0]
                body = facts.PickConfirm(
                    job=row.job, sku=row.sku, qty=1, from_bin=row.from_bin, tote=f"T-{row.job[:8]}"
                )
                u.journal.append(body, row.id, held[row.id].token, None)
            elif rows:
                job = rows[0].job
                u.journal.append(facts.JobDrop(job=job, tote=f"T-{job[:8]}", lane="L1"), None, None, None)
            else:
                u.journal.append(facts.ScanRefused(job=None, text="?", code="unknown_code"), None, None, None)
        self._thread.wake()

    def _done(self) -> Iterator[tuple[str, int]]:
        asked = "SELECT item, sum(json_extract(CAST(body AS TEXT), '$.qty')) FROM journal WHERE kind = 'pick.confirm' GROUP BY item"
        yield from ((item, int(qty)) for item, qty in self.store._connection.exec_driver_sql(asked))

    def ops(self) -> list[str]:
        """Ids of all facts."""
        with self.store.look():
            return [op_id for (op_id,) in self.store._connection.exec_driver_sql("SELECT op_id FROM journal")]

    def stop(self) -> None:
        """Switched off."""
        self._thread.stop()
        self.store.close()


@dataclass(slots=True)
class Lasted:
    """What was seen. Sizes in bytes, one a look."""

    facts: int = 0
    lost: int = 0
    odd: int = 0
    waiting: int = 0
    server: list[int] = field(default_factory=list)
    client: list[int] = field(default_factory=list)
    wal: list[int] = field(default_factory=list)

    def look(self, at: Served, people: Sequence[Person]) -> None:
        """One sample."""
        self.server.append(at.process.memory_info().rss)
        self.client.append(psutil.Process().memory_info().rss)
        self.wal.append(max(_wal(person.folder) for person in people))


def _wal(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.glob("*-wal"))


def growth(sizes: Sequence[int]) -> float:
    """Per cent from the second fifth of the time to the last: the first fifth fills caches."""
    fifth = max(1, len(sizes) // 5)
    early, late = median(sizes[fifth : 2 * fifth] or sizes), median(sizes[-fifth:])
    return (late - early) / early * 100


def endure(at: Served, folder: Path, minutes: float, devices: int, seed: int) -> Lasted:
    """People who work for so long, then peace."""
    found, dice = Lasted(), Random(seed)
    with ExitStack() as stack:
        people = []
        for n in range(devices):
            people.append(Person(at, folder / f"d{n}", Random(f"{seed} {n}")))
            stack.callback(people[-1].stop)
        end, look_at = time.monotonic() + minutes * 60, time.monotonic()
        while (now := time.monotonic()) < end:
            if now >= look_at:
                look_at = now + _LOOK_EVERY_S
                _fill_up(at, devices, dice)
                found.look(at, people)
            person = min(people, key=lambda one: one.next_at)
            time.sleep(max(0.0, min(person.next_at, look_at) - time.monotonic()))
            if person.next_at <= time.monotonic():
                person.act()
        _rest(people)
        made = [op_id for person in people for op_id in person.ops()]
        known = set(at.centre.house.outcomes())
        found.facts, found.lost = len(made), len(set(made) - known)
        found.odd = len(made) - len(set(made)) + len(known - set(made))
        found.waiting = sum(person.ports.journal.pending_count() for person in people)
    return found


def _fill_up(at: Served, devices: int, dice: Random) -> None:
    """There is always an order for everybody who has none."""
    house = at.centre.house
    for _ in range(max(0, devices - house.open_jobs())):
        house.orders(1, (("TEA", dice.randint(1, 3)), ("CUP", dice.randint(1, 2))))


def _rest(people: Sequence[Person]) -> None:
    end = time.monotonic() + _REST_S
    while time.monotonic() < end and any(person.ports.journal.pending_count() for person in people):
        time.sleep(0.1)


def main(arguments: Sequence[str]) -> list[Figure]:
    """What grew, and what was lost."""
    parser = argparse.ArgumentParser(prog="endurance")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--devices", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    got = parser.parse_args(list(arguments))
    print(f"seed {got.seed}")
    with served() as at, tempfile.TemporaryDirectory() as folder:
        # Stock for everybody who comes.
        at.centre.house.stock_up(1_000_000)
        found = endure(at, Path(folder), got.minutes, got.devices, got.seed)
        at.centre.house.check()
    return [
        Figure("F22 minutes", got.minutes, "min"),
        Figure("F22 devices", got.devices, ""),
        Figure("F22 facts", found.facts, ""),
        Figure("F22 facts lost", found.lost, "", limit=0),
        Figure("F22 facts doubled or made up", found.odd, "", limit=0),
        Figure("F22 facts still waiting at the end", found.waiting, "", limit=0),
        Figure("F22 server memory at the end", found.server[-1] / 2**20, "MiB"),
        Figure("F22 server memory, growth", growth(found.server), "%", limit=5),
        Figure("F22 memory of all devices (one process), growth", growth(found.client), "%", limit=5),
        Figure("F22 largest write-ahead log of a device", max(found.wal) / 2**20, "MiB", limit=64),
    ]
