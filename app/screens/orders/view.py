"""The supervisor's orders: filters, a calm list, and at the right what needs a person. Draws an `OrdersState`."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.core.views import ExceptionCard, OrdersView
from app.screens.orders.model import OrderTable
from app.screens.orders.presenter import FILTERS, OrdersState
from app.screens.orders.table import OrderList
from app.screens.orders.why import ServicePanel
from app.screens.words import Word, named
from app.ui.screen import ScreenView
from app.ui.texts import Texts
from app.ui.theme import Skin, dress
from app.ui.widgets.buttons import ActionButton
from app.ui.widgets.fit import FitLabel, fitted
from app.ui.widgets.panel import Panel
from app.ui.widgets.tone import tone_color

_SIDE = 340
_CARDS = 6
_SEARCH_MS = 250


class NeedCard(Panel):
    """One thing that needs the supervisor; the bar at the left is in its tone."""

    def __init__(self, skin: Skin, texts: Texts, parent: QWidget) -> None:
        super().__init__(skin, parent=parent)
        self._texts = texts
        self._tone = "warn"
        self._title = FitLabel(skin, 18, 700, lines=2, parent=self)
        self._detail = FitLabel(skin, 16, 500, "quiet", lines=3, parent=self)

    def show_card(self, card: ExceptionCard) -> None:
        """Changes what it says."""
        self._tone = tone_color(card.message.look)
        sentence = self._texts.message(card.message)
        by = self._texts.word(Word.SEEN_BY, worker=card.worker) if card.worker else ""
        self._title.show_text(sentence.title)
        self._detail.show_text("\n".join(part for part in (sentence.detail, by) if part))
        self.update()

    def wanted_height(self, width: int) -> int:
        """Pixels for all its words."""
        return 28 + self._title.height_for(width - 38) + self._detail.height_for(width - 38) * bool(self._detail.text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Title above, detail below."""
        super().resizeEvent(event)
        wide = self.width() - 38
        title = self._title.height_for(wide)
        self._title.setGeometry(22, 12, wide, title)
        self._detail.setGeometry(22, 14 + title, wide, max(0, self.height() - title - 24))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws card and bar."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(QRectF(0, 0, 7, self.height()))
        painter.setPen(self.skin.color(self._tone))
        painter.setBrush(self.skin.color(self._tone))
        painter.drawRoundedRect(QRectF(0.5, 0.5, 60, self.height() - 1), self.radius, self.radius)


class OrdersScreen(ScreenView):
    """Owns the list, its filters, the search line and the cards."""

    def __init__(self, skin: Skin, texts: Texts) -> None:
        super().__init__(skin, texts)
        self._filters = [self._filter_button(state) for state in FILTERS]
        self._shown_filters: list[ActionButton] = []
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_SEARCH_MS)
        self._typing.timeout.connect(self._searched)
        self._search = QLineEdit(self)
        dress(self._search, skin)
        self._search.textEdited.connect(lambda: self._typing.start())
        self._search.returnPressed.connect(self._searched)
        self.model = OrderTable(texts)
        self.list = OrderList(skin, self.model)
        self.list.setParent(self)
        self.list.toggled.connect(lambda number: self.intent.emit(f"toggle:{number}"))
        self.why = ServicePanel(skin, texts, self)
        self._none = FitLabel(skin, 20, 500, "quiet", lines=2, parent=self)
        self._needs_head = FitLabel(skin, 19, 700, parent=self)
        self._needs_none = FitLabel(skin, 17, 500, "quiet", lines=3, parent=self)
        self._floor = ActionButton(skin, "floor", 56, 18, self)
        self._floor.clicked.connect(lambda: self.intent.emit("floor"))
        self._cards = [NeedCard(skin, texts, self) for _ in range(_CARDS)]
        self._count = 0

    def draw(self, state: OrdersState) -> None:
        """Fills filters, list and cards."""
        view = state.view
        self._search.setPlaceholderText(self.texts.word(Word.SEARCH))
        if not self._search.hasFocus() and self._search.text() != state.search:
            self._search.setText(state.search)
        self._search.setAccessibleName(self._search.placeholderText())
        self.list.setAccessibleName(self.texts.word(Word.ORDERS))
        self._needs_head.show_text(self.texts.word(Word.NEEDS_YOU))
        self._needs_none.show_text(self.texts.word(Word.NOTHING_NEEDS_YOU))
        self._floor.show_action(self.texts.word(Word.DOOR_FLOOR), key="F7")
        self._none.show_text(self.texts.word(Word.NO_ORDERS if view else Word.LOADING))
        self._draw_filters(state, view)
        if state.looked is not None:
            self.why.show_order(state.looked)
        self.model.show_orders(view.orders if view else (), state.selected)
        self._count = min(len(view.needs_you), _CARDS) if view else 0
        for card, needed in zip(self._cards, view.needs_you if view else (), strict=False):
            card.show_card(needed)
        self.place()

    def refusal_area(self) -> QRect:
        """The list."""
        return self.list.geometry()

    def span(self) -> tuple[int, int]:
        """The column of the list."""
        return 16, self.width() - _SIDE - 48

    def takes_focus(self) -> bool:
        """While a search is typed."""
        return self._search.hasFocus()

    def place(self) -> None:
        """List left, cards right; on a handheld only the list."""
        edge = 16 if self.width() > 360 else 10
        left, wide = self.span() if self.desk else (edge, self.width() - 2 * edge)
        search = min(260, wide) if self.desk else wide
        top = 14
        self._search.setGeometry(left + wide - search, top, search, 56)
        hint, px = self._search.placeholderText(), min(self.skin.px(18), 26)
        self._search.setFont(fitted(self.skin, hint, px, 500, search - 36, 56, 1)[0])
        room = wide - search - 12 if self.desk else wide
        top = self._place_filters(left, top if self.desk else 78, room) + 12
        bottom = self.height() - (self.foot or 4)
        looked = self.state is not None and self.state.looked is not None and self.state.looked.service_why is not None
        high = self.why.height_within(wide, (bottom - top) // 2) if looked else 0
        self.why.setVisible(high > 0)
        self.why.setGeometry(left, bottom - high, wide, high)
        bottom -= high + 8 * (high > 0)
        self.list.setGeometry(left, top, wide, bottom - top)
        self.list.restyle()
        empty = self.model.rowCount() == 0
        self._none.setVisible(empty)
        self._none.setGeometry(left + 24, top + 60, wide - 48, 60)
        self._none.raise_()
        self._place_cards()

    def _place_filters(self, left: int, top: int, room: int) -> int:
        """One row of filters; those there is no room for are left out from the end, but never the chosen one."""
        gap, x, bottom = 8, left, top + 56
        chosen = self.state.filter if self.state is not None else "all"
        shown = list(self._shown_filters)
        while len(shown) > 1 and sum(b.sizeHint().width() + gap for b in shown) - gap > room:
            shown.remove(next(b for b in reversed(shown) if b.intent != f"filter:{chosen}"))
        for button in self._filters:
            button.setVisible(button in shown)
        for button in shown:
            wide = min(button.sizeHint().width(), room)
            button.setGeometry(x, top, wide, 56)
            x += wide + gap
        return bottom

    def _place_cards(self) -> None:
        left = self.width() - _SIDE - 16
        self._needs_head.setVisible(self.desk)
        self._needs_none.setVisible(self.desk and not self._count)
        door = min(_SIDE // 2, self._floor.sizeHint().width())
        self._floor.setVisible(self.desk)
        self._floor.setGeometry(left + _SIDE - door, 14, door, 56)
        self._needs_head.setGeometry(left, 14, _SIDE - door - 12, 56)
        self._needs_none.setGeometry(left, 82, _SIDE, 60)
        top = 82
        for i, card in enumerate(self._cards):
            high = card.wanted_height(_SIDE)
            card.setVisible(self.desk and i < self._count and top + high < self.height() - 8)
            card.setGeometry(left, top, _SIDE, high)
            top += high + 12

    def _draw_filters(self, state: OrdersState, view: OrdersView | None) -> None:
        counts = view.counts if view else {}
        self._shown_filters = []
        for button in self._filters:
            name = button.intent.partition(":")[2]
            count = sum(counts.values()) if name == "all" else counts.get(name, 0)
            word = named("state", name)
            assert word is not None
            look = "chosen" if name == state.filter else "plain"
            button.show_action(f"{self.texts.word(word)} {count}", look=look)
            if count or name in ("all", state.filter):
                self._shown_filters.append(button)

    def _filter_button(self, state: str) -> ActionButton:
        button = ActionButton(self.skin, f"filter:{state}", 56, 17, self)
        button.clicked.connect(lambda: self.intent.emit(button.intent))
        return button

    def _searched(self) -> None:
        self._typing.stop()
        self.intent.emit(f"search:{self._search.text()}")
