"""`floorhand orders import|list|hold|release-hold ...`: customer orders from files, and what holds them. Talks to a server's API."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from oms.cli.common import give_up
from oms.cli.imports import add_server_arguments, api_of, report_words

_FORMATS = ("shopify", "woocommerce", "magento", "marketplace", "edifact", "csv", "json")
_JSON = (".json",)


def main(argv: list[str]) -> int:
    """Exit status 0 when the server answered; what became of each line or order is printed."""
    got = _parser().parse_args(argv)
    act: Callable[[argparse.Namespace], None] = got.act
    act(got)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("floorhand orders", description="Customer orders.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    file = _command(commands, "import", _import, "takes the orders of a file; a bad one never stops a good one")
    file.add_argument("file", type=Path)
    file.add_argument("--channel", default="", help="the channel they come from")
    file.add_argument("--format", choices=_FORMATS, default="", help="when it is not the one of the channel's platform")
    file.add_argument("--dry-run", action="store_true", help="report what would happen and change nothing")
    listed = _command(commands, "list", _list, "customer orders, newest first")
    listed.add_argument("--state", default="", help="held, accepted, backordered, ...")
    listed.add_argument("--channel", default="")
    listed.add_argument("--reference", default="")
    listed.add_argument("--limit", type=int, default=50)
    kept = _command(commands, "hold", _hold, "keeps an order back")
    kept.add_argument("number")
    kept.add_argument("note", nargs="?", default="", help="why")
    freed = _command(commands, "release-hold", _release, "lets go of an order's holds, mended where they must be")
    freed.add_argument("number")
    freed.add_argument("--hold", default="", metavar="ID", help="only this one; else all")
    freed.add_argument("--because", default="")
    freed.add_argument("--address", metavar="NAME|STREET|POSTCODE|CITY|REGION|COUNTRY")
    freed.add_argument("--email", default="")
    freed.add_argument("--sku", default="", help="which of our goods the line means")
    freed.add_argument("--units", type=int, default=1, help="base units of one")
    freed.add_argument("--qty", type=int, help="how many the line means")
    return parser


def _command(
    commands: Any, name: str, act: Callable[[argparse.Namespace], None], words: str
) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = commands.add_parser(name, help=words, description=words)
    made.set_defaults(act=act)
    made.add_argument("--json", action="store_true", help="print the answer as JSON")
    add_server_arguments(made)
    return made


def _import(got: argparse.Namespace) -> None:
    try:
        body = got.file.read_bytes()
    except OSError as error:
        give_up(f"{got.file}: {error.strerror}")
    query = {"channel": got.channel, "format": got.format} | ({"dry_run": "true"} if got.dry_run else {})
    is_json = got.format == "json" or (not got.format and got.file.suffix.lower() in _JSON)
    kind = "application/json" if is_json else "text/csv"
    report = api_of(got).post(f"/v1/import/customer-orders?{urlencode(query)}", body, kind)
    print(json.dumps(report) if got.json else report_words(report))


def _list(got: argparse.Namespace) -> None:
    query = {name: getattr(got, name) for name in ("state", "channel", "reference", "limit") if getattr(got, name)}
    page = api_of(got).get(f"/v1/customer-orders?{urlencode(query)}")
    if got.json:
        print(json.dumps(page))
        return
    for order in page["orders"]:
        holds = ", ".join(sorted({hold["code"] for hold in order["holds"]}))
        name = order["ship_to"].get("name", "")
        print(
            f"{order['number']:<14} {order['state']:<14} {order['channel']:<12} {order['reference'] or '':<20} "
            f"{order['total']:>12} {order['currency']}  {name:<24} {holds}".rstrip()
        )


def _hold(got: argparse.Namespace) -> None:
    body = json.dumps({"note": got.note}).encode()
    _say(got, api_of(got).post(f"/v1/customer-orders/{quote(got.number, safe='')}/hold", body))


def _release(got: argparse.Namespace) -> None:
    api, number = api_of(got), quote(got.number, safe="")
    holds = [got.hold] if got.hold else [one["id"] for one in api.get(f"/v1/customer-orders/{number}")["holds"]]
    if not holds:
        give_up("nothing holds this order")
    said: dict[str, Any] = {
        "because": got.because,
        "email": got.email,
        "sku": got.sku,
        "units": got.units,
        "qty": got.qty,
    }
    if got.address:
        names = ("name", "street", "postcode", "city", "region", "country")
        said["address"] = dict(zip(names, got.address.split("|"), strict=False))
    for hold in holds:
        body = json.dumps({**said, "hold": hold}).encode()
        reply = api.post(f"/v1/customer-orders/{number}/release-hold", body)
        # Holds about one address go together.
        if reply["reason"] != "nothing_to_do" or got.hold:
            _say(got, reply)


def _say(got: argparse.Namespace, reply: dict[str, Any]) -> None:
    if got.json:
        print(json.dumps(reply))
        return
    holds = ", ".join(one["code"] for one in reply["holds"])
    why = "" if reply["done"] else f"  not done: {reply['reason']}"
    print(f"{reply['number']}  {reply['state']}{why}{'  held: ' + holds if holds else ''}")
