"""What stands beside the order at a pack station: box, weight, papers."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.core.messages import Look, Tone
from app.core.views import CartonCard, PaperCard, WeightCard
from app.screens.pack.paper_words import PaperWord, paper_word
from app.screens.words import Word
from app.ui.texts import Texts
from app.ui.theme import Skin
from app.ui.widgets.chips import Chip, ChipRow
from app.ui.widgets.fit import FitLabel
from app.ui.widgets.gauge import WeightGauge
from app.ui.widgets.panel import Panel, rounded
from app.ui.widgets.picture import CartonPicture
from app.ui.widgets.tone import ToneSign

_RIGHT = Qt.AlignmentFlag.AlignRight
#: Pixels of one line of a paper where many share the card, and between two papers.
_LEAST_LINE, _BETWEEN = 20, 8


class BoxCard(Panel):
    """The chosen or suggested carton."""

    def __init__(self, skin: Skin, texts: Texts) -> None:
        super().__init__(skin)
        self._texts = texts
        self._head = FitLabel(skin, 16, 700, "quiet", parent=self)
        self._picture = CartonPicture(skin, self)
        self._code = FitLabel(skin, 34, 800, parent=self)
        self._size = FitLabel(skin, 17, 500, "quiet", parent=self)
        self._full = FitLabel(skin, 17, 500, "quiet", parent=self)
        self._none = FitLabel(skin, 18, 500, "quiet", lines=3, parent=self)

    def show_carton(self, carton: CartonCard | None) -> None:
        """Changes the carton; None while it is too early to know."""
        word = self._texts.word
        self._head.show_text(word(Word.BOX))
        self._none.show_text("" if carton else word(Word.BOX_NONE_YET))
        shown = carton is not None
        for part in (self._picture, self._code, self._size, self._full):
            part.setVisible(shown)
        self._none.setVisible(not shown)
        if carton is not None:
            self._picture.show_size(carton.inner_mm)
            self._code.show_text(carton.code)
            self._size.show_text(box_size(self._texts, carton))
            self._full.show_text(
                word(Word.BOX_FULL, n=carton.fill_percent) if carton.fits else word(Word.BOX_TOO_SMALL)
            )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Picture left, facts right."""
        super().resizeEvent(event)
        w, h = self.width(), self.height()
        self._head.setGeometry(16, 10, w - 32, 26)
        room = h - 36 - 14
        side = min(120, room, w // 3)
        self._picture.setGeometry(16, 38, side, room)
        left = 16 + side + 22
        code = round(room * 0.44)
        self._code.setGeometry(left, 38, w - left - 12, code)
        part = (room - code) // 2
        self._size.setGeometry(left, 38 + code, w - left - 12, part)
        self._full.setGeometry(left, 38 + code + part, w - left - 12, part)
        self._none.setGeometry(16, 38, w - 32, room)


class WeighCard(Panel):
    """The scale against what is expected."""

    def __init__(self, skin: Skin, texts: Texts) -> None:
        super().__init__(skin)
        self._texts = texts
        self._head = FitLabel(skin, 16, 700, "quiet", parent=self)
        self._figure = FitLabel(skin, 46, 800, parent=self)
        self._gauge = WeightGauge(skin, self)
        self._expected = FitLabel(skin, 16, 500, "quiet", lines=2, parent=self)
        self._verdict = FitLabel(skin, 17, 700, "quiet", lines=2, align=_RIGHT, parent=self)

    def show_weight(self, weight: WeightCard | None, to_go: int, *, asked: bool) -> None:
        """Changes the figures; `to_go` pieces are not in the box yet, `asked` says that the scale decides now."""
        word, texts = self._texts.word, self._texts
        self._head.show_text(word(Word.WEIGHT))
        grams = weight.grams if weight else None
        self._figure.show_text(
            f"{texts.kilograms(grams)} kg" if grams is not None else "–", "text" if grams else "quiet"
        )
        expected, tolerance = (weight.expected, weight.tolerance) if weight else (None, 0)
        self._gauge.show_weight(grams, expected, tolerance)
        known = word(Word.EXPECTED, expected=expected, tolerance=tolerance) if expected is not None else ""
        self._expected.show_text(word(Word.EXPECTED_UNKNOWN) if asked and expected is None else known)
        self._verdict.show_text(*self._judged(weight, to_go))

    def _judged(self, weight: WeightCard | None, to_go: int) -> tuple[str, str]:
        word = self._texts.word
        if to_go:
            return word(Word.TO_GO, n=to_go), "quiet"
        if weight is None or not weight.grams:
            return (word(Word.SCALE_EMPTY), "quiet")
        if weight.within is None or weight.expected is None:
            return "", "quiet"
        if weight.within:
            return word(Word.WEIGHT_FINE), "good"
        off = weight.grams - weight.expected
        return word(Word.TOO_HEAVY if off > 0 else Word.TOO_LIGHT, diff=off), "bad"

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Figure, gauge, words."""
        super().resizeEvent(event)
        w, h = self.width(), self.height()
        self._head.setGeometry(16, 10, w - 32, 24)
        foot = max(26, min(48, round((h - 34) * 0.27)))
        gauge = 36
        self._gauge.setGeometry(16, h - 10 - foot - gauge, w - 32, gauge)
        self._figure.setGeometry(16, 34, w - 32, h - 10 - foot - gauge - 36)
        left = round((w - 32) * 0.6)
        self._expected.setGeometry(16, h - 8 - foot, left, foot)
        self._verdict.setGeometry(16 + left + 6, h - 8 - foot, w - 32 - left - 6, foot)


class PapersCard(Panel):
    """What comes out of the printer, and how it fared."""

    _MOST = 5

    def __init__(self, skin: Skin, texts: Texts) -> None:
        super().__init__(skin)
        self._texts = texts
        self._head = FitLabel(skin, 16, 700, "quiet", parent=self)
        self._names = [FitLabel(skin, 19, 600, parent=self) for _ in range(self._MOST)]
        self._states = [FitLabel(skin, 17, 500, "quiet", parent=self) for _ in range(self._MOST)]
        self._signs = [ToneSign(skin, 24, parent=self) for _ in range(self._MOST)]
        self._signed = [False] * self._MOST
        self._count = 0

    def show_papers(self, papers: tuple[PaperCard, ...], *, owed: bool = False) -> None:
        """Changes the papers; those still `owed`, of whichever order, at an empty bench."""
        self._head.show_text(self._texts.word(PaperWord.PAPERS_OWED if owed and papers else Word.WITH_LAST_SCAN))
        papers = _most_wanted(papers, self._MOST)
        self._count = len(papers)
        tones = {
            "printed": Tone.GOOD,
            "unsure": Tone.WARN,
            "pending": Tone.WARN,
            "problem": Tone.BAD,
            "failed": Tone.BAD,
        }
        for i in range(self._MOST):
            paper = papers[i] if i < len(papers) else None
            name = paper_word(paper.name) if paper else None
            state = paper_word(paper.state) if paper else None
            said = self._texts.word(name) if name else paper.name if paper else ""
            self._names[i].show_text(f"{paper.order} · {said}" if paper and paper.order else said)
            self._states[i].show_text(self._texts.word(state) if state else "")
            tone = tones.get(paper.state) if paper else None
            self._signed[i] = tone is not None
            self._signs[i].show_look(Look(tone or Tone.INFO))
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One paper a row."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        w = self.width()
        room = (self.height() - 46) // max(1, self._count)
        line = min(round(26 * max(1.0, min(1.5, self.skin.scale))), max(_LEAST_LINE, (room - _BETWEEN) // 2))
        self._head.setGeometry(16, 10, w - 32, 26)
        for i in range(self._MOST):
            top = 40 + i * (2 * line + _BETWEEN)
            shown = i < self._count and top + 2 * line <= self.height()
            self._names[i].setVisible(shown)
            self._states[i].setVisible(shown)
            self._signs[i].setVisible(shown and self._signed[i])
            self._signs[i].move(w - 40, top + line - 12)
            self._names[i].setGeometry(16, top, w - 64, line)
            self._states[i].setGeometry(16, top + line, w - 64, line)


class CartonButton(QAbstractButton):
    """A carton on offer with its number key."""

    def __init__(self, skin: Skin, texts: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._skin, self._texts = skin, texts
        self.intent = ""
        self._picture = CartonPicture(skin, self)
        self._picture.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._key = FitLabel(skin, 17, 700, "quiet", parent=self)
        self._code = FitLabel(skin, 30, 800, parent=self)
        self._size = FitLabel(skin, 17, 500, "quiet", parent=self)
        self._chips = ChipRow(skin, parent=self)
        self._suggested = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def show_carton(self, carton: CartonCard, second: tuple[str, ...] = ()) -> None:
        """Changes the carton; `second` is what is said of the second choice."""
        word = self._texts.word
        self.intent = f"carton:{carton.code}"
        self._suggested = carton.suggested
        self._picture.show_size(carton.inner_mm)
        self._key.show_text(str(carton.key))
        self._code.show_text(carton.code)
        self._size.show_text(box_size(self._texts, carton))
        full = Chip(word(Word.BOX_FULL, n=carton.fill_percent), rank=1)
        unfit = Chip(word(Word.BOX_TOO_SMALL), "warn", "ring", 2)
        best: tuple[Chip, ...] = (Chip(word(Word.BOX_SUGGESTED), "good", "full", 3),) if carton.suggested else ()
        if second:
            best = tuple(Chip(words, "ask", "" if n else "ring", 3 - n) for n, words in enumerate(second))
        self._chips.show_chips((*best, full if carton.fits else unfit))
        self.setAccessibleName(f"{carton.key}: {carton.code}")
        self._place()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Places all parts anew."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        """Key, picture, name and size, chips."""
        w, h = self.width(), self.height()
        pictured = w >= 420
        self._picture.setVisible(pictured)
        self._key.setGeometry(14, 0, 20, h)
        side = min(84, h - 16)
        self._picture.setGeometry(40, (h - side) // 2, side, side)
        left = 40 + (side + 18 if pictured else 0)
        chips = self._chips.width_within(w - left - 150)
        self._chips.setGeometry(w - 14 - chips, 0, chips, h)
        wide = w - left - chips - 24
        self._code.setGeometry(left, round(h * 0.08), wide, round(h * 0.48))
        self._size.setGeometry(left, round(h * 0.56), wide, round(h * 0.34))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the card; the best one has a blue line."""
        skin = self._skin
        line = skin.color("ask" if self._suggested or self.hasFocus() else "line")
        fill = skin.color("raised" if self.isDown() else "surface")
        rounded(
            QPainter(self), QRectF(self.rect()), skin.measure("radius_card"), fill, line, 3 if self._suggested else 1
        )


def box_size(texts: Texts, carton: CartonCard) -> str:
    """Inner length, width and height in millimetres, as it is printed on cartons."""
    length, width, height = carton.inner_mm
    return texts.word(Word.BOX_SIZE, l=length, w=width, h=height)


def _most_wanted(papers: tuple[PaperCard, ...], most: int) -> tuple[PaperCard, ...]:
    """As many as there is room for, in their order: what has come out gives way first."""
    out = [paper for paper in papers if paper.state == "printed"][::-1][: max(0, len(papers) - most)]
    return tuple(paper for paper in papers if paper not in out)[:most]
