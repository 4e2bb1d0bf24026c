"""The unit of work: all or nothing, one feed version each, no gaps for a reader, no row written behind the feed's back."""

import threading
import uuid
from contextlib import suppress

import msgspec
import pytest
from psycopg.errors import DeadlockDetected
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from oms.catalog.models import Carton, Item, Site
from oms.db.locks import lock_rows
from oms.db.work import Actor
from oms.feed.models import Change, Op
from oms.inventory.models import StockBalance, StockMove
from oms.people.models import Audit
from oms.promise import keeping
from sync.contract.codes import Outcome

pytestmark = pytest.mark.postgres
ACTOR = Actor("test", device="d1", worker="w1")


def add_item(oms, sku, name="Tea"):
    with oms.works.work(oms.site, ACTOR) as w:
        w.db.add(Item(site_id=oms.site, sku=sku, name=name))
        w.touch("item", sku)
    return w.ver


def feed(oms, ent="item"):
    with oms.sessions() as db:
        rows = db.scalars(select(Change).where(Change.ent == ent)).all()
        return {row.ent_id: (row.ver, msgspec.json.decode(row.body) if row.body else None) for row in rows}


def head(oms):
    with oms.sessions() as db:
        return db.scalars(select(Site.ver)).one()


def test_each_commit_draws_the_next_version_and_keeps_only_the_latest_row(oms):
    heard = []
    oms.works.on_commit = lambda site, ver: heard.append((site, ver))
    start = head(oms)
    assert add_item(oms, "A") == start + 1
    assert add_item(oms, "B") == start + 2
    with oms.works.work(oms.site, ACTOR) as w:
        w.db.get_one(Item, (oms.site, "A")).name = "Coffee"
        w.touch("item", "A")
    assert feed(oms)["A"][0] == start + 3
    assert feed(oms)["A"][1]["name"] == "Coffee"
    assert feed(oms)["B"][0] == start + 2
    assert heard == [("MAIN", start + 1), ("MAIN", start + 2), ("MAIN", start + 3)]


def test_an_exception_rolls_everything_back_and_gives_the_version_back(oms):
    start = head(oms)

    def act(w):
        w.db.add(Item(site_id=oms.site, sku="A", name="Tea"))
        w.touch("item", "A")
        w.audit("something")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        oms.works.run(oms.site, ACTOR, act)
    assert head(oms) == start
    assert feed(oms) == {}
    assert add_item(oms, "B") == start + 1
    with oms.sessions() as db:
        assert "something" not in db.scalars(select(Audit.what)).all()


def test_what_touches_nothing_draws_no_version(oms):
    start = head(oms)
    with oms.works.work(oms.site, ACTOR) as w:
        w.audit("looked")
    assert w.ver == 0
    assert head(oms) == start
    with oms.sessions() as db:
        row = db.scalars(select(Audit).where(Audit.what == "looked")).one()
    assert (row.device, row.worker_id, row.source) == ("d1", "w1", "test")


def test_a_row_that_is_gone_becomes_a_tombstone(oms):
    add_item(oms, "A")
    with oms.works.work(oms.site, ACTOR) as w:
        w.db.delete(w.db.get_one(Item, (oms.site, "A")))
        w.touch("item", "A")
    assert feed(oms)["A"] == (w.ver, None)


def test_a_failed_savepoint_leaves_neither_rows_nor_touches(oms):
    with oms.works.work(oms.site, ACTOR) as w:
        with w.savepoint():
            w.db.add(Item(site_id=oms.site, sku="A", name="Tea"))
            w.touch("item", "A")
        with suppress(ZeroDivisionError), w.savepoint():
            w.db.add(Item(site_id=oms.site, sku="B", name="Tea"))
            w.touch("item", "B")
            w.at_version(lambda db, ver: pytest.fail("was rolled back"))
            raise ZeroDivisionError
    assert set(feed(oms)) == {"A"}


def test_a_failed_savepoint_leaves_no_memory_of_what_was_read_or_locked_in_it(oms):
    add_item(oms, "A")
    with oms.works.work(oms.site, ACTOR) as w:
        item = w.db.get_one(Item, (oms.site, "A"))
        keeping.lock_cells(w, [("A", oms.site)])
        with suppress(ZeroDivisionError), w.savepoint():
            w.db.execute(text("UPDATE item SET name = 'Coffee'"))
            w.db.refresh(item)
            keeping.lock_items(w, ["A"])
            assert (item.name, keeping.holds(w, [("A", oms.site)])) == ("Coffee", True)
            raise ZeroDivisionError
        assert (item.name, keeping.holds(w, [("A", oms.site)])) == ("Tea", False)


def test_two_who_change_parts_of_one_entity_side_by_side_leave_a_row_with_both(oms):
    """Rows are built under the counter's lock; built before it, the later commit would publish what it saw before the earlier one."""
    add_item(oms, "A")
    first_wrote, second_wrote = threading.Event(), threading.Event()

    def other():
        with oms.works.work(oms.site, ACTOR) as w:
            # Reads the item before the first commits, so that a stale copy of it lies in the session.
            w.db.get_one(Item, (oms.site, "A"))
            first_wrote.wait(10)
            w.db.execute(text("INSERT INTO item_code (site_id, code, sku, qty) VALUES ('MAIN', '1', 'A', 1)"))
            w.touch("item", "A")
            second_wrote.set()

    thread = threading.Thread(target=other)
    with oms.works.work(oms.site, ACTOR) as w:
        w.db.execute(update(Item).where(Item.sku == "A").values(name="Coffee"))
        w.touch("item", "A")
        thread.start()
        first_wrote.set()
        assert second_wrote.wait(10)
    thread.join()
    row = feed(oms)["A"][1]
    assert (row["name"], [c["gtin"] for c in row["codes"]]) == ("Coffee", ["1"])


def test_a_reader_never_misses_a_version(oms):
    """Writers of different speed side by side: whoever reads head h has every version up to h."""
    stop, failures = threading.Event(), []

    def write(name):
        for n in range(15):
            with oms.works.work(oms.site, ACTOR) as w:
                w.db.add(Item(site_id=oms.site, sku=f"{name}-{n}", name="Tea"))
                w.touch("item", f"{name}-{n}")
                if n % 3 == 0:
                    w.db.execute(text("SELECT pg_sleep(0.005)"))

    def read():
        while not stop.is_set():
            with oms.engine.connect().execution_options(isolation_level="REPEATABLE READ") as db:
                at = db.scalar(select(Site.ver))
                seen = set(db.scalars(select(Change.ver).where(Change.ent == "item")))
                if seen != set(range(2, at + 1)):
                    failures.append((at, sorted(seen)))

    assert head(oms) == 1
    reader = threading.Thread(target=read)
    writers = [threading.Thread(target=write, args=(f"W{n}",)) for n in range(4)]
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    reader.join()
    assert failures == []
    assert head(oms) == 61


def test_rows_that_carry_the_version_get_it_in_the_same_transaction(oms):
    seen = []
    with oms.works.work(oms.site, ACTOR) as w:
        w.at_version(lambda db, ver: seen.append((ver, db is w.db)))
    assert seen == [(w.ver, True)]
    assert w.ver == head(oms)


def test_the_database_refuses_synced_rows_written_behind_the_feeds_back(oms):
    add_item(oms, "A")
    for statement in (
        "UPDATE item SET name = 'x'",
        "DELETE FROM item",
        "INSERT INTO zone (site_id, code, name) VALUES ('MAIN', 'Z', '')",
        "UPDATE site SET name = 'x'",
        "DELETE FROM change",
    ):
        with pytest.raises(DBAPIError, match="in a unit of work only"), oms.sessions.begin() as db:
            db.execute(text(statement))


def test_the_permission_to_write_ends_with_its_transaction(oms):
    """One connection only: the next transaction on it must not inherit the word of the one before."""
    add_item(oms, "A")
    with oms.engine.connect() as connection:
        with connection.begin():
            connection.execute(text("SELECT set_config('floorhand.work', 'on', true)"))
            connection.execute(text("UPDATE item SET name = 'ok'"))
        with pytest.raises(DBAPIError, match="in a unit of work only"), connection.begin():
            connection.execute(text("UPDATE item SET name = 'x'"))


def test_ledger_audit_and_ops_only_grow(oms):
    add_item(oms, "A")
    with oms.works.work(oms.site, ACTOR) as w:
        w.move("s1", 1, "A", "", "supplier", "bin:B", 5)
        w.audit("moved")
        op = Op(
            op_id=uuid.uuid4().hex, site_id=oms.site, kind="pick.confirm", v=1, content_hash="0", body={},
            outcome=Outcome.APPLIED, first_device="d1", received_at=w.now,
        )  # fmt: skip
        w.db.add(op)
        w.at_version(lambda db, ver: db.execute(update(Op).where(Op.op_id == op.op_id).values(ver=ver)))
    with oms.sessions() as db:
        assert db.scalars(select(Op.ver)).one() == w.ver
    for statement in (
        "UPDATE stock_move SET qty = 6",
        "DELETE FROM stock_move",
        "TRUNCATE stock_move",
        "UPDATE audit SET what = 'x'",
        "DELETE FROM audit",
        "UPDATE op SET ver = 99",
        "UPDATE op SET outcome = 'diverted'",
        "DELETE FROM op",
    ):
        with pytest.raises(DBAPIError, match="never changed or deleted"), oms.works.work(oms.site, ACTOR) as w:
            w.db.execute(text(statement))


def test_an_op_gets_its_version_but_nothing_else_with_it(oms):
    with oms.works.work(oms.site, ACTOR) as w:
        w.db.add(
            Op(
                op_id="a" * 32, site_id=oms.site, kind="k", v=1, content_hash="0", body={}, outcome=Outcome.APPLIED,
                first_device="d1", received_at=w.now,
            )
        )  # fmt: skip
    with pytest.raises(DBAPIError, match="never changed"), oms.works.work(oms.site, ACTOR) as w:
        w.db.execute(text("UPDATE op SET ver = 1, outcome = 'diverted'"))


def test_a_movement_books_once_and_balances_follow(oms):
    add_item(oms, "A")
    with oms.works.work(oms.site, ACTOR) as w:
        w.move("s1", 1, "A", "", "supplier", "bin:B", 5)
    with pytest.raises(DBAPIError, match="uq_stock_move"), oms.works.work(oms.site, ACTOR) as w:
        w.move("s1", 1, "A", "", "supplier", "bin:B", 5)
    with oms.sessions() as db:
        assert {b.account: b.qty for b in db.scalars(select(StockBalance))} == {"supplier": -5, "bin:B": 5}
        assert len(db.scalars(select(StockMove)).all()) == 1


def test_locks_are_taken_in_key_order_and_read_fresh(oms):
    for sku in ("C", "A", "B"):
        add_item(oms, sku)
    with oms.works.work(oms.site, ACTOR) as w:
        stale = w.db.get_one(Item, (oms.site, "A"))
        with oms.works.work(oms.site, ACTOR) as other:
            other.db.execute(update(Item).where(Item.sku == "A").values(name="Newer"))
            other.touch("item", "A")
        rows = lock_rows(w.db, Item, Item.sku, ["C", "A", "A", "none"])
        assert [row.sku for row in rows] == ["A", "C"]
        assert stale.name == "Newer"
        assert lock_rows(w.db, Item, Item.sku, []) == []
        assert lock_rows(w.db, Item, Item.sku, ["A"], site=Item.site_id, site_id="OTHER") == []


def test_a_deadlock_is_tried_again(oms):
    for sku in ("A", "B"):
        add_item(oms, sku)
    both_hold = threading.Barrier(2, timeout=10)
    runs = {"A": 0, "B": 0}

    def act(first, second):
        def run(w):
            runs[first] += 1
            w.db.execute(update(Item).where(Item.sku == first).values(name=f"by {first}"))
            if runs[first] == 1:
                both_hold.wait()
            w.db.execute(update(Item).where(Item.sku == second).values(name=f"by {first}"))
            w.touch("item", first)

        return run

    other = threading.Thread(target=lambda: oms.works.run(oms.site, ACTOR, act("B", "A")))
    other.start()
    oms.works.run(oms.site, ACTOR, act("A", "B"))
    other.join()
    # Mostly one of the two goes through at once. The other may be so quick that it takes its row again before the first one wakes up:
    # then they meet a second time, and either may have to go back.
    assert sum(runs.values()) > 2
    with oms.sessions() as db:
        names = set(db.scalars(select(Item.name)))
    assert len(names) == 1
    assert names <= {"by A", "by B"}


def test_a_deadlock_that_never_ends_is_given_up(oms):
    tries = []

    def act(w):
        tries.append(1)
        raise DBAPIError("statement", {}, DeadlockDetected())

    with pytest.raises(DBAPIError):
        oms.works.run(oms.site, ACTOR, act)
    assert len(tries) == 4


def test_other_trouble_is_not_tried_again(oms):
    add_item(oms, "A")
    tries = []

    def act(w):
        tries.append(1)
        w.db.add(Item(site_id=oms.site, sku="A", name="again"))

    with pytest.raises(DBAPIError):
        oms.works.run(oms.site, ACTOR, act)
    assert len(tries) == 1


def test_two_servers_may_start_on_one_database_at_once(database_url):
    from oms.bootstrap import open_oms

    opened = []
    threads = [threading.Thread(target=lambda: opened.append(open_oms(database_url, pool_size=2))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({oms.cluster_id for oms in opened}) == 1
    for oms in opened:
        oms.close()


def test_cartons_and_other_entities_have_rows(oms):
    size = dict.fromkeys([f"{s}_{d}_mm" for s in ("inner", "outer") for d in ("length", "width", "height")], 10)
    with oms.works.work(oms.site, ACTOR) as w:
        w.db.add(Carton(site_id=oms.site, code="S1", name="Small", tare_g=5, max_g=100, **size))
        w.touch("carton", "S1")
    assert feed(oms, "carton")["S1"][1]["inner_mm"] == [10, 10, 10]
