"""A cursor without gaps on PostgreSQL, and the way that looks right and is not (`sync.md` F8, F18)."""

import pytest

from tools.soak import gaps
from tools.soak._centre import libpq_words

pytestmark = pytest.mark.postgres


def test_a_reader_beside_eight_writers_with_open_transactions_misses_nothing(warehouse):
    found = gaps.feed_gaps(warehouse, 400, seed=1)
    assert (found.commits, found.missed, found.backwards) == (400, 0, 0)


def test_a_plain_sequence_misses_rows(database_url):
    """The control: without misses here the test above could not fail either."""
    rows, missed = gaps.naive_gaps(libpq_words(database_url), 800, seed=1)
    assert rows == 800
    assert missed > 0


def test_an_open_transaction_delays_nobody(warehouse):
    lags = gaps.lags_beside_an_open_transaction(warehouse, seconds=1.0, seed=1)
    assert len(lags) > 3
