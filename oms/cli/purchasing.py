"""`floorhand purchasing`: what is to be ordered from suppliers, orders and what came of them; through the API."""

import argparse
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from oms.cli.call import Api
from oms.cli.common import add_data_argument, give_up

_FILES = ("pdf", "csv", "edi")
#: Kind of file -> where its rows are kept.
_KEPT = {"suppliers": "suppliers", "items": "items", "levels": "levels"}


def main(argv: list[str]) -> int:
    """Exit status 1 when what was asked for was not done."""
    parser = argparse.ArgumentParser(
        "floorhand purchasing", description="What is ordered from suppliers, and what came."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="order what is lacking now")
    commands.add_parser("alerts", help="items to look at: too little of them, they lie, they come back")
    suggest = commands.add_parser("suggest", help="when items are ordered, and what the forecast suggests")
    suggest.add_argument("item", nargs="*")
    suggest.add_argument("--accept", action="store_true", help="take what is suggested for these items")
    suggest.add_argument("--follow", action="store_true", help="with --accept: from now on, too")
    listed = commands.add_parser("list", help="orders to suppliers, the newest first")
    listed.add_argument("--state", action="append", default=[])
    listed.add_argument("--supplier", default="")
    show = commands.add_parser("show", help="an order, or its papers")
    show.add_argument("order")
    show.add_argument("--file", choices=_FILES, help="write this paper")
    show.add_argument("--to", type=Path, help="where to; else the order's number")
    for name, help_text in (
        ("approve", "let an order go"),
        ("send", "send an order"),
        ("call-off", "nothing more is to come"),
    ):
        commands.add_parser(name, help=help_text).add_argument("order")
    confirm = commands.add_parser("confirm", help="the supplier has answered")
    confirm.add_argument("order")
    confirm.add_argument("--reference", default="", help="what the supplier calls it")
    confirm.add_argument(
        "--line", action="append", default=[], metavar="LINE:UNITS[:DAY]", help="what it says of a line"
    )
    receive = commands.add_parser("receive", help="goods came in")
    receive.add_argument("order", help="'-' without an order")
    receive.add_argument("--id", required=True, help="number of the delivery note; told twice it is booked once")
    receive.add_argument("--line", action="append", required=True, metavar="SKU:UNITS:BIN[:LOT]")
    receive.add_argument("--over", action="store_true", help="nothing more comes with this delivery")
    for kind in _KEPT:
        commands.add_parser(kind, help=f"keep {kind} from a JSON file").add_argument("file", type=Path)
    for command in commands.choices.values():
        command.add_argument("--json", action="store_true", help="the server's answer as JSON")
        add_data_argument(command, site=True)
    got = parser.parse_args(argv)
    runs = {
        "run": _run,
        "alerts": _alerts,
        "suggest": _suggest,
        "list": _list,
        "show": _show,
        "confirm": _confirm,
        "receive": _receive,
    }
    runs |= dict.fromkeys(("approve", "send", "call-off"), _act) | dict.fromkeys(_KEPT, _keep)
    return runs[got.command](Api.local(got.data, got.site), got)


def _run(api: Api, got: argparse.Namespace) -> int:
    answer = _post(api, "run", {})
    lines = [f"{number}: ordered" for number in answer["orders"]]
    lines += [f"{sku}: lacks, and no supplier sells it" for sku in answer["nobody_sells"]]
    lines += [f"{number}: has left; more is ordered tomorrow" for number in answer["tomorrow"]]
    lines += [f"{code}: more than anybody can mean; look at its items' levels" for code in answer["too_large"]]
    return _say(got, answer, lines or ["nothing lacks"])


def _alerts(api: Api, got: argparse.Namespace) -> int:
    rows = _post(api, "alerts", {})["alerts"]
    words = {
        "low_stock": "{sku}: {have} there or on the way, {want} wanted",
        "dead_stock": "{sku}: {have} there, nothing left in {want} days",
        "high_returns": "{sku}: {have} percent came back, the limit is {want}",
    }
    return _say(got, rows, [words[row["kind"]].format(**row) for row in rows] or ["all is well"])


def _suggest(api: Api, got: argparse.Namespace) -> int:
    if got.accept:
        if not got.item:
            give_up("say which items")
        _kept(_post(api, "levels/keep", {"levels": [{"sku": sku, "follow": got.follow} for sku in got.item]}))
    rows = _post(api, "levels", {"skus": got.item})["levels"]
    return _say(got, rows, [words_of(row) for row in rows] or ["nothing is foreseen: floorhand forecast run"])


def words_of(row: dict[str, Any]) -> str:
    """An item's level in a sentence."""
    now = "never ordered" if row["upto"] is None else f"ordered at {row['reorder_point']}, up to {row['upto']}"
    then = (
        ""
        if row["suggested_upto"] is None
        else f"; suggested at {row['suggested_point']}, up to {row['suggested_upto']}"
    )
    money = "" if row["money"] is None else f", ties up {row['money']}"
    stock = f"{row['on_hand']} here, {row['owed']} owed, {row['on_order']} on order"
    return f"{row['sku']}: {now}{then}{money}; {stock}"


def _list(api: Api, got: argparse.Namespace) -> int:
    rows = _post(api, "orders", {"states": got.state, "supplier": got.supplier})["orders"]
    return _say(
        got,
        rows,
        [f"{row['number']}  {row['supplier']}  {row['state']}  {row['total']} {row['currency']}" for row in rows],
    )


def _show(api: Api, got: argparse.Namespace) -> int:
    path = f"/v1/purchasing/orders/{quote(got.order, safe='')}"
    if got.file:
        to = got.to or Path(f"{got.order}.{got.file}")
        to.write_bytes(api.file(f"{path}/files/{got.file}"))
        print(to)
        return 0
    row = api.get(path)["order"]
    lines = [f"{row['number']}: {row['supplier']}, {row['state']}, {row['total']} {row['currency']}"]
    lines += [
        f"  {line['line']} {line['sku']}: {line['qty']} ordered, {line['received']} came, {line['damaged']} damaged, "
        f"{line['open']} to come by {line['day']}"
        for line in row["lines"]
    ]
    return _say(got, row, lines)


def _act(api: Api, got: argparse.Namespace) -> int:
    return _done(api, got, {"act": got.command.replace("-", "_")})


def _confirm(api: Api, got: argparse.Namespace) -> int:
    lines = []
    for said in got.line:
        line, units, *day = said.split(":")
        if not line.isdigit() or not units.isdigit():
            give_up(f"{said}: LINE:UNITS[:DAY]")
        lines.append({"line": int(line), "qty": int(units), "day": day[0] if day else None})
    return _done(api, got, {"act": "confirm", "reference": got.reference, "lines": lines})


def _done(api: Api, got: argparse.Namespace, body: dict[str, Any]) -> int:
    answer = _kept(_post(api, f"orders/{quote(got.order, safe='')}/act", body))
    return _say(got, answer, [f"{got.order}: done"])


def _receive(api: Api, got: argparse.Namespace) -> int:
    lines = []
    for said in got.line:
        sku, _, rest = said.partition(":")
        units, _, where = rest.partition(":")
        bin, _, lot = where.partition(":")
        if not units.isdigit() or not bin:
            give_up(f"{said}: SKU:UNITS:BIN[:LOT]")
        lines.append({"sku": sku, "qty": int(units), "bin": bin, "lot": lot})
    order = "" if got.order == "-" else got.order
    answer = _kept(_post(api, "receive", {"id": got.id, "order": order, "lines": lines, "over": got.over}))
    return _say(
        got, answer, [f"{len(lines)} lines booked", *(f"{number}: kept for it" for number in answer["numbers"])]
    )


def _keep(api: Api, got: argparse.Namespace) -> int:
    try:
        rows = msgspec.json.decode(got.file.read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        give_up(f"{got.file}: {error}")
    rows = rows if isinstance(rows, list) else [rows]
    answer = _kept(_post(api, f"{got.command}/keep", {_KEPT[got.command]: rows}))
    return _say(got, answer, [f"{len(rows)} kept"])


def _kept(answer: Any) -> Any:
    if answer["reason"]:
        give_up(f"{answer['reason']}: " + ", ".join(f"{name} {value}" for name, value in answer["params"].items()))
    return answer


def _say(got: argparse.Namespace, answer: Any, lines: list[str]) -> int:
    print(json.dumps(answer) if got.json else "\n".join(lines))
    return 0


def _post(api: Api, path: str, body: dict[str, Any]) -> Any:
    return api.post(f"/v1/purchasing/{path}", msgspec.json.encode(body))
