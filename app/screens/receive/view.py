"""The screen of goods that come in: what is expected, what is in the hand, what is typed. Draws a `ReceiveState`."""

from __future__ import annotations

from app.core.views_receive import LabelsStand, ReceiveLine, ReceiveView
from app.screens.floor.words import FloorWord
from app.screens.receive.presenter import ReceiveState
from app.screens.receive.words import ReceiveWord
from app.screens.words import Word
from app.ui.screen import MIDDLE, ScreenView
from app.ui.texts import Texts
from app.ui.theme import Skin
from app.ui.widgets.cards import Card, CardList
from app.ui.widgets.column import Column
from app.ui.widgets.counts import CountRow
from app.ui.widgets.fit import FitLabel
from app.ui.widgets.icon import BigIcon
from app.ui.widgets.keypad import Keypad

_LINES = 6
#: Pixels for a line and six rows of letters.
_KEYS = 430
_TYPED = ("number", "type", "labels")
_STAND = {
    LabelsStand.PRINTING: (ReceiveWord.RECEIVE_LABEL_PRINTING, "quiet"),
    LabelsStand.PRINTED: (ReceiveWord.RECEIVE_LABEL_PRINTED, "good"),
    LabelsStand.FAILED: (ReceiveWord.RECEIVE_LABEL_FAILED, "bad"),
    LabelsStand.UNSURE: (ReceiveWord.RECEIVE_LABEL_UNSURE, "warn"),
}


class ReceiveScreen(ScreenView):
    """Pages: `list`, `work`, `number`, `type`, `labels`, `over`, `loading`."""

    def __init__(self, skin: Skin, texts: Texts) -> None:
        super().__init__(skin, texts)
        self._column = Column(parent=self)
        self._icon = BigIcon(skin)
        self._big = FitLabel(skin, 44, 800, lines=2)
        self._lead = FitLabel(skin, 20, 600, "quiet", lines=2)
        self._counts = CountRow(skin)
        self._lines = [FitLabel(skin, 20, 600, "quiet") for _ in range(_LINES)]
        self._figures = Keypad(skin, letters=False)
        self._letters = Keypad(skin, letters=True, spaces=False)
        for keypad in (self._figures, self._letters):
            keypad.may_hide = True
            keypad.entered.connect(lambda text: self.intent.emit(f"typed:{text}"))
        self._expected = CardList(skin, most=6)
        self._expected.intent.connect(self.intent)
        add = self._column.add
        self._blocks = {
            "icon": add(self._icon, 96, 48, 7),
            "big": add(self._big, 104, 40),
            "lead": add(self._lead, 40, 26, 8),
            "counts": add(self._counts, 128, 58),
            **{f"line{i}": add(line, 34, 28, 9 + i) for i, line in enumerate(self._lines)},
            "figures": add(self._figures, 480, _KEYS),
            "letters": add(self._letters, 480, _KEYS),
            "expected": add(self._expected, 680, 100),
        }
        lines = {f"line{i}" for i in range(_LINES)}
        self._pages: dict[str, set[str]] = {
            "loading": {"big"},
            "list": {"expected"},
            "work": {"lead", "counts", *lines},
            "number": {"figures"},
            "labels": {"lead", "figures"},
            "type": {"letters"},
            "over": {"icon", "lead", *lines},
        }
        self._page = ""
        self._label: ReceiveLine | None = None

    def draw(self, state: ReceiveState) -> None:
        """One page, filled."""
        lines = self._fill(state.page, state.view) if state.view is not None else 0
        if state.view is None:
            self._big.show_text(self.texts.word(Word.LOADING))
        self._show_blocks(state.page, lines)
        self._keys(state.page, state.view.label if state.view else None)
        if self._page != state.page:
            self._page = state.page
            self.place()

    def takes_focus(self) -> bool:
        """While something is typed."""
        return self._page in _TYPED

    def spare(self) -> int:
        """What the column leaves free."""
        return self._column.height() - self._column.used

    def place(self) -> None:
        """A column in the middle, with air at its edges."""
        edge = 16 if self.width() > 360 else 10
        wide = min(self.width() - 2 * edge, MIDDLE)
        top = (28 if self.desk else 12) if self.height() > 420 else 6
        self._expected.columns = 2 if self.desk else 1
        self._column.setGeometry((self.width() - wide) // 2, top, wide, self.height() - top - 8 - self.foot)

    def _keys(self, page: str, label: ReceiveLine | None) -> None:
        # What was typed for one item is not meant for the next.
        fresh, self._label = self._page != page or self._label != label, label
        typing, was = page in _TYPED, self._page in _TYPED
        if typing and fresh:
            keypad = self._letters if page == "type" else self._figures
            keypad.restyle()
            keypad.begin(secret=False)
            if page == "type":
                keypad.show_letters()
        elif was and not typing:
            self.setFocus()

    def _show_blocks(self, page: str, lines: int) -> None:
        large = max(1.0, min(1.7, self.skin.scale))
        names = {name for name in self._pages[page] if not (name.startswith("line") and int(name[4:]) >= lines)}
        for i in range(_LINES):
            self._blocks[f"line{i}"].likes = round(34 * large)
        self._blocks["lead"].likes = round(36 * large)
        for name, block in self._blocks.items():
            block.shown = name in names
        self._column.arrange()

    def _fill(self, page: str, view: ReceiveView) -> int:
        """Fills the page; how many lines of words it has."""
        word = self.texts.word
        self._lead.show_text(view.sender, "quiet")
        if page == "list":
            cards = [
                Card(
                    f"open:{card.order}",
                    card.order,
                    word(ReceiveWord.RECEIVE_FACTS, sender=card.sender, n=card.units),
                    self.texts.day(card.day),
                    "quiet",
                )
                for card in view.expected
            ]
            self._expected.show_cards(word(ReceiveWord.RECEIVE_EXPECTED), cards, word(ReceiveWord.RECEIVE_NOTHING))
        elif page == "labels" and view.label is not None:
            self._lead.show_text(self._line(view.label), "text")
        elif page == "over":
            self._icon.show_icon("check", "good")
            return self._tell(self._stand(view))
        elif page == "work":
            return self._work(view)
        return 0

    def _work(self, view: ReceiveView) -> int:
        word = self.texts.word
        counts = [(word(ReceiveWord.RECEIVE_IN_HAND), str(view.in_hand), "ask" if view.in_hand else "quiet")]
        if view.named:
            counts.append((word(ReceiveWord.RECEIVE_TO_COME), str(view.open), "text" if view.open else "good"))
        self._counts.show_counts(*counts)
        told = [(self._line(line), "text") for line in view.hand] + [
            (self._line(line), "quiet") for line in view.to_come
        ]
        return self._tell(self._stand(view) + told)

    def _stand(self, view: ReceiveView) -> list[tuple[str, str]]:
        """How the labels stand, if some were asked for."""
        if view.labels not in _STAND:
            return []
        word, tone = _STAND[view.labels]
        return [(self.texts.word(word), tone)]

    def _tell(self, told: list[tuple[str, str]]) -> int:
        if len(told) > _LINES:
            told = [*told[: _LINES - 1], (self.texts.word(FloorWord.AND_MORE, n=len(told) - _LINES + 1), "quiet")]
        for label, (text, tone) in zip(self._lines, told, strict=False):
            label.show_text(text, tone)
        return len(told)

    def _line(self, line: ReceiveLine) -> str:
        name = f"{line.name} · {line.lot}" if line.lot else line.name
        if line.damaged:
            return self.texts.word(ReceiveWord.RECEIVE_LINE_BROKEN, n=line.qty, name=name, bad=line.damaged)
        return self.texts.word(ReceiveWord.RECEIVE_LINE, n=line.qty, name=name)
