"""The pages of the screen of plans, what stands in their lists, and the questions that come before an act. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from app.screens.plans.words import PlansWord
from app.screens.words import Vocabulary
from app.services.plans_port import (
    Compared,
    Doomed,
    Happened,
    Move,
    PlanAsked,
    PlanBatch,
    PlanOutcomeReply,
    PlanRow,
    PlansAgainstReply,
    PlanWhy,
    Rescue,
)

Item = PlanBatch | PlanWhy | Compared | Happened | Doomed
#: Where an order counts as one that will be late.
LIKELY_PERCENT: Final = 50
_SLOTS: Final = (4, 12)
_LONGER_S: Final = 20.0
#: Keys of what is chosen at the side while the figures turn the pages.
_KEYS: Final = ("F5", "F6", "F7", "F8", "F2", "F3", "F4")
_MOST: Final = 9


class Page(StrEnum):
    """What is looked at."""

    WALKS = "walks"
    ORDERS = "orders"
    REHEARSAL = "rehearsal"
    COMPARE = "compare"
    OUTCOME = "outcome"
    RESCUE = "rescue"


PAGES: Final[dict[Page, Vocabulary]] = {
    Page.WALKS: PlansWord.TAB_WALKS,
    Page.ORDERS: PlansWord.TAB_ORDERS,
    Page.REHEARSAL: PlansWord.TAB_REHEARSAL,
    Page.COMPARE: PlansWord.TAB_COMPARE,
    Page.OUTCOME: PlansWord.TAB_OUTCOME,
    Page.RESCUE: PlansWord.TAB_RESCUE,
}
#: Pages with the map under the list.
MAPPED: Final = frozenset({Page.WALKS, Page.ORDERS})


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose at the side. `n` is the figure in its words, `move` tells itself."""

    intent: str
    word: Vocabulary
    key: str = ""
    n: int = 0
    move: Move | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked before an act; `kind` is '' while nothing is: `use`, `again` (what is different), `which` (plan), `move`."""

    kind: str = ""
    options: tuple[Option, ...] = ()
    move: Move | None = None

    @property
    def asks(self) -> bool:
        """Whether an answer is waited for."""
        return bool(self.kind)


QUESTIONS: Final[dict[str, Vocabulary]] = {
    "use": PlansWord.READ_USE,
    "again": PlansWord.HOW_AGAIN,
    "which": PlansWord.WHICH_ONE,
    "move": PlansWord.READ_MOVE,
}


def key_of(item: Item) -> str:
    """By which a row is known."""
    match item:
        case PlanBatch():
            return str(item.number)
        case PlanWhy() | Doomed():
            return item.order
    return item.what


def rows_of(
    page: Page,
    plan: PlanRow | None,
    against: PlansAgainstReply | None,
    outcome: PlanOutcomeReply | None,
    rescue: Rescue | None,
) -> tuple[Item, ...]:
    """The list of a page; orders that wait stand on top."""
    result = plan.result if plan is not None else None
    match page:
        case Page.WALKS:
            return tuple(result.batches) if result else ()
        case Page.ORDERS:
            return _waiting_first(result.why) if result else ()
        case Page.COMPARE:
            return tuple(against.figures) if against else ()
        case Page.OUTCOME:
            return tuple(outcome.figures) if outcome else ()
        case Page.RESCUE:
            return tuple(rescue.late) if rescue else ()
    return ()


def _waiting_first(why: list[PlanWhy]) -> tuple[PlanWhy, ...]:
    return tuple(sorted(why, key=lambda one: one.batch or 0))


def tour_of(plan: PlanRow | None, item: Item | None) -> PlanBatch | None:
    """The walk that the map shows: the one stood on, or that of the order stood on."""
    if isinstance(item, PlanBatch):
        return item
    if isinstance(item, PlanWhy) and item.batch is not None and plan is not None and plan.result is not None:
        return next((batch for batch in plan.result.batches if batch.number == item.batch), None)
    return None


def late_orders(plan: PlanRow) -> int:
    """How many orders of a rehearsed plan are likely to be late."""
    forecast = plan.result.forecast if plan.result else None
    return sum(one.percent >= LIKELY_PERCENT for one in forecast.late) if forecast else 0


def people_of(plan: PlanRow) -> dict[str, int]:
    """Who picks it, as asked or as the plan found them signed in."""
    if plan.asked.people or plan.result is None:
        return plan.asked.people
    return {zone.zone: zone.people for zone in plan.result.zones if zone.people}


def differently(plan: PlanRow) -> tuple[tuple[Option, PlanAsked], ...]:
    """The same with one thing changed, each as an option and what it asks for."""
    asked = plan.asked
    found = [(Option("again:0", PlansWord.LONGER), _asked(asked, seconds=min(60.0, asked.seconds + _LONGER_S)))]
    people = people_of(plan)
    if people:
        busiest = max(people, key=lambda zone: people[zone])
        more = {**people, busiest: people[busiest] + 1}
        found.append((Option("", PlansWord.ONE_MORE), _asked(asked, people=more)))
        if people[busiest] > 1:
            fewer = {**people, busiest: people[busiest] - 1}
            found.append((Option("", PlansWord.ONE_LESS), _asked(asked, people=fewer)))
    found += [
        (Option("", PlansWord.SMALL_CART, n=slots), _asked(asked, slots=slots))
        for slots in _SLOTS
        if slots != asked.slots
    ]
    return tuple((replace(option, intent=f"again:{i}", key=str(i + 1)), wish) for i, (option, wish) in enumerate(found))


def _asked(
    asked: PlanAsked, *, seconds: float | None = None, people: dict[str, int] | None = None, slots: int | None = None
) -> PlanAsked:
    return PlanAsked(
        method=asked.method,
        slots=asked.slots if slots is None else slots,
        lines=asked.lines,
        grams=asked.grams,
        millilitres=asked.millilitres,
        people=asked.people if people is None else people,
        seed=asked.seed,
        seconds=asked.seconds if seconds is None else seconds,
    )


def which_options(numbers: dict[str, int], without: str) -> tuple[Option, ...]:
    """The other plans, the newest first, by the figures."""
    others = [id for id in numbers if id != without][:_MOST]
    return tuple(Option(f"plan:{id}", PlansWord.NO, str(i), numbers[id]) for i, id in enumerate(others, 1))


def against_options(numbers: dict[str, int], without: str) -> tuple[Option, ...]:
    """With which plan to compare, by function keys."""
    others = [id for id in numbers if id != without]
    return tuple(
        Option(f"against:{id}", PlansWord.AGAINST, key, numbers[id]) for id, key in zip(others, _KEYS, strict=False)
    )


def move_options(rescue: Rescue | None) -> tuple[Option, ...]:
    """What can be done for the orders of a running wave, the best first."""
    moves = rescue.moves[:_MOST] if rescue else []
    keys = (*_KEYS, *("" for _ in range(_MOST)))
    return tuple(
        Option(f"move:{i}", PlansWord.DO_IT, key, move=move)
        for i, (move, key) in enumerate(zip(moves, keys, strict=False))
    )
