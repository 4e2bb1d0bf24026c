"""`floorhand transfers`: goods from one of our sites to another; through the API."""

import argparse
import json
from typing import Any
from urllib.parse import quote

import msgspec

from oms.cli.call import Api
from oms.cli.common import add_data_argument, give_up


def main(argv: list[str]) -> int:
    """Exit status 1 when what was asked for was not done."""
    parser = argparse.ArgumentParser("floorhand transfers", description="Goods from one of our sites to another.")
    commands = parser.add_subparsers(dest="command", required=True)
    listed = commands.add_parser("list", help="those that the site sends or gets, the newest first")
    listed.add_argument("--state", action="append", default=[])
    send = commands.add_parser("make", help="send goods to another site")
    send.add_argument("to", help="the other site")
    send.add_argument("line", nargs="+", metavar="SKU:UNITS")
    send.add_argument("--day", default=None, help="when they are expected there; else in two days")
    send.add_argument("--note", default="")
    commands.add_parser("show", help="how far one is").add_argument("number")
    commands.add_parser("cancel", help="it is not sent").add_argument("number")
    commands.add_parser("close", help="nothing more of it is to come; what never came is written off").add_argument(
        "number"
    )
    for command in commands.choices.values():
        command.add_argument("--json", action="store_true", help="the server's answer as JSON")
        add_data_argument(command, site=True)
    got = parser.parse_args(argv)
    runs = {"list": _list, "make": _make, "show": _show, "cancel": _act, "close": _act}
    return runs[got.command](Api.local(got.data, got.site), got)


def _list(api: Api, got: argparse.Namespace) -> int:
    rows = _post(api, "", {"states": got.state})["transfers"]
    return _say(got, rows, [_head(row) for row in rows])


def _make(api: Api, got: argparse.Namespace) -> int:
    lines = []
    for said in got.line:
        sku, _, units = said.rpartition(":")
        if not sku or not units.isdigit():
            give_up(f"{said}: SKU:UNITS")
        lines.append({"sku": sku, "qty": int(units)})
    answer = _kept(_post(api, "/make", {"to": got.to, "lines": lines, "day": got.day, "note": got.note}))
    return _say(got, answer, [f"{answer['number']}: release it as any order of this site"])


def _show(api: Api, got: argparse.Namespace) -> int:
    row = api.get(f"/v1/transfers/{quote(got.number, safe='')}")["transfer"]
    lines = [
        f"  {line['line']} {line['sku']}: {line['qty']} asked for, {line['shipped']} left, {line['received']} came, "
        f"{line['damaged']} damaged, {line['in_transit']} on the way"
        for line in row["lines"]
    ]
    return _say(got, row, [_head(row), *lines])


def _act(api: Api, got: argparse.Namespace) -> int:
    answer = _kept(_post(api, f"/{quote(got.number, safe='')}/act", {"act": got.command}))
    lost = [
        f"{sku}: {units} written off" if units > 0 else f"{sku}: {-units} found"
        for sku, units in answer["lost"].items()
    ]
    return _say(got, answer, lost or [f"{got.number}: done"])


def _head(row: dict[str, Any]) -> str:
    return f"{row['number']}  {row['from_site']} -> {row['to_site']}  {row['state']}  {row['day']}"


def _kept(answer: Any) -> Any:
    if answer["reason"]:
        give_up(f"{answer['reason']}: " + ", ".join(f"{name} {value}" for name, value in answer["params"].items()))
    return answer


def _say(got: argparse.Namespace, answer: Any, lines: list[str]) -> int:
    print(json.dumps(answer) if got.json else "\n".join(lines))
    return 0


def _post(api: Api, path: str, body: dict[str, Any]) -> Any:
    return api.post(f"/v1/transfers{path}", msgspec.json.encode(body))
