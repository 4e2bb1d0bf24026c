"""The hand-over screen: pictures to be scanned by another device, or what has come of another's. Draws a `HandOverState`."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtGui import QHideEvent, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.core.handover import HandOverView, Symbol
from app.screens.handover.presenter import HandOverState
from app.screens.words import Word
from app.ui.screen import ScreenView
from app.ui.texts import Texts
from app.ui.theme import Skin
from app.ui.widgets.column import Column
from app.ui.widgets.fit import FitLabel
from app.ui.widgets.icon import BigIcon

_CENTRE = Qt.AlignmentFlag.AlignHCenter
_QUIET = 4
#: So many missing pictures are named.
_NAMED = 12
#: A note so short stands in one line.
_SHORT_NOTE = 50


class SymbolCard(QWidget):
    """A QR code to be scanned off the screen: black on white in every theme, whole pixels, with its quiet margin."""

    def __init__(self) -> None:
        super().__init__()
        self._symbol: Symbol = ()
        self._image = QImage()

    def show_symbol(self, symbol: Symbol) -> None:
        """Changes the code; an empty one leaves the white ground."""
        if symbol is self._symbol:
            return
        self._symbol = symbol
        side = len(symbol)
        self._image = QImage(side, side, QImage.Format.Format_Grayscale8)
        for y, line in enumerate(symbol):
            for x, dark in enumerate(line):
                self._image.setPixel(x, y, 0xFF000000 if dark else 0xFFFFFFFF)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws whole pixels only: a scanner needs sharp edges."""
        side = min(self.width(), self.height())
        left, top = (self.width() - side) // 2, (self.height() - side) // 2
        painter = QPainter(self)
        painter.fillRect(left, top, side, side, Qt.GlobalColor.white)
        if self._symbol:
            count = len(self._symbol)
            module = max(1, side // (count + 2 * _QUIET))
            wide = module * count
            painter.drawImage(QRect(left + (side - wide) // 2, top + (side - wide) // 2, wide, wide), self._image)


class HandOverScreen(ScreenView):
    """A heading, the picture or an icon, and lines of words; what is not needed on a page is not there."""

    def __init__(self, skin: Skin, texts: Texts) -> None:
        super().__init__(skin, texts)
        self._column = Column(gap=10, parent=self)
        self._heading = FitLabel(skin, 28, 800, lines=2, align=_CENTRE)
        self._icon = BigIcon(skin, "hand", "ask", centred=True)
        self._symbol = SymbolCard()
        self._figure = FitLabel(skin, 34, 800, align=_CENTRE)
        self._hint = FitLabel(skin, 20, 500, "quiet", lines=4, align=_CENTRE)
        self._note = FitLabel(skin, 18, 600, "quiet", lines=3, align=_CENTRE)
        add = self._column.add
        self._blocks = {
            "heading": add(self._heading, 44, 36),
            "icon": add(self._icon, 110, 48, 3),
            "symbol": add(self._symbol, 800, 200),
            "figure": add(self._figure, 46, 32),
            "hint": add(self._hint, 96, 52, 1),
            "note": add(self._note, 56, 24, 2),
        }
        self._clock = QTimer(self)
        self._clock.timeout.connect(lambda: self.intent.emit("tick"))

    def draw(self, state: HandOverState) -> None:
        """Fills it."""
        view = state.view
        if view is None:
            self._fill(state, "", "", self.texts.word(Word.LOADING), "", icon="")
        else:
            _PAGES[view.page](self, state, view)
        self._run(state.loop.pause_ms if view is not None and view.page == "show" else 0)

    def place(self) -> None:
        """A narrow column in the middle, wide enough for the picture."""
        edge = 12 if self.width() > 360 else 6
        wide = min(self.width() - 2 * edge, 640)
        top = 16 if self.desk else 8
        self._column.setGeometry((self.width() - wide) // 2, top, wide, self.height() - top - 6 - self.foot)
        self._square()

    def spare(self) -> int:
        """What the column leaves free."""
        return self._column.height() - self._column.used

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing runs that nobody sees."""
        super().hideEvent(event)
        self._clock.stop()

    def _run(self, pause_ms: int) -> None:
        if not pause_ms or not self.isVisible():
            self._clock.stop()
        elif not self._clock.isActive() or self._clock.interval() != pause_ms:
            self._clock.start(pause_ms)

    def _square(self) -> None:
        """The picture is as wide as the column, and no higher."""
        self._blocks["symbol"].likes = min(self._column.width(), 640)
        self._column.arrange()

    def _fill(
        self,
        state: HandOverState,
        heading: str,
        figure: str,
        hint: str,
        note: str,
        *,
        icon: str = "",
        tone: str = "text",
    ) -> None:
        self._heading.show_text(heading, tone)
        self._figure.show_text(figure)
        self._hint.show_text(hint)
        self._note.show_text(note)
        page = state.view.page if state.view else ""
        symbol = state.symbol if page == "show" else state.view.receipt if state.view else ()
        self._symbol.show_symbol(symbol)
        if icon:
            self._icon.show_icon(icon, "good" if icon == "check" else "ask")
        grown = max(1.0, min(1.6, self.skin.scale))
        # Beside a picture every pixel is the picture's.
        tight = page == "show"
        likes = {
            "heading": 38 if tight else 44,
            "figure": 40 if tight else 46,
            "hint": 96,
            "note": 30 if tight and len(note) < _SHORT_NOTE else 56,
        }
        for name, high in likes.items():
            self._blocks[name].likes = round(high * grown)
        shown = {
            "heading": heading,
            "icon": icon,
            "symbol": page in ("show", "taken"),
            "figure": figure,
            "hint": hint,
            "note": note,
        }
        for name, there in shown.items():
            self._blocks[name].shown = bool(there)
        self._square()

    def _start(self, state: HandOverState, view: HandOverView) -> None:
        word = self.texts.word
        heading = word(Word.GIVE_HEADING, n=len(view.jobs)) if view.jobs else word(Word.GIVE_NOTHING)
        titles = ", ".join(job.title for job in view.jobs)
        waiting = word(Word.WAITING_FACTS, n=view.waiting) if view.waiting else ""
        hint = word(Word.GIVE_WARNING) if view.jobs else ""
        self._fill(state, heading, titles, hint, waiting, icon="hand")

    def _show(self, state: HandOverState, view: HandOverView) -> None:
        word = self.texts.word
        figure = word(Word.PICTURE_OF, n=state.loop.at + 1, of=view.count)
        self._fill(state, word(Word.ONE_DEVICE_ONLY), figure, "", self._left(view), tone="warn")

    def _take(self, state: HandOverState, view: HandOverView) -> None:
        word = self.texts.word
        if not view.count:
            self._fill(state, word(Word.TAKE_OVER), "", word(Word.PICTURES_NONE), "", icon="scan")
            return
        named = ", ".join(str(n) for n in view.missing[:_NAMED]) + (" …" if len(view.missing) > _NAMED else "")
        figure = word(Word.PICTURES_HERE, n=view.have, of=view.count)
        self._fill(state, word(Word.TAKE_OVER), figure, word(Word.PICTURES_MISSING, list=named), "", icon="scan")

    def _taken(self, state: HandOverState, view: HandOverView) -> None:
        word = self.texts.word
        heading = word(Word.TAKEN_HEADING, name=view.giver)
        digits = word(Word.TAKEN_CODE, code=f"{view.code[:3]} {view.code[3:]}")
        self._fill(state, heading, digits, word(Word.TAKEN_HINT), self._left(view))

    def _given(self, state: HandOverState, view: HandOverView) -> None:
        word = self.texts.word
        self._fill(state, word(Word.GIVEN_HEADING), "", word(Word.GIVEN_HINT), "", icon="check")

    def _left(self, view: HandOverView) -> str:
        """How long the work may still be done, as the giver counted when it signed."""
        if view.minutes > 0:
            return self.texts.word(Word.WORK_MINUTES, n=view.minutes)
        return self.texts.word(Word.WORK_TIME_OVER)


_PAGES = {
    "start": HandOverScreen._start,
    "show": HandOverScreen._show,
    "take": HandOverScreen._take,
    "taken": HandOverScreen._taken,
    "given": HandOverScreen._given,
}
