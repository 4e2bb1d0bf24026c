"""How long a run over a site's items takes, with orders and goods of two years, on a PostgreSQL of its own that is gone afterwards."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg
from sqlalchemy import text

from oms.bootstrap import Oms, open_oms
from oms.db.embedded import EmbeddedPostgres
from oms.db.work import Actor
from oms.forecast import running

_ACTOR: Final = Actor("bench")
#: Items whose demand is smooth, intermittent or next to nothing by turns; each order has one line.
_FILL: Final = (
    "INSERT INTO item SELECT (jsonb_populate_record(i, jsonb_build_object('sku', 'B' || lpad(n::text, 6, '0')))).*"
    " FROM item i CROSS JOIN generate_series(1, :items) n WHERE i.site_id = :site AND i.sku = 'SEED'",
    "INSERT INTO sales_order SELECT (jsonb_populate_record(o, jsonb_build_object('number', 'B' || n, 'state', 'shipped',"
    " 'placed_at', now() - (n % 730) * interval '1 day' - interval '1 day'))).*"
    " FROM sales_order o CROSS JOIN generate_series(1, :orders) n WHERE o.site_id = :site AND o.number = 'SEED'",
    "INSERT INTO order_line SELECT (jsonb_populate_record(l, jsonb_build_object('order_no', 'B' || n, 'qty', 1 + n % 3,"
    " 'sku', 'B' || lpad((1 + floor(power(((n * 7919) % 1000003) / 1000003.0, 2) * :items))::text, 6, '0')))).*"
    " FROM order_line l CROSS JOIN generate_series(1, :orders) n WHERE l.site_id = :site AND l.order_no = 'SEED'",
)


def measure(items: int, orders: int) -> dict[str, object]:
    """Seconds of the first run, and of one the next time."""
    with _oms() as oms:
        _fill(oms, items, orders)
        first, again = _timed(oms), _timed(oms)
    return {
        "what": "a run", "method": f"{items} items", "orders": orders, "first_s": round(first, 1), "again_s": round(again, 1),
        "ms_an_item": round(1000 * again / items, 2),
    }  # fmt: skip


def _timed(oms: Oms) -> float:
    begun = time.monotonic()
    running.run(oms.works, oms.site, _ACTOR)
    return time.monotonic() - begun


def _fill(oms: Oms, items: int, orders: int) -> None:
    with oms.engine.begin() as connection:
        connection.execute(
            text("SELECT set_config('floorhand.work', 'on', true), set_config('statement_timeout', '0', true)")
        )
        words = {"site": oms.site, "items": items, "orders": orders}
        for statement in (*_SEEDS, *_FILL):
            connection.execute(text(statement), {name: words[name] for name in words if f":{name}" in statement})
    with oms.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _seed(table: str, **words: str) -> str:
    """A row of which only what must be said is said, and the rest is what the table's columns hold when they are empty."""
    names, values = ", ".join(words), ", ".join(words.values())
    return f"INSERT INTO {table} ({names}) VALUES ({values})"


_NONE: Final = "'[]'"
_SEEDS: Final = (
    _seed(
        "item", site_id=":site", sku="'SEED'", name="'Seed'", lot_tracked="false", serial_tracked="false", expiry_tracked="false",
        fragile="false", colour="''", substitutes=_NONE, hs_code="''", origin="''", rotation="'free'", hazard="''", inserts=_NONE,
    ),
    _seed(
        "sales_order", site_id=":site", number="'SEED'", state="'shipped'", placed_at="now()", channel="''", ship_name="''",
        ship_street="''", ship_postcode="''", ship_city="''", ship_country="''", email="''", carrier="''", service="''", priority="3",
        note="''", flags=_NONE, currency="'EUR'", held_reason="''", held_params="'{}'", content_hash="''", conflict_hash="''",
        substitution="'never'", pick_up="false",
    ),
    _seed(
        "order_line", site_id=":site", order_no="'SEED'", line_no="1", sku="'SEED'", qty="1", picked="0", packed="0", short="0",
        problem="''",
    ),
)  # fmt: skip


@contextmanager
def _oms() -> Iterator[Oms]:
    folder = Path(tempfile.mkdtemp(prefix="fh-bench-forecast-"))
    folder.chmod(0o711)
    server = EmbeddedPostgres(folder / "pg", durable=False)
    try:
        server.start()
        where = f"host={server.url('postgres').query['host']} user=postgres dbname=postgres"
        with psycopg.connect(where, autocommit=True) as admin:
            admin.execute(b"CREATE DATABASE forecast")
        oms = open_oms(server.url("forecast"))
        try:
            yield oms
        finally:
            oms.close()
    finally:
        server.stop()
        shutil.rmtree(folder)
