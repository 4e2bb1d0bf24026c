"""`floorhand shipping`: prices, carriers' labels, hand-over and how far parcels are, through the API of the server on this machine with the
key of its data folder."""

import argparse
import json
from typing import Any

import msgspec

from oms.cli.call import Api
from oms.cli.common import add_data_argument


def main(argv: list[str]) -> int:
    """Prints the answer as JSON. Exit status 1 when what was asked for was refused."""
    got = _parser().parse_args(argv)
    path, body = _COMMANDS[got.command](got)
    answer = Api.local(got.data, got.site).post(path, msgspec.json.encode(body))
    print(json.dumps(answer))
    return 1 if answer.get("reason") else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("floorhand shipping", description="Carriers: prices, labels, hand-over.")
    commands = parser.add_subparsers(dest="command", required=True)
    rates = commands.add_parser("rates", help="what sending costs, and why which service")
    rates.add_argument("--order", default="")
    rates.add_argument("--country", default="")
    rates.add_argument("--postcode", default="")
    rates.add_argument("--grams", type=int, required=True)
    rates.add_argument("--sides-mm", type=int, nargs=3, metavar=("LENGTH", "WIDTH", "HEIGHT"))
    rates.add_argument("--promised", metavar="DAY", help="the last day it may arrive")
    rates.add_argument("--keep", action="store_true", help="the best service becomes the order's")
    labels = commands.add_parser("labels", help="carriers' labels that are not there yet, or all of an order")
    labels.add_argument("--order", default="")
    for name, words in (("void", "give a parcel's label back"), ("again", "ask for a label again after a problem")):
        one = commands.add_parser(name, help=words)
        one.add_argument("parcel")
        one.add_argument("--reason", required=True)
    close = commands.add_parser("close", help="hand everything over that is ready for a carrier")
    close.add_argument("carrier")
    close.add_argument("--day", default="", help="today when it is not said")
    manifests = commands.add_parser("manifests", help="what was handed over, or one manifest with its parcels")
    manifests.add_argument("--day", default="")
    manifests.add_argument("--id", default="")
    track = commands.add_parser("track", help="how far an order's parcels are, and the customer's page")
    track.add_argument("order")
    for command in commands.choices.values():
        add_data_argument(command, site=True)
    return parser


def _rates(got: argparse.Namespace) -> tuple[str, dict[str, Any]]:
    names = ("order", "country", "postcode", "grams", "sides_mm", "promised", "keep")
    return "/v1/shipping/rates", {name: getattr(got, name) for name in names}


def _labels(got: argparse.Namespace) -> tuple[str, dict[str, Any]]:
    return "/v1/shipping/labels", {"order": got.order}


def _act(got: argparse.Namespace) -> tuple[str, dict[str, Any]]:
    return "/v1/shipping/labels/act", {"parcel": got.parcel, "act": got.command, "reason": got.reason}


def _close(got: argparse.Namespace) -> tuple[str, dict[str, Any]]:
    return "/v1/shipping/manifests/close", {"carrier": got.carrier, "day": got.day}


def _manifests(got: argparse.Namespace) -> tuple[str, dict[str, Any]]:
    return "/v1/shipping/manifests", {"day": got.day, "id": got.id}


def _track(got: argparse.Namespace) -> tuple[str, dict[str, Any]]:
    return "/v1/shipping/deliveries", {"order": got.order}


_COMMANDS = {
    "rates": _rates,
    "labels": _labels,
    "void": _act,
    "again": _act,
    "close": _close,
    "manifests": _manifests,
    "track": _track,
}
