"""What the feed forgets, and what that does to devices: those that were away too long fetch their rows again, and lose no fact."""

import os
import subprocess
import sys
from datetime import timedelta
from random import Random

import msgspec
import pytest
from sqlalchemy import delete, func, select, text, update

from oms.catalog.models import Bin, Item, Site
from oms.db.engine import connect_beside
from oms.db.work import Actor
from oms.feed import pull, rebuild, retention, rows
from oms.feed.keeping import Housekeeper
from oms.feed.models import Change, Claim, FeedMark, Meta
from oms.feed.refusals import Refusal
from oms.people.models import Audit
from sync.contract.rows import ENTITIES

pytestmark = pytest.mark.postgres

ME = Actor("test")


@pytest.fixture
def keeper(warehouse):
    """The housekeeping of a server that is not started: a test does its chores."""
    oms = warehouse.oms
    return Housekeeper(oms.engine, oms.sessions, oms.works, oms.site, lambda epoch: None)


@pytest.fixture
def days_pass(warehouse):
    """A function that lets days pass for the feed: what it noted down is as much older."""

    def age(days):
        warehouse.act(retention.mark)
        with warehouse.oms.sessions.begin() as db:
            db.execute(update(FeedMark).values(at=FeedMark.at - timedelta(days=days)))
            db.execute(update(Claim).values(at=Claim.at - timedelta(days=days)))

    return age


def drop_bin(warehouse, code):
    def do(w):
        w.db.execute(delete(Bin).where(Bin.code == code))
        w.touch("bin", code)

    warehouse.act(do)


def floor_of(warehouse):
    return warehouse.ask(select(Site.floor_ver))[0]


def tombstones(warehouse):
    return warehouse.ask(select(Change.ent_id).where(Change.body.is_(None)))


def rows_of(warehouse):
    """The server's rows as a device should have them."""
    with warehouse.oms.sessions() as db:
        live = select(Change.ent, Change.ent_id, Change.ver, Change.body).where(Change.body.is_not(None))
        return {(e, id): (v, body.encode()) for e, id, v, body in db.execute(live)}


def refusals(live, status):
    """How often the server has said no in this way to an open or a pull."""
    found = msgspec.json.decode(b"0", type=float)
    for line in live.oms.metrics.text().decode().splitlines():
        if line.startswith("floorhand_http_seconds_count") and f'status="{status}"' in line and "/v1/sync/" in line:
            found += float(line.rpartition(" ")[2])
    return found


def test_a_device_away_longer_than_deletions_are_kept(warehouse, handheld, live, keeper, days_pass, until):
    """Its rows are fetched again from the start; its journal, old facts and new ones, stays as it is."""
    d = handheld().start()
    sent = d.note(1)
    until(lambda: d.synced and ("bin", "A-03") in d.rows())
    d.stop()
    waiting = [d.note(2), d.note(3)]
    before = d.journal()
    drop_bin(warehouse, "A-03")
    days_pass(61)
    keeper.chores()
    assert tombstones(warehouse) == []
    assert floor_of(warehouse) > 0
    d.start()
    until(lambda: d.synced and d.rows() == rows_of(warehouse))
    assert refusals(live, 410) == 1
    assert ("bin", "A-03") not in d.rows()
    assert [(seq, op) for seq, op, _, _ in d.journal()] == [(seq, op) for seq, op, _, _ in before]
    assert {op: outcome for _, op, _, outcome in d.journal()} == dict.fromkeys([sent, *waiting], "applied")
    assert set(warehouse.outcomes()) == {sent, *waiting}
    warehouse.check()


def test_a_device_that_was_here_in_time_notices_nothing(warehouse, handheld, live, keeper, days_pass, until):
    d = handheld().start()
    until(lambda: d.synced)
    drop_bin(warehouse, "A-03")
    until(lambda: d.synced and ("bin", "A-03") not in d.rows())
    d.stop()
    days_pass(61)
    keeper.chores()
    assert tombstones(warehouse) == []
    d.start()
    until(lambda: d.synced)
    assert refusals(live, 410) == 0
    assert d.rows() == rows_of(warehouse)


def test_what_is_not_old_enough_stays(warehouse, keeper, days_pass):
    drop_bin(warehouse, "A-03")
    days_pass(59)
    drop_bin(warehouse, "A-02")
    keeper.chores()
    assert (len(tombstones(warehouse)), floor_of(warehouse)) == (2, 0)
    days_pass(2)
    keeper.chores()
    # A-03 went 61 days ago, A-02 only two.
    assert tombstones(warehouse) == ["A-02"]


def test_who_starts_from_nothing_is_never_thrown_back_by_the_floor(warehouse, keeper, days_pass):
    """Its first pages are below the floor; what went before it began it never had."""
    warehouse.orders(2)
    drop_bin(warehouse, "A-03")
    days_pass(61)
    keeper.chores()
    cursor, rows, pages = "", {}, 0
    while True:
        page = pull.page(warehouse.oms.engine, warehouse.site, pull.Ask(cursor, 1, False, 1))
        if page is None:
            break
        pages += 1
        rows |= {(c.e, c.id): (c.v, bytes(c.d)) for c in page.changes}
        cursor = page.to
    assert pages > 3
    assert rows == rows_of(warehouse)


def test_a_fetch_that_rests_for_longer_than_that_begins_again(warehouse, keeper, days_pass):
    page = pull.page(warehouse.oms.engine, warehouse.site, pull.Ask("", 1, False, 1))
    assert page.more
    drop_bin(warehouse, "A-03")
    days_pass(61)
    keeper.chores()
    with pytest.raises(Refusal) as refused:
        pull.page(warehouse.oms.engine, warehouse.site, pull.Ask(page.to, 1, False, 1))
    assert (refused.value.status, refused.value.code) == (410, "floor")


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_is_deleted_swept_and_fetched_when_nobody_keeps_what_is_gone(
    warehouse, keeper, days_pass, seed, monkeypatch
):
    """Devices with small pages, long absences and a busy sweeper: whoever is told that this is all has exactly the server's rows."""
    monkeypatch.setattr(retention, "_BATCH", 2)
    rng = Random(seed)
    devices = [{"cursor": "", "rows": {}} for _ in range(4)]
    compared = thrown_back = 0

    def upsert(w):
        sku = f"S{rng.randrange(8)}"
        item = w.db.get(Item, (w.site, sku)) or Item(site_id=w.site, sku=sku, name="")
        item.name += "x"
        w.db.add(item)
        w.touch("item", sku)

    def remove(w):
        sku = f"S{rng.randrange(8)}"
        w.db.execute(delete(Item).where(Item.sku == sku))
        w.touch("item", sku)

    for _ in range(150):
        match rng.choices(["upsert", "remove", "age", "pull"], [4, 3, 1, 12])[0]:
            case "upsert":
                warehouse.act(upsert)
            case "remove":
                warehouse.act(remove)
            case "age":
                days_pass(rng.choice([20, 61]))
                keeper.chores()
            case "pull":
                device = rng.choice(devices)
                ask = pull.Ask(device["cursor"], rng.choice([1, 2, 500]), False, 1)
                try:
                    page = pull.page(warehouse.oms.engine, warehouse.site, ask)
                except Refusal as no:
                    thrown_back += no.status == 410
                    device.update(cursor="", rows={})
                    continue
                for change in page.changes if page else ():
                    device["rows"].pop((change.e, change.id), None)
                    if not change.deleted:
                        device["rows"][change.e, change.id] = (change.v, bytes(change.d))
                if page:
                    device["cursor"] = page.to
                if page is None or not page.more:
                    compared += 1
                    assert device["rows"] == rows_of(warehouse), f"seed {seed}"
    assert compared > 20
    assert thrown_back > 0


def test_one_batch_after_the_other_and_an_exact_floor(warehouse, days_pass, monkeypatch):
    monkeypatch.setattr(retention, "_BATCH", 2)
    skus = [f"S{n}" for n in range(5)]

    def add(w):
        for sku in skus:
            w.db.add(Item(site_id=w.site, sku=sku, name=sku))
            w.touch("item", sku)

    def remove(w):
        w.db.execute(delete(Item).where(Item.sku.in_(skus)))
        for sku in skus:
            w.touch("item", sku)
        return w

    warehouse.act(add)
    gone_at = warehouse.act(remove).ver
    drop_bin(warehouse, "A-03")
    days_pass(61)
    swept = retention.sweep(warehouse.oms.works, warehouse.site, ME)
    assert swept.tombstones == 6
    assert swept.floor == floor_of(warehouse) == gone_at + 1
    assert retention.sweep(warehouse.oms.works, warehouse.site, ME).tombstones == 0
    assert "feed.pruned" in warehouse.ask(select(Audit.what))


def test_answers_are_remembered_for_two_days_and_marks_not_longer_than_needed(warehouse, keeper, days_pass):
    warehouse.act(lambda w: w.db.add(Claim(claim_id="a" * 32, device="d", body="{}", at=w.now)))
    days_pass(1)
    keeper.chores()
    assert warehouse.ask(select(func.count()).select_from(Claim)) == [1]
    for _ in range(5):
        drop_bin(warehouse, "A-03")
        days_pass(20)
        keeper.chores()
    assert warehouse.ask(select(func.count()).select_from(Claim)) == [0]
    # One that is older than sixty days says which version is, and those that will be so one day.
    assert warehouse.ask(select(func.count()).select_from(FeedMark))[0] <= 4


def test_chores_are_done_by_one_process_at_a_time(warehouse, keeper, days_pass):
    drop_bin(warehouse, "A-03")
    days_pass(61)
    with connect_beside(warehouse.oms.engine) as other:
        other.execute("SELECT pg_advisory_lock(%s)", (0x464C4B4545,))
        keeper.chores()
        assert tombstones(warehouse) == ["A-03"]
        # The database notices in its own time that somebody has hung up.
        other.execute("SELECT pg_advisory_unlock(%s)", (0x464C4B4545,))
    keeper.chores()
    assert tombstones(warehouse) == []


def test_prune_on_the_command_line(warehouse, days_pass, tmp_path):
    drop_bin(warehouse, "A-03")
    days_pass(31)
    where = {"FLOORHAND_DATABASE_URL": warehouse.oms.engine.url.render_as_string(hide_password=False)}
    command = [sys.executable, "-m", "oms", "server", "prune", "--json", "--keep-days", "30", "--data", str(tmp_path)]
    done = subprocess.run(command, env={**os.environ, **where}, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    assert msgspec.json.decode(done.stdout) == {
        "tombstones": 1,
        "claims": 0,
        "floor": floor_of(warehouse),
        "rebuilt": 0,
    }
    assert tombstones(warehouse) == []


# --- the feed and what it is made from ---


def tamper(warehouse, statement):
    with warehouse.oms.sessions.begin() as db:
        db.execute(text("SELECT set_config('floorhand.work', 'on', true)"))
        db.execute(text(statement))


def test_every_entity_can_be_found_and_made():
    assert set(rows.ENTITY_KEYS) == set(ENTITIES)


def test_a_sound_feed_is_what_it_is_made_from(warehouse):
    warehouse.orders(3)
    drop_bin(warehouse, "A-03")
    assert list(rebuild.differing(warehouse.oms.sessions, warehouse.site)) == []


@pytest.mark.parametrize(
    "statement",
    [
        """UPDATE change SET body = replace(body, 'Tea', 'Beer') WHERE ent = 'item' AND ent_id = 'TEA'""",
        """DELETE FROM change WHERE ent = 'item' AND ent_id = 'TEA'""",
        """UPDATE change SET body = NULL WHERE ent = 'item' AND ent_id = 'TEA'""",
        """INSERT INTO change (site_id, ent, ent_id, ver, body) SELECT site_id, 'item', 'GHOST', ver, body FROM change
           WHERE ent = 'item' AND ent_id = 'TEA'""",
        """UPDATE item SET name = 'Green tea' WHERE sku = 'TEA'""",
    ],
    ids=["other", "missing", "deleted", "made-up", "behind-its-back"],
)
def test_what_somebody_changed_by_hand_is_written_anew_and_reaches_devices(
    warehouse, handheld, keeper, until, statement
):
    d = handheld().start()
    until(lambda: d.synced)
    d.stop()
    tamper(warehouse, statement)
    sku = "GHOST" if "GHOST" in statement else "TEA"
    assert list(rebuild.differing(warehouse.oms.sessions, warehouse.site)) == [("item", [sku])]
    assert rebuild.rebuild(warehouse.oms.sessions, warehouse.oms.works, warehouse.site, ME) == 1
    assert list(rebuild.differing(warehouse.oms.sessions, warehouse.site)) == []
    d.start()
    until(lambda: d.synced and d.rows() == rows_of(warehouse))
    assert ("item", "GHOST") not in d.rows()
    name = "Green tea" if "Green" in statement else "Tea"
    assert msgspec.json.decode(d.rows()["item", "TEA"][1])["name"] == name


def test_a_program_with_rows_of_another_shape_writes_all_of_them_anew(warehouse, keeper):
    """The feed was last written by an older program: at its start, the new one brings it up to date by itself."""
    tamper(warehouse, "UPDATE change SET body = regexp_replace(body, '.colour.*$', '}') WHERE ent = 'item'")
    assert [entity for entity, _ in rebuild.differing(warehouse.oms.sessions, warehouse.site)] == ["item"]
    with warehouse.oms.sessions.begin() as db:
        db.execute(update(Meta).values(feed_schema=0))
    keeper._settle_in()
    assert list(rebuild.differing(warehouse.oms.sessions, warehouse.site)) == []
    assert warehouse.ask(select(Meta.feed_schema)) == [1]
