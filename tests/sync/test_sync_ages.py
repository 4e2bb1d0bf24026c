"""Apps and servers of different ages: facts always get through, rows come in the older shape of the two, and nobody is cut off unwarned."""

from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import select, text, update

from oms.feed import shapes
from oms.feed.models import Meta
from sync.client import requests
from sync.client.status import ClaimPolicy, Trouble
from sync.contract import facts, older, version, wire
from sync.contract.codes import ErrorCode
from sync.contract.facts import HANDLED, WRITTEN

pytestmark = pytest.mark.postgres

PICKER = ClaimPolicy(kinds=("pick",), capacity=1)

#: Every kind and version that a released app has ever written. A line is taken out ninety days after the last device that may still hold
#: such a fact, never sooner.
SHIPPED = {
    "tote.bind": 1, "pick.at_bin": 1, "pick.confirm": 1, "pick.undo": 1, "pick.short": 1, "pick.skip": 1, "job.drop": 1,
    "pack.open": 1, "pack.confirm": 1, "pack.short": 1, "parcel.weighed": 1, "label.fate": 1, "parcel.ship": 1,
    "scan.refused": 1, "exception.ack": 1,
}  # fmt: skip


def rows_of(warehouse, entities=None):
    from oms.feed.models import Change

    with warehouse.oms.sessions() as db:
        live = select(Change.ent, Change.ent_id, Change.ver, Change.body).where(Change.body.is_not(None))
        found = {(e, id): (v, body.encode()) for e, id, v, body in db.execute(live)}
    return {key: row for key, row in found.items() if entities is None or key[0] in entities}


def test_handlers_of_everything_ever_shipped_are_kept():
    kinds = shapes.kinds()
    assert {kind: v for kind, v in SHIPPED.items() if v in kinds.get(kind, [])} == SHIPPED


def test_hello_and_open_list_what_the_server_reads(raw):
    one = raw()
    hello = one.http.get("/v1/hello").json()
    assert hello["kinds"]["pick.confirm"] == [1]
    assert hello["pull"] == [1, version.PULL_SCHEMA]
    head = one.store.ports().journal.head()
    asked = wire.OpenRequest(epoch=1, next_seq=1, chain=head.chain, cursor="", schema=version.PULL_SCHEMA, app="t")
    status, body = one.post("/v1/sync/open", asked)
    assert (status, body["kinds"], body["upgrade_in_s"]) == (200, hello["kinds"], None)


# --- a new app and an old server ---


class PickConfirm2(facts.PickConfirm, frozen=True, kw_only=True):
    """What `pick.confirm@2` may be one day: the hand that took it."""

    hand: str = "left"


def before(new):
    return facts.PickConfirm(**{name: getattr(new, name) for name in facts.PickConfirm.__struct_fields__})


@pytest.fixture
def newer_app(monkeypatch):
    """An app that knows version 2 of a fact. No domain of the server handles it."""
    monkeypatch.setitem(WRITTEN, PickConfirm2, ("pick.confirm", 2))
    monkeypatch.setitem(HANDLED, ("pick.confirm", 2), PickConfirm2)
    monkeypatch.setitem(older.BEFORE, ("pick.confirm", 2), before)


def picked(item, qty, **more):
    return PickConfirm2(job=item.job_id, sku=item.sku, qty=qty, from_bin=item.from_bin, tote="T-1", **more)


def test_a_new_app_words_its_facts_so_that_an_old_server_reads_them(warehouse, handheld, newer_app, until):
    [job] = warehouse.orders(1, [("TEA", 3)])
    [item] = warehouse.items_of(job)
    d = handheld(PICKER).start()
    until(lambda: d.synced and d.ports.leases.held())
    op = d.record(picked(item, 3), item.id)
    until(lambda: warehouse.outcomes().get(op) == "applied")
    assert d.sql("SELECT v FROM journal WHERE op_id = ?", op) == [(1,)]
    warehouse.check()


def test_what_was_worded_for_a_newer_server_is_kept_for_later(warehouse, handheld, newer_app, until, expected_log):
    """The server went back to an older program after the fact was made: it is parked, and the log goes on."""
    expected_log.append("parked op")
    d = handheld()
    [job] = warehouse.orders(1, [("TEA", 3)])
    [item] = warehouse.items_of(job)
    op, next_one = d.record(picked(item, 3), item.id), d.note()
    assert d.sql("SELECT v FROM journal WHERE op_id = ?", op) == [(2,)]
    d.start()
    until(lambda: d.synced)
    assert warehouse.outcomes() == {op: "parked", next_one: "applied"}


def test_wording_takes_the_newest_that_is_read():
    new = PickConfirm2(job="j", sku="s", qty=1, from_bin="b", tote="t")
    asked = []

    def reads(*versions):
        return lambda kind: asked.append(kind) or list(versions)

    assert older.worded(facts.ExceptionAck(exception="x"), reads(7))[:2] == ("exception.ack", 1)
    assert asked == []
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(WRITTEN, PickConfirm2, ("pick.confirm", 2))
        patch.setitem(older.BEFORE, ("pick.confirm", 2), before)
        assert older.worded(new, reads(1, 2)) == ("pick.confirm", 2, new)
        assert older.worded(new, reads(1)) == ("pick.confirm", 1, before(new))
        assert older.worded(new, reads()) == ("pick.confirm", 2, new)
        assert older.worded(new, reads(3)) == ("pick.confirm", 2, new)


# --- rows of another shape ---


@pytest.fixture
def newer_server(monkeypatch):
    """A server whose rows are of shape 2, which brought the exceptions."""
    monkeypatch.setattr(version, "PULL_SCHEMA", 2)
    monkeypatch.setitem(version.ENTITY_SINCE, "exception", 2)


@pytest.fixture
def updated(monkeypatch):
    """A function that gives devices the app which reads shape 2."""
    return lambda: monkeypatch.setattr(requests, "PULL_SCHEMA", 2)


def raise_exception(warehouse):
    from oms.feed.models import FloorException

    def do(w):
        row = FloorException(id="x1", site_id=w.site, kind="note", action="saved_support_informed", created_at=w.now)
        w.db.add(row)
        w.touch("exception", "x1")

    warehouse.act(do)


def test_an_old_app_gets_and_counts_only_what_it_knows(warehouse, handheld, newer_server, until):
    """Or it would find its rows wrong at every check, for ever."""
    raise_exception(warehouse)
    d = handheld().start()
    until(lambda: d.synced)
    assert d.rows() == rows_of(warehouse, {"bin", "item", "site", "worker"})
    d.stop()
    # The first pull of each run compares check sums: a difference would be in the log.
    d.start()
    until(lambda: d.synced)
    assert d.rows()


def test_an_updated_app_fetches_what_it_could_not_read_before(warehouse, handheld, newer_server, updated, until):
    raise_exception(warehouse)
    d = handheld().start()
    op = d.note()
    until(lambda: d.synced and warehouse.outcomes())
    assert ("exception", "x1") not in d.rows()
    d.stop()
    updated()
    before_update = d.journal()
    d.start()
    until(lambda: d.synced and d.rows() == rows_of(warehouse))
    assert ("exception", "x1") in d.rows()
    assert d.journal() == before_update
    assert warehouse.outcomes() == {op: "applied"}


def test_a_new_app_at_an_old_server_has_all_rows_when_the_server_is_updated(
    warehouse, handheld, updated, until, monkeypatch
):
    updated()
    raise_exception(warehouse)
    d = handheld().start()
    until(lambda: d.synced and d.rows() == rows_of(warehouse))
    held_under = d.ports.rows.cursor()
    monkeypatch.setattr(version, "PULL_SCHEMA", 2)
    warehouse.orders(1)
    until(lambda: d.synced and d.rows() == rows_of(warehouse))
    assert d.ports.rows.cursor() != held_under


# --- an app that is given up ---


@pytest.fixture
def outdated(warehouse, monkeypatch):
    """A program has started that gives up shape 1. Returns a function that lets the time of grace end."""
    monkeypatch.setattr(version, "PULL_SCHEMA", 2)
    monkeypatch.setattr(version, "PULL_SCHEMA_LEAST", 2)
    warehouse.act(shapes.begin_grace)

    def over():
        with warehouse.oms.sessions.begin() as db:
            db.execute(update(Meta).values(upgrade_by=Meta.upgrade_by - timedelta(days=15)))

    return over


def test_in_the_time_of_grace_an_outdated_app_is_told_and_works(warehouse, handheld, outdated, until):
    d = handheld(PICKER).start()
    warehouse.orders(1)
    until(lambda: d.synced and d.ports.leases.held())
    left = d.status.upgrade_by - d.clock.mono()
    assert 13 * 86400 < left <= 14 * 86400
    assert d.status.trouble is None


def test_after_it_facts_are_taken_and_rows_and_work_are_not(warehouse, handheld, outdated, updated, until, monkeypatch):
    monkeypatch.setattr("sync.client.answers.TROUBLE_RETRY_S", 0.2)
    d = handheld(PICKER).start()
    until(lambda: d.synced)
    outdated()
    [job] = warehouse.orders(1)
    until(lambda: d.status.trouble is Trouble.UPGRADE)
    op = d.note()
    until(lambda: d.status.waiting == 0 and warehouse.outcomes() == {op: "applied"})
    # Held through a push, a new token and a new open.
    d.sync.link_up()
    ops = {op, d.note(1)}
    until(lambda: set(warehouse.outcomes()) == ops)
    assert d.status.trouble is Trouble.UPGRADE
    assert not d.ports.leases.held()
    d.stop()
    updated()
    d.start()
    until(lambda: d.synced and d.ports.leases.held())
    assert d.status.trouble is None
    assert d.ports.leases.held()[0].job == job


def test_what_an_outdated_app_may_still_do(warehouse, raw, outdated):
    one = raw()
    outdated()
    head = one.store.ports().journal.head()
    asked = wire.OpenRequest(epoch=1, next_seq=1, chain=head.chain, cursor="", schema=1, app="t")
    status, body = one.post("/v1/sync/open", asked)
    assert (status, body["upgrade_in_s"]) == (200, 0)
    claim = wire.ClaimRequest(claim_id="c" * 32, want=1, kinds=["pick"], capacity=1)
    assert one.post("/v1/work/claim", claim)[0] == 426
    pulled = one.http.get("/v1/sync/pull", headers={"authorization": f"Bearer {one.access}"})
    assert (pulled.status_code, pulled.json()["error"]) == (426, ErrorCode.UPGRADE)
    assert one.post("/v1/work/renew", wire.RenewRequest(leases=[]))[0] == 200
    op = one.op("scan.refused", 1, msgspec.json.encode({"job": None, "text": "x", "code": "unknown_code"}))
    assert one.post("/v1/sync/push", one.push_request([op]))[0] == 200
    assert warehouse.outcomes() == {op.op_id: "applied"}


def test_grace_begins_once(warehouse, outdated):
    [by] = warehouse.ask(select(Meta.upgrade_by))
    warehouse.act(shapes.begin_grace)
    assert warehouse.ask(select(Meta.upgrade_by)) == [by]


def test_a_word_that_an_old_app_does_not_know_stops_rows_and_not_facts(warehouse, handheld, until, expected_log):
    """A newer server sends a state nobody taught this app: it says that it is too old, and what people scan still arrives."""
    expected_log.append("unreadable answer")
    d = handheld(PICKER).start()
    until(lambda: d.synced)
    before = d.rows()
    [job] = warehouse.orders(1)
    with warehouse.oms.sessions.begin() as db:
        db.execute(text("SELECT set_config('floorhand.work', 'on', true)"))
        db.execute(text("UPDATE change SET body = replace(body, '\"open\"', '\"frozen\"') WHERE ent = 'job'"))
    d.stop()
    d.ports.rows.reset()
    d.start()
    until(lambda: d.status and d.status.trouble is Trouble.UPGRADE)
    op = d.note()
    until(lambda: warehouse.outcomes() == {op: "applied"})
    assert d.rows() == {}
    assert before
    with warehouse.oms.sessions.begin() as db:
        db.execute(text("SELECT set_config('floorhand.work', 'on', true)"))
        db.execute(text("UPDATE change SET body = replace(body, '\"frozen\"', '\"open\"') WHERE ent = 'job'"))
    d.sync.link_up()
    until(lambda: d.synced and d.status.trouble is None)
    assert ("job", job) in d.rows()
