"""`floorhand customers find|show|merge|undo|flags|export|erase`: customers over all channels, through a server's API."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from oms.cli.call import Api
from oms.cli.common import give_up
from oms.cli.imports import add_server_arguments, api_of

_BASE = "/v1/customers"
_KNOWN = ("vip", "gift", "return", "fragile", "hazmat")


def main(argv: list[str]) -> int:
    """Exit status 0 when it was done, 1 when nobody was found."""
    got = _parser().parse_args(argv)
    run: Callable[[Api, argparse.Namespace], int] = got.run
    return run(api_of(got), got)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("floorhand customers", description="Customers over all channels.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    find = _command(commands, "find", _find, "customers by the beginning of a name, number, address or e-mail")
    find.add_argument("text", nargs="+")
    find.add_argument("--limit", type=int, default=20)
    find.add_argument("--json", action="store_true")
    show = _command(commands, "show", _show, "one customer with history and value, as JSON")
    show.add_argument("id")
    merge = _command(commands, "merge", _merge, "two records are one customer: GONE becomes a part of ID")
    merge.add_argument("id")
    merge.add_argument("gone")
    undo = _command(commands, "undo", _undo, "a merge is taken back, by the number that it printed")
    undo.add_argument("merge")
    flags = _command(commands, "flags", _flags, "what goes with each of their orders to the floor; without any: none")
    flags.add_argument("id")
    flags.add_argument("flags", nargs="*", metavar="FLAG", help=f"of {', '.join(_KNOWN)}")
    export = _command(commands, "export", _export, "all of a person's data, for the person")
    export.add_argument("id")
    export.add_argument("file", type=Path, nargs="?", help="where to; else it is printed")
    erase = _command(commands, "erase", _erase, "erases who a person is, everywhere; what the law wants kept stays")
    erase.add_argument("id")
    erase.add_argument("--because", choices=("asked", "retention"), default="asked")
    erase.add_argument("--yes", action="store_true", help="it cannot be taken back: it is done only with this")
    return parser


def _command(
    commands: Any, name: str, run: Callable[[Api, argparse.Namespace], int], words: str
) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = commands.add_parser(name, help=words, description=words)
    made.set_defaults(run=run)
    add_server_arguments(made)
    return made


def _find(api: Api, got: argparse.Namespace) -> int:
    found = _post(api, f"{_BASE}/search", {"text": " ".join(got.text), "limit": got.limit})["customers"]
    print(json.dumps(found) if got.json else "\n".join(_line(one) for one in found) or "nobody")
    return 0 if found else 1


def _line(one: dict[str, Any]) -> str:
    flags = ",".join(one["flags"])
    return f"{one['id']}  {one['number']:<12} {one['name']:<28} {one['email']:<32} {one['city']}  {flags}".rstrip()


def _show(api: Api, got: argparse.Namespace) -> int:
    print(json.dumps(api.get(_of(got.id))))
    return 0


def _merge(api: Api, got: argparse.Namespace) -> int:
    print(_post(api, f"{_of(got.id)}/merge", {"gone": got.gone})["merge"])
    return 0


def _undo(api: Api, got: argparse.Namespace) -> int:
    api.post(f"{_BASE}/merges/{quote(got.merge, safe='')}/undo", b"{}")
    print("they are two again")
    return 0


def _flags(api: Api, got: argparse.Namespace) -> int:
    wrong = [one for one in got.flags if one not in _KNOWN]
    if wrong:
        give_up(f"no flag: {', '.join(wrong)} (of {', '.join(_KNOWN)})")
    print(",".join(_post(api, f"{_of(got.id)}/change", {"record": {"flags": got.flags}})["flags"]) or "none")
    return 0


def _export(api: Api, got: argparse.Namespace) -> int:
    said = json.dumps(api.get(f"{_of(got.id)}/export"), indent=2, ensure_ascii=False)
    if got.file is None:
        print(said)
        return 0
    try:
        # A person's data: for nobody else on this machine.
        got.file.touch(mode=0o600, exist_ok=False)
        got.file.write_text(said, encoding="utf-8")
    except OSError as error:
        give_up(f"{got.file}: {error.strerror}")
    return 0


def _erase(api: Api, got: argparse.Namespace) -> int:
    if not got.yes:
        give_up("this cannot be taken back: say --yes")
    print(_post(api, f"{_of(got.id)}/erase", {"because": got.because})["erasure"])
    return 0


def _of(id: str) -> str:
    return f"{_BASE}/{quote(id, safe='')}"


def _post(api: Api, path: str, body: dict[str, Any]) -> Any:
    return api.post(path, json.dumps(body).encode())
