"""`floorhand orders find|show|timeline`: looking for customer orders, through the API of the server on this machine with the key of its
data folder. Imports and holds of orders have a module of their own."""

import argparse
from typing import Any

import msgspec
import rich
from rich.table import Table

from oms.cli.call import Api
from oms.cli.common import add_data_argument

#: Commands of this module.
COMMANDS = ("find", "show", "timeline")


def main(argv: list[str]) -> int:
    """Exit status 0 when something was found, 1 when not."""
    got = _parser().parse_args(argv)
    api = Api.local(got.data)
    if got.command == "find":
        return _find(api, got)
    path = "/v1/workbench/sheet" if got.command == "show" else "/v1/workbench/timeline"
    answer = _post(api, path, {"order": got.number} | ({"limit": got.limit} if got.command == "timeline" else {}))
    if got.json:
        print(msgspec.json.encode(answer).decode())
    elif got.command == "show":
        _show(answer["sheet"])
    else:
        _timeline(answer["entries"])
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("floorhand orders", description="Looks for customer orders.")
    commands = parser.add_subparsers(dest="command", required=True)
    find = commands.add_parser(
        "find", help="orders by words and filters: late held state:sourced channel:shop sku:TEA jansen"
    )
    find.add_argument("words", nargs="*")
    find.add_argument("--after", default="", help="the `next` of the page before")
    show = commands.add_parser("show", help="one order with everything about it")
    timeline = commands.add_parser("timeline", help="everything that happened to an order, newest first")
    for one in (show, timeline):
        one.add_argument("number")
    for one in (find, timeline):
        one.add_argument("--limit", type=int, default=50)
    for one in commands.choices.values():
        one.add_argument("--json", action="store_true")
        add_data_argument(one)
    return parser


def _find(api: Api, got: argparse.Namespace) -> int:
    answer = _post(api, "/v1/workbench/search", {"text": " ".join(got.words), "after": got.after, "limit": got.limit})
    if got.json:
        print(msgspec.json.encode(answer).decode())
        return 0 if answer["found"] else 1
    table = Table("order", "state", "placed", "customer", "channel", "sites", "total", "")
    for row in answer["found"]:
        marks = " ".join(("late",) * row["late"] + tuple(row["hold_codes"]))
        total = f"{row['total']} {row['currency']}"
        where = ", ".join(row["sites"])
        cells = (
            row["number"],
            row["state"],
            row["placed_at"][:16],
            row["customer"],
            row["channel"],
            where,
            total,
            marks,
        )
        table.add_row(*(_plain(cell) for cell in cells))
    rich.print(table)
    for word in answer["unknown"]:
        print(_plain(f"not understood: {word['text']}  {' '.join(word['may_be'])}"))
    more = "more than " if answer["more_than"] else ""
    print(f"{more}{answer['total']} found" + (f"; go on with --after '{answer['next']}'" if answer["next"] else ""))
    return 0 if answer["found"] else 1


def _show(sheet: dict[str, Any]) -> None:
    head, to = sheet["head"], sheet["ship_to"]
    print(
        _plain(
            f"{head['number']}  {head['state']}  revision {head['revision']}  {head['total']} {head['currency']}  {head['payment']}"
        )
    )
    print(_plain(f"{to['name']}, {to['street']}, {to['postcode']} {to['city']}, {to['country']}"))
    table = Table("line", "item", "units", "open", "at sites", "waits", "sent", "off")
    for line in sheet["lines"]:
        counts = [str(line[key]) for key in ("qty", "open", "assigned", "backordered", "shipped", "cancelled")]
        table.add_row(str(line["line"]), _plain(line["sku"]), *counts)
    rich.print(table)
    for part in sheet["parts"]:
        parcels = ", ".join(parcel["tracking"] or parcel["sscc"] for parcel in part["parcels"])
        print(_plain(f"{part['site']}: {part['number']} {part['state']}  {parcels}"))
    for hold in sheet["holds"]:
        if hold["released_at"] is None:
            print(_plain(f"held: {hold['code']} {hold['params']}  (hold {hold['id']})"))
    for note in sheet["notes"]:
        print(_plain(f"{'* ' if note['pinned'] else ''}{note['at'][:16]} {note['who']}: {note['text']}"))


def _timeline(entries: list[dict[str, Any]]) -> None:
    for entry in entries:
        words = " ".join(f"{key}={value}" for key, value in entry["words"].items() if value not in (None, ""))
        print(_plain(f"{entry['at']}  {entry['site']:6}  {entry['code']:28}  {entry['who']:20}  {words}"))


def _plain(text: str) -> str:
    """What came from outside, with nothing in it that a terminal would obey."""
    return "".join(c if c.isprintable() else "?" for c in text).replace("[", "(").replace("]", ")")


def _post(api: Api, path: str, body: dict[str, Any]) -> Any:
    return api.post(path, msgspec.json.encode(body))
