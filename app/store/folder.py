"""The data folder: who may use it, and the room kept for the day the disk is full."""

import shutil
import sys
from pathlib import Path
from types import TracebackType
from typing import IO

from app.core.storage import StoreInUse

RESERVE_BYTES = 32 * 1024 * 1024
_CHUNK = bytes(1024 * 1024)


class FolderLock:
    """An exclusive lock on the data folder, held while this object is open. The operating system lets go when the process dies.

    With `wait` it waits for its turn; else it raises `StoreInUse` when another has the folder.
    """

    def __init__(self, path: Path, wait: bool = False) -> None:
        self._path = path
        self._wait = wait
        self._file: IO[bytes] | None = None

    def __enter__(self) -> "FolderLock":
        self._file = self._path.open("ab")
        try:
            _lock(self._file, self._wait)
        except OSError as taken:
            self._file.close()
            raise StoreInUse(f"another client has {self._path.parent} open") from taken
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes], wait: bool) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: IO[bytes], wait: bool) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)


class Reserve:
    """A file of zeros that is given up when the disk is full, so that what is written here already can still be sent away."""

    def __init__(self, path: Path, size: int = RESERVE_BYTES) -> None:
        self._path = path
        self._size = size
        self.held = path.exists() and path.stat().st_size >= size

    def give_up(self) -> bool:
        """Frees the space; False when it was free already."""
        if not self.held:
            return False
        self._path.unlink(missing_ok=True)
        self.held = False
        return True

    def take(self) -> bool:
        """Fills the reserve again if the disk has twice its size to spare; returns whether it is held."""
        if self.held:
            return True
        if shutil.disk_usage(self._path.parent).free < 2 * self._size:
            return False
        try:
            # Real zeros, block by block: a sparse file would hold nothing back.
            with self._path.open("wb") as file:
                for start in range(0, self._size, len(_CHUNK)):
                    file.write(_CHUNK[: self._size - start])
        except OSError:
            self._path.unlink(missing_ok=True)
            return False
        self.held = True
        return True
