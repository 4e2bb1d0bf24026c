"""No question of the workbench, of capture or of a release reads a table that grows from end to end: the statements are explained by a
database with twenty thousand orders and the planner's statistics. `make bench-oms` asks the same of a million."""

import pytest

from oms.bootstrap import open_oms
from tools.bench_oms._asks import asks
from tools.bench_oms._fill import fill
from tools.bench_oms._plans import read_whole

ORDERS = 20_000


@pytest.mark.postgres
@pytest.mark.slow
def test_what_is_asked_of_many_orders_is_answered_by_indexes(database_url):
    oms = open_oms(database_url)
    try:
        fill(oms.engine, ORDERS)
        every = asks(oms, ORDERS)
        assert len({ask.name for ask in every}) == len(every) > 20
        whole = {
            ask.name: found
            for ask in every
            if (found := read_whole(oms.engine, ask.run, analyze=not ask.writes, but=ask.all_of))
        }
        assert whole == {}
        # And what reads everything is noticed.
        assert [one.partition(":")[0] for one in read_whole(oms.engine, lambda: _everything(oms))] == ["customer_order"]
    finally:
        oms.close()


def _everything(oms):
    with oms.engine.connect() as db:
        db.exec_driver_sql("SELECT count(*) FROM customer_order WHERE email LIKE '%%9@%%'")
