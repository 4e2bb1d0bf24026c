"""The screen of the order workbench: a line that answers while one types, chips, a list, and at the side the order with what can be done.
Draws a `WorkbenchState`."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRect, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from app.screens.devices.cards import LinesCard, Scroller
from app.screens.floor.table import FloorList
from app.screens.frame import Action
from app.screens.words import Vocabulary, Word
from app.screens.workbench.cells import FoundTable, state_text
from app.screens.workbench.presenter import WorkbenchState
from app.screens.workbench.teller import WorkbenchTeller
from app.screens.workbench.words import WorkbenchWord
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
_CHIPS = 8


class WorkbenchScreen(ScreenView):
    """Owns the search line, the chips, the list and the side."""

    #: What tells of one, what lists them, and the words around.
    teller: Any = WorkbenchTeller
    table: Any = FoundTable
    hint: Vocabulary = WorkbenchWord.WB_SEARCH
    finds: Vocabulary = WorkbenchWord.WB_FIND
    listed: Vocabulary = Word.ORDERS
    none: Vocabulary = WorkbenchWord.WB_NONE
    found_words: tuple[Vocabulary, Vocabulary] = (WorkbenchWord.WB_FOUND, WorkbenchWord.WB_MORE_THAN)

    def __init__(self, skin: Skin, texts: Texts) -> None:
        super().__init__(skin, texts)
        self._teller = self.teller(texts)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_SEARCH_MS)
        self._typing.timeout.connect(self._searched)
        self.search = TypingLine(skin, self)
        self.search.textEdited.connect(lambda: self._typing.start())
        self.search.entered.connect(self._to_list)
        self.search.step.connect(lambda way: self._to_list() if way > 0 else None)
        self.search.away.connect(self._leave_search)
        self._chips = [self._button("", 16) for _ in range(_CHIPS)]
        self.model = self.table(texts)
        self.list = FloorList(skin, self.model)
        self.list.setParent(self)
        self.list.moved.connect(lambda id: self.intent.emit(f"row:{id}"))
        self.list.picked.connect(lambda id: self.intent.emit(f"{'row' if self.desk else 'open'}:{id}"))
        self.list.verticalScrollBar().valueChanged.connect(self._scrolled)
        self._none = FitLabel(skin, 20, 500, "quiet", lines=3, parent=self)
        self._count = FitLabel(skin, 16, 600, "quiet", parent=self)
        self._side = Scroller(skin, self)
        self._card = LinesCard(skin, self._side.body)
        self.entry = TypingLine(skin, self._side.body)
        self.entry.entered.connect(self._entered)
        self.entry.away.connect(lambda: self.intent.emit("close"))
        self._options: list[ActionButton] = []
        self._acts: list[ActionButton] = []
        self._finds, self._read, self._asked = 0, "", ""

    # drawing

    def draw(self, state: WorkbenchState) -> None:
        """Fills line, chips, list and side."""
        word = self.texts.word
        self.search.setPlaceholderText(word(self.hint))
        self.search.setAccessibleName(word(self.finds))
        if self.search.text() != state.text and not self._typing.isActive():
            self.search.setText(state.text)
        self._draw_chips(state)
        self.model.take(state.found)
        self.list.setAccessibleName(word(self.listed))
        self.list.stand_on(state.current.number if state.current else "")
        total = self.found_words[1 if state.more_than else 0]
        self._count.show_text(word(total, n=state.total) if state.found else "")
        self._draw_empty(state)
        self._card.show_lines(self._teller.lines(state))
        self._draw_side(state)
        self.place()
        self._turn(state)

    def _draw_chips(self, state: WorkbenchState) -> None:
        counts = state.counts.counts if state.counts is not None else []
        words = set(state.text.split())
        for button, count in zip(self._chips, counts, strict=False):
            button.intent = f"filter:{count.query}"
            chosen = bool(count.query) and set(count.query.split()) <= words
            more = "+" if count.more_than else ""
            text = f"{self.chip(count.name)} {count.count}{more}"
            icon = "triangle" if count.name in ("held", "late") and count.count else ""
            button.show_action(text, look="chosen" if chosen else "plain", icon=icon, icon_tone="warn")
        self._chips_shown = min(len(counts), _CHIPS)

    _chips_shown = 0

    def chip(self, name: str) -> str:
        """What stands on a chip."""
        return state_text(self.texts, name)

    def _draw_empty(self, state: WorkbenchState) -> None:
        if state.found:
            self._none.show_text("")
        elif not state.fresh:
            self._none.show_text(self.texts.word(WorkbenchWord.WB_OFFLINE))
        else:
            self._none.show_text(self.texts.word(Word.LOADING if state.searching else self.none))

    def _draw_side(self, state: WorkbenchState) -> None:
        question = state.question
        self._draw_buttons(self._options, len(question.options), self._side.body)
        for n, (button, one) in enumerate(zip(self._options, question.options, strict=True), 1):
            button.intent = f"choose:{one.key}"
            said = self.texts.word(one.word, name=one.text, n=one.n)
            text = self._teller.option(one.key, one.text, one.n, question, state.sheet, said)
            look = "chosen" if one.key in question.ticked else "plain"
            button.show_action(text, key=str(n) if self.desk and n <= 9 else "", look=look)
        self._draw_buttons(self._acts, len(state.acts), self)
        for button, act in zip(self._acts, state.acts, strict=True):
            self._fill(button, act)
        self._draw_entry(state)

    def _draw_entry(self, state: WorkbenchState) -> None:
        field = state.question.field
        asked = f"{state.question.kind}:{field.key}:{state.question.at}" if field is not None else ""
        if field is None and self.entry.hasFocus():
            # Else the keys go to whatever stands next, and Enter does it again.
            self.list.setFocus()
        self.entry.setVisible(field is not None)
        if field is None or asked == self._asked:
            self._asked = asked
            return
        self._asked = asked
        self.entry.setText(field.value)
        self.entry.setAccessibleName(self.texts.word(field.word))
        self.entry.setPlaceholderText(self.texts.word(field.word))
        if self.desk:
            QTimer.singleShot(0, self, self._to_entry)
        else:
            QTimer.singleShot(0, self, lambda: self.intent.emit("type"))

    def _to_entry(self) -> None:
        self.entry.setFocus()
        self.entry.selectAll()

    def _fill(self, button: ActionButton, act: Action) -> None:
        button.intent = act.intent
        button.setEnabled(act.enabled)
        text = self.texts.word(act.word)
        button.show_action(text, key=act.key if self.desk else "", look="ask" if act.main else "plain")

    def _draw_buttons(self, buttons: list[ActionButton], count: int, parent: QWidget) -> None:
        def make() -> ActionButton:
            button = self._button("", 17)
            button.setParent(parent)
            return button

        keep(buttons, count, make)

    def _turn(self, state: WorkbenchState) -> None:
        """What is new to read is read from its top; the keys go where they are wanted."""
        read = f"{state.current.number if state.current else ''}:{state.tab}:{state.question.kind}"
        if read != self._read:
            self._read = read
            self._side.verticalScrollBar().setValue(0)
            if not state.question.asks and self.entry.hasFocus():
                self.list.setFocus()
        if state.find != self._finds:
            self._finds = state.find
            if self.desk:
                QTimer.singleShot(0, self, self._to_search)

    def _to_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    # places

    def span(self) -> tuple[int, int]:
        """The column of the list."""
        return 16, self.width() - _SIDE - 48

    def refusal_area(self) -> QRect:
        """The list: the order at the side stays in sight."""
        left, wide = self.span() if self.desk else (16, self.width() - 32)
        top = self.list.y()
        return QRect(left, top, wide, max(120, self.height() - (self.foot or 4) - top))

    def takes_focus(self) -> bool:
        """While something is typed."""
        return self.search.hasFocus() or self.entry.hasFocus()

    def place(self) -> None:
        """List left and order right at a desk; on a handheld one of them."""
        state: WorkbenchState | None = self.state
        edge = 16 if self.width() > 360 else 10
        left, wide = self.span() if self.desk else (edge, self.width() - 2 * edge)
        bottom = self.height() - (self.foot or 4)
        top = 14 if self.desk else 6
        aside = not self.desk and state is not None and (state.opened or state.question.asks)
        self.search.setVisible(not aside)
        self.search.setGeometry(left, top, wide, 56)
        hint = self.search.placeholderText()
        self.search.setFont(fitted(self.skin, hint, min(self.skin.px(19), 26), 500, wide - 40, 56, 1)[0])
        under = self._place_chips(QRect(left, top + 56 + _GAP, wide, 56), aside=aside)
        high = self.skin.grown(24)
        self._count.setVisible(not aside and bool(self._count.text))
        self._count.setGeometry(left + 4, under, wide - 8, high)
        listed = QRect(left, under + high + 4, wide, max(60, bottom - under - high - 4))
        self.list.setVisible(not aside)
        self.list.setGeometry(listed)
        self.list.restyle()
        self._none.setVisible(not aside and bool(self._none.text))
        self._none.setGeometry(left + 24, listed.top() + 60, wide - 48, 90)
        self._none.raise_()
        if self.desk:
            self._place_side(QRect(self.width() - _SIDE - 16, top, _SIDE, self.height() - top - 16), shown=True)
        else:
            self._place_side(QRect(left, top, wide, bottom - top), shown=aside)

    def _place_chips(self, row: QRect, *, aside: bool) -> int:
        """One row of chips; those there is no room for are left out, but never a chosen one."""
        shown = [] if aside else self._chips[: self._chips_shown]
        chosen = [one for one in shown if one.look == "chosen"]
        while len(shown) > 1 and sum(b.sizeHint().width() + _GAP for b in shown) - _GAP > row.width():
            shown.remove(next((b for b in reversed(shown) if b not in chosen), shown[-1]))
        left = row.left()
        for button in self._chips:
            button.setVisible(button in shown)
        for button in shown:
            wide = min(button.sizeHint().width(), row.width())
            button.setGeometry(left, row.top(), wide, row.height())
            left += wide + _GAP
        return row.bottom() + 1 + 6 if shown else row.top()

    @property
    def _high(self) -> int:
        """Pixels of a button."""
        return 56 if self.height() < 500 else max(56, self.skin.grown(56))

    def _place_side(self, area: QRect, *, shown: bool) -> None:
        state: WorkbenchState | None = self.state
        asks = state is not None and state.question.asks
        large = self.skin.scale > 1.3
        columns = 1 if asks or large else 3 if self.desk else 2
        # A question keeps its acts in sight; the acts of an order scroll with it on a small screen.
        fixed = self._acts if self.desk or asks else []
        rows = -(-len(fixed) // columns)
        most = max(1, (area.height() * 11 // 20) // (self._high + _GAP))
        if rows > most:
            fixed, rows = [], 0
        foot = rows * (self._high + _GAP)
        margin = self.width() - area.right() - 1
        self._side.setVisible(shown)
        self._side.setGeometry(area.left(), area.top(), area.width() + margin, max(60, area.height() - foot))
        inner = self._side.inner
        column: list[tuple[QWidget, int]] = [(self._card, self._card.wanted_height(inner))]
        if asks and state is not None and state.question.field is not None:
            self.entry.setFont(self.skin.font(min(self.skin.px(19), 30)))
            column.append((self.entry, max(56, self.skin.grown(56))))
        column += [(button, self._high) for button in self._options]
        for button in self._acts:
            button.setVisible(shown)
            if button not in fixed:
                button.setParent(self._side.body)
                button.show()
                column.append((button, self._high))
        self._side.stack(column, _GAP)
        self._place_acts(QRect(area.left(), area.bottom() + 1 - foot + _GAP, area.width(), foot), fixed, columns)

    def _place_acts(self, area: QRect, acts: list[ActionButton], columns: int) -> None:
        wide = (area.width() - _GAP * (columns - 1)) // columns
        for n, button in enumerate(acts):
            row, column = divmod(n, columns)
            if button.parentWidget() is not self:
                button.setParent(self)
            button.setVisible(self._side.isVisible() or self.desk)
            button.setGeometry(
                area.left() + column * (wide + _GAP), area.top() + row * (self._high + _GAP), wide, self._high
            )

    # what people do

    def showEvent(self, event: QShowEvent) -> None:
        """Typing finds from the first moment."""
        super().showEvent(event)
        if self.desk:
            QTimer.singleShot(0, self, self._to_search)

    def _searched(self) -> None:
        self._typing.stop()
        self.intent.emit(f"search:{self.search.text()}")

    def _to_list(self) -> None:
        if self._typing.isActive():
            self._searched()
        self.list.setFocus()

    def _leave_search(self) -> None:
        if self.search.text():
            self.search.clear()
            self._searched()
        else:
            self.intent.emit("close")

    def _entered(self) -> None:
        self.intent.emit(f"entered:{self.entry.text()}")

    def _scrolled(self, value: int) -> None:
        state: WorkbenchState | None = self.state
        bar = self.list.verticalScrollBar()
        if state is not None and state.more and bar.maximum() and value == bar.maximum():
            self.intent.emit("more_found")

    def _button(self, intent: str, px: float) -> ActionButton:
        button = ActionButton(self.skin, intent, 56, px, self)
        button.clicked.connect(lambda: self._pressed(button.intent))
        return button

    def _pressed(self, intent: str) -> None:
        if intent == "enter_field":
            self._entered()
        else:
            self.intent.emit(intent)
