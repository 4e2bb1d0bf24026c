"""Power cuts of a handheld at random writes: what beeped is there, nothing is half there, the app starts. The real store on `_power.Disk`.

    python -m tools.soak power_cuts -- --cuts 20000 --seed 1

The control runs with `synchronous=NORMAL`, which does not sync at each commit: it must lose beeped scans, or this test is blind.
"""

import argparse
import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from app.core.storage import StorageTrouble
from app.store.store import Store
from app.store.sync_ports import sync_ports
from sync.client.ports import Identity
from sync.contract.chain import chain_next, chain_start, content_hash
from sync.contract.codes import Outcome
from sync.contract.facts import ScanRefused
from sync.contract.rows import ItemRow
from sync.contract.wire import Change, OpResult, PullReply
from tools.bench import Figure
from tools.soak._power import Disk, PowerCut, opening_on

_DEVICE = "dev-1"
_LIVES = 5
_MOST_WRITES = 400


@dataclass(slots=True)
class Tally:
    """What became of the cuts. `lost`: scans that beeped and are gone; `broken`: starts that failed or found something half."""

    cuts: int = 0
    beeps: int = 0
    lost: int = 0
    broken: list[str] = field(default_factory=list)


class _Clock:
    """Time stands still: nothing here may depend on it."""

    def mono(self) -> float:
        return 1.0

    def wall_ms(self) -> int:
        return 1

    def boot_id(self) -> str:
        return "boot"


@dataclass(slots=True)
class _Device:
    """What a person and the centre remember of one device, to compare with what is on its disk after each cut."""

    beeped: list[str] = field(default_factory=list)
    on_screen: int = -1
    server_ver: int = 0
    cursor: str = ""


class _Life:
    """From a start to the next cut."""

    def __init__(self, store: Store, device: _Device, dice: random.Random) -> None:
        self._store, self._device, self._dice = store, device, dice
        self._ports = sync_ports(store)
        self._acts: tuple[Callable[[], None], ...] = (
            self._scan,
            self._scan,
            self._scan,
            self._ack,
            self._page,
            self._rewind,
        )

    def go_on(self) -> None:
        """Scans, acknowledgements, rows and restores in any order, until the power goes."""
        while True:
            self._dice.choice(self._acts)()

    def _scan(self) -> None:
        number = self._device.on_screen + 1
        with self._store.unit() as u:
            op_id = u.journal.append(ScanRefused(job=None, text=str(number), code="x"), None, None, None)
            u.flows.keep("job", "pick", 1, str(number).encode())
        self._device.beeped.append(op_id)
        self._device.on_screen = number

    def _ack(self) -> None:
        ops = self._ports.journal.pending(self._dice.randint(1, 20), 10**6)
        if ops:
            results = [
                OpResult(seq=op.seq, op_id=op.op_id, outcome=Outcome.APPLIED, ver=self._device.server_ver + 1)
                for op in ops
            ]
            self._ports.journal.record_results(results, ops[-1].seq, "", 0)

    def _page(self) -> None:
        before, ver = self._ports.rows.cursor(), self._device.server_ver + 1
        # Every row of a page carries its number: after a cut either all of them do, or none.
        rows = [ItemRow(id=f"SKU{n}", name=f"{ver}", codes=[]) for n in range(self._dice.choice((3, 3, 30)))]
        changes = [Change(e="item", id=row.id, v=ver, d=msgspec.Raw(msgspec.json.encode(row))) for row in rows]
        page = PullReply(
            from_=before, to=f"c{ver}", head=ver, more=False, changes=changes, epoch=1, server_time="", through=ver
        )
        self._device.server_ver = ver
        self._ports.rows.apply_page(page)
        self._device.cursor = f"c{ver}"

    def _rewind(self) -> None:
        if self._dice.random() < 0.2:
            self._ports.journal.rewind(self._dice.randint(0, self._ports.journal.head().next_seq - 1))


def _new_disk(folder: Path, synchronous: int) -> dict[str, bytes]:
    """A paired device that has just been switched off in good order."""
    disk = Disk()
    with opening_on(disk, synchronous):
        store = Store(folder, _Clock(), 0)
        sync_ports(store).meta.save_identity(Identity(_DEVICE, "MAIN", "cluster", 1, "ab" * 32, ()))
        store.close()
    return disk.contents()


def run(cuts: int, seed: int, synchronous: int = 2) -> Tally:
    """So many cuts, five to a device. `synchronous` 2 is FULL, as the app has it; 1 is NORMAL."""
    tally = Tally()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        fresh = _new_disk(folder, synchronous)
        for number in range(-(-cuts // _LIVES)):
            _device(folder, fresh, random.Random(f"{seed}-{number}"), synchronous, tally, f"seed {seed}-{number}")
    return tally


def _device(
    folder: Path, fresh: dict[str, bytes], dice: random.Random, synchronous: int, tally: Tally, name: str
) -> None:
    device, files = _Device(), fresh
    for life in range(_LIVES):
        disk = Disk(files)
        disk.cut_after = dice.randint(0, dice.choice((20, 100, _MOST_WRITES)))
        with opening_on(disk, synchronous):
            _live(folder, device, dice)
        tally.cuts += 1
        files = disk.after_cut(dice)
        survivors = Disk(files)
        with opening_on(survivors, synchronous):
            found = _look(folder, device, tally, f"{name} life {life}")
        if not found:
            return
        files = survivors.contents()
    tally.beeps += len(device.beeped)


def _live(folder: Path, device: _Device, dice: random.Random) -> None:
    store = None
    try:
        store = Store(folder, _Clock(), 0)
        _small_checkpoints(store, dice)
        _Life(store, device, dice).go_on()
    except (PowerCut, StorageTrouble):
        # SQLite names a failed write an I/O error: on a real device the process would be gone.
        pass
    finally:
        if store is not None:
            with suppress(Exception):
                store.close()


def _small_checkpoints(store: Store, dice: random.Random) -> None:
    """The log is copied into the database often, so that cuts meet that too."""
    pages = dice.choice((4, 16, 1000))
    store._connection.exec_driver_sql(f"PRAGMA wal_autocheckpoint = {pages}").close()
    store._connection.rollback()


def _look(folder: Path, device: _Device, tally: Tally, name: str) -> bool:
    """Starts the app again and compares; False when this device cannot go on."""
    try:
        store = Store(folder, _Clock(), 0)
    except Exception as error:
        tally.broken.append(f"{name}: does not start: {error!r}")
        return False
    try:
        tally.broken += [f"{name}: {words}" for words in _wrong(store, device)]
        there = {op_id for (op_id,) in store._connection.exec_driver_sql("SELECT op_id FROM journal")}
        store._connection.rollback()
        lost = [op_id for op_id in device.beeped if op_id not in there]
        tally.lost += len(lost)
        device.beeped = [op_id for op_id in device.beeped if op_id in there]
    finally:
        store.close()
    return True


def _wrong(store: Store, device: _Device) -> Iterator[str]:
    db = store._connection
    integrity = db.exec_driver_sql("PRAGMA integrity_check").scalar_one()
    ops = db.exec_driver_sql("SELECT seq, op_id, kind, v, body, chain FROM journal ORDER BY seq").all()
    db.rollback()
    if integrity != "ok":
        yield f"integrity: {integrity}"
    chain = chain_start(_DEVICE)
    for seq, op in enumerate(ops, start=1):
        chain = chain_next(chain, op.op_id, content_hash(op.kind, op.v, None, None, None, op.body))
        if (op.seq, op.chain) != (seq, chain):
            yield f"op {op.seq} is not link {seq} of the chain"
    with store.look() as u:
        head, state = u.journal.head(), u.flows.of("job")
        names = {row.name for n in range(3) if (row := u.rows.get(ItemRow, f"SKU{n}"))}
        cursor = u.rows.cursor()
    if (head.next_seq, head.chain) != (len(ops) + 1, chain):
        yield f"the head says {head.next_seq} after {len(ops)} ops"
    shown = int(state.body) if state else -1
    # Flow and fact are one unit of work: the screen stands where the log stands.
    if shown != len(ops) - 1:
        yield f"the screen stands at {shown} with {len(ops)} facts"
    if cursor and names != {cursor.removeprefix("c")}:
        yield f"the cursor is {cursor}, the rows are of {sorted(names)}"
    device.on_screen = shown
    device.server_ver = max(device.server_ver, int(cursor.removeprefix("c") or 0))


def main(arguments: Sequence[str]) -> list[Figure]:
    """Cuts with FULL, and as many less with NORMAL as control."""
    parser = argparse.ArgumentParser(prog="power_cuts")
    parser.add_argument("--cuts", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    got = parser.parse_args(list(arguments))
    print(f"seed {got.seed}")
    full, control = run(got.cuts, got.seed), run(max(got.cuts // 10, 100), got.seed, synchronous=1)
    for words in full.broken[:20]:
        print(words)
    return [
        Figure("F3 power cuts", full.cuts, ""),
        Figure("F3 scans that beeped", full.beeps, ""),
        Figure("F3 beeped scans lost", full.lost, "", limit=0),
        Figure("F3 starts that failed or found something half", len(full.broken), "", limit=0),
        Figure("F4 control (NORMAL): beeped scans lost", control.lost, ""),
        Figure("F4 control blind", float(control.lost == 0), "", limit=0),
    ]
