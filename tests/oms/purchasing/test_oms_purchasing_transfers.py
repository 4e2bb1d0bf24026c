"""Transfers and alerts over the API and the command line of one real server."""

import asyncio
import json

import pytest
from litestar.testing import TestClient

from oms.api.app import make_app
from oms.cli.purchasing import main as purchasing
from oms.cli.transfers import main
from oms.db.work import Actor
from oms.people.keys import Scope, add_key, new_key
from tests.oms.sourcing.test_oms_sourcing_server import House

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
LINE = {"sku": "CUP", "qty": 5}
REFUSED = [
    ("/make", {"to": "NOWHERE", "lines": [LINE]}, "unknown_site"),
    ("/make", {"to": "\0", "lines": [LINE]}, "unknown_site"),
    ("/make", {"to": "W", "lines": [LINE]}, "transfer_same_site"),
    ("/make", {"to": "S", "lines": []}, "nothing_to_do"),
    ("/make", {"to": "S", "lines": [LINE, LINE]}, "nothing_to_do"),
    ("/make", {"to": "S", "lines": [{"sku": "C\0UP", "qty": 1}]}, "unknown_item"),
    ("/make", {"to": "S", "lines": [{"sku": "CUP", "qty": -1}]}, "bad_units"),
    ("/make", {"to": "S", "lines": [LINE], "day": "9999-12-31"}, "bad_day"),
    ("/make", {"to": "S", "lines": [LINE], "day": "0001-01-01"}, "bad_day"),
    ("/%00/act", {"act": "close"}, "unknown_transfer"),
    ("/TR-W-00009/act", {"act": "cancel"}, "unknown_transfer"),
]


def test_a_transfer_over_the_api(buyer):
    key, there = new_key(), new_key()
    for site, one in (("W", key), ("S", there)):
        buyer.oms.works.run(site, Actor("test"), lambda w, one=one: add_key(w, one, "buyer", [Scope.PURCHASING_WRITE]))
    with TestClient(make_app(buyer.oms, asyncio.Event(), ["h:1"])) as client:

        def ask(path, body, as_=key):
            return client.post(f"/v1/transfers{path}", json=body, headers={"Authorization": f"Bearer {as_}"})

        assert [(path, body, ask(path, body).json().get("reason")) for path, body, _ in REFUSED] == REFUSED
        assert ask("", {"before": "2026-01-01T00:00:00"}).status_code == 400
        made = ask("/make", {"to": "S", "lines": [LINE], "note": "soon\0"}).json()
        assert (made["number"], made["reason"]) == ("TR-W-00001", None)
        # Both sites see it; a third would not.
        for as_ in (key, there):
            [row] = ask("", {"states": ["made"]}, as_).json()["transfers"]
            assert (row["from_site"], row["to_site"], row["note"], row["lines"][0]["open"]) == ("W", "S", "soon", 5)
        shown = {"Authorization": f"Bearer {there}"}
        assert client.get("/v1/transfers/TR-W-00001", headers=shown).json()["transfer"]["lines"][0]["in_transit"] == 0
        assert client.get("/v1/transfers/TR-W-00002", headers=shown).status_code == 404
        assert ask("/TR-W-00001/act", {"act": "close"}).json()["reason"] == "transfer_not_now"
        assert ask("/TR-W-00001/act", {"act": "cancel"}, there).json()["reason"] is None
        assert ask("/TR-W-00001/act", {"act": "cancel"}).json()["reason"] == "transfer_not_now"
        assert ask("", {"states": ["made"]}).json()["transfers"] == []


def test_transfers_and_alerts_at_the_command_line(database_url, capsys, tmp_path):
    house = House(database_url)
    try:
        house.good("/v1/admin/sites", {"site": "S", "name": "The store"}, house.key)
        house.build("MAIN")
        house.build("S")
        folder = ["--data", house.folder.name]
        assert main(["make", "S", "CUP:5", "--json", *folder]) == 0
        number = json.loads(capsys.readouterr().out.splitlines()[-1])["number"]
        assert main(["show", number, *folder]) == 0
        assert "5 asked for, 0 left" in capsys.readouterr().out
        assert main(["list", *folder]) == 0
        assert f"{number}  MAIN -> S  made" in capsys.readouterr().out
        assert main(["cancel", number, *folder]) == 0
        with pytest.raises(SystemExit):
            main(["close", number, *folder])
        assert "transfer_not_now" in capsys.readouterr().err
        (tmp_path / "levels").write_text(json.dumps([{"sku": "CUP", "reorder_point": 100_000, "upto": 100_001}]))
        assert purchasing(["levels", str(tmp_path / "levels"), *folder]) == 0
        capsys.readouterr()
        assert purchasing(["alerts", *folder]) == 0
        assert "CUP: " in capsys.readouterr().out
    finally:
        house.close()
