"""Ways that lose, swallow, drip and stop: once they are good again everything is acknowledged soon, each op once (`sync.md` F7)."""

import pytest

from tools.bench._served import served
from tools.soak import links
from tools.soak._gates import Fault

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
RUNS = 10


def test_no_client_stands_still_behind_a_bad_link():
    with served() as at:
        found = links.bad_links(at, RUNS, seed=1)
        at.centre.house.check()
    assert (found.stuck, found.odd) == ([], 0)
    assert len(found.seconds) == RUNS
    assert set(found.by_fault) == set(Fault)
