"""The screen of reports: periods as buttons, the list of figures, under it how one went, and at the side what it means."""

from __future__ import annotations

from PySide6.QtCore import QRect, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from app.screens.devices.cards import LinesCard, Scroller
from app.screens.floor.table import FloorList
from app.screens.floor.tabs import place_tabs
from app.screens.frame import Action
from app.screens.reports.cells import FiguresTable
from app.screens.reports.plot import FigurePlot
from app.screens.reports.presenter import SPANS, Period, ReportsState
from app.screens.reports.teller import ReportsTeller
from app.screens.reports.words import ReportsWord
from app.screens.words import Word
from app.ui.screen import ScreenView
from app.ui.texts import Texts
from app.ui.theme import Skin
from app.ui.widgets.buttons import ActionButton
from app.ui.widgets.fit import FitLabel
from app.ui.widgets.several import keep

_SIDE, _GAP = 360, 10
#: The least of a list that has a plot under it, and the plot on a handheld.
_LEAST_LIST, _PLOT = 230, 250


class ReportsScreen(ScreenView):
    """Owns the buttons of periods, the list, the plot and the side."""

    def __init__(self, skin: Skin, texts: Texts) -> None:
        super().__init__(skin, texts)
        self._teller = ReportsTeller(texts)
        self._tabs = {period: self._button(f"period:{period}", 17) for period in SPANS}
        self.model = FiguresTable(texts)
        self.list = FloorList(skin, self.model)
        self.list.setParent(self)
        self.list.moved.connect(lambda id: self.intent.emit(f"row:{id}"))
        self.list.picked.connect(lambda id: self.intent.emit(f"{'row' if self.desk else 'open'}:{id}"))
        self._none = FitLabel(skin, 20, 500, "quiet", lines=3, parent=self)
        self.plot = FigurePlot(skin, texts, self)
        self._old = FitLabel(skin, 17, 600, "warn", lines=2, parent=self)
        self._side = Scroller(skin, self)
        self._card = LinesCard(skin, self._side.body)
        self._acts: list[ActionButton] = []
        self._read = ""

    # drawing

    def draw(self, state: ReportsState) -> None:
        """Fills periods, list, plot and side."""
        for key, (period, span) in enumerate(SPANS.items(), 1):
            look = "chosen" if period is state.period else "plain"
            self._tabs[period].show_action(self.texts.word(span.word), key=str(key) if self.desk else "", look=look)
        self.model.take(state.seen.report.figures if state.seen is not None else [])
        self.list.setAccessibleName(self.texts.word(ReportsWord.TITLE))
        self.list.stand_on(state.current.figure if state.current is not None else "")
        if _drawable(state) and state.current is not None:
            self.plot.show_plot(state.current)
        self._draw_empty(state)
        self._card.show_lines(self._teller.lines(state))
        self._draw_acts(state.acts)
        self.place()
        read = f"{state.period}:{state.mine}:{state.current.figure if state.current is not None else ''}"
        if read != self._read:
            self._read = read
            self._side.verticalScrollBar().setValue(0)

    def _draw_empty(self, state: ReportsState) -> None:
        stale = state.seen is not None and not state.fresh and not self.desk and not state.opened
        self._old.show_text(self.texts.word(ReportsWord.OLD, age=self.texts.age(state.old_s)) if stale else "")
        if state.seen is not None:
            self._none.show_text("")
        else:
            word = Word.LOADING if state.loading and state.fresh else ReportsWord.NOTHING_YET
            self._none.show_text(self.texts.word(word))

    def _draw_acts(self, acts: tuple[Action, ...]) -> None:
        keep(self._acts, len(acts), lambda: self._button("", 18))
        for button, act in zip(self._acts, acts, strict=True):
            button.intent = act.intent
            button.setEnabled(act.enabled)
            button.show_action(self.texts.word(act.word), key=act.key if self.desk else "")

    # places

    def span(self) -> tuple[int, int]:
        """The column of the list."""
        return 16, self.width() - _SIDE - 48

    def refusal_area(self) -> QRect:
        """Where the list and the plot are."""
        left, wide = self.span() if self.desk else (16, self.width() - 32)
        top = self.list.y()
        return QRect(left, top, wide, self.height() - (self.foot or 4) - top)

    def place(self) -> None:
        """List and plot left and side right at a desk; on a handheld the list, or the figure in its place."""
        state: ReportsState | None = self.state
        edge = 16 if self.width() > 360 else 10
        left, wide = self.span() if self.desk else (edge, self.width() - 2 * edge)
        bottom = self.height() - (self.foot or 4)
        top = 14 if self.desk else 6
        aside = not self.desk and state is not None and state.opened
        for shown in self._tabs.values():
            shown.setVisible(not aside)
        period = state.period if state is not None else Period.WEEK
        row = QRect(left, top, wide, 56)
        start = (
            place_tabs(
                tuple(self._tabs.values()), list(self._tabs).index(period), row, one_row=self.desk or self._roomy(wide)
            )
            + 8
        )
        middle = QRect(left, top if aside else start, wide, max(60, bottom - (top if aside else start)))
        if self.desk:
            self._old.setVisible(False)
            self._place_middle(state, middle)
            self._place_side(QRect(self.width() - _SIDE - 16, top, _SIDE, self.height() - top - 16))
        else:
            self._place_narrow(state, middle, aside=aside)
        self._none.raise_()

    def _roomy(self, wide: int) -> bool:
        """Whether a handheld has room for all periods side by side."""
        return wide >= 430 and self.skin.scale <= 1.2

    def _place_middle(self, state: ReportsState | None, area: QRect) -> None:
        if self.plot.parentWidget() is not self:
            self.plot.setParent(self)
        plotted = state is not None and _drawable(state)
        upper, lower = QRect(area), QRect(area)
        if plotted:
            upper.setHeight(max(_LEAST_LIST, round(area.height() * 0.62)))
            lower.setTop(upper.bottom() + 9)
            self.plot.setGeometry(lower)
        self.plot.setVisible(plotted)
        self.list.setVisible(True)
        self._place_list(upper)
        self._place_none(upper)

    def _place_list(self, area: QRect) -> None:
        self.list.setGeometry(area)
        self.list.restyle()

    def _place_none(self, area: QRect) -> None:
        self._none.setVisible(bool(self._none.text))
        self._none.setGeometry(area.left() + 24, area.top() + 56, area.width() - 48, 90)

    def _place_narrow(self, state: ReportsState | None, area: QRect, *, aside: bool) -> None:
        self.list.setVisible(not aside)
        self._side.setVisible(aside)
        self.plot.setVisible(aside and self.plot.parentWidget() is self._side.body)
        if aside:
            self._old.setVisible(False)
            for button in self._acts:
                button.setVisible(False)
            self._side.setGeometry(area.left(), area.top(), self.width() - area.left(), area.height())
            column: list[tuple[QWidget, int]] = [(self._card, self._card.wanted_height(self._side.inner))]
            if state is not None and _drawable(state):
                column.append((self.plot, _PLOT))
            self._side.stack(column, _GAP)
            self._none.setVisible(False)
            return
        old = 44 if self._old.text else 0
        self._old.setVisible(bool(old))
        self._old.setGeometry(area.left() + 4, area.top(), area.width() - 8, old)
        area = area.adjusted(0, old, 0, 0)
        high = self._place_pairs(area)
        self._place_list(QRect(area.left(), area.top(), area.width(), max(60, area.height() - high)))
        self._place_none(area)

    def _place_pairs(self, area: QRect) -> int:
        """The acts two by two at the foot; how much room they take."""
        # Where there is little room the other acts are behind the button for more of them.
        roomy = self.desk or (self.height() >= 500 and self.skin.scale <= 1.3)
        shown = self._acts if roomy else self._acts[:2]
        for button in self._acts:
            button.setVisible(button in shown)
        rows = -(-len(shown) // 2)
        each = (area.width() - _GAP) // 2
        for n, button in enumerate(shown):
            line, column = divmod(n, 2)
            top = area.bottom() + 1 - (rows - line) * (self._high + _GAP) + _GAP
            wide = area.width() if n == len(shown) - 1 and not column else each
            button.setGeometry(area.left() + column * (each + _GAP), top, wide, self._high)
        return rows * (self._high + _GAP)

    @property
    def _high(self) -> int:
        """Pixels of a button."""
        return 56 if self.height() < 500 else max(56, self.skin.grown(56))

    def _place_side(self, area: QRect) -> None:
        acts = self._place_pairs(area)
        # The scroll bar stands in the margin: cards and buttons end at one line.
        margin = self.width() - area.right() - 1
        self._side.setGeometry(area.left(), area.top(), area.width() + margin, max(60, area.height() - acts - 4))
        self._side.stack([(self._card, self._card.wanted_height(self._side.inner))], _GAP)
        self._side.setVisible(True)

    # what people do

    def showEvent(self, event: QShowEvent) -> None:
        """The arrow keys move in the list from the first moment."""
        super().showEvent(event)
        QTimer.singleShot(0, self.list.setFocus)

    def _button(self, intent: str, px: float) -> ActionButton:
        button = ActionButton(self.skin, intent, 56, px, self)
        button.clicked.connect(lambda: self.intent.emit(button.intent))
        button.show()
        return button


def _drawable(state: ReportsState) -> bool:
    """Whether there is a way from part to part to draw, and what draws it is loaded."""
    return state.charts and state.current is not None and len(state.current.points) > 1
