"""`floorhand server retention|permissions|person`: how long records are kept, who may do what, and data of people who work here."""

import argparse
import json
from pathlib import Path
from urllib.parse import quote

from oms.cli.call import Api
from oms.cli.common import add_data_argument, give_up


def retention_main(argv: list[str]) -> int:
    """Prints the rules, after changing one or applying all."""
    parser = argparse.ArgumentParser(
        "floorhand server retention", description="How long records are kept; what is not named stays."
    )
    parser.add_argument("kind", nargs="?")
    parser.add_argument("days", nargs="?", type=int, help="keep this kind for so many days")
    parser.add_argument("--sweep", action="store_true", help="apply the rules now; the server does so once a day")
    parser.add_argument("--json", action="store_true")
    add_data_argument(parser, site=True)
    got = parser.parse_args(argv)
    api = Api.local(got.data, got.site)
    if got.kind and got.days is None:
        give_up("how many days?")
    if got.kind:
        api.post("/v1/admin/retention", json.dumps({"kind": got.kind, "days": got.days}).encode())
    if got.sweep:
        swept = api.post("/v1/admin/retention/sweep", b"")["swept"]
        print(
            json.dumps(swept)
            if got.json
            else "\n".join(f"{kind}: {count}" for kind, count in swept.items()) or "nothing was due"
        )
        return 0
    found = api.get("/v1/admin/retention")
    print(
        json.dumps(found)
        if got.json
        else "\n".join(f"{one['kind']:<16} {one['days']:>6} days  {one['why']}" for one in found)
    )
    return 0


def permissions_main(argv: list[str]) -> int:
    """Prints who may do what."""
    parser = argparse.ArgumentParser(
        "floorhand server permissions", description="Who may do what: people, programs, devices."
    )
    parser.add_argument("--json", action="store_true", help="else CSV")
    add_data_argument(parser, site=True)
    got = parser.parse_args(argv)
    api = Api.local(got.data, got.site)
    path = "/v1/admin/permissions"
    print(json.dumps(api.get(path)) if got.json else api.file(f"{path}?as_csv=true").decode(), end="")
    return 0


def person_main(argv: list[str]) -> int:
    """Hands out, or erases, what is known of a person who works here."""
    parser = argparse.ArgumentParser("floorhand server person", description="Data of a person who works here.")
    parser.add_argument("number")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--export", type=Path, metavar="FILE", help="write all of it there, readable by you alone")
    what.add_argument("--erase", action="store_true", help="of who may not sign in any more; what they did stays")
    parser.add_argument("--yes", action="store_true", help="with --erase: it cannot be undone")
    add_data_argument(parser, site=True)
    got = parser.parse_args(argv)
    path = f"/v1/admin/workers/{quote(got.number, safe='')}"
    if got.erase and not got.yes:
        give_up("this cannot be undone; say --yes")
    api = Api.local(got.data, got.site)
    if got.erase:
        api.post(f"{path}/erase", b"")
        return 0
    got.export.touch(0o600)
    got.export.write_text(json.dumps(api.get(f"{path}/export"), ensure_ascii=False, indent=2), encoding="utf-8")
    return 0
