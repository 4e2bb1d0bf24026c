"""A hand-over shown to two, heard of by the server in every order, with the work cancelled, run out or given to another in between."""

from itertools import permutations
from random import Random

import pytest

from sync.contract.codes import Outcome
from tools.soak.handovers import World, live

pytestmark = pytest.mark.postgres


@pytest.mark.parametrize("meanwhile", ["cancel", "give_to_another", "nothing"])
def test_every_order_leaves_the_stock_exact_and_credits_one(warehouse, meanwhile):
    for n, order in enumerate(permutations(("giver", "taker", "second", "meanwhile"))):
        # Where nothing else happens six orders are all there are; where something does, every fourth; the soak makes thousands.
        if (meanwhile == "nothing" and order[-1] != "meanwhile") or (
            meanwhile != "nothing" and n % 4 != (meanwhile == "cancel")
        ):
            continue
        world = World(warehouse, f"O-{n}")
        for event in order:
            if event != "meanwhile":
                world.push(event)
            elif meanwhile != "nothing":
                getattr(world, meanwhile)()
        assert list(world.odd()) == [], order
        assert world.told["giver"][-1] is Outcome.DIVERTED, order
        first = min(("taker", "second"), key=order.index)
        if meanwhile == "nothing" or order.index(first) < order.index("meanwhile"):
            assert world.credited() == [first], order
        else:
            assert world.credited() == [], order
    warehouse.check()


def test_piece_by_piece_in_any_order(warehouse):
    for seed in range(4):
        assert live(warehouse, Random(seed), f"O-{seed}") == []
    warehouse.check()
