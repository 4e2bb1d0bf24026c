"""Customer orders on a real PostgreSQL, and a receiver of messages on a real socket."""

import pytest

from tests.oms.sales.shop import Shop
from tests.oms.telling.receiver import Receiver


@pytest.fixture
def shop(database_url):
    """See `tests.oms.sales.shop`."""
    made = Shop.open(database_url)
    yield made
    made.close()


@pytest.fixture
def receiver():
    """A program that is told; answers 200 unless it is told otherwise."""
    made = Receiver()
    yield made
    made.close()
