"""`floorhand sites` and `floorhand sourcing`: which sites there are, and why an order goes where it goes; through the API."""

import argparse
import json
from pathlib import Path
from typing import Any

import msgspec

from oms.cli.call import Api
from oms.cli.common import add_data_argument, give_up


def sites_main(argv: list[str]) -> int:
    """Prints the sites; `add` makes one, `keep` sets what one is and costs from a JSON file."""
    parser = argparse.ArgumentParser(
        "floorhand sites", description="Sites of this server, and what sending from them costs."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="all sites")
    add = commands.add_parser("add", help="a new site")
    add.add_argument("id")
    add.add_argument("--name", default="")
    commands.add_parser("keep", help="what sites are and cost, from a JSON file").add_argument("file", type=Path)
    for command in commands.choices.values():
        add_data_argument(command)
    got = parser.parse_args(argv)
    api = Api.local(got.data)
    if got.command == "add":
        answer = _post(api, "/v1/admin/sites", {"site": got.id, "name": got.name})
    elif got.command == "keep":
        answer = {}
        for row in _rows(got.file):
            answer = _post(api, "/v1/sourcing/sites/keep", {"site": row})
    else:
        answer = _post(api, "/v1/sourcing/sites", {})
    print(json.dumps(answer.get("sites", [])))
    return 0


def sourcing_main(argv: list[str]) -> int:
    """Exit status 0 when it was done, 1 when nothing was decided."""
    parser = argparse.ArgumentParser("floorhand sourcing", description="Which sites send an order, and why.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, words in (
        ("explain", "why it goes where it goes"), ("preview", "what would be decided now"),
        ("source", "decide about what is open"), ("resource", "decide again about what nobody began"),
    ):  # fmt: skip
        commands.add_parser(name, help=words).add_argument("order")
    commands.add_parser("rules", help="the rules, in the order in which they are tried")
    commands.add_parser("keep-rules", help="rules from a JSON file").add_argument("file", type=Path)
    for command in commands.choices.values():
        add_data_argument(command)
    got = parser.parse_args(argv)
    return _RUNS.get(got.command, _act)(Api.local(got.data), got)


def _explain(api: Api, got: argparse.Namespace) -> int:
    found = _post(api, "/v1/sourcing/look", {"order": got.order})["decisions"]
    print("\n".join(line for decision in found[:1] for line in words_of(decision)) or "nobody decided about it yet")
    return 0 if found else 1


def _act(api: Api, got: argparse.Namespace) -> int:
    decision = _post(api, "/v1/sourcing/act", {"order": got.order, "act": got.command})["decision"]
    print("\n".join(words_of(decision)))
    return 1 if decision["refused"] else 0


def _rules(api: Api, got: argparse.Namespace) -> int:
    print(json.dumps(_post(api, "/v1/sourcing/rules", {})["rules"]))
    return 0


def _keep_rules(api: Api, got: argparse.Namespace) -> int:
    for row in _rows(got.file):
        _post(api, "/v1/sourcing/rules/keep", {"rule": row})
    return _rules(api, got)


_RUNS = {"explain": _explain, "rules": _rules, "keep-rules": _keep_rules}

#: A sentence for each code; the client has its own, in its people's language.
_SENTENCES = {
    "source_by_rule": "by the rule {rule}",
    "source_no_rule": "no rule fits: all sites, as the costs say",
    "source_only_site": "only {site} has everything (costs {cost})",
    "source_cheapest": "{site} has most of it (costs {cost})",
    "source_cheaper_than": "{site} for {cost}; {other} would cost {more} more",
    "source_split_needed": "no site has everything: {sites} for {cost}",
    "source_split_cheaper": "{sites} for {cost}; from one site it would cost {more} more",
    "source_one_parcel": "{site} alone; a second parcel is not worth it, {lacks} wait",
    "source_pick_up": "the customer fetches it at {site}",
    "source_scarce": "{sku} is rare at {site} and left to others",
    "source_short": "nobody has {missing} of {sku}",
    "source_rest": "what is missing: {rest}",
    "source_rejected_by": "{site} said no {reason}",
    "source_moved": "moved, which saves {saves}",
}


def words_of(decision: dict[str, Any]) -> list[str]:
    """A decision in sentences."""
    if decision["refused"]:
        return [f"nothing was decided: {decision['refused']}"]
    lines = [
        f"{one['site']}: " + ", ".join(f"{qty} of line {line}" for line, qty in one["lines"].items())
        + (f" as {one['part']}" if one["part"] else "") + f" (costs {one['cost']})"
        for one in decision["chosen"]
    ]  # fmt: skip
    for reason in decision["reasons"]:
        words = {"reason": "", **reason["params"]}
        lines.append("  because " + _SENTENCES.get(reason["code"], reason["code"]).format(**words).strip())
    for one in decision["candidates"]:
        lacks = f", lacks {one['missing']}" if one["missing"] else ""
        lines.append(f"  looked at {' + '.join(one['sites'])}: {one['out'] or 'costs ' + one['cost'] + lacks}")
    return lines


def _rows(file: Path) -> list[Any]:
    try:
        found = msgspec.json.decode(file.read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        give_up(f"{file}: {error}")
    return found if isinstance(found, list) else [found]


def _post(api: Api, path: str, body: dict[str, Any]) -> Any:
    return api.post(path, msgspec.json.encode(body))
