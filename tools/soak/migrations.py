"""The power goes while a new app brings the data of an old one to its own shape: at every write of the disk, for every older shape there
ever was. What is found then is the old shape or a newer one, the journal is equal to the byte, and the app starts.

    python -m tools.soak migrations -- --seed 1
"""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from sqlalchemy import Connection

from app.core.storage import StorageTrouble
from app.store.engine import begin_immediately, open_connection
from app.store.migrations import STEPS, migrate, version_of
from app.store.store import Store
from sync.simulation.clock import VirtualClock, VirtualTime
from tools.bench import Figure
from tools.soak._power import Disk, PowerCut, opening_on

_FACTS = 40
_JOURNAL = (
    "SELECT seq, op_id, kind, v, body, digest, chain, wall, state, outcome, ver, settled FROM journal ORDER BY seq"
)
_INSERT = """INSERT INTO journal (seq, op_id, kind, v, body, digest, chain, wall, mono, boot, state, settled)
    VALUES (?, ?, 'scan.refused', 1, ?, ?, ?, ?, 1, 'boot', ?, ?)"""


@dataclass(slots=True)
class Cuts:
    """`shapes`: older shapes tried; `cuts` in all; how often the old and how often a newer shape was found; what was wrong."""

    shapes: int = 0
    cuts: int = 0
    old: int = 0
    newer: int = 0
    broken: list[str] = field(default_factory=list)


def _old_files(folder: Path, version: int, dice: Random) -> dict[str, bytes]:
    """The disk of a device of that shape with facts in its journal, switched off in good order."""
    disk = Disk()
    with opening_on(disk):
        db = open_connection(folder / "floorhand.db")
        begin_immediately(db)
        migrate(db, STEPS[:version])
        with db.begin():
            for n in range(1, _FACTS + 1):
                acked = n < _FACTS // 2
                words = (n, f"{n:032x}", dice.randbytes(60), dice.randbytes(32), dice.randbytes(32).hex(), n)
                db.exec_driver_sql(_INSERT, (*words, "acked" if acked else "pending", int(acked)))
        db.close()
        db.engine.dispose()
    return disk.contents()


def _journal(db: Connection) -> list[tuple[object, ...]]:
    rows = [tuple(row) for row in db.exec_driver_sql(_JOURNAL)]
    db.rollback()
    return rows


def _look(folder: Path, files: dict[str, bytes]) -> tuple[int, list[tuple[object, ...]]]:
    """(version, journal) as they are, with nothing brought to anything."""
    with opening_on(Disk(files)):
        db = open_connection(folder / "floorhand.db")
        try:
            return version_of(db), _journal(db)
        finally:
            db.close()
            db.engine.dispose()


def _start(folder: Path, disk: Disk) -> BaseException | None:
    """Starts the app; what stopped it, if anything did. As long as that is held, so is the database: it would be closed on a dead disk."""
    with opening_on(disk):
        try:
            Store(folder, VirtualClock(VirtualTime()), 0).close()
        except (PowerCut, StorageTrouble) as error:
            return error
    return None


def cut_at_every_write(seed: int, each: int = 2) -> Cuts:
    """Every older shape, every write, `each` ways of what a disk makes of a cut there."""
    found = Cuts()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for version in range(1, len(STEPS)):
            found.shapes += 1
            files = _old_files(folder, version, Random(f"{seed} {version}"))
            before = _look(folder, files)[1]
            for writes, left in _until_it_lasts(folder, files, seed, each):
                found.cuts += 1
                found.broken += [
                    f"seed {seed}, shape {version}, {words}" for words in _after(folder, writes, left, before, found)
                ]
    return found


def _until_it_lasts(
    folder: Path, files: dict[str, bytes], seed: int, each: int
) -> Iterator[tuple[int, dict[str, bytes]]]:
    """(writes, what is left) of disks whose power went after no write, one, two ... until the app has started before the cut comes."""
    writes, lasted = 0, False
    while not lasted:
        for way in range(each):
            disk = Disk(files)
            disk.cut_after = writes
            stopped = _start(folder, disk)
            lasted = stopped is None
            if not lasted:
                yield writes, disk.after_cut(Random(f"{seed} {writes} {way}"))
                disk.cut_after = None
                stopped = None
        writes += 1


def _after(
    folder: Path, writes: int, files: dict[str, bytes], before: list[tuple[object, ...]], found: Cuts
) -> Iterator[str]:
    try:
        version, journal = _look(folder, files)
    except Exception as error:
        yield f"write {writes}: cannot be read: {error!r}"
        return
    if version == len(STEPS):
        found.newer += 1
    else:
        found.old += 1
    if journal != before:
        yield f"write {writes}: the journal is another"
    again = Disk(files)
    if _start(folder, again) is not None or _look(folder, again.contents()) != (len(STEPS), before):
        yield f"write {writes}: the app does not start as it should"


def main(arguments: Sequence[str]) -> list[Figure]:
    """All cuts there can be."""
    parser = argparse.ArgumentParser(prog="migrations")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--each", type=int, default=20, help="ways of what a disk makes of each cut")
    got = parser.parse_args(list(arguments))
    print(f"seed {got.seed}")
    found = cut_at_every_write(got.seed, got.each)
    for words in found.broken[:10]:
        print(words)
    return [
        Figure("F16 older shapes", found.shapes, ""),
        Figure("F16 power cuts while they are brought up", found.cuts, ""),
        Figure("F16 found in the old shape", found.old, ""),
        Figure("F16 found in the new shape", found.newer, ""),
        Figure("F16 journals changed, or apps that do not start", len(found.broken), "", limit=0),
    ]
