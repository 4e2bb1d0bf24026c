"""Everything that happened to an order, from capture to what each site's people did, is one list, in pages."""

import asyncio
import json

import pytest
from litestar.testing import TestClient

from oms.api.app import make_app
from oms.cli import order_desk
from oms.people.keys import Scope, add_key, new_key
from oms.sales.finding import today
from oms.sales.searching import index
from oms.sales.sheet import sheet_of
from oms.sales.timeline import timeline
from sync.contract.workbench import EventIcon

pytestmark = pytest.mark.postgres


@pytest.fixture
def worked(shop):
    """N1: tea from W, picked, and a cup from S, still open."""
    shop.warehouse.stock("A-01", "TEA", 5)
    shop.order("N1", ("TEA", 2), ("CUP", 1))
    shop.part("N1", "W", (1, 2))
    shop.part("N1", "S", (2, 1))
    shop.act(lambda w: index(w, ["N1"]))
    job = shop.warehouse.release("N1").job
    picker = shop.warehouse.device()
    picker.claim(job)
    [item] = shop.warehouse.items_of(job)
    picker.pick(item, item.qty_req)
    picker.drop(job)
    return shop


def _page(shop, **words):
    with shop.oms.sessions() as db:
        return timeline(db, "N1", **words)


def test_the_floors_facts_stand_between_the_orders_events(worked):
    entries = _page(worked).entries
    codes = [entry.code for entry in entries]
    assert {"order.captured", "order.released", "order.picking", "pick.confirm", "ledger.move", "job.drop"} <= set(
        codes
    )
    assert codes[-1] == "order.captured"
    assert codes.index("job.drop") < codes.index("pick.confirm") < codes.index("order.released")
    pick = next(entry for entry in entries if entry.code == "pick.confirm")
    assert (pick.site, pick.part, pick.icon, pick.words["qty"], pick.words["outcome"]) == (
        "W",
        "N1",
        EventIcon.PICK,
        2,
        "applied",
    )
    assert pick.device == "H"
    assert len({entry.id for entry in entries}) == len(entries)


def test_pages_have_each_entry_once(worked):
    everything = _page(worked).entries
    for limit in (1, 3, 500):
        got, after = [], ""
        while after is not None:
            page = _page(worked, after=after, limit=limit)
            got, after = got + page.entries, page.next
        assert got == everything
    picks = _page(worked, icons=[EventIcon.PICK]).entries
    assert picks == [entry for entry in everything if entry.icon is EventIcon.PICK]
    with worked.oms.sessions() as db:
        assert timeline(db, "nobody") is None


def test_the_sheet_says_who_does_what_of_each_line(worked):
    with worked.oms.sessions() as db:
        sheet = sheet_of(db, "N1", today())
    assert {(part.site, part.number, part.state) for part in sheet.parts} == {
        ("W", "N1", "picked"),
        ("S", "N1", "open"),
    }
    assert [[(at.site, at.qty, at.picked) for at in line.sites] for line in sheet.lines] == [
        [("W", 2, 2)],
        [("S", 1, 0)],
    ]
    assert sheet.head.sites == ["S", "W"]
    why_not = {act.act.value: act.why_not for act in sheet.acts}
    assert (why_not["note"], why_not["split"], why_not["cancel"]) == ("", "order_not_now", "")


def test_the_command_line_prints_it(worked, monkeypatch, capsys):
    """Through what the routes answer; a server is another test's business."""
    key = new_key()
    worked.act(lambda w: add_key(w, key, "cli", [Scope.ORDERS]), site=worked.oms.site)
    with TestClient(make_app(worked.oms, asyncio.Event())) as client:

        class Api:
            @staticmethod
            def local(data):
                return Api()

            def post(self, path, body):
                return client.post(path, content=body, headers={"Authorization": f"Bearer {key}"}).json()

        monkeypatch.setattr(order_desk, "Api", Api)
        assert order_desk.main(["find", "ada", "utrecht", "foo:bar"]) == 0
        assert order_desk.main(["find", "zzz"]) == 1
        assert order_desk.main(["show", "N1"]) == 0
        assert order_desk.main(["timeline", "N1", "--json"]) == 0
    said = capsys.readouterr().out
    assert "not understood: foo:bar" in said
    assert "W: N1" in said
    assert "pick.confirm" in {entry["code"] for entry in json.loads(said.splitlines()[-1])["entries"]}
