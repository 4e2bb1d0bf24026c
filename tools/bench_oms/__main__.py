"""`python -m tools.bench_oms [--orders N] [--small N] [--only WORD] [--json]`: a table of what is asked of an OMS with few and with many
customer orders (a million, ten thousand), each with the ratio of the medians.

Both are asked in turn, in the same run, on the same PostgreSQL. With `--json` a list is printed: `name`, `small_ms`, `big_ms`, `ratio`,
`seq_scans` (growing tables that a statement of it reads from end to end). The exit status is 1 when a ratio is over 1.5 or there are such.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import psycopg
from sqlalchemy import URL

from oms.bootstrap import Oms, open_oms
from oms.db.embedded import EmbeddedPostgres
from tools.bench_oms._asks import Ask, asks
from tools.bench_oms._fill import fill
from tools.bench_oms._plans import read_whole

MOST = 1.5
#: On disk, of one order with all that it leaves behind, and what the rest needs (bytes).
_OF_AN_ORDER, _REST = 16_000, 3_000_000_000


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


def table(rows: Sequence[dict[str, object]]) -> str:
    """One line each."""
    lines = [f"{'':30}{'small ms':>10}{'big ms':>10}{'ratio':>8}"]
    for row in rows:
        over = "  OVER" if row["ratio"] > MOST else ""  # type: ignore[operator]
        lines.append(f"{row['name']:30}{row['small_ms']:>10.2f}{row['big_ms']:>10.2f}{row['ratio']:>8.2f}{over}")
        lines += [f"    reads all of {scan}" for scan in row["seq_scans"]]  # type: ignore[attr-defined]
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


def _compare(server: EmbeddedPostgres, small: int, big: int, only: str) -> list[dict[str, object]]:
    both = [_filled(server, "small", small), _filled(server, "big", big)]
    try:
        pairs = zip(asks(both[0], small), asks(both[1], big), strict=True)
        return [_row(both[1], one, other) for one, other in pairs if only in one.name]
    finally:
        for oms in both:
            oms.close()


def _row(oms: Oms, small: Ask, big: Ask) -> dict[str, object]:
    scans = read_whole(oms.engine, big.run, analyze=not big.writes, but=big.all_of)
    small.run()
    took: tuple[list[float], list[float]] = ([], [])
    for _ in range(small.times):
        for ask, times in zip((small, big), took, strict=True):
            began = time.perf_counter()
            ask.run()
            times.append((time.perf_counter() - began) * 1000)
    few, many = (median(times) for times in took)
    row = {"name": small.name, "small_ms": round(few, 3), "big_ms": round(many, 3), "ratio": round(many / few, 3)}
    return {**row, "seq_scans": scans}


if __name__ == "__main__":
    raise SystemExit(main())
