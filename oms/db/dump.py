"""Writes a database to a file and reads it back, with PostgreSQL's own `pg_dump` and `pg_restore`. Used by `oms.backup`."""

import os
import subprocess
from pathlib import Path

from psycopg.conninfo import make_conninfo
from sqlalchemy import URL

from oms.db.embedded import binaries

_SAID_MOST = 600


class DumpFailed(Exception):
    """A tool of PostgreSQL said no; the text is what it said, for the person at the machine."""


def dump(url: URL, file: Path, snapshot: str) -> None:
    """Writes what the exported `snapshot` of the database shows to `file`, compressed, and only for its owner to read."""
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    words = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={file}")
    _run("pg_dump", *words, f"--dbname={_where(url)}", password=url.password)
    with file.open("rb") as written:
        os.fsync(written.fileno())


def contents(file: Path) -> list[str]:
    """The table of contents of a dump; DumpFailed when it is none or was cut short."""
    return _run("pg_restore", "--list", str(file)).splitlines()


def load(url: URL, file: Path) -> None:
    """Reads a dump into the empty database at `url`: all of it or, with DumpFailed, nothing."""
    words = ("--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error")
    _run("pg_restore", *words, f"--dbname={_where(url)}", str(file), password=url.password)


def _where(url: URL) -> str:
    """The connection without its password: the arguments of a process can be read by everybody on the machine."""
    words = {"host": url.host, "port": url.port, "user": url.username, "dbname": url.database, **url.query}
    return make_conninfo(**{name: str(word) for name, word in words.items() if word is not None})


def _run(program: str, *words: str, password: str | object | None = None) -> str:
    environment = {**os.environ, "LC_ALL": "C"} | ({"PGPASSWORD": str(password)} if password is not None else {})
    done = subprocess.run(
        [str(binaries() / program), *words], env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    if done.returncode:
        raise DumpFailed(f"{program}: {done.stderr.decode(errors='replace').strip()[-_SAID_MOST:]}")
    return done.stdout.decode(errors="replace")
