"""The folder in which one server keeps its files: lock, database, TLS key, the administrator's key, and where it can be reached.

`DataFolder.lock` belongs to the server; the command line on the same machine reads the rest.
"""

import os
import time
from pathlib import Path
from typing import Final

import msgspec

_COMMAND: Final = "command"
#: How long a server that starts waits for a command that looks at the same data, and for one that has not said what it is.
_COMMAND_S, _SAID_S = 30.0, 0.3


class FolderInUse(Exception):
    """Another server works on this folder; the text is for the person at the machine."""


class ServerFile(msgspec.Struct, frozen=True, kw_only=True):
    """How programs on this machine reach the server: `server.json`. `certificate` is the path of its TLS certificate ('' without TLS), in
    the folder where its keys are."""

    url: str
    spki: str
    cluster_id: str
    certificate: str = ""


class DataFolder:
    """Paths below one folder; made when missing, closed to others."""

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().resolve()
        # Under root the database runs as another user, who must be able to pass.
        self.path.mkdir(parents=True, exist_ok=True, mode=0o711 if os.name == "posix" and os.geteuid() == 0 else 0o700)
        self._lock: int | None = None

    @property
    def postgres(self) -> Path:
        """The embedded database."""
        return self.path / "postgres"

    @property
    def tls(self) -> Path:
        """Key and certificate of the server."""
        return self.path / "tls"

    @property
    def secrets_key(self) -> Path:
        """The key that seals secrets in the database. No backup of the database has it."""
        return self.path / "secrets.key"

    @property
    def kernels(self) -> Path:
        """What the planning's compiler made; may be deleted."""
        return self.path / "kernels"

    def lock(self, *, command: bool = False) -> None:
        """Takes the folder for this process until it ends, however it ends; `command`: for a moment, as a server that starts waits for.
        Raises `FolderInUse`."""
        import fcntl

        file = os.open(self.path / "server.lock", os.O_RDWR | os.O_CREAT, 0o600)
        began = time.monotonic()
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                owner, _, by = os.pread(file, 64, 0).decode(errors="replace").partition(" ")
                # Who has just taken it may not have said so yet.
                wait_s = 0.0 if command else _COMMAND_S if by == _COMMAND else _SAID_S
                if time.monotonic() - began >= wait_s:
                    os.close(file)
                    what = "a command is at work" if by == _COMMAND else "a server is running"
                    raise FolderInUse(f"{what} on {self.path} already (process {owner or 'unknown'})") from None
            time.sleep(0.05)
        os.ftruncate(file, 0)
        os.pwrite(file, f"{os.getpid()} {_COMMAND if command else ''}".strip().encode(), 0)
        self._lock = file

    def unlock(self) -> None:
        """Gives the folder back."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def admin_key(self) -> str | None:
        """The administrator's key, or None before the first start."""
        path = self.path / "admin.key"
        return path.read_text().strip() if path.exists() else None

    def keep_admin_key(self, key: str) -> None:
        """Writes `admin.key`."""
        self._write("admin.key", key.encode())

    def say_where(self, server: ServerFile) -> None:
        """Writes `server.json`."""
        self._write("server.json", msgspec.json.encode(server))

    def where(self) -> ServerFile | None:
        """What `server.json` says, or None."""
        path = self.path / "server.json"
        return msgspec.json.decode(path.read_bytes(), type=ServerFile) if path.exists() else None

    def _write(self, name: str, content: bytes) -> None:
        """Whole or not at all, and readable by nobody else."""
        part = self.path / f"{name}.part"
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self.path / name)
