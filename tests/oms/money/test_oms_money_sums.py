"""Amounts are exact: whatever is priced, split, cancelled or sent back adds up to the coin."""

import itertools
from dataclasses import replace
from decimal import Decimal as D
from types import SimpleNamespace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from oms.money.codes import Rounding
from oms.money.currencies import EXPONENTS, coin, known, part, rounded, spread
from oms.money.due import Due, due
from oms.money.sums import Position, tax_in, units_cost, work_out

CURRENCIES = st.sampled_from(["EUR", "JPY", "KWD", "USD"])
AMOUNTS = st.decimals(0, 5000, places=4)
RATES = st.sampled_from([D(0), D("0.07"), D("0.09"), D("0.21"), D("0.25"), D("0.08875")])


@st.composite
def positions(draw):
    made = []
    for _ in range(draw(st.integers(1, 6))):
        qty, price = draw(st.integers(1, 40)), draw(AMOUNTS)
        made.append(Position(qty, price, draw(st.decimals(0, qty * price, places=2)) if price else D(0), draw(RATES)))
    return made


@given(positions(), CURRENCIES, st.booleans(), st.sampled_from(Rounding), AMOUNTS, RATES)
def test_lines_and_sending_add_up_to_the_total(lines, currency, included, rounding, shipping, rate):
    sums = work_out(lines, currency, included=included, rounding=rounding, shipping=shipping, shipping_rate=rate)
    every = [*sums.lines, sums.shipping]
    for amount in (
        sums.goods,
        sums.discount,
        sums.tax,
        sums.total,
        *(x for c in every for x in (c.amount, c.tax, c.total)),
    ):
        assert amount == rounded(amount, currency)
    assert sums.total == sum(cost.total for cost in every)
    assert sums.tax == sum(cost.tax for cost in every)
    assert sums.total == sums.goods - sums.discount + sums.shipping.amount + (0 if included else sums.tax)
    assert all(cost.total - cost.tax + cost.tax == cost.total and cost.tax >= 0 for cost in every if cost.amount >= 0)


@given(positions(), CURRENCIES, st.booleans())
def test_tax_rounded_on_the_order_is_within_half_a_coin_a_rate(lines, currency, included):
    sums = work_out(lines, currency, included=included, rounding=Rounding.ORDER)
    if min(cost.amount for cost in sums.lines) < 0:
        return
    for rate in {line.rate for line in lines}:
        mine = [cost for line, cost in zip(lines, sums.lines, strict=True) if line.rate == rate]
        whole = sum(cost.amount for cost in mine)
        exact = whole * rate / (1 + rate) if included else whole * rate
        assert abs(sum(cost.tax for cost in mine) - exact) <= coin(currency) / 2


@given(st.decimals(0, 9000, places=2), st.lists(st.decimals(0, 500, places=2), min_size=1, max_size=9), CURRENCIES)
def test_what_is_spread_is_all_there(whole, weights, currency):
    whole = rounded(whole, currency)
    parts = spread(whole, weights, currency)
    assert sum(parts) == whole
    assert all(one >= 0 and one == rounded(one, currency) for one in parts)
    total = sum(weights)
    if total:
        assert all(abs(one - whole * w / total) < coin(currency) for one, w in zip(parts, weights, strict=True))


@given(st.decimals(0, 9000, places=2), st.integers(1, 50), st.data(), CURRENCIES)
def test_a_part_and_the_rest_are_the_whole(total, qty, data, currency):
    """price(cancelled) + price(rest) = whole, in however many pieces."""
    total = rounded(total, currency)
    tax = rounded(total * D("0.21") / D("1.21"), currency)
    cuts = sorted(data.draw(st.lists(st.integers(0, qty), max_size=5)))
    edges = [0, *cuts, qty]
    shares = [units_cost(total, tax, qty, currency, a, b) for a, b in itertools.pairwise(edges)]
    assert sum(one.total for one in shares) == total
    assert sum(one.tax for one in shares) == tax
    assert all(one.total >= 0 for one in shares)
    assert part(total, qty, qty, currency) == total


@pytest.mark.parametrize(
    ("lines", "included", "rounding", "tax", "total"),
    [
        # Netherlands, prices with 21 % and 9 % in them: 3 x 12.99 and 2 x 4.49.
        ([(3, "12.99", "0.21"), (2, "4.49", "0.09")], True, Rounding.LINE, "7.50", "47.95"),
        # Three lines of 0.99 with 21 % in them: 0.17 each, 0.52 together.
        ([(1, "0.99", "0.21")] * 3, True, Rounding.LINE, "0.51", "2.97"),
        ([(1, "0.99", "0.21")] * 3, True, Rounding.ORDER, "0.52", "2.97"),
        # New York City, 8.875 % on top.
        ([(1, "19.99", "0.08875"), (2, "5.25", "0.08875")], False, Rounding.LINE, "2.70", "33.19"),
        # Denmark, 25 % in it; a half is rounded up.
        ([(1, "0.10", "0.25")], True, Rounding.LINE, "0.02", "0.10"),
        ([(1, "0.50", "0.21")], False, Rounding.LINE, "0.11", "0.61"),
    ],
    ids=["nl-two-rates", "by-line", "by-order", "us-new-york", "dk", "half-up"],
)  # fmt: skip
def test_known_orders(lines, included, rounding, tax, total):
    made = work_out([Position(q, D(p), rate=D(r)) for q, p, r in lines], "EUR", included=included, rounding=rounding)
    assert (made.tax, made.total) == (D(tax), D(total))


def test_coins_of_currencies():
    assert [coin(one) for one in ("JPY", "EUR", "KWD")] == [D(1), D("0.01"), D("0.001")]
    assert not known("XXX")
    assert rounded(D("2.5"), "JPY") == 3
    assert rounded(D("-0.005"), "EUR") == D("-0.01")


@given(positions(), CURRENCIES, st.sampled_from(Rounding))
def test_prices_told_with_tax_and_without_come_to_the_same_money(lines, currency, rounding):
    """Within what rounding may take: half a coin for each line's net, and half a coin for each tax."""
    gross = work_out(lines, currency, included=True, rounding=rounding)
    net = [Position(1, cost.total - cost.tax, rate=line.rate) for line, cost in zip(lines, gross.lines, strict=True)]
    again = work_out(net, currency, included=False, rounding=rounding)
    assert abs(again.total - gross.total) <= coin(currency) * (len(lines) + 1)
    assert sum(cost.amount for cost in again.lines) == gross.total - gross.tax


@given(positions(), CURRENCIES, st.booleans())
def test_tax_rounded_on_lines_is_within_half_a_coin_a_line(lines, currency, included):
    sums = work_out(lines, currency, included=included, rounding=Rounding.LINE)
    for line, cost in zip(lines, sums.lines, strict=True):
        assert abs(cost.tax - tax_in(cost.amount, line.rate, included=included)) <= coin(currency) / 2
        assert cost.goods - cost.amount == rounded(line.discount, currency)


@given(st.decimals(-9000, 9000, places=6), st.sampled_from(sorted(EXPONENTS)))
def test_rounding_is_half_up_away_from_zero_in_every_currency(amount, currency):
    made, unit = rounded(amount, currency), coin(currency)
    assert made % unit == 0
    assert abs(made - amount) <= unit / 2
    assert rounded(-amount, currency) == -made
    if abs(abs(amount) % unit - unit / 2) == 0:
        assert abs(made) > abs(amount)


@st.composite
def orders(draw):
    """An order as it was captured, priced in a currency; then units of it are cancelled, sent and come back."""
    lines, currency, included = draw(positions()), draw(CURRENCIES), draw(st.booleans())
    lines = [replace(line, discount=min(line.discount, rounded(line.qty * line.price, currency))) for line in lines]
    sums = work_out(lines, currency, included=included, rounding=draw(st.sampled_from(Rounding)),
                    shipping=draw(AMOUNTS), shipping_rate=draw(RATES))  # fmt: skip
    rows = [
        SimpleNamespace(qty=line.qty, discount=line.discount, total=cost.total, tax=cost.tax, cancelled=0, shipped=0, returned=0,
                        withheld=D(0))
        for line, cost in zip(lines, sums.lines, strict=True)
    ]  # fmt: skip
    head = SimpleNamespace(currency=currency, tax_included=included, shipping=sums.shipping.amount, total=sums.total)
    return (
        SimpleNamespace(order=head, lines=rows),
        SimpleNamespace(shipping_tax=sums.shipping.tax, sending_kept=False),
        sums,
    )


@given(orders(), st.data())
def test_whatever_is_cancelled_and_comes_back_is_paid_back_to_the_coin(order, data):
    """What is paid back, step by step, and what is still due are the order's total; nothing is ever paid back twice."""
    sale, kept_money, sums = order
    assume(min(cost.amount for cost in sums.lines) >= 0)
    before = due(sale, kept_money)
    assert (before.total, before.tax) == (sums.total, sums.tax)
    assert (before.goods, before.discount) == (sums.goods, sums.discount)
    back = D(0)
    for _ in range(data.draw(st.integers(1, 6))):
        line = data.draw(st.sampled_from(sale.lines))
        step = data.draw(st.sampled_from(["cancelled", "shipped", "returned"]))
        free = line.shipped - line.returned if step == "returned" else line.qty - line.cancelled - line.shipped
        setattr(line, step, getattr(line, step) + data.draw(st.integers(0, free)))
        now = due(sale, kept_money)
        assert now.total <= before.total
        assert all(one == rounded(one, sale.order.currency) for one in (now.total, now.tax, now.goods, now.discount))
        back += before.total - now.total
        before = now
    assert back + before.total == sums.total
    for line in sale.lines:
        line.cancelled, line.returned = line.qty - line.shipped, line.shipped
    assert due(sale, kept_money) == Due(D(0), D(0), D(0), D(0), D(0))
