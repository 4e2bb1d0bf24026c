"""`floorhand returns`: what customers send back; through the API."""

import argparse
import json
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from oms.cli.call import Api
from oms.cli.common import add_data_argument, give_up

_STATES = ("asked", "approved", "refused", "label_sent", "partly_received", "graded", "closed", "cancelled")


def main(argv: list[str]) -> int:
    """Exit status 1 when the server refused; its reason is said."""
    parser = argparse.ArgumentParser("floorhand returns", description="What customers send back.")
    commands = parser.add_subparsers(dest="command", required=True)
    listed = commands.add_parser("list", help="returns, the newest first")
    listed.add_argument("--state", action="append", default=[], choices=_STATES)
    listed.add_argument("--order", default="")
    commands.add_parser("show", help="everything about one").add_argument("number")
    commands.add_parser("approve", help="the customer may send it").add_argument("number")
    commands.add_parser("label", help="a carrier is to make its label").add_argument("number")
    refuse = commands.add_parser("refuse", help="the customer may not, and is told why")
    refuse.add_argument("number")
    refuse.add_argument("because")
    close = commands.add_parser("close", help="pay back, exchange, nothing, or send the goods back")
    close.add_argument("number")
    close.add_argument("how", choices=("refund", "exchange", "nothing", "send_back"))
    close.add_argument("--fee", help="taken off what is paid back")
    close.add_argument(
        "--amount", action="append", default=[], metavar="LINE=AMOUNT", help="what a line is paid back with"
    )
    stats = commands.add_parser("stats", help="how much comes back")
    stats.add_argument("by", nargs="?", default="item", choices=("item", "reason", "channel"))
    stats.add_argument("--since", default="", metavar="DAY")
    stats.add_argument("--through", default="", metavar="DAY")
    stats.add_argument("--channel", default="")
    for command in commands.choices.values():
        command.add_argument("--json", action="store_true", help="the server's answer as JSON")
        add_data_argument(command, site=True)
    got = parser.parse_args(argv)
    runs = {
        "list": _list, "show": _show, "approve": _approve, "label": _label, "refuse": _refuse, "close": _close, "stats": _stats,
    }  # fmt: skip
    return runs[got.command](Api.local(got.data, got.site), got)


def _list(api: Api, got: argparse.Namespace) -> int:
    asked = [*(("state", one) for one in got.state), ("order", got.order), ("limit", "200")]
    answer = api.get(f"/v1/returns?{urlencode(asked)}")
    lines = [_head(one) for one in answer["returns"]]
    print(json.dumps(answer) if got.json else "\n".join(lines) or "no returns")
    return 0


def _show(api: Api, got: argparse.Namespace) -> int:
    return _said(api.get(f"/v1/returns/{quote(got.number, safe='')}"), got)


def _approve(api: Api, got: argparse.Namespace) -> int:
    return _act(api, got, "decide", {"say": "approve"})


def _label(api: Api, got: argparse.Namespace) -> int:
    return _act(api, got, "label", {})


def _refuse(api: Api, got: argparse.Namespace) -> int:
    return _act(api, got, "decide", {"say": "refuse", "because": got.because})


def _close(api: Api, got: argparse.Namespace) -> int:
    parts = [one.partition("=") for one in got.amount]
    if any(not equals for _, equals, _ in parts):
        give_up("an amount is said as LINE=AMOUNT, e.g. 1=7.50")
    amounts = {line: amount for line, _, amount in parts}
    return _act(api, got, "close", {"how": got.how, "fee": got.fee, "amounts": amounts})


def _stats(api: Api, got: argparse.Namespace) -> int:
    words = {"by": got.by, "since": got.since, "through": got.through, "channel": got.channel}
    answer = api.get(f"/v1/return-stats?{urlencode({name: word for name, word in words.items() if word})}")
    lines = [
        f"{one['key'] or '-'}: {one['returned']} back of {one['shipped']} sent"
        + ("" if one["percent"] is None else f" ({one['percent']:g} %)")
        + "".join(f", {amount} {currency} paid back" for currency, amount in sorted(one["refunds"].items()))
        for one in answer["stats"]
    ]
    print(json.dumps(answer) if got.json else "\n".join(lines) or "nothing came back")
    return 0


def _act(api: Api, got: argparse.Namespace, what: str, body: dict[str, Any]) -> int:
    return _said(api.post(f"/v1/returns/{quote(got.number, safe='')}/{what}", msgspec.json.encode(body)), got)


def _said(answer: dict[str, Any], got: argparse.Namespace) -> int:
    if not answer["done"]:
        words = ", ".join(f"{name} {value}" for name, value in answer["params"].items())
        give_up(f"{answer['reason']}" + (f": {words}" if words else ""))
    print(json.dumps(answer) if got.json else "\n".join(_sheet(answer["sheet"])))
    return 0


def _head(one: dict[str, Any]) -> str:
    signs = "".join(f" !{sign['sign'].removeprefix('return_sign_')}" for sign in one["signs"])
    money = f", {one['refund']} {one['currency']} paid back" if one["resolution"] == "refund" else ""
    return f"{one['number']} {one['state']}: order {one['order'] or '?'}, {one['received']} of {one['units']} here{money}{signs}"


def _sheet(sheet: dict[str, Any]) -> list[str]:
    return [
        _head(sheet["head"]),
        *(_line(one) for one in sheet["lines"]),
        *(_receipt(one) for one in sheet["receipts"]),
        *(_label_line(one) for one in (sheet["label"],) if one),
        *("  look: " + ", ".join(f"{name} {value}" for name, value in one.items()) for one in sheet["head"]["signs"]),
    ]


def _label_line(one: dict[str, Any]) -> str:
    parts = (one["state"], f"{one['carrier']} {one['service']}", one["tracking"], one["problem"])
    return "  label: " + ", ".join(part for part in parts if part)


def _line(one: dict[str, Any]) -> str:
    said = f"{one['qty']} x {one['sku']}, {one['reason']}"
    return f"  {one['line']}. {said}; {one['received']} here, {one['refund']} paid back"


def _receipt(one: dict[str, Any]) -> str:
    undone = " (taken back)" if one["undone"] else ""
    return f"  {one['at']} {one['qty']} x {one['sku']}, {one['grade']}, {one['disposition']}, {one['place']}{undone}"
