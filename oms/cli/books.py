"""`floorhand books`: open, look at, enter into, close and export the books, through the API of the server on this machine."""

import argparse
import csv
import json
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from oms.cli.call import Api
from oms.cli.common import add_data_argument, give_up

_FILES = ("journal", "trial-balance", "valuation", "datev")


def main(argv: list[str]) -> int:
    """Prints the answer as JSON, or writes a file. Exit status 1 when the server says no."""
    got = _parser().parse_args(argv)
    api = Api.local(got.data)
    if got.command == "export":
        body = api.file(f"{_book(got)}/files/{got.file}{_days(got)}")
        if got.out is None:
            sys.stdout.buffer.write(body)
        else:
            got.out.write_bytes(body)
        return 0
    path, body = _COMMANDS[got.command](got)
    print(json.dumps(api.get(path) if body is None else api.post(path, msgspec.json.encode(body))))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("floorhand books", description="Double-entry books of orders, goods and money.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="all books")
    made = commands.add_parser("open", help="begin a book; what lies on its sites is its opening stock")
    made.add_argument("book")
    made.add_argument("name")
    made.add_argument("--currency", default="EUR")
    made.add_argument("--chart", default="generic", help="generic, de, nl or dk")
    made.add_argument("--method", default="fifo", choices=("fifo", "average"))
    made.add_argument("--year-starts", type=int, default=1, metavar="MONTH")
    made.add_argument(
        "--site", action="append", default=[], dest="sites", help="whose goods (again for more); none: all others"
    )
    made.add_argument("--channel", action="append", default=[], dest="channels", help="whose sales, likewise")
    made.add_argument(
        "--account", action="append", default=[], metavar="ROLE=NUMBER", help="another number than the chart's"
    )
    made.add_argument("--consultant", type=int, default=1001, help="DATEV's number of the tax adviser")
    made.add_argument("--client", type=int, default=1, help="DATEV's number of the company")
    costs = commands.add_parser("costs", help="what items cost to buy: CSV with columns sku, day, cost, currency")
    costs.add_argument("file", type=Path)
    for name, words in (
        ("accounts", "its accounts"),
        ("journal", "its entries"),
        ("trial-balance", "sums of all accounts"),
        ("valuation", "what stock is worth"),
        ("export", "a file of it"),
    ):
        command = commands.add_parser(name, help=words)
        command.add_argument("book")
        if name == "export":
            command.add_argument("file", choices=_FILES)
            command.add_argument("--out", type=Path, help="a file; else it is printed")
        command.add_argument("--since", default="", metavar="DAY")
        command.add_argument("--through", default="", metavar="DAY")
        if name == "journal":
            command.add_argument("--after", default="", metavar="NUMBER")
    entered = commands.add_parser("enter", help="a fact as JSON, from a file or - for the standard input")
    entered.add_argument("book")
    entered.add_argument("file")
    closed = commands.add_parser("close", help="close a period for ever")
    closed.add_argument("book")
    closed.add_argument("through", metavar="DAY")
    for command in commands.choices.values():
        add_data_argument(command)
    return parser


def _book(got: argparse.Namespace) -> str:
    return f"/v1/books/{quote(got.book, safe='')}"


def _days(got: argparse.Namespace) -> str:
    names = ("since", "through", "after")
    said = {name: value for name in names if (value := getattr(got, name, ""))}
    return f"?{urlencode(said)}" if said else ""


def _open(got: argparse.Namespace) -> tuple[str, dict[str, Any]]:
    names = ("name", "currency", "chart", "method", "year_starts", "sites", "channels", "consultant", "client")
    body = {name: getattr(got, name) for name in names}
    accounts = dict(one.partition("=")[::2] for one in got.account)
    return "/v1/books", {**body, "code": got.book, "accounts": accounts}


def _costs(got: argparse.Namespace) -> tuple[str, dict[str, Any]]:
    try:
        with got.file.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError) as error:
        give_up(f"{got.file}: {error}")
    return "/v1/books/costs", {
        "costs": [{name: value for name, value in row.items() if name and value} for row in rows]
    }


def _enter(got: argparse.Namespace) -> tuple[str, dict[str, Any]]:
    try:
        said = sys.stdin.read() if got.file == "-" else Path(got.file).read_text(encoding="utf-8")
        return f"{_book(got)}/facts", json.loads(said)
    except (OSError, ValueError) as error:
        give_up(f"{got.file}: {error}")


def _look(got: argparse.Namespace) -> tuple[str, None]:
    return f"{_book(got)}/{got.command}{_days(got)}", None


_COMMANDS: dict[str, Any] = {
    "list": lambda got: ("/v1/books", None), "open": _open, "costs": _costs, "accounts": _look, "journal": _look,
    "trial-balance": _look, "valuation": _look, "enter": _enter,
    "close": lambda got: (f"{_book(got)}/close", {"through": got.through}),
}  # fmt: skip
