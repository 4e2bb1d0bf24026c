"""One order and many orders to sites: beside every way there is, on small instances."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oms.sourcing.batch import solve
from oms.sourcing.counting import least
from oms.sourcing.dual import Wanted, grouped
from oms.sourcing.partitions import priced
from oms.sourcing.solving import MOST_SITES, Need, best, cost_of, ways
from oms.sourcing.stream import Stream
from oms.sourcing.worth import together
from tools.bench_sourcing import main, nextmv


def need(rolls, items, sites, most=MOST_SITES, qty=3):
    """An order with plain numbers; lacking is dearer than anything."""
    return Need(
        rolls.integers(1, qty + 1, items), rolls.integers(1, 9, sites).astype(float),
        rolls.integers(1, 9, (items, sites)).astype(float), np.full(items, 30.0), 10.0, most,
    )  # fmt: skip


def by_hand(one, stock):
    """The least cost over every distribution of every unit."""
    sites = len(one.ship)
    rows = []
    for item, qty in enumerate(one.qty):
        rows.append([
            takes for takes in product(*(range(min(qty, stock[item, site]) + 1) for site in range(sites))) if sum(takes) <= qty
        ])  # fmt: skip
    found = (np.array(takes) for takes in product(*rows))
    return min(cost_of(one, takes, one.unit) for takes in found if (takes.any(axis=0).sum() <= one.most))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 2), st.integers(1, 3), st.integers(1, 3))
def test_one_order_is_as_cheap_as_can_be(seed, items, sites, most):
    rolls = np.random.default_rng(seed)
    one = need(rolls, items, sites, most)
    stock = rolls.integers(0, 4, (items, sites))
    way = best(one, stock)
    assert (way.takes <= stock).all()
    assert (way.takes >= 0).all()
    assert (way.missing(one) >= 0).all()
    assert len(way.sites) <= most
    assert way.cost == pytest.approx(cost_of(one, way.takes, one.unit))
    assert way.cost == pytest.approx(by_hand(one, stock))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 5), st.integers(1, 4), st.booleans())
def test_small_orders_by_their_cuts_are_as_cheap_as_by_subsets(seed, items, sites, single):
    rolls = np.random.default_rng(seed)
    many = [need(rolls, items, sites, 1 if single else MOST_SITES, qty=1) for _ in range(6)]
    line = np.array([np.concatenate([one.unit, one.lack_unit[:, None]], axis=1) for one in many])
    ship = np.array([[*one.ship, one.lack_ship] for one in many])
    cost, site = priced(line, ship, single=single)
    stock = np.ones((items, sites), dtype=np.int64)
    assert cost == pytest.approx([best(one, stock).cost for one in many])
    assert site.shape == (6, items)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 5), st.integers(1, 4), st.booleans())
def test_what_orders_take_is_counted_as_their_ways_say(seed, items, sites, single):
    """The compiled kernel, the same as it is written, and the ways one by one."""
    rolls = np.random.default_rng(seed)
    stock = rolls.integers(1, 4, (sites, 8))
    most = 1 if single else MOST_SITES
    orders = [
        Wanted(np.sort(rolls.choice(8, items, replace=False)), need(rolls, items, sites, most, qty=2))
        for _ in range(12)
    ]
    groups, _ = grouped(orders, stock)
    prices = rolls.integers(0, 4, stock.shape).astype(float)
    for group in groups:
        line = group.line.copy()
        line[:, :, :-1] += prices[:, group.items].transpose(1, 2, 0) * group.qty[:, :, None]
        cost, site = priced(line, group.ship, single=group.single)
        use = np.zeros((sites + 1, 8))
        np.add.at(use, (site, group.items), group.qty)
        for count in (least, least.written):
            mine = np.zeros_like(use)
            whole = count(group.line, group.ship, group.items, group.qty, prices, mine, int(group.single))
            assert whole == pytest.approx(cost.sum())
            assert (mine == use).all()


def test_the_ways_are_told_best_first_and_each_once():
    rolls = np.random.default_rng(5)
    one = need(rolls, 3, 5)
    found = ways(one, np.full((3, 5), 9))
    assert [way.weighed for way in found] == sorted(way.weighed for way in found)
    assert len({way.sites for way in found}) == len(found) == 4


def test_of_many_sites_the_good_ones_are_looked_at():
    rolls = np.random.default_rng(7)
    one = need(rolls, 3, 40)
    stock = rolls.integers(0, 3, (3, 40))
    few = best(one, stock)
    assert not few.missing(one).any()
    assert len(few.sites) <= 3


def wanted(rolls, items, sites, count):
    """Orders of one to three items."""
    made = []
    for _ in range(count):
        mine = np.sort(rolls.choice(items, rolls.integers(1, 4), replace=False))
        made.append(Wanted(mine, need(rolls, len(mine), sites, qty=1)))
    return made


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6))
def test_many_orders_are_near_the_bound_and_within_the_stock(seed):
    rolls = np.random.default_rng(seed)
    orders = wanted(rolls, 6, 4, 40)
    stock = rolls.integers(0, 8, (4, 6))
    done = solve(orders, stock)
    used = np.zeros_like(stock)
    for one, takes in zip(orders, done.takes, strict=True):
        used[:, one.items] += takes.T
        assert (takes.sum(axis=1) <= one.need.qty).all()
    assert (used <= stock).all()
    assert done.bound <= done.cost + 1e-6
    assert done.cost <= 1.03 * done.bound
    assert done.cost == pytest.approx(
        sum(cost_of(one.need, takes, one.need.unit) for one, takes in zip(orders, done.takes, strict=True))
    )
    again = solve(orders, stock)
    assert all((one == other).all() for one, other in zip(done.takes, again.takes, strict=True))


def test_two_small_orders_jointly_beside_every_way():
    rolls = np.random.default_rng(11)
    for _ in range(5):
        orders = wanted(rolls, 3, 2, 2)
        stock = rolls.integers(0, 3, (2, 3))
        least = np.inf
        choices = [list(product(range(3), repeat=len(one.items))) for one in orders]
        for pair in product(*choices):
            used, cost = np.zeros_like(stock), 0.0
            for one, sites in zip(orders, pair, strict=True):
                takes = np.zeros((len(one.items), 2), dtype=np.int64)
                for row, site in enumerate(sites):
                    if site < 2:
                        takes[row, site] = 1
                used[:, one.items] += takes.T
                cost += cost_of(one.need, takes, one.need.unit)
            if (used <= stock).all():
                least = min(least, cost)
        assert solve(orders, stock).cost <= least * 1.003


def test_lines_of_several_units_and_orders_of_one_parcel_fit_too():
    rolls = np.random.default_rng(3)
    orders = [
        Wanted(np.arange(2), need(rolls, 2, 3, most=1 if row % 3 == 0 else MOST_SITES, qty=4)) for row in range(30)
    ]
    stock = np.array([[20, 9], [15, 30], [3, 8]])
    done = solve(orders, stock)
    used = sum(takes.sum(axis=0) for takes in done.takes)
    by_site = np.array([takes.T for takes in done.takes]).sum(axis=0)
    assert (by_site <= stock).all()
    assert used.sum() == by_site.sum()
    assert all(
        len(np.flatnonzero(takes.any(axis=0))) <= one.need.most for one, takes in zip(orders, done.takes, strict=True)
    )


def test_what_was_learned_keeps_rare_goods_for_those_who_need_them():
    """CUP and TEA lie together only at site 0, which is also a little cheaper for who wants CUP alone."""
    sites, lack = np.array([5.0, 5.0]), np.full(2, 50.0)
    both = Wanted(np.arange(2), Need(np.ones(2, dtype=np.int64), sites, np.ones((2, 2)), lack, 10.0))
    cup = Wanted(np.array([0]), Need(np.ones(1, dtype=np.int64), sites, np.array([[1.0, 1.5]]), lack[:1], 10.0))
    days = [cup, both] * 20
    stock = np.array([[20, 20], [20, 0]])
    plain = Stream(stock.copy(), 0)
    learned = Stream(stock.copy(), 40, list(days))
    turn = [cup] * 20 + [both] * 20
    assert sum(learned.take(one).cost for one in turn) < sum(plain.take(one).cost for one in turn)
    assert (learned.stock >= 0).all()


def test_orders_that_give_and_take_the_same_unit_move_together():
    a, b, c = np.array([[1, 0]]), np.array([[0, 1]]), np.array([[1, 0]])
    items = [np.array([0]), np.array([0]), np.array([1])]
    assert together([a, b, c], items, [b, a, b]) == [[0, 1], [2]]
    assert together([a, b, c], items, [a, b, c]) == []


def test_the_bench_says_where_its_data_are_not(tmp_path, capsys):
    assert main(["--data", str(tmp_path), "--json"]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert "skipped" in said.err


def test_the_worked_example_of_the_third_party_is_reproduced():
    from tools.bench_sourcing import SHARED

    folder = SHARED / "dom-nextmv"
    if not folder.exists():
        pytest.skip("the third party's data are not beside this checkout")
    assert nextmv(folder).worst == 1.0
