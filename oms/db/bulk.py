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
    statement = _insert(db, model, rows, "rows")
    if replace:
        keys = ", ".join(quote(key.name) for key in inspect(model).primary_key)
        settings = ", ".join(f"{quote(column)} = excluded.{quote(column)}" for column in replace)
        statement += f" ON CONFLICT ({keys}) DO UPDATE SET {settings}"
    db.execute(text(statement), {"rows": msgspec.json.encode(rows).decode()})


def insert_together(db: Session, *tables: tuple[type[Base], Sequence[Mapping[str, Any]]]) -> None:
    """As `insert_rows` for several tables in one statement; rows may name rows of another of them. Keys are looked at in its end."""
    filled = [(model, rows) for model, rows in tables if rows]
    if not filled:
        return
    parts = [_insert(db, model, rows, f"rows{n}") for n, (model, rows) in enumerate(filled)]
    before = ", ".join(f"i{n} AS ({part})" for n, part in enumerate(parts[:-1]))
    said = {f"rows{n}": msgspec.json.encode(rows).decode() for n, (_, rows) in enumerate(filled)}
    db.execute(text(f"WITH {before} {parts[-1]}" if before else parts[-1]), said)


def columns_of(row: Base) -> dict[str, Any]:
    """All columns of an object that is not in a session, by name."""
    return {attribute.key: getattr(row, attribute.key) for attribute in inspect(type(row)).column_attrs}


def _insert(db: Session, model: type[Base], rows: Sequence[Mapping[str, Any]], parameter: str) -> str:
    quote = db.get_bind().dialect.identifier_preparer.quote
    columns = ", ".join(quote(name) for name in rows[0])
    name = quote(model.__tablename__)
    return (
        f"INSERT INTO {name} ({columns}) SELECT {columns}"  # noqa: S608 - names of our own models
        f" FROM jsonb_populate_recordset(CAST(NULL AS {name}), CAST(:{parameter} AS jsonb))"
    )
