"""`floorhand hooks list|add|remove|deliveries|replay`: who is told of events by signed messages, through a server's API."""

import argparse
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote

from oms.cli.call import Api
from oms.cli.common import give_up
from oms.cli.imports import add_server_arguments, api_of

_BASE = "/v1/hooks"


def main(argv: list[str]) -> int:
    """Exit status 0 when it was done."""
    got = _parser().parse_args(argv)
    run: Callable[[Api, argparse.Namespace], None] = got.run
    run(api_of(got), got)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("floorhand hooks", description="Programs that are told of events.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _command(commands, "list", _list, "all of them, and how they are")
    add = _command(commands, "add", _add, "another program is told; its secret is printed this once")
    add.add_argument("url")
    add.add_argument("patterns", nargs="+", metavar="KIND", help="kinds of events, with * for a part (order.*)")
    add.add_argument("--name", default="")
    add.add_argument("--channel", action="append", default=[], help="only orders of this channel; may be repeated")
    removed = _command(commands, "remove", _remove, "it is told nothing any more, and its messages go")
    removed.add_argument("id")
    told = _command(commands, "deliveries", _deliveries, "what became of its messages, newest first")
    told.add_argument("id")
    told.add_argument("--limit", type=int, default=50)
    told.add_argument("--before", type=int, help="go on from this number")
    told.add_argument("--json", action="store_true")
    replay = _command(commands, "replay", _replay, "tells it events again, with the ids they had")
    replay.add_argument("id")
    which = replay.add_mutually_exclusive_group(required=True)
    which.add_argument("--since", type=_when, help="2026-11-23 or 2026-11-23T09:30:00+01:00 (without a zone: here)")
    which.add_argument("--seq", type=int, action="append", help="the number of one event; may be repeated")
    replay.add_argument("--until", type=_when)
    return parser


def _command(
    commands: Any, name: str, run: Callable[[Api, argparse.Namespace], None], words: str
) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = commands.add_parser(name, help=words, description=words)
    made.set_defaults(run=run)
    add_server_arguments(made)
    return made


def _when(text: str) -> str:
    try:
        return datetime.fromisoformat(text).astimezone().isoformat()
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f"not a day or time: {text}") from None


def _list(api: Api, _: argparse.Namespace) -> None:
    for one in api.get(_BASE):
        state = "off" if not one["active"] else f"failing ({one['failures']})" if one["failures"] else "well"
        where = f"  {','.join(one['channels'])}" if one["channels"] else ""
        print(f"{one['id']}  {one['name']:<20} {state:<12} {one['url']}  {','.join(one['patterns'])}{where}")


def _add(api: Api, got: argparse.Namespace) -> None:
    body = {"url": got.url, "patterns": got.patterns, "channels": got.channel}
    made = _post(api, _BASE, body | ({"name": got.name} if got.name else {}))
    print(f"{made['hook']['id']}  {made['secret']}")


def _remove(api: Api, got: argparse.Namespace) -> None:
    api.post(f"{_of(got.id)}/remove", b"")


def _deliveries(api: Api, got: argparse.Namespace) -> None:
    if not 1 <= got.limit <= 100:
        give_up("--limit is 1 to 100")
    before = f"&before={got.before}" if got.before is not None else ""
    found = api.get(f"{_of(got.id)}/deliveries?limit={got.limit}{before}")
    print(json.dumps(found) if got.json else "\n".join(_line(one) for one in found) or "none")


def _line(one: dict[str, Any]) -> str:
    tries = one["attempts"]
    last = f"{tries[-1]['status'] or tries[-1]['problem']} in {tries[-1]['took_ms']} ms" if tries else "not tried yet"
    why = one["reason"] and f"  {one['reason']}"
    head = f"{one['id']:>8}  {one['state']:<8} {one['created_at'][:19]}  {one['kind']:<28} {one['order']:<12}"
    return f"{head} {len(tries)} tries, {last}{why}"


def _replay(api: Api, got: argparse.Namespace) -> None:
    body = {"seqs": got.seq, "since": got.since, "until": got.until}
    print(f"{_post(api, f'{_of(got.id)}/replay', body)['count']} messages")


def _of(id: str) -> str:
    return f"{_BASE}/{quote(id, safe='')}"


def _post(api: Api, path: str, body: dict[str, Any]) -> Any:
    return api.post(path, json.dumps(body).encode())
