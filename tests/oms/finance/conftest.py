"""Books on a real PostgreSQL."""

import pytest

from tests.oms.finance.office import Office


@pytest.fixture
def office(database_url):
    """See `tests.oms.finance.office`; what the books say must agree in the end."""
    made = Office.open(database_url)
    yield made
    made.close()
