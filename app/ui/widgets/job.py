"""A job as a card: an order to pick, a tote to pack. Used by the home and pack screens."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.core.views import JobCard
from app.screens.pack.words import PackWord
from app.screens.words import Vocabulary, Word, named
from app.ui.texts import Texts
from app.ui.theme import Skin
from app.ui.widgets.fit import fitted
from app.ui.widgets.panel import rounded


class JobButton(QAbstractButton):
    """One job as a card: title, what is in it, what to look out for. A click opens it."""

    def __init__(self, skin: Skin, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._skin = skin
        self.intent = ""
        self.chosen = False
        self._title = self._facts = self._mark = ""
        self._mark_tone = "quiet"
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def show_job(self, intent: str, title: str, facts: str, mark: str = "", tone: str = "quiet") -> None:
        """Changes the card; `mark` stands at the right."""
        self.intent, self._title, self._facts, self._mark, self._mark_tone = intent, title, facts, mark, tone
        self.setAccessibleName(f"{title}, {facts} {mark}")
        self.update()

    @property
    def fits(self) -> bool:
        """True if title and facts are whole."""
        title, facts = self._rooms()
        return self._fit(self._title, 20, 700, title)[1] and self._fit(self._facts, 17, 500, facts)[1]

    def sizeHint(self) -> QSize:
        """A card of two lines."""
        return QSize(220, 78)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the card."""
        painter = QPainter(self)
        skin = self._skin
        line = skin.color("ask" if self.chosen or self.hasFocus() else "line")
        fill = skin.color("raised" if self.isDown() else "surface")
        rounded(
            painter,
            QRectF(self.rect()),
            skin.measure("radius_card"),
            fill,
            line,
            3 if self.chosen or self.hasFocus() else 1,
        )
        title, facts = self._rooms()
        self._write(painter, self._fit(self._title, 20, 700, title)[0], "text", title, self._title)
        self._write(painter, self._fit(self._facts, 17, 500, facts)[0], "quiet", facts, self._facts)
        if self._mark:
            rect = QRectF(self.width() - 16 - self._mark_width(), title.top(), self._mark_width(), title.height())
            self._write(painter, self._mark_font(), self._mark_tone, rect, self._mark)

    def _rooms(self) -> tuple[QRectF, QRectF]:
        """Where title and facts stand."""
        wide, h = self.width() - 32, self.height()
        beside = self._mark_width() + 8 if self._mark else 0
        return QRectF(16, h * 0.08, wide - beside, h * 0.47), QRectF(16, h * 0.56, wide, h * 0.36)

    def _fit(self, text: str, px: float, weight: int, room: QRectF) -> tuple[QFont, bool]:
        return fitted(self._skin, text, self._skin.px(px), weight, room.width(), room.height(), 1)

    def _write(self, painter: QPainter, font: QFont, color: str, rect: QRectF, text: str) -> None:
        painter.setFont(font)
        painter.setPen(self._skin.color(color))
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip), text)

    def _mark_font(self) -> QFont:
        """On a narrow card the title matters more than the word beside it."""
        wide = QFontMetricsF(self._skin.font(self._skin.px(20) * 0.8, 700)).horizontalAdvance(self._title)
        room = max(40.0, self.width() - 40 - wide)
        return fitted(self._skin, self._mark, min(self._skin.px(16), 22), 700, room, self.height() * 0.45, 1)[0]

    def _mark_width(self) -> float:
        return QFontMetricsF(self._mark_font()).horizontalAdvance(self._mark) + 2 if self._mark else 0.0


def job_facts(texts: Texts, job: JobCard) -> str:
    """What is in a job, and until when."""
    facts = [texts.word(Word.LINES_UNITS, lines=job.lines, units=job.units)]
    if job.cut_off:
        facts.append(texts.word(Word.CUT_OFF, time=texts.clock(job.cut_off)))
    return " · ".join(facts)


#: Marks of a tote that was begun and waits for something: before anything else.
_WAITS: dict[str, Vocabulary] = {
    "aside": PackWord.WAITS_ASIDE,
    "fetching": PackWord.WAITS_FETCHING,
    "goods_here": PackWord.WAITS_GOODS_HERE,
}


def job_mark(texts: Texts, job: JobCard) -> tuple[str, str]:
    """The one word at the right of a job, and its colour: what it waits for, that it has begun, else the first flag."""
    waits = next((_WAITS[flag] for flag in job.flags if flag in _WAITS), None)
    if waits is not None:
        return texts.word(waits), "flag"
    if job.started:
        return texts.word(Word.STARTED), "ask"
    word = named("flag", job.flags[0].lower()) if job.flags else None
    return (texts.word(word).split(":")[0], "flag") if word else ("", "quiet")
