"""The screen of plans: pages as buttons, a list, the floor under it or curves in its place, and at the side what to read and do."""

from __future__ import annotations

from PySide6.QtCore import QRect, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from app.screens.devices.cards import LinesCard, Scroller
from app.screens.floor.prose import signed
from app.screens.floor.table import FloorList
from app.screens.floor.tabs import place_tabs
from app.screens.floor.words import FloorWord
from app.screens.frame import Action
from app.screens.plans.curves import CurveLine, Curves, CurvesCard
from app.screens.plans.map import FloorMap
from app.screens.plans.moments import drawable, trucks
from app.screens.plans.pages import MAPPED, PAGES, Option, Page, key_of
from app.screens.plans.presenter import PlansState
from app.screens.plans.rescue_teller import RescueTeller
from app.screens.plans.table import PlansTable
from app.screens.plans.teller import PlansTeller
from app.screens.plans.words import PlansWord
from app.screens.words import Word
from app.services.plans_port import FloorDrawing
from app.ui.screen import ScreenView
from app.ui.texts import Texts
from app.ui.theme import Skin
from app.ui.widgets.buttons import ActionButton
from app.ui.widgets.fit import FitLabel
from app.ui.widgets.several import keep

_SIDE, _GAP = 360, 10
#: The map on a handheld, and the least of a list that has a map under it.
_SMALL_MAP, _LEAST_LIST = 240, 170
_CURVE = 260


class PlansScreen(ScreenView):
    """Owns the page buttons, the list, the map, the curves and the side."""

    def __init__(self, skin: Skin, texts: Texts) -> None:
        super().__init__(skin, texts)
        self._teller, self._rescue = PlansTeller(texts), RescueTeller(texts)
        self._tabs = {page: self._button(f"page:{page}", 17) for page in PAGES}
        self.model = PlansTable(texts)
        self.list = FloorList(skin, self.model)
        self.list.setParent(self)
        self.list.moved.connect(lambda id: self.intent.emit(f"row:{id}"))
        self.list.picked.connect(lambda id: self.intent.emit(f"{'row' if self.desk else 'open'}:{id}"))
        self._none = FitLabel(skin, 20, 500, "quiet", lines=3, parent=self)
        self.map = FloorMap(skin, texts, self)
        self.curves = CurvesCard(skin, texts, self)
        self._side = Scroller(skin, self)
        self._card = LinesCard(skin, self._side.body)
        self._options: list[ActionButton] = []
        self._acts: list[ActionButton] = []
        self._large = False
        self._read = ""

    # drawing

    def draw(self, state: PlansState) -> None:
        """Fills pages, list, map or curves, and side."""
        for key, (page, word) in enumerate(PAGES.items(), 1):
            hint = str(key) if self.desk and not state.question.asks else ""
            look = "chosen" if page is state.page else "plain"
            self._tabs[page].show_action(self.texts.word(word), key=hint, look=look)
        self.model.take(state.page, state.rows)
        self.list.setAccessibleName(self.texts.word(PAGES[state.page]))
        self.list.stand_on(key_of(state.current) if state.current is not None else "")
        self.map.show_floor(state.drawing or FloorDrawing(), state.tour, state.order)
        self._draw_curves(state)
        self._draw_empty(state)
        stale = [] if state.fresh or state.plan is None else [signed("warn", self.texts.word(FloorWord.NOT_FRESH))]
        self._card.show_lines([*stale, *self._teller.lines(state)])
        self._draw_buttons(self._options, len(state.options))
        for button, option in zip(self._options, state.options, strict=True):
            self._fill_option(button, option)
        self._draw_buttons(self._acts, len(state.acts))
        for button, act in zip(self._acts, state.acts, strict=True):
            self._fill_act(button, act)
        self.place()
        self._turn(state)

    def _turn(self, state: PlansState) -> None:
        """What is new to read is read from its top; the keys go to the map when it becomes large, and back."""
        read = f"{state.page}:{state.question.kind}:{key_of(state.current) if state.current is not None else ''}"
        if read != self._read:
            self._read = read
            self._side.verticalScrollBar().setValue(0)
        if state.large is not self._large:
            self._large = state.large
            target: QWidget = self.map if state.large else self.list
            QTimer.singleShot(0, self, target.setFocus)

    def _draw_curves(self, state: PlansState) -> None:
        if not drawable(state):
            return
        plan = state.plan
        forecast = plan.result.forecast if plan is not None and plan.result is not None else None
        if plan is None or forecast is None:
            return
        after = state.page is Page.OUTCOME
        self.curves.show_plot(
            Curves(
                tuple(forecast.picked_curve),
                () if after else tuple(forecast.packed_curve),
                tuple(state.outcome.picked) if after and state.outcome is not None else (),
                tuple(CurveLine(minute, told) for minute, told in trucks(plan)),
            )
        )

    def _draw_empty(self, state: PlansState) -> None:
        if state.rows or drawable(state):
            self._none.show_text("")
        elif state.loading and state.fresh:
            self._none.show_text(self.texts.word(Word.LOADING))
        elif state.page is Page.REHEARSAL and state.plan is not None and not state.charts:
            self._none.show_text(self.texts.word(PlansWord.LOADING_CURVES))
        else:
            self._none.show_text(self.texts.word(PlansWord.MAP_NONE))

    def _draw_buttons(self, buttons: list[ActionButton], count: int) -> None:
        def make() -> ActionButton:
            button = self._button("", 18)
            button.setParent(self._side.body if buttons is self._options else self)
            return button

        keep(buttons, count, make)

    def _fill_option(self, button: ActionButton, option: Option) -> None:
        button.intent = option.intent
        text = self._rescue.button(option.move) if option.move else self.texts.word(option.word, n=option.n)
        button.show_action(text, key=option.key if self.desk else "")

    def _fill_act(self, button: ActionButton, act: Action) -> None:
        button.intent = act.intent
        button.setEnabled(act.enabled)
        look = "ask" if act.main else "plain"
        button.show_action(self.texts.word(act.word), key=act.key if self.desk else "", look=look)

    # places

    def span(self) -> tuple[int, int]:
        """The column of the list."""
        return 16, self.width() - _SIDE - 48

    def refusal_area(self) -> QRect:
        """Where the list and the map are."""
        left, wide = self.span() if self.desk else (16, self.width() - 32)
        top = self.list.y()
        return QRect(left, top, wide, self.height() - (self.foot or 4) - top)

    def place(self) -> None:
        """List and map left and side right at a desk; on a handheld one below the other, or one of them."""
        state: PlansState | None = self.state
        edge = 16 if self.width() > 360 else 10
        left, wide = self.span() if self.desk else (edge, self.width() - 2 * edge)
        bottom = self.height() - (self.foot or 4)
        top = 14 if self.desk else 6
        aside = not self.desk and state is not None and self._covers(state)
        for shown in self._tabs.values():
            shown.setVisible(not aside)
        page = state.page if state is not None else Page.WALKS
        row = QRect(left, top, wide, 56)
        start = place_tabs(tuple(self._tabs.values()), list(self._tabs).index(page), row, one_row=self.desk) + 8
        if aside:
            start = top
        middle = QRect(left, start, wide, max(60, bottom - start))
        if self.desk:
            self._place_middle(state, middle)
            self._place_side(QRect(self.width() - _SIDE - 16, top, _SIDE, self.height() - top - 16), state)
        else:
            self._place_narrow(state, middle, aside=aside)
        self._none.raise_()

    def _covers(self, state: PlansState) -> bool:
        """Whether on a handheld a row or a question stands in place of the list."""
        return state.opened or state.question.asks or state.large

    def _place_middle(self, state: PlansState | None, area: QRect) -> None:
        """At a desk: the list, the map under it, or the curves."""
        for picture in (self.map, self.curves):
            if picture.parentWidget() is not self:
                picture.setParent(self)
        page = state.page if state is not None else Page.WALKS
        large = state is not None and state.large
        curves = state is not None and drawable(state)
        mapped = state is not None and page in MAPPED and state.drawing is not None and bool(state.drawing.bins)
        listed = page is not Page.REHEARSAL and not (mapped and large)
        upper = QRect(area)
        lower = QRect(area)
        if listed and (mapped or curves):
            upper.setHeight(max(_LEAST_LIST, round(area.height() * 0.42)))
            lower.setTop(upper.bottom() + 9)
        self.list.setVisible(listed)
        self.map.setVisible(mapped)
        self.curves.setVisible(curves)
        if listed:
            self._place_list(upper)
        if mapped:
            self.map.setGeometry(lower)
        if curves:
            self.curves.setGeometry(lower)
        self._none.setVisible(bool(self._none.text))
        self._none.setGeometry(upper.left() + 24, upper.top() + 56, upper.width() - 48, 70)

    def _place_list(self, area: QRect) -> None:
        self.list.setGeometry(area)
        self.list.restyle()

    def _place_narrow(self, state: PlansState | None, area: QRect, *, aside: bool) -> None:
        """On a handheld: the list alone, or the side with its map or curves in it."""
        listed = not aside and state is not None and bool(state.rows)
        self.list.setVisible(listed)
        self._none.setVisible(False)
        large = state is not None and state.large
        self.map.setVisible(large)
        self.curves.setVisible(False)
        self._show_side(not listed)
        if listed:
            self._place_list(area)
        elif large:
            # The way back stays in sight.
            self.map.setParent(self)
            self.map.setGeometry(area.adjusted(0, 0, 0, -self._high - _GAP))
            self.map.show()
            self._show_side(False)
            self._place_acts(area, self._acts[-1:])
        else:
            self._place_side(area, state)

    @property
    def _high(self) -> int:
        """Pixels of a button."""
        return 56 if self.height() < 500 else max(56, self.skin.grown(56))

    def _place_acts(self, area: QRect, acts: list[ActionButton]) -> None:
        """At the foot of the side, where they stay while it is read."""
        top = area.bottom() + 1 - len(acts) * (self._high + _GAP) + _GAP
        for button in acts:
            button.setParent(self)
            button.setVisible(True)
            button.setGeometry(area.left(), top, area.width(), self._high)
            top += self._high + _GAP

    def _place_side(self, area: QRect, state: PlansState | None) -> None:
        # On a handheld only the likeliest act stays in sight: the others scroll with the words.
        fixed = self._acts if self.desk else self._acts[:1]
        acts = len(fixed) * (self._high + _GAP)
        # The scroll bar stands in the margin: cards and buttons end at one line.
        margin = self.width() - area.right() - 1
        self._side.setGeometry(area.left(), area.top(), area.width() + margin, max(60, area.height() - acts - 4))
        inner = self._side.inner
        column: list[tuple[QWidget, int]] = [(self._card, self._card.wanted_height(inner))]
        column += [(button, self._high) for button in self._options]
        if not self.desk and state is not None:
            column += self._pictures(state)
            column += [(button, self._high) for button in self._acts[1:]]
        self._side.stack(column, _GAP)
        self._show_side(True)
        self._place_acts(area, fixed)

    def _pictures(self, state: PlansState) -> list[tuple[QWidget, int]]:
        """On a handheld the curves or a small map stand under the words."""
        if self.height() < 500:
            return []
        if drawable(state):
            return [(self.curves, _CURVE)]
        shown = state.opened and state.tour is not None and state.drawing is not None and bool(state.drawing.bins)
        return [(self.map, _SMALL_MAP)] if shown else []

    def _show_side(self, shown: bool) -> None:
        self._side.setVisible(shown)
        for button in self._acts:
            button.setVisible(shown)

    # what people do

    def showEvent(self, event: QShowEvent) -> None:
        """The arrow keys move in the list from the first moment."""
        super().showEvent(event)
        QTimer.singleShot(0, self.list.setFocus)

    def _button(self, intent: str, px: float) -> ActionButton:
        button = ActionButton(self.skin, intent, 56, px, self)
        button.clicked.connect(lambda: self.intent.emit(button.intent))
        return button
