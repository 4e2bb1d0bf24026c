"""Rows that went wrong on one side are found by the check sums and put right; a server that was set back is found by what devices know."""

import threading
import time

import pytest
from sqlalchemy import select, text

from oms.bootstrap import open_oms
from oms.db.engine import connect_beside
from oms.feed import opening
from oms.feed.models import Change, Meta
from sync.client.status import ClaimPolicy
from sync.contract import wire
from sync.contract.version import MAX_PULL_WAIT_S

pytestmark = pytest.mark.postgres

PICKER = ClaimPolicy(kinds=("pick",), capacity=1)


def rows_of(warehouse):
    with warehouse.oms.sessions() as db:
        live = select(Change.ent, Change.ent_id, Change.ver, Change.body).where(Change.body.is_not(None))
        return {(e, id): (v, body.encode()) for e, id, v, body in db.execute(live)}


# --- check sums ---


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE row SET body = replace(CAST(body AS TEXT), 'Tea', 'Beer') WHERE e = 'item' AND id = 'TEA'",
        "UPDATE row SET v = v + 1 WHERE e = 'item' AND id = 'TEA'",
        "DELETE FROM row WHERE e = 'item' AND id = 'TEA'",
        "INSERT INTO row SELECT e, 'GHOST', v, body FROM row WHERE e = 'item' AND id = 'TEA'",
    ],
    ids=["content", "version", "lost", "made-up"],
)
def test_a_row_damaged_on_the_device_is_found_and_fetched_again(warehouse, handheld, until, expected_log, damage):
    d = handheld().start()
    until(lambda: d.synced)
    d.stop()
    kept = d.note()
    d.sql(damage)
    assert d.rows() != rows_of(warehouse)
    expected_log.append("fetched again")
    d.start()
    until(lambda: d.synced and d.rows() == rows_of(warehouse))
    assert [op for _, op, _, _ in d.journal()] == [kept]
    until(lambda: warehouse.outcomes() == {kept: "applied"})


def test_a_change_altered_in_the_servers_table_is_found_by_the_next_check(warehouse, handheld, until, expected_log):
    """What the server says is what devices hold, also when it says it without a new version."""
    d = handheld().start()
    until(lambda: d.synced)
    d.stop()
    with warehouse.oms.sessions.begin() as db:
        db.execute(text("SELECT set_config('floorhand.work', 'on', true)"))
        db.execute(text("UPDATE change SET body = replace(body, 'Tea', 'Beer') WHERE ent_id = 'TEA'"))
    expected_log.append("fetched again")
    d.start()
    until(lambda: d.synced and d.rows() == rows_of(warehouse))
    assert b"Beer" in d.rows()["item", "TEA"][1]


def test_rows_in_order_stay_where_they_are(warehouse, handheld, until):
    warehouse.orders(3)
    d = handheld(PICKER).start()
    until(lambda: d.synced and d.ports.leases.held() and d.rows() == rows_of(warehouse))
    before = d.rows()
    for _ in range(2):
        d.stop()
        d.start()
        until(lambda: d.synced)
    # A mismatch would have been said in the log, which fails the test.
    assert d.rows() == before == rows_of(warehouse)


def test_a_scan_never_waits_for_the_check(warehouse, handheld, until):
    """Thousands of rows are read in pieces: between any two of them a scan may come."""
    d = handheld()
    d.start()
    until(lambda: d.synced)
    d.stop()
    d.sql("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)"
          " INSERT INTO row SELECT 'item', 'S' || i, 1, randomblob(300) FROM n")  # fmt: skip
    checking = threading.Thread(target=d.ports.rows.content)
    waits = []
    checking.start()
    while checking.is_alive():
        began = time.monotonic()
        d.note()
        waits.append(time.monotonic() - began)
    checking.join()
    # Not one look at everything with scans before and after it.
    assert len(waits) > 10


# --- a server that was set back ---


def ready(live):
    import httpx2

    from sync.client.http import pinned_context

    with httpx2.Client(verify=pinned_context(live.tls.spki), trust_env=False) as client:
        return client.get(f"https://127.0.0.1:{live.port}/readyz").status_code


def test_a_log_that_ends_before_what_a_device_was_told_raises_the_alarm(warehouse, raw, live, expected_log):
    """The same time line, the cursor in order, the chains agree - but facts that were acknowledged are not there."""
    expected_log.append("was it restored")
    one = raw()
    op = one.op("scan.refused", 1, b'{"job":null,"text":"x","code":"y"}')
    assert one.post("/v1/sync/push", one.push_request([op]))[0] == 200
    head = one.store.ports().journal.head()
    honest = wire.OpenRequest(
        epoch=1, next_seq=head.next_seq, chain=head.chain, cursor="", schema=1, app="t", acked=op.seq
    )
    assert one.post("/v1/sync/open", honest)[0] == 200
    two = one.op("scan.refused", 1, b'{"job":null,"text":"x","code":"y"}')
    head = one.store.ports().journal.head()
    told_more = wire.OpenRequest(
        epoch=1, next_seq=head.next_seq, chain=head.chain, cursor="", schema=1, app="t", acked=two.seq
    )
    assert ready(live) == 200
    status, body = one.post("/v1/sync/open", told_more)
    assert (status, body["error"], body["retry_after_s"]) == (503, "busy", 10)
    assert ready(live) == 503
    assert warehouse.ask(select(Meta.epoch_confirmed)) == [False]
    # Nobody is given work meanwhile, and facts are still taken.
    warehouse.orders(1)
    claim = wire.ClaimRequest(claim_id="c" * 32, want=1, kinds=["pick"], capacity=1)
    reply = one.post("/v1/work/claim", claim)[1]
    assert (reply["leases"], reply["reason"]) == ([], "closed")
    assert reply["wait_s"] > 0
    assert one.post("/v1/sync/push", one.push_request([two]))[0] == 200
    assert warehouse.act(opening.restored) == 2
    assert ready(live) == 200


def test_real_devices_raise_it_by_themselves(warehouse, handheld, live, oms, until, expected_log):
    """A handheld whose last facts are missing at the server, and whose rows show nothing of it."""
    expected_log.append("was it restored")
    d = handheld().start()
    first = d.note(1)
    until(lambda: d.synced and warehouse.outcomes())
    lost = d.note(2)
    until(lambda: d.synced and len(warehouse.outcomes()) == 2)
    d.stop()
    device = d.ports.meta.identity().device_id
    chain = d.ports.journal.chain_at(1)
    with oms.sessions.begin() as db:
        # As an older copy of the tables would be: the log is shorter by one.
        db.execute(text("ALTER TABLE op DISABLE TRIGGER USER"))
        db.execute(text("DELETE FROM op_seq WHERE op_id = :op"), {"op": lost})
        db.execute(text("DELETE FROM op WHERE op_id = :op"), {"op": lost})
        db.execute(text("ALTER TABLE op ENABLE TRIGGER USER"))
        db.execute(
            text("UPDATE device SET last_seq = 1, chain = :chain WHERE id = :id"), {"chain": chain, "id": device}
        )
    d.start()
    until(lambda: warehouse.ask(select(Meta.epoch_confirmed)) == [False])
    warehouse.act(opening.restored)
    d.sync.link_up()
    until(lambda: set(warehouse.outcomes()) == {first, lost} and d.synced)
    assert d.ports.meta.identity().epoch == 2
    assert [state for _, _, state, _ in d.journal()] == ["acked", "acked"]


def test_a_certain_job_is_not_given_out_either_until_the_devices_are_back(warehouse, raw):
    """Somebody else may have it in hand, and only they know."""
    mine, other = raw(), raw()
    held, free = warehouse.orders(2)

    def claim(one, job, id):
        asked = wire.ClaimRequest(claim_id=id * 32, want=1, kinds=["pick"], capacity=3, job=job)
        return one.post("/v1/work/claim", asked)[1]

    assert claim(mine, held, "a")["leases"]
    warehouse.act(opening.restored)
    answer = claim(other, free, "b")
    assert (answer["leases"], answer["reason"]) == ([], "closed")
    assert 590 < answer["wait_s"] <= 600
    assert claim(other, held, "d")["reason"] == "taken"
    # What the server knows to be one's own it may give again.
    assert claim(mine, held, "e")["leases"]


@pytest.fixture
def replica(live, live_class, database_url, tmp_path):
    """A second server on the same database."""
    oms = open_oms(database_url, spki=live.oms.spki)
    second = live_class(oms, live.tls)
    second.start()
    yield second
    second.stop()
    oms.close()


def test_every_replica_hears_of_a_new_time_line(warehouse, raw, live, replica, until):
    """Said on one of them, or on the command line: the other does not go on with the time line it knew at its start."""
    one = raw()

    def epoch_there():
        import httpx2

        from sync.client.http import pinned_context

        with httpx2.Client(verify=pinned_context(live.tls.spki), trust_env=False) as client:
            return client.get(f"https://127.0.0.1:{replica.port}/v1/sync/pull").json()["epoch"]

    assert one.post("/v1/sync/open", b"{}")[0] == 400
    until(lambda: epoch_there() == 1)
    warehouse.act(opening.restored)
    until(lambda: epoch_there() == 2)


def test_a_poll_that_waits_is_told_of_the_new_time_line_at_once(warehouse, handheld, until):
    d = handheld().start()
    until(lambda: d.synced)
    began = time.monotonic()
    with warehouse.oms.sessions.begin() as db:
        # Without a version, as an operator's own SQL would do it.
        db.execute(text("UPDATE meta SET epoch = epoch + 1"))
    until(lambda: d.ports.meta.identity().epoch == 2, 20)
    # Sooner than the poll would have ended by itself.
    assert time.monotonic() - began < MAX_PULL_WAIT_S


# --- news between processes ---


def test_news_are_told_at_most_twenty_times_a_second_and_never_missed(warehouse, live):
    """A storm of commits; whoever listens hears few notices, and the last of them tells of the last commit."""
    heard = []
    with connect_beside(warehouse.oms.engine) as listener:
        listener.execute("LISTEN floorhand_feed")
        began = time.monotonic()
        ver = 0
        while time.monotonic() - began < 1.5:

            def touch(w):
                w.touch("item", "TEA")
                return w

            ver = warehouse.act(touch).ver
        for notice in listener.notifies(timeout=5, stop_after=None):
            heard.append(notice.payload)
            if notice.payload == f"{warehouse.site} {ver}":
                break
        seconds = time.monotonic() - began
    assert ver > 60
    assert heard[-1] == f"{warehouse.site} {ver}"
    assert len(heard) <= 20 * seconds + 2


def test_news_that_met_a_broken_connection_are_told_over_the_next(warehouse, live, until, expected_log):
    expected_log.append("feed-notify")

    def touch(w):
        w.touch("item", "TEA")
        return w

    def tellers(db):
        return db.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'SELECT pg_notify%'"
        ).fetchall()

    with connect_beside(warehouse.oms.engine) as listener, connect_beside(warehouse.oms.engine) as admin:
        listener.execute("LISTEN floorhand_feed")
        warehouse.act(touch)
        [(pid,)] = until(lambda: tellers(admin))
        admin.execute("SELECT pg_terminate_backend(%s)", (pid,))
        ver = warehouse.act(touch).ver
        payloads = [notice.payload for notice in listener.notifies(timeout=8, stop_after=2)]
    assert payloads[-1] == f"{warehouse.site} {ver}"
