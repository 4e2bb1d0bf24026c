"""The screen of carriers' lists: carriers with what is ready, and the lists of today. Draws a `ManifestsState`."""

from __future__ import annotations

from app.core.views_load import CarrierDay, ManifestCard
from app.screens.load.manifests_presenter import ManifestsState
from app.screens.load.view import LISTS
from app.screens.load.words import LoadWord
from app.screens.words import Word
from app.ui.screen import MIDDLE, ScreenView
from app.ui.texts import Texts
from app.ui.theme import Skin
from app.ui.widgets.cards import Card, CardList
from app.ui.widgets.column import Column
from app.ui.widgets.fit import FitLabel
from app.ui.widgets.icon import BigIcon

_STATES = {
    "closed": (LoadWord.MANIFEST_STATE_CLOSED, "good"),
    "closing": (LoadWord.MANIFEST_STATE_CLOSING, "ask"),
    "failed": (LoadWord.MANIFEST_STATE_FAILED, "bad"),
}


class ManifestsScreen(ScreenView):
    """Two lists of cards, or the question before a list is closed."""

    def __init__(self, skin: Skin, texts: Texts) -> None:
        super().__init__(skin, texts)
        self._column = Column(parent=self)
        self._icon = BigIcon(skin, "orders", "ask")
        self._big = FitLabel(skin, 36, 800, lines=2)
        self._hint = FitLabel(skin, 22, 600, "quiet", lines=4)
        self._ready, self._closed = CardList(skin, most=8), CardList(skin, most=8)
        for cards in (self._ready, self._closed):
            cards.intent.connect(self.intent)
        add = self._column.add
        self._question = {
            "icon": add(self._icon, 96, 48, 2),
            "big": add(self._big, 96, 44),
            "hint": add(self._hint, 110, 60),
        }
        self._lists = {"ready": add(self._ready, 380, 100), "closed": add(self._closed, 380, 100)}

    def draw(self, state: ManifestsState) -> None:
        """Fills it."""
        word, view, asked = self.texts.word, state.view, state.asked
        for block in self._question.values():
            block.shown = asked is not None
        for block in self._lists.values():
            block.shown = asked is None
        if asked is not None:
            self._big.show_text(asked.carrier)
            self._hint.show_text(word(LoadWord.SURE_CLOSE_HINT, n=asked.ready))
        elif view is None:
            self._ready.show_cards("", [], word(Word.LOADING))
            self._closed.show_cards("", [])
        else:
            ready = [self._carrier(day) for day in view.carriers]
            heading = word(LoadWord.MANIFESTS_TODAY, day=view.day) if view.day else ""
            none = word(LoadWord.NO_MANIFESTS) if view.day else word(Word.LOADING)
            self._ready.show_cards(word(LoadWord.MANIFESTS_READY), ready, word(LoadWord.NOTHING_READY))
            self._closed.show_cards(heading, [self._manifest(card) for card in view.closed], none)
        self._column.arrange()

    def spare(self) -> int:
        """What the column leaves free."""
        return self._column.height() - self._column.used

    def place(self) -> None:
        """A column in the middle, with air at its edges."""
        edge = 16 if self.width() > 360 else 10
        wide = min(self.width() - 2 * edge, MIDDLE)
        top = (28 if self.desk else 12) if self.height() > 420 else 6
        for cards in (self._ready, self._closed):
            cards.columns = 2 if self.desk else 1
        self._column.setGeometry((self.width() - wide) // 2, top, wide, self.height() - top - 8 - self.foot)

    def _carrier(self, day: CarrierDay) -> Card:
        facts = self.texts.word(LoadWord.MANIFEST_READY, n=day.ready, waiting=day.waiting)
        return Card(f"close_list:{day.carrier}" if day.ready else "none", day.carrier, facts)

    def _manifest(self, card: ManifestCard) -> Card:
        word = self.texts.word
        mark, tone = _STATES[card.state]
        if card.state == "closed" and card.paper in LISTS:
            mark, tone = LISTS[card.paper]
        facts = word(LoadWord.MANIFEST_FACTS, n=card.parcels, weight=self.texts.grams(card.grams))
        return Card(
            f"paper:{card.id}", word(LoadWord.MANIFEST_NO, carrier=card.carrier, no=card.n), facts, word(mark), tone
        )
