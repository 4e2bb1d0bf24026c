"""What a plan may become, and within what it may be asked for. Asked by the desk and the planner."""

from typing import Final

import msgspec

from oms.transitions import Transitions
from sync.contract.plans import PlanAsked, PlanState

_S = PlanState

PLAN: Final[Transitions[PlanState]] = {
    _S.QUEUED: frozenset({_S.RUNNING, _S.CANCELLED}),
    # Its planner died: another takes it up again.
    _S.RUNNING: frozenset({_S.QUEUED, _S.DONE, _S.FAILED, _S.CANCELLED}),
    _S.DONE: frozenset(),
    _S.FAILED: frozenset(),
    _S.CANCELLED: frozenset(),
}

#: The most slots of a cart, seconds of thinking, moves for each order, people, and what no cart carries (lines, kilograms, litres).
_SLOTS: Final = 60
_SECONDS: Final = (0.1, 60.0)
_MOVES: Final = 1_000_000
_PEOPLE: Final = 1000
_ZONES: Final = 1000
_LINES, _GRAMS, _MILLILITRES = 1000, 10_000_000, 100_000_000
_SEEDS: Final = 1 << 30


def bounded(asked: PlanAsked) -> PlanAsked:
    """The same within what can be done."""
    low, high = _SECONDS
    return msgspec.structs.replace(
        asked,
        slots=_within(asked.slots, 1, _SLOTS),
        lines=_limit(asked.lines, _LINES),
        grams=_limit(asked.grams, _GRAMS),
        millilitres=_limit(asked.millilitres, _MILLILITRES),
        people={
            zone.replace("\0", "")[:60]: _within(count, 0, _PEOPLE)
            for zone, count in list(asked.people.items())[:_ZONES]
        },
        seed=_within(asked.seed, 1, _SEEDS),
        seconds=min(high, max(low, asked.seconds)),
        moves=None if asked.moves is None else _within(asked.moves, 0, _MOVES),
    )


def _within(number: int, low: int, high: int) -> int:
    return min(high, max(low, number))


def _limit(number: int | None, most: int) -> int | None:
    return None if number is None else _within(number, 1, most)
