"""A crowd on scarce goods over two server processes: what is sold and what is left is what there was."""

import pytest

from oms.bootstrap import open_oms
from tools.soak import oversell
from tools.soak._replicas import replicas

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


def test_nobody_is_sold_what_is_not_there(database_url):
    oms = open_oms(database_url)
    fair = oversell.Fair(oms, items=4, seed=1)
    with replicas(database_url, 2) as servers:
        bought = oversell.crowd(fair, servers, database_url, buyers=8, orders=400, seed=1)
    books = fair.books(bought.sold)
    oms.close()
    assert (bought.orders, bought.failed) == (400, 0)
    assert (books.oversold, books.wrong) == (0, 0)
    # Scarce indeed: many went away with nothing, and most goods are gone.
    assert bought.had_lines < bought.lines
    assert bought.sold.total() > 0.8 * books.had


def test_the_books_notice_what_was_sold_twice(database_url):
    oms = open_oms(database_url)
    fair = oversell.Fair(oms, items=2, seed=1)
    sold = oversell.Bought().sold
    assert fair.books(sold).wrong == 0
    sold[fair.skus[0], oms.site] += 1
    assert fair.books(sold).wrong == 1
    oms.close()
