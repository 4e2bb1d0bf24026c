"""The screen of goods that come back: what is in the hand, what is to become of it, what was in the box. Draws a `ReturnsState`."""

from __future__ import annotations

from app.core.views_returns import ReturnedLine, ReturnStep, ReturnView
from app.screens.floor.words import FloorWord
from app.screens.returns.presenter import GRADES, REASONS, WAYS, ReturnsState
from app.screens.returns.words import ReturnWord
from app.screens.words import Word
from app.ui.screen import MIDDLE, ScreenView
from app.ui.texts import Texts
from app.ui.theme import Skin
from app.ui.widgets.cards import Card, CardList
from app.ui.widgets.column import Column
from app.ui.widgets.counts import CountRow
from app.ui.widgets.fit import FitLabel
from app.ui.widgets.icon import BigIcon

_LINES = 6


class ReturnsScreen(ScreenView):
    """Pages: `box`, `item`, `hand`, `over`, `loading`."""

    def __init__(self, skin: Skin, texts: Texts) -> None:
        super().__init__(skin, texts)
        self._column = Column(parent=self)
        self._icon = BigIcon(skin)
        self._big = FitLabel(skin, 44, 800, lines=2)
        self._lead = FitLabel(skin, 22, 700, "quiet", lines=2)
        self._counts = CountRow(skin)
        self._cards = CardList(skin, most=5)
        self._cards.intent.connect(self.intent)
        self._lines = [FitLabel(skin, 20, 600, "quiet", lines=2) for _ in range(_LINES)]
        add = self._column.add
        self._blocks = {
            "icon": add(self._icon, 96, 48, 7),
            "big": add(self._big, 104, 40),
            "lead": add(self._lead, 40, 26, 8),
            "counts": add(self._counts, 128, 58),
            "cards": add(self._cards, 420, 200),
            **{f"line{i}": add(line, 54, 50, 9 + i) for i, line in enumerate(self._lines)},
        }
        lines = {f"line{i}" for i in range(_LINES)}
        self._pages: dict[str, set[str]] = {
            "loading": {"big"},
            "box": {"icon", "big"},
            "item": {"counts", *lines},
            "hand": {"big", "lead", "cards"},
            "over": {"icon", "big", *lines},
        }
        self._page = ""

    def draw(self, state: ReturnsState) -> None:
        """One page, filled."""
        view = state.view
        lines = self._fill(state, view) if view is not None else 0
        if view is None:
            self._big.show_text(self.texts.word(Word.LOADING))
        self._show_blocks(state, lines)
        if self._page != state.page:
            self._page = state.page
            self.place()

    def spare(self) -> int:
        """What the column leaves free."""
        return self._column.height() - self._column.used

    def place(self) -> None:
        """A column in the middle, with air at its edges."""
        self._cards.columns = 2 if self.desk else 1
        edge = 16 if self.width() > 360 else 10
        wide = min(self.width() - 2 * edge, MIDDLE)
        top = (28 if self.desk else 12) if self.height() > 420 else 6
        self._column.setGeometry((self.width() - wide) // 2, top, wide, self.height() - top - 8 - self.foot)

    def _show_blocks(self, state: ReturnsState, lines: int) -> None:
        large = max(1.0, min(1.7, self.skin.scale))
        names = {name for name in self._pages[state.page] if not (name.startswith("line") and int(name[4:]) >= lines)}
        for i in range(_LINES):
            self._blocks[f"line{i}"].likes = round(54 * large)
        self._blocks["lead"].likes = round(38 * large)
        for name, block in self._blocks.items():
            block.shown = name in names
        self._column.arrange()

    def _fill(self, state: ReturnsState, view: ReturnView) -> int:
        """Fills the page; how many lines of words it has."""
        word = self.texts.word
        match state.page:
            case "box":
                self._icon.show_icon("undo", "ask")
                self._big.show_text(word(ReturnWord.DOOR_RETURNS))
            case "item":
                counts = [(word(ReturnWord.RETURN_UNITS), str(view.units), "good" if view.units else "quiet")]
                if view.known:
                    left = sum(one.qty for one in view.to_come)
                    counts.append((word(ReturnWord.RETURN_LEFT), str(left), "ask" if left else "good"))
                self._counts.show_counts(*counts)
                return self._told(view)
            case "hand":
                self._hand(state, view)
            case "over":
                self._icon.show_icon("check", "good")
                self._big.show_text(view.found or word(ReturnWord.RETURN_NAMELESS))
                return self._told(view)
        return 0

    def _hand(self, state: ReturnsState, view: ReturnView) -> None:
        word = self.texts.word
        self._big.show_text(word(ReturnWord.RETURN_HAND, n=view.qty, name=view.name))
        chosen = f"way:{view.way}" if view.way is not None else ""
        if view.step is ReturnStep.PLACE and view.grade is not None and view.way is not None:
            self._lead.show_text(f"{word(GRADES[view.grade])} · {word(WAYS[view.way])}", "ask")
        else:
            self._lead.show_text(word(ReturnWord.RETURN_BOX, text=view.found) if view.found else "", "quiet")
        tick = word(ReturnWord.RETURN_CHOSEN)
        cards = [
            Card(one.intent, word(one.word), "", tick if one.intent == chosen else "", "good")
            for one in state.frame.choices
        ]
        self._cards.show_cards("", cards)

    def _told(self, view: ReturnView) -> int:
        word = self.texts.word
        told = [word(ReturnWord.RETURN_KEEPS_IT)] if view.refused and view.step is ReturnStep.ITEM else []
        told += [
            word(ReturnWord.RETURN_TO_COME, n=one.qty, name=one.name, why=word(REASONS[one.reason]))
            for one in view.to_come
        ]
        told += [self._line(one) for one in view.lines]
        if len(told) > _LINES:
            told = [*told[: _LINES - 1], self.texts.word(FloorWord.AND_MORE, n=len(told) - _LINES + 1)]
        for line, text in zip(self._lines, told, strict=False):
            line.show_text(text, "text")
        return len(told)

    def _line(self, one: ReturnedLine) -> str:
        word = self.texts.word
        grade = word(GRADES[one.grade])
        if one.bin:
            return word(ReturnWord.RETURN_LINE_BIN, n=one.qty, name=one.name, grade=grade, bin=one.bin)
        return word(ReturnWord.RETURN_LINE, n=one.qty, name=one.name, grade=grade, way=word(WAYS[one.way]))
