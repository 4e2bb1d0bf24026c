"""The store of one device: one file, one connection, one lock, units of work. Everything the client keeps goes through here.

Built once by the bootstrap. Services use `unit` and `look`, the sync ports `run`.
"""

import logging
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, delete
from sqlalchemy.exc import DBAPIError

from app.core.clock import Clock
from app.core.storage import StorageFull, StorageTrouble
from app.store import tables
from app.store.engine import begin_immediately, copy_database, open_connection, roll_back, trouble_of
from app.store.flow_states import FlowBook
from app.store.folder import RESERVE_BYTES, FolderLock, Reserve
from app.store.handover import HandOverBook
from app.store.journal import JournalBook
from app.store.key_file import key_store
from app.store.leases import LeaseBook
from app.store.meta import MetaBook
from app.store.migrations import migrate
from app.store.notices import NoticeBook
from app.store.papers import PaperBook
from app.store.people import PeopleBook
from app.store.photos import PhotoBook
from app.store.print_journal import PrintBook
from app.store.rows import RowBook
from app.store.typed import TypedBook
from sync.contract.facts import Fact

log = logging.getLogger(__name__)

T = TypeVar("T")

_DATABASE = "floorhand.db"


class Unit:
    """What can be read and written inside one transaction. Good only while it runs."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self.meta = MetaBook(connection)
        self.rows = RowBook(connection, self.meta)
        self.journal = JournalBook(connection, self.meta, clock)
        self.leases = LeaseBook(connection, self.meta)
        self.flows = FlowBook(connection)
        self.people = PeopleBook(connection, self.meta, clock)
        self.notices = NoticeBook(connection)
        self.prints = PrintBook(connection, clock)
        self.papers = PaperBook(connection)
        self.photos = PhotoBook(connection)
        self.typed = TypedBook(connection)
        self.hand_overs = HandOverBook(connection, clock, self.meta, self.rows, self.journal, self.leases, self.flows)

    def device_id(self) -> str:
        """This device's identity; empty before it is paired."""
        identity = self.meta.identity()
        return identity.device_id if identity else ""

    def record(self, fact: Fact, item: str | None = None) -> None:
        """Appends a fact under the session of whoever is signed in, with the newest token of its work item."""
        person = self.people.signed_in()
        right = self.leases.right(item) if item else None
        self.journal.append(
            fact, item, right.token if right else None, person.session if person and person.session else None
        )

    def forget_centre(self) -> None:
        """Clears what belongs to a centre this device leaves: rows, leases, states, people, labels, and a log that centre has all of."""
        self.rows.reset()
        labels = (tables.print_journal, tables.print_job, tables.paper_owed, tables.photo)
        for table in (tables.journal, tables.lease, tables.notice, tables.flow, tables.verifier, *labels):
            self._connection.execute(delete(table))
        for key in ("head", "pruned", "person", "recent", "outgoing", "taken", "taken_jobs", "believed"):
            self.meta.drop(key)


class Store:
    """Owns the data folder while it is open. All methods may be called from any thread; units of work run one after another."""

    def __init__(self, folder: Path, clock: Clock, reserve_bytes: int = RESERVE_BYTES) -> None:
        """Opens or makes the data folder. Raises `StoreInUse`, `StoreTooNew`, `StorageFull` or `StorageBroken`."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.clock = clock
        self.key = key_store(folder)
        self._lock = threading.Lock()
        self._told: list[Callable[[], None]] = []
        self._held = FolderLock(folder / "lock").__enter__()
        self._reserve = Reserve(folder / "reserve", reserve_bytes)
        try:
            with _in_words():
                self._connection = open_connection(folder / _DATABASE)
                begin_immediately(self._connection)
                migrate(self._connection)
        except BaseException:
            self._held.__exit__(None, None, None)
            raise
        self._books = Unit(self._connection, clock)
        self._reserve.take()

    def close(self) -> None:
        """Lets go of the folder; waits for a running unit of work."""
        with self._lock:
            engine = self._connection.engine
            self._connection.close()
            engine.dispose()
            self._held.__exit__(None, None, None)

    def copy_to(self, folder: Path) -> None:
        """Makes a folder that is this one as it is at one moment: a backup, or the same device twice. Floor and sync wait meanwhile."""
        with self._lock:
            shutil.copytree(self.folder, folder, ignore=shutil.ignore_patterns(f"{_DATABASE}*", "lock", "reserve"))
            copy_database(self._connection, folder / _DATABASE)

    def on_commit(self, told: Callable[[], None]) -> None:
        """Has `told` called after each unit of work of the floor, in the thread that did it: it must return at once."""
        self._told.append(told)

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        """A unit of work of the floor: all of it is on the disk when the block has ended, or nothing is.

        Raises `StorageFull` (also while only the reserve is left: that room is for sync) or `StorageBroken`.
        """
        with self._lock:
            if not self._reserve.take():
                raise StorageFull("only the reserve is left")
            try:
                with self._transaction(keep=True) as books:
                    yield books
            except StorageFull:
                self._reserve.give_up()
                raise
        for told in self._told:
            told()

    @contextmanager
    def look(self) -> Iterator[Unit]:
        """Reads one moment; what is written in it is forgotten."""
        with self._lock, self._transaction(keep=False) as books:
            yield books

    def run(self, work: Callable[[Unit], T]) -> T:
        """A unit of work of sync: `work` runs again once if the disk was full and the reserve made room."""
        with self._lock:
            try:
                return self._once(work)
            except StorageFull:
                if not self._reserve.give_up():
                    raise
                log.warning("disk full: the reserve was given up")
                return self._once(work)

    def _once(self, work: Callable[[Unit], T]) -> T:
        with self._transaction(keep=True) as books:
            return work(books)

    @contextmanager
    def _transaction(self, keep: bool) -> Iterator[Unit]:
        with _in_words():
            transaction = self._connection.begin()
            try:
                yield self._books
                if keep:
                    transaction.commit()
            finally:
                transaction.close()
                roll_back(self._connection)
                self._books.rows.ended()


@contextmanager
def _in_words() -> Iterator[None]:
    """Turns what a database error says about the disk into `StorageTrouble`; faults of ours pass as they are."""
    try:
        yield
    except DBAPIError as error:
        trouble = trouble_of(error)
        if trouble is None:
            raise
        raise trouble from error


__all__ = ["StorageTrouble", "Store", "Unit"]
