"""A clock that is set by hand, for a whole database: what asks it for the time is answered by functions that stand before PostgreSQL's own
in the search path."""

from datetime import UTC, datetime
from typing import Any, Final

import psycopg
from sqlalchemy import URL, Engine, event

_FUNCTIONS: Final = ("now", "clock_timestamp", "statement_timestamp", "transaction_timestamp")


def install(url: URL) -> None:
    """Sets the clock up in a migrated database. It counts for connections that are made from now on, once they said what time it is."""
    database = str(url.database)
    where = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(where, autocommit=True) as db:
        db.execute("CREATE SCHEMA played")
        for name in _FUNCTIONS:
            db.execute(
                f"CREATE FUNCTION played.{name}() RETURNS timestamptz LANGUAGE sql STABLE"
                f" AS $$ SELECT CAST(current_setting('played.at') AS timestamptz) $$".encode()
            )
        # What is made without a schema's name stays where it was: nothing is made any more.
        db.execute(f"ALTER DATABASE {database} SET search_path = played, pg_catalog, public".encode())
        db.execute(f"ALTER DATABASE {database} SET played.at = '2000-01-01 00:00:00+00'".encode())


class Clock:
    """Tells every connection of an engine what time it is when it is taken out of the pool."""

    def __init__(self, engine: Engine) -> None:
        self._now = datetime.min.replace(tzinfo=UTC)
        event.listen(engine, "checkout", self._tell)

    def set(self, now: datetime) -> None:
        """From the next unit of work on it is `now`."""
        self._now = now

    def _tell(self, connection: Any, record: Any, proxy: Any) -> None:
        del proxy
        if record.info.get("played") != self._now:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('played.at', %s, false)", (self._now.isoformat(),))
            connection.commit()
            record.info["played"] = self._now
