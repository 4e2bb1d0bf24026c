"""Random business events on a real PostgreSQL: after each the trial balance is zero, stock is worth what its movements say, numbers are
dense, and what is closed stays as it was. Ten thousand in memory: `test_oms_finance_rules`; ten thousand here: `make soak ARGS=ledger`."""

import pytest

from oms.finance.codes import Method
from tests.oms.finance.ledger_walk import Walk

pytestmark = pytest.mark.postgres


@pytest.mark.parametrize("method", Method)
def test_five_hundred_random_events(oms, method):
    walk = Walk(oms, method, 500).walk(seed=7)
    assert walk.wrong == []
    assert min(walk.done[what] for what in ("goods", "bill", "late", "money", "close")) > 2, walk.done
    assert walk.frozen
    assert walk.numbers["INV"] > 5
