"""The supervisor's floor: the lists as buttons, one calm table, and at the side the row with what can be done. Draws a `FloorState`."""

from __future__ import annotations

from PySide6.QtCore import QRect, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLineEdit

from app.screens.devices.cards import LinesCard, Scroller
from app.screens.floor.model import FloorTable
from app.screens.floor.panels import TABS, Option
from app.screens.floor.presenter import FloorState
from app.screens.floor.table import FloorList
from app.screens.floor.tabs import place_tabs
from app.screens.floor.teller import Teller
from app.screens.floor.words import FloorWord
from app.screens.frame import Action
from app.screens.words import Word
from app.ui.screen import ScreenView
from app.ui.texts import Texts
from app.ui.theme import Skin, dress
from app.ui.widgets.buttons import ActionButton
from app.ui.widgets.fit import FitLabel, fitted
from app.ui.widgets.several import keep
from sync.contract.board import BoardTab

_SIDE = 360
#: Typing is answered as soon as the fingers rest for so long, milliseconds.
_SEARCH_MS = 120


class FloorScreen(ScreenView):
    """Owns the list buttons, the search line, the table and the side."""

    def __init__(self, skin: Skin, texts: Texts) -> None:
        super().__init__(skin, texts)
        self._teller = Teller(texts)
        self._tabs = {tab: self._button(f"tab:{tab}", 17) for tab in TABS}
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_SEARCH_MS)
        self._typing.timeout.connect(self._searched)
        self.search = QLineEdit(self)
        dress(self.search, skin)
        self.search.textEdited.connect(lambda: self._typing.start())
        self.search.returnPressed.connect(self._to_list)
        self.model = FloorTable(texts)
        self.list = FloorList(skin, self.model)
        self.list.setParent(self)
        self.list.moved.connect(lambda id: self.intent.emit(f"row:{id}"))
        self.list.picked.connect(lambda id: self.intent.emit(f"{'row' if self.desk else 'open'}:{id}"))
        self._none = FitLabel(skin, 20, 500, "quiet", lines=2, parent=self)
        self._side = Scroller(skin, self)
        self._card = LinesCard(skin, self._side.body)
        self._options: list[ActionButton] = []
        self._acts: list[ActionButton] = []
        self._finds = 0
        self._shown_panel = ""

    # drawing

    def draw(self, state: FloorState) -> None:
        """Fills lists, table and side."""
        self._draw_tabs(state)
        self._draw_search(state)
        if state.page is not None:
            self.model.take(state.page)
        else:
            self.model.clear(state.tab)
        self.list.stand_on(state.current.id if state.current else "")
        self._draw_empty(state)
        # A list that is no longer fresh says so beside it, so that nothing in it moves.
        stale = not state.fresh and self.model.rowCount() > 0
        self._card.show_lines([*self._teller.stale(stale), *self._teller.lines(state.current, state.panel)])
        self._draw_buttons(self._options, len(state.panel.options))
        for i, (button, option) in enumerate(zip(self._options, state.panel.options, strict=True), 1):
            self._fill_option(button, option, i)
        self._draw_buttons(self._acts, len(state.acts))
        for button, act in zip(self._acts, state.acts, strict=True):
            self._fill_act(button, act)
        self.place()
        if self._shown_panel != (shown := f"{state.panel.kind}:{state.current.id if state.current else ''}"):
            self._shown_panel = shown
            self._side.verticalScrollBar().setValue(0)

    def _draw_tabs(self, state: FloorState) -> None:
        counts = {
            BoardTab.EXCEPTIONS: state.counts.exceptions,
            BoardTab.DEVICES: state.counts.devices,
            BoardTab.JOBS: state.counts.jobs,
            BoardTab.PEOPLE: state.counts.people,
            BoardTab.WAVES: state.counts.waves,
            BoardTab.PLANNED: state.counts.planned,
        }
        for key, (tab, word) in enumerate(TABS.items(), 1):
            button = self._tabs[tab]
            look = "chosen" if tab is state.tab else "plain"
            asks = state.panel.asks
            text = f"{self.texts.word(word)} {counts[tab]}"
            icon = "triangle" if tab is BoardTab.DEVICES and state.counts.dark else ""
            hint = str(key) if self.desk and not asks else ""
            button.show_action(text, key=hint, look=look, icon=icon, icon_tone="warn")

    def _draw_search(self, state: FloorState) -> None:
        self.search.setPlaceholderText(self.texts.word(FloorWord.SEARCH_FLOOR))
        self.search.setAccessibleName(self.search.placeholderText())
        self.list.setAccessibleName(self.texts.word(TABS[state.tab]))
        if not self.search.hasFocus() and self.search.text() != state.search:
            self.search.setText(state.search)
        if state.find != self._finds:
            self._finds = state.find
            if self.desk:
                self.search.setFocus()
                self.search.selectAll()
            else:
                QTimer.singleShot(0, lambda: self.intent.emit("type"))

    def _draw_empty(self, state: FloorState) -> None:
        page = state.page
        waiting = page is None or page.loading
        word = (
            Word.LOADING if waiting and state.fresh else FloorWord.NO_MATCH if state.search else FloorWord.NOTHING_HERE
        )
        self._none.show_text(self.texts.word(word) if not self.model.rowCount() else "")

    def _draw_buttons(self, buttons: list[ActionButton], count: int) -> None:
        def make() -> ActionButton:
            button = self._button("", 18)
            button.setParent(self._side.body if buttons is self._options else self)
            return button

        keep(buttons, count, make)

    def _fill_option(self, button: ActionButton, option: Option, key: int) -> None:
        button.intent = option.intent
        text = option.text or self.texts.word(option.word)
        if option.word is Word.ORDER_NO:
            text = self.texts.word(option.word, no=option.text)
        elif option.word in (FloorWord.STOP_ZONE, FloorWord.START_ZONE):
            text = self.texts.word(option.word, zone=option.text)
        button.show_action(text, key=str(key) if self.desk and key < 10 else "")

    def _fill_act(self, button: ActionButton, act: Action) -> None:
        button.intent = act.intent
        button.setEnabled(act.enabled)
        look = "ask" if act.main else "plain"
        button.show_action(self.texts.word(act.word, n=act.n), key=act.key if self.desk else "", look=look)

    # places

    def span(self) -> tuple[int, int]:
        """The column of the list."""
        return 16, self.width() - _SIDE - 48

    def refusal_area(self) -> QRect:
        """The list."""
        return self.list.geometry()

    def takes_focus(self) -> bool:
        """While a search is typed."""
        return self.search.hasFocus()

    def place(self) -> None:
        """List left and side right at a desk; on a handheld one of the two."""
        edge = 16 if self.width() > 360 else 10
        left, wide = self.span() if self.desk else (edge, self.width() - 2 * edge)
        state = self.state
        aside = not self.desk and state is not None and (state.opened or state.panel.asks)
        bottom = self.height() - (self.foot or 4)
        top = 14 if self.desk else 6
        for shown in (*self._tabs.values(), self.list):
            shown.setVisible(not aside)
        # A handheld has a scanner to find things with, and no room for a line to type in.
        self.search.setVisible(self.desk)
        if self.desk:
            self.search.setGeometry(self.width() - _SIDE - 16, top, _SIDE, 56)
            hint, px = self.search.placeholderText(), min(self.skin.px(17), 24)
            self.search.setFont(fitted(self.skin, hint, px, 500, _SIDE - 36, 56, 1)[0])
        at = list(self._tabs).index(self.state.tab) if self.state is not None else 0
        tabs_end = place_tabs(tuple(self._tabs.values()), at, QRect(left, top, wide, 56), one_row=self.desk)
        list_top = tabs_end + 8
        self.list.setGeometry(left, list_top, wide, max(60, bottom - list_top))
        self.list.restyle()
        self._none.setVisible(bool(self._none.text) and not aside)
        self._none.setGeometry(left + 24, list_top + 56, wide - 48, 60)
        self._none.raise_()
        if self.desk:
            side_top = top + 56 + 12
            self._place_side(QRect(self.width() - _SIDE - 16, side_top, _SIDE, self.height() - side_top - 16))
        elif aside:
            self._place_side(QRect(left, top, wide, bottom - top))
        self._show_side(self.desk or aside)

    def _place_side(self, area: QRect) -> None:
        gap = 10
        high = 56 if self.height() < 500 else max(56, self.skin.grown(56))
        acts = len(self._acts) * (high + gap)
        # The scroll bar stands in the margin: cards and buttons end at one line.
        margin = self.width() - area.right() - 1
        self._side.setGeometry(area.left(), area.top(), area.width() + margin, max(60, area.height() - acts - 4))
        inner = self._side.inner
        column: list[tuple[LinesCard | ActionButton, int]] = [(self._card, self._card.wanted_height(inner))]
        column += [(button, high) for button in self._options]
        self._side.stack(column, gap)
        top = area.bottom() + 1 - acts + gap
        for button in self._acts:
            button.setGeometry(area.left(), top, area.width(), high)
            top += high + gap

    def _show_side(self, shown: bool) -> None:
        self._side.setVisible(shown)
        for button in self._acts:
            button.setVisible(shown)

    # what people do

    def showEvent(self, event: QShowEvent) -> None:
        """The arrow keys move in the list from the first moment."""
        super().showEvent(event)
        QTimer.singleShot(0, self.list.setFocus)

    def _searched(self) -> None:
        self._typing.stop()
        self.intent.emit(f"search:{self.search.text()}")

    def _to_list(self) -> None:
        self._searched()
        self.list.setFocus()

    def _button(self, intent: str, px: float) -> ActionButton:
        button = ActionButton(self.skin, intent, 56, px, self)
        button.clicked.connect(lambda: self.intent.emit(button.intent))
        return button
