"""`floorhand release`, `cancel` and `waves`: letting orders onto the floor, through the API of the server on this machine with the key of
its data folder."""

import argparse
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from oms.cli.call import Api
from oms.cli.common import add_data_argument, give_up
from sync.contract.codes import Method
from sync.contract.waves import WaveAct

_METHODS = [method.value for method in Method]


def release_main(argv: list[str]) -> int:
    """Exit status 0 when all orders were released, 1 when some were not; the answer says why."""
    parser = argparse.ArgumentParser("floorhand release", description="Lets orders onto the floor.")
    parser.add_argument("orders", nargs="+")
    parser.add_argument("--method", choices=_METHODS, default=Method.SINGLE.value)
    parser.add_argument("--slots", type=int, help="orders per trip")
    add_data_argument(parser, site=True)
    got = parser.parse_args(argv)
    body = {"orders": got.orders, "session": "", "method": got.method, "slots": got.slots}
    answer = _post(Api.local(got.data, got.site), "/v1/orders/release", body)
    print(json.dumps(answer["results"]))
    return 1 if any(result["reason"] for result in answer["results"]) else 0


def cancel_main(argv: list[str]) -> int:
    """Exit status 0 when the orders are off the floor, 1 when one is not; the answers say why, and what has to be put back."""
    parser = argparse.ArgumentParser("floorhand cancel", description="Takes orders off the floor.")
    parser.add_argument("orders", nargs="+")
    add_data_argument(parser, site=True)
    got = parser.parse_args(argv)
    api = Api.local(got.data, got.site)
    answers = [_post(api, f"/v1/orders/{quote(number, safe='')}/cancel", {"session": ""}) for number in got.orders]
    print(json.dumps(answers))
    return 0 if all(answer["cancelled"] for answer in answers) else 1


def waves_main(argv: list[str]) -> int:
    """Exit status 0 when it was done, 1 when it was refused; the answer says why."""
    got = _parser().parse_args(argv)
    answer = _COMMANDS[got.command](Api.local(got.data, got.site), got)
    print(json.dumps(answer))
    return 1 if answer.get("reason") or answer.get("problems") else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("floorhand waves", description="Orders that are planned and released together.")
    commands = parser.add_subparsers(dest="command", required=True)
    listed = commands.add_parser("list", help="waves and templates")
    listed.add_argument("--over", action="store_true", help="also those that are over")
    make = commands.add_parser("make", help="a wave by a template, or of certain orders")
    make.add_argument("--template")
    make.add_argument("--name", default="")
    make.add_argument("--method", choices=_METHODS, default=Method.CLUSTER.value)
    make.add_argument("--slots", type=int, default=8)
    make.add_argument("orders", nargs="*")
    act = commands.add_parser("act", help="plan, release, cancel ... a wave")
    act.add_argument("act", choices=[act.value for act in WaveAct])
    act.add_argument("wave")
    act.add_argument("orders", nargs="*")
    template = commands.add_parser("template", help="keep a template from a JSON file")
    template.add_argument("file", type=Path)
    template.add_argument("--dry-run", action="store_true", help="only say what is wrong")
    for command in commands.choices.values():
        add_data_argument(command, site=True)
    return parser


def _list(api: Api, got: argparse.Namespace) -> Any:
    return _post(api, "/v1/waves/list", {"over": got.over})


def _make(api: Api, got: argparse.Namespace) -> Any:
    words = {"template": got.template, "orders": got.orders, "name": got.name}
    return _post(api, "/v1/waves/make", {**words, "method": got.method, "slots": got.slots})


def _act(api: Api, got: argparse.Namespace) -> Any:
    return _post(api, "/v1/waves/act", {"wave": got.wave, "act": got.act, "orders": got.orders})


def _template(api: Api, got: argparse.Namespace) -> Any:
    try:
        template = msgspec.json.decode(got.file.read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        give_up(f"{got.file}: {error}")
    return _post(api, "/v1/waves/templates", {"template": template, "dry_run": got.dry_run})


def _post(api: Api, path: str, body: dict[str, Any]) -> Any:
    return api.post(path, msgspec.json.encode(body))


_COMMANDS = {"list": _list, "make": _make, "act": _act, "template": _template}
