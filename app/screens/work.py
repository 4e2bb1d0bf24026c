"""What the presenters of the put wall, the zones and the tasks share: cards for acts that only these screens have. No Qt."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from app.core.messages import Message
from app.core.scan import ScanInput
from app.core.views import ItemCard
from app.screens.frame import Phrase, phrase
from app.screens.presenter import Presenter
from app.screens.words import Word

S = TypeVar("S")


class WorkPresenter(Presenter[S]):
    """A screen whose service reads the common command barcodes itself; `CARDS` are those it does not know."""

    service_reads_commands = True
    CARDS: ClassVar[dict[str, str]] = {}

    def on_scan(self, scan: ScanInput) -> None:
        """A scan, or a card that presses a button of this screen."""
        act = self.act_of_card(scan.text.upper())
        if act is None or scan.at < self._since:
            super().on_scan(scan)
            return
        self.on_intent(act)
        self.stage.answered(scan, None)

    def act_of_card(self, text: str) -> str | None:
        """The button behind a card, if it is one of this screen's."""
        return self.CARDS.get(text)


def notes_of(item: ItemCard | None) -> tuple[Phrase, ...]:
    """What to look out for with an item."""
    if item is None:
        return ()
    notes = []
    if item.expiry:
        notes.append(phrase(Word.EXPIRES, date=item.expiry))
    if item.lot:
        notes.append(phrase(Word.LOT_NO, lot=item.lot))
    if item.fragile:
        notes.append(phrase(Word.FRAGILE))
    return tuple(notes)


def named(message: Message, items: tuple[ItemCard | None, ...]) -> Message:
    """A refusal that speaks of item numbers, with the items' names in their place."""
    names = {item.sku: f"{item.name} (…{item.code[-4:]})" for item in items if item is not None}
    words = {key: names.get(value, value) if isinstance(value, str) else value for key, value in message.words.items()}
    return Message(message.code, words)
