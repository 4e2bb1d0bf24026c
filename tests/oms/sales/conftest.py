"""Customer orders on a real PostgreSQL, and the sites that send them."""

import pytest

from tests.oms.sales.shop import Shop


@pytest.fixture
def shop(database_url):
    """A shop with a warehouse W and a store S, both with items TEA and CUP on their shelves' list and no stock yet."""
    made = Shop.open(database_url)
    yield made
    made.close()
