"""`floorhand admin`: people, devices and keys, through the API of the server on this machine with the key of its data folder."""

import argparse
import getpass
import json
import sys
from typing import Any
from urllib.parse import quote

import msgspec
import segno

from oms.cli.call import Api
from oms.cli.common import add_data_argument

_ROLES = ("picker", "packer", "supervisor", "admin")
_SCOPES = ("import", "orders", "admin")


def main(argv: list[str]) -> int:
    """Prints the answer as JSON, and a pairing code also as a QR code when a person is looking."""
    got = _parser().parse_args(argv)
    answer = _COMMANDS[got.command](Api.local(got.data, got.site), got)
    if answer is not None:
        print(json.dumps(answer))
    if got.command == "pairing-code" and sys.stdout.isatty():
        print(f"Scan it, or type {answer['typed']}")
        segno.make(answer["text"], error="m").terminal(compact=True)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("floorhand admin")
    commands = parser.add_subparsers(dest="command", required=True)
    pairing = commands.add_parser("pairing-code", help="a code that lets one device in")
    pairing.add_argument("--label", required=True, help="what the device is called")
    pairing.add_argument(
        "--address", action="append", default=[], metavar="HOST:PORT", help="where the device finds the server"
    )
    worker = commands.add_parser("add-worker", help="add a person")
    worker.add_argument("--number", required=True)
    worker.add_argument("--name", required=True)
    worker.add_argument("--role", action="append", required=True, choices=_ROLES)
    worker.add_argument("--badge", help="what the badge's barcode says")
    worker.add_argument("--pin", help="4 to 8 digits; - asks for it")
    worker.add_argument("--language", default="en")
    change = commands.add_parser(
        "change-worker", help="change a person; sign-ins that rest on what changes end at once"
    )
    change.add_argument("number")
    change.add_argument("--role", action="append", choices=_ROLES, help="all roles from now on")
    change.add_argument("--active", action=argparse.BooleanOptionalAction, help="may work here, or not any more")
    change.add_argument("--badge", help="what the new badge's barcode says; empty: none")
    change.add_argument("--pin", help="4 to 8 digits; - asks for it; empty: none")
    change.add_argument("--unlock", action="store_true", help="too many wrong PINs: may try again now")
    key = commands.add_parser("add-key", help="a key for another program")
    key.add_argument("--name", required=True)
    key.add_argument("--scope", action="append", required=True, choices=_SCOPES)
    commands.add_parser("keys", help="list keys of other programs")
    commands.add_parser("revoke-key", help="take a key back").add_argument("key")
    commands.add_parser("devices", help="list devices")
    commands.add_parser("revoke", help="shut a device out").add_argument("device")
    restored = commands.add_parser("restored", help="the database came back from a backup")
    restored.add_argument(
        "--above", type=int, default=0, metavar="EPOCH", help="the latest time line a device has seen"
    )
    for command in commands.choices.values():
        add_data_argument(command, site=True)
    return parser


def _pairing(api: Api, got: argparse.Namespace) -> Any:
    return _post(api, "/v1/admin/pairing-codes", {"label": got.label, "addresses": got.address})


def _worker(api: Api, got: argparse.Namespace) -> Any:
    pin = getpass.getpass("PIN: ") if got.pin == "-" else got.pin
    body = {
        "number": got.number,
        "name": got.name,
        "roles": got.role,
        "badge": got.badge,
        "pin": pin,
        "language": got.language,
    }
    return _post(api, "/v1/admin/workers", body)


def _change(api: Api, got: argparse.Namespace) -> Any:
    pin = getpass.getpass("PIN: ") if got.pin == "-" else got.pin
    body = {"roles": got.role, "active": got.active, "badge": got.badge, "pin": pin, "unlock": got.unlock}
    return _post(api, f"/v1/admin/workers/{quote(got.number, safe='')}/change", body)


def _keys(api: Api, got: argparse.Namespace) -> Any:
    return {"keys": api.get("/v1/admin/keys")}


def _revoke_key(api: Api, got: argparse.Namespace) -> Any:
    return api.post(f"/v1/admin/keys/{quote(got.key, safe='')}/revoke", b"")


def _key(api: Api, got: argparse.Namespace) -> Any:
    return _post(api, "/v1/admin/keys", {"name": got.name, "scopes": got.scope})


def _devices(api: Api, got: argparse.Namespace) -> Any:
    return {"devices": api.get("/v1/admin/devices")}


def _revoke(api: Api, got: argparse.Namespace) -> Any:
    return api.post(f"/v1/admin/devices/{quote(got.device, safe='')}/revoke", b"")


def _restored(api: Api, got: argparse.Namespace) -> Any:
    return api.post(f"/v1/admin/restored?above={got.above}", b"")


def _post(api: Api, path: str, body: dict[str, Any]) -> Any:
    return api.post(path, msgspec.json.encode(body))


_COMMANDS = {
    "pairing-code": _pairing,
    "add-worker": _worker,
    "change-worker": _change,
    "add-key": _key,
    "keys": _keys,
    "revoke-key": _revoke_key,
    "devices": _devices,
    "revoke": _revoke,
    "restored": _restored,
}
