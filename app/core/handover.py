"""A hand-over between devices as the client's rooms see it: the frames that are scanned, and what services show of giving and taking."""

from dataclasses import dataclass

from app.core.messages import Message
from app.core.views import JobCard
from sync.contract.frames import Collected, Frame, Refusal, add, is_frame, read, split

__all__ = ["Collected", "Frame", "HandOverView", "Picture", "Refusal", "Symbol", "add", "is_frame", "read", "split"]

#: The modules of a QR code, row by row; True is dark.
Symbol = tuple[tuple[bool, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """One of the pictures the giver shows: `number` from 0."""

    number: int
    symbol: Symbol


@dataclass(frozen=True, slots=True)
class HandOverView:
    """A hand-over at one moment. `page` is where this device stands:

    `start` nothing under way: `jobs` and `waiting` facts could be given;
    `show` giving: `count` pictures, `whole` names their set, `minutes` are left of the work when they were made;
    `given` somebody has it;
    `take` taking: `have` of `count` pictures, `missing` their numbers from 1;
    `taken` this device has it: `code` and `receipt` end the pictures on the other device, `giver`.
    """

    page: str
    prompt: Message
    jobs: tuple[JobCard, ...] = ()
    waiting: int = 0
    count: int = 0
    whole: str = ""
    minutes: int = 0
    have: int = 0
    missing: tuple[int, ...] = ()
    code: str = ""
    receipt: Symbol = ()
    giver: str = ""
    #: A hand-over was given before and nobody has said that they have it.
    unconfirmed: bool = False
