"""Which tables the statements of a question read from end to end: each is explained by the database, as it was asked, with its values."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Engine, event

#: Plans are asked for of these; what sets the scene for them is done.
_EXPLAINED: Final = ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "(")
_SCENE: Final = ("SET LOCAL", "SELECT SET_CONFIG")
#: Tables of so many rows may be read whole: no index is quicker.
SMALL: Final = 10_000


@contextmanager
def heard(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """The statements that are executed on an engine meanwhile, with their values."""
    said: list[tuple[str, Any]] = []

    def hear(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        # Many rows of one statement come as one set of values already when their keys are asked back.
        said.append((statement, parameters[0] if many and isinstance(parameters, list) else parameters))

    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", hear)


def read_whole(
    engine: Engine, run: Callable[[], object], *, analyze: bool = True, but: Collection[str] = ()
) -> list[str]:
    """`run` is done once; names of tables of more than `SMALL` rows that a statement of it reads from end to end, with the statement's
    beginning. Statements that write are explained and not done again. `but`: tables all of which may be read."""
    with heard(engine) as said:
        run()
    found: dict[str, None] = {}
    with engine.connect() as db:
        large = set(
            db.exec_driver_sql(f"SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > {SMALL}").scalars()
        )
        raw: Any = db.connection.driver_connection
        for statement, values in said:
            plain = statement.lstrip().upper()
            if plain.startswith(_SCENE):
                raw.execute(statement, values or None)
            elif plain.startswith(_EXPLAINED):
                reads = plain.startswith(("SELECT", "WITH", "(")) and "NEXTVAL" not in plain
                how = "ANALYZE, FORMAT JSON" if analyze and reads else "FORMAT JSON"
                [[plan]] = raw.execute(f"EXPLAIN ({how}) {statement}", values or None).fetchall()
                found |= {
                    f"{table}: {' '.join(statement.split())[:90]}": None
                    for table in _scanned(plan[0]["Plan"])
                    if table in large and table not in but
                }
        db.rollback()
    return list(found)


def _scanned(node: dict[str, Any]) -> Iterator[str]:
    # What was never reached was planned only.
    if node["Node Type"] == "Seq Scan" and node.get("Actual Loops", 1):
        yield node["Relation Name"]
    for child in node.get("Plans", []):
        yield from _scanned(child)
