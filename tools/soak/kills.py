"""SIGKILL, of everything there is: the client while it scans, the server in a storm of pushes, PostgreSQL under it. What beeped is at the
server in the end, what was acknowledged is never gone, and nothing counts twice.

    python -m tools.soak kills -- --clients 500 --servers 200 --databases 20 --seed 1
"""

import argparse
import os
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from json import loads
from pathlib import Path
from random import Random

import psycopg

from oms.db.embedded import EmbeddedPostgres
from sync.contract.pairing import PairingText
from tools.bench import Figure
from tools.soak._centre import Centre, libpq_words
from tools.soak._nursery import Nursery
from tools.soak._storm import Storm


@dataclass(slots=True)
class Killed:
    """What the kills of one kind found. `facts`: those that beeped or were acknowledged; `lost` of them; `twice` or made up by nobody."""

    kills: int = 0
    facts: int = 0
    lost: int = 0
    twice: int = 0
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)

    def figures(self, name: str) -> list[Figure]:
        """As figures."""
        return [
            Figure(f"{name}: kills", self.kills, ""),
            Figure(f"{name}: facts", self.facts, ""),
            Figure(f"{name}: lost", self.lost, "", limit=0),
            Figure(f"{name}: doubled", self.twice, "", limit=0),
            Figure(f"{name}: time for all", self.seconds, "s"),
        ]


class House:
    """A database that keeps what it commits through a kill, and a server process on it that may be killed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.postgres = EmbeddedPostgres(folder / "pg")
        self.url = self.postgres.start()
        self.centre = Centre(self.url)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        environment = {"FLOORHAND_DATABASE_URL": self.url.render_as_string(hide_password=False)}
        self.nursery = Nursery("tools.soak._server_child", environment)
        self.spki = ""

    def start_server(self) -> None:
        """Returns when it listens."""
        said = loads(self.nursery.start("--data", str(self.folder / "oms"), "--port", str(self.port)))
        self.spki = said["spki"]

    def kill_database(self) -> None:
        """SIGKILL of PostgreSQL's first process, and a new start on what it left."""
        number = int((self.folder / "pg" / "postmaster.pid").read_text().split()[0])
        os.kill(number, signal.SIGKILL)
        self.url = self.postgres.start()
        self.centre.oms.engine.dispose()

    def pairing_text(self) -> str:
        """A way in for one device."""
        told = PairingText((f"127.0.0.1:{self.port}",), self.centre.oms.cluster_id, self.spki, self.centre.house.code())
        return told.text()

    def known(self) -> list[str]:
        """The op ids that are in the database, straight from it."""
        with psycopg.connect(libpq_words(self.url)) as db:
            return [op_id for (op_id,) in db.execute("SELECT op_id FROM op")]

    def close(self) -> None:
        """Everything ends."""
        self.nursery.close()
        self.centre.close()
        self.postgres.stop()


@contextmanager
def house() -> Iterator[House]:
    """A house that is torn down at the end."""
    folder = Path(tempfile.mkdtemp(prefix="fh-kill-"))
    # Under root PostgreSQL runs as a system user who must get there.
    folder.chmod(0o711)
    made = House(folder)
    made.start_server()
    try:
        yield made
    finally:
        made.nursery.kill()
        made.close()
        shutil.rmtree(folder)


def clients(at: House, kills: int, seed: int, longest_s: float = 0.3) -> Killed:
    """A client that scans flat out and syncs is killed at any moment, its start included; the last life sends what is left."""
    dice, found, beeped = Random(seed), Killed(kills), []
    began = time.monotonic()
    before = set(at.known())
    words = (str(at.folder / f"client-{seed}"), at.pairing_text())
    client = Nursery("tools.soak._scanning_client")
    for _ in range(kills):
        assert client.start(*words) == "paired"
        time.sleep(dice.uniform(0.0, longest_s))
        beeped += client.kill()
    assert client.start(*words) == "paired"
    client.ask_to_end()
    beeped += client.rest()
    client.close()
    ops = [line for line in beeped if len(line) == 32]
    assert "done" in beeped, "the last life did not come to its end"
    known = [op_id for op_id in at.known() if op_id not in before]
    found.facts, found.lost = len(ops), len(set(ops) - set(known))
    # A scan that was on the disk when the plug was pulled, before its beep, counts too: at most one a kill.
    found.twice = (len(known) - len(set(known))) + (len(ops) - len(set(ops))) + max(0, len(known) - len(ops) - kills)
    found.seconds = time.monotonic() - began
    return found


def servers(at: House, kills: int, seed: int, databases: int = 0, lanes: int = 4) -> Killed:
    """The server is killed in a storm of pushes, `databases` times PostgreSQL instead; whoever was answered 200 before the kill must find
    it all there after it, and in the end every op is there once."""
    dice, found = Random(seed), Killed(kills)
    began = time.monotonic()
    before = set(at.known())
    of_database = set(dice.sample(range(kills), databases))
    with Storm(at.centre.house, at.port, at.spki, lanes) as storm:
        for turn in range(kills):
            storm.wait_for_news()
            time.sleep(dice.uniform(0.0, 0.25))
            if turn in of_database:
                at.kill_database()
            else:
                at.nursery.kill()
            # What was answered after this moment was answered by the next server.
            acked = storm.acked()
            missing = acked - set(at.known())
            found.lost += len(missing)
            found.notes += [f"seed {seed} turn {turn}: {op_id}" for op_id in sorted(missing)[:3]]
            if turn not in of_database:
                at.start_server()
        storm.finish()
        known = [op_id for op_id in at.known() if op_id not in before]
        found.facts = len(storm.acked())
        found.lost += len(storm.made() - set(known))
        found.twice = len(known) - len(set(known)) + len(set(known) - storm.made())
    found.seconds = time.monotonic() - began
    return found


def main(arguments: Sequence[str]) -> list[Figure]:
    """Kills of all three kinds."""
    parser = argparse.ArgumentParser(prog="kills")
    parser.add_argument("--clients", type=int, default=500)
    parser.add_argument("--servers", type=int, default=200)
    parser.add_argument("--databases", type=int, default=20, help="of the servers' kills, those of PostgreSQL")
    parser.add_argument("--seed", type=int, default=1)
    got = parser.parse_args(list(arguments))
    print(f"seed {got.seed}")
    with house() as at:
        of_clients = clients(at, got.clients, got.seed)
        of_servers = servers(at, got.servers, got.seed, got.databases)
        at.centre.house.check()
    for words in of_servers.notes:
        print(words)
    return [*of_clients.figures("F5 client killed"), *of_servers.figures("F6 server or database killed")]
