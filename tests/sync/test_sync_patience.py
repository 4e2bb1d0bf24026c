"""How long the link waits for whom: no byte for five seconds ends a call, and a minute without progress makes everything anew."""

import asyncio
import gzip
import socket
import threading
import time

import pytest
from sqlalchemy import text

from oms.server_tls import server_identity
from sync.client import requests
from sync.client.calls import GetNonce, Open, Pull, Push
from sync.client.http import Link, _dressed
from sync.client.requests import LinkLost, Request
from sync.client.state import BACKOFF_AWAY_S, BACKOFF_BUSY_S, BACKOFF_FIRST_S, DEADLINE_S, WATCHDOG_S, allowed_s
from sync.contract.version import MAX_PULL_WAIT_S


def test_the_times_are_those_of_the_protocol():
    assert (BACKOFF_FIRST_S, BACKOFF_BUSY_S, WATCHDOG_S) == (0.5, 15.0, 60.0)
    assert BACKOFF_AWAY_S <= BACKOFF_BUSY_S
    assert allowed_s(Push(1)) == DEADLINE_S == 10.0
    assert allowed_s(Pull(MAX_PULL_WAIT_S, 1, digest=False)) == MAX_PULL_WAIT_S + 5.0
    assert allowed_s(Open()) == 10.0
    assert allowed_s(GetNonce()) < 10.0
    assert Request("GET", "/").idle_s == 5.0


def test_only_facts_go_compressed_for_nobody_else_unpacks():
    body = b'{"a": "' + b"a" * 40_000 + b'"}'
    sent = {path: _dressed(Request("POST", path, body)) for path in ("/v1/sync/push", "/v1/photos", "/v1/work/release")}
    packed = {path: headers.get("content-encoding") for path, (headers, _) in sent.items()}
    assert packed == {"/v1/sync/push": "gzip", "/v1/photos": None, "/v1/work/release": None}
    assert sent["/v1/photos"][1] == body
    assert gzip.decompress(sent["/v1/sync/push"][1]) == body


class Mute:
    """A server with the right key that takes a request and then says nothing more, or a byte now and then."""

    def __init__(self, tls, beginning=b""):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.listener.getsockname()[1]}"
        self.heard = threading.Event()
        self._context = tls.context()
        self._beginning = beginning
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        try:
            near, _ = self.listener.accept()
        except OSError:
            return
        with near, self._context.wrap_socket(near, server_side=True) as tls:
            try:
                tls.recv(65536)
                self.heard.set()
                tls.sendall(self._beginning)
                # Until the other side has had enough.
                while tls.recv(65536):
                    pass
            except OSError:
                pass

    def end(self):
        self.listener.close()
        self._thread.join(10)


@pytest.mark.parametrize(
    "beginning", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"], ids=["silent", "stopped-half-way"]
)
def test_a_call_is_given_up_when_no_byte_moves(tmp_path, beginning):
    tls = server_identity(tmp_path / "tls")
    server = Mute(tls, beginning)

    async def ask():
        link = Link((tls.spki,), (server.address,))
        began = time.monotonic()
        try:
            with pytest.raises(LinkLost):
                await link.call(Request("GET", "/v1/hello", idle_s=0.3))
        finally:
            await link.close()
        return time.monotonic() - began

    try:
        took = asyncio.run(ask())
    finally:
        server.end()
    assert server.heard.is_set()
    assert took >= 0.3


def test_a_pull_may_be_silent_for_as_long_as_the_server_may_wait(tmp_path):
    built = requests.Requests(_ports(), "t").build(Pull(MAX_PULL_WAIT_S, 10, digest=True), ())
    assert built.idle_s == MAX_PULL_WAIT_S + 5.0
    assert dict(built.query) == {
        "cursor": "", "limit": "10", "wait": "25", "schema": "1", "digest": "1", "content": "1"
    }  # fmt: skip


def _ports():
    from sync.simulation.clock import VirtualClock, VirtualTime
    from sync.simulation.store import MemoryStore

    return MemoryStore(VirtualClock(VirtualTime())).ports()


@pytest.mark.postgres
def test_pushes_that_fail_while_all_else_works_make_the_link_start_over(
    warehouse, handheld, until, expected_log, monkeypatch
):
    """A minute (here: a second) without progress is counted, said in the log and told to the worker; nothing is lost meanwhile."""
    expected_log += ["nothing moved", "database busy", "pipeline aborted"]
    monkeypatch.setattr("sync.client.machine.WATCHDOG_S", 1.0)
    monkeypatch.setattr("sync.client.plan.WATCHDOG_S", 1.0)
    with warehouse.oms.sessions.begin() as db:
        db.execute(
            text(
                "CREATE FUNCTION busy() RETURNS trigger LANGUAGE plpgsql AS"
                " $$ BEGIN RAISE EXCEPTION 'not now' USING ERRCODE = 'lock_not_available'; END $$"
            )
        )
        db.execute(text("CREATE TRIGGER busy BEFORE INSERT ON op EXECUTE FUNCTION busy()"))
    d = handheld().start()
    until(lambda: d.synced)
    ops = {d.note(n) for n in range(3)}
    until(lambda: d.status.stalls >= 1 and d.status.waiting == 3, 30)
    assert warehouse.outcomes() == {}
    with warehouse.oms.sessions.begin() as db:
        db.execute(text("DROP TRIGGER busy ON op"))
    d.sync.link_up()
    until(lambda: set(warehouse.outcomes()) == ops and d.status.waiting == 0, 30)
