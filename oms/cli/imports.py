"""`floorhand import KIND FILE`: sends a file to the server's import API and prints its report."""

import argparse
import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from oms.cli.call import Api
from oms.cli.common import add_data_argument, give_up

_KINDS = (
    "orders", "items", "stock", "layout", "rates", "receipts", "stock-levels", "prices", "tax-rates", "item-taxes",
    "exchange-rates",
)  # fmt: skip
_SHOWN = 50


def main(argv: list[str]) -> int:
    """Exit status 0 when the file was taken, whatever became of its lines; they are in the report."""
    got = _parser().parse_args(_joined(argv))
    try:
        body = got.file.read_bytes()
    except OSError as error:
        give_up(f"{got.file}: {error.strerror}")
    is_json = got.format == "json" or (got.format is None and got.file.suffix.lower() == ".json")
    query = [("set", one) for one in got.set]
    if got.columns:
        query.append(("columns", got.columns))
    if got.dry_run:
        query.append(("dry_run", "true"))
    path = f"/v1/import/{quote(got.kind)}?{urlencode(query)}"
    report = api_of(got).post(path, body, "application/json" if is_json else "text/csv")
    print(json.dumps(report) if got.json else report_words(report))
    return 0


def _joined(argv: list[str]) -> list[str]:
    """`--columns -,sku` as `--columns=-,sku`: argparse takes a value that begins with a dash for an option."""
    out: list[str] = []
    for word in argv:
        if out and out[-1] == "--columns":
            out[-1] = f"--columns={word}"
        else:
            out.append(word)
    return out


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "floorhand import", description="Imports a file; a bad line never stops a good one."
    )
    parser.add_argument("kind", choices=_KINDS)
    parser.add_argument("file", type=Path)
    parser.add_argument("--dry-run", action="store_true", help="report what would happen and change nothing")
    parser.add_argument("--json", action="store_true", help="print the whole report as JSON")
    parser.add_argument("--format", choices=("csv", "json"), help="when the name of the file does not say it")
    parser.add_argument(
        "--columns", metavar="A,B,-", help="names of the columns of a CSV file without a header; - is not used"
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="COLUMN=VALUE", help="fills a column of every line"
    )
    add_server_arguments(parser)
    return parser


def add_server_arguments(parser: argparse.ArgumentParser) -> None:
    """Which server is meant: `--server` with `--key` and `--pin`, or `--data`. Commands that may talk to one elsewhere have it."""
    parser.add_argument("--server", metavar="URL", help="a server elsewhere; else the one of --data")
    parser.add_argument("--key", help="API key for --server (or FLOORHAND_KEY)")
    parser.add_argument("--pin", metavar="SHA256", help="the key pin of --server, as its ready line shows it")
    add_data_argument(parser, site=True)


def api_of(got: argparse.Namespace) -> Api:
    """The server that the arguments of `add_server_arguments` name."""
    if not got.server:
        return Api.local(got.data, got.site)
    key = got.key or os.environ.get("FLOORHAND_KEY")
    if not key:
        give_up("--server needs --key")
    return Api.remote(got.server, key, got.pin)


def report_words(report: dict[str, Any]) -> str:
    """The report for a person: lines that need attention, then totals."""
    bad = [line for line in report["lines"] if line["result"] in ("rejected", "held")]
    out = []
    for line in bad[:_SHOWN]:
        words = " ".join(f"{name}={value}" for name, value in line["words"].items())
        out.append(f"line {line['line']:>6}  {line['result']:<9} {line['key']:<20} {line['code']} {words}".rstrip())
    if len(bad) > _SHOWN:
        out.append(f"... and {len(bad) - _SHOWN} more (--json shows all)")
    totals = ", ".join(f"{count} {name}" for name, count in report["totals"].items() if count)
    out.append(f"{report['kind']}{' (dry run)' if report['dry_run'] else ''}: {totals or 'nothing'}")
    return "\n".join(out)
