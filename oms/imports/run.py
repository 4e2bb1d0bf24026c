"""One import from bytes to report: reads the file, writes it in batches, each batch one unit of work. The API calls it."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from sqlalchemy import text as text_sql
from sqlalchemy.exc import DBAPIError

from oms.bootstrap import Oms
from oms.db.work import Actor, Work
from oms.imports import customer_orders, items, layout, money, order_drafts, orders, promised, rates, stock, text
from oms.imports.report import BadLine, Line, Report, make_report
from oms.imports.text import Row, Shape
from oms.walks.models import FloorPath

D = TypeVar("D")
_NO_SHAPE = Shape()
KINDS = (
    "orders", "items", "stock", "layout", "rates", "receipts", "stock-levels", "customer-orders", "prices", "tax-rates",
    "item-taxes", "exchange-rates",
)  # fmt: skip
#: Lines (or orders) per unit of work: long enough to be quick, short enough that the feed's counter is never held for long.
BATCH = 500


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to import. `shape` helps where the file does not name its columns; a dry run reports and changes nothing."""

    kind: str
    body: bytes
    is_json: bool
    shape: Shape = _NO_SHAPE
    dry_run: bool = False
    #: Of customer orders: the channel they come from, and what they are in (a `Format`; '' as the channel's platform says).
    channel: str = ""
    format: str = ""


class _DryRun(Exception):
    """Rolls a dry run back."""


def run_import(oms: Oms, upload: Upload, actor: Actor) -> Report:
    """Imports a file; every line of it is in the report."""
    try:
        steps, lines = _READERS[upload.kind](oms, upload)
    except BadLine as error:
        return make_report(upload.kind, upload.dry_run, [error.line(1)])
    lines += _write(oms, upload, actor, steps)
    report = make_report(upload.kind, upload.dry_run, lines)
    if not upload.dry_run:
        for result, count in report.totals.items():
            if result != "lines":
                oms.metrics.imports.labels(upload.kind, result).inc(count)
    return report


@dataclass(frozen=True, slots=True)
class _Step(Generic[D]):
    """A batch of drafts, how to write it, and the (line, key) of a draft for the report."""

    drafts: Sequence[D]
    apply: Callable[[Work, Sequence[D]], list[Line]]
    place: Callable[[D], tuple[int, str]]


def _steps(
    drafts: Sequence[D], apply: Callable[[Work, Sequence[D]], list[Line]], place: Callable[[D], tuple[int, str]]
) -> list[_Step[D]]:
    return [_Step(drafts[at : at + BATCH], apply, place) for at in range(0, len(drafts), BATCH)]


def _write(oms: Oms, upload: Upload, actor: Actor, steps: Sequence[_Step[Any]]) -> list[Line]:
    lines: list[Line] = []
    if upload.dry_run:
        with suppress(_DryRun), oms.works.work(oms.site, actor) as w:
            for step in steps:
                lines += _apply(w, step)
            raise _DryRun
        return lines
    for number, step in enumerate(steps):
        lines += oms.works.run(oms.site, actor, partial(_apply, step=step))
        if number == 0 and len(steps) > 1:
            _tell_planner(oms)
    if steps:
        with oms.works.work(oms.site, actor) as w:
            w.audit("import", kind=upload.kind, lines=len(lines))
    return lines


def _tell_planner(oms: Oms) -> None:
    """On tables that were empty a moment ago, PostgreSQL would go on checking foreign keys by reading whole tables."""
    with oms.engine.begin() as connection:
        connection.execute(
            text_sql("ANALYZE sales_order, order_line, customer, item, item_code, stock_balance, stock_move, change")
        )


def _apply(w: Work, step: _Step[D]) -> list[Line]:
    """The whole batch at once; when the database objects, each draft alone, so that only the one it objects to is lost."""
    try:
        with w.savepoint():
            lines = step.apply(w, step.drafts)
            w.db.flush()
            return lines
    except DBAPIError as error:
        if error.connection_invalidated or not _of_data(error):
            raise
    lines = []
    for draft in step.drafts:
        try:
            with w.savepoint():
                done = step.apply(w, [draft])
                w.db.flush()
            lines += done
        except DBAPIError as error:
            if not _of_data(error):
                raise
            lines.append(BadLine("not_written").line(*step.place(draft)))
    return lines


def _of_data(error: DBAPIError) -> bool:
    """Whether the database objects to the values (SQLSTATE classes 22 data, 23 integrity), not to the moment."""
    state = getattr(error.orig, "sqlstate", None) or ""
    return state[:2] in ("22", "23")


def _rows(upload: Upload, name: str) -> tuple[list[Row], list[Line]]:
    if upload.is_json:
        return text.json_rows(text.json_value(upload.body), name, upload.shape)
    return text.csv_rows(text.decode(upload.body), upload.shape)


def _read_each(rows: Sequence[Row], read: Callable[[Row], D], key: str, bad: list[Line]) -> list[D]:
    drafts: list[D] = []
    for row in rows:
        try:
            drafts.append(read(row))
        except BadLine as error:
            bad.append(error.line(row.line, str(row.values.get(key, ""))[:64]))
    return drafts


def _read_items(oms: Oms, upload: Upload) -> tuple[list[_Step[Any]], list[Line]]:
    rows, bad = _rows(upload, items.LIST)
    drafts = _read_each(rows, items.Reader().read, "sku", bad)
    return _steps(drafts, items.apply, lambda d: (d.line, d.sku)), bad


def _read_stock(oms: Oms, upload: Upload) -> tuple[list[_Step[Any]], list[Line]]:
    rows, bad = _rows(upload, stock.LIST)
    drafts = _read_each(rows, stock.Reader().read, "sku", bad)
    return _steps(drafts, stock.apply, lambda d: (d.line, d.sku)), bad


def _read_receipts(oms: Oms, upload: Upload) -> tuple[list[_Step[Any]], list[Line]]:
    rows, bad = _rows(upload, promised.RECEIPTS)
    drafts = _read_each(rows, promised.Reader().receipt, "receipt", bad)
    return _steps(drafts, promised.apply, lambda d: (d.line, d.key)), bad


def _read_levels(oms: Oms, upload: Upload) -> tuple[list[_Step[Any]], list[Line]]:
    rows, bad = _rows(upload, promised.LEVELS)
    drafts = _read_each(rows, promised.Reader().level, "sku", bad)
    return _steps(drafts, promised.apply, lambda d: (d.line, d.key)), bad


def _read_orders(oms: Oms, upload: Upload) -> tuple[list[_Step[Any]], list[Line]]:
    rows, bad = _rows(upload, order_drafts.LIST)
    drafts, lost = order_drafts.drafts(rows, nested=upload.is_json)
    bad += [error.line(line) for line, error in lost]
    return _steps(drafts, orders.apply, lambda d: (d.line, d.number)), bad


def _read_layout(oms: Oms, upload: Upload) -> tuple[list[_Step[Any]], list[Line]]:
    reader = layout.Reader(oms.site)
    bad: list[Line] = []
    drafts: list[layout.Draft] = []
    for member, rows in _layout_rows(upload, bad):
        drafts += _read_each(rows, partial(reader.read, member=member), "bin", bad)
    # A path leads between places that may be named further down.
    drafts.sort(key=lambda draft: draft.model is FloorPath)
    return _steps(drafts, layout.apply, lambda d: (d.line, d.key[0])), bad


def _read_rates(oms: Oms, upload: Upload) -> tuple[list[_Step[Any]], list[Line]]:
    rows, bad = _rows(upload, rates.LIST)
    drafts, lost = rates.drafts(rows, oms.site)
    bad += [error.line(line) for line, error in lost]
    return _steps(drafts, rates.apply, lambda d: (d.line, d.name)), bad


def _read_customer_orders(oms: Oms, upload: Upload) -> tuple[list[_Step[Any]], list[Line]]:
    read = customer_orders.read(oms.sessions, upload.body, upload.channel, upload.format, upload.is_json, upload.shape)
    # Small batches: nobody else takes orders that look like these meanwhile.
    size = customer_orders.BATCH
    batches = [read.drafts[at : at + size] for at in range(0, len(read.drafts), size)]
    return [_Step(some, customer_orders.apply, lambda d: (d.at, d.reference or "")) for some in batches], read.bad


def _read_money(oms: Oms, upload: Upload) -> tuple[list[_Step[Any]], list[Line]]:
    rows, bad = _rows(upload, upload.kind)
    drafts = _read_each(rows, money.Reader(upload.kind).read, "sku", bad)
    return _steps(drafts, money.apply, lambda d: (d.line, d.name)), bad


def _layout_rows(upload: Upload, bad: list[Line]) -> list[tuple[str, list[Row]]]:
    if not upload.is_json:
        rows, unreadable = _rows(upload, "")
        bad += unreadable
        return [("", rows)]
    value: Any = text.json_value(upload.body)
    if not isinstance(value, dict):
        raise BadLine("no_list", name="bins")
    members = []
    at = 0
    for member in layout.LISTS:
        if member in value:
            listed = [value[member]] if member == "site" else value[member]
            rows, unreadable = text.json_rows(listed, member, upload.shape)
            # One count through the whole file, so that every element of it has a line of its own in the report.
            members.append((member, [Row(at + row.line, row.values) for row in rows]))
            bad += unreadable
            at += len(listed) if isinstance(listed, list) else 1
    return members


_READERS: dict[str, Callable[[Oms, Upload], tuple[list[_Step[Any]], list[Line]]]] = {
    "orders": _read_orders,
    "items": _read_items,
    "stock": _read_stock,
    "layout": _read_layout,
    "rates": _read_rates,
    "receipts": _read_receipts,
    "stock-levels": _read_levels,
    "customer-orders": _read_customer_orders,
    "prices": _read_money,
    "tax-rates": _read_money,
    "item-taxes": _read_money,
    "exchange-rates": _read_money,
}
