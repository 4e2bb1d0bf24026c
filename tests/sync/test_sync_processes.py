"""Power cuts of either side: real processes, SIGKILL at random moments, nothing that beeped is lost and nothing counts twice."""

import json
import os
import queue
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from oms.feed.models import Op
from sync.client.status import ClaimPolicy
from sync.contract import facts
from sync.contract.codes import JobKind

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


class Process:
    """A child with its lines of standard output."""

    def __init__(self, *words, env=None):
        self.child = subprocess.Popen(
            [sys.executable, *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, **(env or {})},
        )
        self.lines = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.child.stdout:
            self.lines.put(line.strip())

    def line(self, seconds=30):
        """The next line; fails when none comes."""
        return self.lines.get(timeout=seconds)

    def kill(self):
        """Pulls the plug; every line it had written is in `lines`."""
        self.child.send_signal(signal.SIGKILL)
        self.child.wait(10)
        self._reader.join(10)
        self.child.stdin.close()
        self.child.stdout.close()

    def drain(self):
        """All lines so far."""
        lines = []
        while not self.lines.empty():
            lines.append(self.lines.get())
        return lines


class ServerProcess:
    """`python -m oms server` on a database that outlives it."""

    def __init__(self, url, folder):
        self._url, self._folder = url.render_as_string(hide_password=False), folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]

    def start(self):
        """Returns its first line once it answers."""
        self.process = Process(
            *("-m", "oms", "server", "--data", str(self._folder), "--port", str(self.port)),
            env={"FLOORHAND_DATABASE_URL": self._url},
        )
        return json.loads(self.process.line(60))

    def kill(self):
        self.process.kill()


@pytest.fixture
def server(database_url, tmp_path):
    """A server process, running."""
    made = ServerProcess(database_url, tmp_path / "oms")
    made.ready = made.start()
    yield made
    made.kill()


def test_server_killed_in_a_storm_of_pushes(warehouse, paired_with, server, until):
    """What was answered with 200 is there after the kill; what was not, arrives later; each once."""
    rng = random.Random(7)
    devices = [paired_with(f"127.0.0.1:{server.port}", server.ready["spki"]).start() for _ in range(3)]
    scanned = []
    storm = threading.Event()

    def scan():
        while not storm.is_set():
            for d in devices:
                fact = facts.ScanRefused(job=None, text="?", code="unknown_code")
                scanned.append(d.store.append(uuid4().hex, fact, None, None).op_id)
                d.sync.wake()
            time.sleep(0.004)

    person = threading.Thread(target=scan, daemon=True)
    person.start()
    try:
        for _ in range(2):
            until(lambda: all(d.status and d.status.online for d in devices), 30)
            time.sleep(rng.uniform(0.0, 0.5))
            server.kill()
            acked = [e.op.op_id for d in devices for e in list(d.store.entries) if e.outcome is not None]
            known = set(warehouse.outcomes())
            assert set(acked) <= known
            server.start()
    finally:
        storm.set()
        person.join()
    until(lambda: all(d.synced for d in devices), 60)
    assert len(scanned) == len(set(scanned)) == warehouse.ask(select(func.count(Op.op_id)))[0]
    assert set(scanned) == set(warehouse.outcomes())
    warehouse.check()


HAPROXY = """
global
    maxconn 200
defaults
    mode tcp
    timeout connect 1s
    timeout client 60s
    timeout server 60s
    retries 2
    option redispatch
listen oms
    bind 127.0.0.1:{port}
    balance roundrobin
    server a 127.0.0.1:{a} check inter 100ms fall 1 rise 1 on-marked-down shutdown-sessions
    server b 127.0.0.1:{b} check inter 100ms fall 1 rise 1 on-marked-down shutdown-sessions
"""


@pytest.fixture
def replicas(database_url, tmp_path):
    """Two server processes on one database with one TLS identity, behind a TCP balancer; (servers, port of the balancer)."""
    if not shutil.which("haproxy"):
        pytest.skip("haproxy is not installed")
    servers = [ServerProcess(database_url, tmp_path / name) for name in "ab"]
    servers[0].ready = servers[0].start()
    shutil.copytree(tmp_path / "a" / "tls", tmp_path / "b" / "tls")
    servers[1].ready = servers[1].start()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config = tmp_path / "haproxy.cfg"
    config.write_text(HAPROXY.format(port=port, a=servers[0].port, b=servers[1].port))
    balancer = subprocess.Popen(
        ["haproxy", "-db", "-f", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    yield servers, port
    balancer.terminate()
    balancer.wait(10)
    for one in servers:
        one.kill()


def test_either_replica_may_die_at_any_moment(warehouse, paired_with, replicas, until):
    """Devices behind a balancer scan on while one replica after the other is killed and comes back: each scan once, no lease twice."""
    servers, port = replicas
    assert servers[0].ready["spki"] == servers[1].ready["spki"]
    rng = random.Random(23)
    warehouse.orders(12)
    devices = [paired_with(f"127.0.0.1:{port}", servers[0].ready["spki"]).start() for _ in range(3)]
    for d in devices:
        d.sync.set_policy(ClaimPolicy((JobKind.PICK.value,), 2))
    scanned = 0
    for turn in range(6):
        until(lambda: all(d.status and d.status.online for d in devices), 30)
        for d in devices:
            scan(d, 15)
        scanned += 45
        time.sleep(rng.uniform(0.0, 0.3))
        servers[turn % 2].kill()
        scan(devices[turn % 3], 5)
        scanned += 5
        servers[turn % 2].start()
    until(lambda: len(warehouse.outcomes()) == scanned and all(d.synced for d in devices), 60)
    assert {e.op.op_id for d in devices for e in d.store.entries} == set(warehouse.outcomes())
    until(lambda: all(d.store.leases for d in devices), 30)
    held = [lease.item for d in devices for lease in d.store.leases.values()]
    assert len(held) == len(set(held)) > 0
    warehouse.check()


def command(*words, url):
    """One `python -m oms ...` on the database at `url`."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "oms", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "FLOORHAND_DATABASE_URL": url.render_as_string(hide_password=False)},
    )


def scan(device, count):
    """So many facts at a device, on its disk."""
    for _ in range(count):
        device.store.append(uuid4().hex, facts.ScanRefused(job=None, text="?", code="unknown_code"), None, None)
    device.sync.wake()


def test_the_disaster_page_step_by_step(warehouse, paired_with, server, until, tmp_path, database_url):
    """docs/disaster.md: the disk of the server is lost after a backup. What devices did since comes back from their journals."""
    file = tmp_path / "floorhand.backup"
    folder = ("--data", tmp_path / "oms")
    devices = [paired_with(f"127.0.0.1:{server.port}", server.ready["spki"]).start() for _ in range(2)]
    for d in devices:
        scan(d, 5)
    until(lambda: len(warehouse.outcomes()) == 10, 30)

    done = command("server", "backup", file, "--json", *folder, url=database_url)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["epoch"] == 1
    for d in devices:
        scan(d, 7)
    until(lambda: len(warehouse.outcomes()) == 24 and all(d.synced for d in devices), 30)

    refused = command("server", "restore", file, *folder, url=database_url)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "stop every server first" in refused.stderr

    server.kill()
    warehouse.oms.engine.dispose()
    done = command("server", "restore", file, "--json", *folder, url=database_url)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["epoch"] == 2
    assert len(warehouse.outcomes()) == 10
    scan(devices[0], 1)

    server.start()
    until(lambda: len(warehouse.outcomes()) == 25 and all(d.synced for d in devices), 60)
    assert {e.op.op_id for d in devices for e in d.store.entries} == set(warehouse.outcomes())
    warehouse.check()
    verdict = command("server", "verify", "--json", *folder, url=database_url)
    assert verdict.returncode == 0, verdict.stdout
