"""The copy of the server's rows: page by page, whole or not at all, found by what people scan."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from app.store import rows
from app.store.store import Store
from app.store.sync_ports import sync_ports
from sync.contract import digest
from sync.contract.codes import BinKind, JobKind, JobState, ParcelState, WorkState
from sync.contract.facts import ExceptionAck
from sync.contract.rows import BinRow, ItemRow, JobRow, PackCode, ParcelRow, WorkRow
from sync.contract.wire import Change, PullReply


def job(id="j1", **more):
    values = {
        "kind": JobKind.PICK,
        "method": "single",
        "state": JobState.OPEN,
        "priority": 3,
        "orders": ["O1"],
        "lines": 1,
        "units": 1,
    }
    return JobRow(id=id, **{**values, **more})


def work(id="w1", job="j1"):
    return WorkRow(
        id=id, job=job, kind=JobKind.PICK, order="O1", sku="A", qty_req=2, qty_done=0, state=WorkState.OPEN, seq=1,
        from_bin="B-1",
    )  # fmt: skip


def found(store, type, by, key):
    with store.look() as u:
        return [row.id for row in u.rows.find(type, by, key)]


def test_live_jobs_come_in_the_order_in_which_they_go_out(store, ports, feed):
    late, soon, none = (job("late", cut_off="2026-11-22T18:00"), job("soon", cut_off="2026-11-22T16:00"), job("none"))
    urgent, over = job("urgent", priority=1), job("over", priority=1, state=JobState.DONE)
    last, other = job("last", priority=12), job("other", kind=JobKind.SORT)
    ports.rows.apply_page(feed.page(late, soon, none, urgent, over, last, other))
    with store.look() as u:
        ranked = [row.id for row in u.rows.ranked(JobRow, "live pick", 99)]
        assert [row.id for row in u.rows.ranked(JobRow, "live pick", 2)] == ranked[:2]
    assert ranked == ["urgent", "soon", "late", "none", "last"]
    ports.rows.apply_page(feed.page(job("urgent", priority=1, state=JobState.CANCELLED)))
    with store.look() as u:
        assert [row.id for row in u.rows.ranked(JobRow, "live pick", 1)] == ["soon"]


def test_a_page_is_written_with_its_cursor(store, ports, feed, item):
    assert ports.rows.cursor() == ""
    assert ports.rows.apply_page(feed.page(item, BinRow(id="B-1", zone="A", kind=BinKind.PICK, seq=1))) == {
        "item",
        "bin",
    }
    assert ports.rows.cursor() == "c1"
    with store.look() as u:
        assert u.rows.get(ItemRow, "SKU-1") == item
        assert u.rows.get(ItemRow, "SKU-2") is None
        assert [row.id for row in u.rows.all(BinRow)] == ["B-1"]


def test_a_page_for_another_cursor_does_nothing(ports, feed, item):
    first = feed.page(item)
    assert ports.rows.apply_page(feed.page()) is None
    assert ports.rows.apply_page(first) == {"item"}
    assert ports.rows.apply_page(first) is None


def test_scans_find_rows(store, ports, feed, item):
    parcel = ParcelRow(
        id="p1", order="O1", number=1, sscc="340123450000000018", carrier="DHL", service="x", tracking="JD1",
        state=ParcelState.PLANNED,
    )  # fmt: skip
    ports.rows.apply_page(feed.page(item, job(tote="T-1"), job("j2"), work(), work("w2"), work("w3", "j2"), parcel))
    for code in ("SKU-1", "04006381333931", "14006381333938"):
        assert found(store, ItemRow, "code", code) == ["SKU-1"]
    assert found(store, JobRow, "tote", "T-1") == ["j1"]
    assert found(store, JobRow, "order", "O1") == ["j1", "j2"]
    assert found(store, WorkRow, "job", "j1") == ["w1", "w2"]
    assert found(store, WorkRow, "order", "O1") == ["w1", "w2", "w3"]
    assert found(store, ParcelRow, "code", "340123450000000018") == found(store, ParcelRow, "code", "JD1") == ["p1"]
    assert found(store, ParcelRow, "order", "O1") == ["p1"]


def test_a_scan_never_walks_through_the_rows(store, ports, feed, item):
    ports.rows.apply_page(feed.page(item))
    with store.look() as u:
        asked = str(rows._FOUND.compile(compile_kwargs={"literal_binds": False}))
        plan = u.meta._db.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", {"e": "item", "by": "code", "key": "x"})
        steps = [step.detail for step in plan]
    assert [step.split(" ")[:2] for step in steps] == [["SEARCH", "row_key"], ["SEARCH", "row"]]


def test_keys_follow_their_row(store, ports, feed, item):
    ports.rows.apply_page(feed.page(item, job(tote="T-1")))
    ports.rows.apply_page(feed.page(msgspec.structs.replace(item, codes=[PackCode(gtin="9")]), job(tote="T-2")))
    assert found(store, ItemRow, "code", "04006381333931") == []
    assert found(store, ItemRow, "code", "9") == ["SKU-1"]
    assert found(store, JobRow, "tote", "T-1") == []
    ports.rows.apply_page(feed.page(gone=[("item", "SKU-1"), ("job", "never-known")]))
    assert found(store, ItemRow, "code", "9") == []


def test_an_older_version_never_replaces_a_newer_one(store, ports, feed, item):
    ports.rows.apply_page(feed.page(item))
    ports.rows.apply_page(feed.page(msgspec.structs.replace(item, name="new")))
    stale = Change(e="item", id="SKU-1", v=1, d=msgspec.Raw(msgspec.json.encode(item)))
    page = feed.page()
    ports.rows.apply_page(msgspec.structs.replace(page, changes=[stale]))
    with store.look() as u:
        assert u.rows.get(ItemRow, "SKU-1").name == "new"


def test_what_this_app_does_not_know_is_skipped_and_what_it_cannot_read_raises(ports, feed):
    page = feed.page()
    strange = Change(e="drone", id="1", v=1, d=msgspec.Raw(b"{}"))
    assert ports.rows.apply_page(msgspec.structs.replace(page, changes=[strange])) == frozenset()
    page = feed.page()
    broken = Change(e="item", id="1", v=2, d=msgspec.Raw(b'{"id":"1"}'))
    with pytest.raises(msgspec.ValidationError):
        ports.rows.apply_page(msgspec.structs.replace(page, changes=[broken]))
    assert ports.rows.cursor() == "c1"


def test_reset_drops_rows_and_keeps_the_log(store, ports, feed, item):
    ports.rows.apply_page(feed.page(item))
    with store.unit() as u:
        u.record(ExceptionAck(exception="x"))
    ports.rows.reset()
    assert (ports.rows.cursor(), ports.rows.digest(), ports.journal.pending_count()) == ("", "0" * 16, 1)
    assert found(store, ItemRow, "code", "SKU-1") == []


@settings(max_examples=30)
@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["bin", "work"]), st.booleans()), max_size=4),
        max_size=8,
    )
)
def test_the_digest_is_that_of_the_live_rows(tmp_path_factory, new_clock, pages):
    store = Store(tmp_path_factory.mktemp("rows"), new_clock(), 4096)
    try:
        rows = sync_ports(store).rows
        live = {}
        for n, wanted in enumerate(pages, start=1):
            changes = {}
            for id, e, keep in wanted:
                body = BinRow(id=id, zone="Z", kind=BinKind.PICK, seq=1) if e == "bin" else work(id)
                raw = msgspec.Raw(msgspec.json.encode(body)) if keep else None
                changes[(e, id)] = Change(e=e, id=id, v=n, d=raw)
                live.pop((e, id), None)
                if keep:
                    live[(e, id)] = n
            rows.apply_page(
                PullReply(
                    from_=rows.cursor(), to=str(n), head=n, more=False, changes=list(changes.values()), epoch=1,
                    server_time="", through=n,
                )
            )  # fmt: skip
            assert rows.digest() == digest.of((e, id, v) for (e, id), v in live.items())
    finally:
        store.close()


def asked_of(store):
    """Counts statements; what is remembered asks for none."""
    seen = []
    event.listen(store._connection, "before_cursor_execute", lambda *said: seen.append(said[2]))
    return lambda: [text for text in seen if '"row"' in text]


def test_a_row_is_read_once_until_a_page_brings_it_anew(store, ports, feed):
    ports.rows.apply_page(feed.page(job(), work()))
    asked = asked_of(store)
    for _ in range(3):
        with store.look() as u:
            assert u.rows.get(JobRow, "j1").priority == 3
            assert [row.id for row in u.rows.find(WorkRow, "job", "j1")] == ["w1"]
            assert u.rows.get(JobRow, "nobody") is None
    assert len(asked()) == 3
    # Whoever changes what was found changes nothing for the next.
    with store.look() as u:
        u.rows.find(WorkRow, "job", "j1").clear()
    assert found(store, WorkRow, "job", "j1") == ["w1"]
    ports.rows.apply_page(feed.page(job(priority=1), job("nobody"), work("w2"), gone=[("work", "w1")]))
    with store.look() as u:
        assert u.rows.get(JobRow, "j1").priority == 1
        assert u.rows.get(JobRow, "nobody") is not None
    assert found(store, WorkRow, "job", "j1") == ["w2"]


def test_what_a_page_wrote_that_did_not_stay_is_not_remembered(store, ports, feed):
    ports.rows.apply_page(feed.page(job()))

    def half(u):
        u.rows.apply(feed.page(job(priority=1), work()))
        assert u.rows.get(JobRow, "j1").priority == 1
        assert u.rows.find(WorkRow, "job", "j1")
        raise ZeroDivisionError

    with store.look() as u:
        assert u.rows.get(JobRow, "j1").priority == 3
    with pytest.raises(ZeroDivisionError):
        store.run(half)
    with store.look() as u:
        assert u.rows.get(JobRow, "j1").priority == 3
    assert found(store, WorkRow, "job", "j1") == []


def test_only_so_much_is_remembered(store, ports, feed, monkeypatch):
    monkeypatch.setattr(rows, "_MOST_KNOWN", 10)
    ports.rows.apply_page(feed.page(*(job(f"j{n}") for n in range(40))))
    with store.look() as u:
        u.rows._room = 10
        for n in range(40):
            assert u.rows.get(JobRow, f"j{n}").id == f"j{n}"
        assert sum(map(len, u.rows._known.values())) <= 10
    store.run(lambda u: u.rows.reset())
    with store.look() as u:
        assert u.rows.get(JobRow, "j39") is None
