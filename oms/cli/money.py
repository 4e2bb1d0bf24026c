"""`floorhand prices`, `floorhand rates` and `floorhand quotes`: money through the API of the server on this machine with the key of its
data folder."""

import argparse
import json
from typing import Any
from urllib.parse import quote

import msgspec

from oms.cli import imports
from oms.cli.call import Api
from oms.cli.common import add_data_argument

_RATES = {"tax": "tax-rates", "items": "item-taxes", "exchange": "exchange-rates"}


def prices_main(argv: list[str]) -> int:
    """`floorhand prices import FILE`: price lists, line by line."""
    if argv[:1] != ["import"]:
        argparse.ArgumentParser("floorhand prices", usage="floorhand prices import FILE ...").error("import FILE")
    return imports.main(["prices", *argv[1:]])


def rates_main(argv: list[str]) -> int:
    """`floorhand rates tax FILE`, `rates items FILE` and `rates exchange FILE`, line by line."""
    if not argv or argv[0] not in _RATES:
        argparse.ArgumentParser("floorhand rates", usage="floorhand rates tax|items|exchange FILE ...").error(
            "tax, items or exchange"
        )
    return imports.main([_RATES[argv[0]], *argv[1:]])


def quotes_main(argv: list[str]) -> int:
    """Prints the answer as JSON. Exit status 1 when what was asked for was refused."""
    got = _parser().parse_args(argv)
    api = Api.local(got.data)
    if got.command == "show":
        print(json.dumps(api.get(f"/v1/quotes/{quote(got.number, safe='')}")))
        return 0
    path, body = _COMMANDS[got.command](got)
    answer = api.post(path, msgspec.json.encode(body))
    print(json.dumps(answer))
    return 1 if answer["reason"] or (answer["problems"] and not answer["order"]) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("floorhand quotes", description="Quotations, and orders made again.")
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("make", help="a quotation, or with --number its next version")
    make.add_argument("customer")
    make.add_argument("lines", nargs="+", metavar="SKU=QTY[@PRICE]", help="without a price that of the price lists")
    make.add_argument("--number", default="")
    make.add_argument("--currency", default="EUR")
    make.add_argument("--days", type=int, default=30, help="how long it holds")
    make.add_argument("--country", default="", help="where it would be sent")
    for name, words in (("send", "it is with the customer"), ("decline", "they do not want it"), ("show", "look")):
        commands.add_parser(name, help=words).add_argument("number")
    accept = commands.add_parser("accept", help="the customer's purchase order: an order is made")
    accept.add_argument("number")
    accept.add_argument("--purchase-order", default="")
    accept.add_argument("--no-terms", action="store_true", help="not paid by invoice")
    repeat = commands.add_parser("repeat", help="the same order again at today's prices")
    repeat.add_argument("order")
    repeat.add_argument("--purchase-order", default="")
    for command in commands.choices.values():
        add_data_argument(command)
    return parser


def _make(got: argparse.Namespace) -> tuple[str, dict[str, Any]]:
    body = {name: getattr(got, name) for name in ("customer", "number", "currency", "days")}
    return "/v1/quotes", {**body, "lines": [_line(one) for one in got.lines], "ship_to": {"country": got.country}}


def _line(text: str) -> dict[str, Any]:
    sku, _, rest = text.rpartition("=")
    qty, _, price = rest.partition("@")
    if not sku or not qty.isdigit():
        _parser().error(f"not SKU=QTY[@PRICE]: {text}")
    return {"sku": sku, "qty": int(qty), "price": price or None}


def _act(got: argparse.Namespace) -> tuple[str, dict[str, Any]]:
    body: dict[str, Any] = {"act": got.command}
    if got.command == "accept":
        body |= {"purchase_order": got.purchase_order, "terms": not got.no_terms}
    return f"/v1/quotes/{quote(got.number, safe='')}/act", body


def _repeat(got: argparse.Namespace) -> tuple[str, dict[str, Any]]:
    path = f"/v1/customer-orders/{quote(got.order, safe='')}/repeat"
    return path, {"purchase_order": got.purchase_order}


_COMMANDS = {"make": _make, "send": _act, "accept": _act, "decline": _act, "repeat": _repeat}
