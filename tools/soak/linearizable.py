"""Is there an order in which it could have happened? Histories of claims, confirms, run-outs and cancels of one work item, made by threads
side by side on the real feed, each searched for a one-after-the-other order that explains every answer (Wing and Gong).

    python -m tools.soak linearizable -- --histories 10000 --seed 1 --jobs 2
"""

import argparse
import itertools
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from random import Random

from oms.orders import actions as order_actions
from sync.contract.facts import PickConfirm
from sync.contract.wire import Token
from tools.bench import Figure
from tools.soak._centre import Centre, own_database
from tools.soak._raw_log import RawLog
from tools.soak._side_by_side import add_jobs, side_by_side
from tools.soak._warehouse import Warehouse

_UNITS = 2


@dataclass(frozen=True, slots=True)
class Did:
    """One op of a history: who, what, with which token, what was answered; it took effect somewhere between `began` and `ended`."""

    who: int
    what: str
    token: Token | None
    answer: Token | str | None
    began: int
    ended: int


@dataclass(frozen=True, slots=True)
class Item:
    """The work item as one who sees one op at a time would have it."""

    n: int = 0
    holder: int | None = None
    over: bool = False
    done: int = 0
    cancelled: bool = False

    def after(self, did: Did) -> "Item | None":
        """The item after `did`; None when `did` cannot have been answered so."""
        match did.what:
            case "claim":
                return self._claimed(did)
            case "confirm":
                credited = (
                    not self.cancelled and self.done < _UNITS and self.holder == did.who and did.token == (1, self.n)
                )
                if (did.answer == "credited") != credited:
                    return None
                # Any contact renews what the device holds.
                over = self.over and self.holder != did.who
                return Item(self.n, self.holder, over, self.done + credited, self.cancelled)
            case "run_out":
                return Item(self.n, self.holder, True, self.done, self.cancelled)
            case _:
                return Item(self.n + 1, None, False, self.done, True)

    def _claimed(self, did: Did) -> "Item | None":
        free = self.holder is None or self.over or self.holder == did.who
        if self.cancelled or self.done == _UNITS or not free:
            return self if did.answer is None else None
        # Who has it keeps its token.
        n = self.n if self.holder == did.who else self.n + 1
        return Item(n, did.who, False, self.done, False) if did.answer == (1, n) else None


def explained(history: Sequence[Did], item: Item = Item()) -> bool:
    """Whether some order of the history, true to what came strictly before what, gives every answer as it was given."""
    if not history:
        return True
    first_end = min(did.ended for did in history)
    for did in history:
        if did.began <= first_end:
            after = item.after(did)
            if after is not None and explained([other for other in history if other is not did], after):
                return True
    return False


def history(house: Warehouse, dice: Random, name: str, threads: int = 3) -> list[Did]:
    """At most eight ops on one item of a new order, by `threads` devices side by side."""
    job = house.order(name, ("TEA", _UNITS))
    [item] = house.items_of(job)
    logs = [RawLog(house).known() for _ in range(threads)]
    clock = itertools.count()
    plans = [
        [dice.choice(("claim", "claim", "confirm", "confirm", "run_out", "cancel")) for _ in range(2)] for _ in logs
    ]
    plans[0][0] = "claim"

    def act(who: int) -> list[Did]:
        token: Token | None = None
        done = []
        for what in plans[who]:
            answer: Token | str | None = None
            presented, began = token, next(clock)
            if what == "claim":
                answer = next((lease.token for lease in logs[who].claim(job)), None)
                token = answer or token
            elif what == "confirm":
                body = PickConfirm(job=job, sku="TEA", qty=1, from_bin=item.from_bin, tote="T-1")
                logs[who].add(body, item.id, token)
                [result] = logs[who].push_all()
                answer = "diverted" if result.outcome == "diverted" else "credited"
            elif what == "run_out":
                house.let_leases_run_out()
            else:
                house.act(lambda w: order_actions.cancel(w, name))
            done.append(Did(who, what, presented, answer, began, next(clock)))
        return done

    with ThreadPoolExecutor(threads) as pool:
        return [did for dids in pool.map(act, range(threads)) for did in dids]


def search(centre: Centre, histories: range, seed: int) -> Iterator[str]:
    """Makes these histories; the words of those that nothing explains."""
    for made_before, n in enumerate(histories):
        # The stock of the bin lasts for a few orders.
        if made_before % 3 == 0:
            centre.renew()
        made = history(centre.house, Random(f"{seed} {n}"), f"H-{n}")
        if not explained(made):
            yield f"seed {seed}, history {n}: {made}"


def _share(seed: int, histories: range) -> list[str]:
    with own_database() as url:
        centre = Centre(url)
        centre.hurry()
        odd = list(search(centre, histories, seed))
        centre.close()
    return odd


def main(arguments: Sequence[str]) -> list[Figure]:
    """Histories made, and those without an explanation."""
    parser = argparse.ArgumentParser(prog="linearizable")
    parser.add_argument("--histories", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    add_jobs(parser)
    got = parser.parse_args(list(arguments))
    print(f"seed {got.seed}")
    began = time.monotonic()
    odd = list(itertools.chain(*side_by_side(partial(_share, got.seed), range(got.histories), got.jobs)))
    for words in odd[:10]:
        print(words)
    return [
        Figure("F23 histories", got.histories, ""),
        Figure("F23 histories a second", got.histories / (time.monotonic() - began), "1/s"),
        Figure("F23 histories nothing explains", len(odd), "", limit=0),
    ]
