"""The thirteen invariants: none is missing anywhere, and the check of each can fail."""

from dataclasses import replace

import pytest

from oms.db.engine import connect_beside
from oms.people.audit import link
from oms.verify import SHOWN_BY, findings, verify
from sync.contract.facts import PickConfirm
from sync.contract.invariants import Invariant
from sync.simulation.invariants import ALWAYS, AT_REST, REST_S, CentreSight, DeviceSight, Logged, Watch
from tools.soak._raw_log import RawLog

TEA = ("item", "TEA")
GONE = ("bin", "A-1")
CENTRE = CentreSight(
    epoch=1,
    head=7,
    outcomes={"a": "applied"},
    feed={TEA: (5, b"{}"), GONE: (6, None)},
    tokens={"w": (1, 2)},
    broken={},
)
DEVICE = DeviceSight(
    name="d",
    device_id="D",
    epoch=1,
    through=7,
    beeped=frozenset({"a"}),
    journal={"a": Logged(1, "applied")},
    rows={TEA: (5, b"{}")},
    overlay=0,
    held=frozenset({("w", (1, 2))}),
    online=True,
)
OTHER = replace(DEVICE, name="e", device_id="E", held=frozenset())

#: invariant -> what breaks it: changes of the server's sight and of the first device's.
FAULTS = {
    **{name: ({"broken": {name: ["said the verifier"]}}, {}) for name in SHOWN_BY},
    Invariant.NOTHING_LOST: ({}, {"beeped": frozenset({"a", "b"})}),
    Invariant.FEED_COMPLETE: ({}, {"rows": {TEA: (4, b"{}")}}),
    Invariant.CONVERGENCE: ({}, {"overlay": 1}),
    Invariant.ACK_IS_DURABLE: ({"outcomes": {}}, {}),
    Invariant.LIVENESS: ({"head": 8}, {}),
}


def broken_by(centre, devices, watch=None):
    return {words.partition(":")[0] for words in (watch or Watch()).wrong_at_rest(centre, devices, 1.0)}


def test_every_invariant_is_checked():
    assert set(ALWAYS) | set(AT_REST) == set(Invariant)
    assert set(SHOWN_BY) <= set(ALWAYS)
    assert len(Invariant) == 13


def test_nothing_is_wrong_with_a_sound_house():
    assert Watch().wrong_at_rest(CENTRE, [DEVICE, OTHER], REST_S) == []


@pytest.mark.parametrize("name", FAULTS)
def test_each_check_can_fail(name):
    centre, device = FAULTS[name]
    assert name in broken_by(replace(CENTRE, **centre), [replace(DEVICE, **device), OTHER])


def test_a_device_that_is_about_to_take_a_new_name_is_not_asked_what_it_was_told_under_the_old_one():
    forgotten = replace(CENTRE, outcomes={})
    before, after = (replace(DEVICE, beeped=frozenset(), compared=compared) for compared in (False, True))
    assert Invariant.ACK_IS_DURABLE not in broken_by(forgotten, [before])
    assert Invariant.ACK_IS_DURABLE in broken_by(forgotten, [after])


@pytest.mark.parametrize("name", SHOWN_BY)
def test_what_the_verifier_finds_is_seen(name):
    found = Watch().wrong(replace(CENTRE, broken={name: ["said the verifier"]}), [DEVICE])
    assert found == [f"{name}: said the verifier"]


@pytest.mark.parametrize(
    "rows",
    [{}, {TEA: (5, b"[]")}, {TEA: (5, b"{}"), GONE: (3, b"{}")}, {TEA: (5, b"{}"), ("item", "NONE"): (1, b"")}],
)
def test_a_row_that_is_missing_other_undead_or_made_up(rows):
    assert Invariant.FEED_COMPLETE in broken_by(CENTRE, [replace(DEVICE, rows=rows)])


def test_a_device_that_has_not_come_far_is_complete_as_far_as_it_has_come():
    behind = replace(DEVICE, through=4, rows={})
    assert Watch().wrong(CENTRE, [behind]) == []
    assert Watch().wrong(CENTRE, [replace(behind, rows={GONE: (4, b"{}")})]) == []


def test_a_log_with_a_hole_or_a_broken_chain():
    for entry in (Logged(2, "applied"), Logged(1, "applied", linked=False)):
        assert Invariant.DEVICE_ORDER in broken_by(CENTRE, [replace(DEVICE, journal={"a": entry})])


def test_two_devices_that_hold_the_same_token():
    both = [DEVICE, replace(OTHER, held=DEVICE.held)]
    assert Invariant.NO_DOUBLE_ASSIGNMENT in broken_by(CENTRE, both)


def test_versions_and_tokens_that_fall():
    watch = Watch()
    assert not broken_by(CENTRE, [DEVICE], watch)
    older = replace(DEVICE, rows={TEA: (4, b"{}")}, through=4)
    assert Invariant.MONOTONIC_READS in broken_by(CENTRE, [older], watch)
    assert Invariant.FENCING in broken_by(replace(CENTRE, tokens={"w": (1, 1)}), [DEVICE], watch)
    # A new time line begins again.
    assert broken_by(replace(CENTRE, epoch=2, tokens={"w": (1, 1)}), [replace(DEVICE, epoch=2)], watch) == set()


def test_rest_that_came_too_late():
    assert Invariant.LIVENESS in "".join(Watch().wrong_at_rest(CENTRE, [DEVICE], REST_S + 1))


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("damage", "rule"),
    [
        ("UPDATE stock_balance SET qty = qty + 1 WHERE account = 'bin:A-01'", "balances_are_folds"),
        ("UPDATE work_item SET qty_done = 0", "done_is_sum_of_facts"),
        ("UPDATE site SET ver = 0", "feed_below_its_head"),
        ("DELETE FROM audit WHERE id = (SELECT min(id) FROM audit)", "audit_is_whole"),
        ("UPDATE op_seq SET chain = repeat('0', 64) WHERE seq < 2", "chains_recompute"),
    ],
)
def test_all_rules_asked_at_once_find_what_each_of_them_finds(centre, damage, rule):
    centre.renew()
    job = centre.house.order("O-1", ("TEA", 2))
    log = RawLog(centre.house).known()
    for _ in range(2):
        [lease] = log.claim(job)
        [item] = centre.house.items_of(job)
        log.add(PickConfirm(job=job, sku="TEA", qty=1, from_bin=item.from_bin, tote="T-1"), item.id, lease.token)
        log.push_all()
    # What is linked shows when it is gone; a server does this a moment after each commit.
    with centre.oms.sessions.begin() as db:
        link(db)
    assert findings(centre.oms.engine) == verify(centre.oms.engine).findings == []
    with connect_beside(centre.oms.engine) as db:
        db.execute("SET session_replication_role = replica")
        db.execute(damage)
    found = findings(centre.oms.engine)
    assert rule in {one.rule for one in found}
    assert found == verify(centre.oms.engine).findings
