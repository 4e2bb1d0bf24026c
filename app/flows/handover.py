"""Gathering the pictures of another device: pure. Used by the hand-over service."""

from app.core.handover import Collected, Refusal, add, read
from app.core.messages import Code, Message, say

_WORDS = {Refusal.TORN: Code.HAND_OVER_TORN, Refusal.FOREIGN: Code.HAND_OVER_FOREIGN}


def gathered(collected: Collected, text: str) -> tuple[Collected, Message]:
    """One more scan: what is there after it, and what to say. A picture that is there already is said to be so and changes nothing."""
    frame = read(text)
    if isinstance(frame, Refusal):
        return collected, say(_WORDS.get(frame, Code.HAND_OVER_NO_PICTURE))
    more = add(collected, frame)
    if isinstance(more, Refusal):
        return collected, say(_WORDS[more])
    if more == collected:
        return collected, say(Code.HAND_OVER_AGAIN, n=frame.number + 1, of=frame.count)
    return more, say(Code.HAND_OVER_PICTURE, n=more.have, of=more.count)
