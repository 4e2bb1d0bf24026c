"""`floorhand server prune`: forgets at once what the server's housekeeping forgets by and by, and compares the feed with its sources."""

import argparse
from datetime import timedelta

import msgspec

from oms.bootstrap import Oms, open_oms
from oms.cli.backup import database, told
from oms.cli.common import add_data_argument
from oms.datafolder import DataFolder
from oms.db.work import Actor
from oms.feed import rebuild, retention
from oms.log import log_to_stderr

_ACTOR = Actor("cli")


class Pruned(msgspec.Struct, frozen=True, kw_only=True):
    """What was forgotten, and how many rows of the feed were written anew. Devices below version `floor` fetch all rows again."""

    tombstones: int
    claims: int
    floor: int
    rebuilt: int


def main(argv: list[str]) -> int:
    """Works while the server runs. Exit status 1 with a sentence when the database cannot be reached."""
    parser = argparse.ArgumentParser(
        "floorhand server prune", description="Forgets old deletions. Facts, movements and the audit trail always stay."
    )
    parser.add_argument(
        "--keep-days", type=_days, default=retention.KEEP_TOMBSTONES.days, metavar="DAYS",
        help="how long a device may be away without having to fetch all rows again (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one JSON object instead of words")
    add_data_argument(parser)
    got = parser.parse_args(argv)
    log_to_stderr()
    with told(), database(DataFolder(got.data), may_run=True) as url:
        oms = open_oms(url, pool_size=2)
        try:
            pruned = _prune(oms, timedelta(days=got.keep_days))
        finally:
            oms.close()
    print(msgspec.json.encode(pruned).decode() if got.json else _words(pruned))
    return 0


def _days(text: str) -> int:
    days = int(text)
    if not 1 <= days <= 3650:
        raise argparse.ArgumentTypeError("1 to 3650 days")
    return days


def _prune(oms: Oms, keep: timedelta) -> Pruned:
    oms.works.run(oms.site, _ACTOR, retention.mark)
    swept = retention.sweep(oms.works, oms.site, _ACTOR, keep)
    rebuilt = rebuild.rebuild(oms.sessions, oms.works, oms.site, _ACTOR)
    return Pruned(tombstones=swept.tombstones, claims=swept.claims, floor=swept.floor, rebuilt=rebuilt)


def _words(pruned: Pruned) -> str:
    return (
        f"forgot {pruned.tombstones} deletions and {pruned.claims} answers; devices below version {pruned.floor} start again\n"
        f"{pruned.rebuilt} rows of the feed were not what they are made from and were written anew"
    )
