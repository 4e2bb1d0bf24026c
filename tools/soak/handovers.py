"""Hand-overs shown to two, heard of by the server in any order and piece by piece, with the work cancelled, run out or
given to another in between: the stock is exact, nothing counts twice, and never two are credited.

    python -m tools.soak handovers -- --worlds 1000 --seed 1
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from random import Random

from oms.orders import actions as order_actions
from oms.picking.models import WorkItem
from oms.verify import verify
from sync.contract.codes import Outcome
from tools.bench import Figure
from tools.soak._centre import Centre, own_database
from tools.soak._giving import GivingLog
from tools.soak._warehouse import Warehouse


class World:
    """Owns one job, the device that gives it away half done and picks on, the two that took it over, and one that is given it meanwhile."""

    def __init__(self, house: Warehouse, name: str) -> None:
        self.house, self.order, self.tote = house, name, f"T-{name}"
        self.job = house.order(name, ("TEA", 4), ("CUP", 3))
        self.items = house.items_of(self.job)
        self.giver, self.taker, self.second, self.other = (GivingLog(house).join() for _ in range(4))
        self.told: dict[str, list[Outcome]] = {"giver": [], "taker": [], "second": []}
        self.giver.take(self.job)
        self._picks(self.giver, 1, 1)
        fact = self.giver.give(*self.items)
        self.giver.pick(self.items[0], 1, self.tote)
        for log in (self.taker, self.second):
            log.receive(fact, self.giver)
            self._picks(log, *(item.qty_req - 1 for item in self.items))

    def push(self, name: str, count: int = 200) -> None:
        """A device sends up to `count` of what the server has not acknowledged."""
        log: GivingLog = getattr(self, name)
        if log.acked < len(log.ops):
            reply = log.push(log.request(log.acked + 1, count))
            self.told[name] += [result.outcome for result in reply.results]
            log.acked = reply.last_seq

    def cancel(self) -> None:
        """The shop takes the order back."""
        self.house.act(lambda w: order_actions.cancel(w, self.order))

    def run_out(self) -> None:
        """All leases are over, and nobody has it."""
        self.house.let_leases_run_out()

    def give_to_another(self) -> None:
        """The lease runs out, and somebody else does all that is left."""
        self.run_out()
        self.other.take(self.job)
        for item in self.house.items_of(self.job):
            if item.id in self.other.tokens and item.qty_done < item.qty_req:
                self.other.pick(item, item.qty_req - item.qty_done, self.tote)
        self.other.push_all()

    def credited(self) -> list[str]:
        """Which of the two takers were credited."""
        return [name for name in ("taker", "second") if self.told[name] and Outcome.DIVERTED not in self.told[name]]

    def odd(self) -> Iterator[str]:
        """What is wrong once everybody has said everything they can."""
        if len(self.credited()) > 1:
            yield "two were credited"
        if any(item.qty_done > item.qty_req for item in self.house.items_of(self.job)):
            yield "more was counted than asked for"
        units = sum(log.units() for log in (self.giver, self.taker, self.second, self.other))
        held = self._held(f"tote:{self.tote}") + sum(self._held(f"surplus:{id}") for id in self._identities())
        if held != units:
            yield f"{units} units were taken, {held} are somewhere"

    def _identities(self) -> list[str]:
        return [log.id for log in (self.giver, self.taker, self.second, self.other)]

    def _held(self, account: str) -> int:
        return sum(self.house.balance(account, sku) for sku in ("TEA", "CUP"))

    def _picks(self, log: GivingLog, *counts: int) -> None:
        item: WorkItem
        for item, qty in zip(self.items, counts, strict=True):
            log.pick(item, qty, self.tote)


def live(house: Warehouse, dice: Random, name: str) -> list[str]:
    """One world in which things happen in an order that the dice choose; what was wrong with it."""
    world = World(house, name)
    happens: list[Callable[[], None]] = []
    for who in ("giver", "taker", "second"):
        happens += [lambda who=who: world.push(who, dice.randint(1, 4)) for _ in range(dice.randint(0, 3))]  # type: ignore[misc]
    happens += dice.sample([world.cancel, world.run_out, world.give_to_another], dice.randint(0, 2))
    dice.shuffle(happens)
    for one in happens:
        one()
    last = ["giver", "taker", "second"]
    dice.shuffle(last)
    for who in last:
        world.push(who)
    return [f"{name}: {words}" for words in world.odd()]


def main(arguments: Sequence[str]) -> list[Figure]:
    """Worlds lived through, and those in which something was wrong."""
    parser = argparse.ArgumentParser(prog="handovers")
    parser.add_argument("--worlds", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    got = parser.parse_args(list(arguments))
    print(f"seed {got.seed}")
    wrong: list[str] = []
    with own_database() as url:
        centre = Centre(url)
        for n in range(got.worlds):
            # The stock of the bin lasts for a few orders.
            if n % 3 == 0:
                wrong += [f"{found.rule}: {found.rows[0]}" for found in verify(centre.oms.engine).findings]
                centre.renew()
            wrong += live(centre.house, Random(f"{got.seed} {n}"), f"H-{n}")
        wrong += [f"{found.rule}: {found.rows[0]}" for found in verify(centre.oms.engine).findings]
        centre.close()
    for words in wrong[:10]:
        print(words)
    return [Figure("hand-overs", got.worlds, ""), Figure("hand-overs with something wrong", len(wrong), "", limit=0)]
