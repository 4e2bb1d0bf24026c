"""Channels on a shop with two sites."""

import pytest

from tests.oms.sales.shop import Shop


@pytest.fixture
def shop(database_url):
    """A shop with a warehouse W and a store S, both with items TEA and CUP."""
    made = Shop.open(database_url)
    yield made
    made.close()
