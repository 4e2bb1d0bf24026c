"""The pairing screen: scan the code a supervisor shows. Draws a `PairState`."""

from __future__ import annotations

from PySide6.QtCore import Qt

from app.screens.pair.presenter import PairState
from app.screens.words import Word
from app.ui.screen import ScreenView
from app.ui.texts import Texts
from app.ui.theme import Skin
from app.ui.widgets.column import Column
from app.ui.widgets.fit import FitLabel
from app.ui.widgets.icon import BigIcon

_CENTRE = Qt.AlignmentFlag.AlignHCenter


class PairScreen(ScreenView):
    """A picture, a heading, what to do, and who is announced nearby."""

    def __init__(self, skin: Skin, texts: Texts) -> None:
        super().__init__(skin, texts)
        self._column = Column(gap=14, parent=self)
        self._icon = BigIcon(skin, "link", "ask", centred=True)
        self._heading = FitLabel(skin, 38, 800, lines=2, align=_CENTRE)
        self._hint = FitLabel(skin, 20, 500, "quiet", lines=4, align=_CENTRE)
        self._nearby = FitLabel(skin, 17, 600, "quiet", lines=2, align=_CENTRE)
        self._servers = FitLabel(skin, 20, 700, lines=4, align=_CENTRE)
        self._column.add(self._icon, 150, 56, 3)
        self._heading_block = self._column.add(self._heading, 60, 36)
        self._column.add(self._hint, 84, 44)
        self._column.add(self._nearby, 48, 20, 2)
        self._column.add(self._servers, 110, 22, 1)

    def draw(self, state: PairState) -> None:
        """Fills it."""
        word = self.texts.word
        self._heading.show_text(word(Word.PAIR_HEADING))
        self._hint.show_text(word(Word.PAIR_HINT))
        self._nearby.show_text(word(Word.PAIR_SERVERS if state.servers else Word.PAIR_NO_SERVERS))
        self._servers.show_text("\n".join(state.servers[:4]))
        self._heading_block.likes = round(60 * max(1.0, min(1.8, self.skin.scale)))
        self._column.arrange()

    def spare(self) -> int:
        """What the column leaves free."""
        return self._column.height() - self._column.used

    def place(self) -> None:
        """A narrow column in the middle."""
        wide = min(self.width() - 32, 520)
        top = 60 if self.desk else 16
        self._column.setGeometry((self.width() - wide) // 2, top, wide, self.height() - top - 6 - self.foot)
