"""Changing the server's key, pairing by a typed code, and shutting devices out at once: over TCP and TLS, on one server and on two."""

import asyncio
import re
import socket
import ssl
import threading
import zlib
from contextlib import suppress
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, text

from oms.bootstrap import open_oms
from oms.db.work import Actor
from oms.people import server_keys, trust
from oms.people.models import AccessToken, Device
from oms.server_tls import changed, next_key, server_identity, take_next_key
from sync.client.http import Link, pinned_context
from sync.client.pairing import NotAPairingText, WrongServer, pair
from sync.client.status import Refused, Trouble, Unreachable
from sync.contract import proof, wire
from sync.contract.pairing import new_typed_code, parse_typed, typed_text
from sync.simulation.store import MemoryStore

pytestmark = pytest.mark.postgres


class InBetween:
    """Sits between a device and the server, TLS opened on both sides, and keeps what went `up` and `down` in the clear."""

    def __init__(self, tls, port):
        self._tls, self._port = tls, port
        self.up = self.down = b""
        self.visits = 0
        self._there = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._main()), daemon=True)
        self._thread.start()
        assert self._there.wait(10)

    @property
    def asked(self):
        """(method, path) of every request."""
        return [(m.decode(), p.decode()) for m, p in re.findall(rb"(GET|POST) (/[^ ?]*)[^ ]* HTTP/1.1", self.up)]

    async def _main(self):
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        context = self._tls.context()
        # Those who hang up over our key never reach `_serve`.
        context.sni_callback = self._came
        # Called when the server side of TLS stands, or when somebody hung up over our key.
        self._loop.set_exception_handler(lambda _loop, _context: None)
        listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{listener.getsockname()[1]}"
        visitors = await asyncio.start_server(self._serve, sock=listener, ssl=context)
        self._there.set()
        await self._end.wait()
        visitors.close()
        for transport in list(self._loop._transports.values()):
            transport.abort()
        await asyncio.sleep(0.1)

    def _came(self, _connection, _name, _context):
        self.visits += 1

    async def _serve(self, near_in, near_out):
        anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
        first = await near_in.read(65536)
        if not first:
            near_out.transport.abort()
            return
        self.up += first
        far_in, far_out = await asyncio.open_connection("127.0.0.1", self._port, ssl=anybody)
        far_out.write(first)
        await asyncio.gather(self._pump(far_in, near_out, "down"), self._pump(near_in, far_out, "up"))

    async def _pump(self, source, sink, way):
        with suppress(OSError):
            while data := await source.read(65536):
                setattr(self, way, getattr(self, way) + data)
                sink.write(data)
        sink.transport.abort()

    def close(self):
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(10)
        assert not self._thread.is_alive()


@pytest.fixture
def in_between(live, tmp_path):
    """A function that makes somebody in between; who has the server's own key, unless `own_key`."""
    made = []

    def make(own_key=False):
        one = InBetween(server_identity(tmp_path / "spy") if own_key else live.tls, live.port)
        made.append(one)
        return one

    yield make
    for one in made:
        one.close()


class Rotation:
    """The three steps, done to a running server as the command and the server's own watch do them."""

    def __init__(self, live):
        self.live = live
        self.oms = live.oms
        self.folder = live.tls.key.parent
        self.first = live.tls.spki
        self.act(lambda w: server_keys.register(w, self.first))

    def act(self, act):
        return self.oms.works.run(self.oms.site, Actor("test"), act)

    def announce(self):
        self.next = next_key(self.folder)
        self.act(lambda w: server_keys.announce(w, self.next))
        return self.next

    def activate(self, force=False):
        self.act(lambda w: server_keys.activate(w, self.next, force=force))
        take_next_key(self.folder)
        now = changed(self.live.tls)
        assert now.spki == self.next
        self.live.tls = now
        self.live.stop()
        self.oms.serving.spki = now.spki
        self.live.start()

    def fresh_tokens(self):
        """Tokens last ten minutes; with the old ones gone and news to fetch, devices ask for new ones at once."""
        self.act(lambda w: (w.db.execute(delete(AccessToken)), w.touch("site", w.site)))

    def finish(self):
        return self.act(server_keys.finish)

    def state(self):
        return self.act(server_keys.state)


@pytest.fixture
def rotation(warehouse, live):
    return Rotation(live)


@pytest.fixture
def keys(oms, tmp_path):
    """The same without a server that runs."""
    return Rotation(SimpleNamespace(oms=oms, tls=server_identity(tmp_path / "server")))


def test_a_device_that_heard_goes_on_under_the_next_key(rotation, device, until):
    d = device()
    until(lambda: d.synced)
    who = d.store.identity.device_id
    new = rotation.announce()
    assert rotation.state().not_heard == ("handheld",)
    with pytest.raises(server_keys.NotHeard):
        rotation.activate()
    rotation.fresh_tokens()
    until(lambda: new in d.store.identity.pins)
    assert d.store.identity.spki == rotation.first
    rotation.fresh_tokens()
    until(lambda: rotation.state().heard == ("handheld",))
    rotation.activate()
    until(lambda: d.synced and d.store.identity.spki == new)
    assert d.store.identity.device_id == who
    rotation.fresh_tokens()
    until(lambda: d.synced)
    assert rotation.finish() == 1
    rotation.fresh_tokens()
    until(lambda: d.store.identity.pins == (new,))
    rotation.fresh_tokens()
    until(lambda: d.synced)
    assert not [s for s in d.statuses if s.trouble]


def test_one_that_slept_through_all_but_the_announcement_comes_back(rotation, device, until):
    """Its token request must be signed for the key that answers, not for the one it was paired under."""
    d = device()
    until(lambda: d.synced)
    new = rotation.announce()
    rotation.fresh_tokens()
    until(lambda: new in d.store.identity.pins)
    d.stop()
    rotation.activate(force=True)
    rotation.finish()
    d.statuses.clear()
    d.start()
    until(lambda: d.synced and d.store.identity.pins == (new,))


def test_one_that_missed_the_announcement_says_so_and_is_paired_again(rotation, device, warehouse, live, link, until):
    d = device()
    until(lambda: d.synced)
    d.stop()
    op = d.store.ports().journal.head().next_seq
    rotation.announce()
    rotation.activate(force=True)
    d.start()
    until(lambda: d.status and d.status.trouble is Trouble.WRONG_KEY)
    d.pair(warehouse, link.address, live.tls.spki)
    d.sync.wake()
    until(lambda: d.synced)
    assert d.store.ports().journal.head().next_seq == op


def test_two_servers_in_the_middle_of_a_change_both_serve(rotation, live_on, device, database_url, until):
    """The one still has the key before, the other the next: a device behind a balancer meets both."""
    d = device()
    until(lambda: d.synced)
    new = rotation.announce()
    rotation.fresh_tokens()
    until(lambda: new in d.store.identity.pins)
    d.stop()
    other = live_on(rotation.folder.parent / "other", next_of=rotation)
    rotation.act(lambda w: server_keys.activate(w, new, force=True))
    for port, key in ((other.port, new), (rotation.live.port, rotation.first)) * 2:
        d.store.ports().meta.save_addresses((f"127.0.0.1:{port}",))
        d.statuses.clear()
        d.start()
        until(lambda key=key: d.synced and d.store.identity.spki == key)
        assert set(d.store.identity.pins) == {new, rotation.first}
        d.stop()


@pytest.fixture
def live_on(warehouse, live, database_url, tmp_path):
    """A second server on the same database. With `next_of`, under the key that comes next there."""
    made, opened = [], []

    def start(folder, next_of=None):
        folder.mkdir()
        source = next_of.folder / "next.key" if next_of else live.tls.key
        (folder / "server.key").write_bytes(source.read_bytes())
        tls = server_identity(folder)
        oms = open_oms(database_url, spki=tls.spki)
        opened.append(oms)
        server = type(live)(oms, tls)
        server.start()
        made.append(server)
        return server

    yield start
    for server in made:
        server.stop()
    for oms in opened:
        oms.close()


def test_a_key_nobody_announced_is_announced_beside_the_others(keys):
    other = "e" * 64
    assert keys.act(lambda w: server_keys.register(w, other))
    assert not keys.act(lambda w: server_keys.register(w, other))
    with keys.oms.sessions() as db:
        assert server_keys.announced(db, keys.first) == [keys.first, other]
        assert server_keys.announced(db, other) == [other, keys.first]


def test_a_database_older_than_the_key_catches_up(keys):
    """Restored to a moment between announcement and change, while the key in the folder has served long since."""
    new = keys.announce()
    assert keys.act(lambda w: server_keys.register(w, new))
    assert dict(keys.state().keys) == {new: server_keys.Rank.SERVING, keys.first: server_keys.Rank.BEFORE}
    assert not keys.act(lambda w: server_keys.register(w, keys.first))


def test_steps_out_of_order_are_refused(keys):
    with pytest.raises(server_keys.WrongStep):
        keys.act(lambda w: server_keys.activate(w, "f" * 64, force=True))
    with pytest.raises(server_keys.WrongStep):
        keys.act(lambda w: server_keys.announce(w, keys.first))
    assert keys.finish() == 0
    first, second = keys.announce(), "f" * 64
    keys.act(lambda w: server_keys.announce(w, second))
    assert dict(keys.state().keys) == {keys.first: 0, second: 1}
    assert first not in dict(keys.state().keys)


def test_the_certificate_follows_the_key(tmp_path):
    one = server_identity(tmp_path)
    assert changed(one) is None
    new = next_key(tmp_path)
    assert next_key(tmp_path) == new != one.spki
    assert (tmp_path / "next.key").stat().st_mode & 0o077 == 0
    two = take_next_key(tmp_path)
    assert (two.spki, changed(one).spki) == (new, new)
    assert not (tmp_path / "next.key").exists()
    assert two.context() is not None


# --- typed codes ---


def new_meta():
    """A device out of the box."""
    return MemoryStore(None).ports().meta


def typed_code(warehouse):
    return warehouse.act(lambda w: trust.new_pairing_codes(w, "typed"))[1]


def test_a_typed_code_pairs_with_the_server_that_knows_it(warehouse, live, link):
    for shape in ("{a} {shown}", "{a} {lower}", " {a}  {blanks} "):
        code = typed_code(warehouse)
        shown = typed_text(code)
        meta = new_meta()
        typed = shape.format(a=link.address, shown=shown, lower=code.lower(), blanks=shown.replace("-", " "))
        identity = pair(typed, meta, "typed", "x")
        assert (identity.spki, identity.addresses) == (live.tls.spki, (link.address,))
        assert meta.identity().device_id == identity.device_id


def test_a_typed_code_alone_finds_its_server_among_those_nearby(warehouse, link):
    code = typed_code(warehouse)
    identity = pair(typed_text(code), new_meta(), "x", "x", ("127.0.0.1:1", link.address))
    assert identity.addresses == (link.address,)
    with pytest.raises(Refused, match=r"code_used|code_unknown"):
        pair(typed_text(code), new_meta(), "x", "x", (link.address,))


def test_a_typed_code_that_nobody_made_is_unknown(warehouse, link):
    with pytest.raises(Refused, match="code_unknown"):
        pair(new_typed_code(), new_meta(), "x", "x", (link.address,))
    with pytest.raises(Unreachable):
        pair(new_typed_code(), new_meta(), "x", "x", ())


@pytest.mark.parametrize(
    "text", ["", "7KQ4", "7KQ4-M2XP-9RTD-HW3", "7KQ4-M2XP-9RTD-HW3CX", "7KQ4-M2XP-9RTD-HW3!", "10.0.0.5:8443"]
)
def test_what_is_no_typed_code_is_refused_unread(text):
    with pytest.raises(NotAPairingText):
        pair(text, new_meta(), "x", "x")


def test_letters_that_look_alike_are_read_as_meant():
    assert parse_typed("o0lI-1111-2222-3333").code == "0011111122223333"


def test_who_sits_in_between_learns_nothing_and_is_found_out(warehouse, in_between):
    """It passes the question on to the real server and the answer back: the answer is for the real server's key, not for its own."""
    code = typed_code(warehouse)
    spy = in_between(own_key=True)
    with pytest.raises(WrongServer):
        pair(code, new_meta(), "x", "x", (spy.address,))
    assert spy.asked == [("POST", "/v1/pair/proof")]
    assert code.encode() not in spy.up
    assert proof.code_hash(code).encode() not in spy.up
    assert warehouse.ask(Device.__table__.select()) == []


# --- shut out at once ---


def long_poll(device, seen):
    """A poll of 25 seconds in a thread; what it ends with goes into `seen`."""

    def ask():
        answer = device.http.get("/v1/sync/pull", params={"wait": 25, "cursor": seen["cursor"]},
                                 headers={"authorization": f"Bearer {device.access}"}, timeout=40)  # fmt: skip
        seen["answer"] = (answer.status_code, answer.content)
        seen["done"].set()

    threading.Thread(target=ask, daemon=True).start()


def caught_up(device):
    cursor = ""
    while True:
        answer = device.http.get(
            "/v1/sync/pull", params={"cursor": cursor}, headers={"authorization": f"Bearer {device.access}"}
        )
        if answer.status_code == 204:
            return cursor
        cursor = answer.json()["to"]


def test_a_revoked_device_is_out_on_every_server_within_a_second(warehouse, live, raw, live_on, tmp_path, until):
    other = live_on(tmp_path / "other")
    one, stays = raw(), raw()
    there = type(one)(f"https://127.0.0.1:{other.port}", live.tls.spki, one.store)
    there.access = one.access
    polls = [{"cursor": caught_up(one), "done": threading.Event()} for _ in range(2)]
    long_poll(one, polls[0])
    long_poll(there, polls[1])
    mine = {"cursor": caught_up(stays), "done": threading.Event()}
    long_poll(stays, mine)
    until(lambda: _waiting(live) >= 2 and _waiting(other) >= 1)
    warehouse.act(lambda w: trust.revoke(w, one.store.identity.device_id))
    for poll in polls:
        assert poll["done"].wait(5), "the poll of a revoked device went on"
        status, said = poll["answer"]
        assert (status, b"revoked" in said, b"changes" in said) == (403, True, False)
    assert mine["done"].wait(5)
    assert mine["answer"][0] == 200
    for device in (one, there):
        for path in ("/v1/sync/open", "/v1/sync/push", "/v1/work/claim", "/v1/sessions"):
            assert device.post(path, b"{}")[0] in (400, 401, 403), path
        assert device.http.get("/v1/sync/pull", headers={"authorization": f"Bearer {one.access}"}).status_code == 401
        assert device.token()[1]["error"] == "revoked"
    there.close()


def _waiting(server):
    """Polls that wait at this server now."""
    return sum(len(some) for some in server._server.config.app.state.feed.bell._waiting.values())


def test_the_device_says_that_it_was_shut_out(warehouse, device, until):
    d = device()
    until(lambda: d.synced)
    warehouse.act(lambda w: trust.revoke(w, d.store.identity.device_id))
    until(lambda: d.status.trouble is Trouble.REVOKED)


# --- F20: nobody who should not hears anything of the business ---


@pytest.fixture
def busy(warehouse):
    """Orders on the floor, so that there is something to tell."""
    warehouse.order("ORDER-SECRET", ("TEA", 1))
    return warehouse


def test_f20_replayed_signatures_and_used_tokens_open_nothing(warehouse, raw, in_between):
    one = raw()
    spy = in_between()
    near = type(one)(f"https://{spy.address}", one.spki, one.store)
    assert near.token()[0] == 200
    spy.up = spy.down = b""
    me = one.store.identity.device_id
    stale = one.post("/v1/token/nonce", wire.NonceRequest(device_id=me))[1]["nonce"]
    key = Ed25519PrivateKey.from_private_bytes(one.store.key)
    request = wire.TokenRequest(device_id=me, nonce=stale, signature=key.sign(proof.token(stale, me, one.spki)).hex())
    assert one.post("/v1/token", request)[0] == 200
    assert near.post("/v1/token", request, bearer=False)[0] == 401
    assert b"access" not in spy.down
    near.close()


def test_f20_an_expired_code_gets_no_word_of_the_business(busy, live, in_between, raw):
    code, typed = busy.act(lambda w: trust.new_pairing_codes(w, "x"))
    with busy.oms.sessions.begin() as db:
        db.execute(text("UPDATE pairing_code SET expires_at = now() - interval '1 s'"))
    spy = in_between()
    near = raw(paired=False)
    near.http = type(near.http)(
        base_url=f"https://{spy.address}", verify=pinned_context(live.tls.spki), trust_env=False
    )
    assert near.pair(code)[0] == 410
    assert near.pair(typed)[0] == 410
    with pytest.raises(Refused, match="code_unknown"):
        pair(typed, new_meta(), "x", "x", (spy.address,))
    _no_business(spy)


def test_f20_a_revoked_device_gets_no_word_of_the_business(busy, live, paired_with, in_between, until):
    spy = in_between()
    d = paired_with(spy.address, live.tls.spki)
    busy.act(lambda w: trust.revoke(w, d.store.identity.device_id))
    spy.up = spy.down = b""
    d.start()
    until(lambda: d.status and d.status.trouble is Trouble.REVOKED)
    assert spy.down
    _no_business(spy)


def test_f20_a_spoofed_announcement_hears_not_one_byte(busy, device, in_between, until):
    """mDNS brings the address of somebody with another key while the real one is away."""
    spy = in_between(own_key=True)
    d = device()
    until(lambda: d.synced)
    d.stop()
    d.store.ports().meta.save_addresses(("127.0.0.1:1",))
    d.start()
    d.sync.hint((spy.address,))
    until(lambda: spy.visits >= 2)
    assert (spy.up, spy.down) == (b"", b"")
    # Nor can who announces things make a device ask to be paired again.
    assert not [status for status in d.statuses if status.trouble]


def test_announcements_without_end_leave_the_known_address_in_turn():
    link = Link(("0" * 64,), ("known:1",))
    for n in range(100):
        link.hint(tuple(f"10.0.{n}.{k}:1" for k in range(20)))
    assert link._addresses[0] == "known:1"
    assert len(link._addresses) <= 7
    link.hint(("10.0.99.0:1",))
    assert len(link._addresses) <= 7


def test_the_control_hears_the_business(busy, live, paired_with, in_between, until):
    """Who does have the key hears everything: the ears of the tests above are good."""
    spy = in_between()
    d = paired_with(spy.address, live.tls.spki)
    d.start()
    until(lambda: d.synced)
    assert b"/v1/sync/pull" in spy.up
    assert b"ORDER-SECRET" in gzipped(spy.down)


def gzipped(stream):
    """The stream with what was packed in it unpacked beside it."""
    found = [stream]
    for start in (m.start() for m in re.finditer(rb"\x1f\x8b\x08", stream)):
        with suppress(zlib.error):
            found.append(zlib.decompressobj(wbits=31).decompress(stream[start:]))
    return b"".join(found)


def _no_business(spy):
    assert spy.asked
    for word in (b"ORDER-SECRET", b'"TEA"', b'"A-01"', b'"Ada"'):
        assert word not in gzipped(spy.down) + gzipped(spy.up), word
    assert b"/v1/sync" not in spy.up
