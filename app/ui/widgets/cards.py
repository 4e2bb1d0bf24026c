"""A heading over cards that can be pressed: totes that wait, lines of a zone, tasks. As many as there is room for, then how many more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from app.ui.theme import Skin
from app.ui.widgets.fit import FitLabel
from app.ui.widgets.job import JobButton

_GAP = 10
_LEAST = 64
#: Text size from which cards stand one below the other.
_LARGE = 1.3


@dataclass(frozen=True, slots=True)
class Card:
    """One card: what it does, its words, and the word at its right in the colour of `tone`."""

    intent: str
    title: str
    facts: str
    mark: str = ""
    tone: str = "quiet"


class CardList(QWidget):
    """Owns at most `most` cards. `intent` carries the one that was pressed."""

    intent = Signal(str)

    def __init__(self, skin: Skin, most: int = 8, columns: int = 1, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._skin = skin
        self.columns = columns
        self._heading = FitLabel(skin, 17, 700, "quiet", parent=self)
        self._empty = FitLabel(skin, 18, 500, "quiet", lines=3, parent=self)
        self._cards = [JobButton(skin, self) for _ in range(most)]
        for card in self._cards:
            card.clicked.connect(lambda _=False, card=card: self.intent.emit(card.intent))
        self._given: Sequence[Card] = ()
        self._words = ""

    def show_cards(self, heading: str, cards: Sequence[Card], empty: str = "") -> None:
        """Changes heading and cards; `empty` stands where there are none."""
        self._words, self._given = heading, cards
        for button, card in zip(self._cards, cards, strict=False):
            button.show_job(card.intent, card.title, card.facts, card.mark, card.tone)
        self._empty.show_text("" if cards else empty)
        self.place()

    @property
    def _across(self) -> int:
        """Large letters need the whole width."""
        return self.columns if self._skin.scale <= _LARGE else 1

    @property
    def shown(self) -> int:
        """How many cards there is room for."""
        rows = max(1, (self.height() - self._head() + _GAP) // (self._least() + _GAP))
        return min(len(self._given), len(self._cards), rows * self._across)

    @property
    def used(self) -> int:
        """Pixels taken from the top."""
        rows = -(-self.shown // self._across)
        return self._head() + (rows * (self._high() + _GAP) if rows else 60)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Places everything anew."""
        super().resizeEvent(event)
        self.place()

    def place(self) -> None:
        """Cards in rows under the heading."""
        head, count = self._head(), self.shown
        more = len(self._given) - count
        self._heading.show_text(f"{self._words}  +{more}" if more > 0 else self._words)
        self._heading.setVisible(bool(self._words))
        self._heading.setGeometry(2, 0, self.width() - 4, max(0, head - 4))
        self._empty.setVisible(bool(self._empty.text))
        self._empty.setGeometry(2, head, self.width() - 4, min(90, max(20, self.height() - head)))
        high = self._high()
        wide = (self.width() - _GAP * (self._across - 1)) / self._across
        for i, button in enumerate(self._cards):
            row, column = divmod(i, self._across)
            button.setVisible(i < count)
            button.setGeometry(round(column * (wide + _GAP)), head + row * (high + _GAP), round(wide), high)

    def _head(self) -> int:
        return round(28 * max(1.0, min(1.7, self._skin.scale))) if self._words else 0

    def _least(self) -> int:
        """The lowest card whose two lines keep apart."""
        return round(_LEAST * max(1.0, min(1.3, self._skin.scale)))

    @property
    def needs(self) -> int:
        """Pixels for the heading and one card."""
        return self._head() + self._least()

    def _high(self) -> int:
        rows = max(1, -(-self.shown // self._across))
        room = (self.height() - self._head() - _GAP * (rows - 1)) // rows
        return max(56, min(room, round(78 * max(1.0, min(1.5, self._skin.scale)))))
