"""Getting in: pairing codes, the pinned key, nonces, tokens, sign-in, and how slowly all of it can be guessed at."""

import socket
import ssl
import threading

import msgspec
import pytest
from argon2 import PasswordHasher
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text, update

from oms.api.rate import Rate
from oms.feed.refusals import Refusal
from oms.people.models import PairingCode, Worker
from oms.server_tls import server_identity
from sync.client.pairing import WrongServer, pair
from sync.client.status import Refused, Trouble
from sync.contract import proof, wire
from sync.contract.pairing import PairingText

pytestmark = pytest.mark.postgres


class Eavesdropper:
    """A TLS server with a key of its own that keeps every byte of application data it is told."""

    def __init__(self, folder):
        self.tls = server_identity(folder)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.heard = b""
        self.visits = 0
        self.done = threading.Event()
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        context = self.tls.context()
        while True:
            try:
                raw, _ = self._listener.accept()
            except OSError:
                return
            self.visits += 1
            try:
                with context.wrap_socket(raw, server_side=True) as connection:
                    connection.settimeout(2)
                    while data := connection.recv(4096):
                        self.heard += data
            except OSError:
                pass
            finally:
                self.done.set()

    def close(self):
        self._listener.close()


def test_a_wrong_key_hears_not_one_byte(warehouse, device, tmp_path, until):
    spy = Eavesdropper(tmp_path / "spy")
    try:
        d = device(start=False)
        told = PairingText((spy.address,), warehouse.oms.cluster_id, d.store.identity.spki, warehouse.code())
        with pytest.raises(WrongServer):
            pair(told.text(), d.store.ports().meta, "x", "x")
        d.store.ports().meta.save_addresses((spy.address,))
        d.start()
        until(lambda: d.status and d.status.trouble is Trouble.WRONG_KEY)
        assert spy.done.wait(5)
        assert spy.visits >= 1
        assert spy.heard == b""
    finally:
        spy.close()


def test_a_wrong_key_at_one_address_does_not_hide_the_right_one(warehouse, device, live, link, tmp_path, until):
    spy = Eavesdropper(tmp_path / "spy")
    try:
        d = device(start=False)
        told = PairingText((spy.address, link.address), warehouse.oms.cluster_id, live.tls.spki, warehouse.code())
        pair(told.text(), d.store.ports().meta, "x", "x")
        d.start()
        until(lambda: d.synced)
        assert spy.heard == b""
    finally:
        spy.close()


def test_old_tls_is_not_spoken(live):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    with (
        socket.create_connection(("127.0.0.1", live.port), 5) as raw,
        context.wrap_socket(raw) as connection,
    ):
        assert connection.version() == "TLSv1.3"


def test_the_key_survives_and_is_private(tmp_path):
    first = server_identity(tmp_path)
    assert server_identity(tmp_path).spki == first.spki
    assert first.key.stat().st_mode & 0o077 == 0
    first.certificate.unlink()
    assert server_identity(tmp_path).spki == first.spki


def test_a_code_lets_one_device_in_once(warehouse, raw):
    code = warehouse.code()
    one, two = raw(paired=False), raw(paired=False)
    status, body = one.pair(code)
    assert status == 201
    # The answer may have been lost: the same device may ask again.
    assert one.pair(code)[1]["device_id"] == body["device_id"]
    assert two.pair(code)[1]["error"] == "code_used"
    assert two.pair("0" * 32)[1]["error"] == "code_unknown"


def test_an_old_code_is_refused(warehouse, raw):
    code = warehouse.code()
    with warehouse.oms.sessions.begin() as db:
        db.execute(update(PairingCode).values(expires_at=text("now() - interval '1 s'")))
    status, body = raw(paired=False).pair(code)
    assert (status, body["error"]) == (410, "code_expired")


def test_pairing_needs_the_key_it_names(warehouse, raw):
    one = raw(paired=False)
    code = warehouse.code()
    foreign = Ed25519PrivateKey.generate()
    public = foreign.public_key().public_bytes_raw().hex()
    signature = Ed25519PrivateKey.generate().sign(proof.pairing(code, public, "x")).hex()
    request = wire.PairRequest(code=code, pubkey=public, label="x", app="x", signature=signature)
    assert one.post("/v1/pair", request)[0] == 401
    assert one.pair(code)[0] == 201


def test_a_nonce_is_good_once_and_for_one_device(warehouse, raw):
    one, two = raw(), raw()
    id1, id2 = one.store.identity.device_id, two.store.identity.device_id
    nonce = one.post("/v1/token/nonce", wire.NonceRequest(device_id=id1))[1]["nonce"]
    key1 = Ed25519PrivateKey.from_private_bytes(one.store.key)

    def ask(device, signed_for, key, spki=one.spki):
        signature = key.sign(proof.token(nonce, signed_for, spki)).hex()
        return one.post("/v1/token", wire.TokenRequest(device_id=device, nonce=nonce, signature=signature))[0]

    assert ask(id2, id2, Ed25519PrivateKey.from_private_bytes(two.store.key)) == 401
    assert ask(id1, id1, Ed25519PrivateKey.generate()) == 401
    assert ask(id1, id1, key1, spki="0" * 64) == 401
    assert ask(id1, id1, key1) == 200
    assert ask(id1, id1, key1) == 401


def test_without_a_token_nothing_is_told(warehouse, raw):
    one = raw(paired=False)
    for path in (
        "/v1/sync/open",
        "/v1/sync/push",
        "/v1/work/claim",
        "/v1/work/renew",
        "/v1/work/release",
        "/v1/sessions",
    ):
        assert one.post(path, b"{}")[0] in (400, 401), path
    assert one.http.get("/v1/sync/pull").status_code == 401
    assert one.http.get(f"/v1/ops/{'0' * 32}").status_code == 401
    assert one.http.get("/v1/sync/pull", headers={"authorization": "Bearer nonsense"}).status_code == 401


def test_hello_says_who_is_there(warehouse, raw, live):
    hello = msgspec.json.decode(raw(paired=False).http.get("/v1/hello").content, type=wire.Hello)
    assert (hello.cluster_id, hello.spki, hello.epoch) == (warehouse.oms.cluster_id, live.tls.spki, 1)


def test_sign_in_by_badge_or_pin_with_an_offline_verifier(warehouse, raw):
    one = raw()
    me = one.store.identity.device_id
    status, by_badge = one.post("/v1/sessions", wire.SessionRequest(badge="B-1"))
    assert (status, by_badge["name"], sorted(by_badge["roles"])[0]) == (201, "Ada", "admin")
    PasswordHasher().verify(by_badge["offline_verifier"], proof.presented(me, badge="B-1", number=None, pin=None))
    status, by_pin = one.post("/v1/sessions", wire.SessionRequest(number="17", pin="1234"))
    assert status == 201
    PasswordHasher().verify(by_pin["offline_verifier"], proof.presented(me, badge=None, number="17", pin="1234"))
    assert by_pin["session"] != by_badge["session"]
    assert one.post("/v1/sessions", wire.SessionRequest(badge="B-2"))[0] == 401
    assert one.post("/v1/sessions", wire.SessionRequest(number="18", pin="1234"))[0] == 401
    assert one.post("/v1/sessions", wire.SessionRequest(badge="B-1", number="17", pin="1234"))[0] == 400


def test_the_fifth_wrong_pin_locks(warehouse, raw):
    one = raw()
    answers = [one.post("/v1/sessions", wire.SessionRequest(number="17", pin="0000")) for _ in range(5)]
    assert [status for status, _ in answers] == [401, 401, 401, 401, 423]
    assert one.post("/v1/sessions", wire.SessionRequest(number="17", pin="1234"))[1]["error"] == "locked"
    assert warehouse.ask(text("SELECT count(*) FROM audit WHERE what = 'session.wrong_pin'")) == [5]
    assert "1234" not in str(warehouse.ask(Worker.__table__.select()))


def test_guessing_is_slow(warehouse, raw):
    one = raw(paired=False)
    answers = [one.pair("0" * 32) for _ in range(12)]
    assert {status for status, _ in answers} == {404, 429}
    assert answers[-1][1]["retry_after_s"] >= 1


def test_the_bucket_leaks():
    now = [0.0]
    rate = Rate(burst=2, every_s=1.0, clock=lambda: now[0])
    rate.spend("a")
    rate.spend("a")
    with pytest.raises(Refusal):
        rate.spend("a")
    rate.spend("b")
    now[0] = 1.0
    rate.spend("a")
    with pytest.raises(Refusal):
        rate.spend("a")


def test_wrong_pin_reaches_the_person(device, until):
    d = device()
    until(lambda: d.synced)
    from sync.client.status import SignIn

    with pytest.raises(Refused) as refused:
        d.sync.request(SignIn(number="17", pin="0000")).result(60)
    assert refused.value.code == "wrong_pin"
    assert "0000" not in repr(SignIn(number="17", pin="0000"))
