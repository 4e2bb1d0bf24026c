"""Instructions of the centre that must be read, and faults of our own: one after the other, over whatever screen is open."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from app.core.messages import Message
from app.core.views import NoticeCard
from app.core.work import Worker
from app.services.api import Notices


class NoticeLine:
    """Who waits to be acknowledged. `changed` is called when the first in line is another; `say` sounds each new one once."""

    def __init__(
        self, notices: Notices, store: Worker, say: Callable[[Message], None], changed: Callable[[], None]
    ) -> None:
        self._notices, self._store = notices, store
        self._say, self._changed = say, changed
        self._cards: tuple[NoticeCard, ...] = ()
        self._own: deque[Message] = deque()
        self._said: set[int] = set()
        #: Read by the person, and not yet kept: an answer that was on its way by then must not show them once more, or goods that were to
        #: be put back are put back twice.
        self._read: set[int] = set()

    @property
    def first(self) -> Message | None:
        """What a person must read now."""
        if self._own:
            return self._own[0]
        return self._cards[0].message if self._cards else None

    def add(self, message: Message) -> None:
        """A message of this device itself: one that stays joins the line, the rest is said once."""
        self._say(message)
        if message.look.sticky and message not in self._own:
            self._own.append(message)
            self._changed()

    def look(self) -> None:
        """Asks what the centre has sent."""
        self._store.submit(self._notices.waiting, self._took)

    def acknowledge(self) -> None:
        """The first in line has been read."""
        if self._own:
            self._own.popleft()
        elif self._cards:
            card, *rest = self._cards
            self._cards = tuple(rest)
            self._read.add(card.id)

            def kept(cards: tuple[NoticeCard, ...]) -> None:
                # What could not be kept is asked again.
                self._read.discard(card.id)
                self._took(cards)

            self._store.submit(lambda: self._notices.acknowledge(card.id), kept)
        self._changed()

    def _took(self, cards: tuple[NoticeCard, ...]) -> None:
        before, self._cards = self._cards, tuple(card for card in cards if card.id not in self._read)
        for card in self._cards:
            if card.id not in self._said:
                self._said.add(card.id)
                self._say(card.message)
        if self._cards != before:
            self._changed()
