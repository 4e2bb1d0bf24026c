"""A shop with a supplier."""

import pytest

from tests.oms.purchasing.buyer import Buyer


@pytest.fixture
def buyer(database_url):
    made = Buyer.open(database_url).equip()
    yield made
    made.close()
