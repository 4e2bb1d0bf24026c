"""Tables of allowed state changes. Every domain writes its own as data; its actions and the verifier read the same table."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

S = TypeVar("S", bound=StrEnum)

Transitions = Mapping[S, frozenset[S]]


class NotAllowed(ValueError):
    """A state change the table does not know: ours to mend, never the person's fault."""


def moved(table: Transitions[S], now: S, then: S) -> S:
    """`then`, when the table lets `now` become it or when it is so already; raises `NotAllowed` otherwise."""
    if then != now and then not in table[now]:
        raise NotAllowed(f"{now} cannot become {then}")
    return then


def can(table: Transitions[S], now: S, then: S) -> bool:
    """Whether `now` may become `then`. Staying is not a change."""
    return then in table[now]
