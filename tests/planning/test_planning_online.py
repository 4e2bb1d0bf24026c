"""Orders that arrive: none is lost, no cart is too full, priorities stay apart, and carts leave full or in time."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oms.planning.batching import Effort, Load, cart
from oms.planning.online import Goes, Waiting
from oms.planning.single_block import Block
from oms.planning.walks import block_walk

BLOCK = Block.even(4, 20.0, 5.0)


def waiting(orders, due, most=8, priorities=()):
    loads = [Load(lines=len(order)) for order in orders]
    walk = block_walk(BLOCK, orders)
    return Waiting(walk, loads, cart(lines=most), due, lambda metres, lines: metres + 5 * lines, priorities)


def test_an_order_goes_where_it_adds_least():
    state = waiting([[(3, 19.0)], [(0, 3.0)], [(3, 18.0)]], [1000.0] * 3)
    for order in range(3):
        state.arrive(order)
    gone = state.close()
    assert [batch.orders for batch in gone] == [(0, 2), (1,)] or [batch.orders for batch in gone] == [(0, 1, 2)]
    assert sum(batch.metres for batch in gone) <= 30 + 38 + 6
    assert {batch.because for batch in gone} == {Goes.NO_MORE_COME}


def test_a_cart_leaves_full():
    state = waiting([[(1, 5.0)] * 4, [(1, 6.0)] * 4], [1e6] * 2)
    state.arrive(0)
    assert state.release(0.0) == []
    state.arrive(1)
    (gone,) = state.release(0.0)
    assert (gone.orders, gone.because) == ((0, 1), Goes.FULL)
    assert state.close() == []


def test_a_cart_leaves_in_time_and_says_until_when_it_waits():
    state = waiting([[(1, 5.0)]], [100.0])
    state.arrive(0)
    (held,) = state.held(10.0)
    assert held.full == pytest.approx(1 / 8)
    latest = 10.0 + held.seconds_left
    assert latest == pytest.approx(100 - 1.2 * (20 + 5))
    assert state.release(latest) == []
    (gone,) = state.release(latest + 0.1)
    assert gone.because is Goes.SHORT_OF_TIME


def test_what_fits_on_no_cart_is_refused():
    with pytest.raises(ValueError):
        waiting([[(1, 5.0)] * 9], [0.0]).arrive(0)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 6), st.integers(0, 1), st.integers(0, 40)), min_size=1, max_size=14),
    st.integers(1, 99),
    st.booleans(),
)
def test_no_order_is_lost_and_no_rule_broken(own, seed, again):
    draw = np.random.default_rng(seed)
    orders = [[(int(draw.integers(4)), float(draw.integers(1, 20))) for _ in range(lines)] for lines, _, _ in own]
    comes = np.cumsum([gap for _, _, gap in own])
    priorities = [priority for _, priority, _ in own]
    state = waiting(orders, [float(at) + 300 for at in comes], priorities=priorities)
    effort = Effort(moves=5) if again else None
    gone = []
    for order, at in enumerate(comes):
        state.arrive(order)
        gone += state.release(float(at), effort)
        held = [one.order for one in state.held(float(at))]
        assert sorted(held + [one for batch in gone for one in batch.orders]) == list(range(order + 1))
    gone += state.close(effort)
    assert sorted(order for batch in gone for order in batch.orders) == list(range(len(own)))
    for batch in gone:
        assert sum(len(orders[order]) for order in batch.orders) <= 8
        assert len({priorities[order] for order in batch.orders}) == 1
        assert all(one < other for one, other in pairwise(batch.orders))
