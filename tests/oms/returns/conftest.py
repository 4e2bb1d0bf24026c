"""A shop whose customers send things back: sites W and S with a quarantine bin each."""

import asyncio

import pytest
from litestar.testing import TestClient

from oms.api.app import make_app
from oms.catalog.models import Bin
from oms.people.keys import Scope, add_key, new_key
from sync.contract.codes import BinKind
from tests.oms.returns.counter import Counter
from tests.oms.sales.shop import Shop


@pytest.fixture
def shop(database_url):
    made = Shop.open(database_url)
    for floor in (made.warehouse, made.store):
        floor.act(lambda w: w.db.add(Bin(site_id=w.site, code="Q", zone="A", kind=BinKind.QUARANTINE, seq=99)))
    yield made
    made.close()


@pytest.fixture
def counter(shop):
    """Asks the routes as a program with `returns:write`."""
    key = new_key()
    shop.act(lambda w: add_key(w, key, "service", [Scope.RETURNS_WRITE]))
    with TestClient(make_app(shop.oms, asyncio.Event(), ["h:1"]), raise_server_exceptions=False) as client:
        client.headers = {"Authorization": f"Bearer {key}"}
        yield Counter(shop, client)
