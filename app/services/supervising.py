"""How a supervisor's question gets to the centre: who asks, whether they may, and what an answer that did not come means.

Used by the services of the board and of plans.
"""

from collections.abc import Callable
from typing import Protocol, TypeVar

from msgspec import Struct

from app.core.messages import Code, Message, say
from app.core.storage import StorageTrouble
from app.services.gate import SUPERVISES
from app.services.ports import CentreAway, CentreRefused, Store
from sync.contract.codes import ErrorCode

R = TypeVar("R", bound=Struct)
T = TypeVar("T")


class DeskCentre(Protocol):
    """The centre as a desk asks it."""

    def online(self) -> bool:
        """Whether it answered last time. Never waits."""

    def post(self, path: str, body: Struct, reads: type[R], timeout_s: float) -> R:
        """One question; raises `CentreAway` or `CentreRefused`."""


class Supervising:
    """Owns for whom was asked last; `forget` is called when somebody else asks, so that nothing of it is theirs. `everybody`: what is asked
    for is not for supervisors only."""

    def __init__(
        self, store: Store, centre: DeskCentre, forget: Callable[[], None], *, everybody: bool = False
    ) -> None:
        self._store, self._centre, self._forget = store, centre, forget
        self._everybody = everybody
        self._session = ""

    def ask(self, ask: Callable[[str], T]) -> T | Message:
        """What the centre answers to a supervisor's session, or why it was not asked or did not."""
        try:
            with self._store.look() as u:
                person = u.people.signed_in()
        except StorageTrouble:
            return say(Code.STORAGE_FULL)
        if person is None or not (self._everybody or SUPERVISES & person.roles):
            return say(Code.NOT_ALLOWED)
        if person.session != self._session:
            self._forget()
            self._session = person.session
        if not person.session or not self._centre.online():
            return say(Code.NEEDS_CENTRE)
        try:
            return ask(person.session)
        except CentreAway:
            return say(Code.NEEDS_CENTRE)
        except CentreRefused as no:
            return say(Code.BOARD_GONE if no.code is ErrorCode.NOT_FOUND else Code.NOT_ALLOWED)
