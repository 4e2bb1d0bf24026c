"""Many at once: claimers, copies of the same push, devices back from a dead spot, and histories that must have an order."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from oms.db.engine import POOL_SIZE
from oms.feed.models import Op
from oms.people.models import Device
from tools.soak import crowds
from tools.soak._replicas import Replica
from tools.soak.linearizable import Did, explained, search

pytestmark = pytest.mark.postgres


def test_thirty_two_claimers(warehouse):
    crowds.bulk_jobs(warehouse, 120)
    found = crowds.claims(warehouse, 32, 4)
    assert (found.given, found.twice) == (120, 0)
    warehouse.check()


def test_the_same_ops_from_sixteen_connections(warehouse):
    assert crowds.same_ops(warehouse, 60) == (60, 960, 0)
    assert warehouse.ask(select(func.count(Op.op_id))) == [60]
    warehouse.check()


def test_a_reconnect_storm_in_small(warehouse):
    found = crowds.storm(warehouse, devices=8, each=40)
    assert found.acked == 320
    warehouse.check()


def test_who_works_does_not_wait_for_those_who_were_away(warehouse, live):
    """More devices with long logs than the server has threads, whose pushes come to a stand: somebody else is still served."""
    at = Replica(live.port, live.tls.spki)
    healthy, *away = lines = [crowds.Line(warehouse, at) for _ in range(POOL_SIZE + 3)]
    for line in away:
        line.write(40)
    healthy.write(1)
    with ThreadPoolExecutor(len(away)) as pool:
        with warehouse.oms.engine.begin() as held:
            held.execute(select(Device.id).where(Device.id.in_([line.device for line in away])).with_for_update())
            sent = [pool.submit(line.push_all) for line in away]
            assert len(healthy.claim_times(30, lambda: False)) == 30
            assert healthy.push_all() == 1
            assert not any(one.done() for one in sent)
        assert [one.result() for one in sent] == [40] * len(away)
    for line in lines:
        line.close()
    warehouse.check()


def test_a_restored_server_gets_back_what_it_had_acknowledged(centre):
    centre.renew()
    assert crowds.restored(centre, devices=6, each=30)[0] == 180
    centre.house.check()


def test_histories_side_by_side_have_an_order(centre):
    assert not list(search(centre, range(12), 1))
    centre.house.check()


def claimed(who, answer, began, ended):
    return Did(who, "claim", None, answer, began, ended)


def test_the_search_finds_what_cannot_be():
    assert explained([claimed(0, (1, 1), 0, 3), claimed(1, None, 1, 2)])
    assert explained([claimed(0, None, 0, 3), claimed(1, (1, 1), 1, 2)])
    # Both were given the item while nobody let it go; a token that skips one; a refusal before anybody had it.
    assert not explained([claimed(0, (1, 1), 0, 3), claimed(1, (1, 2), 1, 2)])
    assert not explained([claimed(0, (1, 2), 0, 1)])
    assert not explained([claimed(0, None, 0, 1), claimed(1, (1, 1), 2, 3)])
    late = Did(0, "confirm", (1, 1), "credited", 4, 5)
    assert explained([claimed(0, (1, 1), 0, 1), late])
    assert not explained([claimed(0, (1, 1), 0, 1), Did(1, "cancel", None, None, 2, 3), late])
