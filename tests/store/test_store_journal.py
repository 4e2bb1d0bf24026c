"""The log: dense, chained, never a fact lost, pruned only by the rule."""

from dataclasses import replace

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.store.journal import KEEP_MS, NotPaired
from app.store.store import Store
from app.store.sync_ports import WaitingForAnother, sync_ports
from sync.client.ports import Identity, JournalHead
from sync.contract.chain import chain_next, chain_start, content_hash
from sync.contract.codes import Outcome
from sync.contract.facts import PickConfirm, ScanRefused, ToteBind
from sync.contract.wire import Lease, Notice, OpResult, PullReply


def confirm(n=1, job="j1"):
    return PickConfirm(job=job, sku="A", qty=n, from_bin="B-1", tote="T-1")


@pytest.fixture
def write(store):
    def some(count, job="j1", item=None):
        for _ in range(count):
            with store.unit() as u:
                u.record(confirm(job=job), item)

    return some


def results(ops, outcome=Outcome.APPLIED, ver=1, **more):
    return [OpResult(seq=op.seq, op_id=op.op_id, outcome=outcome, ver=ver, **more) for op in ops]


def check_chain(ports, device="dev-1", first=1):
    chain = ports.journal.chain_at(first - 1)
    for seq, op in enumerate(ports.journal.pending(10_000, 10**9), start=first):
        assert op.seq == seq
        digest = content_hash(op.kind, op.v, op.item, op.token, op.session, bytes(op.body))
        chain = chain_next(chain, op.op_id, digest)
        assert ports.journal.chain_at(seq) == chain
    assert ports.journal.head().chain == chain


def test_before_pairing_there_is_no_log(store):
    with pytest.raises(NotPaired), store.unit() as u:
        u.record(confirm())


def test_an_empty_log_starts_at_one(ports):
    assert ports.journal.head() == JournalHead(1, chain_start("dev-1"))
    assert ports.journal.chain_at(0) == chain_start("dev-1")
    assert (ports.journal.pending(10, 10), ports.journal.pending_count()) == ([], 0)
    assert ports.journal.oldest_pending_ms() is None


def test_facts_are_numbered_and_chained(ports, write):
    write(5)
    assert ports.journal.head().next_seq == 6
    check_chain(ports)


def test_an_op_says_who_what_when_and_under_which_right(store, ports, clock, person):
    ports.leases.store([Lease(lease_id="l1", item="w1", job="j1", token=(1, 7), ttl_s=900)], 0.0, "boot-1")
    with store.unit() as u:
        u.people.sign_in(person)
        u.record(confirm(2), "w1")
    [op] = ports.journal.pending(1, 1)
    assert (op.kind, op.v, op.item, op.token, op.session) == ("pick.confirm", 1, "w1", (1, 7), "session-1")
    assert (op.t.wall, op.t.mono, op.t.boot) == (clock.wall, 1_000_000, "boot-1")
    assert msgspec.json.decode(op.body, type=PickConfirm) == confirm(2)


def test_a_unit_of_work_that_fails_leaves_no_fact_and_no_number(store, ports, write):
    write(1)

    def half():
        with store.unit() as u:
            u.record(confirm())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert ports.journal.head().next_seq == 2
    write(1)
    check_chain(ports)


def test_pages_of_pending_ops(ports, write):
    write(10)
    size = len(bytes(ports.journal.pending(1, 1)[0].body))
    assert [op.seq for op in ports.journal.pending(4, 10**6)] == [1, 2, 3, 4]
    assert len(ports.journal.pending(10, size * 3)) == 3
    assert len(ports.journal.pending(10, 1)) == 1


def test_acknowledged_ops_stay_but_are_not_sent_again(ports, write):
    write(3)
    ops = ports.journal.pending(10, 10**6)
    ports.journal.record_results(results(ops[:2]), 2, "x", 0)
    assert [op.seq for op in ports.journal.pending(10, 10**6)] == [3]
    assert ports.journal.pending_count() == 1
    assert ports.journal.chain_at(2) is not None
    stranger = OpResult(seq=9, op_id="f" * 32, outcome=Outcome.APPLIED, ver=1)
    ports.journal.record_results([stranger], 9, "x", 0)
    assert ports.journal.pending_count() == 1


def test_the_age_of_the_oldest(ports, write, clock):
    write(1)
    clock.pass_time(90)
    write(1)
    assert ports.journal.oldest_pending_ms() == 90_000
    clock.wall -= 10**9
    assert ports.journal.oldest_pending_ms() == 0


# --- overlay ---


def overlay(store):
    with store.look() as u:
        return [logged.seq for logged in u.journal.unsettled()]


def test_a_fact_leaves_the_overlay_with_the_rows_that_contain_it(store, ports, write, feed):
    write(2)
    ops = ports.journal.pending(10, 10**6)
    assert overlay(store) == [1, 2]
    ports.journal.record_results([*results(ops[:1], ver=1), *results(ops[1:], ver=2)], 2, "x", 0)
    assert overlay(store) == [1, 2]
    ports.rows.apply_page(feed.page())
    assert overlay(store) == [2]
    ports.rows.apply_page(feed.page())
    assert overlay(store) == []


def test_a_fact_acknowledged_after_its_rows_came_leaves_at_once(store, ports, write, feed):
    write(1)
    ports.rows.apply_page(feed.page())
    ports.journal.record_results(results(ports.journal.pending(9, 9), ver=1), 1, "x", 0)
    assert overlay(store) == []


def test_the_overlay_by_job_and_kind(store, ports, write):
    write(1, job="j1")
    write(1, job="j2")
    with store.unit() as u:
        u.record(ToteBind(job="j2", tote="T-2"))
    with store.look() as u:
        assert [f.seq for f in u.journal.unsettled("j2")] == [2, 3]
        assert [f.fact.tote for f in u.journal.unsettled(None, "tote.bind")] == ["T-2"]


# --- notices ---


def test_notices_are_filed_once(store, ports, write):
    write(2)
    ops = ports.journal.pending(10, 10**6)
    put_back = Notice(action="put_back", params={"qty": 3, "sku": "A", "bin": "B-1"}, exception="x1")
    sent = [*results(ops[:1], Outcome.DIVERTED, notice=put_back), *results(ops[1:], Outcome.PARKED)]
    ports.journal.record_results(sent, 2, "x", 0)
    ports.journal.record_results(sent, 2, "x", 0)
    with store.unit() as u:
        first, second = u.notices.waiting()
        assert (first.action, first.params["qty"], first.exception) == ("put_back", 3, "x1")
        assert second.action == "saved_support_informed"
        u.notices.acknowledge(first.id)
    with store.look() as u:
        assert [n.id for n in u.notices.waiting()] == [second.id]


def test_notes_that_ask_for_nothing_do_not_pile_up(store, ports, write):
    write(3)
    ops = ports.journal.pending(10, 10**6)
    late = Notice(action="applied_late")
    ports.journal.record_results(results(ops[:2], Outcome.APPLIED_LATE, notice=late), 2, "x", 0)
    with store.unit() as u:
        [note] = u.notices.waiting()
        u.notices.acknowledge(note.id)
    ports.journal.record_results(results(ops[2:], Outcome.APPLIED_LATE, notice=late), 3, "x", 0)
    with store.look() as u:
        assert len(u.notices.waiting()) == 1


# --- the server went back in time, or the log forked ---


def test_rewind_makes_what_the_server_forgot_pending_again(store, ports, write):
    write(4)
    ops = ports.journal.pending(10, 10**6)
    ports.journal.record_results(results(ops[:3], ver=99), 3, "x", 0)
    ports.journal.rewind(1)
    again = ports.journal.pending(10, 10**6)
    assert [(op.seq, op.op_id) for op in again] == [(op.seq, op.op_id) for op in ops[1:]]
    assert overlay(store) == [2, 3, 4]


def test_a_new_identity_keeps_every_op_id_and_makes_a_new_chain(store, ports, write):
    write(6)
    ops = ports.journal.pending(10, 10**6)
    ports.journal.record_results(results(ops[:4]), 4, "x", 0)
    ports.journal.resubmit_under("dev-2")
    again = ports.journal.pending(10, 10**6)
    assert [op.op_id for op in again] == [op.op_id for op in ops]
    assert ports.meta.identity().device_id == "dev-2"
    assert ports.journal.chain_at(0) == chain_start("dev-2")
    check_chain(ports)
    write(1)
    check_chain(ports)


def test_a_new_identity_after_pruning_starts_at_one_again(ports, write, clock):
    write(4)
    ops = ports.journal.pending(10, 10**6)
    clock.wall += KEEP_MS + 1
    ports.journal.record_results(results(ops[:2], ver=0), 2, "x", 2)
    ports.journal.resubmit_under("dev-2")
    assert [op.seq for op in ports.journal.pending(10, 10**6)] == [1, 2]
    check_chain(ports)


def test_pairing_anew_with_the_same_centre_keeps_the_log(ports, write, identity):
    write(2)
    ids = [op.op_id for op in ports.journal.pending(9, 10**6)]
    ports.meta.save_identity(replace(identity, device_id="dev-9"))
    assert [op.op_id for op in ports.journal.pending(9, 10**6)] == ids
    check_chain(ports)


def test_another_centre_gets_no_facts_that_wait_for_the_first(store, ports, write, identity, feed, item):
    ports.rows.apply_page(feed.page(item))
    write(1)
    other = replace(identity, cluster_id="cluster-2", device_id="dev-x")
    with pytest.raises(WaitingForAnother):
        ports.meta.save_identity(other)
    ports.journal.record_results(results(ports.journal.pending(9, 9)), 1, "x", 0)
    ports.meta.save_identity(other)
    assert ports.journal.head() == JournalHead(1, chain_start("dev-x"))
    assert (ports.rows.cursor(), ports.rows.digest()) == ("", "0" * 16)


# --- pruning ---


@pytest.mark.parametrize(
    ("acked", "durable", "age", "settled", "pruned"),
    [(4, 4, KEEP_MS + 1, True, 4), (2, 4, KEEP_MS + 1, True, 2), (4, 3, KEEP_MS + 1, True, 3), (4, 4, 5, True, 0),
     (4, 4, KEEP_MS + 1, False, 0), (0, 4, KEEP_MS + 1, True, 0)],
)  # fmt: skip
def test_only_what_is_acknowledged_backed_up_old_and_in_the_rows_goes(
    ports, write, clock, acked, durable, age, settled, pruned
):
    write(4)
    ops = ports.journal.pending(10, 10**6)
    links = [ports.journal.chain_at(n) for n in range(5)]
    clock.wall += age
    ports.journal.record_results(results(ops[:acked], ver=0 if settled else 50), acked, "x", durable)
    assert [ports.journal.chain_at(n) is None for n in range(1, 5)] == [n < pruned for n in range(1, 5)]
    assert ports.journal.chain_at(pruned) == links[pruned]
    write(1)
    assert ports.journal.head().next_seq == 6
    if acked < 4:
        assert ports.journal.pending(10, 10**6)[0].seq == acked + 1


@settings(max_examples=25)
@given(st.lists(st.sampled_from(["write", "ack", "page", "rewind", "refork", "prune"]), max_size=25))
def test_whatever_happens_no_pending_op_is_lost_and_the_chain_holds(tmp_path_factory, new_clock, acts):
    clock = new_clock()
    store = Store(tmp_path_factory.mktemp("j"), clock, 4096)
    try:
        ports = sync_ports(store)
        ports.meta.save_identity(Identity("d0", "M", "c", 1, "ab" * 32, ()))
        written, pruned_through = [], 0
        for n, act in enumerate(acts):
            pending = ports.journal.pending(100, 10**6)
            if act == "write":
                with store.unit() as u:
                    u.record(ScanRefused(job=None, text=str(n), code="x"))
                written.append(ports.journal.pending(100, 10**6)[-1].op_id)
            elif act == "ack" and pending:
                ports.journal.record_results(results(pending[:2], ver=0), pending[0].seq, "x", 0)
            elif act == "rewind":
                ports.journal.rewind(max(pruned_through, ports.journal.head().next_seq // 2))
            elif act == "refork":
                ports.journal.resubmit_under(f"d{n}")
                pruned_through = 0
            elif act == "prune":
                clock.wall += KEEP_MS + 1
                ports.journal.record_results([], 0, "x", ports.journal.head().next_seq - 1)
                first = ports.journal.pending(1, 1)
                pruned_through = (first[0].seq if first else ports.journal.head().next_seq) - 1
            elif act == "page":
                ports.rows.apply_page(
                    PullReply(
                        from_=ports.rows.cursor(),
                        to=f"c{n}",
                        head=n,
                        more=False,
                        changes=[],
                        epoch=1,
                        server_time="",
                        through=n,
                    )
                )
            now = [op.op_id for op in ports.journal.pending(1000, 10**7)]
            assert [id for id in written if id in now] == now
            if act in ("rewind", "refork", "write"):
                pending = ports.journal.pending(1000, 10**7)
                if pending:
                    check_chain(ports, first=pending[0].seq)
    finally:
        store.close()
