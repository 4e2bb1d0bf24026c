"""`floorhand customers` and `floorhand hooks` as real processes against a real server."""

import json
import signal
import stat

import pytest

from tests.oms.test_oms_cli_process import Server, data, run  # noqa: F401 - a fixture

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


@pytest.fixture
def server(data):  # noqa: F811
    made = Server(data, environment={"FLOORHAND_HOOKS_PRIVATE": "1"})
    yield made
    made.end(signal.SIGTERM)
    made.close()


def said(*words, status=0):
    done = run(*words)
    assert done.returncode == status, done.stderr + done.stdout
    return done.stdout.strip() if status == 0 else done.stderr + done.stdout


def test_customers_are_found_merged_flagged_handed_out_and_erased(server, data, tmp_path):  # noqa: F811
    ada, also = (
        server.ask("POST", "/v1/customers", json.dumps(body))[1]["id"]
        for body in (
            {"number": "K1", "record": {"name": "Ada Lovelace", "email": "ada@example.com"}},
            {"number": "K2", "record": {"name": "Ada Byron", "email": "byron@example.com"}},
        )
    )
    here = ("--data", data)
    found = json.loads(said("customers", "find", "ada", "--json", *here))
    assert {one["id"] for one in found} == {ada, also}
    assert said("customers", "find", "zzz", *here, status=1).strip() == "nobody"
    assert said("customers", "flags", ada, "vip", "gift", *here) == "gift,vip"
    assert "no flag: loud" in said("customers", "flags", ada, "loud", *here, status=1)
    merge = said("customers", "merge", ada, also, *here)
    assert json.loads(said("customers", "show", also, *here))["merged_into"] == ada
    said("customers", "undo", merge, *here)
    assert json.loads(said("customers", "show", also, *here))["merged_into"] in (None, "")
    kept = tmp_path / "ada.json"
    said("customers", "export", ada, kept, *here)
    assert json.loads(kept.read_text())["customer"]["name"] == "Ada Lovelace"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert "--yes" in said("customers", "erase", ada, *here, status=1)
    said("customers", "erase", ada, "--yes", *here)
    assert json.loads(said("customers", "show", ada, *here))["name"] == "erased"


def test_hooks_are_added_listed_replayed_and_removed(server, data, receiver):  # noqa: F811
    here = ("--data", data)
    id, secret = said("hooks", "add", receiver.url, "order.*", "--name", "shop", *here).split()
    assert secret.startswith("whsec_")
    line = said("hooks", "list", *here)
    assert id in line
    assert "well" in line
    assert secret not in line
    order = {"reference": "1", "lines": [{"sku": "TEA", "qty": 1}]}
    server.ask("POST", "/v1/customer-orders", json.dumps({"orders": [order]}))
    receiver.wait(1)
    told = len(receiver.got)
    counted = int(said("hooks", "replay", id, "--since", "2020-01-01", *here).split()[0])
    assert counted >= 1
    receiver.wait(told + counted)
    rows = json.loads(said("hooks", "deliveries", id, "--json", *here))
    assert {row["kind"] for row in rows} >= {"order.captured"}
    assert "order.captured" in said("hooks", "deliveries", id, "--limit", 1, "--before", rows[-2]["id"], *here)
    assert "not a day or time" in said("hooks", "replay", id, "--since", "soon", *here, status=2)
    said("hooks", "remove", id, *here)
    assert said("hooks", "list", *here) == ""
    assert "404" in said("hooks", "deliveries", id, *here, status=1)
