"""Many rows in one statement. The imports and the feed write through it; single rows go through the session as usual."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

from oms.db.base import Base


def insert_rows(
    db: Session, model: type[Base], rows: Sequence[Mapping[str, Any]], *, replace: Sequence[str] = ()
) -> None:
    """Inserts `rows`, which all name the same columns. With `replace`, a row that is there already gets these columns instead.

    One statement with one parameter: an insert per row pays its triggers and its way through the network per row.
    """
    if not rows:
        return
    quote = db.get_bind().dialect.identifier_preparer.quote
    columns = ", ".join(quote(name) for name in rows[0])
    name = quote(model.__tablename__)
    statement = (
        f"INSERT INTO {name} ({columns}) SELECT {columns}"  # noqa: S608 - names of our own models
        f" FROM jsonb_populate_recordset(CAST(NULL AS {name}), CAST(:rows AS jsonb))"
    )
    if replace:
        keys = ", ".join(quote(key.name) for key in inspect(model).primary_key)
        settings = ", ".join(f"{quote(column)} = excluded.{quote(column)}" for column in replace)
        statement += f" ON CONFLICT ({keys}) DO UPDATE SET {settings}"
    db.execute(text(statement), {"rows": msgspec.json.encode(rows).decode()})
