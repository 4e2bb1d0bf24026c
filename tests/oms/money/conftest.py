"""Orders with money on a real PostgreSQL."""

import pytest

from tests.oms.sales.shop import Shop


@pytest.fixture
def shop(database_url):
    """See `tests.oms.sales.shop`."""
    made = Shop.open(database_url)
    yield made
    made.close()
