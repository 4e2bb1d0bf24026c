"""Every operation that OpenAPI names, with values as it describes them, asked by everybody: no answer is ever a 500, every error is an
ErrorBody, and who the role x route matrix does not name gets nothing."""

import asyncio
from datetime import timedelta
from hashlib import sha256

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from litestar.testing import TestClient

from oms.api.app import make_app
from oms.db.work import Actor
from oms.imports.run import KINDS
from oms.people.keys import Scope, add_key, new_key
from oms.people.models import AccessToken, Device
from sync.contract.chain import chain_start
from tests.oms.test_oms_roles import MATRIX

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
#: Answers that a fuzzer's request may get.
CALM = {200, 201, 202, 204, 400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 426, 429, 503}
#: Answers to who may not ask: nothing of the business is in any of them.
TURNED_AWAY = {400, 401, 403, 404, 405, 413, 415, 429}


class Askers:
    """Credentials of every kind, by the names that the role x route matrix uses."""

    def __init__(self, oms):
        self.keys = {scope: new_key() for scope in Scope}
        oms.works.run(oms.site, Actor("test"), self._build)
        bearer = {f"{scope} key": key for scope, key in self.keys.items()} | {"device": "t", "late device": "late"}
        self.headers = {"nobody": {}} | {name: {"Authorization": f"Bearer {secret}"} for name, secret in bearer.items()}

    def _build(self, w):
        for scope, key in self.keys.items():
            add_key(w, key, f"fuzz {scope}", [scope])
        w.db.add(Device(id="d1", site_id=w.site, label="x", pubkey="0", created_at=w.now, chain=chain_start("d1")))
        w.db.flush()
        for token, hours in (("t", 1), ("late", -1)):
            until = w.now + timedelta(hours=hours)
            hashed = sha256(token.encode()).hexdigest()
            w.db.add(AccessToken(token_hash=hashed, device_id="d1", issued_at=w.now, expires_at=until))


def test_no_request_ever_breaks_the_server_or_tells_the_wrong_one(oms, expected_log):
    # A device that says it has seen a later time line raises the alarm, as it must.
    expected_log.append("this server has forgotten things")
    askers = Askers(oms)
    with TestClient(make_app(oms, asyncio.Event(), ["h:1"]), raise_server_exceptions=False) as client:
        schema = schemathesis.openapi.from_dict(client.get("/schema/openapi.json").json())
        operations = [result.ok() for result in schema.get_all_operations()]
        assert {(operation.method, operation.path) for operation in operations} == set(MATRIX)
        for operation in operations:
            allowed = MATRIX[operation.method, operation.path]
            asked = [headers for who, headers in askers.headers.items() if who in allowed]
            # Whom each route turns away is looked at one by one where the roles are; here, that what is asked for makes no difference.
            others = [headers for who, headers in askers.headers.items() if who not in allowed]
            _fuzz(client, operation, asked, max(8, 2 * len(asked)), allowed=True)
            _fuzz(client, operation, others, 8, allowed=False)
        admin = askers.headers["admin key"]
        for kind in KINDS:
            _throw(client, kind, admin)


def _throw(client, kind, auth):
    """Files of anything at all, with what the headers of real ones could have made of them."""
    columns = "order,sku,qty,bin,zone,lot,expiry,name,gtin,kind,seq,price,flags"
    cell = st.text(max_size=6) | st.sampled_from(["1", "-1", "A", "=1", "2027-01-01", "pick", '"', "1.5"])
    table = st.lists(st.lists(cell, max_size=14).map(",".join), max_size=6).map("\n".join)

    @settings(
        max_examples=15, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(
        body=st.binary(max_size=80) | table.map(lambda t: f"{columns}\n{t}".encode(errors="replace")),
        as_json=st.booleans(),
    )
    def one(body, as_json):
        headers = {**auth, "Content-Type": "application/json" if as_json else "text/csv"}
        answer = client.post(f"/v1/import/{kind}", content=body, headers=headers)
        assert answer.status_code == 200, (kind, body, answer.text)

    one()


def _fuzz(client, operation, askers, examples, *, allowed):
    if not askers:
        return

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), auth=st.sampled_from(askers))
    def one(case, auth):
        sent = case.as_transport_kwargs(base_url="http://testserver")
        headers = {**(sent.get("headers") or {}), **auth}
        headers = {name: value for name, value in headers.items() if auth or name.lower() != "authorization"}
        content = {name: sent[name] for name in ("json", "data") if sent.get(name) is not None}
        if "data" in content:
            content["content"] = content.pop("data")
        answer = client.request(sent["method"], sent["url"], params=sent.get("params"), headers=headers, **content)
        assert answer.status_code in CALM, (operation.label, sent, answer.text)
        if not allowed:
            # What cannot even be read is refused before anybody asks who it is from.
            assert answer.status_code in TURNED_AWAY, (operation.label, auth, sent, answer.text)
        # A customer's page is a page also when it is none.
        page = operation.path.startswith(("/t/", "/m/", "/r/")) and answer.headers["content-type"].startswith(
            "text/html"
        )
        if answer.status_code >= 400 and not page and not operation.path.startswith(("/readyz",)):
            assert {"error", "detail", "epoch", "server_time"} <= set(answer.json())

    one()
