"""A card with a plot. pyqtgraph draws it: it costs seconds to load, so nothing imports it before the first plot is wanted; then `load` runs
on a worker."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any, Final, Generic, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.texts import Texts
from app.ui.theme import Skin
from app.ui.widgets.panel import Panel

T = TypeVar("T")

_EDGE: Final = 12
#: Higher letters would leave no room for what is drawn.
_MOST_PX: Final = 22.0


def load() -> None:
    """Loads what draws; takes its time."""
    # The library takes the first Qt it finds, unless it is told.
    os.environ["PYQTGRAPH_QT_LIB"] = "PySide6"
    import_module("pyqtgraph").setConfigOptions(antialias=True, exitCleanup=False)


class PlotCard(Panel, Generic[T]):
    """Owns the plot, once there is something to draw, and what it shows. Subclasses `paint`. `show_plot` must not be called before `load`
    has run."""

    def __init__(self, skin: Skin, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(skin, parent=parent)
        self.texts = texts
        self.plot: Any = None
        self._what: T | None = None
        self._drawn: object = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(_EDGE, _EDGE, _EDGE, _EDGE)
        skin.changed.connect(self._draw)

    def show_plot(self, what: T) -> None:
        """Draws it; the same once more costs nothing."""
        if self.plot is None:
            self._make_plot()
        self._what = what
        self._draw()

    def paint(self, what: T) -> str:
        """Fills the empty plot; what it tells those who do not see it."""
        raise NotImplementedError

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Names stand where there is room for them."""
        super().resizeEvent(event)
        self._draw()

    def letters(self) -> QFont:
        """What is written in the plot and beside it."""
        return self.skin.font(min(_MOST_PX, max(12.0, self.skin.px(15))), 600)

    def _make_plot(self) -> None:
        pg: Any = import_module("pyqtgraph")
        self.plot = pg.PlotWidget(parent=self, enableMenu=False)
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.hideButtons()
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.setFrameShape(self.plot.Shape.NoFrame)
        self.plot.showGrid(x=False, y=True, alpha=0.15)
        self._layout.addWidget(self.plot)

    def _draw(self) -> None:
        skin, what = self.skin, self._what
        looks = (what, skin.theme, skin.scale, self.texts.language, self.width(), self.height())
        if self.plot is None or what is None or looks == self._drawn:
            return
        self._drawn = looks
        self.plot.clear()
        self.plot.setBackground(skin.color("surface"))
        for side in ("bottom", "left"):
            axis = self.plot.getAxis(side)
            axis.setPen(skin.color("line"))
            axis.setTextPen(skin.color("quiet"))
            axis.setStyle(tickFont=self.letters())
        self.setAccessibleName(self.paint(what))
