"""A database as it is after years: so many customer orders with everything they leave behind, made by the database itself from their
numbers. The newest are still open, as many of them whatever the number of all.

Triggers and indexes wait until everything is there; what an order is found by is compared with what the program would have written.
"""

import dataclasses
import json
from typing import Any, Final, cast

from sqlalchemy import Connection, Engine, Table, text
from sqlalchemy.orm import Session

from oms.catalog.models import Bin, Item, Site, Zone
from oms.db.base import Base
from oms.feed.models import Op, OpSeq
from oms.inventory.models import StockBalance, StockMove
from oms.orders.models import Order, OrderLine
from oms.packing.models import Parcel
from oms.people.models import Audit
from oms.picking.models import Job, WorkItem
from oms.promise.models import ChannelShare, ExpectedReceipt, Kept, StockCell
from oms.sales.desk_models import OrderSearch
from oms.sales.found_by import words_of
from oms.sales.models import CustomerOrder, CustomerOrderLine, OrderEvent, OrderHold
from oms.sales.search_words import BLOCK, both_ways
from oms.shipping.models import Shipment

#: Open orders, items and bins: a warehouse has so many, however old it is.
OPEN, ITEMS, LINES = 2000, 10_000, 3
SITES: Final = ("W", "S")
_NAMES: Final = (
    "jansen visser smit meyer bakker devries mulder degroot bos vos peters hendriks dekker brouwer dewit dijkstra smits kok jacobs "
    "vermeer"
)
_CITIES: Final = "utrecht amsterdam rotterdam eindhoven groningen tilburg almere breda nijmegen arnhem haarlem enschede zwolle leiden delft"


def fill(engine: Engine, orders: int) -> None:
    """`orders` customer orders into a migrated, empty database, with statistics."""
    with engine.begin() as db:
        db.execute(text("SET LOCAL session_replication_role = replica"))
        db.execute(text("SET LOCAL statement_timeout = 0"))
        db.execute(text("SET LOCAL maintenance_work_mem = '1500MB'"))
        db.execute(text("SET LOCAL work_mem = '128MB'"))
        db.execute(text("SELECT set_config('floorhand.work', 'on', true)"))
        indexes = _without_indexes(db)
        _warehouse(db)
        _numbers(db, orders)
        for model, source, columns in _TABLES:
            _insert(db, model, source, columns)
        _serials(db, orders)
        for made in indexes:
            db.execute(text(made))
        db.execute(text("DROP TABLE bench_l, bench_o"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.execute(text("SET statement_timeout = 0"))
        db.execute(text("VACUUM ANALYZE"))
        db.execute(text("RESET statement_timeout"))
    _same_words(engine)


def _numbers(db: Connection, orders: int) -> None:
    """Orders and lines, each word of which follows from the order's number."""
    words = {"orders": orders, "open": OPEN, "names": _NAMES.split(), "cities": _CITIES.split(), "items": ITEMS}
    db.execute(text(_ORDERS), words)
    db.execute(text(_LINES), words)
    db.execute(text("ANALYZE bench_o"))
    db.execute(text("ANALYZE bench_l"))


#: `u` is spread evenly, so that its square makes few names and cities common.
_ORDERS: Final = """
    CREATE UNLOGGED TABLE bench_o AS
    SELECT o.*, 'user' || i AS user_name, first || ' ' || last AS name, '1' || lpad((i % 1000)::text, 3, '0') AS digits,
           CASE WHEN age >= :open THEN CASE WHEN i % 50 = 0 THEN 'cancelled' WHEN i % 50 = 1 THEN 'returned' ELSE 'shipped' END
                WHEN age % 20 = 0 THEN 'held' WHEN age % 10 = 1 THEN 'backordered' WHEN age % 3 = 0 THEN 'accepted'
                ELSE 'sourced' END AS state,
           age >= :open AND i % 50 <> 0 AS gone, CASE WHEN i % 2 = 0 THEN 'W' ELSE 'S' END AS site
      FROM (
        SELECT i, 'B' || lpad(i::text, 9, '0') AS number, :orders - i AS age,
               date_trunc('second', now()) - (:orders - i) * interval '30 seconds' AS placed,
               'n' || translate(to_hex(i % 97), '0123456789', 'ghijklmnop') AS first,
               (CAST(:names AS text[]))[1 + floor(20 * power(u, 2))::int] AS last,
               (CAST(:cities AS text[]))[1 + floor(15 * power(v, 2))::int] AS city,
               (ARRAY['web', 'shop', 'market'])[1 + i % 3] AS channel, 1 + i % 3 AS many
          FROM (SELECT i, (i::bigint * 2654435761 % 4294967296) / 4294967296.0 AS u,
                       (i::bigint * 2246822519 % 4294967296) / 4294967296.0 AS v FROM generate_series(1, :orders) i) r
      ) o"""
_LINES: Final = """
    CREATE UNLOGGED TABLE bench_l AS
    SELECT o.*, line, 'SKU-' || lpad(((i * 7 + line * 1013) % :items)::text, 5, '0') AS sku, 1 + i % 2 AS qty
      FROM bench_o o, generate_series(1, o.many) line"""

_PARTED: Final = "bench_o WHERE gone OR state = 'sourced'"
_PARTED_LINES: Final = "bench_l WHERE gone OR state = 'sourced'"
_SSCC: Final = "'3' || lpad(i::text, 17, '0')"
#: What an order is found by; see `oms.sales.search_words`.
_WORDS: Final = f"""ARRAY['n' || lower(number), 'n' || substr(number, 2), 'nr-' || substr(number, 2), 'p' || first, 'p' || last,
    'p' || city, 'p' || digits, 'pab', 'p' || digits || 'ab', 'p' || user_name || '@example.org', 'p' || user_name,
    'p316' || lpad(i::text, 8, '0'), 'p06' || lpad(i::text, 8, '0'), 'c' || channel, 'lnl',
    'd' || to_char(placed AT TIME ZONE 'UTC', 'YYYYMMDD'), 'd' || to_char(placed AT TIME ZONE 'UTC', 'YYYYMM'),
    'd' || to_char(placed AT TIME ZONE 'UTC', 'YYYY')]
    || (SELECT array_agg('s' || lower(sku)) FROM (SELECT 'SKU-' || lpad(((i * 7 + line * 1013) % {ITEMS})::text, 5, '0') AS sku
        FROM generate_series(1, many) line) s)
    || CASE WHEN gone THEN ARRAY['t' || {_SSCC}, 'tt' || i] ELSE ARRAY[]::text[] END"""
_MONEY: Final = {"goods": "many * 5.00", "tax": "0.87", "total": "many * 5.00 + 4.95", "shipping": "4.95"}
_KINDS: Final = ("order.captured", "order.sourced", "order.released", "order.picking", "order.packed", "order.shipped")

_TABLES: Final[tuple[tuple[type[Base], str, dict[str, str]], ...]] = (
    (CustomerOrder, "bench_o", {
        "number": "number", "state": "state", "placed_at": "placed", "captured_at": "placed", "channel": "channel",
        "reference": "'R-' || substr(number, 2)", "email": "user_name || '@example.org'", "phone": "'+316' || lpad(i::text, 8, '0')",
        "ship_name": "name", "ship_street": "'Kade ' || i % 200", "ship_postcode": "digits || ' AB'", "ship_city": "city",
        "ship_country": "'NL'", "promised": "(placed + interval '2 days')::date", **_MONEY,
    }),
    (CustomerOrderLine, "bench_l", {
        "order_no": "number", "line_no": "line", "sku": "sku", "qty": "qty", "price": "2.50", "total": "5.00",
        "shipped": "CASE WHEN gone THEN qty ELSE 0 END", "assigned": "CASE WHEN state = 'sourced' THEN qty ELSE 0 END",
        "cancelled": "CASE WHEN state = 'cancelled' THEN qty ELSE 0 END",
        "backordered": "CASE WHEN state = 'backordered' THEN qty ELSE 0 END",
        "returned": "CASE WHEN state = 'returned' THEN qty ELSE 0 END",
    }),
    (OrderHold, "bench_o WHERE state = 'held' OR i % 20 = 3", {
        "id": "'h' || i", "order_no": "number", "code": "'order_total_differs'", "at": "placed",
        "released_at": "CASE WHEN state <> 'held' THEN placed + interval '1 hour' END",
    }),
    (Order, _PARTED, {
        "site_id": "site", "number": "number", "state": "CASE WHEN gone THEN 'shipped' ELSE 'open' END", "placed_at": "placed",
        "channel": "channel", "ship_name": "name", "ship_street": "'Kade ' || i % 200", "ship_postcode": "digits || ' AB'",
        "ship_city": "city", "ship_country": "'NL'", "carrier": "'PO'", "service": "'STD'", "customer_order": "number",
        "shipped_at": "CASE WHEN gone THEN placed + interval '1 day' END",
        "released_at": "CASE WHEN gone THEN placed + interval '1 hour' END",
    }),
    (OrderLine, _PARTED_LINES, {
        "site_id": "site", "order_no": "number", "line_no": "line", "sku": "sku", "qty": "qty", "price": "2.50",
        "picked": "CASE WHEN gone THEN qty ELSE 0 END", "packed": "CASE WHEN gone THEN qty ELSE 0 END", "customer_line": "line",
    }),
    (Shipment, "bench_o WHERE gone", {
        "id": "'s' || i", "site_id": "site", "order_no": "number", "carrier": "'PO'", "service": "'STD'", "created_at": "placed",
        "shipped_at": "placed + interval '1 day'",
    }),
    (Parcel, "bench_o WHERE gone", {
        "id": "'p' || i", "site_id": "site", "shipment_id": "'s' || i", "order_no": "number", "number": "1", "sscc": _SSCC,
        "carrier": "'PO'", "service": "'STD'", "tracking": "'T' || i", "state": "'shipped'", "grams": "900", "label_level": "3",
        "shipped_at": "placed + interval '1 day'",
    }),
    (Job, "bench_o WHERE gone", {
        "id": "'j' || i", "site_id": "site", "kind": "'pick'", "state": "'done'", "created_at": "placed",
        "done_at": "placed + interval '2 hours'", "tote": "'T' || i % 500",
    }),
    (WorkItem, "bench_l WHERE gone", {
        "id": "'w' || i || '.' || line", "site_id": "site", "job_id": "'j' || i", "kind": "'pick'", "state": "'done'",
        "order_no": "number", "line_no": "line", "sku": "sku", "qty_req": "qty", "qty_done": "qty", "from_bin": "sku", "seq": "line",
    }),
    (StockMove, "bench_l WHERE gone", {
        "site_id": "site", "source_id": "'o' || i || '.' || line", "line_no": "1", "sku": "sku", "from_account": "'bin:' || sku",
        "to_account": "'parcel:p' || i", "qty": "qty", "at": "placed + interval '1 hour'", "work_item": "'w' || i || '.' || line",
    }),
    # What was in a parcel stays in the books, with nothing in it.
    (StockBalance, "bench_l WHERE gone", {"site_id": "site", "account": "'parcel:p' || i", "sku": "sku", "qty": "0"}),
    (Kept, "bench_l WHERE state = 'sourced'", {
        "id": "'k' || i || '.' || line", "site_id": "site", "sku": "sku", "qty": "qty", "order_no": "number", "line_no": "line",
        "channel": "channel",
    }),
    (Op, "bench_l WHERE gone", {
        "op_id": "'o' || i || '.' || line", "site_id": "site", "kind": "'pick.confirm'", "v": "1", "content_hash": "'0'",
        "body": "jsonb_build_object('job', 'j' || i, 'qty', qty)", "outcome": "'applied'", "first_device": "'d1'",
        "received_at": "placed + interval '1 hour'", "item": "'w' || i || '.' || line", "ver": "i",
    }),
    (Op, "bench_o WHERE gone", {
        "op_id": "'o' || i || '.ship'", "site_id": "site", "kind": "'parcel.ship'", "v": "1", "content_hash": "'0'",
        "body": f"jsonb_build_object('job', 'k' || i, 'parcel', 'p' || i, 'sscc', {_SSCC})", "outcome": "'applied'",
        "first_device": "'d1'", "received_at": "placed + interval '1 day'", "ver": "i",
    }),
    (OpSeq, "bench_l WHERE gone", {"device": "'d1'", "seq": "i * 10::bigint + line", "op_id": "'o' || i || '.' || line", "chain": "''"}),
    (OpSeq, "bench_o WHERE gone", {"device": "'d1'", "seq": "i * 10::bigint", "op_id": "'o' || i || '.ship'", "chain": "''"}),
    (Audit, "bench_o WHERE gone", {
        "site_id": "site", "at": "placed + interval '1 hour'", "what": "'order.released'", "source": "'key:shop'",
        "words": "jsonb_build_object('order', number, 'job', 'j' || i)", "seq": "i", "chain": "''",
    }),
    (OrderEvent, f"bench_o, unnest(ARRAY{list(_KINDS)!r}) WITH ORDINALITY k (kind, nth) WHERE gone OR nth <= 2", {
        "order_no": "number", "at": "placed + nth * interval '1 hour'", "kind": "kind", "source": "'sync'", "site_id": "site",
    }),
    (OrderSearch, f"(SELECT *, {_WORDS} AS words FROM bench_o) f", {
        "order_no": "number", "n": "i",
        "words": f"array_to_tsvector(words || (SELECT array_agg('#' || (i / {BLOCK}) || ':' || w) FROM unnest(words) w))",
    }),
)  # fmt: skip


def _warehouse(db: Connection) -> None:
    """Two sites, each with a bin full of each item."""
    known = list(db.scalars(text("SELECT id FROM site")))
    sites = "unnest(ARRAY['W', 'S']) site"
    every = f"{sites}, generate_series(0, {ITEMS - 1}) n, LATERAL (SELECT 'SKU-' || lpad(n::text, 5, '0') AS sku) s"
    if not set(SITES) & set(known):
        _insert(db, Site, sites, {"id": "site", "name": "site"})
    _insert(db, Zone, sites, {"site_id": "site", "code": "'A'"})
    _insert(db, Bin, every, {"site_id": "site", "code": "sku", "zone": "'A'", "kind": "'pick'", "seq": "n"})
    _insert(db, Item, every, {"site_id": "site", "sku": "sku", "name": "'Item ' || n", "weight_g": "300"})
    _insert(db, StockBalance, every, {"site_id": "site", "account": "'bin:' || sku", "sku": "sku", "qty": "100000"})
    _insert(db, StockCell, every, {"site_id": "site", "sku": "sku", "safety": "CASE WHEN n % 5 = 0 THEN 3 ELSE 0 END"})
    _insert(
        db,
        ChannelShare,
        f"{every} WHERE n % 20 = 0",
        {"site_id": "site", "sku": "sku", "channel": "'market'", "units": "10"},
    )
    coming = {
        "site_id": "site",
        "sku": "sku",
        "qty": "50",
        "day": "current_date + 7 + n % 60",
        "id": "'PO-' || site || n",
    }
    _insert(db, ExpectedReceipt, f"{every} WHERE n % 10 = 0", coming)


def _insert(db: Connection, model: type[Base], source: str, columns: dict[str, str]) -> None:
    """Rows of a table from a query; what is not named is as the program would make it."""
    made = _defaults(model) | columns
    sql = f"INSERT INTO {model.__tablename__} ({', '.join(made)}) SELECT {', '.join(made.values())} FROM {source}"
    db.connection.driver_connection.execute(sql)  # type: ignore[union-attr]


def _defaults(model: type[Base]) -> dict[str, str]:
    """Columns whose value the program gives where nobody says one."""
    made: dict[str, Any] = {
        column.name: column.default.arg  # type: ignore[attr-defined]
        for column in cast(Table, model.__table__).columns
        if column.default is not None and column.default.is_scalar
    }
    for field in dataclasses.fields(cast(Any, model)):
        if field.default_factory is not dataclasses.MISSING:
            made[field.name] = field.default_factory()
    return {name: _literal(value) for name, value in made.items() if value is not None}


def _literal(value: Any) -> str:
    if isinstance(value, bool | int | float):
        return str(value).lower()
    if isinstance(value, dict | list):
        return f"CAST('{json.dumps(value)}' AS jsonb)"
    return "'{}'".format(str(value).replace("'", "''"))


def _without_indexes(db: Connection) -> list[str]:
    """Drops the indexes of the large tables that nothing hangs on; how they are made again."""
    names = sorted({model.__tablename__ for model, _, _ in _TABLES})
    found = db.execute(
        text(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = ANY(:names) AND indexname NOT IN "
            "(SELECT conname FROM pg_constraint)"
        ),
        {"names": names},
    ).all()
    for name, _ in found:
        db.execute(text(f'DROP INDEX "{name}"'))
    return [made for _, made in found]


def _serials(db: Connection, orders: int) -> None:
    """Where numbers go on."""
    db.execute(text("SELECT setval('order_search_serial', :n)"), {"n": orders})
    heads = "SELECT site_id, max(seq), '' FROM audit WHERE site_id IN ('W', 'S') GROUP BY site_id"
    db.execute(text(f"INSERT INTO audit_head (site_id, seq, chain) {heads}"))
    db.execute(text("UPDATE site SET ver = :n"), {"n": orders})


def _same_words(engine: Engine) -> None:
    """The words of some orders must be those that the program itself would write."""
    with Session(engine) as db:
        some = db.query(OrderSearch).filter(OrderSearch.n % 997 == 1).limit(20).all()
        right = words_of(db, [one.order_no for one in some])
        for one in some:
            kept = set(
                db.scalars(text("SELECT unnest(tsvector_to_array(words)) FROM order_search WHERE n = :n"), {"n": one.n})
            )
            wanted = set(both_ways(right[one.order_no], one.n))
            if kept != wanted:
                raise AssertionError(f"{one.order_no} is found by other words: {sorted(kept ^ wanted)[:9]}")
