"""The composed OMS on an own database, for the tests of its rooms."""

import pytest

from oms.bootstrap import open_oms


@pytest.fixture
def oms(database_url):
    """An open OMS with its site `MAIN`; no server."""
    made = open_oms(database_url)
    yield made
    made.close()
