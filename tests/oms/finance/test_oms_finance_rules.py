"""The rules of the books without a database: what is posted, what stock is worth, and ten thousand random events."""

from collections import Counter
from datetime import date
from decimal import Decimal as D

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oms.finance.charts import charts
from oms.finance.codes import Event, Kind, Method, Role
from oms.finance.goods import Billed, Goods, MoreThanReceived, Receipt, billed, late_cost, moved
from oms.finance.rules import (
    KINDS,
    RULES,
    Line,
    NotBalanced,
    balanced,
    coins,
    converted,
    lines_for,
    posting_day,
    revalued,
    year_end,
    year_of,
)
from oms.finance.valuation import Pool, share
from tests.oms.finance.happenings import NUMBERS, Happening, Memory, happenings

DAY = date(2024, 5, 6)


def pool(*came, method=Method.FIFO):
    made = Pool(method)
    for n, (qty, value) in enumerate(came):
        made.receive(f"r{n}", qty, value)
    return made


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize("seed", [1, 2])
def test_ten_thousand_random_events(method, seed):
    """After each: the trial balance is zero, stock is worth what its movements say, numbers are dense, what is closed stays as it is."""
    books, done = Memory(method), Counter()
    frozen = {}
    for one in happenings(seed, 10_000):
        done[one.what] += books.happen(one)
        assert books.wrong() == [], one
        if one.what == "close" and books.closed not in frozen:
            frozen[books.closed] = [entry for entry in books.entries if entry[1] <= books.closed]
    assert min(done.values()) > 20, done
    assert sum(done.values()) > 9_000, done
    for closed, was in frozen.items():
        assert [entry for entry in books.entries if entry[1] <= closed] == was
    assert len({draft.source for _, _, draft in books.entries}) == len(books.entries)
    assert {draft.event for _, _, draft in books.entries} == set(Event) - {Event.OPENING, Event.MANUAL}
    late = sum(draft.day < day for _, day, draft in books.entries)
    assert late > 20
    for numbers in books.numbers.values():
        assert numbers == list(range(1, len(numbers) + 1))


def test_a_lost_coin_is_seen():
    """The check above can fail."""
    books = Memory(Method.FIFO)
    words = {"n": 1, "event": Event.GOODS_RECEIVED, "site": "W", "sku": "TEA", "qty": 3, "value": 100}
    books.happen(Happening("goods", DAY, words))
    assert books.wrong() == []
    books.pool("W", "TEA").layers[0].value -= 1
    assert books.wrong() == ["stock account", "movements of ('W', 'TEA')"]
    books.sums["9999"] += 1
    assert "trial balance" in books.wrong()


def test_every_event_has_a_rule_and_every_chart_all_accounts():
    assert set(Event) - set(RULES) == {Event.EXCHANGE, Event.YEAR_END, Event.MANUAL}
    assert set(KINDS) == set(Role)
    for name, chart in charts().items():
        assert set(chart) == set(Role), name
        numbers = [number for number, _ in chart.values()]
        assert len(set(numbers)) == len(numbers), name
        assert all(len(number) == 4 and number.isdigit() for number in numbers), name


def test_an_invoice_and_its_tax():
    lines = lines_for(Event.INVOICE, {"total": 12100, "net": 10000, "tax": 2100}, NUMBERS)
    assert [(line.account, line.amount) for line in lines] == [("1300", 12100), ("4000", -10000), ("2200", -2100)]


def test_an_event_that_comes_to_nothing_has_its_entry():
    lines = lines_for(Event.SHIPMENT, {"value": 0}, NUMBERS)
    assert [(line.account, line.amount) for line in lines] == [("5000", 0), ("1400", 0)]


@pytest.mark.parametrize("lines", [[], [Line("1", 0)], [Line("1", 5), Line("2", -4)]], ids=["none", "one", "off"])
def test_what_does_not_balance_is_not_an_entry(lines):
    with pytest.raises(NotBalanced):
        balanced(lines)


def test_first_in_first_out():
    goods = pool((10, 1000), (10, 2000))
    assert goods.issue(15).value == 1000 + 1000
    assert (goods.qty, goods.value) == (5, 1000)


def test_moving_average():
    goods = pool((10, 1000), (10, 2000), method=Method.AVERAGE)
    assert goods.issue(5).value == 750
    goods.receive("r9", 5, 1750)
    assert (goods.qty, goods.value) == (20, 4000)
    assert goods.issue(1).value == 200


@pytest.mark.parametrize("method", Method)
def test_goods_that_leave_before_they_came(method):
    goods = pool((2, 200), method=method)
    # Three are missing: they leave at what the last ones cost.
    assert goods.issue(5).value == 500
    assert (goods.qty, goods.value) == (-3, -300)
    came = goods.receive("late", 10, 1500)
    # They cost 150 each: 150 more than was said is cost of what has gone.
    assert (came.stock, came.gone) == (1050 + 300, 150)
    assert (goods.qty, goods.value) == (7, 1050)


def test_goods_whose_cost_nobody_knows_are_worth_nothing_until_it_is_known():
    goods = Pool(Method.FIFO)
    assert goods.issue(4).value == 0
    assert goods.receive("r", 6, 600) == type(goods.receive("x", 1, 100))(200, 400)


def test_a_late_cost_goes_to_what_is_here_and_what_is_gone():
    goods = pool((10, 1000), (10, 2000))
    goods.issue(6)
    assert goods.late("r0", 10, 50) == 20
    assert [layer.value for layer in goods.layers] == [420, 2000]
    assert goods.late("r0", 10, -9000) == -420


def test_pieces_are_worth_their_whole():
    assert [share(10, n, 3) for n in range(4)] == [0, 3, 7, 10]
    assert [share(-10, n, 3) for n in range(4)] == [0, -3, -7, -10]


def test_a_supplier_invoice_over_two_receipts():
    books = Memory(Method.FIFO)
    receipts = []
    for n, (qty, value) in enumerate([(10, 1000), (5, 600)]):
        moved(NUMBERS, books, Goods(f"r{n}", Event.GOODS_RECEIVED, DAY, "W", "TEA", qty, value))
        receipts.append(Receipt(f"r{n}", "W", "TEA", qty, value))
    books.pool("W", "TEA").issue(4)
    draft = billed(NUMBERS, books, {"TEA": receipts}, Billed("b", DAY, (("TEA", 12, 1500),), 315))
    sums = Counter()
    for line in draft.lines:
        sums[line.account] += line.amount
    # Ten for 1250 instead of 1000, of which six are here; two for 250 instead of 240, of which all are.
    assert sums == {"1400": 150 + 10, "5000": 100, "2010": 1240, "1500": 315, "2000": -1815}
    assert [one.invoiced for one in receipts] == [10, 2]
    with pytest.raises(MoreThanReceived):
        billed(NUMBERS, books, {"TEA": receipts}, Billed("c", DAY, (("TEA", 4, 1),)))
    assert [one.invoiced for one in receipts] == [10, 2]


def test_a_receipt_stays_known_at_the_other_site():
    books = Memory(Method.FIFO)
    for fact in (
        Goods("r", Event.GOODS_RECEIVED, DAY, "W", "TEA", 10, 1000),
        Goods("t", Event.TRANSFER, DAY, "W", "TEA", 4, there="S"),
    ):
        books.post(moved(NUMBERS, books, fact))
    draft = late_cost(NUMBERS, books, Receipt("r", "W", "TEA", 10, 1000), Billed("f", DAY, (("", 0, 100),), 0))
    stock = {line.site: line.amount for line in draft.lines if line.account == "1400"}
    assert stock == {"W": 60, "S": 40}


def test_late_facts_are_posted_on_the_first_open_day():
    assert posting_day(DAY, None) == DAY
    assert posting_day(DAY, date(2024, 5, 31)) == date(2024, 6, 1)
    assert posting_day(date(2024, 6, 2), date(2024, 5, 31)) == date(2024, 6, 2)


@pytest.mark.parametrize(
    ("day", "first", "year"),
    [
        (date(2024, 2, 29), 1, (date(2024, 1, 1), date(2024, 12, 31))),
        (date(2024, 2, 29), 7, (date(2023, 7, 1), date(2024, 6, 30))),
        (date(2024, 7, 1), 7, (date(2024, 7, 1), date(2025, 6, 30))),
    ],
)
def test_business_years(day, first, year):
    assert year_of(day, first) == year


def test_the_year_ends_in_the_result():
    kinds = {"4000": Kind.INCOME, "5000": Kind.EXPENSE, "1100": Kind.ASSET, "3000": Kind.EQUITY}
    lines = year_end({"4000": -500, "5000": 300, "1100": 200}, kinds, "3000")
    assert [(line.account, line.amount) for line in lines] == [("4000", 500), ("5000", -300), ("3000", -200)]
    assert year_end({"1100": 200}, kinds, "3000") == ()


def test_money_abroad_is_worth_todays_rate():
    lines = revalued(
        {("1300", "USD"): (10000, 9000), ("2000", "USD"): (-5000, -4500)}, {"USD": D("0.95")}, "EUR", "7100"
    )
    assert [(line.account, line.amount) for line in lines] == [("1300", 500), ("2000", -250), ("7100", -250)]
    assert revalued({("1300", "USD"): (10000, 9500)}, {"USD": D("0.95")}, "EUR", "7100") == ()


def test_coins_of_every_currency():
    assert (coins(D("12.345"), "EUR"), coins(D("12.5"), "JPY"), coins(D("-0.0005"), "KWD")) == (1235, 13, -1)
    assert converted(1000, "JPY", "EUR", D("0.00613")) == 613
    assert converted(613, "EUR", "EUR", D(1)) == 613


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(list(Method)),
    st.lists(st.tuples(st.booleans(), st.integers(1, 50), st.integers(0, 10_000)), max_size=40),
)
def test_nothing_is_ever_lost_in_a_pool(method, acts):
    """What came less what went is what is there, in units and worth, whatever the order."""
    goods, units, value = Pool(method), 0, 0
    for n, (comes, qty, cost) in enumerate(acts):
        if comes:
            came = goods.receive(f"r{n}", qty, cost)
            assert came.stock + came.gone == cost
            units, value = units + qty, value + came.stock
        else:
            units, value = units - qty, value - goods.issue(qty).value
        assert (goods.qty, goods.value) == (units, value)
        assert not (units == 0 and value)
        assert len({layer.qty > 0 for layer in goods.layers}) <= 1
