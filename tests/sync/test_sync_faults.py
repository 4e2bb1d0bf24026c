"""Directed faults that need two devices, a second copy of a device, a server set back, or a client that misbehaves (`sync.md` b.10)."""

import copy
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import msgspec
import psycopg
import pytest
from sqlalchemy import select

from oms.db.work import Actor
from oms.feed import ingest, opening
from oms.feed.models import DeadLetter, Meta, Op
from oms.people import trust
from oms.people.models import Device
from sync.client.ports import Identity
from sync.client.status import ClaimPolicy, Trouble
from sync.contract import facts, wire

pytestmark = pytest.mark.postgres
PICKER = ClaimPolicy(kinds=("pick",), capacity=1)


def note(n):
    """A fact without effect on stock."""
    return facts.ScanRefused(job=None, text=f"scan {n}", code="unknown_code")


def test_the_same_push_from_sixteen_connections_at_once(warehouse, raw, live):
    warehouse.orders(1)
    one = raw()
    status, claim = one.post(
        "/v1/work/claim", wire.ClaimRequest(claim_id=uuid4().hex, want=1, kinds=["pick"], capacity=1)
    )
    assert status == 200
    lease = claim["leases"][0]
    item = next(i for i in warehouse.items_of(lease["job"]) if i.id == lease["item"])
    body = facts.PickConfirm(job=item.job_id, sku=item.sku, qty=1, from_bin=item.from_bin, tote="T-1")
    op = one.store.append(uuid4().hex, body, item.id, tuple(lease["token"]))
    request = one.push_request([op])
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: one.post("/v1/sync/push", request), range(16)))
    assert {status for status, _ in answers} == {200}
    results = [body["results"][0] for _, body in answers]
    assert sum(not r["duplicate"] for r in results) == 1
    assert {(r["outcome"], r["ver"] > 0) for r in results} == {("applied", True)}
    assert len({r["ver"] for r in results}) == 1
    assert warehouse.balance("tote:T-1", item.sku) == 1
    warehouse.check()


def test_a_fact_after_the_lease_ran_out_counts_late_while_nobody_else_has_it(warehouse, raw):
    one, other = raw(), raw()
    [job] = warehouse.orders(1)
    claim = wire.ClaimRequest(claim_id=uuid4().hex, want=1, kinds=["pick"], capacity=1)
    tokens = {le["item"]: tuple(le["token"]) for le in one.post("/v1/work/claim", claim)[1]["leases"]}
    tea, cup = warehouse.items_of(job)

    def pick(item):
        body = facts.PickConfirm(job=job, sku=item.sku, qty=1, from_bin=item.from_bin, tote="T-1")
        op = one.store.append(uuid4().hex, body, item.id, tokens[item.id])
        return one.post("/v1/sync/push", one.push_request([op]))[1]["results"][0]

    warehouse.let_leases_run_out()
    assert pick(cup)["outcome"] == "applied_late"
    warehouse.let_leases_run_out()
    again = wire.ClaimRequest(claim_id=uuid4().hex, want=1, kinds=["pick"], capacity=1)
    assert other.post("/v1/work/claim", again)[1]["leases"]
    result = pick(tea)
    assert (result["outcome"], result["notice"]["action"]) == ("diverted", "put_back")
    assert warehouse.balance("tote:T-1", "CUP") == 1
    assert warehouse.balance("tote:T-1", "TEA") == 0
    warehouse.check()


def test_a_gap_is_refused_with_where_the_log_stands(warehouse, raw):
    one = raw()
    ops = [one.store.append(uuid4().hex, note(n), None, None) for n in range(4)]
    status, body = one.post("/v1/sync/push", one.push_request(ops[2:]))
    assert (status, body["error"], body["last_seq"]) == (409, "gap", 0)
    assert one.post("/v1/sync/push", one.push_request(ops[:3]))[0] == 200
    status, body = one.post("/v1/sync/push", one.push_request(ops[1:]))
    assert [r["duplicate"] for r in body["results"]] == [True, True, False]
    assert body["last_seq"] == 4
    warehouse.check()


def test_another_link_or_another_op_under_a_known_number_is_a_fork(warehouse, raw):
    one = raw()
    ops = [one.store.append(uuid4().hex, note(n), None, None) for n in range(2)]
    assert one.post("/v1/sync/push", one.push_request(ops))[0] == 200
    third = one.store.append(uuid4().hex, note(2), None, None)
    assert one.post("/v1/sync/push", one.push_request([third], prev="0" * 64))[1]["error"] == "fork"
    other = msgspec.structs.replace(ops[1], op_id=uuid4().hex)
    assert one.post("/v1/sync/push", one.push_request([other]))[1]["error"] == "fork"
    assert len(warehouse.outcomes()) == 2
    warehouse.check()


def test_an_op_id_with_other_content_is_refused_and_what_came_before_is_kept(warehouse, raw):
    one = raw()
    first = one.store.append(uuid4().hex, note(1), None, None)
    assert one.post("/v1/sync/push", one.push_request([first]))[0] == 200
    second = one.store.append(uuid4().hex, note(2), None, None)
    reused = one.store.append(first.op_id, note(3), None, None)
    status, body = one.post("/v1/sync/push", one.push_request([second, reused]))
    assert (status, len(body["results"]), body["last_seq"]) == (200, 1, 2)
    assert one.post("/v1/sync/push", one.push_request([reused]))[1]["error"] == "id_reuse"
    warehouse.check()


def test_a_push_of_another_time_line_is_told_where_the_log_stands(warehouse, raw):
    one = raw()
    op = one.store.append(uuid4().hex, note(1), None, None)
    warehouse.act(opening.restored)
    status, body = one.post("/v1/sync/push", one.push_request([op], epoch=1))
    assert (status, body["error"], body["epoch"], body["last_seq"]) == (409, "epoch", 2, 0)
    assert not warehouse.outcomes()
    assert one.post("/v1/sync/push", one.push_request([op], epoch=2))[0] == 200


@pytest.mark.parametrize(
    "break_it",
    [
        lambda r: msgspec.structs.replace(r, first_seq=0),
        lambda r: msgspec.structs.replace(r, first_seq=2),
        lambda r: msgspec.structs.replace(r, prev_chain="xyz"),
        lambda r: msgspec.structs.replace(r, ops=[msgspec.structs.replace(r.ops[0], op_id="A" * 32)]),
    ],
)
def test_what_cannot_be_a_log_is_refused_whole(warehouse, raw, break_it):
    one = raw()
    op = one.store.append(uuid4().hex, note(1), None, None)
    status, body = one.post("/v1/sync/push", break_it(one.push_request([op])))
    assert (status, body["error"]) == (400, "envelope")
    assert not warehouse.outcomes()


def test_poison_in_the_middle_of_a_hundred(warehouse, raw, expected_log):
    expected_log += ["parked op"]
    one = raw()
    poison = {
        20: ("pick.confirm", 99, b'{"job":"x"}'),
        40: ("pick.confirm", 1, b'{"job":"x"}'),
        60: ("scan.refused", 1, b'{"job":null,"text":"a\\u0000b","code":"x"}'),
        80: ("pick.confirm", 1, b'{"job":"j","sku":"TEA","qty":99999999999999999999999,"from_bin":"A-01","tote":"T"}'),
    }
    ops = [
        one.op(*poison[n]) if n in poison else one.store.append(uuid4().hex, note(n), None, None) for n in range(100)
    ]
    status, body = one.post("/v1/sync/push", one.push_request(ops))
    assert (status, body["last_seq"]) == (200, 100)
    outcomes = [r["outcome"] for r in body["results"]]
    # A zero byte from a scanner is no poison, only awkward to store.
    assert [n for n, outcome in enumerate(outcomes) if outcome == "parked"] == [20, 40, 80]
    assert outcomes.count("applied") == 97
    assert {r["notice"]["action"] for r in body["results"] if r["outcome"] == "parked"} == {"saved_support_informed"}
    letters = warehouse.ask(select(DeadLetter).order_by(DeadLetter.seq))
    assert [letter.seq for letter in letters] == [21, 41, 81]
    again = one.post("/v1/sync/push", one.push_request(ops))[1]
    assert all(r["duplicate"] for r in again["results"])
    assert len(warehouse.ask(select(DeadLetter))) == 3
    warehouse.check()


@pytest.mark.parametrize("at", [0, 3, 7, 8])
def test_what_poison_takes_back_is_done_again_just_once(warehouse, raw, expected_log, at):
    """The facts of a push share a savepoint until one of them makes trouble."""
    expected_log += ["parked op"]
    one = raw()
    [job] = warehouse.orders(1, [("TEA", 6)])
    claim = wire.ClaimRequest(claim_id=uuid4().hex, want=1, kinds=["pick"], capacity=1)
    [lease] = one.post("/v1/work/claim", claim)[1]["leases"]
    [tea] = warehouse.items_of(job)
    before = warehouse.balance(f"bin:{tea.from_bin}")
    pick = facts.PickConfirm(job=job, sku="TEA", qty=1, from_bin=tea.from_bin, tote="T-1")
    undo = facts.PickUndo(job=job, sku="TEA", qty=1, from_bin=tea.from_bin, tote="T-1")
    ops = []
    for n, body in enumerate([pick, pick, undo, pick, pick, pick, pick, pick]):
        if n == at:
            ops.append(one.op("pick.confirm", 1, b'{"job":"x"}'))
        ops.append(one.store.append(uuid4().hex, body, tea.id, tuple(lease["token"])))
    if at == len(ops):
        ops.append(one.op("pick.confirm", 1, b'{"job":"x"}'))
    status, answer = one.post("/v1/sync/push", one.push_request(ops))
    assert (status, answer["last_seq"]) == (200, 9)
    assert [n for n, r in enumerate(answer["results"]) if r["outcome"] != "applied"] == [at]
    assert warehouse.items_of(job)[0].qty_done == 6
    assert (warehouse.balance("tote:T-1"), warehouse.balance(f"bin:{tea.from_bin}")) == (6, before - 6)
    assert [letter.seq for letter in warehouse.ask(select(DeadLetter))] == [at + 1]
    warehouse.check()


def test_a_cloned_device(warehouse, device, until):
    """Both copies go on working; each ends up under an identity of its own, and no scan is lost or counts twice."""
    jobs = warehouse.orders(2)
    d = device(PICKER)
    until(lambda: len(d.store.leases) == 2 and d.synced)
    job = next(iter(d.store.leases.values())).job
    assert job in jobs
    d.stop()
    clone = type(d)(store=copy.deepcopy(d.store), policy=PICKER)
    by_original = d.pick(d.work_of(job)[0])
    by_clone = clone.pick(clone.work_of(job)[0])
    d.start()
    until(lambda: d.outcome(by_original))
    clone.start()
    until(lambda: clone.outcome(by_clone))
    until(lambda: d.synced and clone.synced)
    also = d.store.append(uuid4().hex, note(1), None, None)
    d.sync.wake()
    until(lambda: d.outcome(also.op_id))
    clone.stop()
    names = {d.store.identity.device_id, clone.store.identity.device_id}
    assert len(names) == 2
    assert d.outcome(by_original) == "applied"
    assert clone.outcome(by_clone) == "diverted"
    status = dict(warehouse.oms.sessions().execute(select(Device.id, Device.status)).all())
    assert sorted(s.value for s in status.values()) == ["active", "active", "forked"]
    assert {by_original, by_clone, also.op_id} <= set(warehouse.outcomes())
    warehouse.check()


class Restore:
    """Copies the whole database aside, and puts the copy back later."""

    def __init__(self, oms, live, postgres):
        self.oms, self.live = oms, live
        self.name = oms.engine.url.database
        self.where = f"host={postgres.url('postgres').query['host']} user=postgres dbname=postgres"

    def _alone(self, *statements):
        self.live.stop()
        self.oms.close()
        with psycopg.connect(self.where, autocommit=True) as admin:
            for statement in statements:
                admin.execute(statement)

    def backup(self):
        self._alone(f"CREATE DATABASE {self.name}_b TEMPLATE {self.name}")
        self.live.start()

    def restore(self):
        """The server is down afterwards."""
        self._alone(f"DROP DATABASE {self.name}", f"ALTER DATABASE {self.name}_b RENAME TO {self.name}")


def test_server_restored_from_a_backup(warehouse, device, live, oms, postgres, until, link):
    """Everything acknowledged since the backup comes back from the devices; a grant the server has forgotten is honoured."""
    restore = Restore(oms, live, postgres)
    [job] = warehouse.orders(1)
    d = device()
    until(lambda: d.synced)
    restore.backup()
    d.sync.set_policy(PICKER)
    until(lambda: len(d.store.leases) == 2 and d.synced)
    ops = [d.pick(item) for item in d.work_of(job)]
    until(lambda: all(d.outcome(op) == "applied" for op in ops))
    link.closed = True
    link.cut()
    restore.restore()
    assert not warehouse.outcomes()
    warehouse.act(opening.restored)
    live.start()
    link.closed = False
    until(lambda: d.synced and d.store.identity.epoch == 2)
    until(lambda: set(warehouse.outcomes()) == set(ops))
    assert [d.outcome(op) for op in ops] == ["applied_late", "applied_late"]
    assert warehouse.balance("tote:T-1", "CUP") == 2
    until(lambda: not d.store.overlay())
    assert [i.qty_done for i in d.work_of(job)] == [1, 2]
    warehouse.check()


def test_server_restored_and_nobody_said_so(warehouse, device, live, oms, postgres, until, expected_log):
    """A device that has seen more raises the alarm; nothing is given out or taken in wrongly, and the operator's word ends it."""
    expected_log += ["was it restored"]
    restore = Restore(oms, live, postgres)
    d = device()
    until(lambda: d.synced)
    restore.backup()
    until(lambda: d.status.online)
    op = d.store.append(uuid4().hex, note(1), None, None)
    d.sync.wake()
    until(lambda: d.outcome(op.op_id) and d.synced)
    warehouse.orders(1)
    until(lambda: d.synced and d.store.through >= warehouse.ask(select(Op.ver))[0])
    restore.restore()
    live.start()
    until(lambda: warehouse.ask(select(Meta.epoch_confirmed)) == [False])
    warehouse.act(opening.restored)
    until(lambda: op.op_id in warehouse.outcomes())
    until(lambda: d.synced)
    warehouse.check()


def test_a_clone_and_a_restore_together(warehouse, device, live, oms, postgres, until, link):
    restore = Restore(oms, live, postgres)
    [job] = warehouse.orders(1)
    d = device(PICKER)
    until(lambda: len(d.store.leases) == 2 and d.synced)
    restore.backup()
    until(lambda: d.synced and d.status.online)
    tea, cup = d.work_of(job)
    first = d.pick(tea)
    until(lambda: d.outcome(first))
    d.stop()
    clone = type(d)(store=copy.deepcopy(d.store))
    second, by_clone = d.pick(cup, 1), clone.pick(cup, 1)
    d.start()
    until(lambda: d.outcome(second))
    link.closed = True
    link.cut()
    restore.restore()
    warehouse.act(opening.restored)
    live.start()
    link.closed = False
    clone.start()
    until(lambda: clone.outcome(by_clone) and clone.synced and d.synced)
    until(lambda: {first, second, by_clone} <= set(warehouse.outcomes()))
    clone.stop()
    credited = [op for op, outcome in warehouse.outcomes().items() if outcome != "diverted"]
    assert warehouse.balance("tote:T-1", "TEA") == 1
    assert 1 <= warehouse.balance("tote:T-1", "CUP") <= 2
    assert first in credited
    warehouse.check()


def test_revoked_device_is_shut_out_at_once(warehouse, device, until):
    warehouse.orders(1)
    d = device(PICKER)
    until(lambda: len(d.store.leases) == 2 and d.synced)
    warehouse.act(lambda w: trust.revoke(w, d.store.identity.device_id))
    op = d.store.append(uuid4().hex, note(1), None, None)
    d.sync.wake()
    until(lambda: d.status.trouble is Trouble.REVOKED)
    assert d.outcome(op.op_id) is None
    assert op.op_id not in warehouse.outcomes()
    other = device(PICKER)
    until(lambda: len(other.store.leases) == 2)
    warehouse.check()


def test_paired_again_brings_its_whole_journal(warehouse, device, live, link, until):
    """A device whose identity the server lost is paired anew; what it holds counts once."""
    d = device()
    op = d.store.append(uuid4().hex, note(1), None, None)
    d.sync.wake()
    until(lambda: d.outcome(op.op_id))
    d.stop()
    before = d.store.identity.device_id
    d.pair(warehouse, link.address, live.tls.spki)
    assert isinstance(d.store.identity, Identity)
    assert d.store.identity.device_id != before
    d.start()
    until(lambda: d.outcome(op.op_id) and d.synced)
    assert list(warehouse.outcomes()) == [op.op_id]
    warehouse.check()


def test_long_pushes_side_by_side_never_wait_in_a_circle(warehouse, raw):
    """Devices back from a dead spot push many picks of the same bins in opposite orders; without locks taken first they deadlock."""
    warehouse_jobs = [warehouse.order(f"L-{n}", ("TEA", 12), ("CUP", 12)) for n in range(4)]
    pushes = []
    for n, job in enumerate(warehouse_jobs):
        one = raw()
        claim = wire.ClaimRequest(claim_id=uuid4().hex, want=1, kinds=["pick"], capacity=3, job=job)
        tokens = {le["item"]: tuple(le["token"]) for le in one.post("/v1/work/claim", claim)[1]["leases"]}
        tea, cup = warehouse.items_of(job)
        turns = [tea] * 12 + [cup] * 12 if n % 2 else [cup] * 12 + [tea] * 12
        for item in turns:
            body = facts.PickConfirm(job=job, sku=item.sku, qty=1, from_bin=item.from_bin, tote=f"T-{n}")
            one.store.append(uuid4().hex, body, item.id, tokens[item.id])
        pushes.append((one.store.identity.device_id, one.push_request([e.op for e in one.store.entries])))

    def push(device_and_request):
        device, request = device_and_request
        # Without the retry that a deadlock gets in the routes.
        with warehouse.oms.works.work(warehouse.site, Actor("test")) as w:
            return ingest.push(w, device, request)

    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(push, pushes))
    assert {r.outcome for reply in replies for r in reply.results} == {"applied"}
    warehouse.check()
