"""`floorhand server backup FILE` and `floorhand server restore FILE`: the steps of `docs/disaster.md`."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from sqlalchemy import URL
from sqlalchemy.exc import SQLAlchemyError

from oms.backup import Backup, Refused, Restored, back_up, restore
from oms.bootstrap import open_oms
from oms.cli.common import add_data_argument, give_up
from oms.datafolder import DataFolder, FolderInUse
from oms.db.embedded import DatabaseDown, EmbeddedPostgres
from oms.db.engine import database_url
from oms.log import log_to_stderr
from oms.settings import database_url_from_environment


def backup_main(argv: list[str]) -> int:
    """Writes a backup; the server may run. Exit status 1 with a sentence when it could not."""
    parser = argparse.ArgumentParser("floorhand server backup", description="Writes the whole OMS to one file.")
    parser.add_argument(
        "file", type=Path, help="file to write; an older one of that name is replaced when the new one is whole"
    )
    parser.add_argument(
        "--off-machine", action="store_true",
        help="FILE lies on another machine: devices may forget what it holds, fourteen days later",
    )  # fmt: skip
    _common(parser)
    got = parser.parse_args(argv)
    with told(), database(DataFolder(got.data), may_run=True) as url:
        oms = open_oms(url, pool_size=2)
        try:
            made = back_up(oms, got.file.expanduser().resolve(), off_machine=got.off_machine)
        finally:
            oms.close()
    print(msgspec.json.encode(made).decode() if got.json else _written(made))
    return 0


def restore_main(argv: list[str]) -> int:
    """Puts a backup in the place of the database; no server may run. Exit status 1 with a sentence when it could not."""
    parser = argparse.ArgumentParser("floorhand server restore", description="Goes back to a backup.")
    parser.add_argument("file", type=Path, help="file that `floorhand server backup` has written")
    parser.add_argument("--other-cluster", action="store_true", help="take the backup of another installation")
    parser.add_argument(
        "--above", type=int, default=0, metavar="EPOCH", help="the latest time line that a device is known to have seen"
    )
    _common(parser)
    got = parser.parse_args(argv)
    log_to_stderr()
    with told(), database(DataFolder(got.data), may_run=False) as url:
        made = restore(url, got.file.expanduser().resolve(), other_cluster=got.other_cluster, above=got.above)
    print(msgspec.json.encode(made).decode() if got.json else _back(made))
    return 0


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object instead of words")
    add_data_argument(parser)


@contextmanager
def told() -> Iterator[None]:
    """What can go wrong ends the command with a sentence."""
    try:
        yield
    except (Refused, DatabaseDown, FolderInUse) as error:
        give_up(str(error))
    except SQLAlchemyError as error:
        give_up(f"database: {error}")
    except OSError as error:
        give_up(f"{error.filename or 'file'}: {error.strerror}")


@contextmanager
def database(folder: DataFolder, *, may_run: bool) -> Iterator[URL]:
    """The database of this server: the configured one, or the one in its data folder, started for as long as it is needed."""
    configured = database_url_from_environment()
    if configured:
        yield database_url(configured)
        return
    server = EmbeddedPostgres(folder.postgres)
    try:
        folder.lock(command=True)
    except FolderInUse:
        if not may_run:
            raise
        # Its server keeps the database running.
        yield server.start()
        return
    ran = server.alive()
    try:
        yield server.start()
    finally:
        # One that a killed server left running may be in use by others.
        if not ran:
            server.stop()
        folder.unlock()


def _written(made: Backup) -> str:
    known = "devices may forget what it holds" if made.covered else "devices keep what it holds (no --off-machine)"
    return (
        f"{made.file}: {made.bytes} bytes, everything up to version {made.ver} of time line {made.epoch}; {known}\n"
        f"sha256 {made.sha256}"
    )


def _back(made: Restored) -> str:
    kept = f"the database before is kept as {made.kept}" if made.kept else "there was no database before"
    counts = ", ".join(f"{name} {count}" for name, count in made.counts.items())
    return (
        f"restored up to version {made.ver}; this is time line {made.epoch} now; {kept}\n{counts}\n"
        "Start the server. Devices bring back by themselves what they did since; claims wait up to ten minutes for them."
    )
