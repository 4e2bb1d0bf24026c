"""`python -m tools.bench_oms [--orders N] [--small N] [--only WORD] [--json]`: a table of what is asked of an OMS with few and with many
customer orders (a million, ten thousand), each with the ratio of the medians.

Both are asked in turn, in the same run, on the same PostgreSQL. With `--json` a list is printed: `name`, `small_ms`, `as_long_ms`,
`big_ms`, `ratio`, `small_rows`, `big_rows` (of searches; null of others), `seq_scans` (growing tables that a statement of it reads from
end to end). A search that finds more among many orders shows more: `as_long_ms` is the time of a plain list as long, with few orders,
and the ratio is to the longer of the two (null: it found no more). The exit status is 1 when a ratio is over 1.5 or there are such scans.
"""

import argparse
import gc
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
from sqlalchemy import URL

from oms.bootstrap import Oms, open_oms
from oms.db.embedded import EmbeddedPostgres
from tools.bench_oms._asks import Ask, asks, listed
from tools.bench_oms._fill import fill
from tools.bench_oms._plans import read_whole

MOST = 1.5
Row = dict[str, Any]
#: On disk, of one order with all that it leaves behind, and what the rest needs (bytes).
_OF_AN_ORDER, _REST = 12_000, 3_000_000_000


def main(arguments: Sequence[str] | None = None) -> int:
    """The command. 2: no room on the disk."""
    parser = argparse.ArgumentParser(prog="bench-oms", description=__doc__)
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--only", default="", metavar="WORD", help="only what has it in its name")
    parser.add_argument("--json", action="store_true")
    got = parser.parse_args(arguments)
    needed = (got.orders + got.small) * _OF_AN_ORDER + _REST
    if shutil.disk_usage(tempfile.gettempdir()).free < needed:
        sys.stderr.write(f"{got.orders} orders need {needed // 10**9} GB in {tempfile.gettempdir()}\n")
        return 2
    with _databases() as server:
        rows = _compare(server, got.small, got.orders, got.only)
    print(json.dumps(rows, indent=1) if got.json else table(rows))
    return int(any(row["ratio"] > MOST or row["seq_scans"] for row in rows))


def table(rows: Sequence[Row]) -> str:
    """One line each."""
    lines = [f"{'':30}{'small ms':>10}{'as long':>10}{'big ms':>10}{'ratio':>8}{'rows':>10}"]
    for row in rows:
        over = "  OVER" if row["ratio"] > MOST else ""
        counted = f"{row['small_rows']}/{row['big_rows']}" if row["big_rows"] is not None else ""
        as_long = f"{row['as_long_ms']:.2f}" if row["as_long_ms"] is not None else ""
        lines.append(
            f"{row['name']:30}{row['small_ms']:>10.2f}{as_long:>10}{row['big_ms']:>10.2f}{row['ratio']:>8.2f}{counted:>10}{over}"
        )
        lines += [f"    reads all of {scan}" for scan in row["seq_scans"]]
    return "\n".join(lines)


@contextmanager
def _databases() -> Iterator[EmbeddedPostgres]:
    """A PostgreSQL of its own, gone afterwards with all that is in it."""
    folder = Path(tempfile.mkdtemp(prefix="fh-bench-oms-"))
    folder.chmod(0o711)
    server = EmbeddedPostgres(folder / "pg", durable=False)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


def _filled(server: EmbeddedPostgres, name: str, orders: int) -> Oms:
    where = f"host={server.url('postgres').query['host']} user=postgres dbname=postgres"
    with psycopg.connect(where, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}".encode())
    url: URL = server.url(name)
    oms = open_oms(url)
    began = time.monotonic()
    fill(oms.engine, orders)
    sys.stderr.write(f"{orders} orders after {time.monotonic() - began:.0f} s\n")
    return oms


def _compare(server: EmbeddedPostgres, small: int, big: int, only: str) -> list[Row]:
    both = [_filled(server, "small", small), _filled(server, "big", big)]
    # As the server does when it has started.
    gc.collect()
    gc.freeze()
    try:
        pairs = zip(asks(both[0], small), asks(both[1], big), strict=True)
        return [_row(both, one, other) for one, other in pairs if only in one.name]
    finally:
        gc.unfreeze()
        for oms in both:
            oms.close()


def _row(both: Sequence[Oms], small: Ask, big: Ask) -> Row:
    scans = read_whole(both[1].engine, big.run, analyze=not big.writes, but=big.all_of)
    few_rows, many_rows = (ask.run() if ask.rows else None for ask in (small, big))
    runs: list[Callable[[], object]] = [small.run, big.run]
    if few_rows is not None and many_rows is not None and many_rows > few_rows:
        runs.append(lambda: listed(both[0], many_rows))
    took = _took(runs, small.times)
    as_long = round(took[2], 3) if took[2:] else None
    return {
        "name": small.name, "small_ms": round(took[0], 3), "as_long_ms": as_long, "big_ms": round(took[1], 3),
        "ratio": round(took[1] / max(took[0], *took[2:], 0.0), 3),
        "small_rows": few_rows, "big_rows": many_rows, "seq_scans": scans,
    }  # fmt: skip


def _took(runs: Sequence[Callable[[], object]], times: int) -> list[float]:
    """Medians in milliseconds, of each in turn."""
    took: list[list[float]] = [[] for _ in runs]
    for run in runs:
        run()
    for _ in range(times):
        for run, found in zip(runs, took, strict=True):
            began = time.perf_counter()
            run()
            found.append((time.perf_counter() - began) * 1000)
    return [median(found) for found in took]


if __name__ == "__main__":
    raise SystemExit(main())
