"""The feed on a real PostgreSQL: gap-free cursors, whole versions, tombstones, the check sum, and news between processes."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update

from oms.catalog.models import Bin, Item, Site
from oms.db.work import Actor
from oms.feed import pull
from oms.feed.bell import FeedBell
from oms.feed.cursor import Cursor, parse
from oms.feed.models import Change, Meta
from oms.feed.refusals import Refusal
from sync.contract import digest

pytestmark = pytest.mark.postgres


def pages(warehouse, cursor="", limit=500, floor_digest=True):
    """All pages from a cursor."""
    found = []
    while True:
        page = pull.page(warehouse.oms.engine, warehouse.site, pull.Ask(cursor, limit, floor_digest, 1))
        if page is None:
            return found
        found.append(page)
        cursor = page.to
        if not page.more:
            return found


def apply(rows, found):
    for page in found:
        for change in page.changes:
            if change.deleted:
                rows.pop((change.e, change.id), None)
            else:
                rows[change.e, change.id] = change.v
    return rows


def live(warehouse):
    with warehouse.oms.sessions() as db:
        held = db.execute(select(Change.ent, Change.ent_id, Change.ver).where(Change.body.is_not(None)))
        return {(e, id): ver for e, id, ver in held}


def touch_items(warehouse, skus):
    def do(w):
        for sku in skus:
            item = w.db.get(Item, (w.site, sku)) or Item(site_id=w.site, sku=sku, name="")
            item.name += "x"
            w.db.add(item)
            w.touch("item", sku)
        w.db.flush()
        return w

    return warehouse.act(do).ver


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 1000])
def test_pages_never_split_a_version(warehouse, limit):
    for n in range(8):
        touch_items(warehouse, [f"S{n}", f"S{n}b", "S-all"][: 1 + n % 3])
    found = pages(warehouse, limit=limit)
    assert [p.from_ for p in found] == ["", *[p.to for p in found[:-1]]]
    vers = [[c.v for c in p.changes] for p in found]
    assert all(a[-1] < b[0] for a, b in pairwise(vers) if a and b)
    assert [p.through for p in found][-1] == found[-1].head
    assert apply({}, found) == live(warehouse)


def test_the_check_sum_is_the_same_on_both_ends(warehouse):
    touch_items(warehouse, ["Ünïcode", "S1"])
    found = pages(warehouse)
    rows = apply({}, found)
    assert found[-1].digest == digest.of((e, id, v) for (e, id), v in rows.items())
    assert found[-1].digest != digest.of([])


def test_rows_an_old_app_cannot_read_are_not_sent(warehouse):
    with warehouse.oms.sessions.begin() as db:
        db.execute(update(Meta).values(min_pull_schema=2))
    with pytest.raises(Refusal) as refused:
        pages(warehouse)
    assert refused.value.status == 426


def test_nothing_new_is_nothing(warehouse):
    [page] = pages(warehouse)
    assert pull.page(warehouse.oms.engine, warehouse.site, pull.Ask(page.to, 10, False, 1)) is None


def test_a_deleted_thing_goes_from_the_device(warehouse):
    found = pages(warehouse)
    rows = apply({}, found)
    assert ("bin", "A-03") in rows

    def do(w):
        w.db.execute(delete(Bin).where(Bin.code == "A-03"))
        w.touch("bin", "A-03")

    warehouse.act(do)
    apply(rows, pages(warehouse, found[-1].to))
    assert ("bin", "A-03") not in rows
    assert rows == live(warehouse)


def test_a_cursor_below_the_floor_starts_again_and_one_of_another_time_line_is_told_so(warehouse):
    touch_items(warehouse, ["S1"])
    [page] = pages(warehouse)
    with warehouse.oms.sessions.begin() as db:
        db.execute(text("SELECT set_config('floorhand.work', 'on', true)"))
        db.execute(update(Site).values(floor_ver=page.head))
    for cursor, status in [
        (Cursor(1, page.head - 1).text(), 410),
        (Cursor(2, 1).text(), 409),
        (Cursor(1, page.head + 1).text(), 503),
        ("!", 400),
        ("AAAA", 400),
    ]:
        with pytest.raises(Refusal) as refused:
            pull.page(warehouse.oms.engine, warehouse.site, pull.Ask(cursor, 10, False, 1))
        assert refused.value.status == status, cursor
    assert pages(warehouse, Cursor(1, page.head).text())


@given(st.text(max_size=30))
def test_no_text_is_a_dangerous_cursor(text):
    try:
        cursor = parse(text, 1)
    except Refusal:
        return
    assert parse(cursor.text(), 1) == cursor


@given(st.integers(0, 2**40), st.integers(0, 2**60))
def test_cursors_come_back(epoch, ver):
    assert parse(Cursor(epoch, ver).text(), 9) == Cursor(epoch, ver)


def test_a_reader_beside_eight_writers_misses_nothing(warehouse):
    """The counter is the last lock: who has seen version v has seen everything up to v."""
    touch_items(warehouse, [f"S{i}" for i in range(12)])
    [start] = pages(warehouse)
    rows = apply({}, [start])
    cursor = start.to

    def write(n):
        rng = Random(n)
        for _ in range(25):
            touch_items(warehouse, sorted(rng.sample([f"S{i}" for i in range(12)], 3)))

    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(write, n) for n in range(8)]
        while not all(job.done() for job in jobs):
            for page in pages(warehouse, cursor, limit=5):
                seen = {c.v for c in page.changes}
                assert not seen or max(seen) <= page.through
                cursor = page.to
                apply(rows, [page])
        for job in jobs:
            job.result()
    apply(rows, pages(warehouse, cursor))
    assert rows == live(warehouse)


def test_a_transaction_that_stays_open_holds_nobody_up(warehouse):
    """Somebody's unit of work is open and has written, for as long as it likes: what others commit meanwhile is in the feed at once."""
    [page] = pages(warehouse)
    cursor = page.to
    with warehouse.oms.works.work(warehouse.site, Actor("slow")) as slow:
        slow.db.add(Item(site_id=slow.site, sku="SLOW", name="slow"))
        slow.touch("item", "SLOW")
        slow.db.flush()
        for n in range(20):
            ver = touch_items(warehouse, [f"S{n}"])
            [page] = pages(warehouse, cursor)
            assert [(c.id, c.v) for c in page.changes] == [(f"S{n}", ver)]
            assert page.through == page.head == ver
            cursor = page.to
    [page] = pages(warehouse, cursor)
    assert [(c.id, c.v) for c in page.changes] == [("SLOW", ver + 1)]
    assert apply({}, pages(warehouse)) == live(warehouse)


def test_news_of_another_process_ring_here(oms):
    """Two bells on one database are two processes: what one commits wakes the polls of the other."""

    async def both():
        here, there = FeedBell(oms.engine), FeedBell(oms.engine)
        loop = asyncio.get_running_loop()
        here.start(loop)
        there.start(loop)
        try:
            with there.watch("MAIN") as news, there.watch("OTHER") as not_mine:
                # The listener may not be there yet when the first notice goes out; a poll's wait covers that, here we repeat.
                for ver in range(1, 100):
                    here.committed("MAIN", ver)
                    done, _ = await asyncio.wait({news}, timeout=0.1)
                    if done:
                        break
                return news.done(), not_mine.done()
        finally:
            here.stop()
            there.stop()
            await asyncio.to_thread(here.join)
            await asyncio.to_thread(there.join)

    assert asyncio.run(both()) == (True, False)
