"""Brings a database to the schema of this version. The server runs it at its start; several servers at once are fine."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

#: Only one server migrates at a time (a singleton; nothing's correctness rests on it but the start's).
_MIGRATION_LOCK = 0x464C4F4F52
_MIGRATIONS = Path(__file__).parent / "migrations"


def config(connection: Connection) -> Config:
    """Alembic's configuration on an open connection; there is no ini file."""
    made = Config()
    made.set_main_option("script_location", str(_MIGRATIONS))
    made.attributes["connection"] = connection
    return made


def upgrade(engine: Engine) -> None:
    """Runs every migration that is missing, in one transaction."""
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        here, head = current(connection)
        if here != head:
            command.upgrade(config(connection), "head")


def current(connection: Connection) -> tuple[str | None, str | None]:
    """(revision of the database, revision of this program)."""
    return MigrationContext.configure(connection).get_current_revision(), _head()


@cache
def _head() -> str | None:
    """Reads every migration, which takes longer than asking a database where it stands."""
    return ScriptDirectory(str(_MIGRATIONS)).get_current_head()
