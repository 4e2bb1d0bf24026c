"""Showing pictures in a loop and gathering those of another device: pure steps. Used by the hand-over service and its presenter."""

from dataclasses import dataclass, replace

from app.core.handover import Collected, Refusal, add, read
from app.core.messages import Code, Message, say

#: Milliseconds a picture stands, from fast to slow: a hand scanner with a trigger reads one in a good second.
PACES_MS = (400, 700, 1200, 2000, 3500)
_WORDS = {Refusal.TORN: Code.HAND_OVER_TORN, Refusal.FOREIGN: Code.HAND_OVER_FOREIGN}


@dataclass(frozen=True, slots=True)
class Loop:
    """Which of `count` pictures stands, how fast they change, and whether they change by themselves."""

    count: int
    at: int = 0
    pace: int = 2
    running: bool = True

    @property
    def pause_ms(self) -> int:
        """How long one picture stands."""
        return PACES_MS[self.pace]


def turned(loop: Loop, by: int) -> Loop:
    """The picture `by` further on, round and round."""
    return replace(loop, at=(loop.at + by) % max(1, loop.count))


def paced(loop: Loop, by: int) -> Loop:
    """Slower (1) or faster (-1)."""
    return replace(loop, pace=min(len(PACES_MS) - 1, max(0, loop.pace + by)))


def gathered(collected: Collected, text: str) -> tuple[Collected, Message]:
    """One more scan: what is there after it, and what to say. A picture that is there already is said to be so and changes nothing."""
    frame = read(text)
    if isinstance(frame, Refusal):
        return collected, say(_WORDS.get(frame, Code.HAND_OVER_NO_PICTURE))
    more = add(collected, frame)
    if isinstance(more, Refusal):
        return collected, say(Code.HAND_OVER_FOREIGN)
    if more == collected:
        return collected, say(Code.HAND_OVER_AGAIN, n=frame.number + 1, of=frame.count)
    return more, say(Code.HAND_OVER_PICTURE, n=more.have, of=more.count)
