"""One real server, its API and the command line: what a buyer asks and says, and what is answered to those who say what cannot be."""

import asyncio
import json

import pytest
from litestar.testing import TestClient
from sqlalchemy import select

from oms.api.app import make_app
from oms.bootstrap import open_oms
from oms.catalog.models import Item
from oms.cli.forecast import main
from oms.db.work import Actor
from oms.forecast.models import ForecastRun
from oms.people.keys import Scope, add_key, new_key
from oms.people.models import Audit
from tests.oms.sourcing.test_oms_sourcing_server import House

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


@pytest.fixture
def house(database_url):
    made = House(database_url)
    yield made
    made.close()


def test_a_buyer_asks_and_says(house, database_url, capsys, tmp_path):
    house.build("MAIN")
    folder = ["--data", house.folder.name]
    assert main(["accuracy", *folder]) == 1
    assert "nothing has been foreseen" in capsys.readouterr().out
    terms = tmp_path / "terms.json"
    terms.write_text(json.dumps([{"lead_days": 10}, {"sku": "CUP", "unit_cost": "2.50", "pack": 6, "service": 0.98}]))
    assert main(["terms", str(terms), *folder]) == 0
    assert main(["run", *folder]) == 0
    assert "1 items foreseen" in capsys.readouterr().out
    assert main(["show", "CUP", "--json", *folder]) == 0
    [row] = json.loads(capsys.readouterr().out)
    assert (row["sku"], row["cover_days"], row["service"]) == ("CUP", 17.0, 0.98)
    assert main(["show", "CUP", "NOWHERE", *folder]) == 1
    said = capsys.readouterr().out
    assert "CUP: new, by like" in said
    assert "NOWHERE: not foreseen yet" in said
    assert main(["accuracy", *folder]) == 0
    assert "1 items, done" in capsys.readouterr().out
    terms.write_text('[{"sku": "NOWHERE"}]')
    with pytest.raises(SystemExit):
        main(["terms", str(terms), *folder])
    assert "unknown_item: sku NOWHERE" in capsys.readouterr().err
    oms = open_oms(database_url)
    try:
        with oms.sessions() as db:
            whats = set(db.scalars(select(Audit.what)))
            assert db.scalars(select(ForecastRun)).one().source.startswith("key:")
    finally:
        oms.close()
    assert {"forecast.begun", "forecast.done", "forecast.terms_kept"} <= whats


ITEMS_TOO_MANY = json.dumps({"skus": ["A"] * 1001})
REFUSED = [
    ("terms", '{"terms": [{"lead_days": 1e400}]}', 400), ("terms", '{"terms": [{"unit_cost": "NaN"}]}', 400),
    ("terms", '{"terms": [{"unit_cost": "Infinity"}]}', 400), ("terms", '{"terms": [{"nonsense": 1}]}', 400),
    ("terms", '{"terms": [{"pack": "many"}]}', 400),
    ("terms", json.dumps({"terms": [{}] * 1001}), 413), ("items", ITEMS_TOO_MANY, 413),
    ("promotions", '{"promotions": [{"first": "2026-13-01", "last": "2026-12-01"}]}', 400), ("run", "[]", 400),
    ("items", '{"after": "\\u0000", "limit": -5}', 200), ("items", '{"skus": ["\\u0000"]}', 200),
]  # fmt: skip
NOT_KEPT = [
    ("terms", '{"terms": [{"review_days": 99999999999999999999999}]}', "terms_out_of_range"),
    ("terms", '{"terms": [{"service": 2}]}', "terms_out_of_range"), ("terms", '{"terms": [{"pack": -1}]}', "terms_out_of_range"),
    ("terms", '{"terms": [{"sku": "\\u0000CUP; DROP TABLE item"}]}', "unknown_item"),
    ("promotions", '{"promotions": [{"first": "0001-01-01", "last": "9999-12-31"}]}', "promotion_days"),
    ("promotions", '{"promotions": [{"first": "2026-12-02", "last": "2026-12-01"}]}', "promotion_days"),
    ("promotions", '{"promotions": [{"first": "9999-12-31", "last": "9999-12-31", "id": "x"}]}', None),
    ("terms", '{"terms": [{"pack": 100000000, "unit_cost": "0.00001", "lead_days": 730, "order_cost": "100000000"}]}', None),
]  # fmt: skip


def test_what_cannot_be_is_answered_in_order(oms):
    key = new_key()
    oms.works.run(oms.site, Actor("test"), lambda w: add_key(w, key, "buyer", [Scope.STOCK_WRITE]))
    oms.works.run(oms.site, Actor("test"), lambda w: w.db.add(Item(site_id=w.site, sku="CUP", name="Cup")))
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    with TestClient(make_app(oms, asyncio.Event(), ["h:1"])) as client:

        def ask(path, body):
            return client.post(f"/v1/forecast/{path}", content=body, headers=headers)

        assert [(path, body, ask(path, body).status_code) for path, body, _ in REFUSED] == REFUSED
        assert [(path, body, ask(path, body).json()["reason"]) for path, body, _ in NOT_KEPT] == NOT_KEPT
        # What was kept, however odd, does not stop a run; and what is asked for page by page ends.
        assert ask("run", "{}").json()["state"] == "done"
        first = ask("items", '{"limit": 1}').json()
        assert ([row["sku"] for row in first["items"]], first["next"]) == (["CUP"], "CUP")
        assert ask("items", '{"limit": 1, "after": "CUP"}').json()["items"] == []
