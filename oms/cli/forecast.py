"""`floorhand forecast`: what will be asked for, how good that was, and what stock it suggests; through the API."""

import argparse
import json
from pathlib import Path
from typing import Any

import msgspec

from oms.cli.call import Api
from oms.cli.common import add_data_argument, give_up


def main(argv: list[str]) -> int:
    """Exit status 1 when nothing is foreseen of what was asked for."""
    parser = argparse.ArgumentParser(
        "floorhand forecast", description="What will be asked for, and what stock that takes."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="foresee all items of the site now")
    commands.add_parser("show", help="the forecast of items").add_argument("item", nargs="+")
    commands.add_parser("accuracy", help="how good forecasts were, and which methods are used")
    commands.add_parser("terms", help="what ordering items is like, from a JSON file").add_argument("file", type=Path)
    commands.add_parser("promotions", help="days of promotions, from a JSON file").add_argument("file", type=Path)
    for command in commands.choices.values():
        command.add_argument("--json", action="store_true", help="the server's answer as JSON")
        add_data_argument(command, site=True)
    got = parser.parse_args(argv)
    runs = {"run": _run, "show": _show, "accuracy": _accuracy, "terms": _keep, "promotions": _keep}
    return runs[got.command](Api.local(got.data, got.site), got)


def _run(api: Api, got: argparse.Namespace) -> int:
    answer = _post(api, "/v1/forecast/run", {})
    while answer["state"] == "running":
        answer = _post(api, "/v1/forecast/run", {})
    print(json.dumps(answer) if got.json else f"{answer['items']} items foreseen")
    return 0


def _show(api: Api, got: argparse.Namespace) -> int:
    found = _post(api, "/v1/forecast/items", {"skus": got.item})["items"]
    lines = [line for row in found for line in words_of(row)]
    missing = sorted(set(got.item) - {row["sku"] for row in found})
    print(json.dumps(found) if got.json else "\n".join([*lines, *(f"{sku}: not foreseen yet" for sku in missing)]))
    return 1 if missing else 0


def _accuracy(api: Api, got: argparse.Namespace) -> int:
    answer = _post(api, "/v1/forecast/accuracy", {})
    if got.json:
        print(json.dumps(answer))
        return 0
    run = answer["run"]
    if run is None:
        print("nothing has been foreseen yet: floorhand forecast run")
        return 1
    print(
        f"last run: {run['items']} items, {run['state']}, from {run['day']}; season {'found' if run['season'] else 'not found'}"
    )
    for kind, method in sorted(run["methods"].items()):
        error = run["errors"][kind].get(method)
        print(
            f"  {'else' if kind == 'new' else kind}: {method}"
            + (f", {error:.3f} of the historic mean's error" if error else "")
        )
    for row in answer["accuracy"]:
        print(
            f"{row['shape'] or 'all'}: {row['checks']} checked, MASE {row['mase']:.3f}, bias {row['bias']:+.3f}, "
            f"enough {row['service']:.1%} of {row['target']:.1%}"
        )
    if not answer["accuracy"]:
        print("no forecast is four weeks old yet")
    return 0


def _keep(api: Api, got: argparse.Namespace) -> int:
    try:
        rows = msgspec.json.decode(got.file.read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        give_up(f"{got.file}: {error}")
    answer = _post(api, f"/v1/forecast/{got.command}", {got.command: rows if isinstance(rows, list) else [rows]})
    if answer["reason"]:
        give_up(f"{answer['reason']}: " + ", ".join(f"{name} {value}" for name, value in answer["params"].items()))
    if got.json:
        print(json.dumps(answer))
    return 0


def words_of(row: dict[str, Any]) -> list[str]:
    """A forecast in sentences."""
    weeks = ", ".join(f"{one:.1f}" for one in row["weeks"])
    shares = ", ".join(f"{float(share):.0%} {units}" for share, units in sorted(row["quantiles"].items()))
    money = "" if row["money"] is None else f"; ties up {row['money']}"
    return [
        f"{row['sku']}: {row['shape']}, by {row['method']}, {row['known_weeks']} weeks known",
        f"  weeks from {row['day']}: {weeks}",
        f"  over {row['cover_days']:g} days {row['cover_mean']:.1f}; enough for {shares}",
        f"  order at {row['reorder_point']} ({row['safety']} for safety) {row['order_qty']}, up to {row['upto']}{money}",
    ]


def _post(api: Api, path: str, body: dict[str, Any]) -> Any:
    return api.post(path, msgspec.json.encode(body))
