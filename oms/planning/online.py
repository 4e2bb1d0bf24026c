"""Batches of orders that are still arriving: each goes where it adds least walking, and a cart leaves when it is full or its time is short.

`Waiting` is the whole state, kept by its caller; times are seconds on any one clock, walks come from a `Walk` that has all orders.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import numpy as np

from oms.planning.batching import Effort, Load, plan
from oms.planning.compiled import Ints
from oms.planning.walks import Walk, metres_of, part_of

#: A batch this full leaves; and so does one whose slack is less than its tour's time so many times.
FULL: Final = 0.95
SLACK: Final = 1.2


class Goes(StrEnum):
    """Why a batch leaves."""

    FULL = "FULL"
    SHORT_OF_TIME = "SHORT_OF_TIME"
    NO_MORE_COME = "NO_MORE_COME"


@dataclass(frozen=True, slots=True)
class Released:
    """A batch that leaves: its orders, metres, and why."""

    orders: tuple[int, ...]
    metres: float
    because: Goes


@dataclass(frozen=True, slots=True)
class Held:
    """Why an order waits: how full its batch is, and the seconds until it must leave at the latest."""

    order: int
    full: float
    seconds_left: float


@dataclass(slots=True)
class _Open:
    """A batch that has not left."""

    orders: list[int]
    metres: float
    priority: int


@dataclass(slots=True)
class Waiting:
    """The batches that have not left. `seconds_for(metres, lines)` is the time of a tour: walking, picking and setting up."""

    walk: Walk
    loads: Sequence[Load]
    limits: Load
    due: Sequence[float]
    seconds_for: Callable[[float, int], float]
    priorities: Sequence[int] = ()
    _open: list[_Open] = field(default_factory=list)

    def arrive(self, order: int) -> None:
        """Puts an order into the batch whose walk grows least by it, or into one of its own. ValueError when no cart takes it."""
        if not self._fits([order]):
            raise ValueError("no cart takes this order")
        priority = self._priority(order)
        alone = self._metres([order])
        best, least = None, alone
        for batch in self._open:
            if batch.priority == priority and self._fits([*batch.orders, order]):
                more = self._metres([*batch.orders, order]) - batch.metres
                if more < least:
                    best, least = batch, more
        if best is None:
            self._open.append(_Open([order], alone, priority))
        else:
            best.orders.append(order)
            best.metres += least

    def release(self, now: float, effort: Effort | None = None) -> list[Released]:
        """The batches that leave now. With an effort those that would leave are first planned anew with all that wait."""
        going = [(batch, self._goes(batch, now)) for batch in self._open]
        if effort is not None and any(why is not None for _, why in going):
            self._anew(effort)
            going = [(batch, self._goes(batch, now)) for batch in self._open]
        self._open = [batch for batch, why in going if why is None]
        return [Released(tuple(sorted(batch.orders)), batch.metres, why) for batch, why in going if why is not None]

    def close(self, effort: Effort | None = None) -> list[Released]:
        """No more orders come: everything leaves."""
        if effort is not None:
            self._anew(effort)
        gone, self._open = self._open, []
        return [Released(tuple(sorted(batch.orders)), batch.metres, Goes.NO_MORE_COME) for batch in gone]

    def held(self, now: float) -> list[Held]:
        """Every order that waits, and until when it may."""
        found = []
        for batch in self._open:
            left = self._leaves_by(batch) - now
            found += [Held(order, self._full(batch.orders), left) for order in sorted(batch.orders)]
        return found

    def _goes(self, batch: _Open, now: float) -> Goes | None:
        if self._full(batch.orders) >= FULL:
            return Goes.FULL
        return Goes.SHORT_OF_TIME if now > self._leaves_by(batch) else None

    def _leaves_by(self, batch: _Open) -> float:
        lines = sum(self.loads[order].lines for order in batch.orders)
        return min(self.due[order] for order in batch.orders) - SLACK * self.seconds_for(batch.metres, lines)

    def _anew(self, effort: Effort) -> None:
        orders = sorted(order for batch in self._open for order in batch.orders)
        if len(orders) < 2:
            return
        numbers: Ints = np.array(orders, np.int64)
        loads = [self.loads[order] for order in orders]
        levels = [self._priority(order) for order in orders]
        found = plan(part_of(self.walk, numbers), loads, self.limits, levels, effort)
        if found.metres < sum(batch.metres for batch in self._open):
            self._open = [
                _Open([orders[place] for place in batch.orders], batch.metres, batch.priority)
                for batch in found.batches
            ]

    def _metres(self, orders: Sequence[int]) -> float:
        return metres_of(self.walk, orders)

    def _fits(self, orders: Sequence[int]) -> bool:
        return self._full(orders, over=True) <= 1.0

    def _full(self, orders: Sequence[int], *, over: bool = False) -> float:
        summed = [sum(each) for each in zip(*(self.loads[order].measures() for order in orders), strict=True)]
        pairs = zip(summed, self.limits.measures(), strict=True)
        return max(has / most if most else (2.0 if over and has else 0.0) for has, most in pairs)

    def _priority(self, order: int) -> int:
        return self.priorities[order] if self.priorities else 0
