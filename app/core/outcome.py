"""The one envelope in which every service answers, and the port behind which its work runs."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from app.core.messages import Message

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Changes:
    """Which kinds of things a unit of work changed, by entity name (`job`, `work`, `order`, `status` ...), so that screens know
    whether to look again."""

    entities: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.entities)


@dataclass(frozen=True, slots=True)
class Outcome(Generic[V]):
    """What a service did: the state it is in (a word of its flow's table), what to show, what to say, what changed on disk.

    `message` is what just happened (banner and sound); the standing prompt is part of the view.
    """

    state: str
    view: V
    message: Message | None = None
    changes: Changes = Changes()
