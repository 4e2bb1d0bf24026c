"""Everything that happened to an order, from capture to what each site's people did, is one list, in pages."""

import asyncio
import json
from datetime import timedelta
from decimal import Decimal

import pytest
from litestar.testing import TestClient
from sqlalchemy import select, update

from oms.api.app import make_app
from oms.cli import order_desk
from oms.hooks.models import DeliveryState, Hook, HookDelivery
from oms.money.codes import Money, PayState
from oms.money.payment_models import Payment
from oms.notify.models import Mail, MailKind, MailState
from oms.packing.models import Parcel
from oms.people.keys import Scope, add_key, new_key
from oms.sales.finding import today
from oms.sales.models import OrderEvent
from oms.sales.scene import lock_sale
from oms.sales.searching import index
from oms.sales.sheet import sheet_of
from oms.sales.timeline import timeline
from oms.shipping.links import path_of
from oms.sourcing.actions import source
from oms.sourcing.models import SourceDecision
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


def test_money_mails_and_webhooks_stand_in_it_with_what_became_of_them(shop):
    """Each in the state in which it is now, once, with the time at which it got there."""
    shop.order("N1", ("TEA", 1), email="ada@example.com").order("N2", ("TEA", 1))
    shop.act(_tell_everybody)
    entries = {entry.code: entry for entry in _page(shop).entries}
    assert set(entries) == {
        "order.captured", "payment.asked", "payment.told", "mail.sent", "mail.dead", "mail.waiting", "hook.done",
        "hook.dead", "hook.waiting",
    }  # fmt: skip
    assert entries["payment.asked"].words == {
        "payment": "capture", "amount": "2.50", "currency": "EUR", "state": "unsure", "tries": 2, "problem": "timeout"
    }  # fmt: skip
    assert (entries["payment.asked"].icon, entries["payment.asked"].who) == (EventIcon.MONEY, "stripe")
    assert entries["payment.told"].words == {"payment": "authorise", "amount": "2.50", "currency": "EUR"}
    sent, dead = entries["mail.sent"], entries["mail.dead"]
    assert (sent.icon, sent.words) == (
        EventIcon.MAIL, {"mail": "shipped", "to": "ada@example.com", "subject": "s", "tries": 1}
    )  # fmt: skip
    assert (dead.icon, dead.words["problem"]) == (EventIcon.TROUBLE, "receiver_550")
    assert sent.at > entries["mail.waiting"].at < dead.at
    assert entries["hook.dead"].icon is EventIcon.TROUBLE
    assert entries["hook.done"].words == {"to": "erp", "event": "order.shipped", "tries": 1, "message": "evt_1"}
    assert entries["hook.dead"].words["problem"] == "gone"
    assert _page(shop, icons=[EventIcon.HOOK]).entries == [
        entry for entry in _page(shop).entries if entry.icon is EventIcon.HOOK
    ]


def _tell_everybody(w):
    """A payment, mail and message of each state of N1, and one of N2 that is not to be seen."""
    event, later = w.db.scalars(select(OrderEvent.id).where(OrderEvent.order_no == "N1")).one(), timedelta(seconds=1)
    pay = {"order_no": "N1", "amount": Decimal("2.50"), "currency": "EUR", "at": w.now}
    asked = {"kind": Money.CAPTURE, "state": PayState.UNSURE, "provider": "stripe", "tries": 2, "problem": "timeout"}
    mail = {
        "event_id": event, "order_no": "N1", "language": "en", "to": "ada@example.com", "subject": "s", "text": "t",
        "html": "h", "created_at": w.now,
    }  # fmt: skip
    hook = {
        "hook_id": "h",
        "seq": None,
        "order_no": "N1",
        "kind": "order.shipped",
        "created_at": w.now,
        "next_at": w.now,
    }
    w.db.add(Hook(id="h", name="erp", url="http://x", patterns=["*"], channels=[], secret_sealed="s", created_at=w.now))
    w.db.flush()
    w.db.add_all([
        Payment(id="p1", key="N1:capture:2", **asked, **pay),
        Payment(id="p2", key="told:N1", kind=Money.AUTHORISE, state=PayState.DONE, **pay),
        Payment(id="p3", key="event:stripe:1", kind=Money.CAPTURE, state=PayState.DONE, **pay),
        Mail(id="m1", once="m1", message_id="m1", kind=MailKind.SHIPPED, next_at=w.now, state=MailState.SENT, attempts=1,
             sent_at=w.now + later, **mail),
        Mail(id="m2", once="m2", message_id="m2", kind=MailKind.READY, next_at=w.now + later, state=MailState.DEAD,
             problem="receiver_550", **mail),
        Mail(id="m3", once="m3", message_id="m3", kind=MailKind.REFUNDED, next_at=w.now, **mail),
        HookDelivery(message_id="evt_1", state=DeliveryState.DONE, attempts=1, done_at=w.now + later, **hook),
        HookDelivery(message_id="evt_2", state=DeliveryState.DEAD, reason="gone", done_at=w.now + later, **hook),
        HookDelivery(message_id="evt_3", **hook),
        HookDelivery(message_id="evt_4", **{**hook, "order_no": "N2"}),
    ])  # fmt: skip


def test_the_sheet_says_why_these_sites_and_where_parcels_are_followed(worked):
    shop = worked
    shop.warehouse.stock("A-02", "CUP", 3)
    shop.order("N2", ("CUP", 1))
    shop.act(lambda w: source(w, lock_sale(w, "N2")))
    shop.act(lambda w: w.db.execute(update(Parcel).where(Parcel.order_no == "N1").values(tracking="3SABC")))
    path = shop.act(lambda w: path_of(w, "N1"))
    with shop.oms.sessions() as db:
        first, second = (sheet_of(db, number, today(), "https://shop.example") for number in ("N1", "N2"))
        nowhere = sheet_of(db, "N1", today())
        kept = db.scalars(select(SourceDecision).where(SourceDecision.order_no == "N2")).one()
    assert first.decision == []
    assert [(one.code, one.words) for one in second.decision] == [(one["code"], one["params"]) for one in kept.reasons]
    assert ("source_only_site", "W") in [(one.code, one.site) for one in second.decision]
    assert [(part.number, [one.tracking_url for one in part.parcels]) for part in first.parts if part.parcels] == [
        ("N1", [f"https://shop.example{path}"])
    ]
    assert {one.tracking_url for part in nowhere.parts for one in part.parcels} == {""}
