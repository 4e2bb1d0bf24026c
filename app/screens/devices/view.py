"""The device set-up screen: what is in use and what was found, and beside it (on a handheld instead of it) one device with its test.

Draws a `DevicesState`.
"""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QWidget

from app.core.messages import LOOK, Code, Look, Tone
from app.screens.devices.cards import BarsCard, LinesCard, Scroller
from app.screens.devices.frames import DevicesState, doors, icon_of_role
from app.screens.devices.port import DeskView, DeviceCard, FoundCard
from app.screens.devices.rows import DeviceRow
from app.screens.devices.telling import Teller, tongue
from app.screens.words import Word
from app.ui.screen import MIDDLE, ScreenView
from app.ui.texts import Texts
from app.ui.theme import Skin
from app.ui.widgets.buttons import ActionButton
from app.ui.widgets.fit import FitLabel
from app.ui.widgets.keypad import Keypad
from app.ui.widgets.several import keep

_LIST, _GAP = 420, 16
#: Line and five rows of keys.
_PAD_LEAST = Keypad.LEAST + 56 + 8
_GOOD, _WARN, _ASK = Look(Tone.GOOD), LOOK[Code.DEVICE_FAULT], Look(Tone.ASK)


class DevicesScreen(ScreenView):
    """Owns the list, the cards of the page that is open, the buttons that give a role or a language, and the keypad for an address."""

    def __init__(self, skin: Skin, texts: Texts) -> None:
        super().__init__(skin, texts)
        self._teller = Teller(texts)
        self._list = Scroller(skin, self)
        self._page = Scroller(skin, self)
        self._heads = [FitLabel(skin, 17, 700, "quiet") for _ in range(2)]
        self._none = FitLabel(skin, 17, 500, "quiet", lines=3)
        self._rows: list[DeviceRow] = []
        self._in_use = 0
        self._cards: list[LinesCard] = []
        self._bars = BarsCard(self._page.body)
        self._choices: list[ActionButton] = []
        self._pad = Keypad(skin, letters=True, address=True, parent=self._page.body)
        self._pad.entered.connect(lambda text: self.intent.emit(f"typed:{text}"))
        self._shown = ""

    def draw(self, state: DevicesState) -> None:
        """Fills list and page."""
        self._draw_list(state, state.view or DeskView())
        cards = self._teller.cards(state)
        while len(self._cards) < len(cards):
            self._cards.append(LinesCard(self.skin, self._page.body))
        for i, card in enumerate(self._cards):
            card.show_lines(cards[i] if i < len(cards) else ())
        self._bars.show_runs(state.device.proof if state.device and state.page == "device" else ())
        self._draw_choices(state)
        fresh, self._shown = state.page != self._shown, state.page
        self.place()
        if fresh:
            self._page.verticalScrollBar().setValue(0)
        if fresh and state.page == "type":
            self._pad.restyle()
            self._pad.begin(secret=False)

    def takes_focus(self) -> bool:
        """While an address is typed, keys are for it."""
        return self._pad.isVisible()

    def span(self) -> tuple[int, int]:
        """The page beside the list."""
        if not self.desk:
            return super().span()
        left = _GAP + _LIST + _GAP
        return left, min(self.width() - left - _GAP, MIDDLE)

    def refusal_area(self) -> QRect:
        """The page."""
        left, wide = self.span() if self.desk else (16, self.width() - 32)
        return QRect(left, 12, wide, self.height() - 12 - self.foot)

    def spare(self) -> int:
        """What the page, or the list where there is no page, leaves free."""
        part = self._page if self.desk or self._page.isVisible() else self._list
        return max(0, part.height() - part.used) if not self._pad.isVisible() else 0

    def place(self) -> None:
        """The list at the left and the page beside it, or one of them."""
        page = self.state.page if self.state is not None else "list"
        edge = 16 if self.width() > 360 else 10
        high = self.height() - 12
        listed = self.desk or page == "list"
        left, wide = self.span() if self.desk else (edge, self.width() - 2 * edge)
        room = high - (self.foot if self.desk else 4)
        # The scroll bar stands in the margin, so that cards and prompt have one right edge.
        self._list.setGeometry(edge, 12, _LIST if self.desk else wide + edge, high if self.desk else room)
        self._page.setGeometry(left, 12, wide + (_GAP if self.desk else edge), room)
        self._list.setVisible(listed)
        self._page.setVisible(self.desk or not listed)
        self._place_list()
        self._place_page(page)

    def _place_list(self) -> None:
        inner = self._list.inner
        head = self._heads[0].height_for(inner) + 6
        rows = [(row, row.wanted_height(inner)) for row in self._rows]
        found = rows[self._in_use :]
        column: list[tuple[QWidget, int]] = [(self._heads[0], head), *rows[: self._in_use]]
        column += [(self._heads[1], head), *found]
        column.append((self._none, 0 if found else self._none.height_for(inner) + 8))
        self._list.stack(column)

    def _place_page(self, page: str) -> None:
        inner = self._page.inner
        column: list[tuple[QWidget, int]] = [(card, card.wanted_height(inner)) for card in self._cards]
        device = self.state.device if self.state is not None else None
        if page == "device" and device is not None and device.link == "ready" and len(column) > 1:
            # Where not all of it fits, the test is what one came for.
            high = sum(high + 12 for _, high in column[:2])
            column[:2] = column[:2] if high <= self._page.height() else reversed(column[:2])
        column.append((self._bars, self._bars.wanted_height(inner)))
        column += [(button, self.skin.grown(72 if page == "role" else 60)) for button in self._choices]
        # Its keys stay as large as a thumb: on the smallest screen they scroll.
        column.append((self._pad, max(_PAD_LEAST, self._page.height() - 4) if page == "type" else 0))
        self._page.stack(column, 12)

    def _draw_list(self, state: DevicesState, view: DeskView) -> None:
        word = self.texts.word
        self._heads[0].show_text(word(Word.DEVICES_IN_USE))
        self._heads[1].show_text(word(Word.DEVICES_FOUND))
        self._none.show_text(word(Word.SEARCHING if view.searching else Word.DEVICES_NONE_FOUND))
        self._in_use = len(view.devices)
        acts = doors(view)
        keep(self._rows, len(acts), self._row)
        open_key = state.device.key if state.device else state.candidate.key if state.candidate else None
        cards: tuple[DeviceCard | FoundCard, ...] = (*view.devices, *view.found)
        for row, act, card in zip(self._rows, acts, cards, strict=True):
            row.chosen = self.desk and card.key == open_key
            words, look = self._teller.row(card)
            title = self._teller.name(card)
            row.show_device(act.intent, icon_of_role(card.role), title, words, look, key=act.key if self.desk else "")

    def _draw_choices(self, state: DevicesState) -> None:
        """One button for each role or language; what it is now, or says it is, is framed."""
        acts = state.frame.choices if state.page in ("role", "speak") else ()
        keep(self._choices, len(acts), self._choice_button)
        now = state.candidate or state.device
        chosen = {f"take:{now.role}", f"speak:{now.dialect}"} if now else set()
        for button, act in zip(self._choices, acts, strict=True):
            button.intent = act.intent
            text = self.texts.word(act.word) if state.page == "role" else tongue(act.intent.partition(":")[2])
            look = "chosen" if act.intent in chosen else "plain"
            button.show_action(text, icon=act.icon, key=act.key if self.desk else "", look=look)

    def _row(self) -> DeviceRow:
        row = DeviceRow(self.skin, self._list.body)
        row.clicked.connect(lambda: self.intent.emit(row.intent))
        return row

    def _choice_button(self) -> ActionButton:
        button = ActionButton(self.skin, "", 56, 20, self._page.body)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self.intent.emit(button.intent))
        return button
