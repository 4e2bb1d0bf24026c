"""The screen of order entry: a line that is always ready for a scan or a word, the lines of the order under it, and at the side who it is
for and what it comes to. Draws an `EntryState`."""

from __future__ import annotations

from PySide6.QtCore import QRect, QTimer
from PySide6.QtGui import QShowEvent

from app.screens.devices.cards import LinesCard, Scroller
from app.screens.floor.table import FloorList
from app.screens.order_entry.cells import EntryTable
from app.screens.order_entry.presenter import EntryState
from app.screens.order_entry.teller import EntryTeller
from app.screens.order_entry.words import EntryWord
from app.screens.words import Word
from app.ui.screen import ScreenView
from app.ui.texts import Texts
from app.ui.theme import Skin
from app.ui.widgets.buttons import ActionButton
from app.ui.widgets.fit import FitLabel, fitted
from app.ui.widgets.several import keep
from app.ui.widgets.typing import TypingLine

_SIDE, _GAP = 412, 8
#: Typing is answered as soon as the fingers rest for so long, milliseconds.
_SEARCH_MS = 90


class OrderEntryScreen(ScreenView):
    """Owns the line, the list and the side."""

    def __init__(self, skin: Skin, texts: Texts) -> None:
        super().__init__(skin, texts)
        self._teller = EntryTeller(texts)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_SEARCH_MS)
        self._typing.timeout.connect(self._typed)
        self.line = TypingLine(skin, self)
        self.line.textEdited.connect(lambda: self._typing.start())
        self.line.entered.connect(self._entered)
        self.line.step.connect(lambda way: self.intent.emit(f"step:{way}"))
        self.line.away.connect(lambda: self.intent.emit("close"))
        self.model = EntryTable(texts)
        self.list = FloorList(skin, self.model)
        self.list.setParent(self)
        self.list.moved.connect(lambda id: self.intent.emit(f"stand:{id}"))
        self.list.picked.connect(lambda id: self.intent.emit(f"pick:{id}"))
        self._none = FitLabel(skin, 20, 500, "quiet", lines=3, parent=self)
        self._side = Scroller(skin, self)
        self._card = LinesCard(skin, self._side.body)
        self._acts: list[ActionButton] = []
        self._n = -1

    # drawing

    def draw(self, state: EntryState) -> None:
        """Fills line, list and side."""
        hint = self._hint(state)
        self.line.setPlaceholderText(hint)
        self.line.setAccessibleName(hint)
        if state.n != self._n:
            self._n = state.n
            self._typing.stop()
            self.line.setText(state.text)
            self._to_line(state)
        self.model.take(state.rows)
        self.list.setAccessibleName(self.texts.word(Word.LINES, n=len(state.rows)))
        self.list.stand_on(state.row)
        self._none.show_text("" if state.rows else self._nothing(state))
        self._card.show_lines(self._teller.lines(state))
        self._draw_acts(state)
        self.place()

    def _draw_acts(self, state: EntryState) -> None:
        """What has a key stands at the side of a desk; on a handheld it is under the prompt and behind "More"."""
        acts = [one for one in state.frame.actions if not one.main] if self.desk else []

        def make() -> ActionButton:
            button = ActionButton(self.skin, "", 56, 17, self)
            button.clicked.connect(lambda: self.intent.emit(button.intent))
            return button

        keep(self._acts, len(acts), make)
        for button, act in zip(self._acts, acts, strict=True):
            button.intent = act.intent
            button.show_action(self.texts.word(act.word), key=act.key, look="plain")

    def _hint(self, state: EntryState) -> str:
        if state.question.field is not None:
            return self.texts.word(state.question.field.word)
        asks = EntryWord.ENTRY_CUSTOMER_LINE if state.question.kind == "customer" else EntryWord.ENTRY_ITEM_LINE
        return self.texts.word(asks)

    def _nothing(self, state: EntryState) -> str:
        if state.searching:
            return self.texts.word(Word.LOADING)
        if state.text and state.question.field is None and state.online:
            return self.texts.word(EntryWord.ENTRY_NOT_FOUND)
        return self.texts.word(EntryWord.ENTRY_EMPTY if not state.question.kind else EntryWord.ENTRY_CUSTOMER_LINE)

    def _to_line(self, state: EntryState) -> None:
        """At a desk the keys go to the line; on a handheld a sheet of letters opens where something must be typed."""
        if self.desk:
            QTimer.singleShot(0, self, self._focus)
        elif state.question.field is not None or state.question.kind == "customer":
            QTimer.singleShot(0, self, lambda: self.intent.emit("type"))

    def _focus(self) -> None:
        self.line.setFocus()
        self.line.selectAll()

    # places

    def span(self) -> tuple[int, int]:
        """The column of the list."""
        return 16, self.width() - _SIDE - 48

    def refusal_area(self) -> QRect:
        """The list: who and how much stay in sight."""
        left, wide = self.span() if self.desk else (16, self.width() - 32)
        top = self.list.y()
        return QRect(left, top, wide, max(120, self.height() - (self.foot or 4) - top))

    def takes_focus(self) -> bool:
        """While something is typed."""
        return self.line.hasFocus()

    def place(self) -> None:
        """List left and order right at a desk; on a handheld the order under the list."""
        edge = 16 if self.width() > 360 else 10
        left, wide = self.span() if self.desk else (edge, self.width() - 2 * edge)
        bottom = self.height() - (self.foot or 4)
        top, high = (14 if self.desk else 6), max(56, self.skin.grown(56))
        self.line.setGeometry(left, top, wide, high)
        hint = self.line.placeholderText()
        self.line.setFont(fitted(self.skin, hint, min(self.skin.px(19), 26), 500, wide - 40, high, 1)[0])
        under = top + high + _GAP
        if self.desk:
            listed = QRect(left, under, wide, max(60, bottom - under))
            side = QRect(self.width() - _SIDE - 16, top, _SIDE, self.height() - top - 16)
        else:
            half = max(60, (bottom - under) // 2)
            listed = QRect(left, under, wide, half - _GAP)
            side = QRect(left, under + half, wide, max(60, bottom - under - half))
        self.list.setGeometry(listed)
        self.list.restyle()
        self._none.setVisible(bool(self._none.text))
        self._none.setGeometry(left + 24, listed.top() + listed.height() // 3, wide - 48, min(90, listed.height() // 2))
        self._none.raise_()
        side.setHeight(side.height() - self._place_acts(side))
        margin = self.width() - side.right() - 1
        self._side.setGeometry(side.left(), side.top(), side.width() + margin, side.height())
        self._side.stack([(self._card, self._card.wanted_height(self._side.inner))], _GAP)

    def _place_acts(self, side: QRect) -> int:
        """Pixels that the acts take at the foot of the side."""
        if not self._acts:
            return 0
        columns = 1 if self.skin.scale > 1.3 else 2
        high, wide = max(56, self.skin.grown(56)), (side.width() - _GAP * (columns - 1)) // columns
        rows = -(-len(self._acts) // columns)
        foot = min(rows * (high + _GAP), side.height() - 80)
        for n, button in enumerate(self._acts):
            row, column = divmod(n, columns)
            top = side.bottom() + 1 - foot + _GAP + row * (high + _GAP)
            button.setVisible(top + high <= side.bottom() + 2)
            button.setGeometry(side.left() + column * (wide + _GAP), top, wide, high)
        return foot

    # what people do

    def showEvent(self, event: QShowEvent) -> None:
        """Typing adds from the first moment."""
        super().showEvent(event)
        if self.desk:
            QTimer.singleShot(0, self, self._focus)

    def _typed(self) -> None:
        self._typing.stop()
        self.intent.emit(f"typed:{self.line.text()}")

    def _entered(self) -> None:
        self._typing.stop()
        self.intent.emit(f"entered:{self.line.text()}")
