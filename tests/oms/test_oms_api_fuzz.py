"""Every operation that OpenAPI names, with values as it describes them: no answer is ever a 500, and every error is an ErrorBody."""

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

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
_OF_DEVICES = ("/v1/sync", "/v1/work", "/v1/ops", "/v1/sessions")
#: Answers that a fuzzer's request may get.
CALM = {200, 201, 204, 400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 426, 429, 503}


def test_no_request_ever_breaks_the_server(oms, expected_log):
    # A device that says it has seen a later time line raises the alarm, as it must.
    expected_log.append("this server has forgotten things")
    key = new_key()
    oms.works.run(oms.site, Actor("test"), lambda w: add_key(w, key, "fuzz", [Scope.ADMIN]))
    oms.works.run(oms.site, Actor("test"), _pair)
    with TestClient(make_app(oms, asyncio.Event(), ["h:1"]), raise_server_exceptions=False) as client:
        schema = schemathesis.openapi.from_dict(client.get("/schema/openapi.json").json())
        operations = [result.ok() for result in schema.get_all_operations()]
        assert len(operations) > 20
        for operation in operations:
            secret = "t" if operation.path.startswith(_OF_DEVICES) else key
            _fuzz(client, operation, {"Authorization": f"Bearer {secret}"})
        for kind in KINDS:
            _throw(client, kind, {"Authorization": f"Bearer {key}"})


def _pair(w):
    w.db.add(Device(id="d1", site_id=w.site, label="x", pubkey="0", created_at=w.now, chain=chain_start("d1")))
    w.db.flush()
    until = w.now + timedelta(hours=1)
    w.db.add(AccessToken(token_hash=sha256(b"t").hexdigest(), device_id="d1", issued_at=w.now, expires_at=until))


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


def _fuzz(client, operation, auth):
    @settings(
        max_examples=8, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy())
    def one(case):
        sent = case.as_transport_kwargs(base_url="http://testserver")
        headers = {**(sent.get("headers") or {}), **auth}
        content = {name: sent[name] for name in ("json", "data") if sent.get(name) is not None}
        if "data" in content:
            content["content"] = content.pop("data")
        answer = client.request(sent["method"], sent["url"], params=sent.get("params"), headers=headers, **content)
        assert answer.status_code in CALM, (operation.label, sent, answer.text)
        if answer.status_code >= 400 and not operation.path.startswith(("/readyz",)):
            assert {"error", "detail", "epoch", "server_time"} <= set(answer.json())

    one()
