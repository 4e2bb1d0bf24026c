"""`floorhand server verify`: proves on the database itself that nothing was lost, doubled or invented. Works while the server runs."""

import argparse

import msgspec
from sqlalchemy import URL

from oms.cli.backup import database, told
from oms.cli.common import add_data_argument, give_up
from oms.datafolder import DataFolder
from oms.db.engine import make_engine, make_sessions
from oms.people.audit import link
from oms.settings import database_url_from_environment
from oms.verify import Verdict, verify


def main(argv: list[str]) -> int:
    """Exit status 0 when every rule holds, 1 when one is broken."""
    parser = argparse.ArgumentParser("floorhand server verify")
    parser.add_argument("--json", action="store_true", help="print the verdict as JSON")
    add_data_argument(parser)
    got = parser.parse_args(argv)
    folder = DataFolder(got.data)
    if not database_url_from_environment() and not (folder.postgres / "PG_VERSION").exists():
        give_up(f"no database in {folder.path}")
    with told(), database(folder, may_run=True) as url:
        verdict = _on(url)
    print(msgspec.json.encode(verdict).decode() if got.json else _words(verdict))
    return 0 if verdict.ok else 1


def _on(url: URL) -> Verdict:
    engine = make_engine(url, pool_size=1)
    try:
        # What a server that was killed left without its link.
        with make_sessions(engine).begin() as db:
            while link(db):
                pass
        return verify(engine)
    finally:
        engine.dispose()


def _words(verdict: Verdict) -> str:
    out = [f"broken: {found.rule}: {found.count} rows, first {found.rows[0]}" for found in verdict.findings]
    out += [f"{name}: {count}" for name, count in verdict.counts.items()]
    holds = [name for name, good in verdict.invariants.items() if good]
    elsewhere = [name for name, good in verdict.invariants.items() if good is None]
    out.append(f"invariants that hold: {', '.join(holds)}")
    out.append(f"invariants that only devices can show: {', '.join(elsewhere)}")
    out.append(f"{len(verdict.rules)} rules, {len(verdict.findings)} broken")
    return "\n".join(out)
