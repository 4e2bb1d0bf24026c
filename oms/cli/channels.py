"""`floorhand channels list|set|skus|map`: where orders come from, their rules, and what they call our goods. Talks to a server's API."""

import argparse
import csv
import getpass
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from oms.cli.common import give_up
from oms.cli.imports import add_server_arguments, api_of

_KINDS = ("web", "marketplace", "store", "phone", "b2b")
_PLATFORMS = ("plain", "shopify", "woocommerce", "magento", "marketplace", "edifact")
_AT_ONCE = 5000


def main(argv: list[str]) -> int:
    """Exit status 0 when the server took it."""
    got = _parser().parse_args(argv)
    act: Callable[[argparse.Namespace], None] = got.act
    act(got)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("floorhand channels", description="Where customer orders come from.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _command(commands, "list", _list, "all channels")
    made = _command(commands, "set", _set, "makes a channel, or changes what is named of it")
    made.add_argument("code")
    made.add_argument("--kind", choices=_KINDS)
    made.add_argument("--name")
    made.add_argument("--platform", choices=_PLATFORMS)
    made.add_argument("--prefix", help="begins the numbers of its orders")
    made.add_argument("--currency")
    made.add_argument("--language")
    made.add_argument("--tax", choices=("included", "on-top"), help="how its prices are told")
    made.add_argument("--rules", metavar="JSON", help='e.g. {"countries": ["NL", "BE"], "most": "5000"}')
    made.add_argument("--secret", action="store_true", help="asks for the secret its webhooks are signed with")
    made.add_argument("--secret-file", type=Path, help="a file with it (a public key, for Adobe Commerce)")
    state = made.add_mutually_exclusive_group()
    state.add_argument("--open", dest="active", action="store_true", default=None)
    state.add_argument("--close", dest="active", action="store_false")
    listed = _command(commands, "skus", _skus, "what a channel calls our goods")
    listed.add_argument("code")
    mapped = _command(commands, "map", _map, "says what a channel calls our goods: FOREIGN SKU, or a CSV file")
    mapped.add_argument("code")
    mapped.add_argument("foreign", nargs="?")
    mapped.add_argument("sku", nargs="?", help="left out: FOREIGN is forgotten")
    mapped.add_argument("--units", type=int, default=1, help="base units the channel means by one")
    mapped.add_argument("--file", type=Path, help="CSV with columns foreign, sku and units")
    return parser


def _command(
    commands: Any, name: str, act: Callable[[argparse.Namespace], None], words: str
) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = commands.add_parser(name, help=words, description=words)
    made.set_defaults(act=act)
    add_server_arguments(made)
    return made


def _list(got: argparse.Namespace) -> None:
    for one in api_of(got).get("/v1/channels"):
        print(_words(one))


def _words(one: dict[str, Any]) -> str:
    secret = "signed" if one["has_secret"] else "no secret"
    rules = json.dumps(one["rules"]) if one["rules"] else ""
    state = "" if one["active"] else "  closed"
    return (
        f"{one['code']:<16} {one['kind']:<12} {one['platform']:<12} {one['prefix']:<6} {one['currency']} {one['language']}"
        f"  {secret}  {one['name']} {rules}{state}"
    ).rstrip()


def _set(got: argparse.Namespace) -> None:
    names = ("kind", "name", "platform", "prefix", "currency", "language", "active")
    said: dict[str, Any] = {name: getattr(got, name) for name in names if getattr(got, name) is not None}
    if got.tax:
        said["tax_included"] = got.tax == "included"
    if got.rules:
        try:
            said["rules"] = json.loads(got.rules)
        except json.JSONDecodeError as error:
            give_up(f"--rules: {error}")
    if got.secret_file:
        said["secret"] = _text(got.secret_file).strip()
    elif got.secret:
        # Never an argument: every user of the machine sees those.
        said["secret"] = getpass.getpass("secret: ") if sys.stdin.isatty() else sys.stdin.readline().strip()
    body = json.dumps({"code": got.code, **said}).encode()
    print(_words(api_of(got).post("/v1/channels", body)))


def _skus(got: argparse.Namespace) -> None:
    api, after = api_of(got), ""
    while True:
        page = api.get(f"/v1/channels/{quote(got.code, safe='')}/skus?limit=500&after={quote(after)}")
        for one in page:
            print(f"{one['foreign']:<32} {one['sku']:<32} {one['units']:>6}")
        if len(page) < 500:
            return
        after = page[-1]["foreign"]


def _map(got: argparse.Namespace) -> None:
    if bool(got.file) == bool(got.foreign):
        give_up("either FOREIGN and SKU, or --file")
    said = _from_file(got.file) if got.file else [{"foreign": got.foreign, "sku": got.sku or "", "units": got.units}]
    api, path = api_of(got), f"/v1/channels/{quote(got.code, safe='')}/skus"
    kept = 0
    for at in range(0, len(said), _AT_ONCE):
        reply = api.post(path, json.dumps({"skus": said[at : at + _AT_ONCE]}).encode())
        kept += reply["kept"]
        for foreign, why in reply["refused"]:
            print(f"{foreign:<32} {why}")
    print(f"{kept} kept")


def _from_file(path: Path) -> list[dict[str, Any]]:
    rows = []
    for number, row in enumerate(csv.DictReader(_text(path).splitlines()), 2):
        units = (row.get("units") or "1").strip()
        if not units.isdigit():
            give_up(f"{path}, line {number}: units")
        rows.append({"foreign": row.get("foreign") or "", "sku": row.get("sku") or "", "units": int(units)})
    return rows


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        give_up(f"{path}: {error}")
