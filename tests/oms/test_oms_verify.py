"""The verifier: quiet on a sound database, and each rule loud on the one fault it is there for."""

import uuid

import pytest
from sqlalchemy import text

from oms.db.work import Actor
from oms.imports.run import Upload, run_import
from oms.orders.actions import release
from oms.people.models import Device
from oms.verify import SHOWN_BY, verify
from sync.contract.chain import chain_start

pytestmark = pytest.mark.postgres

OP = """INSERT INTO op (op_id, site_id, kind, v, content_hash, body, outcome, first_device, received_at, item, tok_epoch, tok_n,
            wall_ms, mono_ms, boot, ver)
        VALUES ('{id}', 'MAIN', '{kind}', 1, repeat('0', 64), '{{"qty": {qty}}}', '{outcome}',
        'd1', now(), {item}, 1, 1, 0, 0, '', {ver})"""
LEASE = """INSERT INTO lease (id, site_id, item, job, device, tok_epoch, tok_n, claim_id, granted_at, until, ended_at)
           SELECT '{id}', 'MAIN', id, job_id, '{device}', {epoch}, {n}, 'c', now(), now(), {ended} FROM work_item LIMIT 1"""
MOVE = """INSERT INTO stock_move (site_id, source_id, line_no, sku, from_account, to_account, qty, at, lot)
          VALUES ('MAIN', '{id}', 1, 'TEA', 'bin:A-01', 'tote:T1', {qty}, now(), '')"""


def op(kind, qty=1, outcome="applied", item="NULL", ver=1, id=None):
    return OP.format(id=id or uuid.uuid4().hex, kind=kind, qty=qty, outcome=outcome, item=item, ver=ver)


def logged(id):
    return f"INSERT INTO op_seq (device, seq, op_id, chain) VALUES ('d1', 1, '{id}', repeat('1', 64))"


ITEM = "(SELECT id FROM work_item LIMIT 1)"
A = "a" * 32

#: rule -> (statements that break it, other rules that are broken by the same fault)
FAULTS = {
    "conservation": (["UPDATE stock_balance SET qty = qty + 1 WHERE account = 'supplier'"], {"balances_are_folds"}),
    "balances_are_folds": (
        ["UPDATE stock_balance SET qty = qty + 1", "UPDATE stock_balance SET qty = qty - 2 WHERE account = 'bin:A-01'"],
        set(),
    ),
    "logs_are_dense": (["UPDATE device SET last_seq = 3"], set()),
    "log_ends_at_device_chain": (
        [op("scan.refused", id=A), logged(A), "UPDATE device SET last_seq = 1"],
        {"chains_recompute"},
    ),
    "chains_recompute": (
        [op("scan.refused", id=A), logged(A), "UPDATE device SET last_seq = 1, chain = repeat('1', 64)"],
        set(),
    ),
    "ops_have_a_log": ([op("scan.refused")], set()),
    "ops_have_a_version": (
        [op("scan.refused", ver="NULL", id=A), logged(A), "UPDATE device SET last_seq = 1, chain = repeat('1', 64)"],
        {"chains_recompute"},
    ),
    "facts_move_their_units": ([op("pick.confirm", qty=2)], {"ops_have_a_log", "credits_have_a_grant"}),
    "parked_facts_move_nothing": (
        [op("pick.confirm", outcome="parked", id=A), MOVE.format(id=A, qty=1)],
        {"ops_have_a_log", "parked_facts_have_a_letter", "balances_are_folds"},
    ),
    "parked_facts_have_a_letter": ([op("future.kind", outcome="parked")], {"ops_have_a_log"}),
    "one_open_lease_per_item": (
        [
            "DROP INDEX uq_lease_open_item",
            "UPDATE work_item SET tok_n = 1",
            LEASE.format(id="l1", device="d1", epoch=0, n=1, ended="NULL"),
            LEASE.format(id="l2", device="d1", epoch=0, n=0, ended="NULL"),
        ],
        set(),
    ),
    "tokens_have_one_holder": (
        [
            "UPDATE work_item SET tok_n = 1",
            LEASE.format(id="l1", device="d1", epoch=0, n=1, ended="now()"),
            LEASE.format(id="l2", device="d2", epoch=0, n=1, ended="now()"),
        ],
        set(),
    ),
    "tokens_never_fall": ([LEASE.format(id="l1", device="d1", epoch=1, n=0, ended="now()")], set()),
    "no_over_credit": (
        ["ALTER TABLE work_item DROP CONSTRAINT ck_work_item_qty_done", "UPDATE work_item SET qty_done = 5"],
        {"done_is_sum_of_facts"},
    ),
    "done_is_sum_of_facts": (["UPDATE work_item SET qty_done = 1"], set()),
    "credits_have_a_grant": ([op("pick.short", item=ITEM)], {"ops_have_a_log"}),
    "credited_tokens_never_fall": (
        [
            "UPDATE work_item SET tok_epoch = 1, tok_n = 2",
            LEASE.format(id="l1", device="d1", epoch=1, n=1, ended="now()"),
            LEASE.format(id="l2", device="d1", epoch=1, n=2, ended="now()"),
            op("pick.short", item=ITEM, ver=1).replace("1, 1, 0, 0", "1, 2, 0, 0"),
            op("pick.short", item=ITEM, ver=2),
        ],
        {"ops_have_a_log"},
    ),
    "diverted_has_a_word": ([op("job.drop", outcome="diverted")], {"ops_have_a_log"}),
    "diverted_has_one_exception": (
        [op("pick.confirm", qty=1, outcome="diverted", id=A), MOVE.format(id=A, qty=1)],
        {"ops_have_a_log", "balances_are_folds", "diverted_has_a_word"},
    ),
    "reservations_not_negative": (
        ["ALTER TABLE reservation DROP CONSTRAINT ck_reservation_qty", "UPDATE reservation SET qty = -1"],
        set(),
    ),
    "order_lines_add_up": (["UPDATE order_line SET packed = 1"], set()),
    "shipped_parcels_are_empty": (
        [
            "INSERT INTO stock_balance SELECT 'MAIN', 'parcel:' || id, 'TEA', '', 1 FROM parcel",
            "UPDATE parcel SET state = 'shipped'",
        ],
        {"conservation", "balances_are_folds"},
    ),
    "shipped_orders_have_no_open_work": (["UPDATE sales_order SET state = 'shipped'"], set()),
    "audit_is_whole": (
        [
            "SELECT floorhand_audit_extend(id, 100000) FROM site",
            "ALTER TABLE audit DISABLE TRIGGER append_only",
            "UPDATE audit SET what = 'nothing' WHERE what = 'order.released'",
        ],
        set(),
    ),
    "feed_below_its_head": (["UPDATE change SET ver = 1000000 WHERE ent = 'item'"], set()),
}


@pytest.fixture
def sound(oms):
    """A released order of two units, and a device that has said nothing yet."""
    for kind, content in (
        ("layout", "zone,bin,kind,seq\nA,A-01,pick,1\nP,PACK-1,lane,9"),
        ("items", "sku,name\nTEA,Tea"),
        ("stock", "bin,sku,qty\nA-01,TEA,10"),
        ("orders", "order,name,street,postcode,city,country,sku,qty\n1,Kim,Kade 1,1,Amsterdam,NL,TEA,2"),
    ):
        run_import(oms, Upload(kind, content.encode(), False), Actor("test"))

    def act(w):
        assert release(w, "1").job
        w.db.add(Device(id="d1", site_id="MAIN", label="HH", pubkey="0", created_at=w.now, chain=chain_start("d1")))

    oms.works.run("MAIN", Actor("test"), act)
    return oms


def test_a_sound_database_breaks_no_rule(sound):
    verdict = verify(sound.engine)
    assert (verdict.ok, verdict.findings) == (True, [])
    assert set(verdict.rules) == set(FAULTS)
    assert sorted(["audit_is_whole", *(rule for rules in SHOWN_BY.values() for rule in rules)]) == sorted(FAULTS)
    assert {name for name, holds in verdict.invariants.items() if holds} == set(SHOWN_BY)
    assert verdict.counts["orders_by_state"] == {"released": 1}
    assert verdict.counts["moves"] == 1


@pytest.mark.parametrize("rule", FAULTS)
def test_each_rule_sees_its_fault(sound, rule):
    statements, with_it = FAULTS[rule]
    with sound.engine.begin() as db:
        db.execute(text("SELECT set_config('floorhand.work', 'on', true)"))
        for statement in statements:
            db.exec_driver_sql(statement)
    verdict = verify(sound.engine)
    assert not verdict.ok
    assert {finding.rule for finding in verdict.findings} == {rule, *with_it}
    assert all(finding.count and finding.rows for finding in verdict.findings)
    shown = [rule in SHOWN_BY[name] for name, holds in verdict.invariants.items() if holds is False]
    assert shown.count(True) == (0 if rule == "audit_is_whole" else 1)
