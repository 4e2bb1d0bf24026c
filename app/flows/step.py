"""The shape in which every flow answers, and the effects it may ask for. Services run them: facts first, in one commit with the state."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from app.core.facts import Fact
from app.core.messages import Message

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Record:
    """Append `fact` to the journal, for work item `item` if it is about one."""

    fact: Fact
    item: str | None = None


@dataclass(frozen=True, slots=True)
class PrintLabel:
    """After the commit: print the label of `parcel` as print job `print_job`. The SSCC stays the same however often it is asked."""

    print_job: str
    parcel: str


@dataclass(frozen=True, slots=True)
class PrintGoods:
    """After the commit: print `n` labels as print job `print_job`, each for `units` units of the goods that the fact `mark` has booked."""

    print_job: str
    mark: str
    units: int
    n: int


Effect = Record | PrintLabel | PrintGoods


@dataclass(frozen=True, slots=True)
class Step(Generic[S]):
    """What one event did: the state after it, what must happen for it to be true, and what to say.

    `refused` is the code under which a scan counted for nothing; then the state's counts are as before.
    """

    state: S
    effects: tuple[Effect, ...] = ()
    say: Message | None = None
    refused: bool = False
